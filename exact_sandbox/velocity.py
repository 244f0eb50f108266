"""The block after too many errors on an endpoint in an hour (chapter 2)."""

from .limits import LimitHit

_COUNTED = {400, 401, 403, 404}
_HOUR = 3600
# How long a block is remembered for the next one to be longer.
_REMEMBERED = 24 * _HOUR
_WHERE = "client_id = ? AND user_id = ? AND division = ? AND endpoint = ?"


class ErrorVelocity:
    """Counts errors per app, user, administration and endpoint, and blocks.

    Chapter 2 has: more than 10 errors in an hour, 400, 401, 403 and 404 count, then the key is
    blocked for an hour, growing on repetition. Ours is what it leaves open: that the hour is one by
    the clock, that a block doubles (2 hours, 4 hours) when the last one ended less than a day ago,
    that calls during a block neither count nor prolong it, and that calls without an administration
    are counted as one of their own. What is blocked and what is answered are settings
    (``blocked_part``, ``blocked_status``). A 401 for a token nobody knows belongs to no app and
    user, and is not counted; one for a token that expired or was revoked is.

    Keys are tuples: client id, user id, administration (0 for none), endpoint.
    """

    def __init__(self, store, settings, clock):
        self._store = store
        self._settings = settings
        self._clock = clock

    def check(self, key):
        """Let a call through, or refuse it.

        :raises LimitHit: while its key is blocked
        """
        until = self._blocked_until(key)
        if until is not None:
            status = self._settings["blocked_status"]
            wait = until - self._clock.timestamp()
            raise LimitHit(status, {}, wait, self._settings["limit_answer"] == "explained")

    def _blocked_until(self, key):
        """Return the moment at which the block of a key ends, or None."""
        where, values = _WHERE, key
        if self._settings["blocked_part"] == "app":
            where, values = "client_id = ?", key[:1]
        record = self._store.one(
            f"SELECT max(until) AS until FROM blocks WHERE {where} AND until > ?",
            *values,
            self._clock.timestamp(),
        )
        return record["until"]

    def note(self, key, status):
        """Count the answer of a call; too many errors begin a block."""
        if status not in _COUNTED:
            return
        with self._store.transaction():
            if self._blocked_until(key) is not None:
                return
            hour = self._hour()
            record = self._store.one(f"SELECT * FROM errors WHERE {_WHERE}", *key)
            errors = 1 + (record["errors"] if record and record["starts"] == hour else 0)
            if errors > self._settings["error_limit"]:
                self._block(key)
                errors = 0
            self._store.execute(
                "INSERT OR REPLACE INTO errors VALUES (?, ?, ?, ?, ?, ?)", *key, hour, errors
            )

    def _hour(self):
        now = int(self._clock.timestamp())
        return now - now % _HOUR

    def _block(self, key):
        now = self._clock.timestamp()
        record = self._store.one(f"SELECT until, times FROM blocks WHERE {_WHERE}", *key)
        again = record is not None and now - record["until"] < _REMEMBERED
        times = record["times"] + 1 if again else 1
        self._store.execute(
            "INSERT OR REPLACE INTO blocks VALUES (?, ?, ?, ?, ?, ?)",
            *key,
            now + _HOUR * 2 ** (times - 1),
            times,
        )

    def all(self):
        """Return the counts of this hour and the blocks that last, for tests to read."""
        counts = self._store.execute(
            "SELECT * FROM errors WHERE starts = ? AND errors > 0", self._hour()
        )
        now = self._clock.timestamp()
        blocks = self._store.execute("SELECT * FROM blocks WHERE until > ?", now)
        return {"errors": list(map(dict, counts)), "blocks": list(map(dict, blocks))}

    def clear(self):
        """Forget all errors and blocks."""
        with self._store.transaction():
            self._store.execute("DELETE FROM errors")
            self._store.execute("DELETE FROM blocks")
