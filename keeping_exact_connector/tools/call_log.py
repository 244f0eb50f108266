"""Lines for keeping.exact.call: what was called, never what was said (promise 5)."""

import re
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

from odoo import fields
from odoo.tools import SQL

from .. import exact_online

# /api/v1/123456/salesinvoice/SalesInvoices(guid'…')   /api/v1/current/Me   /api/oauth2/token
_PATH = re.compile(r"/api/(?:v1/(?:beta/)?(\d+|current)/)?([\w/]+)")
_COLUMNS = (
    "called_at",
    "site",
    "company_id",
    "connection_id",
    "administration_id",
    "method",
    "path",
    "endpoint",
    "status",
    "duration",
    "budget_known",
    "minute_remaining",
    "day_remaining",
    "outcome",
    "reference",
)
# Lines are written in batches; a process that is killed loses no more than this.
BATCH = 10
SECONDS = 2.0
_INSERT = f"INSERT INTO keeping_exact_call ({', '.join(_COLUMNS)}) VALUES "


class CallLog:
    """Calls of one client that wait to be written; the observer of the client.

    :param connection: the keeping.exact.connection that calls
    :param administration: the one whose number the client uses, if any
    """

    def __init__(self, connection, administration=None):
        self._site = connection.site
        self._company_id = connection.company_id.id or None
        self._connection_id = connection.id or None
        self._administration_id = administration.id if administration else None
        self._code = str(administration.code) if administration else None
        self._rows = []
        self._oldest = 0.0

    def __bool__(self):
        return bool(self._rows)

    def __call__(self, call):
        """Take note of an :class:`exact_online.Call`."""
        if not self._rows:
            self._oldest = monotonic()
        found = _PATH.search(call.path)
        number, endpoint = found.groups() if found else (None, None)
        budget = call.budget
        known = budget is not None and number not in (None, "current")
        self._rows.append(
            (
                fields.Datetime.now() - timedelta(seconds=call.duration),
                self._site,
                self._company_id,
                self._connection_id,
                self._administration_id if number == self._code else None,
                call.method,
                call.path,
                endpoint,
                call.status or 0,
                round(call.duration * 1000),
                known,
                budget.minute_remaining if known else None,
                budget.day_remaining if known else None,
                call.outcome,
                call.reference,
            )
        )

    def is_due(self):
        """Tell whether it is time to write what waits."""
        return len(self._rows) >= BATCH or (
            bool(self._rows) and monotonic() - self._oldest > SECONDS
        )

    @contextmanager
    def token_call(self):
        """Take note of a call for tokens, which goes without a client."""
        started, status, outcome = monotonic(), None, "interrupted"
        try:
            yield
            status, outcome = 200, "ok"
        except exact_online.ExactError as error:
            status, outcome = error.status, type(error).__name__
            raise
        finally:
            duration = monotonic() - started
            path = "/api/oauth2/token"
            self(exact_online.Call("POST", path, status, duration, None, outcome))

    def statement(self):
        """Return the SQL that writes what waits."""
        return SQL(_INSERT + ", ".join(["%s"] * len(self._rows)), *self._rows)

    def clear(self):
        """It was written."""
        self._rows = []

    def forget_origin(self):
        """Write it without the records that the database does not (yet, or any more) have."""
        self._company_id = self._connection_id = self._administration_id = None
        self._rows = [(*row[:2], None, None, None, *row[5:]) for row in self._rows]
