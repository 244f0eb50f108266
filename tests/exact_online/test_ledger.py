"""The ledger on its own: a clock and an Exact that the test moves by hand (ch. 2)."""

import math
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exact_online import Ledger, LimitReached, State

ACCOUNTS = "crm/Accounts"
START = 1_683_881_910.0  # 8:58:30 UTC


class Clock:
    """Our clock."""

    def __init__(self, now=START):
        self.now = now

    def __call__(self):
        return self.now


class Exact:
    """Counts calls as Exact does, by its own clock, and writes its headers."""

    def __init__(self, clock, ahead=0.0, minute=60, limit=60, dated=True):
        self._clock = clock
        self.ahead = ahead
        self.minute = minute
        self.limit = limit
        self.dated = dated
        self.used = {}
        self.refused = 0

    def call(self, times=1):
        """Headers of the last answer, and its status."""
        for _time in range(times):
            now = self._clock() + self.ahead
            reset = (math.floor(now / self.minute) + 1) * self.minute
            used = self.used[reset] = self.used.get(reset, 0) + 1
            self.refused += used > self.limit
        headers = {
            "X-RateLimit-Minutely-Limit": str(self.limit),
            "X-RateLimit-Minutely-Remaining": str(max(self.limit - used, 0)),
            "X-RateLimit-Minutely-Reset": str(int(reset * 1000)),
        }
        if self.dated:
            headers["Date"] = formatdate(math.floor(now), usegmt=True)
        return (429 if used > self.limit else 200), headers


@pytest.fixture
def clock():
    return Clock()


def reserve(ledger, times=1):
    for _time in range(times):
        ledger.reserve(7, "GET", ACCOUNTS)


def spread(ledger, times):
    """Reserve calls that are never answered, each of another endpoint."""
    for number in range(times):
        ledger.reserve(7, "GET", f"crm/List{number}")


def call(ledger, exact, times=1):
    for _time in range(times):
        reserve(ledger)
        ledger.record(7, "GET", ACCOUNTS, *exact.call())


def refusal(ledger):
    with pytest.raises(LimitReached) as caught:
        reserve(ledger)
    return caught.value


def until(ledger, clock):
    return refusal(ledger).retry_at.timestamp() - clock.now


def test_an_answer_only_lowers_what_is_left(clock):
    ledger, exact = Ledger(clock=clock), Exact(clock)
    reserve(ledger, 10)
    ledger.record(7, "GET", ACCOUNTS, *exact.call())
    assert ledger.budget(7).minute_remaining == 50
    exact.call(30)  # another program with the same app
    ledger.record(7, "GET", ACCOUNTS, *exact.call())
    # 32 are used, and 8 of ours may not have arrived.
    assert ledger.budget(7).minute_remaining == 20


def test_calls_underway_when_a_minute_begins_may_count_in_it(clock):
    ledger, exact = Ledger(clock=clock), Exact(clock)
    call(ledger, exact)
    clock.now += 28
    reserve(ledger, 5)
    clock.now += 4
    reserve(ledger)
    assert ledger.budget(7).minute_remaining == 54


def test_a_process_that_died_keeps_nothing(clock):
    ledger, exact = Ledger(clock=clock), Exact(clock)
    call(ledger, exact)
    spread(ledger, 59)
    assert 30 <= until(ledger, clock) < 32
    clock.now += 32
    spread(ledger, 60)
    refusal(ledger)
    clock.now += 60
    call(ledger, exact, 60)
    assert exact.refused == 0


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("ahead", [0, 0.7, -0.7, 20, -20, 3599, -3599, 86400 * 3])
def test_clocks_that_differ(clock, ahead, dated):
    ledger, exact = Ledger(clock=clock), Exact(clock, ahead, dated=dated)
    begun = clock.now
    for _window in range(10):
        with pytest.raises(LimitReached) as caught:
            call(ledger, exact, 100)
        clock.now = caught.value.retry_at.timestamp()
    assert exact.refused == 0
    # Without a date on the answers a whole minute is waited, and an unknown part is lost.
    assert clock.now - begun < (620 if dated else 700)
    assert sum(exact.used.values()) == 600


