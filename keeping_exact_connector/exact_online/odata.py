"""``$filter`` texts, built from values and never from text (API reference ch. 3.4)."""

import re
import uuid
from datetime import date, datetime
from decimal import Decimal

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:/[A-Za-z_][A-Za-z0-9_]*)*")


class Int64(int):
    """Marks a number as Edm.Int64, written ``123L`` (Timestamp, HID; ch. 3.3)."""

    __slots__ = ()


class Condition:
    """A condition of a ``$filter``; its ``str()`` is the text. Made by the functions below."""

    __slots__ = ("_compound", "_text")

    def __init__(self):
        raise TypeError("A condition is made by eq(), all_of() and the like, not from text.")

    def __str__(self):
        return self._text

    def __repr__(self):
        return f"<Condition {self._text}>"

    def __eq__(self, other):
        return self._text == other._text if isinstance(other, Condition) else NotImplemented

    def __hash__(self):
        return hash(self._text)


def _condition(text, compound=False):
    condition = object.__new__(Condition)
    condition._text = text
    condition._compound = compound
    return condition


def field_name(name):
    """Return the name of a property, or ``Navigation/Property``.

    :raises ValueError: when it is anything else.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"not the name of a property: {name!r}")
    return name


def literal(value):
    """Write a value as an OData literal (ch. 3.4).

    :param value: ``UUID``, ``str``, ``bool``, ``int`` (32 bits), :class:`Int64`, ``Decimal``,
        ``date`` or ``datetime`` without a zone: Exact's times are a wall clock (ch. 3.3).
    :raises ValueError: a number out of range, or a time with a zone.
    :raises TypeError: any other type; a float is refused because it is rarely the number meant.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, uuid.UUID):
        return f"guid'{value}'"
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise ValueError("Exact's times have no zone: give a naive datetime")
        return f"datetime'{value.isoformat()}'"
    if isinstance(value, date):
        return f"datetime'{value.isoformat()}T00:00:00'"
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    raise TypeError(f"no OData literal for {type(value).__name__}")


def decimal_text(value):
    """All digits of a ``Decimal``, without an exponent.

    :raises ValueError: when it is not finite, or so large or small that it is no amount and
        writing it out would fill the memory.
    """
    if value.is_finite() and value == 0:
        return "0"
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise ValueError(f"not a number that Exact knows: {value}")
    return format(value, "f")


def _integer(value):
    long = isinstance(value, Int64)
    if value.bit_length() > (63 if long else 31):
        raise ValueError(f"{int(value)} needs Int64" if not long else f"{int(value)} is too large")
    return f"{int(value)}L" if long else str(int(value))


def _compare(operator, field, value):
    return _condition(f"{field_name(field)} {operator} {literal(value)}")


def eq(field, value):
    """``field eq value``."""
    return _compare("eq", field, value)


def ne(field, value):
    """``field ne value``."""
    return _compare("ne", field, value)


def gt(field, value):
    """``field gt value``."""
    return _compare("gt", field, value)


def ge(field, value):
    """``field ge value``."""
    return _compare("ge", field, value)


def lt(field, value):
    """``field lt value``."""
    return _compare("lt", field, value)


def le(field, value):
    """``field le value``."""
    return _compare("le", field, value)


def _text_literal(value):
    if not isinstance(value, str):
        raise TypeError(f"a text is needed, not {type(value).__name__}")
    return literal(value)


def startswith(field, value):
    """The text in ``field`` begins with ``value``."""
    return _condition(f"startswith({field_name(field)},{_text_literal(value)})")


def substringof(value, field):
    """``value`` occurs in the text in ``field``; the order of arguments is OData's."""
    return _condition(f"substringof({_text_literal(value)},{field_name(field)})")


def trimmed_eq(field, value):
    """``trim(field) eq value``: for codes that Exact pads with blanks.

    Compared as they are, an unpadded account code finds nothing, without an error (ch. 3.4).
    """
    return _condition(f"trim({field_name(field)}) eq {_text_literal(value.strip(' '))}")


def _join(word, conditions):
    if not conditions:
        raise ValueError(f"nothing to join with '{word}'")
    for condition in conditions:
        _check(condition)
    if len(conditions) == 1:
        return conditions[0]
    return _condition(f" {word} ".join(_nested(part) for part in conditions), compound=True)


def _check(condition):
    if not isinstance(condition, Condition):
        raise TypeError(f"a condition is needed, not {type(condition).__name__}")


def _nested(condition):
    return f"({condition})" if condition._compound else str(condition)


def all_of(*conditions):
    """Every one of the conditions holds.

    :raises ValueError: when there is none.
    """
    return _join("and", conditions)


def any_of(*conditions):
    """At least one of the conditions holds.

    :raises ValueError: when there is none.
    """
    return _join("or", conditions)


def negate(condition):
    """The condition does not hold."""
    _check(condition)
    return _condition(f"not ({condition})", compound=True)
