from uuid import UUID

from odoo.tests import tagged

from ..tools.reference import carries_reference
from .removal_case import DELETIONS
from .test_credits import INVOICES
from .test_credits_following import FollowingCase


@tagged("post_install", "-at_install")
class TestLostCreditNotes(FollowingCase):
    """A credit note whose answer was lost, and that a bookkeeper deletes before it is found."""

    profile = "strict"

    def _sent(self, fault):
        invoice = self._processed(1, 2)
        choice = self._make(invoice)
        choice.hour_ids.filtered(lambda hour: hour.hours == 2).chosen = True
        choice.action_make()
        self.sandbox.add_fault(method="POST", path=INVOICES, kind=fault, times=1)
        self._send()
        self.assertEqual(invoice.credit_ids.state, "uncertain")
        return invoice

    def _notes(self):
        """Return the credit notes in Exact that were made from here."""
        names = self.env["keeping.exact.credit"].sudo().search([]).mapped("name")
        return [
            row
            for row in self._rows(INVOICES)
            if row["Type"] == 8021
            and any(carries_reference(row["Description"] or "", name) for name in names)
        ]

    def _look_up(self):
        self.sandbox.clear_calls()
        for _run in range(3):
            self._pass_time()
            self._send()

    def _lost_and_deleted(self):
        invoice = self._sent("lose_answer")
        [note] = self._notes()
        self._delete_note(note["InvoiceID"])
        self._look_up()
        return invoice

    def test_it_is_not_made_again_unasked_and_a_person_is_told(self):
        invoice = self._lost_and_deleted()
        credit = invoice.credit_ids
        self.assertEqual((credit.state, credit.error_code), ("failed", "credit_deleted"))
        self.assertFalse(self._calls("POST", INVOICES))
        self.assertFalse(self._notes())
        self.assertEqual(self._live(invoice), [1, 2])
        self.assertTrue(any("was deleted there" in todo for todo in self._todos(invoice)))
        self.assertIn("give it up", invoice.credit_remedy)

    def test_given_up_its_hours_stay_billed(self):
        invoice = self._lost_and_deleted()
        invoice.credit_ids.action_give_up()
        self._look_up()
        self.assertEqual(invoice.credit_ids.state, "cancelled")
        self.assertFalse(self._notes())
        self.assertEqual(self._live(invoice), [1, 2])

    def test_a_person_who_wants_it_has_it_made_anew(self):
        invoice = self._lost_and_deleted()
        invoice.credit_ids.action_retry()
        self._send()
        self.assertEqual(invoice.credit_ids.state, "done")
        self.assertEqual(len(self._notes()), 1)
        self.assertEqual(self._live(invoice), [1])

    def _lost_and_renamed(self):
        invoice = self._sent("lose_answer")
        [note] = self._notes()
        with self.administration._get_client() as client:
            client.put(INVOICES, UUID(note["InvoiceID"]), {"Description": "Creditnota"})
        self._look_up()
        return invoice, note["InvoiceID"]

    def test_one_whose_text_was_changed_is_not_made_beside_it_unasked(self):
        invoice, _guid = self._lost_and_renamed()
        credit = invoice.credit_ids
        self.assertEqual((credit.state, credit.error_code), ("failed", "credit_alike"))
        self.assertIn("Creditnota", credit.error_message)
        self.assertFalse(self._calls("POST", INVOICES))
        self.assertEqual(self._live(invoice), [1, 2])

    def test_one_whose_text_was_changed_is_confirmed_by_a_person(self):
        invoice, guid = self._lost_and_renamed()
        invoice.credit_ids.action_give_up()
        choice = self._choose(invoice, guid)
        choice.hour_ids.chosen = False
        choice.hour_ids.filtered(lambda hour: hour.hours == 2).chosen = True
        choice.action_confirm()
        self.assertEqual(self._live(invoice), [1])

    def test_one_whose_text_was_changed_and_is_another_is_made_anew(self):
        invoice, _guid = self._lost_and_renamed()
        invoice.credit_ids.action_retry()
        self._send()
        self.assertEqual(invoice.credit_ids.state, "done")
        self.assertEqual(len(self._notes()), 1)

    def test_a_note_of_another_amount_or_one_that_is_known_is_no_reason_to_ask(self):
        other = self._processed(4)
        known = self._credit_in_exact(other)
        self._choose(other, known).action_confirm()
        self._credit_in_exact(other)
        invoice = self._sent("lose_request")
        self._look_up()
        self.assertEqual(invoice.credit_ids.state, "done")

    def test_a_deletion_of_what_is_known_here_is_no_reason_to_ask(self):
        other = self._processed(4)
        guid = self._credit_in_exact(other)
        self._choose(other, guid).action_confirm()
        invoice = self._sent("lose_request")
        self._delete_note(guid)
        self._look_up()
        self.assertEqual(invoice.credit_ids.state, "done")
        self.assertEqual(len(self._notes()), 1)

    def test_where_deletions_are_not_shown_it_is_made_again(self):
        self.sandbox.add_fault(method="GET", path=DELETIONS, kind="status", status=403, times=1)
        invoice = self._lost_and_deleted()
        self.assertEqual(invoice.credit_ids.state, "done")
        self.assertEqual(len(self._notes()), 1)


@tagged("post_install", "-at_install")
class TestLostCreditNotesLenient(TestLostCreditNotes):
    """The same with the other side of everything that the sources leave open."""

    profile = "lenient"
