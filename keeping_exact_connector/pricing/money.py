"""Amounts: rounded as people do, spread without loss, and as quantity times price."""

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

#: Decimals of a quantity and of a price as they stand on an invoice: whoever multiplies the two by
#: hand has to find the amount.
QUANTITY_DIGITS = 2
PRICE_DIGITS = 2


def round_half_up(value, digits=2):
    """Return a ``Decimal`` with so many decimals; a half is rounded away from zero.

    :param value: ``Decimal``, ``Fraction`` or ``int``
    """
    value = Fraction(value)
    return Decimal(_divide_half_up(value.numerator * 10**digits, value.denominator)).scaleb(-digits)


def total_of(numbers):
    """Return the sum of fractions as a ``Fraction``, by way of whole numbers: there may be many."""
    wholes, parts = _in_wholes(numbers)
    return Fraction(sum(wholes), parts)


def spread(total, weights, digits=2):
    """Spread an amount in proportion, each part rounded, and the rest on the largest.

    :param Decimal total: the amount, of at most *digits* decimals
    :param list weights: ``Fraction``, ``Decimal`` or ``int``; the first one bears all when they
        add up to nothing
    :return: list of ``Decimal`` that add up to *total*
    """
    if not weights:
        return []
    # Whole numbers: an invoice may have thousands of entries, and fractions are slow.
    weights, _parts = _in_wholes(weights)
    whole = sum(weights)
    if not whole:
        return [total, *[Decimal(0)] * (len(weights) - 1)]
    cents = int(Decimal(total).scaleb(digits))
    parts = [_divide_half_up(weight * cents, whole) for weight in weights]
    parts[_largest(weights)] += cents - sum(parts)
    return [Decimal(part).scaleb(-digits) for part in parts]


def _in_wholes(numbers):
    """Return fractions as numbers of equal parts, and how many parts one is."""
    ratios = [number.as_integer_ratio() for number in numbers]
    parts = math.lcm(*{divisor for _number, divisor in ratios})
    return [number * (parts // divisor) for number, divisor in ratios], parts


def _divide_half_up(number, divisor):
    """Return the quotient of whole numbers; a half is rounded away from zero."""
    quotient = (2 * abs(number) + abs(divisor)) // (2 * abs(divisor))
    return quotient if (number >= 0) == (divisor >= 0) else -quotient


def _largest(weights):
    return max(range(len(weights)), key=lambda position: abs(weights[position]))


@dataclass(frozen=True)
class Fit:
    """What goes out for an amount: quantity times price, rounded, is the amount.

    :param Decimal quantity: hours, or 1 when no quantity and price meet the amount
    :param Decimal unit_price: price of one
    :param Decimal amount: without VAT
    :param bool whole: the quantity is 1 and the hours belong in the text
    """

    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    whole: bool


def fit_rate(hours, rate, digits=2):
    """Return what goes out for hours at a rate.

    :param Fraction hours: to bill
    :param Decimal rate: for one hour
    :param int digits: decimals of the currency
    """
    return _fit(hours, rate, round_half_up(hours * Fraction(rate), digits), digits)


def fit(hours, amount, digits=2):
    """Return what goes out for hours at one amount that was agreed.

    :param Fraction hours: to bill
    :param Decimal amount: for all of them
    :param int digits: decimals of the currency
    """
    amount = round_half_up(amount, digits)
    quantity = round_half_up(hours, QUANTITY_DIGITS)
    price = round_half_up(Fraction(amount) / Fraction(quantity), PRICE_DIGITS) if quantity else None
    return _fit(hours, price, amount, digits)


def _fit(hours, price, amount, digits):
    quantity = round_half_up(hours, QUANTITY_DIGITS)
    shown = price is not None and price == round_half_up(price, max(PRICE_DIGITS, digits))
    if shown and quantity and round_half_up(Fraction(quantity) * Fraction(price), digits) == amount:
        return Fit(quantity, price, amount, whole=False)
    return Fit(Decimal(1), amount, amount, whole=True)


def to_decimal(value, digits):
    """Return what a field of Odoo holds as a ``Decimal``.

    :param float value: of the field
    :param int digits: its decimals
    """
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP).normalize()
