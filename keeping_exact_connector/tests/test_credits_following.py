from uuid import UUID

from odoo.exceptions import UserError
from odoo.tests import tagged

from .removal_case import DELETIONS, RemovalCase
from .test_credits import INVOICES, CreditCase


class FollowingCase(CreditCase, RemovalCase):
    def _live(self, invoice):
        self.env.invalidate_all()
        return CreditCase._live(self, invoice)

    def _delete_note(self, guid):
        with self.administration._get_client() as client:
            client.delete(INVOICES, UUID(guid))

    def _todos(self, invoice):
        return invoice.sudo().activity_ids.mapped("summary")


@tagged("post_install", "-at_install")
class TestDeletedCreditNotes(FollowingCase):
    """A credit note that is deleted in Exact is noticed; a person says what comes of it."""

    profile = "strict"

    def _credited(self, *hours):
        invoice = self._processed(*hours)
        guid = self._credit_in_exact(invoice)
        self._choose(invoice, guid).action_confirm()
        return invoice, guid

    def test_its_maker_is_told_once_and_nothing_is_undone(self):
        invoice, guid = self._credited(1, 2)
        self._delete_note(guid)
        for _time in range(2):
            self._read_lists()
        self.assertEqual(invoice.state, "credited")
        self.assertEqual(self._live(invoice), [])
        [todo] = self._todos(invoice)
        self.assertIn("was deleted in Exact Online", todo)
        self.assertEqual(invoice.sudo().activity_ids.user_id, self.invoicer)
        self.assertTrue(invoice.credit_ids.removed_at)
        self.assertIn("was deleted in Exact Online", invoice.credit_message)
        self.assertIn("undo it", invoice.credit_remedy)

    def test_undo_bills_the_hours_again_and_the_message_goes(self):
        invoice, guid = self._credited(1, 2)
        self._delete_note(guid)
        self._read_lists()
        invoice.credit_ids.action_undo()
        self.assertEqual(self._live(invoice), [1, 2])
        self.assertEqual(invoice.state, "processed")
        self.assertFalse(invoice.credit_message)
        self.assertNotIn("stays in Exact", invoice.message_ids[0].body)

    def test_one_that_was_made_from_here_is_noticed_too(self):
        invoice = self._processed(1, 2)
        choice = self._make(invoice)
        choice.hour_ids.filtered(lambda hour: hour.hours == 2).chosen = True
        choice.action_make()
        self._send()
        self._delete_note(invoice.credit_ids.guid)
        self._read_lists()
        self.assertTrue(invoice.credit_ids.removed_at)
        self.assertEqual(self._live(invoice), [1])
        self.assertEqual(len(self._todos(invoice)), 1)

    def test_each_invoice_that_it_credits_is_told_of(self):
        one, other = self._processed(1), self._processed(2)
        guid = self._credit_in_exact(one, quantity=3)
        for invoice, hours in ((one, 1), (other, 2)):
            choice = self._choose(invoice, guid)
            choice.line_ids.amount = 100 * hours
            choice.hour_ids.chosen = True
            choice.action_confirm()
        self._delete_note(guid)
        self._read_lists()
        self.assertEqual([len(self._todos(one)), len(self._todos(other))], [1, 1])

    def test_what_was_undone_before_is_no_news(self):
        invoice, guid = self._credited(1)
        invoice.credit_ids.action_undo()
        self._delete_note(guid)
        self._read_lists()
        self.assertFalse(invoice.credit_ids.removed_at)
        self.assertFalse(self._todos(invoice))


