"""One sales invoice, and what a bookkeeper does with it: process, pay, credit, delete.

The address is the sandbox's own: none of Exact's is known (chapter 7). Everything goes by the
rules of the entities, as a call of the API does.
"""

from werkzeug.utils import redirect

from ..entities.documents import ATTACHMENTS, attachment_path
from ..entities.invoice_lines import INVOICES
from ..entities.payments import paid_by, pay, receivable_of, undo
from ..entities.sales_entries import ENTRIES
from ..odata.literals import parse_datetime
from .reading import find_row, open_books, read_number, seen
from .refusals import told_by
from .session import PageError, logged_in

LINES, PRINTED = "SalesInvoice/SalesInvoiceLines", "SalesInvoice/PrintedSalesInvoices"
PROCESSED, INVOICE, CREDIT_NOTE = 50, 8020, 8021
# What a copy takes over. YourRef is among it, as of any copy; which fields Exact copies is not
# documented. Nothing in a credit note names the invoice that it credits.
_HEADER = (
    "OrderedBy", "InvoiceTo", "DeliverTo", "Journal", "PaymentCondition", "Currency", "Discount",
    "YourRef", "Description", "Remarks",
)  # fmt: skip
_LINE = (
    "Item", "Quantity", "UnitPrice", "Discount", "Description", "Notes", "UnitCode", "VATCode",
    "GLAccount", "CostCenter", "CostUnit",
)  # fmt: skip


def address(context, key):
    """Return the address of an invoice's page."""
    return f"/docs/SalesInvoice.aspx?_Division_={context.division}&InvoiceID=%7b{key}%7d"


def _may(context, path, method="POST"):
    return context.may(path, method)


def allowed(context, row, receivable):
    """Return what this person may do with an invoice now: a set of action names.

    Payments are entered in bank statements, for which none of the six rights is enough.
    """
    may_enter = _may(context, "salesinvoice/SalesInvoices")
    actions = set()
    if row.data["Status"] != PROCESSED:
        if may_enter:
            actions |= {"edit", "delete"}
        if _may(context, "salesinvoice/PrintedSalesInvoices"):
            actions.add("process")
    else:
        if may_enter and row.data["Type"] == INVOICE:
            actions.add("credit")
        if receivable is not None and _may(context, "cashflow/Receivables", "PUT"):
            actions |= {"pay", "undo"}
    return actions


@logged_in
def invoice(pages, request, session):
    """Show one invoice in full, or do what a button on it says."""
    context = open_books(pages, request, session)
    if not _may(context, "salesinvoice/SalesInvoices", "GET"):
        raise PageError(403, "You have no right to see sales invoices.")
    row = find_row(context, request, INVOICES, "InvoiceID")
    if request.method != "POST":
        return _page(pages, request, context, row)

    def show(message):
        again = pages.sandbox.context(context.division, session.user)
        current = find_row(again, request, INVOICES, "InvoiceID")
        return _page(pages, request, again, current, message)

    action = request.form.get("action", "")
    if action not in _ACTIONS:
        raise PageError(404, "There is no such action.")
    with told_by(show):
        if action not in allowed(context, row, receivable_of(context, row)):
            raise ValueError("You cannot do this with the invoice as it is now.")
        target = _ACTIONS[action](context, row, request.form)
    return redirect(target or address(context, row.key), 303)


def _page(pages, request, context, row, message=None):
    lines = context.sandbox.entities[LINES].of(context, row)
    receivable = receivable_of(context, row)
    entry = context.lookup(ENTRIES, None, row.get("_EntryID"))
    files = context.rows.find(context.division, ATTACHMENTS, {"Document": row.get("Document", "")})
    account = context.lookup("CRM/Accounts", None, row.data["InvoiceTo"])
    may = allowed(context, row, receivable)
    return pages.render(
        request, "invoice.html", status=422 if message else 200, message=message,
        invoice=seen(context, row), lines=[seen(context, line) for line in lines], may=may,
        asks="delete" in may and request.args.get("ask") == "delete",
        entry=seen(context, entry) if entry else None,
        receivable=receivable.data if receivable else None,
        payments=paid_by(receivable) if receivable else [],
        files=[
            (item.data["FileName"], attachment_path(item.division, item.key)) for item in files
        ],
        mails=context.sandbox.mails.of(context.division, row.key), email=account.get("Email"),
        mail_failed=request.args.get("mail") == "failed", today=context.today(),
        here=address(context, row.key), tab="invoices",
        administration=context.sandbox.administration(context.division),
    )  # fmt: skip


# What buttons do: functions of (context, invoice, form) that return where to go, None to stay


def _process(context, row, form):
    values = {"InvoiceID": row.key, "SendEmailToCustomer": form.get("mail") == "yes"}
    if form.get("date"):
        values["InvoiceDate"] = _date(form["date"])
    answer = context.sandbox.entities[PRINTED].create(context, values)
    problem = answer.get("EmailCreationError")
    return f"{address(context, row.key)}&mail=failed" if problem else None


def _pay(context, row, form):
    date = _date(form["date"]) if form.get("date") else None
    pay(context, receivable_of(context, row), read_number(form.get("amount", "")), date)


def _undo(context, row, form):
    undo(context, receivable_of(context, row), form.get("payment", ""))


def _credit(context, row, form):
    values = {name: row.get(name) for name in _HEADER}
    lines = [
        {name: line.get(name) for name in _LINE if line.get(name) is not None}
        for line in context.sandbox.entities[LINES].of(context, row)
    ]
    copy = context.sandbox.entities[INVOICES].create(
        context, {**values, "Type": CREDIT_NOTE, "SalesInvoiceLines": lines}
    )
    return address(context, copy.key)


def _delete(context, row, form):
    context.sandbox.entities[INVOICES].delete(context, row)
    return f"/docs/MenuPortal.aspx?_Division_={context.division}"


def _date(text):
    try:
        return parse_datetime(text)
    except ValueError:
        raise ValueError(f"{text} is no date.") from None


_ACTIONS = {
    "process": _process,
    "pay": _pay,
    "undo": _undo,
    "credit": _credit,
    "delete": _delete,
}
