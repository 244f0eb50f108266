"""A year's tail of sales invoices, so that lists and links have something to show."""

from datetime import timedelta
from decimal import Decimal

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
_FIRST_NUMBER = 26700101


def seed_invoices(context):
    """Make the invoices; all but the last two are processed."""
    sandbox = context.sandbox
    handler = sandbox.entities["SalesInvoice/SalesInvoices"]
    for index, (customer, days, reference, lines) in enumerate(_INVOICES):
        account = context.rows.first(context.division, "CRM/Accounts", Name=customer)
        values = {
            "OrderedBy": account.key,
            "OrderDate": context.today() - timedelta(days=days),
            "YourRef": reference,
            "Description": "Werkzaamheden",
            "SalesInvoiceLines": [_line(context, *line) for line in lines],
        }
        row = handler.create(context, values)
        if index < len(_INVOICES) - _OPEN:
            row.data.update(Status=50, InvoiceNumber=_FIRST_NUMBER + index)
            handler.recalculate(context, row)


def _line(context, code, quantity, price, description):
    item = context.rows.first(context.division, "Logistics/Items", Code=code)
    return {
        "Item": item.key,
        "Quantity": Decimal(quantity),
        "UnitPrice": Decimal(price) if price else None,
        "Description": description,
    }
