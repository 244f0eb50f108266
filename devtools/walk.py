"""The demo's steps, taken as a person takes them: over HTTP, in Odoo and in the sandbox."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from devtools import console
from devtools.rpc import OdooClient, OdooRefused
from devtools.web import Form, forms

RATE = 95.0
# Exact's type of a sales journal.
SALES_JOURNAL = 20
SITE = "nl"
ALLOW = ("allow", "toestaan", "i agree", "yes")
FINAL = ("open", "failed")
SYNC_SECONDS = 60
SEND_SECONDS = 90
INVOICE_FIELDS = (
    "name",
    "state",
    "guid",
    "number",
    "hours",
    "amount_untaxed",
    "amount_total",
    "description",
    "partner_id",
    "customer_id",
    "proposal_count",
    "currency_id",
    "line_ids",
    "administration_id",
    "error_message",
    "error_remedy",
)


@dataclass
class Customer:
    """Who is invoiced, and for what: a commercial partner with hours nobody has billed."""

    partner: int
    name: str
    hours: float
    first: str
    last: str


@dataclass
class Made:
    """The invoice as Odoo knows it at the end."""

    id: int
    values: dict[str, Any]
    lines: list[dict[str, Any]] = field(default_factory=list)


def _poll(seconds: float, ask):
    """Ask each half second until the answer is true, or time is up; return the last answer."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer or time.monotonic() > end:
            return answer
        time.sleep(0.25)


def connect(client: OdooClient, sandbox) -> int:
    """Make a connection and walk through Exact's login and consent; return the connection.

    One that is there from the last demo, and still connected, is used again.

    :param sandbox: with client_id, client_secret, login and password.
    """
    kept = client.find("keeping.exact.connection", [("state", "=", "connected")], "id", limit=1)
    if kept:
        return kept[0]["id"]
    company = client.read("res.users", client.uid, "company_id")["company_id"][0]
    connection = client.call(
        "keeping.exact.connection",
        "create",
        [
            {
                "company_id": company,
                "site": SITE,
                "client_id": sandbox.client_id,
                "client_secret": sandbox.client_secret,
            }
        ],
    )[0]
    action = client.call("keeping.exact.connection", "action_connect", [connection])
    _consent(client, action["url"], sandbox)
    values = client.read("keeping.exact.connection", connection, "state", "health_message")
    if values["state"] != "connected":
        raise console.Problem(
            f"the connection is {values['state']}: {values['health_message'] or 'no reason given'}"
        )
    return connection


def _consent(client: OdooClient, url: str, sandbox) -> None:
    """Log in to the sandbox and allow what is asked, until the browser is back in Odoo."""
    page = client.browser.open(url)
    for _page in range(6):
        if page.url.startswith(client.url):
            if page.status_code >= 400:
                raise console.Problem(f"the way back to Odoo ended with {page.status_code}.")
            return
        form, pressed = _next_form(page)
        if form.has("password"):
            typed = {"text": sandbox.login, "password": sandbox.password}
        else:
            typed = {"checkbox": "all"}
        sent = form.filled(pressed, **typed)
        page = client.browser.submit(page, form, sent)
    raise console.Problem(f"the consent does not end; the last page was {page.url}")


def _next_form(page) -> tuple[Form, Any]:
    """Return the form that leads on, and the button to press in it."""
    for form in forms(page.text):
        if form.has("password"):
            return form, next((entry for entry in form.fields if entry.kind == "submit"), None)
        pressed = form.button(*ALLOW)
        if pressed:
            return form, pressed
    raise console.Problem(f"the page {page.url} ({page.status_code}) has no form to go on with.")


def link(client: OdooClient, connection: int) -> int:
    """Link the first administration that is free, wait for its lists; return it.

    One from the last demo, and still linked, is used again.
    """
    model = "keeping.exact.administration"
    kept = client.find(
        model, [("connection_id", "=", connection), ("state", "=", "linked")], "id", limit=1
    )
    if not kept:
        return link_next(client, connection)
    _wait_for_lists(client, kept[0]["id"])
    return kept[0]["id"]


def link_next(client: OdooClient, connection: int) -> int:
    """Link the first administration that is free, wait for its lists; return it."""
    model = "keeping.exact.administration"
    usable = client.find(
        model,
        [("connection_id", "=", connection), ("state", "=", "available")],
        "id",
        order="code",
        limit=1,
    )
    if not usable:
        raise console.Problem("Exact gave no administration that can be linked.")
    administration = usable[0]["id"]
    client.call(model, "action_link", [administration])
    _wait_for_lists(client, administration)
    return administration


def _wait_for_lists(client: OdooClient, administration: int) -> None:
    """Wait until customers, items and the rest are read from Exact."""
    model = "keeping.exact.administration"
    read = _poll(SYNC_SECONDS, lambda: client.read(model, administration, "synced_at")["synced_at"])
    if not read:
        message = client.read(model, administration, "sync_message")["sync_message"]
        raise console.Problem(
            f"customers and items were not read within {SYNC_SECONDS} s: {message or 'no reason'}"
        )


def choose_journal(client: OdooClient, administration: int) -> None:
    """Choose the first sales journal, as an administrator does where there are several."""
    model = "keeping.exact.administration"
    if client.read(model, administration, "journal_id")["journal_id"]:
        return
    journals = client.find(
        "keeping.exact.journal",
        [
            ("administration_id", "=", administration),
            ("type", "=", SALES_JOURNAL),
            ("blocked", "=", False),
        ],
        "code",
        order="code",
        limit=1,
    )
    client.call(model, "write", [administration], {"journal_id": journals[0]["id"]})


