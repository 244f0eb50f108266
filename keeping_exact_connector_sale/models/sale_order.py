from collections import defaultdict

from odoo import api, fields, models

from .sale_order_line import SEES_EXACT


class SaleOrder(models.Model):
    _inherit = "sale.order"

    keeping_exact_hours = fields.Float(
        string="Hours billed in Exact",
        compute="_compute_keeping_exact_hours",
        compute_sudo=True,
        digits=(16, 2),
        groups=SEES_EXACT,
        help="Reserved for or billed on invoices in Exact Online. Odoo does not invoice them.",
    )

    # ------------------------------------------------------------------ compute

    @api.depends(
        "order_line.timesheet_ids.unit_amount",
        "order_line.timesheet_ids.keeping_exact_hour_ids.live",
    )
    def _compute_keeping_exact_hours(self):
        Timesheet = self.env["account.analytic.line"]
        groups = Timesheet._read_group(
            [
                ("order_id", "in", self.ids),
                ("project_id", "!=", False),
                *Timesheet._domain_in_exact(),
            ],
            ["order_id", "product_uom_id"],
            ["unit_amount:sum"],
        )
        hour = self.env.ref("uom.product_uom_hour")
        hours = defaultdict(float)
        for order, unit, amount in groups:
            hours[order.id] += (unit or hour)._compute_quantity(amount, hour, round=False)
        for order in self:
            order.keeping_exact_hours = hours[order.id or order._origin.id]

    # ------------------------------------------------------------------ actions

    def action_open_keeping_exact_hours(self):
        """Show the hours of this order that are on Exact invoices, as far as the user may."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_hour_action"
        )
        domain = [("timesheet_id.order_id", "=", self.id), ("live", "=", True)]
        return {**action, "domain": domain, "context": {}}
