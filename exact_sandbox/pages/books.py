"""Administrations, their sales invoices, open items and customers (chapter 7)."""

from ..entities.invoice_lines import INVOICES
from ..entities.receivables import OPEN, RECEIVABLES
from ..odata.pushdown import Condition
from ..users import administrations
from .reading import find_row, open_books, read_whole, seen
from .session import PageError, logged_in

ACCOUNTS = "CRM/Accounts"
_PAGE = 50
STATES = {
    "": "All",
    "open": "Open",
    "processed": "Processed",
    "unpaid": "To be paid",
    "paid": "Paid",
    "credit": "Credit notes",
}
_PROCESSED, _CREDIT_NOTE = 50, 8021
_SEARCHED = ("InvoiceNumber", "OrderNumber", "YourRef", "Description")


@logged_in
def portal(pages, request, session):
    """List the administrations, or the sales invoices of one.

    Opening an administration makes it the user's current one (chapter 4.1).
    """
    if "_Division_" not in request.args:
        return pages.render(request, "portal.html", administrations=_tiles(pages, session))
    context = open_books(pages, request, session)
    pages.sandbox.users.set_current_division(session.user.id, context.division)
    query, state = request.args.get("q", "").strip(), request.args.get("state", "")
    found = _search(context, query, state) if _may_read(context) else []
    number = _page_number(request, len(found))
    return pages.render(
        request, "invoices.html",
        invoices=[_shown(context, *pair) for pair in found[number * _PAGE :][:_PAGE]],
        total=len(found), page=number, pages=-(-len(found) // _PAGE), query=query, state=state,
        states=STATES, tab="invoices", may_read=_may_read(context),
        administration=pages.sandbox.administration(context.division),
    )  # fmt: skip


def _tiles(pages, session):
    mine = set(pages.sandbox.users.divisions(session.user.id))
    rows = pages.sandbox.rows
    return [
        {
            "code": item["code"],
            "name": item["name"],
            "open": _open_invoices(rows, item["code"]),
            "unpaid": _count(rows, item["code"], RECEIVABLES, OPEN),
            "customers": _count(rows, item["code"], ACCOUNTS, "C"),
        }
        for item in administrations(pages.sandbox.store)
        if item["code"] in mine
    ]


def _open_invoices(rows, division):
    """Return how many invoices are not processed: drafts (10) and open ones (20)."""
    return sum(_count(rows, division, INVOICES, status) for status in (10, 20))


def _count(rows, division, entity, status):
    return rows.count(
        division, entity, Condition(f"{rows.column(entity, 'Status')} = ?", (status,))
    )


def _may_read(context):
    return context.may("salesinvoice/SalesInvoices")


def _page_number(request, total):
    number = read_whole(request.args.get("page", "")) or 0
    return min(number, max(0, (total - 1) // _PAGE))


def _search(context, query, state, equals=None):
    """Return (invoice, receivable or None) of what a person looks for, the newest first."""
    receivables = {
        row.data["TransactionEntryID"]: row
        for row in context.rows.find(context.division, RECEIVABLES)
    }
    rows = context.rows.find(context.division, INVOICES, equals)
    rows.sort(key=lambda row: row.data["OrderNumber"], reverse=True)
    pairs = ((row, receivables.get(row.get("_EntryID"))) for row in rows)
    return [
        pair for pair in pairs if _is_in(state, *pair) and _is_about(context, query, pair[0])
    ]  # fmt: skip


def _is_in(state, row, receivable):
    processed = row.data["Status"] == _PROCESSED
    paid = receivable is not None and receivable.data["IsFullyPaid"]
    tests = {
        "open": not processed,
        "processed": processed,
        "unpaid": receivable is not None and not paid,
        "paid": paid,
        "credit": row.data["Type"] == _CREDIT_NOTE,
    }
    return tests.get(state, True)


def _is_about(context, query, row):
    if not query:
        return True
    account = context.lookup(ACCOUNTS, None, row.data["OrderedBy"])
    texts = [str(row.get(name, "")) for name in _SEARCHED] + [account.get("Name", "")]
    return any(query.casefold() in text.casefold() for text in texts)


def _shown(context, row, receivable):
    return {**seen(context, row), "open": receivable.data["_AmountFC"] if receivable else None}


@logged_in
def open_items(pages, request, session):
    """List what customers have yet to pay, the oldest first (chapter 4.15)."""
    context = open_books(pages, request, session)
    invoices = {
        row.get("_EntryID"): row.key for row in context.rows.find(context.division, INVOICES)
    }
    rows = context.rows.find(context.division, RECEIVABLES, {"Status": OPEN})
    items = [
        {
            **seen(context, row),
            "open": row.data["_AmountFC"],
            "whole": row.data["_TransactionAmountFC"],
            "late": row.data["DueDate"] < context.today(),
            "invoice": invoices.get(row.data["TransactionEntryID"]),
        }
        for row in rows
    ]
    return pages.render(
        request, "open_items.html", items=sorted(items, key=lambda item: item["DueDate"]),
        total=sum(row.data["_AmountDC"] for row in rows), tab="items",
        late=sum(row.data["_AmountDC"] for row in rows if row.data["DueDate"] < context.today()),
        administration=pages.sandbox.administration(context.division),
    )  # fmt: skip


@logged_in
def account_card(pages, request, session):
    """Show a customer with its invoices."""
    context = open_books(pages, request, session)
    if not context.may("crm/Accounts"):
        raise PageError(403, "You have no right to see customers.")
    row = find_row(context, request, ACCOUNTS, "AccountID")
    found = _search(context, "", "", {"OrderedBy": row.key}) if _may_read(context) else []
    return pages.render(
        request, "account.html", account=seen(context, row),
        invoices=[_shown(context, *pair) for pair in found],
        administration=pages.sandbox.administration(context.division),
    )  # fmt: skip
