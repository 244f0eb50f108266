import json

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ExactCase

DETAILS = ("connection_id", "exact_user_name", "health_message")
FIGURES = ("name", "code", "state", "hours_waiting", "month_invoice_count")
SECRETS = {
    "keeping.exact.connection": ("client_secret_pending", "consent_nonce", "grant_id"),
    "keeping.exact.grant": ("client_secret", "access_token", "refresh_token"),
}


@tagged("post_install", "-at_install")
class TestOverview(ExactCase):
    """Current invoice links: what it counts, and who sees what of it."""

    def _as(self, user):
        administration = self.administration.with_user(user).with_company(self.company)
        administration.invalidate_recordset()
        return administration

    def test_hours_to_invoice_are_those_that_the_wizard_finds(self):
        self._make_hours(1.5, 2)
        self._make_hours(0)
        self._make_hours(4, project=self._make_project("Own", self.customer.browse()))
        other = self._make_project("Theirs", self.customer, self.other_company)
        self._make_hours(8, project=other, user=self.outsider)
        minutes = self.env.ref("uom.product_uom_minute", raise_if_not_found=False)
        if minutes:
            self._make_hours(30, product_uom_id=minutes.id)
        found = self._wizard(date_from=False, date_to=False).found_hours
        self.assertAlmostEqual(self._as(self.invoicer).hours_waiting, found, 3)
        self.assertAlmostEqual(found, 4 if minutes else 3.5, 3)

        invoice = self._preview()
        self.assertEqual(self._as(self.invoicer).hours_waiting, 0, "reserved is not waiting")
        invoice.action_release()
        self.assertAlmostEqual(self._as(self.invoicer).hours_waiting, found, 3)

    def test_a_user_counts_own_hours_only(self):
        self._make_hours(1)
        self._make_hours(5, user=self.invoicer)
        self.assertEqual(self._as(self.viewer).hours_waiting, 1)
        self.assertEqual(self._as(self.invoicer).hours_waiting, 6)

    def test_invoices_of_this_month_are_those_made_in_exact(self):
        self._make_hours(1)
        first = self._preview().sudo()
        self._make_hours(2)
        second = self._preview().sudo()
        self.assertEqual(self._as(self.invoicer).month_invoice_count, 0)
        now = fields.Datetime.now()
        self._bring(first, "open", guid="1", sent_at=now)
        self._bring(second, "open", guid="2", sent_at=now.replace(year=now.year - 1))
        self.assertEqual(self._as(self.invoicer).month_invoice_count, 1)
        action = self._as(self.invoicer).action_open_month_invoices()
        self.assertEqual(self.env["keeping.exact.invoice"].search(action["domain"]), first)

    def test_all_figures_together_take_a_handful_of_queries(self):
        for code in range(100010, 100030):
            self._make_administration(self.company, code, "available")
        self._make_hours(1, 2, 3)
        self.env.flush_all()
        Administration = self.env["keeping.exact.administration"].with_user(self.invoicer)
        Administration = Administration.with_company(self.company)
        specification = {name: {} for name in (*FIGURES, "invoice_count", "connection_state")}
        Administration.web_search_read([], specification)
        counts = []
        for limit in (2, 20):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = Administration.web_search_read([], specification, limit=limit)
            self.assertEqual(len(found["records"]), limit)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1], "no query per administration")

    def test_the_link_shows_the_hours_that_were_counted(self):
        hours = self._make_hours(1, 2)
        for user in (self.viewer, self.invoicer):
            action = self._as(user).action_open_waiting_hours()
            Timesheet = self.env["account.analytic.line"].with_user(user)
            self.assertEqual(Timesheet.search(action["domain"]), hours)

    def test_details_of_the_connection_are_for_administrators(self):
        self.administration.connection_id.sudo().exact_user_name = "Anna de Vries"
        for user in (self.viewer, self.invoicer):
            mine = self._as(user)
            self.assertFalse(set(DETAILS) & set(mine.fields_get()))
            self.assertTrue(mine.read(FIGURES)[0]["name"])
            for name in DETAILS:
                with self.subTest(user=user.login, field=name), self.assertRaises(AccessError):
                    mine.read([name])
            for view in ("kanban", "list", "form"):
                arch = mine.get_view(view_type=view)["arch"]
                for name in (*DETAILS, "action_link", "action_connect_another"):
                    self.assertNotIn(f'"{name}"', arch)
        seen = self._as(self.administrator).read(DETAILS)[0]
        self.assertEqual(seen["exact_user_name"], "Anna de Vries")

    def test_forms_open_for_each_group(self):
        for user in (self.viewer, self.invoicer, self.administrator):
            with Form(self._as(user)) as form:
                self.assertEqual(form.name, self.administration.name)
        Connection = self.env["keeping.exact.connection"].with_user(self.administrator)
        with Form(Connection.with_company(self.company)) as form:
            self.assertEqual(form.state, "draft")
            form.client_id = "id"
            form.client_secret = "secret"

    def test_another_organisation_sees_none_of_it(self):
        Administration = self.env["keeping.exact.administration"].with_user(self.outsider)
        theirs = Administration.with_company(self.other_company)
        self.assertFalse(theirs.search([]))
        # Asking for the other organisation by name does not help.
        with self.assertRaises(AccessError):
            Administration.with_context(allowed_company_ids=self.company.ids).search([])
        group = self.env.ref("keeping_exact_connector.group_administrator")
        self.outsider.group_ids |= group
        Connection = self.env["keeping.exact.connection"].with_user(self.outsider)
        self.assertFalse(Connection.with_company(self.other_company).search([]))
        action = Connection.with_company(self.other_company).action_open_integrations()
        self.assertFalse(action["res_id"], "a landing page of their own")
        with self.assertRaises(AccessError):
            self.company.with_user(self.outsider).get_keeping_exact_steps()
        settings = self.env["res.config.settings"].with_user(self.outsider)
        settings = settings.with_company(self.other_company).new({})
        self.assertFalse(settings.keeping_exact_connection_id)

    def test_a_new_invoice_starts_on_the_administration(self):
        action = self._as(self.invoicer).action_create_invoice()
        self.assertEqual(action["context"]["default_administration_id"], self.administration.id)
        self.administration.sudo().state = "available"
        with self.assertRaisesRegex(UserError, "not linked"):
            self._as(self.invoicer).action_create_invoice()

    def test_only_administrators_connect_another_user(self):
        Administration = self.env["keeping.exact.administration"]
        action = Administration.with_user(self.administrator).action_connect_another()
        self.assertEqual(action["res_model"], "keeping.exact.connection")
        self.assertFalse(action["res_id"])
        for user in (self.viewer, self.invoicer):
            with self.assertRaises(AccessError):
                Administration.with_user(user).action_connect_another()


