"""How many calls Exact still allows: the X-RateLimit headers (API reference ch. 2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from .windows import DAY, LAST, MINUTE, Told

#: Seconds for which an error counts, and for which Exact blocks after too many (ch. 2).
HOUR = 3600.0

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Budget:
    """The calls left for one app in one administration.

    Times are aware and in UTC, on Exact's clock; a field is ``None`` as long as it is not known.

    :param minute_limit: calls allowed per clock minute (60).
    :param minute_remaining: calls left in the running minute.
    :param minute_reset: when the next minute begins.
    :param day_limit: calls allowed per day (5,000).
    :param day_remaining: calls left today.
    :param day_reset: when the next day begins.
    """

    minute_limit: int | None = None
    minute_remaining: int | None = None
    minute_reset: datetime | None = None
    day_limit: int | None = None
    day_remaining: int | None = None
    day_reset: datetime | None = None


def told_limits(headers):
    """What an answer tells of the limit per minute and of the one per day.

    A 429 carries only the headers of the limit that was hit, and calls without a division in
    the address carry none.

    :param headers: mapping of header names, in any case, to text.
    :return: two :class:`~.windows.Told`.
    """
    texts = {name.lower(): value for name, value in headers.items()}
    date = _date(texts.get("date"))
    return tuple(_told(texts, prefix, date) for prefix in ("x-ratelimit-minutely-", "x-ratelimit-"))


def _told(texts, prefix, date):
    limit = _count(texts.get(f"{prefix}limit"))
    remaining = _count(texts.get(f"{prefix}remaining"))
    if limit == 0:
        # It would allow no call ever, not even the one that tells a better limit; some licences
        # have no limit of their own (ch. 2).
        limit = remaining = None
    return Told(limit, remaining, _seconds(texts.get(f"{prefix}reset")), date)


def names_limit(headers):
    """Whether an answer tells anything about a limit."""
    return any(told.something for told in told_limits(headers))


def hit_limit(headers):
    """Which limit a 429 is about: ``minute`` or ``day``; ``minute`` where it does not tell."""
    minute, day = told_limits(headers)
    if day.something and not (minute.something and (day.remaining or 0) > 0):
        return "day"
    return "minute"


def wait_after_refusal(headers, now):
    """Seconds to wait after a 429, in which the limit that was hit is over for certain.

    Only the headers of that limit are there (ch. 2); a 429 without any of them waits for the next
    clock minute. ``Retry-After`` is neither documented nor seen, and believed if it comes.

    :param now: epoch seconds on our clock.
    """
    cause = hit_limit(headers)
    told = told_limits(headers)[("minute", "day").index(cause)]
    length = {"minute": MINUTE, "day": DAY}[cause][1]
    if told.reset is not None and told.date is not None:
        return max(told.longest_wait(length), 1.0)
    if told.reset is not None and told.reset - now > 0:
        return min(told.reset - now, length)
    wait = retry_after(headers, now)
    if wait is not None:
        return wait
    moment = now if told.date is None else told.date
    return MINUTE[1] - moment % MINUTE[1]


def retry_after(headers, now):
    """Seconds of the ``Retry-After`` header from now, ``None`` where it tells no later moment."""
    text = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    text = str(text).strip()
    if text.isdecimal():
        seconds = float(text[:12])
    else:
        moment = _date(text)
        seconds = 0.0 if moment is None else moment - now
    return seconds if 0 < seconds <= DAY[1] else None


def moment(seconds):
    """Epoch seconds → aware UTC."""
    return _EPOCH + timedelta(seconds=seconds)


def _date(text):
    """Epoch seconds of a date as HTTP writes it, or ``None``."""
    try:
        found = parsedate_to_datetime(text)
        if found.tzinfo is None:
            found = found.replace(tzinfo=timezone.utc)
        return found.timestamp()
    except (TypeError, ValueError, IndexError, OverflowError, AttributeError):
        return None


def _count(text):
    try:
        number = int(text)
    except (TypeError, ValueError):
        return None
    return number if 0 <= number < 10**9 else None


def _seconds(text):
    """Epoch milliseconds → epoch seconds; ``None`` for what no calendar has."""
    try:
        seconds = int(text) / 1000
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if 0 < seconds < LAST else None
