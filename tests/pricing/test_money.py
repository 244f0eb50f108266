"""Amounts: rounded, spread, and as quantity times price."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pricing.money import fit, fit_rate, round_half_up, spread, to_decimal

cents = st.integers(-10_000_000, 10_000_000).map(lambda value: Decimal(value).scaleb(-2))
hours = st.integers(-6000, 60_000).map(lambda minutes: Fraction(minutes, 60))
rates = st.integers(0, 200_000).map(lambda value: Decimal(value).scaleb(-2))


@pytest.mark.parametrize(
    ("value", "digits", "rounded"),
    [
        ("0.005", 2, "0.01"),
        ("-0.005", 2, "-0.01"),
        ("2.675", 2, "2.68"),
        ("0.0049", 2, "0.00"),
        ("1234.5", 0, "1235"),
    ],
)
def test_a_half_is_rounded_away_from_zero(value, digits, rounded):
    assert round_half_up(Decimal(value), digits) == Decimal(rounded)


@given(cents, st.lists(st.integers(0, 100_000), min_size=1, max_size=30))
def test_parts_add_up_to_the_cent(total, weights):
    parts = spread(total, weights)
    assert len(parts) == len(weights)
    assert sum(parts) == total
    assert all(part == round_half_up(part) for part in parts)


@given(cents, st.lists(st.integers(1, 100_000), min_size=1, max_size=30))
def test_only_the_largest_bears_the_rest(total, weights):
    parts = spread(total, weights)
    largest = weights.index(max(weights))
    whole = sum(weights)
    for position, (part, weight) in enumerate(zip(parts, weights, strict=True)):
        if position != largest:
            assert part == round_half_up(Fraction(total) * weight / whole)


def test_what_weighs_nothing_leaves_all_to_the_first():
    assert spread(Decimal("10.00"), [0, 0]) == [Decimal("10.00"), 0]
    assert spread(Decimal("10.00"), []) == []


@pytest.mark.parametrize(
    ("minutes", "rate", "quantity", "price", "amount"),
    [
        (90, "95", "1.50", "95", "142.50"),
        (15, "100", "0.25", "100", "25.00"),
        # 0.17 × 90 would be 15.30
        (10, "90", "1", "15.00", "15.00"),
        (20, "75", "1", "25.00", "25.00"),
        # a price with more decimals than an invoice shows
        (60, "87.125", "1", "87.13", "87.13"),
        (0, "95", "1", "0.00", "0.00"),
        (-30, "95", "-0.50", "95", "-47.50"),
        (60, "0", "1.00", "0", "0.00"),
    ],
)
def test_hours_at_a_rate(minutes, rate, quantity, price, amount):
    found = fit_rate(Fraction(minutes, 60), Decimal(rate))
    assert (found.quantity, found.unit_price, found.amount) == tuple(
        map(Decimal, (quantity, price, amount))
    )
    assert found.whole == (found.quantity == 1 and minutes != 60 or rate == "87.125")


@pytest.mark.parametrize(
    ("hours", "amount", "quantity", "price"),
    [
        # 7.25 × 137.93 would be 999.99
        ("7.25", "1000", "1", "1000"),
        ("8", "1000", "8", "125"),
        ("0", "250", "1", "250"),
        ("3", "100", "1", "100"),
    ],
)
def test_hours_at_an_amount(hours, amount, quantity, price):
    found = fit(Fraction(hours), Decimal(amount))
    assert (found.quantity, found.unit_price) == (Decimal(quantity), Decimal(price))
    assert found.amount == Decimal(amount)


@given(hours, rates, st.sampled_from([0, 2, 3]))
def test_quantity_times_price_is_the_amount_of_hours_at_a_rate(entered, rate, digits):
    found = fit_rate(entered, rate, digits)
    assert round_half_up(found.quantity * found.unit_price, digits) == found.amount
    assert found.amount == round_half_up(entered * Fraction(rate), digits)


@given(hours, cents)
def test_quantity_times_price_is_the_amount_that_was_agreed(entered, amount):
    found = fit(entered, amount)
    assert round_half_up(found.quantity * found.unit_price) == found.amount == amount
    if not found.whole:
        assert found.quantity == round_half_up(entered)


@given(hours, rates)
def test_quantity_and_price_have_the_decimals_that_an_invoice_shows(entered, rate):
    found = fit_rate(entered, rate)
    assert found.quantity == round_half_up(found.quantity)
    assert found.unit_price == round_half_up(found.unit_price)


@pytest.mark.parametrize(
    ("value", "digits", "decimal"), [(0.1, 2, "0.1"), (87.125, 4, "87.125"), (1e-7, 4, "0")]
)
def test_floats_of_odoo_become_what_was_typed(value, digits, decimal):
    assert to_decimal(value, digits) == Decimal(decimal)
