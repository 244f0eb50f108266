"""Financial periods: does a date fall in one, and is it open (API reference, chapter 4.13)."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

CLOSED = 1


class Period(NamedTuple):
    """A period of a financial year, and the codes of the journals that are closed in it."""

    year: int
    number: int
    start: date
    end: date
    closed: frozenset = frozenset()


def from_exact(rows, closed_rows):
    """Return periods from rows of FinancialPeriods and of JournalStatusList."""
    closed = defaultdict(set)
    for row in closed_rows:
        if row.get("Status") == CLOSED:
            closed[row["Year"], row["Period"]].add(row["Journal"])
    return [
        Period(
            row["FinYear"],
            row["FinPeriod"],
            row["StartDate"].date(),
            row["EndDate"].date(),
            frozenset(closed[row["FinYear"], row["FinPeriod"]]),
        )
        for row in rows
    ]


def find_problem(periods, day, journals):
    """Return what is wrong with a date for an invoice: (code, params), or None.

    :param list periods: those that were read: from last year on
    :param set journals: codes of the journals an invoice could be made in
    """
    if not periods or day < min(period.start for period in periods):
        # What lies before them was not read.
        return None
    found = [period for period in periods if period.start <= day <= period.end]
    if not found:
        return "year_none", {"date": str(day), "year": str(day.year)}
    # Adjusting periods may share the dates of another (a thirteenth month): one open is enough.
    shut = [period for period in found if journals and journals <= period.closed]
    if len(shut) == len(found):
        first = shut[0]
        return "period_shut", {
            "date": str(day),
            "period": f"{first.year} - {first.number}",
            "journal": ", ".join(sorted(journals)),
        }
    return None
