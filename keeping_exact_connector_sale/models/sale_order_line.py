from odoo import api, fields, models

SEES_EXACT = "sales_team.group_sale_salesman,keeping_exact_connector.group_user"


class SaleOrderLine(models.Model):
    """Hours that Exact bills are not delivered once more, and have the price of their line."""

    _inherit = "sale.order.line"

    keeping_exact_qty = fields.Float(
        string="Billed in Exact",
        compute="_compute_keeping_exact_qty",
        compute_sudo=True,
        digits="Product Unit",
        groups=SEES_EXACT,
        help="Hours of this line that are reserved for or billed on invoices in Exact Online, in "
        "the unit of the line. They are not part of what was delivered, and Odoo leaves them out.",
    )
    keeping_exact_hourly_rate = fields.Float(
        string="Hourly rate in Exact",
        compute="_compute_keeping_exact_hourly_rate",
        store=True,
        digits=(16, 4),
        groups="keeping_exact_connector.group_invoicing",
        help="The price of this line for one hour, after discount and without VAT.",
    )

    # ------------------------------------------------------------------ compute

    @api.depends("timesheet_ids.keeping_exact_hour_ids.live")
    def _compute_qty_delivered(self):
        return super()._compute_qty_delivered()

    def _timesheet_compute_delivered_quantity_domain(self):
        """Leave out hours that Exact bills."""
        domain = super()._timesheet_compute_delivered_quantity_domain()
        return [*domain, *self.env["account.analytic.line"]._domain_not_in_exact()]

    @api.depends(
        "product_uom_id", "timesheet_ids.unit_amount", "timesheet_ids.keeping_exact_hour_ids.live"
    )
    def _compute_keeping_exact_qty(self):
        in_exact = self.env["account.analytic.line"]._domain_in_exact()
        quantities = self._get_delivered_quantity_by_analytic(
            [("project_id", "!=", False), *in_exact]
        )
        for line in self:
            line.keeping_exact_qty = quantities.get(line.id or line._origin.id, 0)

    @api.depends("price_unit", "discount", "tax_ids", "product_uom_id.factor", "display_type")
    def _compute_keeping_exact_hourly_rate(self):
        hour = self.env.ref("uom.product_uom_hour")
        for line in self:
            # By Odoo's own conversion of delivered hours, in which a "Unit" is an hour.
            unit = line.product_uom_id
            price = 0 if line.display_type else line._get_keeping_exact_price()
            line.keeping_exact_hourly_rate = price * hour.factor / (unit.factor or hour.factor)

    def _get_keeping_exact_price(self):
        """Return the price of one unit, after discount and without VAT that may be part of it."""
        company = self.company_id or self.env.company
        base_line = self._prepare_base_line_for_taxes_computation(quantity=1)
        self.env["account.tax"]._add_tax_details_in_base_line(base_line, company)
        return base_line["tax_details"]["raw_total_excluded_currency"]