@tagged("post_install", "-at_install")
class TestNewCreditNotes(FollowingCase):
    """Credit notes that nobody has confirmed yet leave a to-do."""

    profile = "strict"

    def _note_calls(self):
        return [c for c in self._calls("GET", INVOICES) if "8021" in str(c)]

    def test_a_new_credit_note_leaves_a_todo_once(self):
        invoice, other = self._processed(1, 2), self._processed(4)
        self._credit_in_exact(invoice, description=f"Credit {invoice.number}")
        for _time in range(3):
            self._read_lists()
        [todo] = self._todos(invoice)
        self.assertIn(invoice.number, todo)
        self.assertIn("300.00", todo)
        self.assertIn("Find credit notes", todo)
        self.assertFalse(self._todos(other))
        self.assertEqual(invoice.sudo().activity_ids.user_id, self.invoicer)
        self.assertEqual(self._live(invoice), [1, 2])

    def test_what_may_credit_the_rest_of_an_invoice_without_hours_left_leaves_a_todo(self):
        invoice = self._queued_with_travel(40)
        self._send()
        self._process(invoice)
        invoice.invalidate_recordset()
        choice = self._make(invoice)
        choice.hour_ids.chosen = True
        choice.action_make()
        self._send()
        self.assertEqual((invoice.state, invoice.credit_state), ("credited", "partly"))
        self._credit_in_exact(invoice, description=f"Credit {invoice.number}")
        self._read_lists()
        [todo] = self._todos(invoice)
        self.assertIn(invoice.number, todo)

    def test_it_takes_one_call_and_one_more_for_lines(self):
        self._processed(1)
        self._read_lists()
        self.sandbox.clear_calls()
        self._read_lists()
        self.assertEqual(len(self._calls("GET", INVOICES)), 1)
        self.assertFalse(self._calls("GET", "salesinvoice/SalesInvoiceLines"))

    def test_of_what_is_known_already_nobody_is_told(self):
        confirmed, made = self._processed(1), self._processed(2)
        self._choose(confirmed, self._credit_in_exact(confirmed)).action_confirm()
        choice = self._make(made)
        choice.action_choose_all()
        choice.action_make()
        self._send()
        self._processed(8)
        self._read_lists()
        self.assertFalse(self._todos(confirmed) or self._todos(made))

    def test_one_that_is_looked_up_is_not_taken_for_another(self):
        invoice = self._processed(1, 2)
        choice = self._make(invoice)
        choice.hour_ids[:1].chosen = True
        choice.action_make()
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_answer", times=1)
        self._send()
        self.assertEqual(invoice.credit_ids.state, "uncertain")
        self._read_lists()
        self.assertFalse(self._todos(invoice))

    def test_one_of_another_customer_is_no_matter(self):
        invoice = self._processed(1)
        rows = self.sandbox.rows(self.administration.code, INVOICES)
        stranger = next(r for r in rows if r["OrderedBy"] != invoice.sudo().customer_id.guid)
        other = stranger["OrderedBy"]
        self._credit_in_exact(invoice, OrderedBy=other, InvoiceTo=other)
        self._read_lists()
        self.assertFalse(self._todos(invoice))

    def test_a_number_is_not_named_by_a_longer_one(self):
        invoice = self._processed(1)
        guid = self._credit_in_exact(invoice, description=f"Credit {invoice.number}7")
        candidates = self._find(invoice).candidate_ids
        found = candidates.filtered(lambda one: one.guid == guid)
        self.assertNotIn("it names", found.reasons)

    def test_without_processed_invoices_nothing_is_asked(self):
        self._open(1)
        self.sandbox.clear_calls()
        self._read_lists()
        self.assertFalse(self._note_calls())
        self.assertEqual(len(self._calls("GET", DELETIONS)), 1)


