from datetime import timedelta
from functools import partial
from uuid import UUID

from odoo import api, fields, models

from .. import exact_online
from ..tools import messages

# How many known records are asked for before their absence is taken for a missing right.
CONTROLS = 3


class KeepingExactSendable(models.AbstractModel):
    """A record of ours that is made in Exact by exactly one POST.

    The sender (``sending/sender.py``) asks the questions and tells the outcome; what they mean
    is the record's own business.
    """

    _name = "keeping.exact.sendable"
    _description = "Record to Make in Exact Online"

    _exact_kind = None
    _exact_post_endpoint = None
    # Whatever it refers to is as good without it: its refusal holds up nothing.
    _exact_is_extra = False

    error_code = fields.Char(readonly=True, copy=False)
    error_text = fields.Text(readonly=True, copy=False, help="What Exact itself said")
    error_message = fields.Text(compute="_compute_error_message")
    error_remedy = fields.Text(compute="_compute_error_message")
    # Where the person who reads it can mend it: see tools.messages.Message.
    error_step = fields.Char(compute="_compute_error_message", export_string_translation=False)
    retry_at = fields.Datetime(string="Goes on at", readonly=True, copy=False)

    @api.depends("error_code", "error_text", "retry_at")
    @api.depends_context("lang", "tz")
    def _compute_error_message(self):
        for record in self:
            code = record._get_error_code()
            message = messages.explain(self.env, code, record.error_text)
            if messages.is_limit(code) and record.retry_at:
                message = messages.with_moment(self.env, message, record.retry_at)
            record.error_message = message.text or False
            record.error_remedy = message.remedy or False
            record.error_step = message.step or False

    def _get_error_code(self):
        """Return the code of what is to be said about this record now, or nothing."""
        self.ensure_one()
        return self.error_code

    def _exact_needs(self):
        """Return the sendable records that have to be in Exact before this one, as a list."""
        return []

    def _exact_is_early(self):
        """Tell whether something goes first that is on its way, and need not succeed."""
        return False

    def _is_needed(self):
        """Tell whether something that is on its way to Exact refers to this record."""
        return True

    def _give_up(self):
        """It was planned for something that was given up, and is not made."""

    def _exact_reference(self):
        """Return what the call log calls it: no name of a person or customer."""
        return f"{self._exact_kind} {self.id}"

    def _exact_order_key(self):
        """Return a value; records that share it are sent strictly one after the other."""
        return (self._name, self.id)

    def _exact_look_before(self, client):
        """Look whether it is in Exact already, each time before it is sent.

        :return: a row of Exact to take over instead of sending, or None
        :raise LookAlike: a person has to choose
        """
        return None

    def _exact_request(self, client):
        """Return the call that makes it in Exact, which takes the body."""
        return partial(client.post, self._exact_post_endpoint, reference=self._exact_reference())

    def _prepare_exact_payload(self):
        """Return the body of the POST: Exact's property names, typed values."""
        raise NotImplementedError

    def _exact_find(self, client, since):
        """Find in Exact what an unanswered POST may have made.

        :param exact_online.Client client: of the administration
        :param datetime since: when it was claimed, UTC
        :return: list of rows, the oldest first; empty is not yet a proof of absence
        """
        raise NotImplementedError

    def _exact_alike(self, client, since):
        """Find in Exact what may be this one although it does not carry our mark.

        Asked once its absence is proved, before it is sent again.

        :return: a row of Exact that a person has to look at, or None
        """
        return None

    def _exact_note_alike(self, row):
        """Keep what :meth:`_exact_alike` found, for a person to choose."""
        raise NotImplementedError

    def _exact_absence_proved(self, client):
        """Tell whether an empty list may be believed (promise 3: empty is not absent)."""
        raise NotImplementedError

    @api.model
    def _exact_is_shown(self, client, endpoint, key, guids):
        """Tell whether Exact shows any of these rows: then the right to read them is there.

        :param key: property that holds the GUID
        :param guids: texts; asked for one by one, until one is shown
        """
        return any(
            client.first(endpoint, select=[key], where=exact_online.eq(key, UUID(guid))) is not None
            for guid in guids
        )

    @api.model
    def _exact_created_since(self, since):
        """Return the condition on what was made since a moment (UTC).

        ``Created`` is in CET, ahead of UTC by one or two hours (API reference, chapter 3.3): an
        hour before our own clock is early enough for any skew.
        """
        return exact_online.ge("Created", since - timedelta(hours=1))

    def _exact_may_repeat(self):
        """Tell whether it may be sent again by itself once its absence in Exact is proved."""
        return True

    def _exact_claimed(self):
        """It is about to be sent; committed before the call."""

    def _exact_made(self, row):
        """It is in Exact.

        :param dict row: what Exact answered, or found when it was looked up
        """
        raise NotImplementedError

    def _exact_key(self, row):
        """Return the GUID of a row of Exact."""
        return row["ID"]

    def _exact_doubled(self, rows):
        """Exact has it more than once; a person is told.

        :param list rows: the rows besides the one that was taken over
        """

    def _exact_refused(self, code, text):
        """Exact refused it for good; nothing was made."""
        return self.write({"error_code": code, "error_text": text, "retry_at": False})

    def _exact_waiting(self, code, text, until):
        """It waits, and goes on by itself at *until* (UTC)."""
        return self.write({"error_code": code, "error_text": text, "retry_at": until})

    def _exact_uncertain(self, code, until):
        """Its outcome is unknown; it is looked up at *until* (UTC)."""
        return self.write({"error_code": code, "error_text": False, "retry_at": until})


class LookAlike(Exception):
    """Something like it is in Exact already, and only a person can tell whether it is the same.

    :param str text: what was found, for a person to read
    :param str code: of tools.messages: what it is alike in
    """

    def __init__(self, text, code="customer_exists"):
        super().__init__(text)
        self.code = code


class CannotSend(LookAlike):
    """It cannot be sent as it is, which is known before Exact is asked.

    :param str text: what fits into the sentence of *code*
    :param str code: of tools.messages
    """
