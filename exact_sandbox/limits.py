"""Call limits per app, administration and contract, with their headers (chapter 2)."""

import math
from dataclasses import dataclass

from werkzeug.wrappers import Response

from .errors import ApiError

_DAY = 86400
_EXCEEDED = "API rate limit exceeded"


class LimitHit(ApiError):
    """A call that is one too many.

    :param status: 429, or 403 for a block (setting ``blocked_status``)
    :param headers: those of the limit that was hit, and only those
    :param wait: seconds until calls are answered again
    :param explained: with the text and a ``Retry-After`` instead of an empty body
    """

    def __init__(self, status, headers, wait, explained):
        # A 403 always has the text: without, it would be taken for a lacking right.
        super().__init__(status, _EXCEEDED if status != 429 else None, headers)
        self._explained = explained
        self._wait = wait

    def response(self):
        """Return the answer with a plain text, or None when it is as any other refusal."""
        if self.status != 429 or not self._explained:
            return None
        # At least a second: 0 would ask for the same call at once.
        headers = {**self.headers, "Retry-After": str(max(1, math.ceil(self._wait)))}
        return Response(_EXCEEDED, 429, headers, content_type="text/plain; charset=utf-8")


@dataclass(frozen=True)
class _Limit:
    """One limit: whose calls it counts, until when, and its headers' first part."""

    period: str
    app: str
    division: int
    starts: int
    ends: int
    most: int
    prefix: str

    def headers(self, remaining):
        """Reset is in UTC epoch milliseconds, at a whole minute or midnight UTC."""
        return {
            f"{self.prefix}Limit": str(self.most),
            f"{self.prefix}Remaining": str(remaining),
            f"{self.prefix}Reset": str(self.ends * 1000),
        }


class Limits:
    """Counts calls in clock minutes and UTC days.

    All calls with an administration in their address count, refused ones too; a call refused by one
    limit is not counted by any. Left out is the limit of 200 token calls per app, user and day,
    which was announced in 2021 and is not in the current text.
    """

    def __init__(self, store, settings, clock):
        self._store = store
        self._settings = settings
        self._clock = clock

    def count(self, client_id, division):
        """Count one call and return the limit headers of its answer.

        :raises LimitHit: with the headers of the limit that was hit only
        """
        limits = self._limits(client_id, division)
        with self._store.transaction():
            used = [self._used(limit) for limit in limits]
            for limit, calls in zip(limits, used, strict=True):
                if calls >= limit.most:
                    wait = limit.ends - self._clock.timestamp()
                    explained = self._settings["limit_answer"] == "explained"
                    raise LimitHit(429, limit.headers(0), wait, explained)
            headers = {}
            for limit, calls in zip(limits, used, strict=True):
                self._write(limit, calls + 1)
                if limit.app:
                    headers.update(limit.headers(limit.most - calls - 1))
        return headers

    def _limits(self, client_id, division):
        moment = int(self._clock.timestamp())
        minute = self._settings["minute_seconds"]
        starts, midnight = moment - moment % minute, moment - moment % _DAY
        most = {name: self._settings[f"{name}_limit"] for name in ("minute", "day", "contract")}
        # All administrations here are of one contract. That its limit is told in the headers of the
        # day is ours: no source has a refusal for fair use.
        of_contract = max(most["contract"], most["day"])
        prefix = "X-RateLimit-"
        return [
            _Limit(
                "minute", client_id, division, starts, starts + minute, most["minute"],
                f"{prefix}Minutely-",
            ),
            _Limit("day", client_id, division, midnight, midnight + _DAY, most["day"], prefix),
            _Limit("contract", "", 0, midnight, midnight + _DAY, of_contract, prefix),
        ]  # fmt: skip

    def _used(self, limit):
        record = self._store.one(
            "SELECT calls FROM counters WHERE client_id = ? AND division = ? AND period = ? "
            "AND starts = ?",
            limit.app,
            limit.division,
            limit.period,
            limit.starts,
        )
        return record["calls"] if record else 0

    def _write(self, limit, calls):
        if calls == 1:
            self._store.execute(
                "DELETE FROM counters WHERE client_id = ? AND division = ? AND period = ? "
                "AND starts < ?",
                limit.app,
                limit.division,
                limit.period,
                limit.starts,
            )
        self._store.execute(
            "INSERT OR REPLACE INTO counters VALUES (?, ?, ?, ?, ?)",
            limit.app,
            limit.division,
            limit.period,
            limit.starts,
            calls,
        )