@tagged("post_install", "-at_install")
class TestCreditedCorrections(FollowingCase):
    """Credits of what settles a correction, and of what was corrected."""

    profile = "strict"

    def _correct(self, timesheet, hours):
        action = timesheet.with_user(self.invoicer).action_keeping_exact_correct()
        wizard = self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])
        wizard.write({"unit_amount": hours, "reason": "Break"})
        wizard.action_confirm()

    def _due(self):
        self.env.invalidate_all()
        Open = self.env["keeping.exact.correction.open"].with_user(self.invoicer)
        return Open.search([("company_id", "=", self.company.id)]).mapped("amount")

    def _settled(self):
        """Return an invoice of 2 hours that was half an hour too much, and the one with minus."""
        billed = self._processed(2)
        timesheet = billed.sudo().hour_ids.timesheet_id
        self._correct(timesheet, 1.5)
        self.assertEqual(self._due(), [-50])
        following = self._processed(4)
        self.assertEqual(following.amount_untaxed, 350)
        self.assertEqual(self._due(), [])
        return timesheet, billed, following

    def _credit_all(self, invoice):
        choice = self._choose(invoice, self._credit_in_exact(invoice))
        self.assertFalse(choice.difference_message)
        choice.action_confirm()
        return invoice.credit_ids

    def test_crediting_what_settles_brings_the_difference_back_and_undo_takes_it_away(self):
        _timesheet, _billed, following = self._settled()
        credit = self._credit_all(following)
        self.assertEqual((credit.amount, following.state), (350, "credited"))
        self.assertEqual(self._due(), [-50])
        credit.action_undo()
        self.assertEqual(self._due(), [])
        self.assertEqual(self._live(following), [-0.5, 4])

    def test_crediting_the_corrected_hour_gives_back_what_was_settled(self):
        _timesheet, billed, _following = self._settled()
        credit = self._credit_all(billed)
        self.assertEqual(self._due(), [50])
        credit.action_undo()
        self.assertEqual(self._due(), [])
        self.assertEqual(self._live(billed), [2])

    def test_made_from_here_the_line_below_zero_goes_along(self):
        _timesheet, _billed, following = self._settled()
        choice = self._make(following)
        choice.action_choose_all()
        self.assertEqual(choice.amount, 350)
        choice.action_make()
        self._send()
        self.assertEqual(following.credit_ids.state, "done", following.credit_message)
        [note] = [r for r in self._rows() if r["InvoiceID"] == following.credit_ids.guid]
        self.assertEqual(abs(float(note["AmountFCExclVat"])), 350)
        self.assertEqual(self._due(), [-50])

    def test_undo_is_refused_where_hours_were_changed_since(self):
        timesheet, billed, _following = self._settled()
        credit = self._credit_all(billed)
        timesheet.with_user(self.invoicer).unit_amount = 3
        with self.assertRaisesRegex(UserError, "were changed since they were credited"):
            credit.action_undo()
        timesheet.with_user(self.invoicer).unit_amount = 1.5
        credit.action_undo()
        self.assertEqual(self._live(billed), [2])

    def test_undo_after_it_was_settled_again_is_refused_until_that_is_released(self):
        _timesheet, _billed, following = self._settled()
        credit = self._credit_all(following)
        Open = self.env["keeping.exact.correction.open"].with_user(self.invoicer)
        draft = Open.search([("company_id", "=", self.company.id)]).action_make_draft()["res_id"]
        draft = self.env["keeping.exact.invoice"].with_user(self.invoicer).browse(draft)
        with self.assertRaisesRegex(UserError, draft.name):
            credit.action_undo()
        draft.action_release()
        credit.action_undo()
        self.assertEqual(self._due(), [])

    def test_filters_find_what_is_credited_in_part_and_what_is_to_settle(self):
        billed = self._processed(2)
        timesheets = billed.sudo().hour_ids.timesheet_id
        partly = self._processed(1, 4)
        choice = self._choose(partly, self._credit_in_exact(partly, quantity=1))
        choice.hour_ids.filtered(lambda hour: hour.hours == 1).chosen = True
        choice.action_confirm()
        self._correct(timesheets, 1.5)
        self.env.flush_all()
        mine = [("company_id", "=", self.company.id)]
        Invoice = self.env["keeping.exact.invoice"].with_user(self.invoicer)
        search = Invoice.search
        self.assertEqual(search([*mine, ("credit_state", "=", "partly")]), partly)
        self.assertEqual(search([*mine, ("credit_state", "=", False)]), billed)
        self.assertEqual(search([*mine, ("has_corrections", "=", True)]), billed)
        self.assertEqual(search([*mine, ("has_corrections", "=", False)]), partly)
        self.assertEqual(
            Invoice.with_user(self.viewer).search([("credit_state", "=", "partly")]), partly
        )
        freed = partly.sudo().hour_ids.filtered(lambda hour: not hour.live).timesheet_id
        self.assertEqual(freed.keeping_exact_state, "to_invoice")
        credited = [("company_id", "=", self.company.id), ("keeping_exact_credited", "=", True)]
        for model in ("account.analytic.line", "timesheets.analysis.report"):
            for user in (self.invoicer, self.viewer):
                found = self.env[model].with_user(user).search(credited)
                self.assertEqual(found.ids, freed.ids, model)
                self.assertTrue(found.keeping_exact_credited)
        self._preview()
        self.assertFalse(self.env["account.analytic.line"].search(credited))
