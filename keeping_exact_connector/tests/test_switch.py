import json
from urllib.parse import urlencode

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models.keeping_exact_connection import CALLBACK_PATH
from ..sending.runner import serve
from .common import ExactCase
from .made_records import MadeRecords
from .sandbox_case import SendingCase

OURS = "odoo.addons.keeping_exact_connector."
OFF = "switched off for Bureau Zuid"
# What the web client calls on every model, and hooks of Odoo's that talk to nobody.
ORM = {
    "create",
    "write",
    "unlink",
    "default_get",
    "name_create",
    "button_uninstall",
    "update_field_translations",
}
# Public methods that work while the organisation is switched off: they call nobody in Exact, and
# show something or let go of something. All others must refuse, those to come included.
ALSO_OFF = {
    # Whoever switches it off may well be leaving: what is billed is exported all the same.
    "base.module.uninstall": {"action_keeping_exact_export", "action_uninstall"},
    "keeping.exact.move": {"action_export", "action_open", "action_show_left_out"},
    "account.analytic.line": {"action_keeping_exact_bill_again"},
    "keeping.exact.disconnect": {"action_confirm", "action_open_waiting"},
    "keeping.exact.hour": {"action_uncover"},
    "keeping.exact.invoice.create": {"action_show_left_out"},
    # To create and to preview are of the wizard it is made from, and are refused at any time.
    "keeping.exact.invoice.link": {
        "action_back",
        "action_create",
        "action_preview",
        "action_show_left_out",
    },
    "keeping.exact.notice": {"get_notices"},
    "keeping.exact.unbilled.as.of": {"action_show"},
    "keeping.exact.connection": {
        "action_ask_disconnect",
        "action_confirm_database",  # of all organisations of the database
        "action_disconnect",
        "action_open_integrations",
    },
    "keeping.exact.administration": {
        "action_ask_unlink",
        "action_open_customers",
        "action_open_gone",
        "action_open_invoices",
        "action_open_month_invoices",
        "action_open_unsettled",
        "action_open_waiting_hours",
        "action_unlink",
    },
    "keeping.exact.credit": {
        "action_give_up",
        "action_open_hours",
        "action_open_invoice",
        "action_undo",
    },
    "keeping.exact.customer": {"action_open_in_exact"},
    "keeping.exact.run": {"action_cancel", "action_open_invoices"},
    "keeping.exact.release": {"action_confirm"},
    "keeping.exact.mapping": {"action_open_in_exact", "action_open_project"},
    "keeping.exact.invoice": {
        "action_ask_release",
        "action_cancel_line_changes",
        "action_download_specification",
        "action_give_up",
        "action_open_administration",
        "action_open_connection",
        "action_open_credits",
        "action_open_hours",
        "action_open_in_exact",
        "action_open_partner",
        "action_release",
    },
    "project.project": {"action_open_keeping_exact_invoices"},
    "res.company": {
        "action_keeping_exact_hide_steps",
        "action_keeping_exact_step",
        "get_keeping_exact_steps",
    },
    "res.config.settings": {"action_keeping_exact_connect"},
    "res.partner": {"action_open_keeping_exact_invoices"},
}


def public_methods(env):
    """Return (model, method) of all that this add-on lets anybody call over RPC."""
    found = set()
    for model_name, model in env.registry.items():
        for cls in model.mro():
            if not cls.__module__.startswith(OURS) or cls.__module__.startswith(f"{OURS}tests"):
                continue
            found |= {
                (model_name, name)
                for name, value in vars(cls).items()
                if callable(value) and not name.startswith("_") and name not in ORM
            }
    return found


def is_for_the_model(record, method):
    """Tell whether a method takes no ids over RPC."""
    return getattr(getattr(type(record), method), "_api_model", False)


