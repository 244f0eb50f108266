"""Which lines of a credit note belong to which lines of an invoice: a proposal, without Odoo."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.crediting import Line, credit_lines, match


def ours(key, amount, item="hours", text="Website", quantity=1):
    amount = Decimal(amount)
    return Line(key, amount, item, Decimal(quantity), amount / Decimal(quantity), text)


@pytest.mark.parametrize(
    ("kind", "amounts", "credited"),
    [
        (8021, (-100, -50), [100, 50]),
        (8021, (100, 50), [100, 50]),
        (8021, (-100, 20), [100, -20]),
        (8021, (400, -50), [400, -50]),
        (8020, (300, -50), [50]),
        (8020, (300, 50), []),
        (21, (-10,), [10]),
        (21, (), []),
    ],
)
def test_what_a_document_credits(kind, amounts, credited):
    rows = [{"ID": number, "AmountFC": Decimal(amount)} for number, amount in enumerate(amounts)]
    assert [line.amount for line in credit_lines(rows, kind)] == credited


def test_same_line_goes_before_same_text():
    one, other = ours(1, 100, text="Website and more"), ours(2, 200, text="Website", quantity=2)
    found = match([one, other], [ours("x", 200, text="Website and more", quantity=2)])
    assert found.credited == {2: 200}


def test_equal_lines_are_each_credited_once():
    found = match([ours(1, 100), ours(2, 100)], [ours("x", 100), ours("y", 100)])
    assert found.credited == {1: 100, 2: 100}
    assert found.left == 0


def test_what_fits_no_line_is_left():
    found = match([ours(1, 100)], [ours("x", 40, item="books", text="Handbook")])
    assert (found.credited, found.left) == ({}, 40)


def test_more_than_the_line_is_left():
    found = match([ours(1, 100)], [ours("x", 130)])
    assert (found.credited, found.left) == ({1: 100}, 30)


def test_a_line_that_went_the_other_way_is_credited_as_such():
    mine = [ours(1, 400, quantity=4), Line(2, Decimal(-50), "hours", Decimal("0.5"), Decimal(100))]
    theirs = [
        ours("x", 400, quantity=4),
        Line("y", Decimal(-50), "hours", Decimal("0.5"), Decimal(100)),
    ]
    found = match(mine, theirs)
    assert found.credited == {1: 400, 2: -50}
    assert found.left == 0


amounts = st.decimals("-500", "500", places=2).filter(bool)
lines = st.lists(
    st.builds(
        ours,
        st.integers(),
        amounts,
        st.sampled_from(("hours", "travel", "")),
        st.sampled_from(("Website", "Advice", "")),
    ),
    max_size=6,
    unique_by=lambda line: line.key,
)


@given(lines, lines)
def test_nothing_is_lost_and_no_line_is_credited_beyond_what_is_left(mine, theirs):
    found = match(mine, theirs)
    assert sum(found.credited.values()) + found.left == sum(line.amount for line in theirs)
    assert all(abs(found.credited.get(line.key, 0)) <= abs(line.amount) for line in mine)
