from odoo import fields, models

OPEN, PROCESSED = "open", "processed"


class KeepingExactInvoiceLinkRow(models.TransientModel):
    """An invoice in Exact that was found, on the page that is shown."""

    _name = "keeping.exact.invoice.link.row"
    _description = "Exact Invoice to Link"
    _order = "id"

    link_id = fields.Many2one(
        "keeping.exact.invoice.link", required=True, readonly=True, ondelete="cascade", index=True
    )
    guid = fields.Char(string="Exact ID", required=True, readonly=True)
    number = fields.Char(readonly=True)
    invoice_date = fields.Date(string="Date", readonly=True)
    customer = fields.Char(readonly=True)
    description = fields.Char(readonly=True)
    your_ref = fields.Char(string="Your reference", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_untaxed = fields.Monetary(string="Excl. VAT", readonly=True)
    amount_total = fields.Monetary(string="Incl. VAT", readonly=True)
    status = fields.Selection(
        [(OPEN, "Open, may still change"), (PROCESSED, "Processed")], readonly=True
    )

    def action_choose(self):
        """Go on with this invoice: read it with its lines.

        :raise UserError: it cannot be linked, or Exact cannot be read
        """
        self.ensure_one()
        return self.link_id._choose(self.guid)
