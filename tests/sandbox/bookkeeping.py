"""What tests of processing, receivables and documents share."""

from decimal import Decimal

INVOICES, LINES = "salesinvoice/SalesInvoices", "salesinvoice/SalesInvoiceLines"
PRINTED = "salesinvoice/PrintedSalesInvoices"
ENTRIES, ENTRY_LINES = "salesentry/SalesEntries", "salesentry/SalesEntryLines"
RECEIVABLES, OPEN_ITEMS = "cashflow/Receivables", "read/financial/ReceivablesList"
DOCUMENTS, ATTACHMENTS = "documents/Documents", "documents/DocumentAttachments"
NOBODY = "00000000-0000-0000-0000-000000000000"


def address(row, path=INVOICES, key="InvoiceID"):
    """Return the address of a row."""
    return f"{path}(guid'{row[key]}')"


def read(client, row):
    """Read an invoice again."""
    return client.get(address(row)).json()["d"]


def money(row, *names):
    """Return amounts of a row exactly."""
    return [Decimal(str(row[name])) for name in names]


def process(client, invoice=None, **values):
    """Process an invoice and return it as it is then."""
    invoice = invoice or client.invoice()
    client.make(PRINTED, InvoiceID=invoice["InvoiceID"], **values)
    return read(client, invoice)


def entry_of(client, invoice):
    """Return the sales entry of a processed invoice, found by its number (chapter 4.15)."""
    return client.one(
        ENTRIES,
        f"EntryNumber eq {invoice['InvoiceNumber']} and Journal eq '{invoice['Journal']}'",
    )


def entry_lines(client, entry):
    """Return the lines of an entry in their order."""
    rows = client.rows(ENTRY_LINES, select="*", filter=f"EntryID eq guid'{entry['EntryID']}'")
    return sorted(rows, key=lambda row: row["LineNumber"])


def receivable_of(client, invoice):
    """Return the receivable of a processed invoice."""
    entry = entry_of(client, invoice)
    return client.one(RECEIVABLES, f"TransactionEntryID eq guid'{entry['EntryID']}'")


def open_item_of(client, invoice):
    """Return the open item of a processed invoice, None when there is none."""
    rows = client.rows(
        OPEN_ITEMS, filter=f"InvoiceNumber eq {invoice['InvoiceNumber']} "
        f"and JournalCode eq '{invoice['Journal']}'",
    )  # fmt: skip
    assert len(rows) <= 1
    return rows[0] if rows else None


def pay(client, invoice, amount=None, date=None):
    """Register a payment by the control listener."""
    body = {"division": client.division, "invoice": invoice["InvoiceID"]}
    if amount is not None:
        body["amount"] = amount
    if date is not None:
        body["date"] = date
    return client.sandbox.control("POST", "payments", body)


def undo(client, invoice):
    """Take the last payment of an invoice back."""
    return client.sandbox.control(
        "DELETE", "payments", {"division": client.division, "invoice": invoice["InvoiceID"]}
    )


def mails(client, invoice):
    """Return what was sent of an invoice."""
    found = client.sandbox.control("GET", "mails")["mails"]
    return [item for item in found if item["invoice"] == invoice["InvoiceID"]]