@pytest.mark.parametrize("minute", [2, 10, 30])
def test_a_minute_is_as_long_as_exact_says(clock, minute):
    ledger, exact = Ledger(clock=clock), Exact(clock, minute=minute)
    begun = clock.now
    for _window in range(20):
        with pytest.raises(LimitReached) as caught:
            call(ledger, exact, 100)
        clock.now = caught.value.retry_at.timestamp()
    assert exact.refused == 0 and sum(exact.used.values()) == 1200
    assert clock.now - begun < 21 * minute + 1


def test_a_minute_that_becomes_longer(clock):
    ledger, exact = Ledger(clock=clock), Exact(clock, minute=2)
    for _call in range(5):
        call(ledger, exact)
        clock.now += 2
    exact.minute = 60
    call(ledger, exact)
    assert exact.refused == 0
    with pytest.raises(LimitReached):
        call(ledger, exact, 60)
    assert exact.refused == 0


def test_a_limit_that_changes(clock):
    ledger, exact = Ledger(clock=clock), Exact(clock, limit=300)
    call(ledger, exact, 60)
    exact.limit = 350
    call(ledger, exact)
    assert ledger.budget(7).minute_remaining == 289
    exact.limit = 300
    clock.now += 60
    with pytest.raises(LimitReached):
        call(ledger, exact, 400)
    assert exact.refused == 0 and max(exact.used.values()) == 300
    exact.limit = 10
    clock.now += 60
    with pytest.raises(LimitReached):
        call(ledger, exact, 400)
    assert exact.refused == 0 and ledger.budget(7).minute_limit == 10


def test_a_limit_higher_than_documented_holds_from_the_first_answer(clock):
    """A Premium licence has 30,000 calls a day (ch. 2): the first day too."""
    ledger = Ledger(clock=clock)
    headers = {
        "X-RateLimit-Limit": "30000",
        "X-RateLimit-Remaining": "29990",
        "X-RateLimit-Reset": "1683936000000",
        "Date": formatdate(START, usegmt=True),
    }
    reserve(ledger, 3)
    ledger.record(7, "GET", ACCOUNTS, 200, headers)
    assert ledger.budget(7).day_remaining == 29988, "two of ours may not have arrived"
    ledger.record(7, "GET", ACCOUNTS, 200, {**headers, "X-RateLimit-Remaining": "12"})
    ledger.record(7, "GET", ACCOUNTS, 200, headers)
    assert ledger.budget(7).day_remaining == 11, "of one limit an answer only lowers what is left"


def test_a_late_answer_says_nothing_about_the_next_minute(clock):
    ledger, exact = Ledger(clock=clock), Exact(clock)
    call(ledger, exact)
    late = exact.call(50)
    clock.now += 40
    call(ledger, exact)
    assert ledger.budget(7).minute_remaining == 59
    ledger.record(7, "GET", ACCOUNTS, *late)
    ledger.record(7, "GET", ACCOUNTS, 429, late[1])
    assert ledger.budget(7).minute_remaining == 59


def test_a_refused_minute_is_empty_for_all(clock):
    ledger, exact = Ledger(clock=clock), Exact(clock)
    call(ledger, exact)
    exact.call(70)
    call(ledger, exact)
    assert until(ledger, clock) <= 31
    assert ledger.budget(7).minute_remaining == 0
    assert refusal(ledger).cause == "minute"


def test_the_clock_of_exact_is_set_back(clock):
    """As when a sandbox whose clock was moved is started anew."""
    ledger, exact = Ledger(clock=clock), Exact(clock, ahead=86400 * 30)
    call(ledger, exact, 60)
    exact.ahead = 0
    assert until(ledger, clock) <= 61
    clock.now += 61
    exact.call(20)
    call(ledger, exact)
    assert ledger.budget(7).minute_remaining == 39


def test_errors_leave_the_hour_one_by_one(clock):
    ledger = Ledger("user-1", clock=clock)
    for _error in range(8):
        reserve(ledger)
        ledger.record(7, "GET", ACCOUNTS, 404, {})
        clock.now += 60
    error = refusal(ledger)
    assert error.cause == "errors" and error.retry_at.timestamp() == START + 3600
    clock.now = START + 3601
    reserve(ledger)
    ledger.record(7, "GET", ACCOUNTS, 404, {})
    assert refusal(ledger).retry_at.timestamp() == START + 3660


