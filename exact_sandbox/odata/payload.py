"""Reads the body of a POST or PUT into typed values (chapters 3.1, 3.3 and 3.5)."""

import json
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation

from ..clock import amsterdam
from ..errors import STREAM, ApiError, conversion_error
from .literals import parse_datetime, parse_guid

_RANGES = {
    "Byte": (0, 255),
    "Int16": (-(2**15), 2**15 - 1),
    "Int32": (-(2**31), 2**31 - 1),
    "Int64": (-(2**63), 2**63 - 1),
}
_NUMBER_LENGTH = 40
_LARGEST_POWER = 12


def stream_error():
    """The body is not what the service can read: 400 (picqer #117, #277)."""
    return ApiError(400, STREAM)


def _read_text(value):
    if not isinstance(value, str):
        raise ValueError(value)
    value.encode()  # half a surrogate pair is no text: UnicodeEncodeError is a ValueError
    return value


def _read_date(value):
    """Read an ISO date without a zone, or month/day/year; ``/Date()/`` is refused (chapter 3.3).

    A closing Z is accepted and the moment moved to Dutch time, which can shift the day.
    """
    text = _read_text(value)
    if text.endswith("Z"):
        moment = parse_datetime(text[:-1]).replace(tzinfo=timezone.utc)
        return amsterdam(moment)
    if "/" in text:
        return datetime.strptime(text, "%m/%d/%Y %H:%M:%S")
    return parse_datetime(text)


def _read_number(value):
    """Read a number, also one written as a text: the README of ossobv posts an InvoiceNumber so."""
    if isinstance(value, str) and len(value) > _NUMBER_LENGTH:
        raise ValueError(value)
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise ValueError(value)
    number = Decimal(value)
    if not number.is_finite() or number.adjusted() > _LARGEST_POWER:
        raise ValueError(value)
    return number


def _read_double(value):
    """Read a number as precise as a double is, written as short as that can be."""
    return Decimal(repr(float(_read_number(value))))


def _read_boolean(value):
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


_READERS = {
    "String": _read_text,
    "Binary": _read_text,
    "Guid": lambda value: parse_guid(_read_text(value)),
    "DateTime": _read_date,
    "Double": _read_double,
    "Boolean": _read_boolean,
}


def _read_whole(kind, value):
    number = _read_number(value)
    low, high = _RANGES[kind]
    if number != number.to_integral_value() or not low <= number <= high:
        raise ValueError(value)
    return int(number)


def read_value(name, kind, value):
    """Return the typed value of a property; null stays null.

    :raises ApiError: 500 with Exact's conversion text
    """
    if value is None:
        return None
    try:
        if kind in _RANGES:
            return _read_whole(kind, value)
        return _READERS[kind](value)
    except (ValueError, InvalidOperation, OverflowError):
        # OverflowError: a moment that Dutch time has in another year than 1 to 9999.
        raise conversion_error(name, kind) from None


def parse_body(data):
    """Return the JSON object of a body, decimals kept exact.

    :raises ApiError: 400 when the body is no JSON object
    """
    try:
        body = json.loads(data.decode("utf-8"), parse_float=Decimal)
    except (ValueError, InvalidOperation, RecursionError):
        raise stream_error() from None
    if not isinstance(body, dict):
        raise stream_error()
    return body


def _read_collection(value, inner_type, method, refuse_read_only):
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise stream_error()
    if inner_type is None:
        raise stream_error()
    return [read_payload(item, inner_type, method, {}, refuse_read_only) for item in value]


def read_payload(body, entity_type, method, inner_types, refuse_read_only=False):
    """Return typed values by property of a body.

    :param method: POST or PUT; a property that may not be sent with it is skipped or refused
    :param inner_types: the entity types of nested collections by property name
    :raises ApiError: 400 for an unknown property, 500 for a value of the wrong type
    """
    values = {}
    for name, value in body.items():
        if name == "__metadata":
            continue
        known = entity_type.properties.get(name)
        if known is None:
            raise ApiError(
                400,
                f"Error processing request stream. The property name '{name}' specified for type "
                f"'{entity_type.type_name}' is not valid.",
            )
        if method not in known.methods:
            if refuse_read_only:
                raise ApiError(400, f"Error processing request stream. '{name}' is read only.")
        elif known.is_collection:
            values[name] = _read_collection(
                value, inner_types.get(name), method, refuse_read_only
            )  # fmt: skip
        elif known.is_plain:
            values[name] = read_value(name, known.type, value)
    return values
