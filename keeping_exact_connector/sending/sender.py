"""The sender: makes our records in Exact, each exactly once (docs/architecture.md, Sending).

Exact has no idempotency key, an answer may be lost, and this process may die at any instant.
So each POST goes: claim and commit, call, record the outcome and commit. What is found claimed
by somebody who is gone has an unknown outcome: it is looked up in Exact before anything is sent
again.
"""

import logging
import time

import psycopg2

from odoo import fields

from .. import exact_online
from ..models.keeping_exact_invoice_states import AUTHOR, Author
from ..models.keeping_exact_sendable import LookAlike
from ..tools import messages
from .look_ups import LookUps
from .outcomes import StopRun
from .rereading import Rereading
from .telling import Telling
from .waiting import ASIDE

_logger = logging.getLogger(__name__)


class Sender(Telling, Rereading, LookUps):
    """One run for one administration. The caller holds the administration's lock.

    :param administration: one keeping.exact.administration, as superuser, in a cursor of the
        sender's own
    :param float deadline: no call begins after this moment of the monotonic clock
    """

    def __init__(self, administration, deadline):
        author = Author(*administration.env["mail.thread"]._message_compute_author())
        self.env = administration.with_context(**{AUTHOR: author}).env
        self.deadline = deadline
        self.cr = self.env.cr
        self.administration_id = administration.id
        # Customers of whom something is not settled: what follows waits, the order is kept.
        self.waiting_keys = set()
        self._begin_telling()

    def run(self):
        """Do what is due, oldest first.

        :return: whether all of it was tried before the deadline
        """
        in_time = self._serve()
        self._tell_rest()
        return in_time

    def _serve(self):
        self._find_abandoned()
        if self._is_switched_off():
            return True
        if self._administration()._is_paused():
            # Planned since the pause began; what is uncertain is looked up all the same.
            self._hold_back()
        elif self._administration().access_lost:
            self._hold_back_without_access()
        elif until := self._administration()._get_contract_reset():
            self._postpone_planned("limit_contract", "", until)
            self._commit()
        connection = self._administration().connection_id
        self.token_source = connection._get_token_source()
        with self._administration()._get_client(self.token_source) as client:
            in_time = self._work_off(client)
            if in_time and not self._is_switched_off():
                self._reread(client)
        return in_time

    def _work_off(self, client):
        """Go through the queue, and through what came in meanwhile.

        :return: whether all of it was tried before the deadline
        """
        tried = set()
        while due := [operation for operation in self._get_due() if operation not in tried]:
            for operation_id in due:
                if time.monotonic() > self.deadline:
                    return False
                tried.add(operation_id)
                try:
                    self._process(client, operation_id)
                except StopRun:
                    return True
                except psycopg2.errors.SerializationFailure:
                    # Somebody changed or released it just now; the next run sees how.
                    self._keep_order(operation_id)
                except Exception as error:  # one record must not hold up the others
                    _logger.exception("Operation %s of Exact stopped", operation_id)
                    self._put_aside(operation_id, f"{type(error).__name__}: {error}")
        return True

    def _is_switched_off(self):
        """Tell whether the organisation was switched off, perhaps during this very run."""
        # Asked before each record: without the many other columns of a company.
        company = self._administration().company_id.with_context(prefetch_fields=False)
        return bool(company._get_keeping_exact_refusal())

    def _keep_order(self, operation_id):
        """What was not settled goes before what follows it for the same customer."""
        self._reset()
        operation = self.env["keeping.exact.operation"].browse(operation_id).exists()
        record = operation.record and operation.record.exists()
        if record and operation.state in ("planned", "claimed", "uncertain"):
            self.waiting_keys.add(record._exact_order_key())
        return operation

    def _put_aside(self, operation_id, text):
        """Try again later what stopped for a reason that nobody foresaw, and show the reason."""
        operation = self._keep_order(operation_id)
        until = fields.Datetime.now() + ASIDE
        if operation.recheck_at:
            operation.recheck_at = until
        if operation.state == "planned":
            operation.due_at = until
            operation.record._exact_waiting("internal", text, until)
        elif operation.state == "uncertain":
            operation.due_at = until
            operation.record._exact_uncertain("still_unknown", until)
        self._commit()

    # ------------------------------------------------------------------ queue

    def _get_due(self):
        self.cr.execute(
            """
            SELECT id FROM keeping_exact_operation
             WHERE administration_id = %s
               AND (state IN ('planned', 'uncertain') OR recheck_at <= %s)
             ORDER BY id
            """,
            (self.administration_id, fields.Datetime.now()),
        )
        ids = [row[0] for row in self.cr.fetchall()]
        self._commit()
        return ids

    def _find_abandoned(self):
        """Only the holder of the lock may say that a claim was left behind."""
        operations = self.env["keeping.exact.operation"].search(
            [("administration_id", "=", self.administration_id), ("state", "=", "claimed")]
        )
        for operation in operations:
            operation.write({"state": "uncertain", "due_at": False})
            if operation.record.exists():
                operation.record._exact_uncertain("unknown_outcome", fields.Datetime.now())
        self._commit()

    def _process(self, client, operation_id):
        self._reset()
        if self._is_switched_off():
            raise StopRun
        operation = self.env["keeping.exact.operation"].browse(operation_id).exists()
        if operation and not operation.record.exists():
            # Given up and deleted: there is nobody left to tell anything.
            operation.write({"state": "cancelled", "recheck_at": False})
            self._commit()
            return
        if operation.state not in ("planned", "uncertain"):
            if operation.recheck_at:
                self._recheck(client, operation)
                self._commit()
            return
        if operation.state == "planned" and operation.held:
            # Held back on purpose: it does not hold up what follows for the same customer.
            return
        key = operation.record._exact_order_key()
        if key in self.waiting_keys:
            return
        if operation.due_at and operation.due_at > fields.Datetime.now():
            self.waiting_keys.add(key)
        elif operation.state == "uncertain":
            self._look_up(client, operation)
        elif self._may_send(operation):
            self._send(client, operation)
        if operation.state in ("planned", "uncertain"):
            self.waiting_keys.add(key)
        self._commit()

    def _may_send(self, operation):
        """Tell whether what this one refers to is in Exact; refuse it when it never will be."""
        if operation.administration_id.state != "linked" or operation.record._exact_is_early():
            return False
        Operation = self.env["keeping.exact.operation"]
        missing = [need for need in operation.record._exact_needs() if not need.guid]
        lost = [need for need in missing if not need or not Operation._get_open(need)]
        if lost:
            self._refuse_without(operation, lost[0])
        return not missing

    def _refuse_without(self, operation, need):
        record, kind = operation.record, need._exact_kind
        text = need.error_text or need.display_name
        # What Exact said of the customer or item is what its invoice has to say too.
        code = messages.within(kind, need.error_code)
        self._settle(operation, "refused", lambda: record._exact_refused(code, text))

    # ------------------------------------------------------------------ sending

    def _send(self, client, operation):
        record = operation.record
        try:
            # Before the claim: what goes wrong with a token has nothing to do with the record.
            self.token_source()
            row = record._exact_look_before(client)
            payload = record._prepare_exact_payload()
        except LookAlike as error:
            code, text = error.code, str(error)
            self._settle(operation, "refused", lambda: record._exact_refused(code, text))
            return
        except exact_online.ExactError as error:
            # A look has no effect: whatever went wrong, nothing was sent.
            self._not_sent(operation, error)
            return
        except psycopg2.Error:
            raise
        except Exception as error:  # one record that cannot be sent must not hold up the rest
            _logger.exception("%s %s cannot be sent", operation.kind, record.display_name)
            self._reset()
            text = f"{type(error).__name__}: {error}"
            self._settle(operation, "refused", lambda: record._exact_refused("internal", text))
            return
        if row is not None:
            self._settle(operation, "done", lambda: record._exact_made(row))
            return
        now = fields.Datetime.now()
        operation.write(
            {
                "state": "claimed",
                "claimed_at": now,
                "first_claimed_at": operation.first_claimed_at or now,
                "attempts": operation.attempts + 1,
                "look_ups": 0,
            }
        )
        record._exact_claimed()
        # Read before the commit: a look at the record after it would open a transaction that
        # lasts as long as the call, with a view of the database from before it.
        request = record._exact_request(client)
        self._commit()
        try:
            row = self._post(request, payload)
        except exact_online.ExactError as error:
            self._not_made(operation, error)
        else:
            self._settle(operation, "done", lambda: record._exact_made(row))

    def _post(self, request, payload):
        try:
            return request(payload)
        except exact_online.Unreachable:
            # The connection never opened, so nothing was sent: once more, at once.
            return request(payload)

    def _not_made(self, operation, error):
        """Sort out a POST that did not end in an answer with the new record."""
        record = operation.record
        if error.took_effect is None:
            _logger.warning(
                "The outcome of %s %s is unknown: %s", operation.kind, record.display_name, error
            )
            self._settle(operation, "uncertain", lambda: self._plan_look_up(operation))
        else:
            self._not_sent(operation, error)

    def _not_sent(self, operation, error):
        """Nothing was sent: it was refused, or stays planned and why it waits is shown."""
        # At an address that Exact is about to block, what is extra must not hold up the rest.
        blocked = messages.code_of(error) == "limit_errors" and operation.record._exact_is_extra
        if blocked or self._is_refusal(error):
            self._refused(operation, error)
            return
        until = self._come_back_at(operation, error)
        self._settle(operation, "planned", lambda: self._postpone(operation, error, until))
        raise StopRun

    def _refused(self, operation, error):
        """Exact refused it; the third time in a row for one reason stops the administration."""
        code, text = messages.code_of(error), messages.text_of(error)
        administration = self._administration()

        def tell():
            operation.record._exact_refused(code, text)
            administration._note_refusal(operation.kind, code, text)
            if isinstance(error, exact_online.NoRight):
                # The checks name the cause: one body of a 403 covers many (chapter 5.1).
                administration._plan_checks()

        self._settle(operation, "refused", tell)
        if administration._is_paused():
            _logger.warning("Sending for %s is paused: %s", administration.display_name, code)
            self._hold_back()
            raise StopRun
