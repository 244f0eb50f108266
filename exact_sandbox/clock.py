"""The one clock of the sandbox: real time plus a stored offset that tests can advance."""

import threading
from datetime import datetime, timedelta, timezone

_OFFSET = "clock_offset"
# A clock that has no date any more would stop the sandbox, and its state file for good. What is
# due later, a token or a financial year, needs a date as well.
_LAST = datetime(9000, 1, 1, tzinfo=timezone.utc)


def _last_sunday(year, month):
    """Return 01:00 UTC on the last Sunday of a 31-day month: when the EU changes its clocks."""
    last = datetime(year, month, 31, 1, tzinfo=timezone.utc)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def amsterdam(moment):
    """Return the wall clock of Amsterdam, without a zone, for an aware moment.

    Exact writes dates as CET wall clock (chapter 3.3). The rule of the EU since 1996 is written out
    here, so that the sandbox also runs where no time zone database is installed.
    """
    moment = moment.astimezone(timezone.utc)
    summer = _last_sunday(moment.year, 3) <= moment < _last_sunday(moment.year, 10)
    return moment.replace(tzinfo=None) + timedelta(hours=2 if summer else 1)


class Clock:
    """Real time plus an offset in seconds, kept in the state file.

    Token lifetimes, limits, ``Created``/``Modified`` and late work all read this clock.
    """

    def __init__(self, store):
        self._store = store
        self._lock = threading.Lock()
        self.reload()

    def reload(self):
        """Take what the state file says."""
        self._offset = float(self._store.get_meta(_OFFSET, "0"))

    @property
    def offset(self):
        """Seconds this clock is ahead of real time."""
        return self._offset

    def now(self):
        """Return the moment as an aware UTC datetime."""
        return datetime.now(timezone.utc) + timedelta(seconds=self._offset)

    def timestamp(self):
        """Return the moment as seconds since the epoch (UTC)."""
        return self.now().timestamp()

    def wall(self):
        """Return the wall clock in Amsterdam, to the millisecond, without a zone (chapter 3.3)."""
        wall = amsterdam(self.now())
        return wall.replace(microsecond=wall.microsecond // 1000 * 1000)

    def advance(self, seconds):
        """Move the clock forward by a number of seconds.

        :raises ValueError: when it would go back, or past :data:`_LAST`
        """
        if not seconds >= 0:
            raise ValueError("The clock only goes forward.")
        with self._lock:
            if not self._offset + seconds <= (_LAST - datetime.now(timezone.utc)).total_seconds():
                raise ValueError(f"The clock goes no further than the year {_LAST.year}.")
            self._offset += seconds
            self._store.set_meta(_OFFSET, repr(self._offset))
