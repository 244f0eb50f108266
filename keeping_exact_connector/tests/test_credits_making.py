from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_credits import INVOICES, CreditCase


@tagged("post_install", "-at_install")
class TestMakingCredits(CreditCase):
    def _ticked(self, invoice, *hours):
        choice = self._make(invoice)
        choice.hour_ids.filtered(lambda hour: hour.hours in hours).chosen = True
        return choice

    def _notes(self):
        return [row for row in self._rows() if row["Type"] == 8021]

    def _refused_credit(self):
        """Return an invoice of which Exact refused the credit note of two hours."""
        invoice = self._processed(1, 2)
        self._ticked(invoice, 2).action_make()
        self._refuse_next(INVOICES, "Verplicht: Dagboek")
        self._send()
        self.assertEqual(invoice.credit_ids.state, "failed")
        return invoice

    def test_chosen_hours_are_credited_in_exact_and_free(self):
        invoice = self._processed(1, 2, 4)
        before = len(self._notes())
        choice = self._ticked(invoice, 1, 4)
        self.assertEqual((choice.amount, choice.hours), (500, 5))
        choice.action_make()
        self.assertEqual(self._live(invoice), [1, 2, 4], "not yet certain in Exact")
        self.assertIn("on its way", invoice.credit_message)
        self._send()
        credit = invoice.credit_ids
        self.assertEqual(credit.state, "done", credit.error_message)
        self.assertEqual(self._live(invoice), [2])
        self.assertEqual(invoice.credit_state, "partly")
        notes = self._notes()
        self.assertEqual(len(notes), before + 1)
        [note] = [row for row in notes if row["InvoiceID"] == credit.guid]
        self.assertTrue(note["Description"].endswith(credit.name))
        self.assertEqual(abs(float(note["AmountFCExclVat"])), 500)

    def test_number_is_read_once_the_credit_note_is_processed_in_exact(self):
        invoice = self._processed(1, 2)
        self._ticked(invoice, 2).action_make()
        self._send()
        credit = invoice.credit_ids
        self.assertFalse(credit.number)
        with self.administration._get_client() as client:
            client.post("salesinvoice/PrintedSalesInvoices", {"InvoiceID": credit.guid})
        invoice.action_refresh()
        self.assertTrue(credit.number)

    def test_whole_link_is_credited(self):
        invoice = self._processed(1, 2)
        choice = self._make(invoice)
        choice.action_choose_all()
        choice.action_make()
        self._send()
        self.assertEqual(invoice.state, "credited")
        with self.assertRaisesRegex(UserError, "Only a processed invoice"):
            invoice.action_make_credit()

    def _made_worth(self, invoice, **values):
        """As after taking over a line that a bookkeeper has changed before it was processed."""
        line = invoice.sudo().line_ids
        line.write({"as_in_exact": True, **values})
        self.assertEqual(sum(line.hour_ids.mapped("amount")), 500)

    def test_no_more_is_credited_than_is_left_of_a_line_and_that_is_said(self):
        invoice = self._processed(2, 3)
        self._made_worth(invoice, unit_price=80, exact_amount=400)
        choice = self._make(invoice)
        choice.action_choose_all()
        self.assertEqual((choice.amount, choice.hour_amount), (400, 500))
        with self.assertRaisesRegex(UserError, "billed for 500.00"):
            choice.action_make()
        choice.accept_difference = True
        choice.line_ids.amount = 450
        with self.assertRaisesRegex(UserError, "only 400.00"):
            choice.action_make()
        choice.line_ids.amount = -40
        with self.assertRaisesRegex(UserError, "only 400.00"):
            choice._check_left()
        choice.line_ids.amount = 400
        choice.action_make()
        self._send()
        self.assertEqual(invoice.state, "credited")
        [note] = [row for row in self._notes() if row["InvoiceID"] == invoice.credit_ids.guid]
        self.assertEqual(abs(float(note["AmountFCExclVat"])), 400)

    def test_a_discount_on_the_line_is_not_credited(self):
        invoice = self._processed(2, 3)
        self._made_worth(invoice, exact_amount=450, exact_discount=0.1)
        choice = self._make(invoice)
        choice.action_choose_all()
        choice.accept_difference = True
        choice.action_make()
        self._send()
        [note] = [row for row in self._notes() if row["InvoiceID"] == invoice.credit_ids.guid]
        self.assertEqual(abs(float(note["AmountFCExclVat"])), 450)

    def test_what_has_no_hours_is_credited_after_all_hours_were(self):
        invoice = self._queued_with_travel(40)
        self._send()
        self._process(invoice)
        invoice.invalidate_recordset()
        self._ticked(invoice, 2).action_make()
        self._send()
        self.assertEqual((invoice.state, invoice.credit_state), ("credited", "partly"))
        choice = self._make(invoice)
        choice.line_ids.filtered(lambda line: line.name == "Travel").chosen = True
        self.assertEqual(choice.amount, 40)
        choice.action_make()
        self._send()
        self.assertEqual((invoice.state, invoice.credit_state), ("credited", "whole"))
        with self.assertRaisesRegex(UserError, "Only a processed invoice"):
            invoice.action_make_credit()

    def test_a_refused_credit_note_of_an_invoice_that_is_gone_is_not_tried_again(self):
        invoice = self._refused_credit()
        credit = invoice.credit_ids
        invoice.sudo()._note_removed("deleted")
        self.assertEqual(credit.state, "cancelled")
        self.assertFalse(invoice.sudo().hour_ids.credit_id)
        with self.assertRaises(UserError):
            credit.action_retry()

    def test_same_hours_are_not_credited_twice(self):
        invoice = self._processed(1, 2)
        first, second = self._ticked(invoice, 1), self._ticked(invoice, 1)
        first.action_make()
        with self.assertRaisesRegex(UserError, "credited or released meanwhile"):
            second.action_make()
        self.assertEqual(self._make(invoice).hour_ids.mapped("hours"), [2])

    def test_nothing_chosen_is_refused(self):
        invoice = self._processed(1)
        with self.assertRaisesRegex(UserError, "Choose what is credited"):
            self._make(invoice).action_make()

    def test_lost_answer_is_looked_up_and_never_made_twice(self):
        invoice = self._processed(1, 2)
        self._ticked(invoice, 2).action_make()
        before = len(self._notes())
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_answer", times=1)
        self._send()
        credit = invoice.credit_ids
        self.assertEqual(credit.state, "uncertain")
        self.assertEqual(self._live(invoice), [1, 2])
        self._pass_time()
        self._send()
        self.assertEqual(credit.state, "done")
        self.assertEqual(self._live(invoice), [1])
        self.assertEqual(len(self._notes()), before + 1)

    def test_call_that_never_arrived_is_made_once_its_absence_is_proved(self):
        invoice = self._processed(1, 2)
        self._ticked(invoice, 2).action_make()
        before = len(self._notes())
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_request", times=1)
        self._send()
        for _time in range(3):
            self._pass_time()
            self._send()
        self.assertEqual(invoice.credit_ids.state, "done")
        self.assertEqual(len(self._notes()), before + 1)

    def test_refusal_is_shown_and_can_be_retried(self):
        invoice = self._refused_credit()
        credit = invoice.credit_ids
        self.assertIn("not in Exact Online yet", invoice.credit_message)
        self.assertTrue(credit.error_message and credit.error_remedy)
        self.assertEqual(self._live(invoice), [1, 2])
        credit.action_retry()
        self._send()
        self.assertEqual(credit.state, "done")

    def test_given_up_leaves_the_hours_billed(self):
        invoice = self._processed(1, 2)
        self._ticked(invoice, 2).action_make()
        invoice.credit_ids.action_give_up()
        self._send()
        self.assertEqual(self._live(invoice), [1, 2])
        self.assertEqual(invoice.credit_ids.state, "cancelled")
        self.assertEqual(sorted(self._make(invoice).hour_ids.mapped("hours")), [1, 2])

    def test_release_takes_a_waiting_credit_along(self):
        invoice = self._processed(1, 2)
        self._ticked(invoice, 2).action_make()
        before = len(self._notes())
        invoice.action_release()
        self._send()
        self.assertEqual(invoice.credit_ids.state, "cancelled")
        self.assertEqual(len(self._notes()), before)

    def test_only_ticks_can_be_changed_of_what_was_shown(self):
        invoice = self._processed(1, 2)
        choice = self._ticked(invoice, 2)
        with self.assertRaises(AccessError):
            choice.hour_ids[:1].hour_id = False
        with self.assertRaises(AccessError):
            choice.line_ids[:1].left = 1000
        with self.assertRaises(AccessError):
            choice.invoice_id = self._processed(1)

    def test_others_see_the_state_without_amounts(self):
        invoice = self._processed(1, 2)
        self._ticked(invoice, 2).action_make()
        self._send()
        seen = invoice.with_user(self.viewer)
        self.assertEqual((seen.credit_state, seen.credited_hours, seen.net_hours), ("partly", 2, 1))
        for name in ("credited_amount", "net_amount", "credit_ids", "credit_message"):
            with self.assertRaises(AccessError):
                seen.read([name])
        for action in ("action_find_credits", "action_make_credit", "action_open_credits"):
            with self.assertRaises(AccessError):
                getattr(seen, action)()

    def test_other_organisation_is_refused(self):
        invoice = self._processed(1, 2)
        choice = self._ticked(invoice, 2)
        for record, action in (
            (invoice, "action_find_credits"),
            (invoice, "action_make_credit"),
            (choice, "action_make"),
            (choice, "action_confirm"),
        ):
            with self.assertRaises(AccessError):
                getattr(record.with_user(self.outsider), action)()
        choice.action_make()
        credit = invoice.credit_ids.with_user(self.outsider)
        for action in ("action_retry", "action_give_up", "action_undo"):
            with self.assertRaises(AccessError):
                getattr(credit, action)()

    def test_credits_of_one_administration_leave_another_alone(self):
        self.assertTrue(self.administration)
        invoice = self._processed(1, 2)
        choice = self._choose(invoice, self._credit_in_exact(invoice))
        other = self._make_linked(1)
        self.assertNotEqual(other, self.administration)
        choice.action_confirm()
        self.assertEqual(invoice.credit_ids.administration_id, self.administration)