def test_calls_on_their_way_may_be_errors_too(clock):
    ledger = Ledger(clock=clock)
    reserve(ledger, 10)
    error = refusal(ledger)
    assert error.cause == "underway" and 0 < error.retry_at.timestamp() - clock.now <= 10
    for _call in range(10):
        ledger.record(7, "GET", ACCOUNTS, 200, {})
    reserve(ledger)
    ledger.record(7, "GET", ACCOUNTS, 404, {})
    reserve(ledger, 9)
    error = refusal(ledger)
    assert error.cause == "errors" and 0 < error.retry_at.timestamp() - clock.now <= 10
    ledger.reserve(7, "GET", "logistics/Items")
    ledger.record(7, "GET", ACCOUNTS, 200, {})
    reserve(ledger)
    refusal(ledger)
    # Nobody waits longer for an answer: those who do no more have died.
    clock.now += 69
    refusal(ledger)
    clock.now += 2
    reserve(ledger, 9)


def test_errors_are_counted_per_user_and_calls_for_all():
    class Shared(Ledger):
        state = State()

        def _change(self, division, function):
            Shared.state, result = function(Shared.state)
            return result

    one, other = Shared("user-1"), Shared("user-2")
    for _error in range(8):
        reserve(one)
        one.record(7, "GET", ACCOUNTS, 403, {})
    assert refusal(one).cause == "errors"
    spread(other, 52)
    assert refusal(other).cause == "minute"


def test_calls_without_an_administration_cost_nothing(clock):
    ledger = Ledger(clock=clock)
    for _call in range(100):
        ledger.reserve(None, "GET", "current/Me")
        ledger.record(None, "GET", "current/Me", 200, {})
    assert ledger.budget(None) is None


# The state as a value


@st.composite
def histories(draw):
    """Steps of calls that are reserved, answered in any order, or lost."""
    pieces = st.tuples(
        st.sampled_from(["reserve", "answer", "lost", "foreign", "wait", "error"]),
        st.floats(0, 40, allow_nan=False),
    )
    return draw(st.lists(pieces, max_size=80))


@given(
    histories(),
    st.sampled_from([0.0, 0.3, -7.5, 1000.0]),
    st.sampled_from([2, 7, 60]),
    st.sampled_from([1, 3, 10]),
)
def test_any_history(history, ahead, minute, limit):
    """Stored as JSON after each step, and never more calls than Exact allows, once it told."""
    clock = Clock()
    exact = Exact(clock, ahead, minute, limit)

    class Stored(Ledger):
        text = State().to_json()

        def _change(self, division, function):
            state, result = function(State.from_json(Stored.text))
            assert State.from_json(state.to_json()) == state
            Stored.text = state.to_json()
            return result

    waiting, foreign = [], False
    call(Stored(clock=clock), exact)
    for step, seconds in history:
        if step == "wait":
            clock.now += seconds
            continue
        if step == "foreign":
            exact.call()
            foreign = True
            continue
        if step == "answer" and waiting:
            ledger, answer = waiting.pop(int(seconds) % len(waiting))
            ledger.record(7, "GET", ACCOUNTS, *answer)
            continue
        ledger = Stored(clock=clock)
        try:
            reserve(ledger)
        except LimitReached as error:
            wait = error.retry_at.timestamp() - clock.now
            assert 0 < wait <= (3600 if error.cause == "errors" else 86402)
            continue
        before = exact.refused
        answer = exact.call()
        # Other programs use what is left behind our back: of that no answer can warn in time.
        assert exact.refused == before or foreign
        clock.now += 0.01
        if step == "lost":
            ledger.record(7, "GET", ACCOUNTS, None, None)
        elif step == "error":
            ledger.record(7, "GET", ACCOUNTS, 404, answer[1])
        else:
            waiting.append((ledger, answer))


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"minute": 1}', None])
def test_what_is_no_state_is_a_new_one(text):
    assert State.from_json(text) == State()
