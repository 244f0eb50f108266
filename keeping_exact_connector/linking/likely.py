"""Finds the hours that an invoice most likely bills, among those that nobody has billed."""

from dataclasses import dataclass
from datetime import date

# What the hours add up to, the surest first. A sum of money rarely is the same by chance.
AMOUNT, LINE_AMOUNT, HOURS, LINE_HOURS = "amount", "line_amount", "hours", "line_hours"
KINDS = (AMOUNT, LINE_AMOUNT, HOURS, LINE_HOURS)


@dataclass(frozen=True)
class Day:
    """The unbilled hours of one project on one day.

    :param int count: entries
    :param int hours: hundredths of an hour
    :param int amount: cents, or None where a rate is missing
    """

    project: int
    date: date
    count: int
    hours: int
    amount: int | None


@dataclass(frozen=True)
class Candidate:
    """A period of which the hours may be; ``None`` is no bound.

    :param str code: what to call it
    """

    code: str
    first: date | None
    last: date | None

    def has(self, day):
        """Tell whether a day is in the period."""
        return (not self.first or day >= self.first) and (not self.last or day <= self.last)


@dataclass(frozen=True)
class Found:
    """The hours that were found.

    :param Candidate candidate: their period
    :param int project: the only project they are of, or None for all
    :param str kind: what they add up to, one of ``KINDS``, or None
    :param int line: position of the line they add up to, or None
    """

    candidate: Candidate
    project: int | None
    count: int
    hours: int
    amount: int | None
    kind: str | None = None
    line: int | None = None


def choose(days, candidates, lines, total):
    """Return the hours that most likely belong to an invoice, or None without any.

    :param list days: :class:`Day`
    :param list candidates: :class:`Candidate`, the likeliest first
    :param list lines: (hundredths of quantity, cents) of each line of the invoice
    :param int total: cents of the invoice without VAT
    """
    found = [
        one
        for candidate in candidates
        for one in _sums(candidate, [day for day in days if candidate.has(day.date)])
    ]
    if not found:
        return None
    judged = [_judge(one, lines, total) for one in found]
    sure = [one for one in judged if one.kind]
    if sure:
        # The first one of the surest kind: candidates come in their order.
        return min(sure, key=lambda one: KINDS.index(one.kind))
    return judged[0]


def _sums(candidate, days):
    """Yield all hours of a period, then those of each of its projects."""
    if not days:
        return
    yield _sum(candidate, None, days)
    projects = dict.fromkeys(day.project for day in days)
    if len(projects) > 1:
        for project in projects:
            yield _sum(candidate, project, [day for day in days if day.project == project])


def _sum(candidate, project, days):
    amounts = [day.amount for day in days]
    amount = None if None in amounts else sum(amounts)
    hours = sum(day.hours for day in days)
    return Found(candidate, project, sum(day.count for day in days), hours, amount)


def _judge(found, lines, total):
    """Return what was found with the surest thing that it adds up to."""
    if found.amount and found.amount == total:
        return _adds_up(found, AMOUNT)
    for position, (_quantity, amount) in enumerate(lines):
        if found.amount and found.amount == amount:
            return _adds_up(found, LINE_AMOUNT, position)
    quantities = [quantity for quantity, _amount in lines]
    if found.hours and found.hours == sum(quantities):
        return _adds_up(found, HOURS)
    if found.hours in quantities:
        return _adds_up(found, LINE_HOURS, quantities.index(found.hours))
    return found


def _adds_up(found, kind, line=None):
    return Found(found.candidate, found.project, found.count, found.hours, found.amount, kind, line)
