"""Cuts filters, keys and skip tokens into tokens."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ..errors import syntax_error
from .literals import parse_datetime, parse_guid

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<prefixed>(?:guid|datetime|datetimeoffset|time|binary|X)'(?:[^']|'')*')
    |(?P<string>'(?:[^']|'')*')
    |(?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[lLmMdDfF]?(?![\w.]))
    |(?P<name>[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*)
    |(?P<mark>[(),])""",
    re.VERBOSE,
)
_LARGEST_POWER = 308
_WORDS = {"true": ("Boolean", True), "false": ("Boolean", False), "null": ("Null", None)}


@dataclass(frozen=True)
class Token:
    """A piece of an expression: ``kind`` is literal, name, mark or end."""

    kind: str
    text: str
    position: int
    type: str = ""
    value: object = None


def _prefixed(text, position):
    prefix, _, quoted = text.partition("'")
    inner = quoted[:-1].replace("''", "'")
    readers = {"guid": ("Guid", parse_guid), "datetime": ("DateTime", parse_datetime)}
    if prefix not in readers:
        raise syntax_error()
    kind, read = readers[prefix]
    try:
        return Token("literal", text, position, kind, read(inner))
    except ValueError:
        raise _unrecognized(kind, text, position) from None


def _fits(digits, bits):
    return len(digits) < 25 and -(2**bits) <= int(digits) < 2**bits


def _unrecognized(kind, text, position):
    return syntax_error(f"Unrecognized 'Edm.{kind}' literal '{text}' in '{position}'.")


def _fraction(kind, digits, text, position):
    """Return the value of a number that is not whole; a double ends at about 1e308."""
    try:
        value = Decimal(digits)
    except InvalidOperation:
        raise _unrecognized(kind, text, position) from None
    if abs(value.adjusted()) > _LARGEST_POWER:
        raise _unrecognized(kind, text, position)
    return value


def _number(text, position):
    digits = text.rstrip("lLmMdDfF")
    suffix = text[len(digits) :].lower()
    whole = digits.lstrip("-").isdigit()
    if suffix not in ("", "l") or not (whole or suffix):
        kind = {"m": "Decimal", "f": "Single"}.get(suffix, "Double")
        return Token("literal", text, position, kind, _fraction(kind, digits, text, position))
    if not whole or not _fits(digits, 63):
        raise _unrecognized("Int64", text, position)
    kind = "Int64" if suffix or not _fits(digits, 31) else "Int32"
    return Token("literal", text, position, kind, int(digits))


def _word(text, position):
    if text in _WORDS:
        return Token("literal", text, position, *_WORDS[text])
    return Token("name", text, position)


_MAKERS = {
    "prefixed": _prefixed,
    "number": _number,
    "name": _word,
    "string": lambda text, at: Token("literal", text, at, "String", text[1:-1].replace("''", "'")),
    "mark": lambda text, at: Token("mark", text, at),
}


def tokenize(text):
    """Return the tokens of an expression, closed by one of kind ``end``.

    :raises ApiError: 400 when the text holds something that is no token
    """
    tokens, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match:
            raise syntax_error()
        if match.lastgroup != "space":
            tokens.append(_MAKERS[match.lastgroup](match.group(), position))
        position = match.end()
    return [*tokens, Token("end", "", len(text))]


_NAMED = re.compile(r"(\w+)=((?:guid)?'(?:[^']|'')*'|-?\w+)(?:,|\Z)")


def named_literals(text, names):
    """Return the values of a key of several parts: ``Journal='70',Period=1,Year=2026``.

    :param names: the parts, in the order in which the values are returned
    :raises ApiError: 400 when other parts are given
    """
    found = dict(_NAMED.findall(text))
    if _NAMED.sub("", text) or set(found) != set(names):
        raise syntax_error()
    return [literal_list(found[name])[0] for name in names]


def literal_list(text):
    """Return the values of a comma-separated list of literals: a key or a skip token."""
    tokens = tokenize(text)
    values = tokens[0:-1:2]
    commas = tokens[1:-1:2]
    well_formed = (
        len(tokens) % 2 == 0
        and all(item.kind == "literal" for item in values)
        and all(item.text == "," for item in commas)
    )
    if not well_formed:
        raise syntax_error()
    return values
