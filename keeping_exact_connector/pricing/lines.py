"""Lines: hours grouped, rounded and priced."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .hours import Rounding
from .money import fit, fit_rate, round_half_up, spread, total_of

#: Decimals of hours in the database: a third of an hour has no end.
HOUR_DIGITS = 4
#: How a line gets its price.
MODES = ("rate_card", "invoice_rate", "line_rate", "line_amount", "invoice_amount")
#: In these a person prices each line on the draft.
PRICED_BY_HAND = ("line_rate", "line_amount")


class Entry(NamedTuple):
    """One timesheet line that is to be billed.

    :param int id: of the timesheet
    :param group: what line it belongs to; equal groups share one
    :param Fraction hours: as entered
    :param Decimal rate: of the rate card, or None
    :param terms: whatever else keeps lines apart, such as item and VAT code
    """

    id: int
    group: Hashable
    hours: Fraction
    rate: Decimal | None = None
    terms: Hashable = None


@dataclass(frozen=True)
class Pricing:
    """How entries are priced.

    :param str mode: one of :data:`MODES`
    :param Decimal rate: for one hour, in mode ``invoice_rate``
    :param Decimal amount: for the whole invoice, in mode ``invoice_amount``
    :param Rounding rounding: of hours
    :param int digits: decimals of the currency
    """

    mode: str = "rate_card"
    rate: Decimal | None = None
    amount: Decimal | None = None
    rounding: Rounding = field(default_factory=Rounding)
    digits: int = 2

    def __post_init__(self):
        if self.mode not in MODES:
            raise ValueError(f"not a way to price: {self.mode!r}")

    def rate_of(self, entry):
        """Return the hourly rate of an entry, None where there is none in this mode."""
        if self.mode == "rate_card":
            return entry.rate
        return self.rate if self.mode == "invoice_rate" else None


@dataclass
class Line:
    """One line of an invoice.

    :param list entries: the entries on it, in the order they came
    :param list billed: hours billed of each, ``Fraction``
    :param list amounts: amount of each, ``Decimal``; they add up to ``amount``
    :param Decimal rate: for one hour, or None
    :param bool whole: the quantity is 1 and the hours belong in the text
    """

    group: Hashable
    terms: Hashable
    rate: Decimal | None
    entries: list = field(default_factory=list)
    billed: list = field(default_factory=list)
    amounts: list = field(default_factory=list)
    quantity: Decimal = Decimal(0)
    unit_price: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    whole: bool = False

    @property
    def hours(self):
        """Hours as entered."""
        return total_of(entry.hours for entry in self.entries)

    @property
    def billed_hours(self):
        """Hours as billed."""
        return total_of(self.billed)

    def kept(self, hours):
        """Return hours of the entries as they are kept: of four decimals, and adding up.

        :param list hours: ``Fraction`` each, of the entries in their order
        """
        return spread(round_half_up(total_of(hours), HOUR_DIGITS), hours, HOUR_DIGITS)

    def take(self, found, digits):
        """Take quantity, price and amount, and give each entry its part of the amount."""
        self.quantity, self.unit_price = found.quantity, found.unit_price
        self.amount, self.whole = found.amount, found.whole
        self.amounts = spread(self.amount, self.billed if any(self.billed) else self.worth, digits)

    @property
    def worth(self):
        """What entries count for where none of their hours is billed: hours as entered."""
        return [entry.hours for entry in self.entries]


def make_lines(entries, pricing):
    """Group, round and price the entries of one invoice.

    Hours of one group at several rates or terms become several lines, for a line has one price.

    :param entries: iterable of :class:`Entry`; lines come in the order of their first entry
    :param Pricing pricing: how
    :return: list of :class:`Line`
    """
    lines = _group(entries, pricing)
    for line in lines:
        line.billed = pricing.rounding.bill([entry.hours for entry in line.entries])
    if pricing.mode == "invoice_amount":
        _price_whole(lines, pricing)
        return lines
    for line in lines:
        if line.rate is None:
            # A person fills in the price on the draft.
            line.quantity = round_half_up(line.billed_hours)
            line.amounts = [Decimal(0)] * len(line.entries)
        else:
            line.take(fit_rate(line.billed_hours, line.rate, pricing.digits), pricing.digits)
    return lines


def _group(entries, pricing):
    lines = {}
    for entry in entries:
        rate = pricing.rate_of(entry)
        key = (entry.group, rate, entry.terms)
        line = lines.get(key)
        if line is None:
            line = lines[key] = Line(entry.group, entry.terms, rate)
        line.entries.append(entry)
    return list(lines.values())


def _price_whole(lines, pricing):
    """Spread the amount of the invoice over its lines, by hours billed, else as entered."""
    weights = [line.billed_hours for line in lines]
    if not any(weights):
        weights = [line.hours for line in lines]
    parts = spread(round_half_up(pricing.amount, pricing.digits), weights, pricing.digits)
    for line, part in zip(lines, parts, strict=True):
        line.take(fit(line.billed_hours, part, pricing.digits), pricing.digits)
