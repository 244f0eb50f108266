"""Dates, decimals, blanks and envelopes (ch. 3.2, 3.3)."""

import json
import re
import uuid
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exact_online import Int64, UnexpectedAnswer
from exact_online.values import decode, encode, parse

ROOT = Path(__file__).resolve().parents[2]
ENTITIES = json.loads((ROOT / "exact_sandbox" / "exact-entities.json").read_text())["entities"]
# Doubles that are neither money nor hours nor shares of them.
NO_AMOUNT = re.compile(
    "Count$|itude$|Weight$|^Statistical(?!Quantity)|^FreeNumberField|Offset$|FileSize|Precision$"
)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("/Date(1351209600000)/", datetime(2012, 10, 26)),  # a date in an official fixture
        ("/Date(1731320070997)/", datetime(2024, 11, 11, 10, 14, 30, 997000)),
        ("/Date(0)/", datetime(1970, 1, 1)),
        ("/Date(-1)/", datetime(1969, 12, 31, 23, 59, 59, 999000)),
        ("/Date(-2208988800000)/", datetime(1900, 1, 1)),
        ("/Date(-62135596800000)/", datetime(1, 1, 1)),
        ("/Date(253402300799000)/", datetime(9999, 12, 31, 23, 59, 59)),
    ],
)
def test_dates_have_no_zone(text, moment):
    assert decode(text) == moment
    assert decode(text).tzinfo is None


@pytest.mark.parametrize("ms", [253402300800000, -62135596800001, 10**17, -(10**18) + 1])
def test_a_date_that_no_calendar_has(ms):
    with pytest.raises(UnexpectedAnswer):
        decode({"Created": f"/Date({ms})/"})


@pytest.mark.parametrize(
    "text", ["/Date(1)/ x", "/Date()/", "/Date(1.5)/", "/Date(١)/x", "Date(1)"]
)
def test_texts_that_only_look_like_dates(text):
    assert decode(text) == text


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)))
def test_any_date_to_the_millisecond(moment):
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    ms = (moment - datetime(1970, 1, 1)) // timedelta(milliseconds=1)
    assert decode(f"/Date({ms})/") == moment


@pytest.mark.parametrize(
    ("padded", "text"),
    [
        ("                25", "25"),  # account code, 18 characters
        ("NL ", "NL"),
        ("6  ", "6"),
        ("NL        ", "NL"),
        ("   ", ""),
        ("", ""),
        ("two words", "two words"),
        ("line one\r\n  line two", "line one\r\n  line two"),
        ("\tindented", "\tindented"),
    ],
)
def test_padding_is_taken_off(padded, text):
    assert decode({"Code": padded}) == {"Code": text}


@given(st.text(), st.integers(0, 18), st.integers(0, 18))
def test_padding_of_any_text(text, left, right):
    text = text.strip(" ")
    if not text.startswith("/Date("):
        assert decode(" " * left + text + " " * right) == text


def test_doubles_become_decimals():
    row = decode(parse(b'{"AmountFC": 1.10, "Quantity": 7500, "VATPercentage": 0.21, "X": 1e-3}'))
    assert row == {
        "AmountFC": Decimal("1.10"),
        "Quantity": 7500,
        "VATPercentage": Decimal("0.21"),
        "X": Decimal("0.001"),
    }
    assert not any(isinstance(value, float) for value in row.values())


def test_every_amount_is_a_decimal():
    """Also where Exact writes it without a fraction: 100 / 3 would be a float."""
    text = (
        b'{"AmountFC": 100, "Lines": {"results": [{"Quantity": 2, "NetPrice": 0}]}, "Type": 8020}'
    )
    row = decode(parse(text))
    (line,) = row["Lines"]
    for value in (row["AmountFC"], line["Quantity"], line["NetPrice"]):
        assert isinstance(value, Decimal)
    assert row["AmountFC"] / 3 == Decimal(100) / 3
    assert type(row["Type"]) is int
    assert decode({"Amount": None, "Price": True, "Quantity": " x"}) == {
        "Amount": None,
        "Price": True,
        "Quantity": "x",
    }


def properties(kind):
    """Names of the properties that the reference gives one of these types."""
    for entity in ENTITIES.values():
        for item in entity.get("properties", ()):
            if item["type"].removeprefix("Edm.") in kind:
                yield item["name"]
        for text in entity.get("names", ()):
            name, _colon, found = text.partition(":")
            if found.removeprefix("Edm.").rstrip("*") in kind:
                yield name