@tagged("post_install", "-at_install")
class TestSwitch(MadeRecords, SendingCase, HttpCase):
    """An organisation that is switched off: every way in refuses, and nothing is lost."""

    def setUp(self):
        super().setUp()
        self.processor = self._make_user("processor", "processing")
        self.invoice = self._queued(2)
        self.wizard = self._wizard()
        self.company.keeping_exact_enabled = False
        self.env.flush_all()

    def _rpc(self, user, model, method, *args, **kwargs):
        """Return what the person is told, or nothing when it was done."""
        self.authenticate(user.login, user.login)
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        with mute_logger("odoo.http"):
            answer = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
                headers={"Content-Type": "application/json"},
            ).json()
        return answer["error"]["data"]["message"] if "error" in answer else ""

    def test_every_public_method_refuses_or_is_known_to_be_harmless(self):
        hours = self._make_hours(1)
        samples = {
            "keeping.exact.connection": (self.administrator, self.connection),
            "keeping.exact.administration": (self.administrator, self.administration),
            "keeping.exact.invoice": (self.processor, self.invoice),
            "keeping.exact.invoice.create": (self.invoicer, self.wizard),
            "account.analytic.line": (self.invoicer, hours),
            "keeping.exact.invoice.line": (self.invoicer, self.invoice.line_ids),
            "keeping.exact.unbilled": (
                self.invoicer,
                self.env["keeping.exact.unbilled"].browse(hours.ids),
            ),
            "keeping.exact.customer": (self.invoicer, self._make_customer("Klant")),
            "keeping.exact.mapping": (
                self.invoicer,
                self.env["keeping.exact.mapping"].search([("partner_id", "=", self.customer.id)]),
            ),
            "keeping.exact.run": (self.invoicer, self.invoice.sudo()._start_run()),
            "project.project": (self.invoicer, self.project),
            "project.task": (self.invoicer, self.task),
            "res.partner": (self.invoicer, self.customer),
        }
        process = self.env["keeping.exact.process"].with_user(self.processor).sudo()
        process = process.create({"line_ids": [Command.create({"invoice_id": self.invoice.id})]})
        samples[process._name] = (self.processor, process)
        for model in ("never.bill", "cover"):
            wizard = self.env[f"keeping.exact.{model}"].with_user(self.invoicer)
            wizard = wizard.create({"timesheet_ids": [Command.set(hours.ids)]})
            samples[wizard._name] = (self.invoicer, wizard)
        other = self.env["keeping.exact.use.connection"].with_user(self.administrator)
        other = other.with_company(self.company).create(
            {"administration_id": self.administration.id, "connection_id": self.connection.id}
        )
        samples[other._name] = (self.administrator, other)
        mine = {"company_id": self.company.id}
        for model in ("import", "move"):
            wizard = self.env[f"keeping.exact.{model}"].with_user(self.administrator)
            samples[f"keeping.exact.{model}"] = (
                self.administrator,
                wizard.with_company(self.company).create(mine),
            )
        self.company.keeping_exact_enabled = True
        for make in (self._make_credits, self._make_link_records, self._make_corrections):
            for model, record in make(self.invoice.sudo()).items():
                samples.setdefault(model, (self.invoicer, record))
        self.company.keeping_exact_enabled = False
        self.env.flush_all()
        self.administrator.group_ids |= self.env.ref("keeping_exact_connector.group_invoicing")
        walked = 0
        for model, method in sorted(public_methods(self.env)):
            if method in ALSO_OFF.get(model, ()):
                continue
            with self.subTest(model=model, method=method):
                if self.env[model]._abstract:
                    # Walked at the models that inherit it.
                    continue
                self.assertIn(model, samples, "a new way in: refuse it, or say why it may pass")
                user, record = samples[model]
                args = [] if is_for_the_model(record, method) else [record.ids]
                self.assertIn(OFF, self._rpc(user, model, method, *args))
                walked += 1
        self.assertGreater(walked, 12)
        self.assertFalse(self.sandbox.calls(), "nothing went out")
        for model, methods in ALSO_OFF.items():
            self.assertLessEqual({(model, name) for name in methods}, public_methods(self.env))

    def test_the_wizard_does_not_even_open(self):
        model = "keeping.exact.invoice.create"
        self.assertIn(OFF, self._rpc(self.invoicer, model, "default_get", ["rate"]))
        self.assertIn(OFF, self._rpc(self.invoicer, model, "onchange", [], {}, [], {"rate": {}}))
        vals = {"administration_id": self.administration.id, "rate": 1}
        self.assertIn(OFF, self._rpc(self.invoicer, model, "create", [vals]))

    def test_whoever_forgets_to_ask_is_stopped_before_the_call(self):
        with self.assertRaisesRegex(UserError, OFF):
            self.administration._get_client()
        with self.assertRaisesRegex(UserError, OFF):
            self.connection._accept_consent("code")
        with self.assertRaisesRegex(UserError, OFF):
            self.administration._check_ready()

    def test_what_waits_says_why_and_goes_on_afterwards(self):
        self._send()
        self.administration.sync_at = "2026-01-01"
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()
        self.assertFalse(self.sandbox.calls())
        self.assertEqual(self.invoice.state, "queued")
        self.assertIn("switched off", self.invoice.error_message)
        self.assertIn("by itself", self.invoice.error_remedy)
        self.assertEqual(str(self.administration.sync_at)[:10], "2026-01-01")

        cron = self.env.ref("keeping_exact_connector.ir_cron_send")
        triggers = [("cron_id", "=", cron.id)]
        self.env["ir.cron.trigger"].search(triggers).unlink()
        self.connection.with_user(self.administrator).keeping_exact_enabled = True
        self.assertTrue(self.env["ir.cron.trigger"].search_count(triggers), "the job is woken")
        self.assertFalse(self.invoice.error_message)
        self._send()
        self.assertEqual(self.invoice.state, "open")
        self.assertEqual(len(self._in_exact(self.invoice)), 1)

    def test_an_unknown_outcome_is_looked_up_when_it_is_on_again(self):
        operation = self.env["keeping.exact.operation"]._get_open(self.invoice.sudo())
        operation.write({"state": "uncertain", "claimed_at": "2026-10-12"})
        self._bring(self.invoice, "uncertain")
        self._send()
        self.assertFalse(self.sandbox.calls())
        self.assertEqual(self.invoice.state, "uncertain")
        self.assertTrue(self.invoice.hour_ids.filtered("live"))

    def test_a_run_that_is_under_way_stops_before_its_next_call(self):
        self.company.keeping_exact_enabled = True
        second = self._queued(3)
        self.company.keeping_exact_enabled = False
        self.env.flush_all()
        with self._committing():
            serve(self.env.registry, self.administration.id, float("inf"))
        self.assertEqual(set((self.invoice | second).mapped("state")), {"queued"})
        self.assertFalse(self.sandbox.calls())

    def test_the_way_back_from_consent_explains_it(self):
        self.company.keeping_exact_enabled = True
        answer = self._consent(self.connection.with_user(self.administrator))
        self.company.keeping_exact_enabled = False
        self.env.flush_all()
        self.sandbox.clear_calls()
        before = self.connection.sudo().grant_id.read(["access_token"])
        self.authenticate("administrator", "administrator")
        page = self.url_open(f"{CALLBACK_PATH}?{urlencode(answer)}", allow_redirects=False)
        self.assertEqual(page.status_code, 400)
        self.assertIn(OFF, page.text)
        self.assertIn("Nothing was changed", page.text)
        self.assertFalse(self.sandbox.calls())
        self.assertEqual(self.connection.sudo().grant_id.read(["access_token"]), before)

    def test_hours_can_be_freed_and_the_connection_ended(self):
        self.assertEqual(
            self._rpc(self.invoicer, "keeping.exact.invoice", "action_release", self.invoice.ids),
            "",
        )
        self.invoice.invalidate_recordset()
        self.assertEqual(self.invoice.state, "cancelled")
        connection = self.connection.with_user(self.administrator)
        connection.action_disconnect()
        self.assertEqual(connection.state, "disconnected")

    def test_other_organisations_go_on(self):
        self.assertFalse(self.other_company._get_keeping_exact_refusal())
        theirs = self._make_connection(self.other_company)
        self.assertIn("oauth2/auth", theirs.action_connect()["url"])


