import json

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ExactCase

ACCESS_ERROR = "odoo.exceptions.AccessError"


@tagged("post_install", "-at_install")
class TestCreditsOverRpc(ExactCase, HttpCase):
    """Who calls the server directly makes and confirms no credit either."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_hours(1, 2)
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
        self.invoice = self._preview()
        self._bring(self.invoice, "processed")
        action = self.invoice.action_make_credit()
        self.choice = self.env[action["res_model"]].browse(action["res_id"]).sudo()
        self.credit = (
            self.env["keeping.exact.credit"]
            .sudo()
            .create({"invoice_id": self.invoice.id, "origin": "made"})
        )
        self.find = (
            self.env["keeping.exact.credit.find"]
            .sudo()
            .create({"invoice_id": self.invoice.id, "candidate_ids": [Command.create({})]})
        )

    def _calls(self):
        link, choice, credit = self.invoice.ids, self.choice.ids, self.credit.ids
        hours = self.choice.hour_ids.ids
        return [
            ("keeping.exact.invoice", "action_find_credits", [link]),
            ("keeping.exact.invoice", "action_make_credit", [link]),
            ("keeping.exact.invoice", "action_open_credits", [link]),
            ("keeping.exact.credit", "read", [credit, ["amount"]]),
            ("keeping.exact.credit", "write", [credit, {"state": "done"}]),
            ("keeping.exact.credit", "create", [{"invoice_id": link[0], "origin": "made"}]),
            ("keeping.exact.credit", "unlink", [credit]),
            ("keeping.exact.credit", "action_retry", [credit]),
            ("keeping.exact.credit", "action_give_up", [credit]),
            ("keeping.exact.credit", "action_undo", [credit]),
            ("keeping.exact.credit.candidate", "action_choose", [self.find.candidate_ids.ids]),
            ("keeping.exact.credit.choice", "read", [choice, ["amount"]]),
            ("keeping.exact.credit.choice", "action_choose_all", [choice]),
            ("keeping.exact.credit.choice", "action_confirm", [choice]),
            ("keeping.exact.credit.choice", "action_make", [choice]),
            ("keeping.exact.credit.choice", "create", [{"mode": "made", "invoice_id": link[0]}]),
            ("keeping.exact.credit.choice.hour", "write", [hours, {"chosen": True}]),
        ]

    @mute_logger("odoo.http")
    def _call(self, model, method, args):
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        answer = response.json()
        return answer["error"]["data"]["name"] if "error" in answer else answer["result"]

    def test_outsiders_neither_see_nor_credit_anything(self):
        for user in (self.outsider, self.timesheeter, self.portal, self.viewer):
            self.authenticate(user.login, user.login)
            for model, method, args in self._calls():
                with self.subTest(user=user.login, model=model, method=method):
                    self.assertEqual(self._call(model, method, args), ACCESS_ERROR)

    @mute_logger("odoo.http")
    def test_public_reaches_nothing(self):
        self.authenticate(None, None)
        for model, method, args in self._calls():
            with self.subTest(model=model, method=method):
                self.assertIn(
                    self._call(model, method, args),
                    (ACCESS_ERROR, "odoo.http.SessionExpiredException"),
                )

    def test_who_invoices_writes_nothing_beside_the_flow(self):
        self.authenticate(self.invoicer.login, self.invoicer.login)
        for model, method, args in (
            ("keeping.exact.credit", "write", [self.credit.ids, {"state": "done"}]),
            ("keeping.exact.credit", "create", [{"invoice_id": self.invoice.id}]),
            ("keeping.exact.credit.choice", "write", [self.choice.ids, {"note_amount": 9}]),
            ("keeping.exact.credit.choice", "create", [{"mode": "found"}]),
        ):
            with self.subTest(model=model, method=method):
                self.assertEqual(self._call(model, method, args), ACCESS_ERROR)
