"""Filters, orders and cuts rows into pages (chapters 3.2 and 3.4)."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from urllib.parse import quote

from ..errors import syntax_error
from .filters import NUMBERS
from .literals import write_literal

_UNQUOTED = "$'(),/*"
_HIGHEST = 2**63 - 1


@dataclass
class Page:
    """One page: ``total`` counts all rows of the filter, ``token`` continues or is None."""

    rows: list
    total: int = 0
    token: str | None = None
    top_left: int | None = None


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


def _comparable(value):
    """Return a number that SQLite can compare with whole ones."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if abs(value) < _HIGHEST else _HIGHEST * (1 if value > 0 else -1)


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
    return [_comparable(item.value) for item in query.token]


def _order_of(query, entity_type):
    """Return the order of a query, made complete with the key."""
    order = list(query.order)
    chosen = dict(order)
    return order + [(item.name, False) for item in entity_type.keys if item.name not in chosen]


def _matches(rows, query, value_of):
    """Yield the rows the filter lets through."""
    for row in rows:
        if query.filter is None or query.filter.evaluate(lambda name: value_of(row, name)):  # noqa: B023
            yield row


def make_page(rows, query, entity_type, value_of):
    """Return the page of rows a query asks for.

    A next address is given whenever a page is full, also when nothing follows: an exactly full
    last page leads to an empty one (chapter 3.4). ``$top`` within a page switches paging off.

    :param value_of: gives the value of a property of a row
    """
    rows = list(_matches(rows, query, value_of))
    total = len(rows)
    order = _order_of(query, entity_type)
    rows = _sorted(rows, order, value_of)
    if query.token is not None:
        token = _token_values(query, order, entity_type)
        rows = [row for row in rows if _is_after(row, order, token, value_of)]
    else:
        rows = rows[query.skip :]
    return _cut(rows, total, query, order, entity_type, value_of)


def in_key_order(query, entity_type):
    """Whether a query wants its rows in the order of their key."""
    return _order_of(query, entity_type) == [(entity_type.key.name, False)]


def stream_page(scan, total, query, entity_type, value_of):
    """Return what :func:`make_page` does, reading no more rows than the page needs.

    :param scan: gives the rows after a key (None: all) in the order of keys
    :param total: how many rows the filter lets through; only shown when the query asks for it
    """
    order = _order_of(query, entity_type)
    token, skip = None, query.skip
    if query.token is not None:
        (token,), skip = _token_values(query, order, entity_type), 0
    size = entity_type.page_size
    if query.top is not None:
        size = min(size, query.top)
    rows = list(islice(_matches(scan(token), query, value_of), skip, skip + size)) if size else []
    return _cut(rows, total, query, order, entity_type, value_of)


def _cut(rows, total, query, order, entity_type, value_of):
    if query.top is not None and query.top <= entity_type.page_size:
        return Page(rows[: query.top], total)
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


def next_address(address, arguments, page, escaped=False):
    """Return the address of the next page: the same query with another ``$skiptoken``.

    :param escaped: write ``%24skiptoken``, which was seen too (chapter 3.4)
    """
    kept = {name: text for name, text in arguments.items() if name not in ("$skiptoken", "$skip")}
    if page.top_left is not None:
        kept["$top"] = str(page.top_left)
    kept["$skiptoken"] = page.token
    pairs = (
        f"{quote(name, safe='$')}={quote(text, safe=_UNQUOTED)}" for name, text in kept.items()
    )
    query = "&".join(pairs)
    if escaped:
        query = query.replace("$skiptoken=", "%24skiptoken=")
    return f"{address}?{query}"
