from odoo import api, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model
    def _timesheet_domain_get_invoiced_lines(self, sale_line_delivery):
        """Leave out hours that Exact bills."""
        domain = super()._timesheet_domain_get_invoiced_lines(sale_line_delivery)
        return [*domain, *self.env["account.analytic.line"]._domain_not_in_exact()]
