from odoo import models
from odoo.exceptions import UserError

GLUE = "keeping_exact_connector_sale"


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def _check_no_live_exact_links(self):
        """Refuse to leave orders alone with hours that Exact bills: Odoo would bill them again."""
        result = super()._check_no_live_exact_links()
        names = (self + self.downstream_dependencies()).mapped("name")
        if GLUE not in names or "sale_timesheet" in names:
            return result
        on_orders = [("live", "=", True), ("timesheet_id.so_line", "!=", False)]
        count = self.env["keeping.exact.hour"].sudo().search_count(on_orders)
        if count:
            raise UserError(
                self.env._(
                    "%s hours on sales orders are on Exact invoices. Without this module Odoo "
                    "would bill them twice. Release those invoices first.",
                    count,
                )
            )
        return result
