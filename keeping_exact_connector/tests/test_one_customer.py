import json

from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ExactCase

ACCESS, USER, PLAIN = "odoo.exceptions.AccessError", "odoo.exceptions.UserError", "ValueError"


@tagged("post_install", "-at_install")
class TestOneCustomer(ExactCase, HttpCase):
    """Hours of two customers are never on one invoice, whichever way somebody tries."""

    def setUp(self):
        super().setUp()
        self.neighbour = self._make_partner("Buurman")
        theirs = self._make_project("Shop", self.neighbour)
        self.mine, self.theirs = self._make_hours(1, 2), self._make_hours(3, 4, project=theirs)
        # Chosen together, they become two invoices.
        drafts = self._preview()
        self.invoice = drafts.filtered(lambda draft: draft.partner_id == self.customer)
        self.other = drafts.filtered(lambda draft: draft.partner_id == self.neighbour)
        self.free = self._make_hours(5, project=theirs)

    def _check(self):
        self.env.invalidate_all()
        for invoice, hours in ((self.invoice, self.mine), (self.other, self.theirs)):
            invoice = invoice.sudo()
            self.assertEqual(invoice.hour_ids.timesheet_id, hours)
            self.assertEqual(invoice.line_ids.hour_ids, invoice.hour_ids)
            self.assertEqual(invoice.hour_ids.partner_id, invoice.partner_id)
            self.assertEqual(hours.partner_id, invoice.partner_id)
        self.assertFalse(self.free.keeping_exact_hour_ids)

    @mute_logger("odoo.http")
    def _call(self, model, method, *args):
        """Call over RPC as who invoices; return the name of the error, or the result."""
        self.authenticate("invoicer", "invoicer")
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        ).json()
        return answer["error"]["data"]["name"] if "error" in answer else answer["result"]

    def test_chosen_together_they_become_two_invoices(self):
        self.assertEqual((len(self.invoice), len(self.other)), (1, 1))
        self._check()
        wizard = self._wizard(timesheet_ids=[Command.set((self.free | self._make_hours(6)).ids)])
        self._call("keeping.exact.invoice.create", "action_preview", wizard.ids)
        made = self.env["keeping.exact.invoice"].search([]) - self.invoice - self.other
        self.assertEqual(set(made.mapped("partner_id")), {self.customer, self.neighbour})
        self.assertEqual(sorted(made.mapped("hours")), [5, 6])

    def test_nothing_puts_them_on_one_invoice(self):
        invoice, other = self.invoice.ids, self.other
        line, their_line = self.invoice.line_ids.ids, other.line_ids.ids[0]
        hours, their_hour = self.invoice.hour_ids.ids, other.hour_ids.ids[0]
        into = {"invoice_id": invoice[0], "name": "x"}
        link, keep = [Command.link(their_line)], [Command.set([*line, their_line])]
        billed = {"timesheet_id": self.free.id, "invoice_line_id": line[0], **into}
        tries = (
            ("invoice.line", "write", ACCESS, [their_line], {"invoice_id": invoice[0]}),
            ("invoice.line", "write", ACCESS, line, {"hour_ids": [Command.link(their_hour)]}),
            ("invoice.line", "create", ACCESS, [{**into, "hour_ids": [Command.link(their_hour)]}]),
            ("invoice.line", "create", ACCESS, [{**into, "hours": 3}]),
            ("invoice.line", "copy", ACCESS, [their_line], into),
            ("invoice.line", "action_merge_up", PLAIN, [*line, their_line]),
            ("invoice", "write", ACCESS, invoice, {"line_ids": link}),
            ("invoice", "write", ACCESS, invoice, {"line_ids": keep}),
            ("invoice", "write", ACCESS, invoice, {"hour_ids": [Command.link(their_hour)]}),
            ("invoice", "write", ACCESS, invoice, {"partner_id": self.neighbour.id}),
            ("invoice", "create", ACCESS, [{"partner_id": self.neighbour.id, "line_ids": link}]),
            ("invoice", "copy", ACCESS, invoice, {"line_ids": link}),
            ("hour", "write", ACCESS, [their_hour], {"invoice_id": invoice[0]}),
            ("hour", "write", ACCESS, [their_hour], {"invoice_line_id": line[0]}),
            ("hour", "write", ACCESS, hours, {"timesheet_id": self.free.id}),
            ("hour", "create", ACCESS, [billed]),
            ("hour", "_cover", ACCESS, invoice, self.free.ids),
            ("hour", "_reserve", ACCESS, self.administration.id, [billed]),
        )
        for model, method, refusal, *args in tries:
            with self.subTest(model=model, method=method, args=args):
                self.assertIn(refusal, self._call(f"keeping.exact.{model}", method, *args))
                self._check()

    def test_reserved_hours_do_not_change_their_customer(self):
        """Not by an edit of the hours either, nor by that of where they have it from."""
        Timesheet = "account.analytic.line"
        for vals in (
            {"partner_id": self.customer.id},
            {"project_id": self.project.id},
            {"project_id": self.project.id, "task_id": self.task.id},
        ):
            with self.subTest(vals=vals), mute_logger("odoo.http"):
                self.assertIn(
                    "odoo.exceptions", self._call(Timesheet, "write", self.theirs.ids, vals)
                )
                self._check()
        self.theirs.project_id.partner_id = self.customer
        self._check()

    def test_an_advance_covers_hours_of_its_customer_only(self):
        for hours in (self.free, self.free | self._make_hours(6)):
            values = {"timesheet_ids": [Command.set(hours.ids)], "invoice_id": self.invoice.id}
            [made] = self._call("keeping.exact.cover", "create", [values])
            self.assertEqual(self._call("keeping.exact.cover", "action_confirm", [made]), USER)
            self._check()
