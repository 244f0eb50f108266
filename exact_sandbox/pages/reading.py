"""What pages about an administration share: where it is, and its rows as a person sees them."""

from decimal import Decimal, InvalidOperation

from ..odata.literals import parse_guid
from .session import PageError

_LARGEST = Decimal(10) ** 9


def open_books(pages, request, session):
    """Return the context of the administration in the address.

    :raises PageError: 404 when the person has no such administration
    """
    number = read_whole(request.args.get("_Division_", ""))
    if number not in pages.sandbox.users.divisions(session.user.id):
        raise PageError(404, "You have no administration with this number.")
    return pages.sandbox.context(number, session.user)


def find_row(context, request, entity, parameter):
    """Return the row of an entity whose key is in the address.

    :raises PageError: 404
    """
    try:
        key = parse_guid(request.args.get(parameter, ""))
    except ValueError:
        key = ""
    row = context.rows.get(context.division, entity, key)
    if row is None:
        raise PageError(404, "There is nothing with this key in this administration.")
    return row


def seen(context, row):
    """Return the values of a row by name, derived ones included."""
    entity = context.sandbox.entities[row.entity]
    return {
        name: entity.value(context, row, name)
        for name, item in entity.type.properties.items()
        if item.is_plain
    }


def read_whole(text):
    """Return a whole number of at most nine digits, or None when the text is something else."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def read_number(text):
    """Return a number as a person writes it, ``1.234,5`` or ``1234.5``.

    :raises ValueError: with a sentence
    """
    plain = text.strip().replace(" ", "").replace("\u00a0", "")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number) >= _LARGEST:
        raise ValueError(f"{text.strip() or 'Nothing'} is no number.")
    return number
