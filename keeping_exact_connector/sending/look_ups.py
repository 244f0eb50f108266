"""What became of a POST that was not answered: looked up in Exact before anything is sent again."""

import logging
from datetime import timedelta

from odoo import fields

from .. import exact_online
from ..tools import messages
from .outcomes import StopRun
from .waiting import Waiting

_logger = logging.getLogger(__name__)

# Minutes after the claim at which an unanswered POST is looked up again. Exact may finish its
# work after it gave up answering.
LOOK_UP_MINUTES = (1, 5, 15, 30)
LOOK_UP_PARAMETER = "keeping_exact_connector.look_up_minutes"


class LookUps(Waiting):
    """Finds, takes over or gives up what was sent with an unknown outcome."""

    def _plan_look_up(self, operation):
        minutes = self._look_up_minutes()
        wait = minutes[min(operation.look_ups, len(minutes) - 1)]
        until = operation.claimed_at + timedelta(minutes=wait)
        operation.due_at = max(until, fields.Datetime.now())
        operation.record._exact_uncertain("unknown_outcome", operation.due_at)

    def _look_up_minutes(self):
        text = self.env["ir.config_parameter"].get_param(LOOK_UP_PARAMETER) or ""
        return [float(part) for part in text.split(",") if part.strip()] or LOOK_UP_MINUTES

    def _look_up(self, client, operation):
        """Find out what became of a POST that was not answered."""
        record = operation.record
        try:
            rows = record._exact_find(client, operation.claimed_at)
            last = not rows and self._last_look(operation)
            absent = last and record._exact_absence_proved(client)
            alike = absent and record._exact_alike(client, operation.claimed_at)
        except exact_online.ExactError as error:
            self._look_up_failed(operation, error)
            return
        # What came in while Exact was asked has to be seen.
        self._reset()
        if rows:
            _logger.info("%s %s was found in Exact", operation.kind, record.display_name)
            self._settle(operation, "done", lambda: self._take_over(record, rows))
        elif alike:
            self._settle(operation, "refused", lambda: record._exact_note_alike(alike))
        elif absent and not record._exact_may_repeat():
            self._settle(operation, "refused", lambda: self._leave_to_person(operation))
        elif absent:
            self._settle(operation, "planned", lambda: self._send_again(operation))
        else:
            self._settle(operation, "uncertain", lambda: self._not_found_yet(operation))

    def _last_look(self, operation):
        last = operation.claimed_at + timedelta(minutes=self._look_up_minutes()[-1])
        return fields.Datetime.now() >= last

    def _take_over(self, record, rows):
        """Take over the oldest; that there are more is for a person to mend."""
        record._exact_made(rows[0])
        if len(rows) > 1:
            record._exact_doubled(rows[1:])

    def _recheck(self, client, operation):
        """The day after: did Exact finish the first POST after all?"""
        record = operation.record
        try:
            rows = record._exact_find(client, operation.first_claimed_at)
        except exact_online.ExactError as error:
            _logger.info("%s was not looked up once more: %s", record.display_name, error)
            operation.recheck_at = fields.Datetime.now() + timedelta(hours=1)
            return
        operation.recheck_at = False
        others = [row for row in rows if record._exact_key(row) != record.guid]
        if others:
            record._exact_doubled(others)

    def _send_again(self, operation):
        operation.due_at = False
        operation.recheck_at = fields.Datetime.now() + timedelta(days=1)
        operation.record._exact_waiting(False, False, False)
        self.env["keeping.exact.operation"]._wake_sender()

    def _leave_to_person(self, operation):
        """What may have reached a customer is not sent again by itself; look the day after."""
        operation.recheck_at = fields.Datetime.now() + timedelta(days=1)
        operation.record._exact_refused("message_unknown", False)

    def _not_found_yet(self, operation):
        operation.look_ups += 1
        if self._last_look(operation):
            # Nothing found, and that may not be believed: a person is told, the search goes on.
            operation.due_at = fields.Datetime.now() + timedelta(minutes=30)
            operation.record._exact_uncertain("still_unknown", operation.due_at)
        else:
            self._plan_look_up(operation)

    def _look_up_failed(self, operation, error):
        until = self._come_back_at(operation, error)

        def postpone():
            operation.write({"due_at": until, "unreached": operation.unreached + 1})
            operation.record._exact_uncertain("unknown_outcome", until)
            if messages.code_of(error) in messages.CLOSED:
                self._administration()._note_closed(messages.code_of(error))

        self._settle(operation, "uncertain", postpone)
        if not self._is_refusal(error):
            raise StopRun
