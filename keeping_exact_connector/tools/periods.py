"""Days and months in words."""

from odoo.tools import format_date


def describe_days(env, first, last):
    """Return a day or two as the language of *env* writes them."""
    days = [format_date(env, day) for day in dict.fromkeys((first, last))]
    return " - ".join(days)


def describe_month(env, first, last):
    """Return a month or two by name, such as October 2026."""
    months = (format_date(env, day, date_format="MMMM yyyy") for day in (first, last))
    return " - ".join(dict.fromkeys(month.capitalize() for month in months))
