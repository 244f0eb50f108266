"""Reads the query options of a request (chapter 3.4)."""

from dataclasses import dataclass, field

from ..errors import syntax_error
from .filters import parse_filter
from .lexer import literal_list

_KNOWN = {
    "$select", "$filter", "$top", "$skip", "$orderby", "$expand", "$inlinecount", "$skiptoken",
    "$format",
}  # fmt: skip


@dataclass
class Query:
    """The options of one GET.

    ``select`` is empty for all properties, ``has_select`` tells whether it was sent; ``filter`` is
    a tree or None; ``token`` holds the literals to go on after, or is None.
    """

    select: list = field(default_factory=list)
    has_select: bool = False
    expand: list = field(default_factory=list)
    filter: object = None
    order: list = field(default_factory=list)
    top: int | None = None
    skip: int = 0
    count: bool = False
    token: list | None = None


def _names(text):
    names = [item.strip() for item in text.split(",")] if text.strip() else []
    if not all(names):
        raise syntax_error()
    return names


def _whole(text):
    if not text.isdecimal() or len(text) > 9:
        raise syntax_error()
    return int(text)


def _orders(text, properties):
    """Return pairs (property, descending)."""
    orders = []
    for item in _names(text):
        name, _, direction = item.partition(" ")
        found = properties.get(name)
        if found is None or not found.is_plain or direction.strip() not in ("", "asc", "desc"):
            raise syntax_error()
        orders.append((name, direction.strip() == "desc"))
    return orders


def _check_names(names, properties, test):
    for name in names:
        found = properties.get(name.partition("/")[0])
        if found is None or not test(found):
            raise syntax_error()


def parse_query(arguments, properties):
    """Return the :class:`Query` of a request.

    :param arguments: the decoded query arguments, name to text
    :param properties: the entity's properties by name
    :raises ApiError: 400 for an unknown option, an unknown property or bad syntax
    """
    if any(name.startswith("$") and name not in _KNOWN for name in arguments):
        raise syntax_error()
    query = Query()
    selected = _names(arguments.get("$select", ""))
    query.has_select = bool(selected)
    query.select = [] if "*" in selected else selected
    query.expand = _names(arguments.get("$expand", ""))
    _check_names(query.select, properties, lambda item: True)
    if any(name not in properties for name in query.expand):
        raise syntax_error()
    _check_names(query.expand, properties, lambda item: item.is_collection)
    if arguments.get("$filter", "").strip():
        query.filter = parse_filter(arguments["$filter"], properties)
    if "$orderby" in arguments:
        query.order = _orders(arguments["$orderby"], properties)
    if "$top" in arguments:
        query.top = _whole(arguments["$top"])
    if "$skip" in arguments:
        query.skip = _whole(arguments["$skip"])
    if "$skiptoken" in arguments:
        query.token = literal_list(arguments["$skiptoken"])
    if arguments.get("$inlinecount", "none") not in ("none", "allpages"):
        raise syntax_error()
    query.count = arguments.get("$inlinecount") == "allpages"
    return query
