import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .sandbox_case import INVOICES
from .specification_case import ATTACHMENTS, DOCUMENTS, SpecificationCase, read_pdf
from .test_processing import PRINTED


@tagged("post_install", "-at_install")
class TestSpecificationSending(SpecificationCase):
    """With the invoice in Exact: once, before it is processed, and never in its way."""

    def test_it_arrives_with_the_invoice_and_before_the_processing(self):
        self.administration.sudo().write({"processing": "at_once", "processing_way": "book"})
        invoice = self._open(1.5)
        self.assertEqual(invoice.state, "processed")
        self._assert_arrived(invoice)
        order = [call["path"].split("?")[0] for call in self._writes()]
        order = order[next(i for i, path in enumerate(order) if "SalesInvoices" in path) :]
        self.assertEqual(
            [path.rsplit("/", 1)[1].split("(")[0] for path in order],
            ["SalesInvoices", "Documents", "DocumentAttachments", "SalesInvoices",
             "PrintedSalesInvoices"],
        )  # fmt: skip
        [row] = self._documents(invoice)
        self.assertEqual(row["Account"], self._row(invoice)["InvoiceTo"])
        self.assertLessEqual(len(row["Subject"]), 60)
        text = read_pdf(base64.b64decode(invoice.sudo().document_ids.content))
        self.assertIn("1:30", text)

    def _writes(self):
        return [call for call in self.sandbox.calls() if call["method"] in ("POST", "PUT")
                and "/api/" in call["path"]]  # fmt: skip

    def test_without_the_setting_or_hours_nothing_is_sent(self):
        self.customer.keeping_exact_specification = "never"
        invoice = self._open(1)
        self.assertFalse(invoice.specification_state)
        self.assertFalse(self._posts(DOCUMENTS))
        self.customer.keeping_exact_specification = False
        self.administration.sudo().hours_specification = "customer"
        invoice = self._open(1)
        self.assertFalse(invoice.specification_state)

    def test_it_goes_to_exact_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        module = self.env["ir.module.module"]._get("keeping_exact_connector")
        module._update_translations("nl_NL")
        self.customer.lang = "nl_NL"
        invoice = self._open(1)
        self._assert_arrived(invoice)
        self.assertIn("Urenspecificatie", self._documents(invoice)[0]["Subject"])

    def test_an_answer_lost_at_each_call_is_looked_up_and_nothing_is_doubled(self):
        for method, path in (("POST", DOCUMENTS), ("POST", ATTACHMENTS), ("PUT", INVOICES)):
            for kind in ("lose_answer", "lose_request", "empty_after"):
                with self.subTest(path=path, kind=kind):
                    self._fail(kind, path, method=method)
                    invoice = self._open(1)
                    self.assertEqual(invoice.state, "open")
                    self.assertEqual(invoice.specification_state, "under_way")
                    self._settle()
                    self._assert_arrived(invoice)
                    self.assertEqual(len(self._in_exact(invoice)), 1)

    def test_a_lost_answer_is_tried_again_with_the_same_bytes(self):
        self._fail("lose_request", ATTACHMENTS)
        invoice = self._open(1)
        before = invoice.sudo().document_ids.content
        self.customer.name = "Another name"
        self.administration.sudo().specification_amount = False
        self._settle()
        self._assert_arrived(invoice)
        self.assertEqual(invoice.sudo().document_ids.content, before)

    def test_a_sender_that_dies_after_a_claim_doubles_nothing(self):
        for name in ("document", "attachment", "document_link"):
            for arrived in (True, False):
                with self.subTest(step=name, arrived=arrived):
                    path = {"document": DOCUMENTS, "attachment": ATTACHMENTS}.get(name, INVOICES)
                    method = "PUT" if name == "document_link" else "POST"
                    self._fail("lose_answer" if arrived else "lose_request", path, method=method)
                    invoice = self._open(1)
                    operation = self.env["keeping.exact.operation"].search(
                        [("kind", "=", name), ("state", "=", "uncertain")]
                    )
                    # As kill -9 leaves it: claimed and committed, and nobody holds the lock.
                    operation.state = "claimed"
                    operation.record.state = "sending"
                    self._settle()
                    self._assert_arrived(invoice)

    def test_a_refusal_leaves_the_invoice_alone_and_is_shown_and_tried_again(self):
        self.administration.sudo().write({"processing": "at_once", "processing_way": "book"})
        self._refuse_next(DOCUMENTS, "Onbekend: Map")
        invoice = self._open(1)
        self.assertEqual((invoice.state, invoice.processing_state), ("processed", "done"))
        self.assertEqual(invoice.specification_state, "failed")
        self.assertIn("Onbekend: Map", invoice.specification_message)
        self.assertTrue(invoice.specification_remedy)
        self.assertFalse(invoice.error_message)
        told = invoice.sudo().message_ids.filtered(lambda m: "Onbekend: Map" in (m.body or ""))
        self.assertEqual(len(told), 1)
        self.assertFalse(self._documents(invoice))

    def test_tried_again_it_arrives(self):
        for path in (DOCUMENTS, ATTACHMENTS):
            with self.subTest(path=path):
                self._refuse_next(path, "Onbekend: Map")
                invoice = self._open(1)
                self.assertEqual((invoice.state, invoice.specification_state), ("open", "failed"))
                invoice.action_retry_specification()
                self.assertEqual(invoice.specification_state, "under_way")
                self._send()
                self._assert_arrived(invoice)
                with self.assertRaisesRegex(UserError, "refused"):
                    invoice.action_retry_specification()

    def test_tried_again_after_the_processing_it_is_with_the_customer_and_that_is_said(self):
        self._refuse_next(DOCUMENTS, "Onbekend: Map")
        invoice = self._open(1)
        self._process(invoice)
        self.assertEqual(invoice.state, "processed")
        link = self._row(invoice)["Document"]
        invoice.action_retry_specification()
        self._send()
        self.assertEqual(len(self._documents(invoice)), 1)
        self.assertEqual(invoice.specification_state, "failed")
        self.assertIn("processed before", invoice.specification_message)
        self.assertEqual(self._row(invoice)["Document"], link)

    def test_a_document_that_somebody_linked_stays(self):
        self._fail("lose_request", DOCUMENTS)
        invoice = self._open(1)
        with self.administration._get_client() as client:
            own = client.post(DOCUMENTS, {"Subject": "Contract", "Type": 55})
            client.put(INVOICES, invoice.guid, {"Document": own["ID"]})
        self._settle()
        self.assertEqual(self._row(invoice)["Document"], own["ID"])
        self.assertEqual(invoice.specification_state, "failed")
        self.assertIn("Contract", invoice.specification_message)

    def test_a_missing_right_is_named_with_a_remedy_and_stops_no_invoice(self):
        self.sandbox.add_fault(
            method="POST", path=DOCUMENTS, kind="status", status=403, times=None,
            content_type="application/json",
            body='{"error":{"code":"","message":{"lang":"","value":"Forbidden"}}}',
        )  # fmt: skip
        invoices = [self._open(1) for _number in range(5)]
        self.assertEqual({invoice.state for invoice in invoices}, {"open"})
        self.assertEqual({invoice.specification_state for invoice in invoices}, {"failed"})
        self.assertIn("may not do this", invoices[0].specification_message)
        self.assertIn("Permissions", invoices[0].specification_remedy)
        # After three in a row Exact is not asked any more: errors count, and block the app.
        self.assertEqual(len(self._posts(DOCUMENTS)), 3)
        self.assertFalse(self.administration._is_paused())
        self.assertIn("may not do this", invoices[4].specification_message)
        self.sandbox.clear_faults()
        invoices[4].action_retry_specification()
        self._send()
        self._assert_arrived(invoices[4])
        # One that arrived says that it is over.
        self._assert_arrived(self._open(1))

    def test_processing_waits_for_what_is_unknown_and_not_for_ever(self):
        self._fail("lose_answer", DOCUMENTS)
        invoice = self._open(1)
        self.assertEqual(invoice.specification_state, "under_way")
        self._put_off(invoice)
        self._process(invoice)
        self.assertEqual((invoice.state, invoice.processing_state), ("open", "under_way"))
        self.assertFalse(self._posts(PRINTED))
        self._settle(1)
        self._send()
        self.assertEqual(invoice.state, "processed")
        self._assert_arrived(invoice)

    def _put_off(self, invoice):
        """The look-up is later, as it is in earnest."""
        operation = self.env["keeping.exact.operation"]._get_open(invoice.sudo().document_ids)
        operation.due_at = fields.Datetime.now() + timedelta(minutes=30)
        return operation

    def test_what_stays_unknown_for_an_hour_does_not_hold_up_the_processing(self):
        self._fail("lose_answer", DOCUMENTS)
        invoice = self._open(1)
        operation = self._put_off(invoice)
        self._process(invoice)
        self.assertEqual(invoice.state, "open")
        operation.first_claimed_at = fields.Datetime.now() - timedelta(minutes=61)
        self._send()
        self.assertEqual(invoice.state, "processed")
        self._settle()
        self.assertEqual(len(self._documents(invoice)), 1)

    def test_the_next_invoice_of_the_customer_does_not_wait_for_a_document(self):
        self._fail("lose_answer", DOCUMENTS)
        first = self._open(1)
        self.assertEqual(first.specification_state, "under_way")
        second = self._open(1)
        self.assertEqual(second.state, "open")
        self._assert_arrived(second)

    def test_absence_is_believed_only_with_the_right_to_read(self):
        self._fail("lose_request", DOCUMENTS)
        invoice = self._open(1)
        self.sandbox.add_fault(
            method="GET", path="UserHasRights", kind="status", status=200, times=None,
            content_type="application/json", body='{"d":{"UserHasRights":false}}',
        )  # fmt: skip
        self._settle(3)
        self.assertEqual(len(self._posts(DOCUMENTS)), 1)
        self.assertEqual(invoice.sudo().document_ids.state, "uncertain")
        self.sandbox.clear_faults()
        self._settle()
        self._assert_arrived(invoice)

    def test_what_exact_finishes_late_is_told_the_day_after(self):
        self._fail("late", DOCUMENTS, seconds=3600)
        invoice = self._open(1)
        self._settle()
        self._assert_arrived(invoice)
        self.sandbox.advance(3600)
        operation = self.env["keeping.exact.operation"].search(
            [("kind", "=", "document"), ("recheck_at", "!=", False)]
        )
        operation.recheck_at = fields.Datetime.now() - timedelta(minutes=1)
        self._send()
        self.assertEqual(len(self._documents(invoice)), 2)
        self.assertIn("more than once", invoice.sudo().activity_ids.summary)

    def test_more_than_ten_megabytes_is_refused_before_anything_is_sent(self):
        self._fail("lose_request", DOCUMENTS)
        invoice = self._open(1)
        document = invoice.sudo().document_ids
        document.content = base64.b64encode(b"x" * 10_000_001)
        self._settle()
        self.assertEqual((invoice.state, invoice.specification_state), ("open", "failed"))
        self.assertIn("10 MB", invoice.specification_message)
        self.assertEqual(len(self._posts(DOCUMENTS)), 1)

    @mute_logger("odoo.addons.keeping_exact_connector.sending.sender")
    def test_one_that_cannot_be_drawn_costs_nothing_but_itself(self):
        self.administration.sudo().write({"processing": "at_once", "processing_way": "book"})
        invoice = self._queued(1)
        self.env.flush_all()
        self.env.cr.execute("UPDATE keeping_exact_hour SET billed_hours = 'NaN'")
        self.env.invalidate_all()
        self._send()
        self.assertEqual((invoice.state, invoice.specification_state), ("processed", "failed"))
        self.assertIn("before anything was sent", invoice.specification_message)

    def test_exacts_limit_of_errors_for_documents_holds_up_no_invoice(self):
        self.administration.sudo().document_refusal_count = 0
        self.sandbox.add_fault(
            method="POST", path=DOCUMENTS, kind="status", status=400, times=None,
            content_type="application/json",
            body='{"error":{"code":"","message":{"lang":"","value":"Onbekend: Map"}}}',
        )  # fmt: skip
        invoices = []
        for _number in range(10):
            invoices.append(self._open(1))
            self.administration.sudo().document_refusal_count = 0
        self.assertEqual({invoice.state for invoice in invoices}, {"open"})
        self.assertEqual({invoice.specification_state for invoice in invoices}, {"failed"})
        self.assertLess(len(self._posts(DOCUMENTS)), 10)
        self.assertIn("soon block", invoices[-1].specification_message)

    def test_released_while_it_waits_it_is_not_sent(self):
        self._fail("lose_request", DOCUMENTS)
        invoice = self._open(1)
        invoice.action_release()
        document = invoice.sudo().document_ids
        self.assertEqual(document.attachment_ids.state, "cancelled")
        self._settle()
        self.assertFalse(self._posts(ATTACHMENTS))


@tagged("post_install", "-at_install")
class TestSpecificationSendingLenient(SpecificationCase):
    profile = "lenient"

    def test_it_arrives_with_what_is_open_here_too(self):
        self._assert_arrived(self._open(1))
        self._fail("lose_answer", ATTACHMENTS)
        invoice = self._open(2)
        self._settle()
        self._assert_arrived(invoice)
