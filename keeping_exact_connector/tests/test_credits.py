from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .processing_case import ProcessingCase

LINES = "salesinvoice/SalesInvoiceLines"
INVOICES = "salesinvoice/SalesInvoices"


class CreditCase(ProcessingCase):
    """Processed invoices, and a bookkeeper who credits them in Exact."""

    def _processed(self, *hours, **vals):
        invoice = self._open(*hours, **vals)
        self._process(invoice)
        invoice.invalidate_recordset()
        self.assertEqual(invoice.state, "processed")
        return invoice

    def _queued_with_travel(self, price):
        """Return a queued invoice of two hours, and of a line without hours."""
        self._make_hours(2)
        invoice = self._preview()
        invoice.write({"line_ids": [Command.create({"name": "Travel", "unit_price": price})]})
        invoice.action_send()
        return invoice

    def _credit_in_exact(self, invoice, quantity=None, description="Creditnota", **values):
        """Make a credit note as a bookkeeper does; of the first line, or of all."""
        with self.administration._get_client() as client:
            lines = invoice.sudo()._read_exact_lines(client, invoice.guid)
            taken = [
                {
                    "Item": line["Item"],
                    "Description": line["Description"],
                    "Quantity": line["Quantity"] if quantity is None else quantity,
                    "UnitPrice": line["UnitPrice"],
                }
                for line in (lines if quantity is None else lines[:1])
            ]
            body = {
                "Type": 8021,
                "OrderedBy": invoice.sudo().customer_id.guid,
                "InvoiceTo": invoice.sudo().customer_id.guid,
                "Journal": invoice.sudo().administration_id.journal_id.code or "70",
                "Description": description,
                "SalesInvoiceLines": taken,
                **values,
            }
            return client.post(INVOICES, body)["InvoiceID"]

    def _find(self, invoice):
        action = invoice.with_user(self.invoicer).action_find_credits()
        return self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])

    def _choose(self, invoice, guid):
        candidates = self._find(invoice).candidate_ids
        action = candidates.filtered(lambda one: one.guid == guid).action_choose()
        return self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])

    def _make(self, invoice):
        action = invoice.with_user(self.invoicer).action_make_credit()
        return self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])

    def _live(self, invoice):
        return sorted(invoice.sudo().hour_ids.filtered("live").mapped("hours"))


