from odoo import api, fields, models


class KeepingExactInvoiceCreatePeriod(models.TransientModel):
    """Whether Exact has an open period for the date that was asked, as last read."""

    _inherit = "keeping.exact.invoice.create"

    period_warning = fields.Char(compute="_compute_period_warning", export_string_translation=False)

    @api.depends("invoice_date", "administration_id")
    @api.depends_context("lang")
    def _compute_period_warning(self):
        self.period_warning = False
        for wizard in self.filtered("administration_id"):
            wizard.period_warning = wizard.administration_id._check_period(wizard.invoice_date)
