"""What invoices and sales entries are settled by: journal, payment condition, rate of exchange."""

from calendar import monthrange
from datetime import timedelta
from decimal import Decimal

_SALES = 20


def sales_journal(context, code):
    """Return the code of a sales journal that is in use.

    A journal is given by its code; a GUID is an unknown code (picqer #31).

    :raises ApiError: when there is none, or it is of another type or blocked (chapter 5.4)
    """
    if not code:
        raise context.refused(("mandatory", "Journal"))
    journal = context.lookup("Financial/Journals", "Code", code)
    if journal is None:
        raise context.refused(("reference", "Journals"))
    if journal.get("Type") != _SALES:
        raise context.refused(("invalid", "Journal (type)"))
    if journal.get("IsBlocked"):
        raise context.refused(("not_allowed", "Journal (blocked)"))
    return journal.get("Code")


def payment_condition(context, code, account):
    """Return the condition sent, else the customer's, else the administration's (chapter 4.3).

    :raises ApiError: when there is none (chapter 5.4)
    """
    administration = context.sandbox.administration(context.division)
    code = (
        code
        or account.get("PaymentConditionSales")
        or administration["default_payment_condition"]
    )  # fmt: skip
    if not code:
        raise context.refused(("mandatory", "PaymentCondition"))
    found = context.lookup("Cashflow/PaymentConditions", "Code", code)
    if found is None:
        raise context.refused(("reference", "PaymentCondition"))
    return found


def due_date(moment, condition):
    """Return days after the date; with months, from the end of that many months on.

    Past the last year there is, 9999, it is the date itself.
    """
    months, due = condition.get("PaymentEndOfMonths", 0), moment
    try:
        if months:
            index = moment.year * 12 + moment.month - 1 + months - 1
            year, month = divmod(index, 12)
            due = moment.replace(year=year, month=month + 1, day=monthrange(year, month + 1)[1])
        return due + timedelta(days=condition.get("PaymentDays", 0))
    except (OverflowError, ValueError):
        return moment


def exchange_rate(context, currency, moment):
    """Return the newest rate of a currency on a date; 1 in the administration's own.

    :raises ApiError: when there is none
    """
    if currency == context.sandbox.administration(context.division)["currency"]:
        return Decimal(1)
    rates = [
        item
        for item in context.rows.find(
            context.division, "Financial/ExchangeRates", {"SourceCurrency": currency}
        )
        if item.data["StartDate"] <= moment
    ]
    if not rates:
        raise context.refused(("reference", "Currency"))
    return max(rates, key=lambda item: item.data["StartDate"]).data["Rate"]


def midnight(moment):
    """Return a date without its time of day, as all dates of bookkeeping are (chapter 3.3)."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
