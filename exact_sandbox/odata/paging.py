"""Filters, orders and cuts rows into pages (chapters 3.2 and 3.4)."""

from dataclasses import dataclass
from urllib.parse import quote

from ..errors import syntax_error
from .filters import NUMBERS
from .literals import write_literal

_UNQUOTED = "$'(),/*"


@dataclass
class Page:
    """One page: ``total`` counts all rows of the filter, ``token`` continues or is None."""

    rows: list
    total: int
    token: str | None
    top_left: int | None


def _null_first(value):
    return (value is not None, value)


def _sorted(rows, order, value_of):
    """Sort by several properties, each in its own direction; nulls come first."""
    for name, descending in reversed(order):
        rows = sorted(
            rows, key=lambda row, name=name: _null_first(value_of(row, name)), reverse=descending
        )  # fmt: skip
    return rows


def _is_after(row, order, token, value_of):
    """Whether a row comes after the row a skip token was made of."""
    for (name, descending), last in zip(order, token, strict=True):
        mine, other = _null_first(value_of(row, name)), _null_first(last)
        if mine != other:
            return (mine < other) if descending else (mine > other)
    return False


def _token_values(query, order, entity_type):
    """Return the values of a skip token, one for each property of the order.

    :raises ApiError: 400 when number or types do not fit
    """
    if len(query.token) != len(order):
        raise syntax_error()
    for item, (name, _) in zip(query.token, order, strict=True):
        kind = entity_type.properties[name].type
        if item.type not in (kind, "Null") and not {item.type, kind} <= NUMBERS:
            raise syntax_error()
    return [item.value for item in query.token]


def make_page(rows, query, entity_type, value_of):
    """Return the page of rows a query asks for.

    A next address is given whenever a page is full, also when nothing follows: an exactly full
    last page leads to an empty one (chapter 3.4). ``$top`` within a page switches paging off.

    :param value_of: gives the value of a property of a row
    """
    if query.filter is not None:
        rows = [
            row for row in rows if query.filter.evaluate(lambda name, row=row: value_of(row, name))
        ]
    total = len(rows)
    order = [*query.order, (entity_type.key.name, False)]
    rows = _sorted(rows, order, value_of)
    if query.token is not None:
        token = _token_values(query, order, entity_type)
        rows = [row for row in rows if _is_after(row, order, token, value_of)]
    else:
        rows = rows[query.skip :]
    if query.top is not None and query.top <= entity_type.page_size:
        return Page(rows[: query.top], total, None, None)
    return _full_page(rows, total, query, order, entity_type, value_of)


def _full_page(rows, total, query, order, entity_type, value_of):
    size = entity_type.page_size
    page = rows[:size]
    token = None
    if len(page) == size:
        token = ",".join(
            write_literal(entity_type.properties[name].type, value_of(page[-1], name))
            for name, _ in order
        )
    return Page(page, total, token, None if query.top is None else query.top - size)


def next_address(address, arguments, page):
    """Return the address of the next page: the same query with another ``$skiptoken``."""
    kept = {name: text for name, text in arguments.items() if name not in ("$skiptoken", "$skip")}
    if page.top_left is not None:
        kept["$top"] = str(page.top_left)
    kept["$skiptoken"] = page.token
    pairs = (
        f"{quote(name, safe='$')}={quote(text, safe=_UNQUOTED)}" for name, text in kept.items()
    )
    return f"{address}?{'&'.join(pairs)}"