@tagged("post_install", "-at_install")
class TestWhoMaySwitch(ExactCase, HttpCase):
    _rpc = TestSwitch._rpc

    def test_administrators_switch_and_it_is_noted(self):
        connection = self.administration.connection_id.with_user(self.administrator)
        connection = connection.with_context(tracking_disable=False)
        for on in (False, True):
            connection.keeping_exact_enabled = on
            self.assertEqual(self.company.keeping_exact_enabled, on)
            self.assertEqual(bool(connection.switched_off_message), not on)
        bodies = " ".join(connection.message_ids.mapped("body"))
        self.assertIn("Switched off", bodies)
        self.assertIn("Switched on", bodies)
        self.assertIn("administrator", " ".join(connection.message_ids.mapped("author_id.name")))

    def test_nobody_else_reads_or_writes_the_switch(self):
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "portal_switch",
                "password": "portal_switch",
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        company, name = self.company, "keeping_exact_enabled"
        for user in (self.viewer, self.invoicer, portal):
            with self.subTest(user=user.login):
                told = self._rpc(user, "res.company", "write", company.ids, {name: False})
                self.assertTrue(told)
                self.assertTrue(self._rpc(user, "res.company", "read", company.ids, [name]))
                domain = [(name, "=", True)]
                self.assertTrue(self._rpc(user, "res.company", "search", domain))
        public = self.env.ref("base.public_user")
        with self.assertRaises(AccessError):
            company.with_user(public).read([name])
        for user in (self.viewer, self.invoicer):
            connection = self.administration.connection_id
            told = self._rpc(user, connection._name, "write", connection.ids, {name: False})
            self.assertTrue(told)
        company.invalidate_recordset()
        self.assertTrue(company.keeping_exact_enabled)

    def test_another_organisation_is_not_switched(self):
        connection = self.administration.connection_id
        outsider = self.outsider
        outsider.group_ids |= self.env.ref("keeping_exact_connector.group_administrator")
        values = {"keeping_exact_enabled": False}
        self.assertTrue(self._rpc(outsider, connection._name, "write", connection.ids, values))
        values["company_id"] = self.company.id
        self.assertTrue(self._rpc(outsider, connection._name, "create", [values]))
        self.company.invalidate_recordset()
        self.assertTrue(self.company.keeping_exact_enabled)

    def test_the_refusal_names_the_organisation_that_is_off(self):
        company = self.company
        company.keeping_exact_enabled = False
        with self.assertRaisesRegex(UserError, OFF):
            (self.other_company | company)._check_keeping_exact_enabled()
        (self.other_company | self.env.company)._check_keeping_exact_enabled()
