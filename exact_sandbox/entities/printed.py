"""``salesinvoice/PrintedSalesInvoices``: processes an invoice (chapter 4.5)."""

from ..rows import Row
from .base import Entity
from .invoice_lines import INVOICES
from .invoices import PROCESSED
from .periods import check_period
from .posting import make_document, post_entry
from .sending import send
from .terms import due_date, midnight, payment_condition

ACCOUNTS = "CRM/Accounts"


class PrintedSalesInvoices(Entity):
    """Takes an invoice and answers what became of it; nothing is kept under this address."""

    name = "SalesInvoice/PrintedSalesInvoices"
    writable = ("POST",)

    def create(self, context, values):
        """Process an open invoice: document, entry and receivable, Status 50.

        ``InvoiceID`` is all that must be sent. The texts of refusals are unknown (chapter 11).
        """
        invoices = self.registry[INVOICES]
        invoice = context.lookup(INVOICES, None, values.get("InvoiceID"))
        if invoice is None:
            kind = "reference" if values.get("InvoiceID") else "mandatory"
            raise context.refused((kind, "InvoiceID"))
        invoices.check_open(context, invoice)
        invoices.check_parties(context, invoice)
        lines = invoices.lines.of(context, invoice)
        if not lines:
            raise context.refused(("mandatory", "Lines"))
        period = self._date(context, invoice, values)
        if invoice.get("InvoiceNumber") is None:
            invoices.give_number(context, invoice)
        document, attachment = make_document(context, invoice, lines, values.get("ExtraText"))
        # A document the client linked stays; the answer names the one that was made.
        invoice.data.setdefault("Document", document.key)
        post_entry(context, invoice, lines, period)
        invoice.data["Status"] = PROCESSED
        invoices.touch(context, invoice)
        invoices.save(context, invoice)
        # A change of header or lines gives both new timestamps (chapter 4.19).
        for line in lines:
            invoices.lines.save(context, line)
        row = Row(context.division, self.name, invoice.key, 0, dict(values))
        row.data.update(
            Document=document.key,
            DocumentCreationSuccess=context.sentence("document made", number=document.data["HID"]),
            **send(context, invoice, values, attachment.data["FileName"]),
        )
        return row

    @staticmethod
    def _date(context, invoice, values):
        """Set the date, else today, and the due date by it; return the financial period.

        A due date that was sent with the invoice stays. Whether Exact takes it up again at
        printing is not known.
        """
        data = invoice.data
        data["InvoiceDate"] = midnight(values.get("InvoiceDate") or context.now)
        period = check_period(
            context, data["Journal"], data["InvoiceDate"],
            values.get("ReportingYear"), values.get("ReportingPeriod"),
        )  # fmt: skip
        account = context.lookup(ACCOUNTS, None, data["InvoiceTo"])
        condition = payment_condition(context, invoice.get("PaymentCondition"), account)
        data["DueDate"] = midnight(
            invoice.get("_DueDate") or due_date(data["InvoiceDate"], condition)
        )
        return period

    def bare_answer(self, row):
        """Return the row in full: what it tells is in no other place."""
        return row
