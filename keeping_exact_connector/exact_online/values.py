"""From Exact's JSON to Python's values and back (API reference ch. 3.2, 3.3)."""

import json
import math
import re
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

from .errors import UnexpectedAnswer
from .odata import Int64, decimal_text

_DATE = re.compile(r"/Date\((-?\d{1,18})\)/")
_EPOCH = datetime(1970, 1, 1)

# Properties of type Double that hold money, hours or a share of them; no Int has such a name in
# the entities of the reference (ch. 4, exact-entities.json). Exact writes 100 for 100.00.
_AMOUNT = re.compile(
    r"Amount(?!Precision)|Balance|Budgeted|Capital$|Cost$|CostPrice|^CreditLine"
    r"|^Discount(?:Sales|Purchase)?$|Percentage|Price(?!Precision)|Quantity|Rate(?:FC)?$|^Stock$"
)


def parse(body):
    """Parse the bytes of a JSON document; numbers with a fraction become ``Decimal``.

    :raises UnexpectedAnswer: when it is no JSON, or JSON that no honest server sends.
    """
    try:
        return json.loads(
            body.decode("utf-8-sig"), parse_float=_number, parse_constant=_no_constant
        )
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise UnexpectedAnswer(f"The answer is not JSON ({type(error).__name__}).") from None


def _number(text):
    number = Decimal(text)
    # No Double is larger or smaller; as a whole number 1e9999999 takes hours and the memory.
    if number and abs(number.adjusted()) > 400:
        raise ValueError("a number that no Double can be")
    return number


def _no_constant(name):
    raise ValueError(f"{name} is not JSON")


def decode(value):
    """Turn a parsed JSON value of Exact into plain Python values.

    - ``/Date(ms)/`` → naive ``datetime``: a wall clock without a zone (ch. 3.3);
    - Double → ``Decimal``; one that is no amount, price, quantity or percentage and that Exact
      wrote without a fraction stays ``int``;
    - texts without the blanks that Exact pads codes with;
    - an expanded collection ``{"results": […]}`` → list; ``__metadata`` and collections that
      were not expanded (``__deferred``) are left out (ch. 3.2).

    Int64 stays the text that Exact sends: nothing in the answer tells it from other texts.

    :raises UnexpectedAnswer: a date that no calendar has, or a collection cut into pages.
    """
    try:
        return _decode(value)
    except RecursionError:
        raise UnexpectedAnswer("The answer is nested too deep.") from None


def _decode(value):
    if isinstance(value, str):
        return _decode_text(value)
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if isinstance(value, dict):
        return _decode_object(value)
    return value


def _decode_object(value):
    if isinstance(value.get("results"), list):
        if value.get("__next"):
            # Taking the first part for the whole would lose invoice lines without a word.
            raise UnexpectedAnswer("An expanded collection is cut into pages.")
        return _decode(value["results"])
    return {
        key: Decimal(item) if type(item) is int and _AMOUNT.search(key) else _decode(item)
        for key, item in value.items()
        if key != "__metadata" and not (isinstance(item, dict) and "__deferred" in item)
    }


def _decode_text(value):
    found = _DATE.fullmatch(value)
    if not found:
        return value.strip(" ")
    try:
        return _EPOCH + timedelta(milliseconds=int(found[1]))
    except OverflowError:
        raise UnexpectedAnswer("The answer has a date that no calendar has.") from None


def fraction(value):
    """A percentage as a fraction: 0.21 and 21 both mean ``Decimal("0.21")``.

    Percentages of Exact are fractions; one client saw whole numbers too (ch. 3.3, 10). Up to 1
    it is taken for a fraction, for that is the documented form. A whole number of at most 1 %
    cannot be told from it: there is no such VAT rate in the Netherlands and Belgium.

    :param value: an ``int`` or ``Decimal`` from :func:`decode`; ``None`` stays ``None``.
    :raises ValueError: below 0 or above 100.
    """
    if value is None:
        return None
    if isinstance(value, (bool, float)):
        raise TypeError(f"a percentage is an int or a Decimal, not {type(value).__name__}")
    number = Decimal(value)
    if not 0 <= number <= 100:
        raise ValueError(f"not a percentage: {value}")
    return number if number <= 1 else number / 100


def encode(payload):
    """Write a payload as JSON text, as Exact takes it (ch. 3.3).

    ``Decimal`` becomes a number with exactly its digits, ``date`` and ``datetime`` ISO text
    without a zone (``/Date()/`` is refused on input, a zone can shift the day), ``UUID`` its
    text, :class:`~.odata.Int64` a quoted number.

    :raises ValueError: a number that is not finite, or a time with a zone.
    :raises TypeError: a type that has no form in JSON, or a key that is no text.
    """
    if payload is None or isinstance(payload, (bool, str)):
        return json.dumps(payload)
    if isinstance(payload, dict):
        return "{" + ", ".join(_encode_item(*item) for item in payload.items()) + "}"
    if isinstance(payload, (list, tuple)):
        return "[" + ", ".join(encode(item) for item in payload) + "]"
    if isinstance(payload, (date, datetime, uuid.UUID)):
        return json.dumps(_encode_named(payload))
    return _encode_number(payload)


def _encode_item(key, value):
    if not isinstance(key, str):
        raise TypeError(f"a property has a name, not {key!r}")
    return f"{json.dumps(key)}: {encode(value)}"


def _encode_named(value):
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        raise ValueError("Exact's times have no zone: give a naive datetime")
    return value.isoformat()


def _encode_number(value):
    if isinstance(value, Int64):
        return f'"{int(value)}"'
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"not a number that Exact knows: {value}")
        return repr(float(value))
    raise TypeError(f"no JSON for {type(value).__name__}")
