"""Exact arithmetic with amounts; never in floating point."""

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
_CENT = Decimal("0.01")


def cents(amount):
    """Round an amount to cents, halves away from zero."""
    return amount.quantize(_CENT, ROUND_HALF_UP)
