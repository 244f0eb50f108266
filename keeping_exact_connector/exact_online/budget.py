"""How many calls Exact still allows: the X-RateLimit headers (API reference ch. 2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Budget:
    """The calls left for one app in one administration, as the last answer told it.

    Times are aware and in UTC; a field is ``None`` as long as Exact has not told it.

    :param minute_limit: calls allowed per clock minute (60).
    :param minute_remaining: calls left in the running minute.
    :param minute_reset: when the next minute begins.
    :param day_limit: calls allowed per day (5,000).
    :param day_remaining: calls left today.
    :param day_reset: when the next day begins.
    :param seen_at: our clock when the answer came. No minute lasts longer than a minute from
        there, whatever the difference between Exact's clock and ours.
    """

    minute_limit: int | None = None
    minute_remaining: int | None = None
    minute_reset: datetime | None = None
    day_limit: int | None = None
    day_remaining: int | None = None
    day_reset: datetime | None = None
    seen_at: datetime | None = None

    @classmethod
    def from_headers(cls, headers, previous=None, now=None):
        """Read the headers of an answer.

        A 429 carries only the headers of the limit that was hit, and calls without a division
        in the address carry none: what is not there is taken from ``previous``.

        :param headers: mapping of header names, in any case, to text.
        :param previous: the budget known before, or ``None``.
        :param now: aware time of the answer; by default the present.
        :return: a new budget, or ``previous`` when the answer says nothing about it.
        """
        texts = {name.lower(): value for name, value in headers.items()}
        found = {
            "minute_limit": _count(texts.get("x-ratelimit-minutely-limit")),
            "minute_remaining": _count(texts.get("x-ratelimit-minutely-remaining")),
            "minute_reset": _moment(texts.get("x-ratelimit-minutely-reset")),
            "day_limit": _count(texts.get("x-ratelimit-limit")),
            "day_remaining": _count(texts.get("x-ratelimit-remaining")),
            "day_reset": _moment(texts.get("x-ratelimit-reset")),
        }
        found = {name: value for name, value in found.items() if value is not None}
        if not found:
            return previous
        known = dict(vars(previous)) if previous else {}
        known.update(found, seen_at=now or datetime.now(timezone.utc))
        return cls(**known)

    def wait_until(self, now):
        """Return the moment to come back when nothing is left, else ``None``.

        :param now: aware present time.
        """
        moments = [
            self._bounded(reset, longest)
            for remaining, reset, longest in (
                (self.minute_remaining, self.minute_reset, _MINUTE),
                (self.day_remaining, self.day_reset, _DAY),
            )
            if remaining is not None and remaining <= 0 and reset is not None
        ]
        return max((moment for moment in moments if moment > now), default=None)

    def _bounded(self, reset, longest):
        return reset if self.seen_at is None else min(reset, self.seen_at + longest)


def next_minute(now):
    """The beginning of the next clock minute: the limit per minute goes by the clock (ch. 2)."""
    return now.replace(second=0, microsecond=0) + _MINUTE


def _count(text):
    try:
        return int(text)
    except (TypeError, ValueError):
        return None


def _moment(text):
    """Epoch milliseconds → aware UTC."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=int(text))
    except (TypeError, ValueError, OverflowError):
        return None
    # Near the end of the calendar no later moment can be computed from it any more.
    return moment if moment.year < 9999 else None
