"""Administrations, their invoices and customers (chapter 7)."""

from ..odata.literals import parse_guid
from ..users import administrations
from .session import PageError, logged_in

INVOICES, LINES = "SalesInvoice/SalesInvoices", "SalesInvoice/SalesInvoiceLines"
ACCOUNTS = "CRM/Accounts"


def _division(pages, request, session):
    """Return the context of the administration in the address.

    :raises PageError: 404 when the person has no such administration
    """
    text = request.args.get("_Division_", "")
    mine = pages.sandbox.users.divisions(session.user.id)
    if not text.isdecimal() or int(text) not in mine:
        raise PageError(404, "You have no administration with this number.")
    return pages.sandbox.context(int(text), session.user)


def _row(context, request, entity, parameter):
    try:
        key = parse_guid(request.args.get(parameter, ""))
    except ValueError:
        key = ""
    row = context.rows.get(context.division, entity, key)
    if row is None:
        raise PageError(404, "There is nothing with this key in this administration.")
    return row


def _seen(context, row):
    """Return the values of a row by name, derived ones included."""
    entity = context.sandbox.entities[row.entity]
    return {
        name: entity.value(context, row, name)
        for name, item in entity.type.properties.items()
        if item.is_plain
    }


def _invoices(context, equals=None):
    rows = [_seen(context, row) for row in context.rows.find(context.division, INVOICES, equals)]
    return sorted(rows, key=lambda row: row["OrderNumber"], reverse=True)


@logged_in
def portal(pages, request, session):
    """List the administrations, or the sales invoices of one.

    Opening an administration makes it the user's current one (chapter 4.1).
    """
    if "_Division_" not in request.args:
        mine = set(pages.sandbox.users.divisions(session.user.id))
        books = [
            {
                "code": item["code"],
                "name": item["name"],
                "open": len(pages.sandbox.rows.find(item["code"], INVOICES, {"Status": 20})),
                "customers": len(pages.sandbox.rows.find(item["code"], ACCOUNTS, {"Status": "C"})),
            }
            for item in administrations(pages.sandbox.store)
            if item["code"] in mine
        ]
        return pages.render(request, "portal.html", administrations=books)
    context = _division(pages, request, session)
    pages.sandbox.users.set_current_division(session.user.id, context.division)
    return pages.render(
        request, "invoices.html", invoices=_invoices(context),
        administration=pages.sandbox.administration(context.division),
    )  # fmt: skip


@logged_in
def account_card(pages, request, session):
    """Show a customer with its invoices."""
    context = _division(pages, request, session)
    row = _row(context, request, ACCOUNTS, "AccountID")
    return pages.render(
        request, "account.html", account=_seen(context, row),
        invoices=_invoices(context, {"OrderedBy": row.key}),
        administration=pages.sandbox.administration(context.division),
    )  # fmt: skip


@logged_in
def invoice(pages, request, session):
    """Show one invoice in full.

    The address is the sandbox's own: none of Exact's is known (chapter 7).
    """
    context = _division(pages, request, session)
    row = _row(context, request, INVOICES, "InvoiceID")
    lines = context.sandbox.entities[LINES].of(context, row)
    return pages.render(
        request, "invoice.html", invoice=_seen(context, row),
        lines=[_seen(context, line) for line in lines],
        administration=pages.sandbox.administration(context.division),
    )  # fmt: skip
