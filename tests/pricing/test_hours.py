"""Hours as they stand on a timesheet, and what is billed of them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pricing.hours import LEVELS, METHODS, MINUTES, Rounding, exact_hours

HOUR = Fraction(1)
MINUTE = Fraction(1, 60)


@pytest.mark.parametrize(
    ("kept", "factor", "hours"),
    [
        (1.5, 1, Fraction(3, 2)),
        (0.16666666666666666, 1, 10 * MINUTE),
        (0.1667, 1, 10 * MINUTE),
        (0.3333, 1, 20 * MINUTE),
        (0.33, 1, Fraction(33, 100)),
        (7.25, 1, Fraction(29, 4)),
        (0.5, 8, 4 * HOUR),
        (0.0625, 8, 30 * MINUTE),
        (-0.25, 1, -15 * MINUTE),
        (0, 1, 0),
    ],
)
def test_hours_are_what_was_entered(kept, factor, hours):
    assert exact_hours(kept, factor) == hours


@given(st.integers(-6000, 6000))
def test_whole_minutes_survive_being_kept_as_a_float(minutes):
    assert exact_hours(minutes / 60) == Fraction(minutes, 60)


@pytest.mark.parametrize(
    ("minutes", "method", "entered", "billed"),
    [
        (15, "up", 61, 75),
        (15, "nearest", 61, 60),
        (15, "nearest", 68, 75),
        (15, "down", 74, 60),
        (60, "up", 1, 60),
        (60, "nearest", 30, 60),
        (60, "nearest", 29, 0),
        (30, "down", 29, 0),
        (10, "nearest", 15, 20),
        (5, "up", 5, 5),
        (0, "up", 7, 7),
        (15, "up", -61, -75),
        (15, "down", -61, -60),
    ],
)
def test_rounding(minutes, method, entered, billed):
    rounded = Rounding(minutes, method).round(entered * MINUTE)
    assert rounded == billed * MINUTE


hours = st.integers(-600, 6000).map(lambda minutes: Fraction(minutes, 60))
roundings = st.builds(
    Rounding, st.sampled_from(MINUTES), st.sampled_from(METHODS), st.sampled_from(LEVELS)
)


@given(roundings, hours)
def test_rounding_moves_hours_by_less_than_a_step_and_never_across_zero(rounding, entered):
    rounded = rounding.round(entered)
    assert abs(rounded - entered) < Fraction(max(rounding.minutes, 1), 60)
    assert rounded * entered >= 0
    if rounding.minutes:
        assert (rounded * 60) % rounding.minutes == 0
    if rounding.method == "up":
        assert abs(rounded) >= abs(entered)
    if rounding.method == "down":
        assert abs(rounded) <= abs(entered)


@given(roundings, st.lists(st.integers(0, 600).map(lambda m: Fraction(m, 60)), max_size=20))
def test_hours_billed_add_up_to_what_the_line_says(rounding, entries):
    billed = rounding.bill(entries)
    assert len(billed) == len(entries)
    assert all(hours >= 0 for hours in billed)
    if rounding.level == "line":
        assert sum(billed) == rounding.round(sum(entries, Fraction()))
    else:
        assert billed == [rounding.round(hours) for hours in entries]


@pytest.mark.parametrize("wrong", [(7, "up", "entry"), (15, "sideways", "entry"), (15, "up", "x")])
def test_an_unknown_rounding_is_refused(wrong):
    with pytest.raises(ValueError):
        Rounding(*wrong)
