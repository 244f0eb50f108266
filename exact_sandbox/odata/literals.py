"""Text of OData literals, both ways (chapter 3.4)."""

import re
from datetime import datetime
from decimal import Decimal

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_DATE_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%d %H:%M:%S",
)


def parse_guid(text):
    """Return a GUID in lower case without braces; ValueError when it is none."""
    bare = text[1:-1] if text.startswith("{") and text.endswith("}") else text
    if not _GUID.match(bare):
        raise ValueError(text)
    return bare.lower()


def parse_datetime(text):
    """Return a zone-less datetime for an ISO date or date and time; ValueError otherwise."""
    head, dot, fraction = text.partition(".")
    if dot and fraction.isdigit():
        text = f"{head}.{fraction[:6]}"
    for pattern in _DATE_FORMATS:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    raise ValueError(text)


def write_literal(kind, value):
    """Return the literal of a value of an Edm type, as it stands in addresses and skip tokens."""
    if value is None:
        return "null"
    if kind == "Guid":
        return f"guid'{value}'"
    if kind == "DateTime":
        return f"datetime'{value.isoformat()}'"
    if kind == "Int64":
        return f"{value}L"
    if kind == "Boolean":
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    return "'" + str(value).replace("'", "''") + "'"
