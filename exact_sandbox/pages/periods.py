"""Periods of the sales journals of an administration: closed and opened as a bookkeeper does."""

from werkzeug.utils import redirect

from ..entities.periods import JOURNALS, PERIODS, STATUSES, set_closed
from .reading import open_books, read_whole
from .session import PageError, logged_in

_SALES, _CLOSED = 20, 1
_ROUTE = "financial/Journals"


@logged_in
def periods(pages, request, session):
    """Show the months of a financial year by sales journal; close or open one."""
    context = open_books(pages, request, session)
    may_close = context.may(_ROUTE, "PUT")
    years = sorted({row.data["FinYear"] for row in context.rows.find(context.division, PERIODS)})
    year = _year(request, context, years)
    if request.method == "POST":
        if not may_close:
            raise PageError(403, "You have no right to close periods.")
        _change(context, year, request.form)
        address = f"/docs/FinPeriods.aspx?_Division_={context.division}&year={year}"
        return redirect(address, 303)
    journals = [
        row.data
        for row in context.rows.find(context.division, JOURNALS, {"Type": _SALES})
        if not row.get("IsBlocked")
    ]
    closed = {
        (row.data["Journal"], row.data["Period"])
        for row in context.rows.find(context.division, STATUSES, {"Year": year})
        if row.data["Status"] == _CLOSED
    }
    months = [
        row.data for row in context.rows.find(context.division, PERIODS, {"FinYear": year})
    ]  # fmt: skip
    return pages.render(
        request, "periods.html", years=years, year=year, closed=closed, may_close=may_close,
        journals=sorted(journals, key=lambda item: item["Code"]),
        months=sorted(months, key=lambda item: item["FinPeriod"]), tab="periods",
        administration=pages.sandbox.administration(context.division),
    )  # fmt: skip


def _year(request, context, years):
    """Return the year asked for, else this one, else the last there is."""
    year = read_whole(request.values.get("year", ""))
    if year in years:
        return year
    now = context.now.year
    return now if now in years or not years else years[-1]


def _change(context, year, form):
    """Close or open the period that a button names as ``70/11``.

    :raises PageError: 404 when there is no such journal or period
    """
    action = "close" if "close" in form else "open"
    journal, _, period = form.get(action, "").rpartition("/")
    try:
        set_closed(context, journal, year, int(period), action == "close")
    except ValueError as error:
        raise PageError(404, "There is no such journal or period.") from error
