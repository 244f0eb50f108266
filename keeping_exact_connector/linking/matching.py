"""Says which line of an invoice each group of hours is on."""

import re
from dataclasses import dataclass

# Why a group is on a line, the surest first.
BOTH, AMOUNT, HOURS, TEXT, SUM, ONLY = "both", "amount", "hours", "text", "sum", "only"


@dataclass(frozen=True)
class Group:
    """Hours that are one line by the chosen breakdown.

    :param int hours: hundredths of an hour
    :param int amount: cents, or None where they have no price of their own
    """

    hours: int
    amount: int | None
    text: str


@dataclass(frozen=True)
class InvoiceLine:
    """A line of the invoice.

    :param int quantity: hundredths
    :param int amount: cents
    """

    quantity: int
    amount: int
    text: str


def match(groups, lines):
    """Return for each group the position of its line and why, or (None, None).

    :param list groups: :class:`Group`
    :param list lines: :class:`InvoiceLine`
    """
    found = [(None, None)] * len(groups)
    free = set(range(len(lines)))
    for reason, fits in ((BOTH, _is_both), (AMOUNT, _is_amount), (HOURS, _is_hours)):
        _pair(groups, lines, found, free, reason, fits)
    # Several groups may be on one line from here on.
    for position, group in enumerate(groups):
        if found[position][1] is None:
            like = next((at for at, line in enumerate(lines) if is_like(group, line)), None)
            if like is not None:
                found[position] = (like, TEXT)
                free.discard(like)
    _sum_up(groups, lines, found, free)
    if len(lines) == 1:
        found = [(0, reason or ONLY) for _line, reason in found]
    return found


def _pair(groups, lines, found, free, reason, fits):
    """Give groups a line of their own; of several that fit, the one that reads alike."""
    for position, group in enumerate(groups):
        if found[position][1] is not None:
            continue
        fitting = [at for at in sorted(free) if fits(group, lines[at])]
        if fitting:
            best = max(fitting, key=lambda at: (is_like(group, lines[at]), -at))  # noqa: B023
            found[position] = (best, reason)
            free.discard(best)


def _is_amount(group, line):
    return bool(group.amount) and group.amount == line.amount


def _is_hours(group, line):
    return bool(group.hours) and group.hours == line.quantity


def _is_both(group, line):
    return _is_amount(group, line) and _is_hours(group, line)


def is_like(group, line):
    """Tell whether the texts of a group and a line say the same, or one of them the other."""
    mine, theirs = _words(group.text), _words(line.text)
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)


def _words(text):
    return set(re.findall(r"\w{2,}", (text or "").casefold()))


def _sum_up(groups, lines, found, free):
    """Groups that are left and add up to one line that is left are on it together."""
    left = [at for at, (_line, reason) in enumerate(found) if reason is None]
    if len(left) < 2:
        return
    amounts = [groups[at].amount for at in left]
    amount = None if None in amounts else sum(amounts)
    hours = sum(groups[at].hours for at in left)
    for at in sorted(free):
        line = lines[at]
        if (amount and amount == line.amount) or (hours and hours == line.quantity):
            for position in left:
                found[position] = (at, SUM)
            return
