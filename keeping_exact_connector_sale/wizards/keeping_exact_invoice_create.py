from odoo import api, fields, models
from odoo.addons.keeping_exact_connector.tools.texts import MOST, list_some
from odoo.tools import SQL


class KeepingExactInvoiceCreate(models.TransientModel):
    """Hours that Odoo bills are left out, and counted."""

    _inherit = "keeping.exact.invoice.create"

    rate_mode = fields.Selection(
        help="By rate card, hours on a sales order line get the price of that line, unless the "
        "settings say otherwise; all others get the rate of their task, project, customer or "
        "organisation on their day. For prices by line, fill them in on the draft.",
    )
    left_odoo_count = fields.Integer(compute="_compute_found")
    left_odoo_where = fields.Char(compute="_compute_found")
    left_otherwise_count = fields.Integer(compute="_compute_found")

    def _default_rate_mode(self):
        """Prices of order lines are as good as a rate card."""
        company = self.env.company
        if company.keeping_exact_order_rates:
            sold_by_the_hour = [
                ("company_id", "=", company.id),
                ("state", "=", "sale"),
                ("qty_delivered_method", "=", "timesheet"),
            ]
            # Only that there are any: no need to see them.
            if self.env["sale.order.line"].sudo().search_count(sold_by_the_hour, limit=1):
                return "rate_card"
        return super()._default_rate_mode()

    # ------------------------------------------------------------------ reasons

    @api.model
    def _get_reasons(self):
        """Put Odoo's bills right behind those of Exact."""
        reasons = {}
        for code, words in super()._get_reasons().items():
            reasons[code] = words
            if code == "billed":
                reasons["odoo"] = self.env._("on an invoice in Odoo")
                reasons["otherwise"] = self.env._(
                    "billed by their sales order at a fixed price, by milestones or by hand"
                )
        return reasons

    def _sql_reasons(self):
        Timesheet = self.env["account.analytic.line"]
        timesheet = SQL("ts")
        return {
            **super()._sql_reasons(),
            "odoo": Timesheet._sql_in_odoo(timesheet),
            "otherwise": Timesheet._sql_otherwise(timesheet),
        }

    def _compute_found(self):
        result = super()._compute_found()
        for wizard in self:
            wizard.left_odoo_where = wizard._name_in_odoo() if wizard.left_odoo_count else False
        return result

    def _name_in_odoo(self):
        """Name the invoices in Odoo on which the hours are; timesheets name them to the same."""
        ids = self._get_first("timesheet_invoice_id", MOST + 1, "odoo")
        invoices = self.env["account.move"].sudo().browse(ids)
        return list_some(invoices.mapped("display_name"))
