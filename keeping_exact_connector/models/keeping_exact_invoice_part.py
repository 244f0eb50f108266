from odoo import fields, models


class KeepingExactInvoicePart(models.AbstractModel):
    """A step that is done for one invoice, and belongs to it."""

    _name = "keeping.exact.invoice.part"
    _description = "Step of One Invoice in Exact Online"
    _inherit = ["keeping.exact.invoice.step"]
    _order = "id desc"

    invoice_id = fields.Many2one(
        "keeping.exact.invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    administration_id = fields.Many2one(
        related="invoice_id.administration_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="invoice_id.company_id", store=True, index=True, string="Organisation"
    )

    # ------------------------------------------------------------------ business

    def _get_invoice(self):
        return self.invoice_id
