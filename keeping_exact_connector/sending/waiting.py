"""What waits, until when, and what the person who looks at it is told."""

from datetime import timedelta

from odoo import fields

from .. import exact_online
from ..tools import messages
from .outcomes import Outcomes

# Minutes to wait after Exact could not be reached, by the number of times in a row.
UNREACHED_MINUTES = (1, 1, 2, 4, 8, 15)
ASIDE = timedelta(minutes=15)
FOR_A_PERSON = timedelta(hours=1)


class Waiting(Outcomes):
    """Has operations wait: after an error, for the end of a pause, until access is back."""

    def _is_refusal(self, error):
        """Tell whether Exact refuses this very record, and not whatever is asked."""
        refusals = exact_online.Refused | exact_online.NoRight
        return isinstance(error, refusals) and messages.code_of(error) not in messages.CLOSED

    def _hold_back(self):
        """Have what is planned wait for the end of the pause, and say so."""
        administration = self._administration()
        code = messages.within("paused", administration.refusal_code)
        self._postpone_planned(code, administration.refusal_text, administration.paused_until)
        self._commit()

    def _hold_back_without_access(self):
        """Send nothing that is sure to be refused; reading goes on and tells when it is back."""
        name = self._administration().connection_id.exact_user_name
        until = fields.Datetime.now() + ASIDE
        self._postpone_planned("no_division_access", name or "", until)
        self._commit()

    def _come_back_at(self, operation, error):
        if isinstance(error, exact_online.LimitReached):
            return error.over_at
        if messages.code_of(error) in messages.CLOSED or not self._is_connected():
            # Whoever mends it has all of it go on at once.
            return fields.Datetime.now() + FOR_A_PERSON
        waits = UNREACHED_MINUTES
        minutes = waits[min(operation.unreached, len(waits) - 1)]
        return fields.Datetime.now() + timedelta(minutes=minutes)

    def _is_connected(self):
        # If the token was refused just now, another cursor has written it: look with a new view of
        # the database.
        self._commit()
        self.env.invalidate_all()
        return self._administration().connection_id.state == "connected"

    def _postpone(self, operation, error, until):
        """Have everything that is planned for this administration wait, and say why."""
        operation.unreached += 1
        if messages.code_of(error) in messages.CLOSED:
            self._administration()._note_closed(messages.code_of(error))
        self._postpone_planned(messages.code_of(error), messages.text_of(error), until)

    def _postpone_planned(self, code, text, until):
        planned = self.env["keeping.exact.operation"].search(
            [("administration_id", "=", self.administration_id), ("state", "=", "planned")]
        )
        planned.due_at = until
        for waiting in planned:
            waiting.record._exact_waiting(code, text, until)
