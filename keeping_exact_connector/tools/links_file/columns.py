"""What stands in the file: tables, columns and their types. A change asks for a new VERSION."""

from __future__ import annotations

from typing import NamedTuple

FORMAT = "keeping_exact_connector.links"
VERSION = 1
#: States of links that are in the file: what is in Exact, or was.
SETTLED = ("open", "processed", "paid", "credited", "disconnected", "removed")

TEXT, INTEGER, NUMBER, TRUTH, DATE, MOMENT = (
    "text", "integer", "numeric", "boolean", "date", "timestamp",
)  # fmt: skip


class Table(NamedTuple):
    """One file in the zip.

    :param str name: of the file, without ``.csv``
    :param dict columns: name → type, which PostgreSQL knows by the same name
    :param tuple required: columns that are never empty
    :param int most: rows
    """

    name: str
    columns: dict
    required: tuple
    most: int

    @property
    def file_name(self):
        return f"{self.name}.csv"


INVOICES = Table(
    "invoices",
    {
        "reference": TEXT,
        "site": TEXT,
        "administration": INTEGER,
        "administration_name": TEXT,
        "state": TEXT,
        "origin": TEXT,
        "guid": TEXT,
        "number": TEXT,
        "customer_guid": TEXT,
        "customer": TEXT,
        "contact_id": INTEGER,
        "contact": TEXT,
        "invoice_date": DATE,
        "due_date": DATE,
        "your_ref": TEXT,
        "description": TEXT,
        "currency": TEXT,
        "amount_untaxed": NUMBER,
        "amount_total": NUMBER,
        "accepted_difference": NUMBER,
        "meant_untaxed": NUMBER,
        "meant_total": NUMBER,
        "meant_date": DATE,
        "meant_known": TRUTH,
        "rate_mode": TEXT,
        "rounding": TEXT,
        "rounding_method": TEXT,
        "rounding_level": TEXT,
        "date_from": DATE,
        "date_to": DATE,
        "hours": NUMBER,
        "billed_hours": NUMBER,
        "sent_at": MOMENT,
        "removed_at": MOMENT,
    },
    ("reference", "site", "administration", "state", "origin", "guid", "currency"),
    200_000,
)
LINES = Table(
    "lines",
    {
        "reference": TEXT,
        "line": INTEGER,
        "sequence": INTEGER,
        "name": TEXT,
        "notes": TEXT,
        "quantity": NUMBER,
        "unit_price": NUMBER,
        "amount": NUMBER,
        "exact_amount": NUMBER,
        "as_in_exact": TRUTH,
        "whole": TRUTH,
        "item_guid": TEXT,
        "item": TEXT,
        "vat_code": TEXT,
        "chosen_vat_code": TEXT,
        "unit": TEXT,
        "cost_centre": TEXT,
        "cost_unit": TEXT,
        "hours": NUMBER,
        "billed_hours": NUMBER,
        "guid": TEXT,
    },
    ("reference", "line", "name"),
    1_000_000,
)
HOURS = Table(
    "hours",
    {
        "reference": TEXT,
        "line": INTEGER,
        "timesheet": INTEGER,
        "external_id": TEXT,
        "date": DATE,
        "employee": TEXT,
        "project": TEXT,
        "task": TEXT,
        "name": TEXT,
        "hours": NUMBER,
        "billed_hours": NUMBER,
        "rate": NUMBER,
        "rate_source": TEXT,
        "amount": NUMBER,
        "covered": TRUTH,
        "live": TRUTH,
        "released_at": MOMENT,
        "repeat_no": INTEGER,
    },
    ("reference", "hours", "covered", "live"),
    2_000_000,
)
#: Told to people; nothing of it is imported.
LEFT_OUT = Table(
    "left_out",
    {"reference": TEXT, "state": TEXT, "contact": TEXT, "hours": NUMBER, "because": TEXT},
    ("reference",),
    200_000,
)
TABLES = (INVOICES, LINES, HOURS)
