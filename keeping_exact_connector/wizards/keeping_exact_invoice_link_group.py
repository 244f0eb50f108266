from odoo import api, fields, models
from odoo.exceptions import AccessError

MATCH_REASONS = [
    ("both", "hours and amount are the same"),
    ("amount", "the amount is the same"),
    ("hours", "the hours are the same"),
    ("text", "the text is alike"),
    ("sum", "together they are the line"),
    ("only", "it is the only line"),
]


class KeepingExactInvoiceLinkGroup(models.TransientModel):
    """Hours that are one line by the chosen breakdown, and the invoice's line they are on."""

    _name = "keeping.exact.invoice.link.group"
    _description = "Hours to Link with a Line of an Exact Invoice"
    _order = "id"

    link_id = fields.Many2one(
        "keeping.exact.invoice.link", required=True, readonly=True, ondelete="cascade", index=True
    )
    # What tells it from the others when the hours are looked at again.
    key = fields.Char(required=True, readonly=True, export_string_translation=False)
    name = fields.Char(string="Breakdown", readonly=True)
    currency_id = fields.Many2one(related="link_id.currency_id")
    count = fields.Integer(string="Entries", readonly=True)
    hours = fields.Float(string="Hours worked", digits=(16, 2), readonly=True)
    billed_hours = fields.Float(digits=(16, 2), readonly=True)
    amount = fields.Monetary(readonly=True, help="At the rate card, or the rate you typed")
    worth = fields.Monetary(string="Their amount", compute="_compute_worth")
    line_id = fields.Many2one(
        "keeping.exact.invoice.link.line",
        string="On line",
        domain="[('link_id', '=', link_id)]",
        ondelete="cascade",
    )
    reason = fields.Selection(MATCH_REASONS, string="Because", readonly=True)

    # ------------------------------------------------------------------ compute

    @api.depends("amount", "billed_hours", "line_id", "link_id.rate_mode")
    def _compute_worth(self):
        for group in self:
            by_line = group.link_id.rate_mode == "line_rate"
            if by_line and group.line_id:
                group.worth = group.line_id._price(group.billed_hours)
            else:
                group.worth = 0 if by_line else group.amount

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):
        if not self.env.su:
            if set(vals) - {"line_id"}:
                raise AccessError(self.env._("Only the line that hours are on can be chosen here."))
            line = self.env["keeping.exact.invoice.link.line"].browse(vals.get("line_id") or [])
            if line.link_id - self.link_id:
                raise AccessError(self.env._("This line is of another invoice."))
            # What a person chose needs no reason.
            vals = {**vals, "reason": False}
        return super().write(vals)