@tagged("post_install", "-at_install")
class TestSecretsOverRpc(ExactCase, HttpCase):
    """Nobody reads a secret, by whatever method of the web client they try."""

    def _rpc(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        with mute_logger("odoo.http"):
            return self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
                headers={"Content-Type": "application/json"},
            ).text

    def test_neither_administrators_nor_others(self):
        values = {"site": "nl", "client_id": "x", "exact_user": "x"}
        values.update(dict.fromkeys(SECRETS["keeping.exact.grant"], "TOPSECRET"))
        grant = self.env["keeping.exact.grant"].sudo().create(values)
        connection = self.administration.connection_id.sudo()
        connection.write(
            {
                "grant_id": grant.id,
                "client_secret_pending": "TOPSECRET",
                "consent_nonce": "TOPSECRET",
            }
        )
        admin = self.env.ref("base.user_admin")
        admin.company_ids |= self.company
        portal = new_test_user(self.env, "portal_secrets", groups="base.group_portal")
        context = {"allowed_company_ids": self.company.ids}
        ids = {"keeping.exact.grant": grant.ids, "keeping.exact.connection": connection.ids}
        for login in ("admin", "administrator", "invoicer", "viewer", portal.login):
            self.authenticate(login, login)
            for model, names in SECRETS.items():
                for name in names:
                    for method, args, kwargs in (
                        ("read", [ids[model], [name]], {}),
                        ("web_read", [ids[model], {name: {}}], {}),
                        ("web_search_read", [[], {name: {}}], {}),
                        ("search_read", [[], [name]], {}),
                        ("export_data", [ids[model], [name]], {}),
                        ("search_count", [[(name, "like", "TOP")]], {}),
                        ("search", [[]], {"order": name}),
                        ("formatted_read_group", [[], [name], ["__count"]], {}),
                        ("web_read_group", [[], [name]], {}),
                        ("read_group", [[], [name], [name]], {}),
                        ("fields_get", [[name]], {}),
                        ("copy_data", [ids[model]], {}),
                    ):
                        with self.subTest(login=login, field=name, method=method):
                            told = self._rpc(model, method, *args, context=context, **kwargs)
                            self.assertNotIn("TOPSECRET", told)
                            if method not in ("fields_get", "copy_data"):
                                self.assertIn('"error"', told)
            for path in ("grant_id/access_token", "grant_id/client_secret"):
                told = self._rpc(
                    "keeping.exact.connection",
                    "export_data",
                    connection.ids,
                    [path],
                    context=context,
                )
                self.assertNotIn("TOPSECRET", told)
            domain = [("grant_id.access_token", "like", "TOP")]
            for model in ("keeping.exact.connection", "keeping.exact.administration"):
                prefix = "" if model.endswith("connection") else "connection_id."
                asked = [(prefix + domain[0][0], *domain[0][1:])]
                told = self._rpc(model, "search_count", asked, context=context)
                self.assertIn('"error"', told, f"{login} may not ask {asked}")


