import json
from uuid import UUID

from odoo import api, fields, models

from .keeping_exact_invoice_line import PRECISION
from .keeping_exact_sendable import CannotSend

REMOVE = "remove"
# What tells a line that somebody added from the one that was shown, besides texts and figures.
ALSO = ("Item", "VATCode", "UnitCode")


class KeepingExactLineRemoval(models.Model):
    """A line that somebody added to an open invoice in Exact, and that is removed there.

    Only one that is as it was shown, and never the last: whether Exact keeps an invoice without
    lines is not known (reference, chapter 4.4).
    """

    _inherit = "keeping.exact.line.change"

    what = fields.Selection(selection_add=[(REMOVE, "Removed")], ondelete={REMOVE: "cascade"})

    # ------------------------------------------------------------------ values

    @api.model
    def _dump_whole(self, row):
        """Return all that a person is shown of a line, to tell whether it still is so.

        :param dict row: of SalesInvoiceLines
        """
        amount = {"AmountFC": self._dump_number(row["AmountFC"], PRECISION[1])}
        other = {name: (row[name] or "").strip() for name in ALSO}
        return json.dumps({**json.loads(self._dump(row)), **amount, **other}, sort_keys=True)

    # ------------------------------------------------------------------ business

    def _exact_look_before(self, client):
        if self.what != REMOVE:
            return super()._exact_look_before(client)
        rows = self._read_lines(client)
        if not rows:
            raise CannotSend(self.name, "lines_unseen")
        row = self._find_row(rows)
        if not row:
            return {}
        self._check_still_open(client)
        is_ours = self.guid in self.invoice_id.line_ids.mapped("guid")
        if is_ours or self._dump_whole(row) != self.shown:
            raise CannotSend(self.name, "line_changed")
        if len(rows) == 1:
            raise CannotSend(self.name, "line_last")
        if self._find_refused():
            # It may stand there in place of the one that was refused.
            raise CannotSend(self.name, "line_others_refused")
        return None

    def _find_refused(self):
        """Return what was to be changed or made before lines are removed, and was refused."""
        return self.invoice_id.line_change_ids.filtered(
            lambda step: step.state == "failed" and step.what != REMOVE
        )

    def _find_row(self, rows):
        return next((row for row in rows if row["ID"] == self.guid), None)

    def _exact_request(self, client):
        if self.what != REMOVE:
            return super()._exact_request(client)
        key, reference = UUID(self.guid), self._exact_reference()
        return lambda _nothing: client.delete(self._exact_post_endpoint, key, reference=reference)

    def _prepare_exact_payload(self):
        """Return None for a DELETE: it says nothing but which (reference, chapter 4.4)."""
        return None if self.what == REMOVE else super()._prepare_exact_payload()

    def _exact_find(self, client, since):
        if self.what != REMOVE:
            return super()._exact_find(client, since)
        # What is looked for is that it is gone, which the lines that are left prove.
        rows = self._read_lines(client)
        gone = not self._find_row(rows) and self._are_lines_believed(client, rows)
        return [{}] if gone else []

    def _exact_absence_proved(self, client):
        if self.what != REMOVE:
            return super()._exact_absence_proved(client)
        return bool(self._find_row(self._read_lines(client)))

    def _exact_made(self, row):
        if self.what != REMOVE:
            return super()._exact_made(row)
        self._be_done({})
        return self.invoice_id._note_line_removed(self)


class KeepingExactInvoice(models.Model):
    _inherit = "keeping.exact.invoice"

    def _note_line_removed(self, step):
        """A line that was never one of ours is gone from Exact: what was meant is as it was."""
        self.ensure_one()
        shown = json.loads(step.shown)
        self._tell_lines_sent(
            self.env._(
                "Line %(line)s, which was added in Exact Online, is removed there, as %(user)s "
                "asked: %(quantity)s x %(price)s.",
                line=step.name,
                user=step.create_uid.name,
                quantity=shown["Quantity"],
                price=shown["UnitPrice"],
            )
        )
