"""The log of calls to the API and the token endpoint; tokens and secrets never enter it."""

from urllib.parse import unquote_plus

_KEPT = 50_000


class Calls:
    """Writes and reads the log."""

    def __init__(self, store):
        self._store = store

    def add(self, call):
        """Store one call, a dict with the columns of the table; ``query`` is stored decoded."""
        self._store.execute(
            "INSERT INTO calls (time, method, path, query, status, division, user, duration, "
            "request_bytes, fault) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            call["time"],
            call["method"],
            call["path"],
            unquote_plus(call["query"]),
            call["status"],
            call["division"],
            call["user"],
            call["duration"],
            call["request_bytes"],
            call["fault"],
        )
        self._store.execute("DELETE FROM calls WHERE id <= (SELECT max(id) FROM calls) - ?", _KEPT)

    def all(self):
        """Return the calls, the oldest first."""
        records = self._store.execute("SELECT * FROM calls ORDER BY id")
        return [
            {key: value for key, value in dict(item).items() if key != "id"} for item in records
        ]

    def clear(self):
        """Forget all calls."""
        self._store.execute("DELETE FROM calls")
