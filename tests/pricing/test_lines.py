"""Every way to price × rounding × method × level: hours and cents add up."""

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pricing.hours import LEVELS, METHODS, MINUTES, Rounding
from pricing.lines import MODES, PRICED_BY_HAND, Entry, Pricing, make_lines
from pricing.money import round_half_up

# Minutes of each entry, by what one line stands for; awkward ones on purpose.
WORK = {
    "design": (10, 50, 95, 7),
    "build": (480, 435, 61),
    "advice": (20,),
    "nothing": (0, 0),
}
TABLE = list(itertools.product(MODES, MINUTES, METHODS, LEVELS))


def _entries(rates=("95", "87.5", "110")):
    number = itertools.count(1)
    return [
        Entry(next(number), group, Fraction(minutes, 60), Decimal(rates[position % len(rates)]))
        for group, entries in WORK.items()
        for position, minutes in enumerate(entries)
    ]


def _pricing(mode, minutes=0, method="up", level="entry"):
    return Pricing(mode, Decimal("95"), Decimal("1000"), Rounding(minutes, method, level))


@pytest.mark.parametrize(("mode", "minutes", "method", "level"), TABLE)
def test_hours_and_cents_add_up(mode, minutes, method, level):
    entries = _entries()
    lines = make_lines(entries, _pricing(mode, minutes, method, level))
    assert sorted(entry.id for line in lines for entry in line.entries) == [e.id for e in entries]
    assert sum(line.hours for line in lines) == sum(entry.hours for entry in entries)
    for line in lines:
        assert sum(line.amounts) == line.amount == round_half_up(line.amount)
        assert round_half_up(line.quantity * line.unit_price) == line.amount
        kept = line.kept(line.billed)
        assert sum(kept) == round_half_up(line.billed_hours, 4)
        if minutes and level == "line":
            assert (line.billed_hours * 60) % minutes == 0
    total = sum(line.amount for line in lines)
    if mode == "invoice_amount":
        assert total == Decimal("1000.00")
    elif mode in PRICED_BY_HAND:
        assert total == 0
    else:
        expected = [
            round_half_up(line.billed_hours * Fraction(line.rate)) for line in lines
        ]  # fmt: skip
        assert [line.amount for line in lines] == expected


def test_hours_of_one_group_at_two_rates_are_two_lines():
    entries = [
        Entry(1, "design", Fraction(1), Decimal(90)),
        Entry(2, "design", Fraction(2), Decimal(100)),
        Entry(3, "design", Fraction(3), Decimal(90)),
    ]
    first, second = make_lines(entries, Pricing())
    assert (first.rate, first.hours, first.amount) == (90, 4, 360)
    assert (second.rate, second.hours, second.amount) == (100, 2, 200)


def test_terms_keep_lines_apart():
    entries = [
        Entry(1, "a", Fraction(1), Decimal(90), "high"),
        Entry(2, "a", 1, Decimal(90), "low"),
    ]
    assert len(make_lines(entries, Pricing())) == 2


def test_one_rate_for_the_invoice_does_not_look_at_the_rate_card():
    lines = make_lines(_entries(), _pricing("invoice_rate"))
    assert [line.group for line in lines] == list(WORK)
    assert {line.rate for line in lines} == {Decimal("95")}


def test_an_amount_for_the_whole_goes_by_the_hours_that_are_billed():
    entries = [Entry(1, "a", Fraction(1)), Entry(2, "b", Fraction(3))]
    first, second = make_lines(entries, Pricing("invoice_amount", amount=Decimal("1000")))
    assert (first.amount, second.amount) == (250, 750)
    assert (second.quantity, second.unit_price) == (3, 250)


def test_an_amount_for_hours_of_which_none_is_billed_goes_by_those_entered():
    rounding = Rounding(60, "down", "entry")
    entries = [Entry(1, "a", Fraction(1, 4)), Entry(2, "b", Fraction(3, 4))]
    pricing = Pricing("invoice_amount", amount=Decimal("100"), rounding=rounding)
    first, second = make_lines(entries, pricing)
    assert (first.amount, second.amount) == (25, 75)
    assert (first.quantity, first.unit_price, first.whole) == (1, 25, True)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 2000), st.integers(0, 30_000)),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from(MODES),
    st.sampled_from(MINUTES),
    st.sampled_from(METHODS),
    st.sampled_from(LEVELS),
    st.integers(-1_000_000, 1_000_000),
)
def test_nothing_is_lost_whatever_comes(work, mode, minutes, method, level, amount):
    entries = [
        Entry(position, group, Fraction(spent, 60), Decimal(rate).scaleb(-2))
        for position, (group, spent, rate) in enumerate(work)
    ]
    total = Decimal(amount).scaleb(-2)
    pricing = Pricing(mode, Decimal("87.35"), total, Rounding(minutes, method, level))
    lines = make_lines(entries, pricing)
    assert sum(len(line.entries) for line in lines) == len(entries)
    for line in lines:
        assert sum(line.amounts) == line.amount
        assert round_half_up(line.quantity * line.unit_price) == line.amount
    if mode == "invoice_amount":
        assert sum(line.amount for line in lines) == total


def test_an_unknown_way_to_price_is_refused():
    with pytest.raises(ValueError):
        Pricing("by_heart")
