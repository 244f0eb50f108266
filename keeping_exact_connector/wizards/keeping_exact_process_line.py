from odoo import api, fields, models

from ..tools.accounts import EMAIL, MAILBOX, TRACKED


class KeepingExactProcessLine(models.TransientModel):
    """One invoice that is about to be processed, and what its customer would get."""

    _name = "keeping.exact.process.line"
    _description = "Exact Online Invoice to Process"

    wizard_id = fields.Many2one(
        "keeping.exact.process", required=True, readonly=True, ondelete="cascade"
    )
    way = fields.Selection(related="wizard_id.way")
    invoice_id = fields.Many2one(
        "keeping.exact.invoice", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="invoice_id.partner_id")
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    amount_total = fields.Monetary(string="Incl. VAT", readonly=True)
    meant_date = fields.Date(related="invoice_id.meant_date")
    recipient = fields.Char(readonly=True)
    email = fields.Char(readonly=True)
    peppol = fields.Char(readonly=True)
    method = fields.Integer(readonly=True)
    card_read = fields.Boolean(readonly=True)
    outcome = fields.Char(string="What happens", compute="_compute_outcome")
    problem = fields.Char(compute="_compute_outcome")

    @api.depends("way", "email", "peppol", "method", "card_read", "recipient")
    @api.depends_context("lang")
    def _compute_outcome(self):
        for line in self:
            outcome, line.problem = line._explain(line.way)
            line.outcome = f"{outcome}: {line.problem}" if line.problem else outcome

    def _prepare_shown(self):
        """Return what the person saw of it, to be kept with the processing."""
        self.ensure_one()
        return {"recipient": self.outcome, "amount_shown": self.amount_total}

    def _explain(self, way):
        """Return (what happens, why it cannot)."""
        self.ensure_one()
        if way == "preference":
            return self._explain_preference()
        if way == "email":
            return self._explain_email()
        if way == "peppol":
            if self.peppol or not self.card_read:
                told = self.peppol or self.env._("the identifier on the card in Exact")
                return self.env._("By Peppol to %s", told), False
            missing = self.env._("there is no Peppol identifier on the card in Exact Online")
            return self.env._("Cannot be sent by Peppol"), missing
        return self.env._("Booked; nothing is sent"), False

    def _explain_email(self):
        if self.email:
            return self.env._("E-mail to %s", self.email), False
        if not self.card_read:
            return self.env._("E-mail to the address on the card in Exact"), False
        missing = self.env._("there is no e-mail address on the card in Exact Online")
        return self.env._("Cannot be mailed"), missing

    def _explain_preference(self):
        if not self.card_read:
            return self.env._("As the card in Exact says"), False
        if self.method in (EMAIL, TRACKED):
            return self._explain_email()
        if self.method == MAILBOX:
            return self.env._("To the mailbox of %s", self.recipient), False
        return self.env._("On paper: Exact sends nothing, print it there"), False
