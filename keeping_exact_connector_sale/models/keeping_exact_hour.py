from odoo import fields, models

from .keeping_exact_rate import ORDER_LINE


class KeepingExactHour(models.Model):
    _inherit = "keeping.exact.hour"

    rate_source = fields.Selection(selection_add=[ORDER_LINE])