@tagged("post_install", "-at_install")
class TestSteps(ExactCase):
    """connect → link → check → first invoice, read from what is there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator.group_ids |= cls.env.ref("keeping_exact_connector.group_invoicing")
        cls.connection = cls.administration.connection_id.sudo()
        cls.administration.sudo().state = "available"

    def _states(self, user=None):
        panel = self.company.with_user(user or self.administrator).get_keeping_exact_steps()
        return {step["name"]: step["state"] for step in panel["steps"]}

    def _buttons(self, user):
        panel = self.company.with_user(user).get_keeping_exact_steps()
        return {step["name"] for step in panel["steps"] if step["button"]}

    def _checked(self):
        values = {"administration_id": self.administration.id, "code": "journal", "state": "ok"}
        self.env["keeping.exact.check"].sudo().create(values)

    def test_each_step_follows_from_what_is_there(self):
        expected = dict.fromkeys(("connect", "link", "check", "invoice"), "later")
        self.assertEqual(self._states(), {**expected, "connect": "next"})
        self.connection.state = "connected"
        expected["connect"] = "done"
        self.assertEqual(self._states(), {**expected, "link": "next"})
        self.administration.sudo().state = "linked"
        expected["link"] = "done"
        self.assertEqual(self._states(), {**expected, "check": "next"})
        self._checked()
        expected["check"] = "done"
        self.assertEqual(self._states(), {**expected, "invoice": "next"})
        self._make_hours(1)
        self._bring(self._preview(), "open", guid="x")
        self.assertEqual(self._states(), {}, "after the first invoice they are gone")

    def test_each_button_leads_to_where_the_step_is_taken(self):
        company = self.company.with_user(self.administrator).with_company(self.company)
        go = company.action_keeping_exact_step
        self.assertEqual(go("connect")["res_id"], self.connection.id)
        self.connection.state = "connected"
        self.assertEqual(go("link")["res_id"], self.connection.id)
        self.administration.sudo().state = "linked"
        self.assertEqual(go("invoice")["res_model"], "keeping.exact.invoice.create")

    def test_buttons_are_for_whoever_may_press_them(self):
        self.assertEqual(self._buttons(self.administrator), {"connect"})
        self.assertEqual(self._buttons(self.viewer), set())
        self.connection.state = "connected"
        self.administration.sudo().state = "linked"
        self._checked()
        self.assertEqual(self._buttons(self.invoicer), {"invoice"})
        self.assertEqual(self._buttons(self.viewer), set())

    def test_an_administrator_dismisses_them_for_the_organisation(self):
        with self.assertRaises(AccessError):
            self.company.with_user(self.invoicer).action_keeping_exact_hide_steps()
        self.assertTrue(self._states())
        self.company.with_user(self.administrator).action_keeping_exact_hide_steps()
        self.assertFalse(self._states())
        self.assertFalse(self._states(self.invoicer))

    def test_they_are_not_for_others(self):
        portal = new_test_user(self.env, "portal_steps", groups="base.group_portal")
        timesheeter = new_test_user(
            self.env,
            "timesheeter_steps",
            groups="base.group_user,hr_timesheet.group_timesheet_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        public = self.env.ref("base.public_user")
        for user in (portal, timesheeter, public, self.outsider):
            with self.subTest(user=user.login):
                company = self.company.with_user(user)
                for call in (
                    company.get_keeping_exact_steps,
                    company.action_keeping_exact_hide_steps,
                    lambda company=company: company.action_keeping_exact_step("connect"),
                ):
                    with self.assertRaises(AccessError):
                        call()

    def test_the_integrations_page_is_the_landing_page_until_something_is_connected(self):
        Connection = self.env["keeping.exact.connection"].with_user(self.administrator)
        Connection = Connection.with_company(self.company)
        self.assertEqual(Connection.action_open_integrations()["res_id"], self.connection.id)
        self.connection.state = "connected"
        action = Connection.action_open_integrations()
        self.assertEqual(action["res_model"], "keeping.exact.administration")
        for user in (self.viewer, self.invoicer):
            with self.assertRaises(AccessError):
                Connection.with_user(user).action_open_integrations()

    def test_a_visit_ends_the_invitation_after_the_installation(self):
        todo = self.env.ref("keeping_exact_connector.todo_connect")
        todo.state = "open"
        Connection = self.env["keeping.exact.connection"].with_user(self.administrator)
        Connection.with_company(self.company).action_open_integrations()
        self.assertEqual(todo.state, "done")
