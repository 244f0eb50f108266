from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .processing_case import PRINTED
from .removal_case import DELETIONS, RemovalCase
from .sandbox_case import INVOICES


@tagged("post_install", "-at_install")
class TestFollowing(RemovalCase):
    """What a bookkeeper does with an invoice in Exact shows here, by itself and in few calls."""

    profile = "strict"

    # ------------------------------------------------------------------ state

    def test_what_is_processed_in_exact_is_processed_here_after_the_reading(self):
        first, second = self._open(1), self._open(2)
        self._process_in_exact(second)
        self.sandbox.clear_calls()
        self._read_lists()
        self.assertEqual([first.state, second.state], ["open", "processed"])
        self.assertTrue(second.number)
        self.assertTrue(second.invoice_date)
        # What is open, and what credits what is processed now.
        self.assertEqual(len(self._calls("GET", INVOICES)), 2)
        self.assertEqual(len(self._calls("GET", DELETIONS)), 1)

    def test_what_is_changed_in_exact_is_a_difference_after_the_reading(self):
        invoice = self._open(1)
        line = {
            "InvoiceID": invoice.guid,
            "Item": self.administration.sudo().item_id.guid,
            "Quantity": 1,
            "UnitPrice": 5,
        }
        with self.administration._get_client() as client:
            client.post("salesinvoice/SalesInvoiceLines", line)
        self._read_lists()
        self.assertEqual(invoice.difference_state, "different")

    def test_without_invoices_in_exact_nothing_is_asked(self):
        self.sandbox.clear_calls()
        self._read_lists()
        self.assertFalse(self._calls("GET", DELETIONS))

    # ------------------------------------------------------------------ deleted

    def test_what_exact_lists_as_deleted_is_removed_and_its_maker_is_told(self):
        stays, gone = self._open(1), self._open(2)
        self._delete_in_exact(gone)
        self._read_lists()
        self.assertEqual([stays.state, gone.state], ["open", "removed"])
        self.assertFalse(self._live(gone))
        self.assertTrue(self._live(stays))
        todo = gone.sudo().activity_ids
        self.assertEqual(todo.user_id, self.invoicer)
        self.assertIn("2.0 hours are free", todo.summary)
        self.assertEqual(self._preview().hours, 2)

    def test_the_list_of_deletions_is_read_on_from_where_it_was(self):
        self._open(1)
        first, second = self._open(2), self._open(3)
        self._delete_in_exact(first)
        self._read_lists()
        known = int(self.administration.sudo().deleted_timestamp)
        self.assertGreater(known, 1)
        self._delete_in_exact(second)
        self.sandbox.clear_calls()
        self._read_lists()
        self.assertEqual(second.state, "removed")
        self.assertEqual(len(self._calls("GET", DELETIONS)), 1)
        self.assertGreater(int(self.administration.sudo().deleted_timestamp), known)
        self.assertEqual(len(first.sudo().activity_ids), 1)

    def test_other_things_that_are_deleted_are_no_matter(self):
        invoice = self._open(1)
        self._trace(invoice, EntityType=2)
        self._read_lists()
        self.assertEqual(invoice.state, "open")

    def _trace(self, invoice, **values):
        """A row in Exact's list of deletions without a deletion: documented as impossible."""
        other = self._open(1)
        self._delete_in_exact(other)
        change = {
            "where": {"EntityKey": other.guid},
            "values": {"EntityKey": invoice.guid, **values},
        }
        self.sandbox.control("POST", f"rows/{self.administration.code}/{DELETIONS}", change)

    def test_a_processed_invoice_that_exact_lists_as_deleted_is_removed_too(self):
        invoice = self._open(3)
        self._process_in_exact(invoice)
        invoice.action_refresh()
        self.assertEqual(invoice.state, "processed")
        self._trace(invoice)
        self._read_lists()
        self.assertEqual(invoice.state, "removed")
        self.assertFalse(self._live(invoice))

    def test_what_is_worked_at_just_now_is_looked_at_next_time(self):
        invoice = self._open(2)
        self._ask_release(invoice, what="delete").action_confirm()
        invoice.sudo().deletion_ids.state = "sending"
        self._delete_in_exact(invoice)
        self._read_lists()
        self.assertEqual(invoice.state, "open")
        invoice.sudo().deletion_ids.state = "waiting"
        self._read_lists()
        self.assertEqual(invoice.state, "removed")
        self.assertEqual(invoice.sudo().deletion_ids.state, "done")

    def test_a_processing_of_what_was_deleted_is_given_up(self):
        self._open(1)
        invoice = self._open(2)
        self._ask(invoice).action_confirm()
        self._lose("lose_request")
        self._send()
        self.assertEqual(invoice.sudo().processing_ids.state, "uncertain")
        self._delete_in_exact(invoice)
        self._pass_time()
        self._send()
        self.assertEqual(invoice.sudo().processing_ids.state, "uncertain")
        self._read_lists()
        self.assertEqual(invoice.state, "removed")
        self.assertEqual(invoice.sudo().processing_ids.state, "cancelled")
        self.sandbox.clear_calls()
        self._pass_time()
        self._send()
        self.assertFalse(self._calls("POST", PRINTED))

    def test_a_refusal_to_show_deletions_stops_nothing(self):
        invoice = self._open(2)
        self._process_in_exact(invoice)
        self.sandbox.add_fault(method="GET", path=DELETIONS, kind="status", status=403, times=1)
        self._read_lists()
        self.assertEqual(invoice.state, "processed")
        self.assertFalse(self.administration.sudo().sync_message)

    # ------------------------------------------------------------------ not shown

    def test_what_exact_does_not_show_is_for_a_person_to_confirm(self):
        self._open(1)
        invoice = self._open(2)
        self._vanish(invoice)
        self._read_lists()
        self.assertEqual(invoice.state, "open")
        self.assertTrue(invoice.unseen_at)
        self.assertTrue(self._live(invoice))
        self.assertIn("no longer shows", invoice.sudo().activity_ids.summary)
        invoice.action_confirm_removed()
        self.assertEqual(invoice.state, "removed")
        self.assertFalse(invoice.unseen_at)
        self.assertFalse(self._live(invoice))
        with self.assertRaises(UserError):
            invoice.action_confirm_removed()

    def test_a_person_who_looks_sees_that_it_is_gone(self):
        self._open(1)
        invoice = self._open(2)
        self._vanish(invoice)
        invoice.action_refresh()
        self.assertTrue(invoice.unseen_at)

    def test_without_the_right_to_read_nothing_is_missing(self):
        self._open(1)
        invoice = self._open(2)
        self.sandbox.change_user(self.sandbox.login, rights=["accounts.view", "accounts.manage"])
        self.addCleanup(self.sandbox.change_user, self.sandbox.login, rights="all")
        self._read_lists()
        self.assertFalse(invoice.unseen_at)
        self.assertTrue(self._live(invoice))

    def test_what_is_shown_again_is_not_removed(self):
        self._open(1)
        invoice = self._open(2)
        invoice.sudo().unseen_at = fields.Datetime.now()
        answer = invoice.action_confirm_removed()
        self.assertIn("after all", answer["params"]["message"])
        self.assertEqual(invoice.state, "open")
        self.assertFalse(invoice.unseen_at)
        self.assertTrue(self._live(invoice))

    def test_what_is_not_missing_cannot_be_confirmed(self):
        invoice = self._open(2)
        with self.assertRaises(UserError):
            invoice.action_confirm_removed()
        for user in (self.viewer, self.administrator, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                invoice.with_user(user).action_confirm_removed()
        with self.assertRaises(AccessError):
            invoice.write({"unseen_at": fields.Datetime.now()})

    def test_the_overview_counts_what_is_gone(self):
        self._open(1)
        removed, unseen, old = self._open(2), self._open(3), self._open(4)
        self._delete_in_exact(removed)
        self._delete_in_exact(old)
        self._vanish(unseen)
        self._read_lists()
        old.sudo().removed_at = fields.Datetime.now() - timedelta(days=100)
        administration = self.administration.with_user(self.invoicer)
        self.assertEqual(administration.gone_count, 2)
        found = self.env["keeping.exact.invoice"].search(
            administration.action_open_gone()["domain"]
        )
        self.assertEqual(found, removed | unseen)

    # ------------------------------------------------------------------ on its way

    def _lost_and_deleted(self):
        """An answer got lost, and a bookkeeper deleted what had been made before it was found."""
        self._open(1)
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_answer", times=1)
        invoice = self._queued(4)
        self._send()
        self.assertEqual(invoice.state, "uncertain")
        [row] = self._in_exact(invoice)
        invoice.sudo().guid = row["InvoiceID"]
        self._delete_in_exact(invoice)
        invoice.sudo().guid = False
        self.sandbox.clear_calls()
        self._pass_time()
        self._send()
        return invoice

    def test_what_was_deleted_while_it_was_looked_up_is_not_sent_again_unasked(self):
        invoice = self._lost_and_deleted()
        self.assertEqual((invoice.state, invoice.error_code), ("failed", "invoice_deleted"))
        self.assertTrue(invoice.error_message)
        self.assertTrue(self._live(invoice), "no hour is lost either")
        self._send()
        self.assertFalse(self._posts())
        invoice.action_release()
        self.assertEqual(invoice.state, "cancelled")
        self.assertFalse(self._live(invoice))

    def test_a_person_who_wants_it_has_it_sent_anew(self):
        invoice = self._lost_and_deleted()
        invoice.action_retry()
        self._send()
        self.assertEqual(invoice.state, "open")
        self.assertEqual(len(self._in_exact(invoice)), 1)

    def test_a_deletion_of_a_known_invoice_is_no_reason_to_ask(self):
        known = self._open(2)
        self._open(1)
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_request", times=1)
        invoice = self._queued(4)
        self._send()
        self._delete_in_exact(known)
        for _run in range(2):
            self._pass_time()
            self._send()
        self.assertEqual(invoice.state, "open")
        self.assertEqual(len(self._in_exact(invoice)), 1)

    def test_where_deletions_are_not_shown_it_is_sent_again_and_said(self):
        self.sandbox.add_fault(method="GET", path=DELETIONS, kind="status", status=403, times=1)
        invoice = self._lost_and_deleted()
        self.assertEqual(invoice.state, "queued")
        said = " ".join(invoice.sudo().message_ids.mapped("body"))
        self.assertIn("sent once more", said)


@tagged("post_install", "-at_install")
class TestFollowingLenient(TestFollowing):
    """The same with the other side of everything that the sources leave open."""

    profile = "lenient"
