from odoo import api, fields, models
from odoo.tools import SQL


class KeepingExactExclusion(models.Model):
    """Hours that are never billed, and why. Deleting it makes them billable again.

    A table of its own: hours keep their own record, and nobody has to change wide timesheet rows
    that somebody else works on.
    """

    _name = "keeping.exact.exclusion"
    _description = "Hours That Are Never Billed"
    _rec_name = "reason"
    _order = "id desc"
    _check_company_auto = True

    timesheet_id = fields.Many2one(
        "account.analytic.line", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    reason = fields.Char(required=True, readonly=True)

    _once = models.Constraint(
        "UNIQUE (timesheet_id)", "These hours are marked as never billed already."
    )

    @api.model
    def _exclude(self, timesheets, reason):
        """Mark timesheets as never billed, in one statement; a later reason replaces an earlier.

        The caller has checked the user's rights on the timesheets and has locked them.

        :param timesheets: account.analytic.line
        :param str reason: why, for whoever looks later
        :raise UserError: some of them are on an invoice
        """
        timesheets._check_on_no_link()
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO keeping_exact_exclusion (
                    timesheet_id, company_id, reason, create_uid, create_date, write_uid, write_date
                )
                SELECT ts.id, ts.company_id, %(reason)s, %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM account_analytic_line ts
                 WHERE ts.id = ANY(%(ids)s) AND ts.project_id IS NOT NULL
                ON CONFLICT (timesheet_id) DO UPDATE
                    SET reason = excluded.reason, write_uid = excluded.write_uid,
                        write_date = excluded.write_date
                RETURNING id
                """,
                reason=reason,
                uid=self.env.uid,
                ids=timesheets.ids,
            )
        )
        self.invalidate_model()
        timesheets.invalidate_recordset(["keeping_exact_state", "keeping_exact_exclusion_ids"])
