from datetime import date

from .sandbox_case import SendingCase

PRINTED = "salesinvoice/PrintedSalesInvoices"


class ProcessingCase(SendingCase):
    """Invoices that are open in Exact, and somebody who may process them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.processor = cls._make_user("processor", "processing")

    def setUp(self):
        super().setUp()
        self.addCleanup(self._close_period, date(2026, 10, 31), False)

    def _open(self, *hours, **vals):
        invoice = self._queued(*hours, **vals)
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)
        self.sandbox.clear_calls()
        return invoice

    def _ask(self, invoices):
        action = invoices.with_user(self.processor).action_process()
        return self.env[action["res_model"]].with_user(self.processor).browse(action["res_id"])

    def _process(self, invoices, way="book", day=False):
        """Answer the dialog, and let the sender work."""
        wizard = self._ask(invoices)
        wizard.write({"way": way, "invoice_date": day})
        wizard.action_confirm()
        self._send()
        return invoices.sudo().processing_ids[:1]

    def _card(self, invoice, **values):
        """Change the card of the customer as a bookkeeper does."""
        body = {"where": {"ID": invoice.sudo().customer_id.guid}, "values": values}
        self.sandbox.control("POST", f"rows/{self.administration.code}/crm/Accounts", body)

    def _mails(self, invoice):
        found = self.sandbox.control("GET", "mails")["mails"]
        return [mail["channel"] for mail in found if mail["invoice"] == invoice.guid]

    def _row(self, invoice):
        [row] = self._in_exact(invoice)
        return row

    def _close_period(self, day, closed=True):
        body = {"division": self.administration.code, "year": day.year, "period": day.month}
        self.sandbox.control("POST", "periods", {**body, "closed": closed})

    def _process_in_exact(self, invoice, **values):
        with self.administration._get_client() as client:
            client.post(PRINTED, {"InvoiceID": invoice.guid, **values})

    def _lose(self, kind, **values):
        self.sandbox.add_fault(method="POST", path=PRINTED, kind=kind, times=1, **values)
