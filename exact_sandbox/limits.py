"""Call limits per app and administration, with their headers (chapter 2)."""

from .errors import ApiError

_PERIODS = (("minute", 60, "X-RateLimit-Minutely-"), ("day", 86400, "X-RateLimit-"))


class Limits:
    """Counts calls in clock minutes and UTC days.

    All calls with an administration in their address count, refused ones too; a call refused by
    one limit is not counted by either.
    """

    def __init__(self, store, settings, clock):
        self._store = store
        self._settings = settings
        self._clock = clock

    def count(self, client_id, division):
        """Count one call and return the limit headers of its answer.

        :raises ApiError: 429 without a body, with the headers of the limit that was hit only
        """
        moment = int(self._clock.timestamp())
        with self._store.transaction():
            used = {
                period: self._used(client_id, division, period, moment - moment % seconds)
                for period, seconds, _ in _PERIODS
            }
            for period, seconds, prefix in _PERIODS:
                limit = self._settings[f"{period}_limit"]
                if used[period] >= limit:
                    raise ApiError(429, None, self._headers(prefix, limit, 0, moment, seconds))
            headers = {}
            for period, seconds, prefix in _PERIODS:
                calls, starts = used[period] + 1, moment - moment % seconds
                self._store.execute(
                    "INSERT OR REPLACE INTO counters VALUES (?, ?, ?, ?, ?)",
                    client_id,
                    division,
                    period,
                    starts,
                    calls,
                )
                limit = self._settings[f"{period}_limit"]
                headers.update(self._headers(prefix, limit, limit - calls, moment, seconds))
        return headers

    def _used(self, client_id, division, period, starts):
        record = self._store.one(
            "SELECT calls FROM counters WHERE client_id = ? AND division = ? AND period = ? "
            "AND starts = ?",
            client_id,
            division,
            period,
            starts,
        )
        return record["calls"] if record else 0

    @staticmethod
    def _headers(prefix, limit, remaining, moment, seconds):
        """Reset is in UTC epoch milliseconds, at a whole minute or midnight UTC (chapter 2)."""
        reset = (moment - moment % seconds + seconds) * 1000
        return {
            f"{prefix}Limit": str(limit),
            f"{prefix}Remaining": str(remaining),
            f"{prefix}Reset": str(reset),
        }