def busiest_customer(client: OdooClient) -> Customer | None:
    """Return the customer with the most hours that nobody has billed, a company if there is one."""
    company = client.read("res.users", client.uid, "company_id")["company_id"][0]
    lines = client.find(
        "account.analytic.line",
        [
            ("project_id", "!=", False),
            ("partner_id", "!=", False),
            ("company_id", "=", company),
            ("keeping_exact_state", "=", "to_invoice"),
        ],
        "partner_id",
        "unit_amount",
        "date",
    )
    if not lines:
        return None
    partners = client.find(
        "res.partner",
        [("id", "in", sorted({line["partner_id"][0] for line in lines}))],
        "commercial_partner_id",
    )
    commercial = {partner["id"]: partner["commercial_partner_id"] for partner in partners}
    companies = {
        partner["id"]
        for partner in client.find(
            "res.partner",
            [("id", "in", [found[0] for found in commercial.values()]), ("is_company", "=", True)],
            "id",
        )
    }
    found: dict[int, Customer] = {}
    for line in lines:
        partner, name = commercial[line["partner_id"][0]]
        customer = found.setdefault(partner, Customer(partner, name, 0, date.max.isoformat(), ""))
        customer.hours += line["unit_amount"]
        customer.first = min(customer.first, line["date"])
        customer.last = max(customer.last, line["date"])
    # Some of the demo's hours are for a person of the organisation's own.
    return max(
        found.values(),
        key=lambda customer: (customer.partner in companies, customer.hours, -customer.partner),
    )


def preview(client: OdooClient, administration: int, customer: Customer) -> int:
    """Make the draft of the customer's invoice with the wizard; return it."""
    model = "keeping.exact.invoice.create"
    wizard = client.call(
        model,
        "create",
        [
            {
                "administration_id": administration,
                "partner_ids": [(6, 0, [customer.partner])],
                "date_from": customer.first,
                "date_to": customer.last,
                "rate_mode": "invoice_rate",
                "rate": RATE,
                "group_by": "task",
            }
        ],
    )[0]
    action = client.call(model, "action_preview", [wizard])
    if action.get("res_id"):
        return action["res_id"]
    drafts = client.find("keeping.exact.invoice", action["domain"], "state")
    if len(drafts) != 1:
        raise console.Problem(f"one customer gave {len(drafts)} drafts instead of one.")
    return drafts[0]["id"]


def send(client: OdooClient, invoice: int) -> Made:
    """Settle who the customer is in Exact, confirm, and wait until Exact has the invoice."""
    model = "keeping.exact.invoice"
    draft = client.read(model, invoice, *INVOICE_FIELDS)
    if draft["proposal_count"] and not draft["customer_id"]:
        console.say(
            f"Exact has a customer that looks like {draft['partner_id'][1]}: it is that one"
        )
        client.call(model, "action_use_proposal", [invoice])
    client.call(model, "action_send", [invoice])
    _poll(SEND_SECONDS, lambda: client.read(model, invoice, "state")["state"] in FINAL)
    return _read(client, invoice)


def last_made(client: OdooClient) -> Made:
    """Return the invoice that an earlier demo made."""
    found = client.find("keeping.exact.invoice", [("guid", "!=", False)], "id", limit=1)
    if not found:
        raise console.Problem("the demo data has no hours for a customer, and no invoice either.")
    return _read(client, found[0]["id"])


def _read(client: OdooClient, invoice: int) -> Made:
    values = client.read("keeping.exact.invoice", invoice, *INVOICE_FIELDS)
    lines = client.find(
        "keeping.exact.invoice.line",
        [("invoice_id", "=", invoice)],
        "name",
        "quantity",
        "unit_price",
        "amount",
        "hours",
        order="sequence, id",
    )
    if values["state"] != "open":
        reason = " ".join(
            str(values[key]) for key in ("error_message", "error_remedy") if values[key]
        )
        raise console.Problem(f"the invoice is {values['state']}: {reason or 'no reason given'}")
    return Made(invoice, values, lines)


def differences(made: Made, rows: list[dict[str, Any]]) -> list[str]:
    """Return in words where Exact's own rows differ from what Odoo says was billed.

    :param rows: the sandbox's SalesInvoiceLines of this invoice.
    """
    found = []
    if len(rows) != len(made.lines):
        found.append(f"Odoo has {len(made.lines)} lines and Exact {len(rows)}")
    ours = sorted((round(line["quantity"], 4), round(line["amount"], 2)) for line in made.lines)
    theirs = sorted((round(row["Quantity"], 4), round(row["AmountFC"], 2)) for row in rows)
    if ours != theirs:
        found.append(f"the lines differ: {ours} in Odoo, {theirs} in Exact")
    hours, billed = round(made.values["hours"], 2), round(sum(row["Quantity"] for row in rows), 2)
    if hours != billed:
        found.append(f"the hours differ: {hours} in Odoo, {billed} in Exact")
    amount = round(made.values["amount_untaxed"], 2)
    charged = round(sum(row["AmountFC"] for row in rows), 2)
    if amount != charged:
        found.append(f"the amounts differ: {amount} in Odoo, {charged} in Exact")
    return found


__all__ = [
    "Customer",
    "Made",
    "OdooRefused",
    "busiest_customer",
    "connect",
    "differences",
    "last_made",
    "link",
    "preview",
    "send",
]
