"""What stands in the file: tables, columns and their types. A change asks for a new VERSION."""

from __future__ import annotations

from typing import NamedTuple

FORMAT = "keeping_exact_connector.links"
#: 2 came with corrections and credits, 3 with discounts; earlier files are still
#: read, with what they have.
VERSION = 3
#: States of links that are in the file: what is in Exact, or was.
SETTLED = ("open", "processed", "paid", "credited", "disconnected", "removed")
#: States of credits that are in the file: their credit note is in Exact, or was.
CREDITED = ("done", "undone")

TEXT, INTEGER, NUMBER, TRUTH, DATE, MOMENT = (
    "text", "integer", "numeric", "boolean", "date", "timestamp",
)  # fmt: skip


class Table(NamedTuple):
    """One file in the zip.

    :param str name: of the file, without ``.csv``
    :param dict columns: name → type, which PostgreSQL knows by the same name
    :param tuple required: columns that are never empty
    :param int most: rows
    :param int since: version of the file that it came with
    :param dict later: columns that came with a later version than the table → version
    """

    name: str
    columns: dict
    required: tuple
    most: int
    since: int = 1
    later: dict = {}

    @property
    def file_name(self):
        return f"{self.name}.csv"

    def get_columns(self, version):
        """Return the names of the columns that it has in a file of this version."""
        return [name for name in self.columns if self.later.get(name, self.since) <= version]


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
        "discount": NUMBER,
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
    later={"discount": 3},
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
        "exact_discount": NUMBER,
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
    later={"exact_discount": 3},
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
        # A number of its own, which corrections name it by.
        "hour": INTEGER,
        # What the timesheet has now: by that it is known where it moved to, also when it was
        # corrected after it had been billed.
        "timesheet_hours": NUMBER,
        "corrects": INTEGER,
        "credit": INTEGER,
    },
    ("reference", "hours", "covered", "live", "hour"),
    2_000_000,
    later=dict.fromkeys(("hour", "timesheet_hours", "corrects", "credit"), 2),
)
#: Who gave a billed hour another time, and why; and whose difference is left alone.
CORRECTIONS = Table(
    "corrections",
    {
        "reference": TEXT,
        "hour": INTEGER,
        "kind": TEXT,
        "reason": TEXT,
        "hours_before": NUMBER,
        "hours_after": NUMBER,
        "billed_after": NUMBER,
        "amount_after": NUMBER,
        "person": TEXT,
        "moment": MOMENT,
    },
    ("reference", "hour", "kind", "reason", "moment"),
    2_000_000,
    since=2,
)
#: What credit notes take off an invoice. The hours that they freed name them.
CREDITS = Table(
    "credits",
    {
        "reference": TEXT,
        "credit": INTEGER,
        "name": TEXT,
        "state": TEXT,
        "origin": TEXT,
        "source": TEXT,
        "guid": TEXT,
        "number": TEXT,
        "description": TEXT,
        "credit_date": DATE,
        "note_amount": NUMBER,
        "part_no": INTEGER,
        "amount": NUMBER,
        "hour_amount": NUMBER,
        "difference_accepted": TRUTH,
        "reasons": TEXT,
        "state_before": TEXT,
        "removed_at": MOMENT,
        "person": TEXT,
        "moment": MOMENT,
    },
    ("reference", "credit", "name", "state", "origin", "source", "guid", "amount"),
    500_000,
    since=2,
)
CREDIT_LINES = Table(
    "credit_lines",
    {
        "reference": TEXT,
        "credit": INTEGER,
        "line": INTEGER,
        "amount": NUMBER,
        "quantity": NUMBER,
        "unit_price": NUMBER,
    },
    ("reference", "credit", "line", "amount"),
    1_000_000,
    since=2,
)
#: Told to people; nothing of it is imported.
LEFT_OUT = Table(
    "left_out",
    {"reference": TEXT, "state": TEXT, "contact": TEXT, "hours": NUMBER, "because": TEXT},
    ("reference",),
    200_000,
)
TABLES = (INVOICES, LINES, HOURS, CORRECTIONS, CREDITS, CREDIT_LINES)