@tagged("post_install", "-at_install")
class TestFindingCredits(CreditCase):
    def test_credit_in_full_frees_all_hours(self):
        invoice = self._processed(2, 3)
        guid = self._credit_in_exact(invoice)
        choice = self._choose(invoice, guid)
        self.assertFalse(choice.difference_message)
        self.assertEqual(choice.hour_ids.mapped("chosen"), [True, True])
        choice.action_confirm()
        self.assertEqual(invoice.state, "credited")
        self.assertEqual(invoice.credit_state, "whole")
        self.assertEqual(self._live(invoice), [])
        self.assertEqual(invoice.net_hours, 0)
        self.assertEqual(invoice.net_amount, 0)

    def test_reasons_are_words_and_the_likely_one_comes_first(self):
        invoice = self._processed(2, 3)
        other = self._credit_in_exact(invoice, quantity=1, description="Anders")
        guid = self._credit_in_exact(invoice, description=f"Credit {invoice.number}")
        found = self._find(invoice).candidate_ids
        self.assertEqual(found.mapped("guid"), [guid, other])
        self.assertIn("Same customer", found[0].reasons)
        self.assertIn("minus 500.00 EUR", found[0].reasons)
        self.assertIn(f"it names {invoice.number}", found[0].reasons)

    def test_part_credit_frees_a_single_hour(self):
        invoice = self._processed(1, 2, 4)
        guid = self._credit_in_exact(invoice, quantity=2)
        choice = self._choose(invoice, guid)
        self.assertEqual(choice.amount, 200)
        self.assertFalse(any(choice.hour_ids.mapped("chosen")))
        with self.assertRaisesRegex(UserError, "The amounts differ"):
            choice.action_confirm()
        choice.hour_ids.filtered(lambda hour: hour.hours == 2).chosen = True
        self.assertFalse(choice.difference_message)
        choice.action_confirm()
        self.assertEqual(invoice.state, "processed")
        self.assertEqual(invoice.credit_state, "partly")
        self.assertEqual(self._live(invoice), [1, 4])
        self.assertEqual(invoice.credited_hours, 2)
        self.assertEqual(invoice.net_hours, 5)
        self.assertEqual(invoice.net_amount, 500)
        self.assertEqual(invoice.credit_count, 1)

    def test_difference_is_accepted_knowingly(self):
        invoice = self._processed(1, 2)
        choice = self._choose(invoice, self._credit_in_exact(invoice, quantity=2.5))
        choice.hour_ids.filtered(lambda hour: hour.hours == 2).chosen = True
        self.assertIn("250.00 EUR is credited", choice.difference_message)
        choice.accept_difference = True
        choice.action_confirm()
        self.assertTrue(invoice.credit_ids.difference_accepted)
        self.assertEqual(self._live(invoice), [1])

    def test_two_part_credits_end_in_credited(self):
        invoice = self._processed(1, 2)
        for hours in (1, 2):
            choice = self._choose(invoice, self._credit_in_exact(invoice, quantity=hours))
            choice.hour_ids.filtered(lambda hour, own=hours: hour.hours == own).chosen = True
            choice.action_confirm()
        self.assertEqual(invoice.state, "credited")
        self.assertEqual(len(invoice.credit_ids), 2)

    def test_negative_line_on_an_invoice_credits_too(self):
        invoice = self._processed(1, 2)
        guid = self._credit_in_exact(invoice, quantity=-1, Type=8020)
        choice = self._choose(invoice, guid)
        self.assertEqual((choice.source, choice.amount), ("invoice", 100))

    def test_sales_entry_credits_too(self):
        invoice = self._processed(1, 2)
        with self.administration._get_client() as client:
            accounts = client.rows("financial/GLAccounts", select=["ID", "Type"])
            account = next(row for row in accounts if row["Type"] == 110)
            entry = client.post(
                "salesentry/SalesEntries",
                {
                    "Customer": invoice.sudo().customer_id.guid,
                    "Journal": "70",
                    "Description": f"Correctie {invoice.number}",
                    "SalesEntryLines": [{"AmountFC": -100, "GLAccount": account["ID"]}],
                },
            )["EntryID"]
        found = self._find(invoice)
        self.assertTrue(found.entries_read)
        candidate = found.candidate_ids.filtered(lambda one: one.guid == entry)
        self.assertEqual((candidate.source, candidate.amount), ("entry", 100))
        self.assertIn(f"it names {invoice.number}", candidate.reasons)

    def test_processed_credit_note_is_shown_once(self):
        invoice = self._processed(1)
        guid = self._credit_in_exact(invoice)
        with self.administration._get_client() as client:
            client.post("salesinvoice/PrintedSalesInvoices", {"InvoiceID": guid})
        self.assertEqual(self._find(invoice).candidate_ids.mapped("guid"), [guid])

    def test_note_changed_between_look_and_save(self):
        invoice = self._processed(1, 2)
        guid = self._credit_in_exact(invoice)
        choice = self._choose(invoice, guid)
        with self.administration._get_client() as client:
            [line] = invoice.sudo()._read_exact_lines(client, guid)
            client.put(LINES, line["ID"], {"Quantity": 1})
        with self.assertRaisesRegex(UserError, "was changed or removed"):
            choice.action_confirm()
        self.assertEqual(self._live(invoice), [1, 2])
        self.assertFalse(invoice.credit_ids)

    def test_note_removed_between_look_and_save(self):
        invoice = self._processed(1, 2)
        guid = self._credit_in_exact(invoice)
        choice = self._choose(invoice, guid)
        with self.administration._get_client() as client:
            client.delete(INVOICES, guid)
        with self.assertRaisesRegex(UserError, "was changed or removed"):
            choice.action_confirm()

    def test_second_user_is_told(self):
        invoice = self._processed(1, 2)
        guid = self._credit_in_exact(invoice)
        first, second = self._choose(invoice, guid), self._choose(invoice, guid)
        first.action_confirm()
        with self.assertRaises(UserError):
            second.action_confirm()
        self.assertEqual(len(invoice.credit_ids), 1)

    def test_one_note_credits_two_invoices_each_its_part(self):
        one, other = self._processed(1), self._processed(2)
        guid = self._credit_in_exact(one, quantity=3)
        for invoice, hours in ((one, 1), (other, 2)):
            choice = self._choose(invoice, guid)
            choice.line_ids.amount = 100 * hours
            choice.hour_ids.chosen = True
            self.assertFalse(choice.difference_message)
            choice.action_confirm()
            self.assertEqual(invoice.state, "credited")
        third = self._processed(1)
        choice = self._choose(third, guid)
        self.assertEqual(choice.note_used, 300)
        choice.line_ids.amount = 100
        choice.hour_ids.chosen = True
        self.assertIn("only 0.00 EUR of the credit note is left", choice.difference_message)

    def test_freed_hours_can_be_billed_again(self):
        invoice = self._processed(1, 2)
        self._choose(invoice, self._credit_in_exact(invoice)).action_confirm()
        again = self._preview()
        self.assertEqual(sorted(again.sudo().hour_ids.mapped("hours")), [1, 2])

    def test_undo_bills_the_hours_again(self):
        invoice = self._processed(1, 2)
        self._choose(invoice, self._credit_in_exact(invoice)).action_confirm()
        invoice.credit_ids.action_undo()
        self.assertEqual(invoice.state, "processed")
        self.assertEqual(self._live(invoice), [1, 2])
        self.assertEqual(invoice.net_amount, 300)
        self.assertEqual(invoice.credit_ids.state, "undone")

    def test_undoing_a_credit_of_no_hours_leaves_the_link_credited(self):
        invoice = self._processed(1, 2)
        amount = self._choose(invoice, self._credit_in_exact(invoice, quantity=0.5))
        amount.accept_difference = True
        amount.action_confirm()
        first = invoice.credit_ids
        rest = self._choose(invoice, self._credit_in_exact(invoice, quantity=2.5))
        rest.hour_ids.chosen = True
        rest.accept_difference = True
        rest.action_confirm()
        self.assertEqual(invoice.state, "credited")
        first.action_undo()
        self.assertEqual((invoice.state, first.state), ("credited", "undone"))
        (invoice.credit_ids - first).action_undo()
        self.assertEqual(invoice.state, "processed")
        self.assertEqual(self._live(invoice), [1, 2])

    def test_undo_is_refused_once_billed_again(self):
        invoice = self._processed(1, 2)
        self._choose(invoice, self._credit_in_exact(invoice)).action_confirm()
        again = self._preview()
        with self.assertRaisesRegex(UserError, again.name):
            invoice.credit_ids.action_undo()
        self.assertEqual(invoice.state, "credited")

    def test_open_invoice_takes_no_credit(self):
        invoice = self._open(1)
        for action in ("action_find_credits", "action_make_credit"):
            with self.assertRaisesRegex(UserError, "still open in Exact"):
                getattr(invoice, action)()

    def test_sign_of_amounts_in_exact_does_not_matter(self):
        self.addCleanup(self.sandbox.settings, credit_sign="negative")
        invoices = [self._processed(1, 2), self._processed(1, 2)]
        for sign, invoice in zip(("positive", "negative"), invoices, strict=True):
            self.sandbox.settings(credit_sign=sign)
            choice = self._choose(invoice, self._credit_in_exact(invoice))
            self.assertEqual(choice.amount, 300, sign)
            choice.action_confirm()
            self.assertEqual(invoice.state, "credited", sign)

    def test_copy_that_exact_makes_of_the_invoice_is_the_most_likely(self):
        invoice = self._processed(1, 2)
        self._credit_in_exact(invoice, quantity=3, description="Anders")
        row = self._row(invoice)
        guid = self._credit_in_exact(invoice, description=row["Description"])
        found = self._find(invoice).candidate_ids
        self.assertEqual(found[0].guid, guid)
        self.assertIn(f"it names {invoice.name}", found[0].reasons)

    def test_without_the_right_entries_are_left_out_and_that_is_said(self):
        invoice = self._processed(1, 2)
        guid = self._credit_in_exact(invoice)
        self.sandbox.add_fault(
            method="GET",
            path="users/UserHasRights",
            kind="status",
            status=200,
            content_type="application/json",
            body='{"d":{"UserHasRights":false}}',
        )
        self.sandbox.clear_calls()
        found = self._find(invoice)
        self.assertFalse(found.entries_read)
        self.assertEqual(found.candidate_ids.mapped("guid"), [guid])
        self.assertFalse([c for c in self.sandbox.calls() if "SalesEntries" in c["path"]])

    def test_same_rest_of_a_note_is_not_used_twice_at_the_same_moment(self):
        invoice = self._processed(1, 2)
        values = {"invoice_id": invoice.id, "origin": "found", "state": "done", "guid": "x"}
        Credit = self.env["keeping.exact.credit"].sudo()
        Credit.create(values)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            Credit.create(values)
            self.env.flush_all()

    def test_line_that_is_not_ours_credits_an_amount_and_no_hours_knowingly(self):
        invoice = self._processed(1, 2)
        choice = self._choose(invoice, self._credit_in_exact(invoice, quantity=0.5))
        choice.accept_difference = True
        choice.action_confirm()
        self.assertEqual(self._live(invoice), [1, 2])
        self.assertEqual((invoice.credit_state, invoice.net_amount), ("partly", 250))

    def test_few_calls_whatever_the_number_of_lines(self):
        invoice = self._processed(1, 2)
        for _time in range(4):
            self._credit_in_exact(invoice)
        self.sandbox.clear_calls()
        self._find(invoice)
        self.assertLessEqual(len(self.sandbox.calls()), 7)
