"""What is known of Exact's limits, shared by all who call with one app and user (ch. 2).

Exact counts calls per app and administration, and errors per app, user, administration,
endpoint and hour. It refuses, and its counters are not transactional: the last answer of one
process says nothing about the calls of another. So a call is reserved here before it is sent.
"""

import json
import threading
import time
from dataclasses import asdict, dataclass, field, replace

from .budget import HOUR, Budget, hit_limit, moment, names_limit, retry_after, told_limits
from .errors import LimitReached
from .windows import ARRIVING, DAY, MINUTE, Window

#: Errors of one endpoint in an hour at which we stop: two are left for other programs.
ERROR_STOP = 8

#: Errors of one endpoint in an hour after which Exact blocks. Each call without an answer may
#: become one, so no more are on their way at once than may still be refused: 10 at first.
ERROR_LIMIT = 10

#: Seconds that an answer is waited for: the client's times to connect and to read.
ANSWERING = 70.0

#: Statuses that Exact counts as errors (ch. 2).
ERROR_STATUSES = frozenset({400, 401, 403, 404})


@dataclass(frozen=True)
class State:
    """All that is known for one app in one administration; plain values, to be stored as JSON.

    Times are epoch seconds on the clock of the ledger.

    :param minute: the running minute.
    :param day: the running day.
    :param underway: when the calls were reserved that Exact may not have counted yet: those of
        the last seconds without an answer. A process that dies holds nothing up for longer.
    :param errors: ``{user: {endpoint: [moment, …]}}`` of the errors that count.
    :param waiting: as ``errors``, of the calls that have no answer yet; a process that dies takes
        up one of the places for :data:`ANSWERING` at most.
    :param blocked: ``{user: {endpoint: moment}}`` until which Exact blocks.
    """

    minute: Window = Window.unknown(*MINUTE)
    day: Window = Window.unknown(*DAY)
    underway: tuple = ()
    errors: dict = field(default_factory=dict)
    waiting: dict = field(default_factory=dict)
    blocked: dict = field(default_factory=dict)

    def to_json(self):
        """The state as JSON text."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text):
        """The state from JSON text; a new one from nothing, or from what is no state.

        What is lost then is the count of a minute and a day that Exact's next answer tells.
        """
        try:
            values = json.loads(text, parse_constant=_no_number)
            return cls(
                Window.checked(**values["minute"]),
                Window.checked(**values["day"]),
                tuple(one + 0.0 for one in values["underway"]),
                _table(values["errors"], _moments),
                _table(values.get("waiting", {}), _moments),
                _table(values["blocked"], lambda end: end + 0.0),
            )
        except (
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            ArithmeticError,
            RecursionError,
        ):
            return cls()

    @property
    def budget(self):
        """The :class:`~.budget.Budget` as far as Exact told it."""
        parts = {}
        for name, window in (("minute", self.minute), ("day", self.day)):
            if window.reset is not None or window.told:
                parts[f"{name}_limit"] = window.limit
                parts[f"{name}_remaining"] = max(window.left, 0)
            if window.told and window.reset is not None:
                parts[f"{name}_reset"] = moment(window.reset)
        return Budget(**parts) if parts else None


def reserve(state, now, user, endpoint, counted=True):
    """Take a call out of the minute and the day.

    :param now: epoch seconds.
    :param counted: whether the call counts for the minute and the day.
    :return: the new state, and a :class:`~.errors.LimitReached` or ``None``.
    """
    state = _running(state, now)
    refusal = _stopped(state, now, user, endpoint)
    if counted and (refusal is None or refusal.cause == "underway"):
        refusal = _used_up(state) or refusal
    if refusal is not None:
        return state, refusal
    waiting = [*state.waiting.get(user, {}).get(endpoint, ()), now]
    state = replace(state, waiting=_with(state.waiting, user, endpoint, waiting))
    if counted:
        state = replace(
            state,
            minute=state.minute.taken(),
            day=state.day.taken(),
            underway=(*state.underway, now),
        )
    return state, None


def record(state, now, user, endpoint, status, headers, *, reserved=None, blocked=False):
    """Take in an answer.

    :param reserved: when the call was reserved; ``None`` when it does not count for the minute
        and the day.
    :param status: HTTP status, ``None`` when no answer came.
    :param headers: mapping of header names, in any case, to text.
    :param blocked: whether the answer is the block after too many errors.
    :return: the new state.
    """
    state = _running(state, now)
    if reserved in state.underway:
        at = state.underway.index(reserved)
        state = replace(state, underway=state.underway[:at] + state.underway[at + 1 :])
    # Which of them has its answer does not matter, only how many have none.
    waiting = state.waiting.get(user, {}).get(endpoint)
    if waiting:
        state = replace(state, waiting=_with(state.waiting, user, endpoint, waiting[1:]))
    if status in ERROR_STATUSES:
        moments = [*state.errors.get(user, {}).get(endpoint, ()), now]
        state = replace(state, errors=_with(state.errors, user, endpoint, moments))
    if blocked or (status == 429 and _is_block(state, user, headers)):
        until = now + (retry_after(headers, now) or HOUR)
        return replace(state, blocked=_with(state.blocked, user, endpoint, until))
    if reserved is None:
        return state
    minute, day = told_limits(headers)
    underway = len(state.underway)
    if status == 429:
        cause = hit_limit(headers)
        window, told = (state.day, day) if cause == "day" else (state.minute, minute)
        return replace(state, **{cause: window.refused(told, now, retry_after(headers, now))})
    return replace(
        state,
        minute=state.minute.answered(minute, now, underway),
        day=state.day.answered(day, now, underway),
    )


def _running(state, now):
    """The state with what is over left out."""
    underway = tuple(one for one in state.underway if abs(now - one) < ARRIVING)
    arriving = len(underway)
    return replace(
        state,
        minute=state.minute.at(now, arriving),
        day=state.day.at(now, arriving),
        underway=underway,
        errors=_recent(state.errors, now, HOUR),
        waiting=_recent(state.waiting, now, ANSWERING),
        blocked={
            user: kept
            for user, ends in state.blocked.items()
            if (kept := {name: end for name, end in ends.items() if now < end <= now + DAY[1]})
        },
    )


def _recent(table, now, seconds):
    recent = {}
    for user, endpoints in table.items():
        for endpoint, moments in endpoints.items():
            kept = [one for one in moments if abs(now - one) < seconds]
            if kept:
                recent.setdefault(user, {})[endpoint] = kept
    return recent


def _table(users, read):
    return {
        user: {name: read(value) for name, value in endpoints.items()}
        for user, endpoints in users.items()
    }


def _moments(moments):
    return [one + 0.0 for one in moments]


def _no_number(name):
    raise ValueError(f"{name} is no moment")


def _with(table, user, endpoint, value):
    return {**table, user: {**table.get(user, {}), endpoint: value}}


def _stopped(state, now, user, endpoint):
    """The refusal of an endpoint with too many errors, or with calls that may become them."""
    until = state.blocked.get(user, {}).get(endpoint)
    moments = state.errors.get(user, {}).get(endpoint, [])
    waiting = state.waiting.get(user, {}).get(endpoint, [])
    if len(moments) >= ERROR_STOP:
        until = max(until or 0.0, moments[-ERROR_STOP] + HOUR)
    elif until is None and len(moments) + len(waiting) >= ERROR_LIMIT:
        # An answer may come at any moment: soon enough to ask again, and no error by itself.
        return LimitReached(moment(now + ARRIVING), cause="errors" if moments else "underway")
    return None if until is None else LimitReached(moment(until), cause="errors")


def _used_up(state):
    empty = [
        (window.over_at, cause)
        for window, cause in ((state.minute, "minute"), (state.day, "day"))
        if window.left <= 0
    ]
    if not empty:
        return None
    over_at, cause = max(empty)
    return LimitReached(moment(over_at), cause=cause)


def _is_block(state, user, headers):
    """Whether a 429 that names no limit is rather the block: we know of that many errors.

    Which part of the app is blocked is not known (ch. 11): they may be errors elsewhere.
    """
    errors = state.errors.get(user, {}).values()
    return not names_limit(headers) and max(map(len, errors), default=0) >= ERROR_STOP


class Ledger:
    """The limits of one app and one user on one site.

    Give the same one to all clients of that app and user. This one is for the threads of a
    process. For several processes derive from it, and store the state where all of them see it:
    :meth:`_change` is all there is to replace. Their clocks should agree, by NTP or by taking
    ``clock`` from one place; that Exact's clock differs does not matter.

    :param user: name of the user in the states; errors are counted for each user, calls for all
        users of the app together.
    :param clock: gives epoch seconds.
    """

    def __init__(self, user="", *, clock=time.time):
        self._user = str(user)
        self._clock = clock
        self._lock = threading.Lock()
        self._states = {}
        # A thread makes one call at a time, and records it before it reserves another.
        self._mine = threading.local()

    def reserve(self, division, method, endpoint):
        """Take one call out of what is left, before it is sent.

        :param division: number of the administration; ``None`` for a call without one, which
            counts for no limit but that of errors.
        :param method: ``GET``, ``POST``, ``PUT`` or ``DELETE``.
        :param endpoint: path without administration and key, ``salesinvoice/SalesInvoices``.
        :raises LimitReached: nothing is left; do not send.
        """

        def change(state):
            self._mine.reserved = now = self._clock()
            return reserve(state, now, self._user, _key(endpoint), division is not None)

        refusal = self._change(division, change)
        if refusal is not None:
            raise refusal

    def record(self, division, method, endpoint, status, headers, *, blocked=False):
        """Take in the answer to the call that this thread reserved; also when none came.

        :param status: HTTP status, or ``None``.
        :param headers: mapping of header names to text, or ``None``.
        :param blocked: whether the answer is Exact's block after too many errors.
        :return: the :class:`~.budget.Budget` after it, or ``None`` where Exact told none yet.
        """

        def change(state):
            after = record(
                state,
                self._clock(),
                self._user,
                _key(endpoint),
                status,
                headers or {},
                reserved=None if division is None else getattr(self._mine, "reserved", 0.0),
                blocked=blocked,
            )
            return after, after.budget

        return self._change(division, change)

    def budget(self, division):
        """The :class:`~.budget.Budget` of an administration, ``None`` where nothing is known."""
        return self._change(division, lambda state: (state, state.budget))

    def _change(self, division, function):
        """Load the state, change it and store it, with nobody else at it in between.

        :param division: number of the administration, or ``None``.
        :param function: ``function(state) -> (new state, result)``; it has no other effect, and
            may be called again when storing failed. A state that is equal need not be stored.
        :return: the result.
        """
        with self._lock:
            self._states[division], result = function(self._states.get(division) or State())
        return result


def _key(endpoint):
    """Both spellings of salesinvoice/SalesInvoices are in use (ch. 3.1)."""
    return endpoint.lower()
