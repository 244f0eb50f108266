"""A limit in time: so many calls until a moment, and then anew (API reference ch. 2)."""

import math
from dataclasses import dataclass, replace

#: Calls and seconds of the two limits, until Exact tells its own (ch. 2).
MINUTE = (60, 60.0)
DAY = (5000, 86400.0)

# Seconds. A call that was reserved longer ago has been counted by Exact, whether or not its
# answer is there: a request arrives soon or not at all (the time to connect is 10 s).
ARRIVING = 10.0

# Seconds that the slowest answer may take; one with an older moment in it is from another clock.
_SLOWEST = 600.0

# Seconds by which an answer may be dated after the end of the window it tells of. More of them
# mean two clocks: one of the machine that counts, one of the machine that dates.
_ROUNDED = 5.0


#: Near the end of the calendar no later moment can be computed any more; epoch seconds.
LAST = 253_000_000_000


@dataclass(frozen=True)
class Told:
    """What one answer tells of one limit; ``None`` for what it does not tell.

    :param reset: when the window ends, epoch seconds on Exact's clock.
    :param date: when the answer was made, epoch seconds on Exact's clock, rounded down.
    """

    limit: int | None = None
    remaining: int | None = None
    reset: float | None = None
    date: float | None = None

    @property
    def something(self):
        """Whether the answer says anything about the limit."""
        return (self.limit, self.remaining, self.reset) != (None, None, None)

    def longest_wait(self, length):
        """Seconds after the answer came in within which the window is over for certain.

        Exact's clock and ours may differ: only the difference of two of Exact's own moments
        counts. Where the answer has no two that fit each other, a whole window is waited.
        """
        if self.reset is not None and self.date is not None:
            wait = self.reset - self.date
            if -_ROUNDED <= wait <= length:
                return max(wait, 0.0)
        return length


@dataclass(frozen=True)
class Window:
    """The running window of one limit, as known on this side.

    ``left`` is never more than what Exact still allows, less the calls on their way: a reserved
    call is taken out at once, an answer only lowers it, unless it tells of another limit. It is
    set anew when a window begins.

    :param usual: seconds that the window lasts as far as it is documented; never longer.
    :param limit: calls that a window allows.
    :param left: calls that may still be reserved in this one.
    :param length: seconds that a window lasts, as learned from two resets.
    :param reset: the last end that Exact told, epoch seconds on its clock.
    :param over_at: epoch seconds on our clock at which the window is certainly over.
    :param told: whether Exact told of this window, or it is assumed after the one before.
    """

    usual: float
    limit: int
    left: int
    length: float
    reset: float | None = None
    over_at: float | None = None
    told: bool = False

    @classmethod
    def unknown(cls, limit, length):
        """A limit that Exact has not told of yet: what is documented is assumed.

        To wait for Exact to tell would allow one call at a time at the start; to assume nothing
        would let all processes at once run into a limit that is written down.
        """
        return cls(length, limit, limit, length)

    @classmethod
    def checked(cls, **values):
        """The window from stored values.

        :raises ValueError, TypeError: when they cannot be those of a window.
        """
        window = cls(**values)
        moments = [one for one in (window.reset, window.over_at) if one is not None]
        for number in (window.usual, window.limit, window.left, window.length, *moments):
            if not math.isfinite(number):
                raise ValueError("not a number")
        if window.usual <= 0 or not 0 < window.length <= window.usual or window.limit < 1:
            raise ValueError("not a window")
        if any(not 0 <= one < LAST for one in moments):
            raise ValueError("not a moment")
        return window

    def at(self, now, underway):
        """The window that runs at a moment: this one, or an assumed new one.

        :param now: epoch seconds on our clock.
        :param underway: calls reserved before whose arrival is not certain: they may count in
            the new window.
        """
        if self.over_at is None or self.over_at - now > DAY[1] + 1:
            # The limits go by the clock: the first window ends with the minute (day) of ours.
            # Further away than any wait means that our clock was set back.
            return replace(self, over_at=self._margin(_next(now, self.length)))
        if now < self.over_at:
            return self
        passed = math.floor((now - self.over_at) / self.length) + 1
        return replace(
            self,
            left=self.limit - underway,
            over_at=self.over_at + passed * self.length,
            told=False,
        )

    def taken(self):
        """The window with one call less."""
        return replace(self, left=self.left - 1)

    def answered(self, told, now, underway):
        """The window after an answer.

        :param told: a :class:`Told`.
        :param now: epoch seconds on our clock.
        :param underway: other calls that Exact may not have counted yet when it answered.
        """
        if not told.something or self._is_late(told):
            return self
        limit = self.limit if told.limit is None else told.limit
        # Of another limit than was thought, what is not used is another too: a Premium licence
        # has 30,000 calls on the first day as well (ch. 2).
        left = self.left + limit - self.limit
        if self._is_next(told) and self.told:
            left = limit
        if told.remaining is not None:
            left = min(left, told.remaining - underway)
        return replace(self._ending(told, now), limit=limit, left=left)

    def refused(self, told, now, wait=None):
        """The window after Exact refused a call because of it (status 429).

        :param wait: seconds to wait, where the answer tells it otherwise than by a reset.
        """
        # Of this window's own end it is no late answer: the window was thought to be over too soon.
        if self._is_late(told) and told.reset != self.reset:
            return self
        limit = self.limit if told.limit is None else told.limit
        if told.reset is not None:
            return replace(self._ending(told, now), limit=limit, left=0)
        if wait is None:
            # By Exact's own clock where the answer tells it.
            moment = now if told.date is None else told.date
            wait = _next(moment, self.length) - moment
        return replace(self, limit=limit, left=0, over_at=self._margin(now + wait))

    def _is_late(self, told):
        """Whether the answer tells of a window before this one."""
        if told.reset is None or self.reset is None:
            return False
        if self.reset - told.reset >= _SLOWEST + self.length:
            return False  # no answer takes that long: Exact's clock was set
        if told.reset < self.reset:
            return True
        # This one is only assumed, and the last one told of should be over. If that is not so by
        # Exact's own clock, which it writes in whole seconds, the assumption was wrong.
        still = told.date is not None and 1 < told.reset - told.date <= self.usual
        return told.reset == self.reset and not self.told and not still

    def _is_next(self, told):
        return told.reset is not None and told.reset != self.reset

    def _ending(self, told, now):
        """The window with its end as Exact tells it."""
        if told.reset is None:
            return self
        window = replace(self, length=self._learned(told))
        over_at = window._margin(now + told.longest_wait(window.length))
        if self.told and not self._is_next(told):
            over_at = min(over_at, self.over_at)
        return replace(window, reset=told.reset, over_at=over_at, told=True)

    def _learned(self, told):
        """Seconds that a window lasts: windows follow each other, so two ends tell it."""
        if told.date is not None and self.length < told.reset - told.date <= self.usual:
            return self.usual  # it lasts longer than was thought
        if self.reset is None or not 1 <= told.reset - self.reset < self.length:
            return self.length
        return told.reset - self.reset

    def _margin(self, moment):
        """A little later: Exact is many machines, whose clocks need not agree to the tick."""
        return moment + min(1.0, self.length / 100)


def _next(moment, length):
    return (math.floor(moment / length) + 1) * length
