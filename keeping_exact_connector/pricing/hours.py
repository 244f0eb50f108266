"""Hours: what a timesheet holds, exactly, and rounded to what is billed."""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from .money import total_of

#: Minutes that hours may be rounded to; 0 is not at all.
MINUTES = (0, 5, 10, 15, 30, 60)
METHODS = ("up", "nearest", "down")
LEVELS = ("entry", "line")

# A third of an hour is kept as 0.33333333 on a timesheet, or as 0.3333: both mean 20 minutes. What
# was typed as a decimal, 0.33 say, is not so near to a whole minute and is taken as it stands.
_NEAR = Fraction(1, 200)
_DECIMALS = 10**6


# The same few numbers come back in thousands of timesheets.
@lru_cache(maxsize=1_000)
def exact_hours(amount, factor=1):
    """Return the hours that a timesheet's number stands for.

    :param float amount: as kept, in the unit of the timesheet
    :param factor: hours in one such unit: 1, or 8 where a day of eight hours is kept
    :return: a ``Fraction``; whole minutes where the number is within 0.3 seconds of one
    """
    hours = Fraction(round(amount * _DECIMALS), _DECIMALS) * Fraction(factor).limit_denominator(
        1000
    )
    minutes = round(hours * 60)
    if abs(hours * 60 - minutes) <= _NEAR:
        return Fraction(minutes, 60)
    return hours


@dataclass(frozen=True)
class Rounding:
    """How hours are rounded before they are billed.

    :param minutes: one of :data:`MINUTES`
    :param method: one of :data:`METHODS`; hours below zero, of a correction, are rounded as those
        above: away from zero is up
    :param level: one of :data:`LEVELS`: each entry by itself, or the sum of a line
    """

    minutes: int = 0
    method: str = "up"
    level: str = "entry"

    def __post_init__(self):
        if self.minutes not in MINUTES or self.method not in METHODS or self.level not in LEVELS:
            raise ValueError(f"not a rounding: {self}")

    def round(self, hours):
        """Return hours, a ``Fraction``, rounded to whole steps of :attr:`minutes`."""
        if not self.minutes:
            return hours
        steps = abs(hours) * 60 / self.minutes
        whole = {
            "up": math.ceil(steps),
            "nearest": math.floor(steps + Fraction(1, 2)),
            "down": math.floor(steps),
        }[self.method]
        rounded = Fraction(whole * self.minutes, 60)
        return rounded if hours >= 0 else -rounded

    def bill(self, entries):
        """Return the hours billed for each entry of a line.

        Rounded per line, each entry gets its share of the sum, so that they add up to what the
        line says and none falls below zero.

        :param list entries: hours of the entries, ``Fraction`` each
        :return: a list of the same length
        """
        if self.level == "entry" or not self.minutes:
            return [self.round(hours) for hours in entries]
        whole = total_of(entries)
        share = self.round(whole) / whole if whole else 1
        return [hours * share for hours in entries]
