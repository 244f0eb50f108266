"""Tells the pages that are open of what a run changes, in one message for many changes."""

import time
from collections import defaultdict

from .outcomes import Outcomes

# In the context of a sender: where it collects ids of invoices, by id of the contact who is told.
TELL_LATER = "keeping_exact_tell_later"
# Seconds between two messages. Each costs a connection with PostgreSQL of its own, which in a long
# run is a tenth of all that an invoice takes.
TELL_EACH = 1.0


class Telling(Outcomes):
    """Collects what changed; the first change is told at once, and the last when the run ends.

    What is collected is lost with the process: a page that waits looks by itself now and then.
    """

    def _begin_telling(self):
        self.changed = defaultdict(set)
        self.told_at = -TELL_EACH
        self.env = self.env(context={**self.env.context, TELL_LATER: self.changed})

    def _commit(self):  # pylint: disable=missing-return
        telling = self.changed and time.monotonic() - self.told_at >= TELL_EACH
        if telling:
            self.env["keeping.exact.invoice"]._tell_partners(self.changed)
        super()._commit()
        if telling:
            self.changed.clear()
            self.told_at = time.monotonic()

    def _tell_rest(self):
        """Tell at the end of a run what was not told yet."""
        self.told_at = -TELL_EACH
        self._commit()
