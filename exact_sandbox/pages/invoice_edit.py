"""Changing an open sales invoice by hand: its reference and texts, quantities and prices."""

from werkzeug.utils import redirect

from ..entities.invoice_lines import INVOICES
from ..entities.payments import receivable_of
from .formats import number
from .invoice import LINES, address, allowed
from .reading import find_row, open_books, read_number, seen
from .refusals import told_by
from .session import PageError, logged_in

_TEXTS = ("YourRef", "Description")
_LONGEST = 2000


@logged_in
def edit(pages, request, session):
    """Show the form of an open invoice, or take what was filled in."""
    context = open_books(pages, request, session)
    row = find_row(context, request, INVOICES, "InvoiceID")
    if "edit" not in allowed(context, row, receivable_of(context, row)):
        raise PageError(403, "This invoice cannot be changed, or you have no right to do so.")
    if request.method != "POST":
        return _page(pages, request, context, row)

    def show(message):
        again = pages.sandbox.context(context.division, session.user)
        return _page(
            pages, request, again, find_row(again, request, INVOICES, "InvoiceID"), message
        )

    with told_by(show):
        # Someone else, or an app, may have changed it while the form was open.
        if request.form.get("seen") != str(row.timestamp):
            raise ValueError("This invoice was changed meanwhile. Load the page again.")
        _change(context, row, request.form)
    return redirect(address(context, row.key), 303)


def _change(context, row, form):
    """Change what differs, and only that: every change gives rows new timestamps."""
    texts = {
        name: form[name].strip()[:_LONGEST] or None
        for name in _TEXTS
        if name in form and form[name].strip() != (row.get(name) or "")
    }
    if texts:
        context.sandbox.entities[INVOICES].update(context, row, texts)
    handler = context.sandbox.entities[LINES]
    for line in handler.of(context, row):
        values = _line_changes(line, form)
        if values:
            handler.update(context, line, values)


def _line_changes(line, form):
    values = {}
    for name in ("Quantity", "UnitPrice"):
        text = form.get(f"{name}-{line.key}")
        # What stands in the form is rounded to nothing, so it compares.
        if text is not None and read_number(text) != line.data[name]:
            values[name] = read_number(text)
    text = form.get(f"Description-{line.key}")
    if text is not None and text.strip() != (line.get("Description") or ""):
        values["Description"] = text.strip()[:_LONGEST]
    return values


def _page(pages, request, context, row, message=None):
    """Return the form; after a refusal it holds what the person filled in."""
    entered = request.form if message else {}
    lines = [
        {
            **seen(context, line),
            **{
                name: entered.get(f"{name}-{line.key}", text)
                for name, text in (
                    ("Quantity", number(line.data["Quantity"])),
                    ("UnitPrice", number(line.data["UnitPrice"])),
                    ("Description", line.get("Description") or ""),
                )
            },
        }
        for line in context.sandbox.entities[LINES].of(context, row)
    ]
    invoice = seen(context, row)
    invoice.update({name: entered.get(name, row.get(name) or "") for name in _TEXTS})
    return pages.render(
        request, "invoice_edit.html", status=422 if message else 200, message=message,
        invoice=invoice, lines=lines, here=address(context, row.key), tab="invoices",
        seen=entered.get("seen", row.timestamp),
        administration=context.sandbox.administration(context.division),
    )  # fmt: skip
