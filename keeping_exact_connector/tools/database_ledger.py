"""Exact's limits as all processes of this database know them, and the log of calls.

Both are written in cursors of their own, so that a rollback of the caller's work forgets no call
that Exact has counted. A call costs two short transactions, and its line in the log none: some
lines together go along with one of them.
"""

import logging
import random
import time

import psycopg2

from odoo.tools import SQL

from .. import exact_online
from .locks import CONFLICTS

_logger = logging.getLogger(__name__)

# How often to try again when another process wrote in between; each time one of them gets on.
TRIES = 40
_LOCK = """
    SET LOCAL synchronous_commit TO OFF;
    SELECT id, state, extract(epoch FROM clock_timestamp())::float8
      FROM keeping_exact_limit
     WHERE site = %s AND client_id = %s AND code = %s
       FOR NO KEY UPDATE
"""


class DatabaseLedger(exact_online.Ledger):
    """The limits of one app on one site, shared by the processes of one database.

    Nothing waits for the disk: what a crash of PostgreSQL loses is a second of counting, which
    the next answer of Exact tells anew.

    :param odoo.modules.registry.Registry registry: the database
    :param str site: nl, be, uk or us
    :param str client_id: of the app
    :param str user: UserID of the Exact user; errors are counted for each
    :param CallLog log: what is written along
    """

    def __init__(self, registry, site, client_id, user, log):
        # The database's clock: workers on several machines have to agree.
        super().__init__(user, clock=lambda: self._now)
        self._registry = registry
        self._key = (site, client_id)
        self._log = log
        self._now = 0.0

    def reserve(self, division, method, endpoint):
        """See :meth:`exact_online.Ledger.reserve`.

        :raise exact_online.Unreachable: the count could not be kept, so nothing may be sent
        """
        try:
            return super().reserve(division, method, endpoint)
        except psycopg2.Error as error:
            _logger.warning("A call to Exact could not be counted: %s", type(error).__name__)
            raise exact_online.Unreachable("The database cannot count calls right now.") from error

    def record(self, division, method, endpoint, status, headers, *, blocked=False):
        """See :meth:`exact_online.Ledger.record`; never stands in the way of an answer."""
        try:
            return super().record(division, method, endpoint, status, headers, blocked=blocked)
        except psycopg2.Error as error:
            # A write may have taken effect: its answer matters more than the count, which counts
            # the call as still on its way.
            _logger.warning("An answer of Exact was not counted: %s", type(error).__name__)
            return None

    def flush(self):
        """Write what is left of the log; for the end of a client."""
        if not self._log:
            return
        try:
            self._retry(lambda cr: (cr.execute(self._log.statement()), True))
        except psycopg2.Error as error:
            _logger.warning("Calls to Exact were not logged: %s", type(error).__name__)

    def _change(self, division, function):
        return self._retry(lambda cr: self._change_in(cr, (*self._key, division or 0), function))

    def _retry(self, work):
        for attempt in range(TRIES):
            try:
                with self._registry.cursor() as cr:
                    result, written = work(cr)
                if written:
                    self._log.clear()
                return result
            except psycopg2.errors.ForeignKeyViolation:
                # Made in a transaction that is not committed, or deleted meanwhile.
                self._log.forget_origin()
            except CONFLICTS:
                if attempt == TRIES - 1:
                    raise
                time.sleep(random.uniform(0, 0.002 * (attempt + 1)))  # noqa: S311
        return None

    def _change_in(self, cr, key, function):
        cr.execute(_LOCK, key)
        found = cr.fetchone()
        if not found:
            cr.execute(
                """
                INSERT INTO keeping_exact_limit (site, client_id, code)
                     VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
                """,
                key,
            )
            cr.execute(_LOCK, key)
            found = cr.fetchone()
        limit_id, text, self._now = found
        state, result = function(exact_online.State.from_json(text))
        changed = state.to_json()
        statements = [self._log.statement()] if self._log.is_due() else []
        written = bool(statements)
        if changed != text:
            statements.append(
                SQL("UPDATE keeping_exact_limit SET state = %s WHERE id = %s", changed, limit_id)
            )
        if statements:
            # In one go: each one more would be a trip to the database and back.
            cr.execute(SQL("; ").join(statements))
        return result, written


class LoggedClient(exact_online.Client):
    """A client whose calls are counted and logged in the database.

    :param DatabaseLedger ledger: counts
    :param CallLog log: notes
    """

    def __init__(self, *args, ledger, log, **kwargs):
        super().__init__(*args, ledger=ledger, observer=log, **kwargs)
        self._flush = ledger.flush

    def close(self):
        """Write what is left of the log, and close the connections to the site."""
        self._flush()
        return super().close()
