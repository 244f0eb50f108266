"""How a run keeps what Exact has said: committed, whoever else is at the same records."""

import random
import time

import psycopg2

from ..tools.locks import CONFLICTS

OUTCOME_TRIES = 6


class StopRun(Exception):
    """Nothing more can be done for this administration now."""


class Outcomes:
    """The transactions of a sender; it has ``env``, ``cr`` and ``administration_id``."""

    def _administration(self):
        return self.env["keeping.exact.administration"].browse(self.administration_id)

    def _settle(self, operation, state, tell_record):
        """Record an outcome and commit; a conflict must not lose what Exact has said."""
        for attempt in range(OUTCOME_TRIES):
            try:
                if state == "done":
                    operation.write({"due_at": False, "unreached": 0})
                    self._administration()._note_success(operation.kind)
                    self._administration()._note_open()
                operation.state = state
                tell_record()
                self._commit()
                return
            except (*CONFLICTS, psycopg2.errors.UniqueViolation):
                # Unique: the list that was read meanwhile brought in the very same record.
                if attempt == OUTCOME_TRIES - 1:
                    raise
                self._reset()
                time.sleep(random.uniform(0, 0.1 * 2**attempt))  # noqa: S311

    def _commit(self):
        self.env.flush_all()
        self.cr.commit()  # pylint: disable=invalid-commit

    def _reset(self):
        """Begin anew with what is in the database now."""
        self.cr.rollback()
        self.env.invalidate_all()
