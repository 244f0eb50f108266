from odoo import models


class AccountAnalyticLineLinking(models.Model):
    _inherit = "account.analytic.line"

    def action_keeping_exact_link_invoice(self):
        """Find the invoice in Exact that bills the selected hours. They stay on the server."""
        self.check_access("read")
        self.company_id._check_keeping_exact_enabled()
        return self.env["keeping.exact.invoice.link"]._open_for(self)
