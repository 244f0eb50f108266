from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    keeping_exact_connection_ids = fields.One2many(
        "keeping.exact.connection",
        "company_id",
        string="Exact Online connections",
        groups="keeping_exact_connector.group_administrator",
        export_string_translation=False,
    )
