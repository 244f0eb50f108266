"""Financial years and periods, and the journals closed in them: chapters 4.13 and 5.4."""

from datetime import datetime, timedelta

from ..errors import business_error
from ..rows import Row
from .base import Entity, reference

PERIODS, STATUSES = "Financial/FinancialPeriods", "Financial/JournalStatusList"
JOURNALS = "Financial/Journals"
_OPEN, _CLOSED = 0, 1
_JOURNAL_TYPES = {
    10: "Cash",
    12: "Bank",
    16: "Payment service",
    20: "Sales",
    21: "Return invoice",
    22: "Purchase",
    23: "Received return invoice",
    90: "General",
}


def find_period(context, moment, year=None, period=None):
    """Return the row of a period.

    A date outside every period has no financial year (chapter 4.13).

    :param moment: the date; not looked at when year or period is given
    :param year: the financial year, that of the date when only the period is given
    :param period: the number of the period, that of the date when only the year is given
    :raises ApiError: ``Verplicht: Boekjaar``
    """
    rows = context.rows.find(context.division, PERIODS)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    dated = next((row for row in rows if row.data["StartDate"] <= day <= row.data["EndDate"]), None)
    if year is not None or period is not None:
        shown = dated.data if dated else {"FinYear": moment.year, "FinPeriod": moment.month}
        wanted = (
            shown["FinYear"] if year is None else year,
            shown["FinPeriod"] if period is None else period,
        )
        dated = next(
            (row for row in rows if (row.data["FinYear"], row.data["FinPeriod"]) == wanted), None
        )
    if dated is None:
        raise context.refused(("mandatory", "Financial year"))
    return dated


def check_period(context, journal_code, moment, year=None, period=None):
    """Return the period of a date, which must exist and be open for a journal.

    Processing calls it whatever ``closed_period`` says: the journal may have been closed since
    the invoice was entered. Entry calls :func:`check_entry`.

    :param journal_code: the code of a journal, ``70``
    :param year: ReportingYear of PrintedSalesInvoices, when sent (chapter 4.5)
    :param period: ReportingPeriod of PrintedSalesInvoices, when sent
    :raises ApiError: ``Verplicht: Boekjaar``, ``Periode is afgesloten: 2026 - 3``
    """
    row = find_period(context, moment, year, period)
    year, period = row.data["FinYear"], row.data["FinPeriod"]
    if _is_closed(context, journal_code, year, period):
        raise business_error(context.sentence("period closed", year=year, month=period))
    return row


def check_entry(context, journal_code, moment):
    """Check the period of a new or moved invoice.

    Without a financial year it is refused at once. Whether a closed period is noticed now or when
    the invoice is processed is not known; the setting ``closed_period`` has both.
    """
    if context.sandbox.settings["closed_period"] == "entry":
        return check_period(context, journal_code, moment)
    return find_period(context, moment)


def _key(journal_code, year, period):
    """Return the key of a row as it stands in its address (chapter 4.13)."""
    return f"Journal='{journal_code.strip()}',Period={period},Year={year}"


def _is_closed(context, journal_code, year, period):
    row = context.rows.get(context.division, STATUSES, _key(journal_code, year, period))
    return row is not None and row.data["Status"] == _CLOSED


def set_closed(context, journal_code, year, period, closed):
    """Close or open periods for a journal, as a bookkeeper does.

    :param journal_code: None for all journals
    :param period: None for all periods of the year
    :raises ValueError: when there is no such journal or period
    """
    journals = [
        row.data["Code"]
        for row in context.rows.find(context.division, JOURNALS)
        if journal_code in (None, row.data["Code"])
    ]
    numbers = [
        row.data["FinPeriod"]
        for row in context.rows.find(context.division, PERIODS, {"FinYear": year})
        if period in (None, row.data["FinPeriod"])
    ]
    if not journals or not numbers:
        raise ValueError(f"There is no journal {journal_code} or period {year} - {period}.")
    for code in journals:
        for number in numbers:
            row = Row(context.division, STATUSES, _key(code, year, number), 0)
            row.data = {"Journal": code, "Year": year, "Period": number}
            row.data["Status"] = _CLOSED if closed else _OPEN
            context.rows.save(row)


def make_year(context, year):
    """Make the twelve periods of a financial year that has none."""
    if context.rows.find(context.division, PERIODS, {"FinYear": year}):
        return
    handler = context.sandbox.entities[PERIODS]
    for month in range(1, 13):
        following = datetime(year + month // 12, month % 12 + 1, 1)
        values = {
            "FinYear": year,
            "FinPeriod": month,
            "StartDate": datetime(year, month, 1),
            "EndDate": following - timedelta(days=1),
        }
        handler.save(context, handler.new_row(context, values))


def remove_year(context, year):
    """Take a financial year away."""
    for row in context.rows.find(context.division, PERIODS, {"FinYear": year}):
        context.rows.delete(row)


class FinancialPeriods(Entity):
    """Periods; they have no flag for open or closed (chapter 4.13)."""

    name = PERIODS


class JournalStatusList(Entity):
    """Whether a journal is open in a period: every journal in every period (chapter 4.13)."""

    name = STATUSES
    derived = {
        "JournalDescription": reference("Journal", JOURNALS, "Description", "Code"),
        "JournalType": reference("Journal", JOURNALS, "Type", "Code"),
        "JournalTypeDescription": lambda context, row: _JOURNAL_TYPES.get(
            context.lookup(JOURNALS, "Code", row.get("Journal")).get("Type")
        ),
        "StatusDescription": lambda context, row: context.sentence(
            "period status 1" if row.data["Status"] == _CLOSED else "period status 0"
        ),
    }

    def fetch(self, context, condition):
        """Return a row per journal and period; one that was never closed is open."""
        stored = {row.key: row for row in context.rows.find(context.division, self.name)}
        rows = []
        for period in context.rows.find(context.division, PERIODS):
            year, number = period.data["FinYear"], period.data["FinPeriod"]
            for journal in context.rows.find(context.division, JOURNALS):
                code = journal.data["Code"]
                key = _key(code, year, number)
                data = {"Journal": code, "Year": year, "Period": number, "Status": _OPEN}
                rows.append(stored.get(key) or Row(context.division, self.name, key, 0, data))
        return rows

    def get(self, context, key):
        """Return the row of a journal, period and year, or None."""
        journal, period, year = key
        wanted = _key(journal, year, period)
        return next((row for row in self.fetch(context, None) if row.key == wanted), None)
