from datetime import timedelta
from urllib.parse import quote

from odoo import api, fields, models

from ..tools import messages
from ..tools.guards import check_administrator

# Ten errors in an hour block the app for that endpoint (API reference, chapter 2). Three for the
# same reason are no accident: a person has to mend something first (promise 6).
SAME_REFUSALS = 3
PAUSE = timedelta(hours=1)


class KeepingExactAdministrationSending(models.Model):
    """What sending needs of an administration: a client, and a pause when Exact keeps refusing."""

    _inherit = "keeping.exact.administration"

    # What was refused last, why, and how many times in a row for that reason.
    refusal_kind = fields.Char(readonly=True, copy=False, export_string_translation=False)
    refusal_code = fields.Char(readonly=True, copy=False, export_string_translation=False)
    refusal_text = fields.Text(readonly=True, copy=False, export_string_translation=False)
    refusal_count = fields.Integer(
        readonly=True, copy=False, aggregator=None, export_string_translation=False
    )
    paused_until = fields.Datetime(string="Sending paused until", readonly=True, copy=False)
    pause_message = fields.Text(compute="_compute_pause_message", export_string_translation=False)

    # ------------------------------------------------------------------ compute

    @api.depends("paused_until", "refusal_code", "refusal_text")
    @api.depends_context("lang")
    def _compute_pause_message(self):
        for administration in self:
            code = messages.within("paused", administration.refusal_code)
            administration.pause_message = administration._is_paused() and "\n".join(
                messages.explain(self.env, code, administration.refusal_text)[:2]
            )

    # ------------------------------------------------------------------ actions

    def action_go_on(self):
        """End the pause: go on with sending at once."""
        check_administrator(self)
        self.sudo()._end_pause()
        return True

    # ------------------------------------------------------------------ business

    def _get_client(self, token_source=None):
        """Return a client for this administration, to be used in a ``with``.

        :param TokenSource token_source: one that the caller keeps using
        """
        self.ensure_one()
        return self.connection_id._get_client(self.code, token_source, self)

    def _get_card_url(self, customer):
        """Return the address of a customer's card in Exact, or of its start page (chapter 7).

        :param customer: one keeping.exact.customer in Exact, or none
        """
        self.ensure_one()
        site_url = self.env["keeping.exact.connection"]._get_site_url(self.site)
        page = "CRMAccountCard.aspx" if customer.guid else "MenuPortal.aspx"
        url = f"{site_url}/docs/{page}?_Division_={self.code}"
        return url + (f"&AccountID={quote('{' + customer.guid + '}')}" if customer.guid else "")

    def _is_paused(self):
        self.ensure_one()
        return bool(self.paused_until and self.paused_until > fields.Datetime.now())

    def _note_refusal(self, kind, code, text):
        """Count a refusal of Exact; the third in a row for the same reason pauses sending.

        :param str kind: of the operation: what was refused
        :param str code: of tools.messages
        :param str text: Exact's own words
        """
        self.ensure_one()
        before = (self.refusal_kind, self.refusal_code, self.refusal_text)
        count = self.refusal_count + 1 if before == (kind, code, text) else 1
        vals = {"refusal_kind": kind, "refusal_code": code, "refusal_text": text}
        if count >= SAME_REFUSALS:
            vals["paused_until"] = fields.Datetime.now() + PAUSE
        self.write({**vals, "refusal_count": count})

    def _note_success(self, kind):
        """Exact made one of this kind: whatever it refused before is over."""
        self.ensure_one()
        if self.refusal_count and self.refusal_kind == kind:
            self.write({"refusal_count": 0, "paused_until": False})

    def _end_pause(self):
        """A person has mended what was wrong: go on with all that waited for it."""
        paused = self.filtered("paused_until")
        if not paused:
            return
        paused.write({"refusal_count": 0, "paused_until": False})
        Operation = self.env["keeping.exact.operation"]
        waiting = Operation.search(
            [("administration_id", "in", paused.ids), ("state", "=", "planned")]
        )
        for operation in waiting:
            if messages.is_paused(operation.record.error_code):
                operation.due_at = False
                operation.record._exact_waiting(False, False, False)
        Operation._wake_sender()
