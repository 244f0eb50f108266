from odoo import fields, models
from odoo.exceptions import UserError


class KeepingExactCreditCandidate(models.TransientModel):
    """One document in Exact that may credit an invoice."""

    _name = "keeping.exact.credit.candidate"
    _description = "Possible Credit Note"
    _order = "score desc, id"

    find_id = fields.Many2one(
        "keeping.exact.credit.find", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="find_id.currency_id")
    guid = fields.Char(string="Exact ID", readonly=True)
    source = fields.Selection(
        [
            ("note", "Credit note"),
            ("invoice", "Lines below zero on an invoice"),
            ("entry", "Sales entry"),
        ],
        string="Kind",
        readonly=True,
    )
    number = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    description = fields.Char(readonly=True)
    processed = fields.Boolean(readonly=True)
    amount = fields.Monetary(string="Credits", readonly=True, help="Without VAT")
    used = fields.Monetary(
        string="Used already", readonly=True, help="By credits that were confirmed here"
    )
    score = fields.Integer(readonly=True)
    reasons = fields.Text(string="Why this one", readonly=True)
    fingerprint = fields.Text(readonly=True, export_string_translation=False)
    credited = fields.Json(readonly=True, export_string_translation=False)

    def action_choose(self):
        """Choose which lines and hours this one credits.

        :raise UserError: the invoice cannot be credited any more
        """
        self.ensure_one()
        invoice = self.find_id.invoice_id
        invoice._check_creditable()
        if not self.guid:
            raise UserError(self.env._("Look for credit notes again."))
        return self.env["keeping.exact.credit.choice"]._ask_confirming(invoice, self)
