"""Filters are built from values; nothing in a value can change the filter (ch. 3.4)."""

import re
import uuid
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exact_online import (
    Condition,
    Int64,
    all_of,
    any_of,
    eq,
    ge,
    gt,
    le,
    literal,
    lt,
    ne,
    negate,
    startswith,
    substringof,
    trimmed_eq,
)

GUID = uuid.UUID("71B92B4F-0000-4000-8000-00000000ABCD")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (GUID, "guid'71b92b4f-0000-4000-8000-00000000abcd'"),
        (datetime(2026, 1, 31, 13, 5), "datetime'2026-01-31T13:05:00'"),
        (datetime(2026, 1, 31, 13, 5, 0, 250000), "datetime'2026-01-31T13:05:00.250000'"),
        (date(2026, 1, 31), "datetime'2026-01-31T00:00:00'"),
        (date(987, 1, 3), "datetime'0987-01-03T00:00:00'"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-2147483647, "-2147483647"),
        (Int64(493115), "493115L"),
        (Int64(2**63 - 1), "9223372036854775807L"),
        (Decimal("0.210"), "0.210"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-1E-7"), "-0.0000001"),
        ("O'Neill 100% & Co", "'O''Neill 100% & Co'"),
        ("", "''"),
    ],
)
def test_literals(value, text):
    assert literal(value) == text


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 31, tzinfo=timezone.utc),
        2**31,
        Int64(2**63),
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1E+40"),
    ],
)
def test_values_that_exact_cannot_mean(value):
    with pytest.raises(ValueError):
        literal(value)


@pytest.mark.parametrize("value", [1.5, None, b"x", [1], object(), timedelta(1)])
def test_types_without_a_literal(value):
    with pytest.raises(TypeError):
        literal(value)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_cannot_leave_its_quotes(text):
    written = literal(text)
    assert re.fullmatch(r"'(?:[^']|'')*'", written, re.DOTALL)
    assert written[1:-1].replace("''", "'") == text


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=6))
def test_decimals_keep_their_digits(value):
    assert re.fullmatch(r"-?\d+(\.\d+)?", literal(value))
    assert Decimal(literal(value)) == value


@given(st.datetimes())
def test_times_keep_their_wall_clock(value):
    found = re.fullmatch(r"datetime'(.*)'", literal(value))
    assert datetime.fromisoformat(found[1]) == value


@given(st.uuids())
def test_guids(value):
    assert uuid.UUID(re.fullmatch(r"guid'([0-9a-f-]{36})'", literal(value))[1]) == value


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_int64(value):
    assert literal(Int64(value)) == f"{value}L"


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (eq("InvoiceID", GUID), f"InvoiceID eq guid'{GUID}'"),
        (ne("Status", 50), "Status ne 50"),
        (gt("Timestamp", Int64(5)), "Timestamp gt 5L"),
        (ge("Created", date(2026, 1, 1)), "Created ge datetime'2026-01-01T00:00:00'"),
        (lt("AmountFC", Decimal("9.50")), "AmountFC lt 9.50"),
        (le("A/B", True), "A/B le true"),
        (startswith("Name", "d'A"), "startswith(Name,'d''A')"),
        (substringof("KX-1", "Description"), "substringof('KX-1',Description)"),
        (trimmed_eq("Code", "  25 "), "trim(Code) eq '25'"),
        (all_of(eq("A", 1)), "A eq 1"),
        (all_of(eq("A", 1), eq("B", 2)), "A eq 1 and B eq 2"),
        (any_of(all_of(eq("A", 1), eq("B", 2)), eq("C", 3)), "(A eq 1 and B eq 2) or C eq 3"),
        (all_of(any_of(eq("A", 1), eq("B", 2)), eq("C", 3)), "(A eq 1 or B eq 2) and C eq 3"),
        (negate(any_of(eq("A", 1), eq("B", 2))), "not (A eq 1 or B eq 2)"),
        (all_of(negate(eq("A", 1)), eq("B", 2)), "(not (A eq 1)) and B eq 2"),
    ],
)
def test_conditions(condition, text):
    assert str(condition) == text


@pytest.mark.parametrize(
    "name",
    ["", "A B", "A eq 1 or B", "A'", "1A", "/A", "A/", "A//B", "A)", "Á", "A\n", None, 5],
)
def test_only_names_of_properties(name):
    for make in (eq, ne, gt, ge, lt, le, startswith, trimmed_eq):
        with pytest.raises(ValueError):
            make(name, "x")
    with pytest.raises(ValueError):
        substringof("x", name)


def test_no_condition_from_text():
    with pytest.raises(TypeError):
        Condition()
    with pytest.raises(TypeError):
        all_of(eq("A", 1), "B eq 2")
    with pytest.raises(TypeError):
        any_of("B eq 2")
    with pytest.raises(TypeError):
        negate("B eq 2")


def test_an_empty_choice_is_a_mistake():
    # Otherwise "none of these" would become "all there are".
    with pytest.raises(ValueError):
        any_of()
    with pytest.raises(ValueError):
        all_of()


def test_text_functions_take_texts_only():
    for make in (lambda: startswith("A", 5), lambda: substringof(5, "A")):
        with pytest.raises(TypeError):
            make()


def test_equal_conditions():
    assert eq("A", 1) == eq("A", 1) != eq("A", 2)
    assert len({eq("A", 1), eq("A", 1), ne("A", 1)}) == 2
    assert eq("A", 1) != "A eq 1"
    assert repr(eq("A", 1)) == "<Condition A eq 1>"


OPERATORS = {"eq": eq, "ne": ne, "lt": lt, "gt": gt}
VALUES = st.one_of(st.text(max_size=8).filter(str.isprintable), st.booleans(), st.dates())


@given(
    st.recursive(
        st.tuples(st.sampled_from(sorted(OPERATORS)), VALUES),
        lambda inner: st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=1)),
        max_leaves=8,
    )
)
def test_brackets_and_quotes_balance_in_any_tree(tree):
    def build(node):
        word, part = node
        if word in OPERATORS:
            return OPERATORS[word]("F", part)
        return (all_of if word == "and" else any_of)(*map(build, part))

    bare = re.sub(r"'(?:[^']|'')*'", "", str(build(tree)))
    depth = 0
    for character in bare:
        depth += {"(": 1, ")": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0 and "'" not in bare
