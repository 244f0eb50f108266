from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    keeping_exact_order_rates = fields.Boolean(
        string="Prices of sales orders go before the rate card",
        default=True,
        help="Hours on a sales order line are priced in Exact Online at the price of that line, "
        "as Odoo would. Hours without one get the rate of the rate card.",
    )
