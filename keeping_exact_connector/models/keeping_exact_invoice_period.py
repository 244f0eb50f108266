from odoo import api, fields, models

from .keeping_exact_invoice import EDITABLE_STATES


class KeepingExactInvoicePeriod(models.Model):
    """Whether Exact has an open period for the date of a draft, as last read."""

    _inherit = "keeping.exact.invoice"

    period_warning = fields.Char(compute="_compute_period_warning", export_string_translation=False)

    @api.depends("state", "invoice_date", "administration_id")
    @api.depends_context("lang")
    def _compute_period_warning(self):
        self.period_warning = False
        for invoice in self.filtered(lambda invoice: invoice.state in EDITABLE_STATES):
            invoice.period_warning = invoice.administration_id._check_period(invoice.invoice_date)