def test_amounts_are_told_by_the_names_of_the_reference():
    for name in set(properties({"Double"})):
        if not NO_AMOUNT.search(name):
            assert isinstance(decode({name: 7})[name], Decimal), name
    for name in set(properties({"Int16", "Int32", "Int64", "Byte"})):
        assert type(decode({name: 7})[name]) is int, name


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=12))
def test_decimals_survive_the_way_there_and_back(value):
    assert decode(parse(encode({"A": value}).encode()))["A"] == value


def test_envelopes():
    row = {
        "__metadata": {"uri": "https://…", "type": "Exact.Web.Api.Models.SalesInvoice"},
        "InvoiceID": "0f8f",
        "Lines": {"results": [{"__metadata": {}, "Item": " x "}, {"Item": None}]},
        "Bare": [{"Item": "y"}],
        "Empty": {"results": []},
        "BankAccounts": {"__deferred": {"uri": "https://…"}},
        "Nested": {"Code": "  1"},
        "Flag": True,
        "Nothing": None,
    }
    assert decode(row) == {
        "InvoiceID": "0f8f",
        "Lines": [{"Item": "x"}, {"Item": None}],
        "Bare": [{"Item": "y"}],
        "Empty": [],
        "Nested": {"Code": "1"},
        "Flag": True,
        "Nothing": None,
    }


def test_a_collection_in_pages_is_not_taken_for_the_whole():
    with pytest.raises(UnexpectedAnswer):
        decode({"Lines": {"results": [{"ID": 1}], "__next": "https://…"}})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"<html></html>",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b"\xff\xfe{}",
        b'{"a": 1e99999999999999999999}',
        b"[" * 200_000,
        b"9" * 10_000,
    ],
)
def test_bodies_that_are_no_answer(body):
    try:
        parse(body)
    except UnexpectedAnswer as error:
        assert error.took_effect is False
    else:
        # Python 3.10 and 3.11 before their security releases read integers of any length.
        assert body.isdigit()


def test_a_byte_order_mark_is_no_harm():
    assert parse(b'\xef\xbb\xbf{"d": []}') == {"d": []}


def test_deep_nesting_in_values():
    value = {"x": 1}
    for _level in range(200_000):
        value = {"x": value}
    with pytest.raises(UnexpectedAnswer):
        decode(value)
    while isinstance(value, dict):  # else freeing it would overflow the stack in old Pythons
        value = value["x"]


def test_payloads():
    guid = uuid.uuid4()
    payload = {
        "OrderedBy": guid,
        "OrderDate": date(2026, 1, 31),
        "StartTime": datetime(2026, 1, 31, 9, 30),
        "Discount": Decimal("0.05"),
        "Big": Decimal("1E+3"),
        "Zero": Decimal("0E-99999"),
        "Type": 8020,
        "Timestamp": Int64(5),
        "Half": 0.5,
        "Flag": True,
        "Nothing": None,
        "Description": 'Straße "7"\r\n\u2028',
        "SalesInvoiceLines": [{"Quantity": Decimal("1.10")}, {}],
        "Pair": (1, 2),
    }
    text = encode(payload)
    assert '"Quantity": 1.10' in text and '"Big": 1000,' in text
    assert json.loads(text) == {
        "OrderedBy": str(guid),
        "OrderDate": "2026-01-31",
        "StartTime": "2026-01-31T09:30:00",
        "Discount": 0.05,
        "Big": 1000,
        "Zero": 0,
        "Type": 8020,
        "Timestamp": "5",
        "Half": 0.5,
        "Flag": True,
        "Nothing": None,
        "Description": payload["Description"],
        "SalesInvoiceLines": [{"Quantity": 1.1}, {}],
        "Pair": [1, 2],
    }


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("-Infinity"),
        Decimal("1E+99"),
        datetime(2026, 1, 1, tzinfo=timezone.utc),
    ],
)
def test_payloads_that_are_refused(value):
    with pytest.raises(ValueError):
        encode({"Lines": [{"A": value}]})


@pytest.mark.parametrize("value", [{1: 2}, {"a": object()}, {"a": {1, 2}}, {"a": b"x"}])
def test_payloads_without_a_form_in_json(value):
    with pytest.raises(TypeError):
        encode(value)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, width=32).filter(lambda value: abs(value) < 1e30),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(JSON)
def test_what_is_encoded_is_json(value):
    assert json.loads(encode(value)) == value
