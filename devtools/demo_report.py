"""What the demo shows at its end: the invoice for a person, and its figures for a program."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

from devtools import exact_rows, walk
from devtools.rpc import OdooClient
from devtools.walk import Made

WIDTH = 92


@dataclass
class Result:
    """The invoice as Odoo has it, as Exact has it, and where the two differ."""

    made: Made
    books: dict[str, Any]
    invoice: dict[str, Any]
    differences: list[str]
    odoo_url: str
    sandbox_url: str

    @property
    def summary(self) -> dict[str, Any]:
        """Return the figures under the names that other programs rely on."""
        values = self.made.values
        return {
            "reference": values["name"],
            "customer": values["partner_id"][1],
            "hours": round(values["hours"], 2),
            "amount_untaxed": round(values["amount_untaxed"], 2),
            "state": values["state"],
            "guid": values["guid"],
            "odoo_url": self.odoo_url,
            "sandbox_url": self.sandbox_url,
        }


def conclude(client: OdooClient, exact, administration: int, made: Made) -> Result:
    """Compare the invoice with the sandbox's own rows and find its addresses."""
    books = client.read("keeping.exact.administration", administration, "name", "code")
    invoice = exact_rows.invoice(exact, books["code"], made.values["guid"])
    lines = exact_rows.lines(exact, books["code"], made.values["guid"])
    found = walk.differences(made, lines)
    if made.values["name"] not in (invoice.get("Description") or ""):
        found.append(f"the reference {made.values['name']} is not in Exact's description")
    return Result(
        made,
        books,
        invoice,
        found,
        f"{client.url}/odoo/exact-invoices/{made.id}",
        exact_rows.page(exact, books["code"], made.values["guid"]),
    )


def _amount(value: float) -> str:
    return f"{value:,.2f}"


def table(result: Result) -> str:
    """Return the invoice as text, 92 columns wide."""
    values = result.made.values
    currency = values["currency_id"][1]
    lines = [
        "═" * WIDTH,
        f"Invoice {values['name']}  ·  {values['partner_id'][1]}".ljust(WIDTH - 20)
        + f"{'state: ' + values['state']:>20}",
        f"{values['description'] or ''}",
        f"in {result.books['name']} ({result.books['code']}), Exact's id {values['guid']}",
        "─" * WIDTH,
        f"{'':52}{'hours':>10}{'rate':>14}{currency:>16}",
    ]
    for line in result.made.lines:
        first, *more = textwrap.wrap(line["name"] or "", 50) or [""]
        lines.append(
            f"{first:<52}{line['hours']:>10.2f}{_amount(line['unit_price']):>14}"
            f"{_amount(line['amount']):>16}"
        )
        lines.extend(f"  {part}" for part in more)
    lines += [
        "─" * WIDTH,
        f"{'without VAT':<52}{values['hours']:>10.2f}{_amount(values['amount_untaxed']):>30}",
        f"{'with VAT':<76}{_amount(values['amount_total']):>16}",
        "═" * WIDTH,
    ]
    return "\n".join(lines)


def show(result: Result, odoo_url: str, exact, login: tuple[str, str], spent: str) -> None:
    """Print the invoice with its links and logins."""
    agree = "no: see below" if result.differences else "lines, hours and amount agree"
    print(
        table(result),
        f"Compared with Exact's own rows: {agree}.",
        f"In Odoo:        {result.odoo_url}",
        f"In the sandbox: {result.sandbox_url}",
        f"Odoo:           {odoo_url}  login {login[0]}, password {login[1]}",
        f"Sandbox:        {exact.url}  login {exact.login}, password {exact.password}",
        "Both can be reached from this machine only.",
        f"Done in {spent}.",
        sep="\n",
        flush=True,
    )
