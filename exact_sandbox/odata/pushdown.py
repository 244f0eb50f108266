"""Says filters in SQL, as far as that goes, so that the database need not give out every row.

What it says is never narrower than the filter: rows it lets through are still tried one by one.
"""

from dataclasses import dataclass
from datetime import datetime

from .filters import Call, Compare, Constant, Field, Logic

_SIGNS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_FLIPPED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
_WHOLE = {"Byte", "Int16", "Int32", "Int64"}
_TEXTS = {"String", "Guid"}


@dataclass(frozen=True)
class Condition:
    """A condition on stored rows.

    :param sql: an expression for a WHERE clause
    :param values: its parameters
    :param exact: whether it lets through what the filter does and nothing else
    """

    sql: str
    values: tuple = ()
    exact: bool = True


def _compare(node, column):
    left, right, sign = node.left, node.right, node.operator
    if isinstance(left, Constant):
        left, right, sign = right, left, _FLIPPED.get(sign, sign)
    if isinstance(left, Call):
        return _compare_call(left, right, sign, column)
    place = column(left.name) if isinstance(left, Field) else None
    if place is None:
        return None
    if right.value is None:
        return Condition(f"{place} IS {'NOT ' if sign == 'ne' else ''}NULL")
    value = _stored(left.type, right.value)
    if value is None:
        return None
    if sign in ("eq", "ne"):
        return Condition(f"{place} {'=' if sign == 'eq' else 'IS NOT'} ?", (value,))
    return Condition(f"{place} {_SIGNS[sign]} ?", (value,))


def _stored(kind, value):
    """Return a constant as a row stores it; None when that cannot be compared in SQL."""
    if kind == "DateTime" and isinstance(value, datetime):
        return value.isoformat()
    fits = (
        (kind in _TEXTS and isinstance(value, str))
        or (kind in _WHOLE and type(value) is int)
        or (kind == "Boolean" and isinstance(value, bool))
    )
    return value if fits else None


def _compare_call(call, constant, sign, column):
    """A test that must be true, or ``trim(Code) eq '25'``, which holds the text somewhere."""
    if call.type == "Boolean":
        return _call(call, column) if sign == "eq" and constant.value is True else None
    inner = call.arguments[0]
    place = column(inner.name) if isinstance(inner, Field) else None
    if place is None or sign != "eq" or not isinstance(constant.value, str):
        return None
    return Condition(f"instr({place}, ?) > 0", (constant.value,), exact=False)


def _call(node, column):
    text, part = node.arguments
    if node.name == "substringof":
        text, part = part, text
    place = column(text.name) if isinstance(text, Field) else None
    usable = isinstance(part, Constant) and isinstance(part.value, str) and "\0" not in part.value
    if place is None or not usable:
        return None
    if node.name == "startswith":
        return Condition(f"substr({place}, 1, ?) = ?", (len(part.value), part.value))
    return Condition(f"instr({place}, ?) > 0", (part.value,), node.name == "substringof")


def _logic(node, column):
    parts = [to_sql(part, column) for part in node.parts]
    if node.operator == "not":
        (part,) = parts
        if part is None or not part.exact:
            return None
        # Null is neither in SQL; here what is not true is false (see filters.py).
        return Condition(f"NOT coalesce(({part.sql}), 0)", part.values)
    known = [part for part in parts if part is not None]
    if not known or (node.operator == "or" and len(known) < len(parts)):
        return None
    return Condition(
        "(" + f" {node.operator.upper()} ".join(part.sql for part in known) + ")",
        tuple(value for part in known for value in part.values),
        len(known) == len(parts) and all(part.exact for part in known),
    )


def to_sql(node, column):
    """Return the :class:`Condition` of a filter, or None when nothing of it can be said.

    :param node: a tree of :mod:`.filters`
    :param column: gives the SQL of a property by name, None for one that is not stored
    """
    makers = {Compare: _compare, Logic: _logic}
    if isinstance(node, Call) and node.type == "Boolean":
        return _call(node, column)
    maker = makers.get(type(node))
    return maker(node, column) if maker else None
