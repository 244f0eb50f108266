import json

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ExactCase

LISTS = ("cost.centre", "cost.unit", "unit", "item.group", "ledger")
# What this add-on puts on records of Odoo's own.
OWN_FIELDS = {
    "res.partner": (
        "keeping_exact_your_ref",
        "keeping_exact_your_ref_required",
        "keeping_exact_invoicing_method",
        "keeping_exact_specification",
    ),
    "project.project": (
        "keeping_exact_your_ref",
        "keeping_exact_item_id",
        "keeping_exact_cost_centre",
        "keeping_exact_cost_unit",
    ),
    "project.task": ("keeping_exact_cost_centre", "keeping_exact_cost_unit"),
    "hr.employee": ("keeping_exact_cost_centre", "keeping_exact_cost_unit"),
}


@tagged("post_install", "-at_install")
class TestAccessOverRpc(ExactCase, HttpCase):
    """What the record rules say holds for whoever calls the server directly too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls._make_hours(1)
        cls.portal = new_test_user(cls.env, "portal_user", groups="base.group_portal")
        cls.timesheeter = new_test_user(
            cls.env,
            "timesheeter",
            groups="base.group_user,hr_timesheet.group_timesheet_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.exact = self._make_customer("Klant", partner_id=self.customer.id)
        self.lists = {
            model: self.env[f"keeping.exact.{model}"]
            .sudo()
            .create(
                {"administration_id": self.administration.id, "guid": "x", "code": "A", "name": "A"}
            )
            for model in LISTS
        }
        self.invoice = self._preview()
        self.row = self.env["keeping.exact.mapping"].search(
            [("partner_id", "=", self.customer.id), ("company_id", "=", self.company.id)]
        )
        self.processing = (
            self.env["keeping.exact.processing"]
            .sudo()
            .create({"invoice_id": self.invoice.id, "way": "book"})
        )
        self.document = self.env["keeping.exact.document"].sudo()._plan_for(self.invoice.sudo())
        self.document._make_content()
        self.process = (
            self.env["keeping.exact.process"]
            .sudo()
            .create({"line_ids": [Command.create({"invoice_id": self.invoice.id})]})
        )
        self.check = (
            self.env["keeping.exact.check"]
            .sudo()
            .create({"administration_id": self.administration.id, "code": "journal"})
        )

    @mute_logger("odoo.http")
    def _call(self, model, method, *args, **kwargs):
        """Return the name of the error, or the result."""
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {"model": model, "method": method, "args": args, "kwargs": kwargs},
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        answer = response.json()
        return answer["error"]["data"]["name"] if "error" in answer else answer["result"]

    def test_outsiders_neither_see_nor_make_anything(self):
        link = [self.invoice.id]
        connection = [self.administration.connection_id.id]
        calls = [
            ("keeping.exact.invoice", "read", [link, ["name", "state"]]),
            ("keeping.exact.invoice", "write", [link, {"description": "x"}]),
            ("keeping.exact.invoice", "unlink", [link]),
            ("keeping.exact.invoice", "action_send", [link]),
            ("keeping.exact.invoice", "action_retry", [link]),
            ("keeping.exact.invoice", "action_release", [link]),
            ("keeping.exact.invoice", "action_ask_release", [link]),
            ("keeping.exact.invoice", "action_confirm_removed", [link]),
            ("keeping.exact.deletion", "create", [{"invoice_id": link[0]}]),
            ("keeping.exact.release.line", "create", [{"invoice_id": link[0], "kind": "open"}]),
            ("keeping.exact.invoice", "action_open_in_exact", [link]),
            ("keeping.exact.invoice", "action_process", [link]),
            ("keeping.exact.processing", "read", [self.processing.ids, ["way", "recipient"]]),
            ("keeping.exact.invoice", "action_download_specification", [link]),
            ("keeping.exact.invoice", "action_retry_specification", [link]),
            ("keeping.exact.invoice", "read", [link, ["specification_message"]]),
            ("keeping.exact.document", "read", [self.document.ids, ["content"]]),
            ("keeping.exact.document", "write", [self.document.ids, {"content": False}]),
            (
                "keeping.exact.document.attachment",
                "read",
                [self.document.attachment_ids.ids, ["state"]],
            ),
            ("keeping.exact.document.link", "read", [self.document.link_ids.ids, ["state"]]),
            ("keeping.exact.processing", "create", [{"invoice_id": link[0], "way": "book"}]),
            ("keeping.exact.processing", "write", [self.processing.ids, {"state": "done"}]),
            (
                "keeping.exact.process.line",
                "create",
                [{"wizard_id": self.process.id, "invoice_id": link[0]}],
            ),
            ("keeping.exact.process", "action_confirm", [self.process.ids]),
            ("keeping.exact.invoice.line", "read", [self.invoice.line_ids.ids, ["amount"]]),
            ("keeping.exact.hour", "read", [self.invoice.hour_ids.ids, ["name"]]),
            ("keeping.exact.connection", "read", [connection, ["client_id"]]),
            ("keeping.exact.connection", "action_connect", [connection]),
            ("keeping.exact.connection", "action_confirm_database", [connection]),
            ("keeping.exact.connection", "action_hand_over", [connection]),
            ("keeping.exact.administration", "action_link", [[self.administration.id]]),
            ("keeping.exact.administration", "action_use_connection", [[self.administration.id]]),
            ("keeping.exact.administration", "read", [[self.administration.id], ["reach_ids"]]),
            (
                "keeping.exact.use.connection",
                "create",
                [{"administration_id": self.administration.id, "connection_id": connection[0]}],
            ),
            ("keeping.exact.administration", "action_go_on", [[self.administration.id]]),
            ("keeping.exact.administration", "action_check", [[self.administration.id]]),
            ("keeping.exact.check", "read", [self.check.ids, ["state"]]),
            ("keeping.exact.check", "write", [self.check.ids, {"state": "ok"}]),
            ("keeping.exact.journal", "name_create", ["70"]),
            ("keeping.exact.vat.code", "name_create", ["4"]),
            ("keeping.exact.payment.condition", "name_create", ["30"]),
            ("keeping.exact.invoice", "action_open_connection", [link]),
            ("keeping.exact.customer", "read", [self.exact.ids, ["vat"]]),
            ("keeping.exact.customer", "write", [self.exact.ids, {"partner_id": False}]),
            ("keeping.exact.customer", "action_open_in_exact", [self.exact.ids]),
            ("keeping.exact.customer", "action_read_again", [self.exact.ids]),
            ("keeping.exact.mapping", "read", [self.row.ids, ["hours", "remark"]]),
            ("keeping.exact.mapping", "write", [self.row.ids, {"customer_id": self.exact.id}]),
            *(
                ("keeping.exact.mapping", f"action_{name}", [self.row.ids])
                for name in ("accept", "new", "ignore", "watch", "read_again", "open_in_exact")
            ),
            *(
                (f"keeping.exact.{model}", "read", [self.lists[model].ids, ["code"]])
                for model in LISTS
            ),
            *(
                (f"keeping.exact.{model}", "write", [self.lists[model].ids, {"code": "x"}])
                for model in LISTS
            ),
            ("keeping.exact.invoice", "read", [link, ["warnings", "lookalike_note"]]),
            ("keeping.exact.invoice", "action_read_lookalikes", [link]),
            ("keeping.exact.call", "search_read", [[], ["path"]]),
            ("keeping.exact.call", "create", [{"called_at": "2026-10-12"}]),
            ("keeping.exact.limit", "search_read", [[], ["state"]]),
            ("keeping.exact.grant", "search_read", [[], ["site"]]),
            (
                "account.analytic.line",
                "action_keeping_exact_create_invoice",
                [self.hours.ids],
            ),
        ]
        for user in (self.outsider, self.timesheeter, self.portal):
            self.authenticate(user.login, user.login)
            for model, method, args in calls:
                with self.subTest(user=user.login, model=model, method=method):
                    self.assertEqual(
                        self._call(model, method, *args), "odoo.exceptions.AccessError"
                    )
        self.invoice.invalidate_recordset()
        self.assertEqual(self.invoice.state, "draft")

    def test_fields_on_records_of_odoos_own_are_for_those_concerned(self):
        employee = self.env["hr.employee"].search([("user_id", "=", self.viewer.id)])
        records = {
            "res.partner": self.customer,
            "project.project": self.project,
            "project.task": self.task,
            "hr.employee": employee,
        }
        # Whoever manages timesheets manages employees too; those fields are for them.
        theirs = {self.timesheeter: set(OWN_FIELDS) - {"hr.employee"}, self.viewer: {"hr.employee"}}
        for user in (self.timesheeter, self.viewer, self.portal):
            self.authenticate(user.login, user.login)
            for model in sorted(theirs.get(user, OWN_FIELDS)):
                for name in OWN_FIELDS[model]:
                    with self.subTest(user=user.login, model=model, name=name):
                        ids = records[model].ids
                        for method, args in (
                            ("read", [ids, [name]]),
                            ("write", [ids, {name: False}]),
                            ("search_read", [[(name, "!=", False)], ["id"]]),
                        ):
                            self.assertIsInstance(self._call(model, method, *args), str)

    def test_what_exact_said_is_changed_by_nobody_here(self):
        for user in (self.invoicer, self.administrator):
            self.authenticate(user.login, user.login)
            for model, record, vals in (
                ("keeping.exact.customer", self.exact, {"sales_discount": 0.5}),
                ("keeping.exact.customer", self.exact, {"invoice_account": "x"}),
                ("keeping.exact.mapping", self.row, {"state": "ignored"}),
                ("keeping.exact.mapping", self.row, {"partner_id": self.company.partner_id.id}),
                *((f"keeping.exact.{model}", self.lists[model], {"code": "x"}) for model in LISTS),
            ):
                with self.subTest(user=user.login, model=model, vals=vals):
                    result = self._call(model, "write", record.ids, vals)
                    self.assertEqual(result, "odoo.exceptions.AccessError")
                    result = self._call(model, "create", [vals])
                    self.assertIn("odoo.exceptions", result)

    def test_nobody_without_a_session_gets_in(self):
        self.authenticate(None, None)
        result = self._call("keeping.exact.invoice", "read", [self.invoice.id], ["name"])
        self.assertEqual(result, "odoo.http.SessionExpiredException")

    def test_private_methods_are_not_reachable(self):
        self.authenticate("invoicer", "invoicer")
        for model, method in (
            ("keeping.exact.hour", "_reserve"),
            ("keeping.exact.operation", "_cron_send"),
            ("keeping.exact.grant", "_refresh"),
            ("keeping.exact.grant", "_claim"),
            ("keeping.exact.administration", "_end_pause"),
            ("keeping.exact.invoice", "_plan_processing"),
            ("keeping.exact.invoice", "_plan_deletion"),
            ("keeping.exact.invoice", "_move"),
            ("keeping.exact.invoice", "_note_removed"),
            ("keeping.exact.release", "_ask"),
            ("keeping.exact.invoice", "_draw_specification"),
            ("keeping.exact.invoice", "_get_specification"),
            ("keeping.exact.document", "_plan_for"),
            ("keeping.exact.process", "_ask"),
            ("keeping.exact.administration", "_use_connection"),
            ("keeping.exact.administration", "_update_from_exact"),
            ("keeping.exact.administration", "_store_checks"),
            ("keeping.exact.administration", "_read_booking_lists"),
            ("keeping.exact.customer", "_plan_creation"),
            ("keeping.exact.customer", "_map_to"),
            ("keeping.exact.mapping", "_map"),
            ("keeping.exact.cost.centre", "_keep_list"),
            ("keeping.exact.check", "_store"),
            ("keeping.exact.journal", "_get_typed"),
            ("keeping.exact.call", "_gc_calls"),
            ("keeping.exact.connection", "_accept_consent"),
        ):
            with self.subTest(method=method):
                self.assertEqual(self._call(model, method, []), "odoo.exceptions.AccessError")

    def test_codes_are_typed_by_administrators_of_the_organisation_only(self):
        self.administration.journals_unread = True
        other = self._make_user("other_administrator", "administrator", self.other_company)
        context = {"default_administration_id": self.administration.id}
        for user in (other, self.invoicer, self.viewer):
            self.authenticate(user.login, user.login)
            for extra in ({}, {"allowed_company_ids": self.company.ids}):
                result = self._call(
                    "keeping.exact.journal", "name_create", "70", context={**context, **extra}
                )
                self.assertEqual(result, "odoo.exceptions.AccessError", user.login)
        self.authenticate("administrator", "administrator")
        for wrong in ({}, {"default_administration_id": 0}):
            result = self._call("keeping.exact.journal", "name_create", "70", context=wrong)
            self.assertEqual(result, "odoo.exceptions.UserError")
        made = self._call("keeping.exact.journal", "name_create", "70", context=context)
        self.assertEqual(self.env["keeping.exact.journal"].sudo().browse(made[0]).code, "70")
        vals = {"administration_id": self.administration.id, "code": "71", "name": "71"}
        for model in ("journal", "vat.code", "payment.condition"):
            result = self._call(f"keeping.exact.{model}", "create", [vals])
            self.assertEqual(result, "odoo.exceptions.AccessError", model)
        # The state of a check is what Exact said, whoever asks.
        for values in ({"state": "ok"}, {"message_code": "journal_ok"}):
            result = self._call("keeping.exact.check", "write", self.check.ids, values)
            self.assertEqual(result, "odoo.exceptions.AccessError")
        for name in ("check_state", "journals_unread", "checked_at"):
            result = self._call(
                "keeping.exact.administration", "write", self.administration.ids, {name: False}
            )
            self.assertEqual(result, "odoo.exceptions.AccessError", name)

    def test_the_server_action_checks_the_user_too(self):
        action = self.env.ref("keeping_exact_connector.action_create_invoice_from_timesheets")
        context = {"active_model": "account.analytic.line", "active_ids": self.hours.ids}
        for user in (self.viewer, self.outsider):
            self.authenticate(user.login, user.login)
            result = self._call("ir.actions.server", "run", [action.id], context=context)
            self.assertEqual(result, "odoo.exceptions.AccessError", user.login)
