from datetime import timedelta

from odoo import api, fields, models

from .. import exact_online
from ..tools import messages
from .keeping_exact_administration import SYNC_RETRY
from .keeping_exact_journal import SALES

# Exact blocks an administration for as long as a backup or a conversion lasts: nobody has to do
# anything.
QUIET = ("division_blocked",)
CLOSED_PAUSE = timedelta(hours=1)


class KeepingExactAdministrationHealth(models.Model):
    """Whether Exact lets anybody into the administration, and when it answered last."""

    _inherit = "keeping.exact.administration"

    # Why Exact refuses each call for this administration, one of messages.CLOSED.
    closed_code = fields.Char(readonly=True, copy=False, export_string_translation=False)
    last_contact_at = fields.Datetime(
        string="Last contact",
        compute="_compute_last_contact_at",
        compute_sudo=True,
        help="When Exact Online answered last for this administration.",
    )

    # ------------------------------------------------------------------ compute

    def _compute_last_contact_at(self):
        answers = self.env["keeping.exact.call"]._get_last_answers("administration_id", self.ids)
        for administration in self:
            administration.last_contact_at = answers.get(administration.id, False)

    # ------------------------------------------------------------------ actions

    def action_ask_unlink(self):
        """Say what unlinking means for links, hours and what waits, and ask."""
        self.ensure_one()
        return self.env["keeping.exact.disconnect"]._ask(administration=self)

    # ------------------------------------------------------------------ business

    def _note_closed(self, code):
        """Exact refuses whatever is asked for this administration.

        :param str code: one of messages.CLOSED
        """
        self.ensure_one()
        if self.closed_code != code:
            self.closed_code = code
        if code not in QUIET:
            self.connection_id._set_attention(code, self.display_name)

    def _check_open(self, client):
        """See whether Exact lets anybody in again.

        :param exact_online.Client client: of the connection
        :raise exact_online.NoRight: it does not
        """
        for administration in self:
            try:
                # Not system/Divisions, which takes any number (API reference, chapter 4.2).
                client.first(
                    "financial/Journals",
                    select=["Code"],
                    where=exact_online.eq("Type", SALES),
                    division=administration.code,
                )
            except (exact_online.Refused, exact_online.NoRight) as error:
                if messages.code_of(error) in messages.CLOSED:
                    raise

    def _note_open(self):
        """Exact did something for this administration: it is not closed any more."""
        self.ensure_one()
        if not self.closed_code:
            return
        self.closed_code = False
        connection = self.connection_id
        still = connection.administration_ids.filtered(lambda a: a.closed_code in messages.CLOSED)
        if connection.health_code in messages.CLOSED and not still:
            connection._work_again()

    @api.model
    def _get_sync_due(self):
        """Return the administrations to read now.

        Where a person has to mend the connection first, there is nothing to try. An organisation
        that is switched off waits; switching it on wakes this job.
        """
        due = self.search(
            [
                ("state", "=", "linked"),
                ("sync_at", "<=", fields.Datetime.now()),
                "|",
                ("connection_id.state", "=", "connected"),
                ("closed_code", "!=", False),
            ]
        )
        return due.filtered(lambda a: not a.company_id._get_keeping_exact_refusal())

    def _note_not_read(self, error):
        """Take note of why Exact could not be read.

        :param exact_online.ExactError error: of the client
        :return: how long to wait with the next reading, a timedelta
        """
        code = messages.code_of(error)
        if code not in messages.CLOSED:
            return SYNC_RETRY
        self._note_closed(code)
        return CLOSED_PAUSE

    def _sync_again(self):
        """Read at once what could not be read."""
        missed = self.filtered(lambda a: a.state == "linked" and a.sync_message)
        missed.sync_at = fields.Datetime.now()
        self.env.ref("keeping_exact_connector.ir_cron_sync").sudo()._trigger()
