"""What the sandbox itself holds, asked on its control address: no way of the add-on's own."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from devtools.console import Problem

INVOICES = "salesinvoice/SalesInvoices"
LINES = "salesinvoice/SalesInvoiceLines"


def rows(exact, division: int | str, entity: str, **wanted: Any) -> list[dict[str, Any]]:
    """Return the rows of an entity in one administration that have these values.

    :param exact: the sandbox, with its control_url.
    """
    with urllib.request.urlopen(
        f"{exact.control_url}/rows/{division}/{entity}", timeout=30
    ) as page:
        found = json.load(page)["rows"]
    return [row for row in found if all(row.get(name) == wanted[name] for name in wanted)]


def invoice(exact, division: int | str, guid: str) -> dict[str, Any]:
    """Return the one invoice with this id.

    :raise Problem: when the sandbox has none, or more of them.
    """
    found = rows(exact, division, INVOICES, InvoiceID=guid)
    if len(found) != 1:
        raise Problem(f"Exact has {len(found)} invoices with the id {guid} instead of one.")
    return found[0]


def lines(exact, division: int | str, guid: str) -> list[dict[str, Any]]:
    """Return the lines of an invoice."""
    return rows(exact, division, LINES, InvoiceID=guid)


def page(exact, division: int | str, guid: str) -> str:
    """Return the address at which a person looks at the invoice."""
    return f"{exact.url}/docs/SalesInvoice.aspx?_Division_={division}&InvoiceID={guid}"
