"""Wakes Odoo's jobs at a moment that is soon.

Odoo looks for planned jobs each minute only. Exact's limit is per minute, so work that waits for
it would lose up to a minute of each. A thread that does nothing but wait costs less than a job
that waits, of which there are few. If its process ends early, Odoo's own look comes later, that is
all.
"""

import logging
import threading
import time

from odoo import fields, sql_db
from odoo.addons.base.models.ir_cron import ODOO_NOTIFY_FUNCTION
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# Seconds. What is later can wait for Odoo's own look.
SOON = 90
# Seconds after the moment: clocks of this machine and of the database may differ a little.
LATER = 0.3

_lock = threading.Lock()
_alarms = {}


def wake_jobs_at(database, moment):
    """Have the jobs of a database looked at soon after a moment.

    :param str database: its name
    :param datetime moment: UTC; what is not soon is left to Odoo
    """
    seconds = (moment - fields.Datetime.now()).total_seconds()
    if seconds > SOON:
        return
    due = time.monotonic() + max(seconds, 0) + LATER
    with _lock:
        known = _alarms.get(database)
        if known and known[1].is_alive() and known[0] <= due:
            # It wakes the job, which then sets the next one.
            return
        timer = threading.Timer(due - time.monotonic(), _wake, [database])
        timer.daemon = True
        _alarms[database] = (due, timer)
        timer.start()
    if known:
        known[1].cancel()


def _wake(database):
    try:
        # As ir.cron does for a job that is to run at once; its own method needs an environment, so
        # a transaction in each database that a timer goes off for.
        with sql_db.db_connect("postgres").cursor() as cr:
            notify = SQL.identifier(ODOO_NOTIFY_FUNCTION)
            cr.execute(SQL("SELECT %s('cron_trigger', %s)", notify, database))
    except Exception:  # Odoo's own look comes within a minute
        _logger.info("The jobs of %s could not be woken", database, exc_info=True)
