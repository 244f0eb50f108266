from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .access_case import AccessCase

SECRETS = {
    "keeping.exact.grant": ("client_secret", "access_token", "refresh_token"),
    "keeping.exact.connection": (
        "client_secret_pending",
        "consent_nonce",
        "exact_user",
        "grant_id",
    ),
}


@tagged("post_install", "-at_install")
class TestAccessFields(AccessCase):
    """Which fields people see and write, on records that they may see."""

    def test_amounts_and_lines_are_for_invoicing_only(self):
        invoice = self._preview()
        hour = invoice.hour_ids.filtered(lambda h: h.user_id == self.viewer)[:1]
        for name in ("rate", "amount", "rate_source", "invoice_line_id"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                hour.with_user(self.viewer).read([name])
        for name in ("amount_untaxed", "amount_total", "line_ids", "customer_id"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                invoice.with_user(self.viewer).read([name])
        seen = invoice.with_user(self.viewer).read(["name", "state", "partner_id", "hours"])
        self.assertEqual(seen[0]["state"], "draft")

    def test_a_user_sees_only_links_and_hours_of_their_own(self):
        invoice = self._preview()
        someone = self._make_user("someone", "user")
        self.assertFalse(self.env["keeping.exact.invoice"].with_user(someone).search([]))
        self.assertFalse(self.env["keeping.exact.hour"].with_user(someone).search([]))
        seen = self.env["keeping.exact.hour"].with_user(self.viewer).search([])
        self.assertEqual(seen.timesheet_id, self.hours)
        self.assertEqual(
            self.env["keeping.exact.invoice"].with_user(self.viewer).search([]), invoice
        )

    def test_state_and_figures_cannot_be_written_over_rpc(self):
        invoice = self._preview()
        for vals in (
            {"state": "paid"},
            {"guid": "x"},
            {"name": "KE-X"},
            {"amount_untaxed": 1},
            {"partner_id": self._make_partner("x").id},
            {"hour_ids": [Command.clear()]},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                invoice.write(vals)
        for vals in ({"quantity": 5}, {"hours": 5}, {"invoice_id": 1}, {"guid": "x"}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                invoice.line_ids.write(vals)
        with self.assertRaises(AccessError):
            self.env["keeping.exact.invoice"].with_user(self.invoicer).create({"name": "x"})
        for vals in ({"hours": 5}, {"billed_hours": 5}, {"guid": "x"}, {"whole": True}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                invoice.write({"line_ids": [Command.create({"name": "x", **vals})]})

    def test_state_of_connections_cannot_be_written_over_rpc(self):
        Connection = self.env["keeping.exact.connection"].with_user(self.administrator)
        Connection = Connection.with_company(self.company)
        with self.assertRaises(AccessError):
            Connection.create({"site": "nl", "state": "connected"})
        sneaky = Connection.with_context(default_state="connected").create({"site": "nl"})
        self.assertEqual(sneaky.state, "draft")
        with self.assertRaises(AccessError):
            sneaky.state = "connected"
        mine = self.administration.with_user(self.administrator)
        for vals in ({"state": "available"}, {"code": 5}, {"company_id": self.other_company.id}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                mine.write(vals)

    def test_secrets_are_read_by_nobody(self):
        connection = self.administration.connection_id
        grant = self.env["keeping.exact.grant"].sudo()
        grant = grant.create({"site": "nl", "client_id": "x", "exact_user": "x"})
        connection.sudo().grant_id = grant
        records = {grant._name: grant, connection._name: connection}
        users = [*self.by_group.values(), self.env.ref("base.user_admin")]
        for model, names in SECRETS.items():
            for user in users:
                mine = records[model].with_user(user).with_company(self.company)
                for name in names:
                    with self.subTest(user=user.login, field=name):
                        with self.assertRaises(AccessError):
                            mine.read([name])
                        with self.assertRaises(AccessError):
                            mine.search([(name, "!=", False)])
                        self.assertNotIn(
                            name, mine.fields_get() if mine.browse().has_access("read") else {}
                        )

    def test_client_secret_is_write_only_and_encrypted(self):
        connection = self.administration.connection_id.with_user(self.administrator)
        connection.client_secret = "top secret"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(connection.client_secret)
        self.assertTrue(connection.has_client_secret)
        self.env.cr.execute(
            "SELECT to_jsonb(c)::text FROM keeping_exact_connection c WHERE id = %s",
            (connection.id,),
        )
        self.assertNotIn("top secret", self.env.cr.fetchone()[0])
        self.assertNotIn("top secret", str(connection.copy_data()))
        self.assertEqual(connection._get_app()[1], "top secret")

    def test_fields_on_standard_models_are_hidden_from_others(self):
        for model, names in {
            "res.company": [
                "keeping_exact_connection_ids",
                "keeping_exact_enabled",
                "keeping_exact_steps_hidden",
            ],
            "res.partner": ["keeping_exact_invoice_count"],
            "project.project": ["keeping_exact_invoice_count"],
            "account.analytic.line": ["keeping_exact_hour_ids", "keeping_exact_state"],
        }.items():
            for user in (self.timesheeter, self.portal, self.public):
                Model = self.env[model].with_user(user)
                if not Model.has_access("read"):
                    continue
                with self.subTest(model=model, user=user.login):
                    self.assertFalse(set(names) & set(Model.fields_get()))
                    with self.assertRaises(AccessError):
                        Model.search([], limit=1).read(names)

    def test_settings_open_for_a_system_user_without_our_groups(self):
        system = new_test_user(
            self.env,
            "system",
            groups="base.group_system,hr_timesheet.group_timesheet_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        Settings = self.env["res.config.settings"].with_user(system).with_company(self.company)
        Settings = Settings.with_context(module="hr_timesheet")
        self.assertFalse(system.has_group("keeping_exact_connector.group_administrator"))
        self.assertNotIn("keeping_exact", Settings.get_view(view_type="form")["arch"])
        with Form(Settings) as form:
            self.assertTrue(form.company_id)
        admin = self.env.ref("base.user_admin")
        arch = self.env["res.config.settings"].with_user(admin).get_view(view_type="form")["arch"]
        self.assertIn("action_keeping_exact_connect", arch)
