"""How values look on a page."""

from datetime import datetime, timezone
from decimal import Decimal

from ..clock import amsterdam


def amount(value):
    """``1234.5`` as ``1.234,50``, the Dutch way."""
    text = f"{value or Decimal(0):,.2f}"
    return text.translate(str.maketrans(",.", ".,"))


def number(value):
    """A quantity without useless zeros: ``6,5``."""
    text = format(value or Decimal(0), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return (text or "0").replace(".", ",")


def percentage(value):
    """``0.21`` as ``21%``."""
    return number((value or Decimal(0)) * 100) + "%"


def day(value):
    """A date as ``22-11-2026``."""
    return value.strftime("%d-%m-%Y") if value else ""


def moment(seconds):
    """Seconds since the epoch as date and time in Amsterdam."""
    return amsterdam(datetime.fromtimestamp(seconds, timezone.utc)).strftime("%d-%m-%Y %H:%M")


FILTERS = {
    "amount": amount,
    "number": number,
    "percentage": percentage,
    "day": day,
    "moment": moment,
}
