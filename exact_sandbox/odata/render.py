"""Writes answers the way WCF Data Services does: CRLF lines and escaped dates (chapter 3.2)."""

import json
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring_ascii


class Raw(str):
    """Text that stands in the answer as it is."""


def plain_number(value):
    """Return a decimal as JSON shows a .NET double: no exponent, no useless zeros."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def milliseconds(moment):
    """Return a zone-less wall clock read as UTC, in ms since the epoch (chapter 3.3)."""
    delta = moment - datetime(1970, 1, 1)
    return (delta.days * 86400 + delta.seconds) * 1000 + delta.microseconds // 1000


def render_value(kind, value):
    """Return what stands in JSON for a value of an Edm type (chapter 3.3)."""
    if value is None:
        return None
    if kind == "DateTime":
        return Raw(f'"\\/Date({milliseconds(value)})\\/"')
    if kind == "Int64":
        return str(value)
    if isinstance(value, Decimal):
        return Raw(plain_number(value))
    return value


@lru_cache(maxsize=4096)
def _quoted(name):
    return encode_basestring_ascii(name)


def _write(value, parts, colon):
    # Most values of a row are null, which is said first: a page can have 165,000 of them.
    if value is None:
        parts.append("null")
    elif isinstance(value, Raw):
        parts.append(value)
    elif isinstance(value, str):
        parts.append(encode_basestring_ascii(value))
    elif isinstance(value, dict):
        _write_items(
            ((f"{_quoted(name)}{colon}", item) for name, item in value.items()), parts, "{}"
        )
    elif isinstance(value, list):
        _write_items((("", item) for item in value), parts, "[]")
    else:
        parts.append(json.dumps(value))


def _write_items(items, parts, brackets):
    parts.append(f"{brackets[0]}\r\n")
    for index, (head, item) in enumerate(items):
        parts.append(f", {head}" if index else head)
        _write(item, parts, ": ")
    parts.append(f"\r\n{brackets[1]}")


def write_json(tree):
    """Return the text of an answer."""
    parts = []
    _write(tree, parts, " : " if isinstance(tree, dict) and "d" in tree else ": ")
    return "".join(parts)


def error_tree(message):
    """Return the shape of all refusals (chapter 3.5)."""
    return {"error": {"code": "", "message": {"lang": "", "value": message}}}
