"""A year's tail of sales invoices, so that lists and links have something to show."""

from datetime import timedelta
from decimal import Decimal

from ..entities.payments import pay, receivable_of

# Customer, days ago, your reference, lines (item, quantity, price or None, description).
_INVOICES = (
    ("Bakkerij Het Stoepje", 61, "PO-1187", (("UREN", "6.5", None, None),)),
    (
        "Gemeente Zeist", 47, "2026/ICT/0093",
        (("ADVIES", "18", None, "Begeleiding aanbesteding"), ("DAG", "2", None, None)),
    ),
    ("Wood Corner", 40, None, (("ADVIES", "12.25", "110", "Project kassakoppeling"),)),
    ("Stichting De Brug", 33, None, (("UREN", "9.75", "80", None), ("REIS", "84", None, None))),
    (
        "Administratiekantoor Bakker", 26, "ref. 4411",
        (("CURSUS", "3", None, None), ("BOEK", "3", None, None)),
    ),
    ("Azure Interior", 19, "AZ-77", (("ADVIES", "24", None, "Odoo rollout"),)),
    ("Gemeente Zeist", 9, "2026/ICT/0101", (("ADVIES", "16.5", None, None),)),
    ("Bakkerij Het Stoepje", 3, None, (("UREN", "2.25", None, "Kassa ingericht"),)),
)  # fmt: skip
_OPEN = 2
# How much of each processed invoice has been paid: all, or part of it.
_PAID = {0: None, 1: None, 2: "500"}
# A credit note for what was invoiced twice: the customer, days ago and lines.
_CREDIT = ("Administratiekantoor Bakker", 21, (("BOEK", "1", None, "Retour: handboek"),))


def seed_invoices(context):
    """Make the invoices; all but the last two are processed, and some of those paid."""
    numbered = [
        _make(context, customer, days, lines, YourRef=reference, Description="Werkzaamheden")
        for customer, days, reference, lines in _INVOICES
    ]
    for index, invoice in enumerate(numbered[:-_OPEN]):
        _process(context, invoice)
        if index in _PAID:
            pay(context, receivable_of(context, invoice), _PAID[index])
    credit = _make(context, *_CREDIT, Type=8021, Description="Creditnota")
    _process(context, credit)


def _make(context, customer, days, lines, **values):
    account = context.rows.first(context.division, "CRM/Accounts", Name=customer)
    values.update(
        OrderedBy=account.key,
        OrderDate=context.today() - timedelta(days=days),
        SalesInvoiceLines=[_line(context, *line) for line in lines],
    )
    return context.sandbox.entities["SalesInvoice/SalesInvoices"].create(context, values)


def _process(context, invoice):
    """Process an invoice on its own date; nothing is sent."""
    values = {"InvoiceID": invoice.key, "InvoiceDate": invoice.data["OrderDate"]}
    context.sandbox.entities["SalesInvoice/PrintedSalesInvoices"].create(context, values)
    invoice.data = context.rows.get(context.division, invoice.entity, invoice.key).data


def _line(context, code, quantity, price, description):
    item = context.rows.first(context.division, "Logistics/Items", Code=code)
    return {
        "Item": item.key,
        "Quantity": Decimal(quantity),
        "UnitPrice": Decimal(price) if price else None,
        "Description": description,
    }
