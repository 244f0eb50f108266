"""The hours that are proposed for an invoice that was made elsewhere."""

from datetime import date

from linking import Candidate, Day, choose

OCTOBER = Candidate("month", date(2026, 10, 1), date(2026, 10, 31))
SINCE = Candidate("since", date(2026, 9, 16), date(2026, 11, 5))
EVER = Candidate("all", None, None)


def _day(day, hours, amount=None, project=1, count=1, month=10):
    return Day(project, date(2026, month, day), count, hours, amount)


def test_hours_that_are_exactly_the_amount_go_before_those_of_a_likelier_period():
    days = [_day(1, 200, 20_000), _day(20, 100, 10_000, month=9)]
    found = choose(days, [OCTOBER, SINCE], [(300, 30_000)], 30_000)
    assert (found.candidate, found.kind, found.count) == (SINCE, "amount", 2)
    assert (found.hours, found.amount) == (300, 30_000)


def test_of_two_that_add_up_the_likelier_period_is_proposed():
    found = choose([_day(1, 200, 20_000)], [OCTOBER, SINCE, EVER], [(200, 20_000)], 20_000)
    assert found.candidate == OCTOBER


def test_one_project_is_proposed_when_only_its_hours_are_a_line():
    days = [_day(1, 200, 20_000), _day(2, 150, 15_000, project=2)]
    found = choose(days, [OCTOBER], [(100, 9_900), (150, 15_000)], 24_900)
    assert (found.project, found.kind, found.line) == (2, "line_amount", 1)


def test_hours_are_compared_where_a_rate_is_missing():
    days = [_day(1, 200), _day(2, 150, 15_000)]
    found = choose(days, [OCTOBER], [(350, 31_500)], 31_500)
    assert (found.kind, found.amount) == ("hours", None)
    found = choose(days, [OCTOBER], [(100, 1_000), (350, 31_500)], 32_500)
    assert (found.kind, found.line) == ("line_hours", 1)


def test_without_anything_that_adds_up_the_likeliest_period_with_hours_is_proposed():
    days = [_day(20, 100, 10_000, month=9)]
    found = choose(days, [OCTOBER, SINCE, EVER], [(1, 5)], 5)
    assert (found.candidate, found.kind) == (SINCE, None)


def test_nothing_is_proposed_without_hours():
    assert choose([], [OCTOBER, EVER], [(100, 100)], 100) is None


def test_a_line_of_nothing_is_no_match_for_hours_worth_nothing():
    found = choose([_day(1, 200, 0)], [OCTOBER], [(0, 0)], 0)
    assert found.kind is None
