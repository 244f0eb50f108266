from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .processing_case import PRINTED, ProcessingCase


class EitherProfile:
    """What sources leave open is open here: number, closed periods, answers."""

    def test_book_only_gives_number_and_date_and_sends_nothing(self):
        invoice = self._open(invoice_date="2026-10-31")
        processing = self._process(invoice)
        self.assertEqual(invoice.state, "processed", processing.error_message)
        row = self._row(invoice)
        self.assertEqual(row["Status"], 50)
        self.assertEqual(invoice.number, str(row["InvoiceNumber"]))
        self.assertEqual(invoice.invoice_date, date(2026, 10, 31))
        self.assertTrue(invoice.due_date)
        self.assertFalse(self._mails(invoice))
        self.assertEqual(processing.delivery, "none")
        self.assertTrue(processing.document_success and processing.document_guid)
        self.assertEqual(invoice.processing_state, "done")
        self.assertEqual(invoice.difference_state, "same")
        self.assertEqual(processing.create_uid, self.processor)
        entry = next(
            entry
            for entry in self._rows("salesentry/SalesEntries")
            if str(entry["InvoiceNumber"]) == invoice.number
        )
        self.assertEqual((entry["ReportingYear"], entry["ReportingPeriod"]), (2026, 10))
        with self.assertRaisesRegex(UserError, "Only invoices that are open"):
            self._ask(invoice)

    def test_each_way_out_is_taken_once_and_exacts_answer_stays(self):
        expected = {
            "email": (["email"], "email_success"),
            "preference": (["email"], "email_success"),
            "peppol": (["peppol"], "peppol_success"),
        }
        for way, (channels, field) in expected.items():
            with self.subTest(way=way):
                invoice = self._open(1)
                self._card(
                    invoice,
                    Email="boekhouding@klant.example",
                    InvoicingMethod=2,
                    PeppolIdentifier="0106:12345678",
                )
                wizard = self._ask(invoice)
                wizard.way = way
                self.assertFalse(wizard.line_ids.problem)
                shown = wizard.line_ids.outcome
                self.assertIn("0106" if way == "peppol" else "boekhouding@", shown)
                wizard.action_confirm()
                self._send()
                self._send()
                processing = invoice.sudo().processing_ids
                self.assertEqual(self._mails(invoice), channels)
                self.assertTrue(processing[field])
                self.assertEqual((processing.delivery, processing.recipient), ("sent", shown))
                self.assertEqual(len(self._posts(PRINTED)), 1)

    def test_a_lost_answer_is_looked_up_and_nothing_is_mailed_again(self):
        invoice = self._open(1)
        self._card(invoice, Email="klant@klant.example")
        self._lose("lose_answer")
        processing = self._process(invoice, "email")
        self.assertEqual((processing.state, invoice.state), ("uncertain", "open"))
        self.assertEqual(invoice.processing_state, "under_way")
        with self.assertRaisesRegex(UserError, "being processed"):
            invoice.action_release()
        self._pass_time()
        self._send()
        self.assertEqual((processing.state, invoice.state), ("done", "processed"))
        self.assertEqual(processing.delivery, "unknown")
        self.assertEqual(self._mails(invoice), ["email"])
        self.assertEqual(len(self._posts(PRINTED)), 1)
        self.assertEqual(invoice.number, str(self._row(invoice)["InvoiceNumber"]))
        self.assertIn("did not tell", invoice.with_user(self.processor).processing_message)

    def test_an_invoice_that_was_changed_after_it_was_shown_is_not_processed(self):
        invoice = self._open(1)
        wizard = self._ask(invoice)
        change = {"where": {"InvoiceID": invoice.guid}, "values": {"AmountFC": 999.5}}
        self.sandbox.control(
            "POST", f"rows/{self.administration.code}/salesinvoice/SalesInvoices", change
        )
        wizard.action_confirm()
        self._send()
        processing = invoice.sudo().processing_id
        self.assertEqual((processing.state, processing.error_code), ("failed", "processing_amount"))
        self.assertIn("999.50", processing.error_message)
        self.assertFalse(self._posts(PRINTED))
        # Asked once more, the amount of now is shown.
        self._process(invoice)
        self.assertEqual(invoice.state, "processed")

    def test_a_closed_period_is_said_with_another_date_as_the_way_on(self):
        invoice = self._open(1, invoice_date="2026-10-31")
        self._close_period(date(2026, 10, 31))
        processing = self._process(invoice)
        self.assertEqual((processing.state, invoice.state), ("failed", "open"))
        self.assertEqual(invoice.processing_state, "failed")
        mine = invoice.with_user(self.processor)
        self.assertIn("2026 - 10", mine.processing_message)
        self.assertIn("another date", mine.processing_remedy)
        again = self._process(invoice, day="2026-11-02")
        self.assertEqual((again.state, invoice.state), ("done", "processed"))
        self.assertEqual(invoice.invoice_date, date(2026, 11, 2))
        self.assertEqual(invoice.difference_state, "same")

    def test_who_processes_in_exact_sets_the_date_and_the_difference_is_shown(self):
        invoice = self._open(1, invoice_date="2026-10-31")
        self._process_in_exact(invoice, InvoiceDate=date(2026, 11, 5))
        invoice.action_refresh()
        self.assertEqual((invoice.state, invoice.invoice_date), ("processed", date(2026, 11, 5)))
        self.assertEqual(invoice.meant_date, date(2026, 10, 31))
        self.assertEqual(invoice.difference_state, "different")
        self.assertIn("11/05/2026", invoice.difference_message)

    def test_by_setting_it_is_processed_as_soon_as_it_is_in_exact(self):
        self.administration.sudo().write({"processing": "at_once", "processing_way": "book"})
        self._make_hours(1.5)
        invoice = self._preview()
        self.assertIn("cannot be undone", invoice.at_once_message)
        invoice.action_send()
        self._send()
        self.assertEqual(invoice.state, "processed", invoice.sudo().processing_ids.error_message)
        self.assertTrue(invoice.sudo().processing_ids.automatic)
        self.assertEqual(len(self._posts(PRINTED)), 1)
        self.assertTrue(invoice.number)


