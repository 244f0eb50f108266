from odoo import fields
from odoo.tests import tagged

from .processing_case import ProcessingCase
from .sandbox_case import INVOICES


@tagged("post_install", "-at_install")
class TestResult(ProcessingCase):
    """Totals, number and dates are read again and set against what was meant."""

    profile = "strict"

    def test_totals_that_the_answer_lacks_are_read_for_many_in_one_call(self):
        self._open(1)
        invoices = self._queued(1) | self._queued(2) | self._queued(3)
        self.sandbox.clear_calls()
        self._send()
        methods = [call["method"] for call in self.sandbox.calls()]
        self.assertEqual(methods, ["POST"] * 3 + ["GET"])
        self.assertEqual(set(invoices.mapped("difference_state")), {"same"})
        self.assertFalse(any(invoices.mapped("reread_at")))

    def test_a_cent_that_exact_rounds_otherwise_is_shown(self):
        # VAT is rounded for all lines of a code together here, and for each line with us.
        invoice = self._open(1, 1, 1, rate=10.02, group_by="entry")
        self.assertEqual(invoice.meant_total, 36.36)
        self.assertEqual(invoice.amount_total, 36.37)
        self.assertEqual(invoice.difference_state, "different")
        self.assertIn("36.37", invoice.difference_message)
        self.assertIn("36.36", invoice.difference_message)
        self.assertNotIn("Excluding", invoice.difference_message)

    def test_what_cannot_be_read_now_is_read_later(self):
        self._open(1)
        invoice = self._queued(2)
        self.sandbox.add_fault(method="GET", path=INVOICES, kind="status", status=503, times=5)
        self._send()
        self.assertEqual(invoice.state, "open")
        self.assertTrue(invoice.reread_at)
        self.assertFalse(invoice.difference_state)
        self.sandbox.clear_faults()
        invoice.sudo().reread_at = fields.Datetime.now()
        self._send()
        self.assertEqual(invoice.difference_state, "same")

    def test_what_somebody_changes_in_exact_shows_as_a_difference(self):
        invoice = self._open(1)
        self.assertEqual(invoice.difference_state, "same")
        with self.administration._get_client() as client:
            client.post(
                "salesinvoice/SalesInvoiceLines",
                {
                    "InvoiceID": invoice.guid,
                    "Item": self.administration.sudo().item_id.guid,
                    "Quantity": 1,
                    "UnitPrice": 5,
                },
            )
        invoice.action_refresh()
        self.assertEqual(invoice.difference_state, "different")
        self.assertIn("105.00", invoice.difference_message)
