from odoo import models
from odoo.exceptions import UserError

GLUE = "keeping_exact_connector_sale"


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def button_uninstall(self):
        self._check_no_orders_with_exact_hours()
        return super().button_uninstall()

    def _check_no_orders_with_exact_hours(self):
        """Refuse to leave orders alone with hours that Exact bills: Odoo would bill them again.

        :raise UserError: says how many there are
        """
        names = (self + self.downstream_dependencies()).mapped("name")
        if GLUE not in names or "sale_timesheet" in names:
            return
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
