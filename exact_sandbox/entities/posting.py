"""What processing an invoice leaves behind: a sales entry, a receivable and a document."""

from ..pdf import make_pdf
from .documents import ATTACHMENTS, DOCUMENTS, SALES_INVOICE
from .pricing import spread
from .sales_entries import CREDIT, ENTRIES, ENTRY, PROCESSED
from .terms import exchange_rate

ACCOUNTS = "CRM/Accounts"
CREDIT_NOTE = 8021
_CARRIED = (
    "Currency", "DueDate", "InvoiceNumber", "Journal", "OrderNumber", "PaymentCondition",
    "PaymentReference", "YourRef", "Description",
)  # fmt: skip


def is_credit(invoice):
    """Whether an invoice is a credit note."""
    return invoice.data["Type"] == CREDIT_NOTE


def title(context, invoice):
    """Return e.g. ``Verkoopfactuur 26700012``, in the user's language."""
    kind = "credit title" if is_credit(invoice) else "invoice title"
    return context.sentence(kind, number=invoice.data["InvoiceNumber"])


def post_entry(context, invoice, lines, period):
    """Make the sales entry and the receivable of an invoice; return the entry.

    Its number is the invoice's (chapter 4.3), its type 20 or, for a credit note, 21 (4.7). A
    credit note names no invoice that it credits.

    :param lines: the lines of the invoice
    :param period: the row of the financial period it falls in
    """
    registry = context.sandbox.entities
    entries = registry[ENTRIES]
    entry = entries.new_row(context, {name: invoice.get(name) for name in _CARRIED})
    entry.data.update(
        Customer=invoice.data["InvoiceTo"],
        Document=invoice.get("Document"),
        EntryDate=invoice.data["InvoiceDate"],
        EntryNumber=invoice.data["InvoiceNumber"],
        Rate=exchange_rate(context, invoice.data["Currency"], invoice.data["OrderDate"]),
        ReportingYear=period.data["FinYear"],
        ReportingPeriod=period.data["FinPeriod"],
        Reversal=False,
        Status=PROCESSED,
        Type=CREDIT if is_credit(invoice) else ENTRY,
    )
    built = [
        _entry_line(context, entries.lines, entry, line, part)
        for line, part in zip(lines, spread(invoice, lines), strict=True)
    ]
    # With a credit note whose amounts are above zero, money goes back to the customer.
    owed = -1 if is_credit(invoice) and invoice.data["_Sign"] > 0 else 1
    entries.store(context, entry, built, owed)
    invoice.data["_EntryID"] = entry.key
    return entry


def _entry_line(context, handler, entry, line, amounts):
    copied = ("CostCenter", "CostUnit", "Description", "GLAccount", "Notes", "Project", "Quantity",
              "VATCode", "VATPercentage", "LineNumber")  # fmt: skip
    row = handler.new_row(context, {name: line.get(name) for name in copied})
    row.data.update(
        EntryID=entry.key,
        AmountFC=amounts[0],
        VATAmountFC=amounts[1],
        From=line.get("StartTime"),
        To=line.get("EndTime"),
    )
    return row


def make_document(context, invoice, lines, text):
    """Make the document of an invoice with its PDF; return (document, attachment).

    By ``FinancialTransactionEntryID`` the invoice is found back (chapter 4.15).

    :param text: further text on the invoice (ExtraText), or None
    """
    registry = context.sandbox.entities
    document = registry[DOCUMENTS].create(
        context,
        {
            "Type": SALES_INVOICE,
            "Subject": title(context, invoice),
            "Account": invoice.data["InvoiceTo"],
            "AmountFC": invoice.data["AmountFC"],
            "Currency": invoice.data["Currency"],
            "DocumentDate": invoice.data["InvoiceDate"],
            "FinancialTransactionEntryID": invoice.key,
            "SalesInvoiceNumber": invoice.data["InvoiceNumber"],
            "SalesOrderNumber": invoice.data["OrderNumber"],
        },
    )
    content = make_pdf(_printed(context, invoice, lines, text))
    name = f"{invoice.data['InvoiceNumber']}.pdf"
    return document, registry[ATTACHMENTS].add(context, document.key, name, content)


def _printed(context, invoice, lines, text):
    """Return what stands on the printed invoice, line by line."""
    data = invoice.data
    account = context.lookup(ACCOUNTS, None, data["InvoiceTo"])
    yield title(context, invoice)
    yield ""
    yield context.sandbox.administration(context.division)["name"]
    yield f"{account.get('Name')}, {account.get('City', '')}"
    yield f"{data['InvoiceDate']:%d-%m-%Y} - {data['DueDate']:%d-%m-%Y}"
    if invoice.get("YourRef"):
        yield data["YourRef"]
    yield ""
    for line in lines:
        amount = f"{line.data['AmountFC']:,.2f}"
        yield f"{line.get('Description', '')[:52]:52} {line.data['Quantity']:>9f} {amount:>14}"
    yield ""
    for name in ("AmountFCExclVat", "VATAmountFC", "AmountFC"):
        yield f"{context.sentence(name):52} {data['Currency']:>9} {data[name]:>14,.2f}"
    if text:
        yield ""
        yield from text.splitlines()
