from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    keeping_exact_order_rates = fields.Boolean(
        related="company_id.keeping_exact_order_rates", readonly=False
    )
