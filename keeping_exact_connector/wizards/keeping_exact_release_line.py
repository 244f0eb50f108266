from odoo import api, fields, models


class KeepingExactReleaseLine(models.TransientModel):
    """One invoice of which the hours are about to be released, and what becomes of it."""

    _name = "keeping.exact.release.line"
    _description = "Exact Online Invoice to Release"

    wizard_id = fields.Many2one(
        "keeping.exact.release", required=True, readonly=True, ondelete="cascade"
    )
    what = fields.Selection(related="wizard_id.what")
    invoice_id = fields.Many2one(
        "keeping.exact.invoice", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="invoice_id.partner_id")
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    hours = fields.Float(related="invoice_id.hours")
    kind = fields.Selection(
        [
            ("free", "Not in Exact"),
            ("open", "Open in Exact"),
            ("processed", "Processed"),
            ("unread", "As last read"),
            ("busy", "At work"),
        ],
        readonly=True,
        required=True,
    )
    shown_state = fields.Char(readonly=True, export_string_translation=False)
    number = fields.Char(
        string="Number in Exact", readonly=True, help="Of an open invoice its order number"
    )
    amount_total = fields.Monetary(string="Incl. VAT", readonly=True)
    changed_at = fields.Datetime(
        string="Changed in Exact on", readonly=True, help="By Exact's own clock"
    )
    outcome = fields.Char(string="What happens", compute="_compute_outcome")

    # ------------------------------------------------------------------ compute

    @api.depends("what", "kind", "number")
    @api.depends_context("lang")
    def _compute_outcome(self):
        for line in self:
            line.outcome = line._explain()

    def _explain(self):
        self.ensure_one()
        if self._is_deleted():
            return self._explain_deletion()
        told = {
            "free": self.env._("Its hours become free; nothing of it is in Exact Online."),
            "open": self.env._(
                "Its hours become free. It stays in Exact Online, open: delete it there."
            ),
            "processed": self.env._(
                "Its hours become free. It stays in Exact Online, processed: credit it there."
            ),
            "unread": self.env._(
                "Its hours become free. What there is of it in Exact Online stays there."
            ),
            "busy": self.env._("Nothing: it is being worked at in Exact Online. Try again later."),
        }
        return told[self.kind]

    def _explain_deletion(self):
        if self.invoice_id.specification_state == "done":
            return self.env._(
                "Deleted in Exact Online; then its hours become free. Its hours specification "
                "stays with the documents of the customer there."
            )
        return self.env._("Deleted in Exact Online; then its hours become free.")

    # ------------------------------------------------------------------ business

    def _is_deleted(self):
        """Tell whether it is to be deleted in Exact."""
        return self.kind == "open" and self.wizard_id.what == "delete"

    def _prepare_shown(self):
        """Return what the person saw of it, to be kept with the deletion."""
        self.ensure_one()
        return {"amount_shown": self.amount_total, "modified_shown": self.changed_at}
