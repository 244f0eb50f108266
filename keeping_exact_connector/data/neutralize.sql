-- A copy of this database must not reach Exact: one refresh of the copy's token would kill the
-- connection of the original.
UPDATE keeping_exact_connection
   SET state = 'disconnected',
       state_since = now() AT TIME ZONE 'UTC',
       grant_id = NULL,
       client_secret_pending = NULL,
       consent_nonce = NULL,
       health_code = 'neutralized',
       health_text = NULL;
DELETE FROM keeping_exact_grant;
DELETE FROM mail_activity
 USING ir_model_data
 WHERE ir_model_data.module = 'keeping_exact_connector'
   AND ir_model_data.model = 'mail.activity.type'
   AND ir_model_data.res_id = mail_activity.activity_type_id;
UPDATE ir_cron
   SET active = false
  FROM ir_model_data
 WHERE ir_model_data.module = 'keeping_exact_connector'
   AND ir_model_data.model = 'ir.cron'
   AND ir_model_data.res_id = ir_cron.id;