@tagged("post_install", "-at_install")
class TestProcessing(EitherProfile, ProcessingCase):
    profile = "strict"

    def test_a_period_that_was_closed_before_is_refused_at_sending(self):
        self._close_period(date(2026, 10, 31))
        invoice = self._queued(1, invoice_date="2026-10-31")
        self._send()
        self.assertEqual(invoice.state, "failed")
        self.assertIn("2026 - 10", invoice.error_message)

    def test_paper_sends_nothing_and_that_is_said_before(self):
        invoice = self._open(1)
        self._card(invoice, InvoicingMethod=1)
        wizard = self._ask(invoice)
        wizard.way = "preference"
        self.assertIn("paper", wizard.line_ids.outcome)
        processing = self._process(invoice, "preference")
        self.assertEqual(processing.delivery, "none")
        self.assertFalse(self._mails(invoice))

    def test_a_way_that_leads_nowhere_is_refused_before_anything_is_booked(self):
        invoice = self._open(1)
        self._card(invoice, Email=None)
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            self._process(invoice, "email")
        with self.assertRaisesRegex(UserError, "no Peppol identifier"):
            self._process(invoice, "peppol")
        self.assertEqual(invoice.state, "open")
        self.assertFalse(self._posts(PRINTED))

    def test_a_mail_that_fails_leaves_it_processed_and_says_so(self):
        invoice = self._open(1)
        self._card(invoice, Email="klant@klant.example")
        wizard = self._ask(invoice)
        wizard.way = "email"
        # The address is gone by the time that Exact is at work.
        self._card(invoice, Email=None)
        wizard.action_confirm()
        self._send()
        processing = invoice.sudo().processing_ids
        self.assertEqual((invoice.state, invoice.processing_state), ("processed", "not_sent"))
        self.assertEqual(processing.delivery, "failed")
        self.assertIn(processing.email_error, invoice.with_user(self.processor).processing_message)
        self.assertIn(processing.email_error, invoice.sudo().activity_ids.summary)

    def test_a_lost_request_is_repeated_where_nothing_was_to_be_sent(self):
        invoice = self._open(1)
        self._lose("lose_request")
        processing = self._process(invoice)
        self.assertEqual(processing.state, "uncertain")
        for _run in range(2):
            self._pass_time()
            self._send()
        self.assertEqual((processing.state, invoice.state), ("done", "processed"))
        self.assertEqual(len(self._posts(PRINTED)), 2)

    def test_a_lost_request_with_a_mail_is_left_to_a_person(self):
        invoice = self._open(1)
        self._card(invoice, Email="klant@klant.example")
        self._lose("lose_request")
        processing = self._process(invoice, "email")
        for _run in range(2):
            self._pass_time()
            self._send()
        self.assertEqual((processing.state, invoice.state), ("failed", "open"))
        self.assertEqual(processing.error_code, "message_unknown")
        self.assertIn("Nothing is sent again by itself", processing.error_remedy)
        self.assertFalse(self._mails(invoice))
        self.assertEqual(len(self._posts(PRINTED)), 1)
        again = self._process(invoice, "email")
        self.assertEqual((again.state, invoice.state), ("done", "processed"))
        self.assertEqual(self._mails(invoice), ["email"])

    def test_what_exact_finishes_late_is_noticed_and_not_done_twice(self):
        invoice = self._open(1)
        self._card(invoice, Email="klant@klant.example")
        self._lose("late", seconds=3600)
        processing = self._process(invoice, "email")
        for _run in range(2):
            self._pass_time()
            self._send()
        self.assertEqual(processing.state, "failed")
        self.sandbox.advance(3600)
        operation = self.env["keeping.exact.operation"].search(
            [("record", "=", f"{processing._name},{processing.id}")]
        )
        operation.recheck_at = fields.Datetime.now() - timedelta(minutes=1)
        self._send()
        self.assertEqual((processing.state, invoice.state), ("done", "processed"))
        self.assertEqual(self._mails(invoice), ["email"])

    def test_a_504_that_did_the_work_after_all_is_one_processing(self):
        invoice = self._open(1)
        self._lose("late", seconds=1)
        processing = self._process(invoice)
        self.assertEqual(processing.state, "uncertain")
        self.sandbox.advance(60)
        self._pass_time()
        self._send()
        self.assertEqual((processing.state, invoice.state), ("done", "processed"))
        self.assertEqual(processing.delivery, "none")

    def test_a_sender_that_died_after_its_claim_doubles_nothing(self):
        for done in (True, False):
            with self.subTest(done=done):
                invoice = self._open(1)
                wizard = self._ask(invoice)
                wizard.action_confirm()
                processing = invoice.sudo().processing_ids
                operation = self.env["keeping.exact.operation"]._get_open(processing)
                # As kill -9 leaves it: claimed and committed, and nobody holds the lock.
                now = fields.Datetime.now()
                operation.write({"state": "claimed", "claimed_at": now, "first_claimed_at": now})
                processing._exact_claimed()
                if done:
                    self._process_in_exact(invoice)
                for _run in range(3):
                    self._send()
                    self._pass_time()
                self.assertEqual((processing.state, invoice.state), ("done", "processed"))
                self.assertEqual(len(self._posts(PRINTED)), 1)

    def test_what_was_processed_in_exact_meanwhile_is_taken_over_and_not_sent(self):
        invoice = self._open(1)
        self._card(invoice, Email="klant@klant.example")
        wizard = self._ask(invoice)
        wizard.way = "email"
        wizard.action_confirm()
        self._process_in_exact(invoice)
        self.sandbox.clear_calls()
        self._send()
        processing = invoice.sudo().processing_ids
        self.assertEqual((invoice.state, processing.delivery), ("processed", "elsewhere"))
        self.assertFalse(self._posts(PRINTED))
        self.assertFalse(self._mails(invoice))

    def test_many_at_once_and_who_takes_some_off_the_list_keeps_them(self):
        invoices = self._open(1) | self._open(2) | self._open(3)
        self.sandbox.clear_calls()
        wizard = self._ask(invoices)
        self.assertEqual(len(wizard.line_ids), 3)
        self.assertEqual(len(self.sandbox.calls()), 2, "one call for invoices, one for cards")
        wizard.line_ids[-1].unlink()
        wizard.action_confirm()
        self.sandbox.clear_calls()
        self._send()
        self.assertEqual(sorted(invoices.mapped("state")), ["open", "processed", "processed"])
        # A look and a POST for each, and one call for both numbers.
        self.assertEqual(len(self.sandbox.calls()), 5)

    def test_two_people_at_once_process_once(self):
        invoice = self._open(1)
        first, second = self._ask(invoice), self._ask(invoice)
        first.action_confirm()
        with self.assertRaisesRegex(UserError, "being processed already"):
            second.action_confirm()
        self._send()
        self.assertEqual(len(self._posts(PRINTED)), 1)

    def test_released_while_it_waits_it_is_not_processed(self):
        invoice = self._open(1)
        self._ask(invoice).action_confirm()
        invoice.action_release()
        self._send()
        self.assertEqual(invoice.state, "disconnected")
        self.assertEqual(invoice.sudo().processing_ids.state, "cancelled")
        self.assertFalse(self._posts(PRINTED))

    def test_exact_out_of_reach_still_shows_who_gets_what(self):
        invoice = self._open(1)
        invoice.sudo().customer_id.email = "known@klant.example"
        self.sandbox.stop()
        try:
            wizard = self._ask(invoice)
            self.assertIn("as last read", wizard.read_message)
            wizard.way = "email"
            self.assertIn("known@klant.example", wizard.line_ids.outcome)
            wizard.action_confirm()
            self._send()
            self.assertIn("cannot be reached", invoice.with_user(self.processor).processing_message)
        finally:
            self.sandbox.start()

    def test_only_who_may_process_does_so(self):
        invoice = self._open(1)
        for user in (self.invoicer, self.viewer, self.administrator, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                invoice.with_user(user).action_process()
        wizard = self._ask(invoice)
        for user in (self.invoicer, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                wizard.with_user(user).action_confirm()
        mine = self.administration.with_user(self.administrator)
        with self.assertRaises(AccessError):
            mine.processing = "at_once"
        self.administrator.group_ids |= self.env.ref("keeping_exact_connector.group_processing")
        mine.processing = "at_once"
        self.assertEqual(self.administration.processing, "at_once")


@tagged("post_install", "-at_install")
class TestProcessingLenient(EitherProfile, ProcessingCase):
    profile = "lenient"

    def test_a_period_that_was_closed_before_is_refused_at_processing(self):
        self._close_period(date(2026, 10, 31))
        invoice = self._open(1, invoice_date="2026-10-31")
        processing = self._process(invoice)
        self.assertEqual((invoice.state, processing.state), ("open", "failed"))
        self.assertIn("2026 - 10", processing.error_message)
