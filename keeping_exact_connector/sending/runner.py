"""Serves administrations side by side, each by a sender of its own (docs/architecture.md)."""

import logging
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from odoo import SUPERUSER_ID, api

from ..tools.locks import SENDING, try_administration_lock
from .sender import Sender

_logger = logging.getLogger(__name__)

# A sender waits for Exact most of the time. Eight serve some 25 calls a second at a third of a
# second each: more than 20 administrations may use. Each takes up to four database connections
# for a moment, and a process of Odoo has 64.
AT_ONCE = 8
# Seconds between two looks for what came in, or became due, while others are served.
LOOK_EACH = 1.0


def serve(registry, administration_id, deadline):
    """Send for one administration, unless another process is at it.

    :param registry: of the database
    :param int administration_id: id of the keeping.exact.administration
    :param float deadline: when to stop, on the monotonic clock
    :return: False when time was up before all that is due was done
    """
    # The lock lives in a cursor of its own for the whole run: the work commits after each step,
    # and a lock in its cursor would end there.
    with registry.cursor() as lock_cr:
        if not try_administration_lock(lock_cr, SENDING, administration_id):
            return True
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            administration = env["keeping.exact.administration"].browse(administration_id)
            return Sender(administration, deadline).run()


class Runner:
    """One run of the send job.

    Without it an administration that is slow, or has much to do, would hold up all others: a job
    of Odoo runs once at a time, so what comes in meanwhile has to be found by the run itself.

    :param registry: of the database
    :param float deadline: no call begins after this moment of the monotonic clock
    """

    def __init__(self, registry, deadline):
        self.registry = registry
        self.deadline = deadline
        self.failed = []
        # What was due for an administration when it was last taken up.
        self._taken = {}

    def run(self):
        """Serve all that is due, and what becomes due as long as others are being served.

        :return: whether all of it was tried before the deadline
        """
        running, in_time = {}, True
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="keeping_exact_send") as pool:
            self._take_up(pool, running)
            while running:
                done, _others = wait(running, timeout=LOOK_EACH, return_when=FIRST_COMPLETED)
                for future in done:
                    in_time &= self._note_end(running.pop(future), future)
                # When nobody is served any more the run is over: the job is woken for the rest.
                if running and time.monotonic() < self.deadline:
                    self._take_up(pool, running)
        return in_time

    def _take_up(self, pool, running):
        for administration_id, due in self._get_work().items():
            served = administration_id in running.values()
            if not served and self._taken.get(administration_id) != due:
                self._taken[administration_id] = due
                future = pool.submit(self._serve, administration_id)
                running[future] = administration_id

    def _get_work(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return env["keeping.exact.operation"]._get_work()

    def _serve(self, administration_id):
        # For the log, as Odoo does in its own threads.
        threading.current_thread().dbname = self.registry.db_name
        return serve(self.registry, administration_id, self.deadline)

    def _note_end(self, administration_id, future):
        error = future.exception()
        if error is None:
            return future.result()
        # One administration's trouble never stops another's.
        _logger.error("Sending for administration %s stopped", administration_id, exc_info=error)
        self.failed.append(administration_id)
        return True
