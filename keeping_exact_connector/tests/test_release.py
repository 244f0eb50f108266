from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .removal_case import RemovalCase
from .sandbox_case import INVOICES


@tagged("post_install", "-at_install")
class TestRelease(RemovalCase):
    """Hours are released knowingly: what stays in Exact is said, or deleted there along."""

    profile = "strict"

    def _lose_delete(self, kind, **values):
        self.sandbox.add_fault(method="DELETE", path=INVOICES, kind=kind, times=1, **values)

    def _asked_to_delete(self, *hours):
        invoice = self._open(*(hours or (2,)))
        self._ask_release(invoice, what="delete").action_confirm()
        return invoice

    # ------------------------------------------------------------------ keeping

    def test_the_question_says_what_stays_in_exact(self):
        is_open, processed = self._open(1), self._open(2)
        self._process_in_exact(processed)
        self._make_hours(3)
        draft = self._preview()
        wizard = self._ask_release(is_open | processed | draft)
        kinds = {line.invoice_id: line.kind for line in wizard.line_ids}
        self.assertEqual(kinds, {is_open: "open", processed: "processed", draft: "free"})
        self.assertEqual(wizard.hours, 6)
        outcomes = {line.invoice_id: line.outcome for line in wizard.line_ids}
        self.assertIn("open: delete it there", outcomes[is_open])
        self.assertIn("credit it there", outcomes[processed])
        wizard.action_confirm()
        self.assertEqual(is_open.state, "disconnected")
        self.assertEqual(processed.state, "disconnected")
        self.assertEqual(draft.state, "cancelled")
        for invoice in (is_open, processed, draft):
            self.assertFalse(self._live(invoice))
        self.assertEqual(len(self._in_exact(is_open)), 1)
        self.assertFalse(self._calls("DELETE", INVOICES))

    def test_what_was_sent_or_processed_since_it_was_shown_is_not_released(self):
        is_open, queued = self._open(2), self._queued(1)
        queued_asked, open_asked = self._ask_release(queued), self._ask_release(is_open)
        self._send()
        self._process_in_exact(is_open)
        is_open.action_refresh()
        for asked, invoice in ((queued_asked, queued), (open_asked, is_open)):
            with self.subTest(state=invoice.state):
                with self.assertRaisesRegex(UserError, f"{invoice.name} changed since"):
                    asked.action_confirm()
                self.assertTrue(self._live(invoice))

    def test_the_history_says_what_stays_and_the_way_back(self):
        invoice = self._open(2)
        invoice.action_release()
        said = " ".join(invoice.sudo().message_ids.mapped("body"))
        self.assertIn("What stays in Exact Online", said)
        self.assertIn(invoice.number or invoice.name, said)
        self.assertIn("242.00", said)
        self.assertIn("Link existing invoice", said)

    def test_rpc_frees_at_once_and_leaves_all_in_exact(self):
        is_open, draft = self._open(1), self._queued(2)
        (is_open | draft).action_release()
        self.assertEqual([is_open.state, draft.state], ["disconnected", "cancelled"])
        self.assertFalse(self._live(is_open | draft))
        self.assertEqual(len(self._in_exact(is_open)), 1)

    def test_what_is_free_already_is_not_asked_about(self):
        invoice = self._open(1)
        invoice.action_release()
        with self.assertRaisesRegex(UserError, "free already"):
            invoice.action_ask_release()

    def test_what_is_being_sent_stays_as_it_is(self):
        sending, is_open = self._queued(2), self._open(1)
        other = self._queued(3)
        self._bring(other, "uncertain")
        wizard = self._ask_release(other | is_open)
        self.assertEqual(
            wizard.line_ids.filtered(lambda line: line.kind == "busy").invoice_id, other
        )
        wizard.action_confirm()
        self.assertEqual([other.state, is_open.state], ["uncertain", "disconnected"])
        self.assertTrue(sending)

    def test_without_an_answer_of_exact_hours_are_released_and_nothing_is_deleted(self):
        invoice = self._open(1)
        self.sandbox.add_fault(method="GET", path=INVOICES, kind="status", status=503, times=5)
        wizard = self._ask_release(invoice, what="delete")
        self.assertTrue(wizard.read_message)
        self.assertFalse(wizard.open_count)
        wizard.action_confirm()
        self.assertEqual(invoice.state, "disconnected")
        self.sandbox.clear_faults()
        self._send()
        self.assertEqual(len(self._in_exact(invoice)), 1)

    def test_an_organisation_that_is_switched_off_gets_its_hours_free(self):
        invoice = self._open(1)
        self.company.keeping_exact_enabled = False
        wizard = self._ask_release(invoice)
        self.assertFalse(wizard.open_count)
        wizard.action_confirm()
        self.assertEqual(invoice.state, "disconnected")
        self.assertFalse(self._live(invoice))

    # ------------------------------------------------------------------ deleting

    def test_it_is_deleted_and_only_then_its_hours_are_free(self):
        self._open(1)
        invoice = self._asked_to_delete(2)
        self.assertEqual((invoice.state, invoice.deletion_state), ("open", "under_way"))
        self.assertEqual(len(self._live(invoice)), 1)
        self.assertEqual(len(self._in_exact(invoice)), 1)
        self._send()
        self.assertEqual(invoice.state, "removed")
        self.assertTrue(invoice.removed_at)
        self.assertFalse(invoice.deletion_state)
        self.assertFalse(self._live(invoice))
        self.assertFalse(self._in_exact(invoice))
        self.assertEqual(len(self._calls("DELETE", INVOICES)), 1)
        self.assertEqual(self._preview().hours, 2)

    def test_many_are_deleted_together(self):
        self._open(1)
        first, second, processed = self._open(1), self._open(2), self._open(3)
        self._process_in_exact(processed)
        self.sandbox.clear_calls()
        wizard = self._ask_release(first | second | processed, what="delete")
        self.assertEqual(len(self._calls("GET", INVOICES)), 1, "one call for all of them")
        self.assertEqual(wizard.open_count, 2)
        wizard.action_confirm()
        self.assertEqual(processed.state, "disconnected")
        self._send()
        self.assertEqual([first.state, second.state], ["removed", "removed"])
        self.assertEqual(len(self._in_exact(processed)), 1)

    def _assert_kept(self, invoice, code):
        self._send()
        self.assertEqual(invoice.deletion_state, "failed")
        self.assertTrue(invoice.deletion_message)
        self.assertTrue(invoice.deletion_remedy)
        self.assertEqual(invoice.sudo().deletion_ids.error_code, code)
        self.assertTrue(self._live(invoice))
        self.assertEqual(len(self._in_exact(invoice)), 1)
        self.assertFalse(self._calls("DELETE", INVOICES))
        self.assertIn("was not deleted", invoice.sudo().activity_ids.summary)
        self.assertEqual(invoice.sudo().activity_ids.user_id, self.invoicer)

    def test_what_was_processed_meanwhile_is_not_deleted(self):
        invoice = self._asked_to_delete()
        self._process_in_exact(invoice)
        self._assert_kept(invoice, "delete_processed")
        self.assertEqual(invoice.state, "processed", "the link shows how it is now")

    def test_what_was_changed_meanwhile_is_not_deleted(self):
        invoice = self._asked_to_delete()
        self.sandbox.advance(2)
        self._change_in_exact(invoice, YourRef="PO 7")
        self._assert_kept(invoice, "delete_changed")
        self.assertEqual(invoice.state, "open")
        self._ask_release(invoice, what="delete").action_confirm()
        self._send()
        self.assertEqual(invoice.state, "removed")

    def test_a_line_that_was_changed_meanwhile_keeps_it(self):
        invoice = self._asked_to_delete()
        line = {
            "InvoiceID": invoice.guid,
            "Item": self.administration.sudo().item_id.guid,
            "Quantity": 1,
            "UnitPrice": 5,
        }
        with self.administration._get_client() as client:
            client.post("salesinvoice/SalesInvoiceLines", line)
        self._assert_kept(invoice, "delete_changed")

    def test_what_exact_refuses_stays_with_the_reason(self):
        invoice = self._asked_to_delete()
        self._refuse_next(INVOICES, "Niet toegestaan: Verwijderen", "DELETE")
        self._send()
        self.assertEqual((invoice.state, invoice.deletion_state), ("open", "failed"))
        self.assertIn("Verwijderen", invoice.deletion_message)
        self.assertTrue(self._live(invoice))
        invoice.action_release()
        self.assertEqual(invoice.state, "disconnected")

    def test_what_is_gone_before_it_was_deleted_is_taken_for_deleted(self):
        self._open(1)
        invoice = self._asked_to_delete()
        self._delete_in_exact(invoice)
        self.sandbox.clear_calls()
        self._send()
        self.assertEqual(invoice.state, "removed")
        self.assertFalse(self._calls("DELETE", INVOICES))
        self.assertFalse(self._live(invoice))

    def test_a_lost_answer_is_looked_up(self):
        for kind in ("lose_answer", "lose_request"):
            with self.subTest(kind=kind):
                self._open(1)
                invoice = self._asked_to_delete()
                self._lose_delete(kind)
                self._send()
                self.assertEqual(invoice.sudo().deletion_ids.state, "uncertain")
                self.assertEqual((invoice.state, invoice.deletion_state), ("open", "under_way"))
                self.assertTrue(self._live(invoice))
                for _run in range(3):
                    self._pass_time()
                    self._send()
                self.assertEqual(invoice.state, "removed")
                self.assertFalse(self._live(invoice))
                self.assertFalse(self._in_exact(invoice))

    def test_a_sender_that_died_after_its_claim_leaves_no_half(self):
        self._open(1)
        for arrived in (True, False):
            with self.subTest(arrived=arrived):
                invoice = self._asked_to_delete()
                self._lose_delete("lose_answer" if arrived else "lose_request")
                self._send()
                deletion = invoice.sudo().deletion_ids
                # As kill -9 leaves it: claimed and committed, and nobody holds the lock.
                self.env["keeping.exact.operation"]._get_open(deletion).state = "claimed"
                deletion.state = "sending"
                for _run in range(3):
                    self._pass_time()
                    self._send()
                self.assertEqual(invoice.state, "removed")

    def test_absence_is_not_believed_without_the_right_to_read(self):
        self._open(1)
        invoice = self._asked_to_delete()
        self._lose_delete("lose_request")
        self._send()
        self.sandbox.change_user(self.sandbox.login, rights=["accounts.view"])
        self.addCleanup(self.sandbox.change_user, self.sandbox.login, rights="all")
        self._pass_time()
        self._send()
        self.assertEqual((invoice.state, invoice.deletion_state), ("open", "under_way"))
        self.assertEqual(invoice.sudo().deletion_ids.state, "uncertain")
        self.assertTrue(self._live(invoice))

    def test_nothing_else_is_done_with_it_while_it_is_being_deleted(self):
        invoice = self._asked_to_delete()
        with self.assertRaisesRegex(UserError, "being deleted"):
            invoice.with_user(self.processor).action_process()
        [line] = self._ask_release(invoice).line_ids
        self.assertEqual(line.kind, "busy")
        self._lose_delete("lose_request")
        self._send()
        with self.assertRaisesRegex(UserError, "being deleted"):
            invoice.action_release()
        self.assertTrue(self._live(invoice))

    def test_a_deletion_that_was_not_sent_yet_is_given_up_by_a_release(self):
        invoice = self._asked_to_delete()
        invoice.action_release()
        self.assertEqual(invoice.state, "disconnected")
        self._send()
        self.assertEqual(len(self._in_exact(invoice)), 1)

    def test_what_is_being_processed_is_not_deleted(self):
        invoice = self._open(1)
        wizard = self._ask_release(invoice, what="delete")
        self._ask(invoice).action_confirm()
        with self.assertRaisesRegex(UserError, "not being worked at"):
            wizard.action_confirm()
        self.assertFalse(invoice.sudo().deletion_ids)

    def test_an_hours_specification_that_is_on_its_way_goes_first(self):
        self.administration.sudo().hours_specification = "on"
        self.sandbox.add_fault(method="PUT", path=INVOICES, kind="lose_request", times=1)
        invoice = self._open(1)
        self.assertEqual(invoice.specification_state, "under_way")
        wizard = self._ask_release(invoice, what="delete")
        self.assertEqual(wizard.line_ids.kind, "busy")
        with self.assertRaisesRegex(UserError, "nothing left"):
            wizard.action_confirm()
        for _run in range(3):
            self._pass_time()
            self._send()
        wizard = self._ask_release(invoice, what="delete")
        self.assertIn("specification stays", wizard.line_ids.outcome)
        wizard.action_confirm()
        self._send()
        self.assertEqual(invoice.state, "removed", invoice.deletion_message)

    # ------------------------------------------------------------------ access

    def test_only_who_may_invoice_releases_and_deletes(self):
        invoice = self._open(1)
        wizard = self._ask_release(invoice, what="delete")
        for user in (self.viewer, self.administrator, self.outsider):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    invoice.with_user(user).action_ask_release()
                with self.assertRaises(AccessError):
                    wizard.with_user(user).action_confirm()
                with self.assertRaises(AccessError):
                    self.env["keeping.exact.release.line"].with_user(user).create(
                        {"wizard_id": wizard.id, "invoice_id": invoice.id, "kind": "open"}
                    )
        mine = {"wizard_id": wizard.id, "invoice_id": invoice.id, "kind": "open"}
        with self.assertRaises(AccessError):
            self.env["keeping.exact.release.line"].with_user(self.invoicer).create(mine)
        with self.assertRaises(AccessError):
            self.env["keeping.exact.deletion"].with_user(self.invoicer).create(
                {"invoice_id": invoice.id, "modified_shown": fields.Datetime.now()}
            )
        with self.assertRaises(AccessError):
            wizard.with_user(self.invoicer).line_ids.write({"kind": "processed"})


@tagged("post_install", "-at_install")
class TestReleaseLenient(TestRelease):
    """The same with the other side of everything that the sources leave open."""

    profile = "lenient"
