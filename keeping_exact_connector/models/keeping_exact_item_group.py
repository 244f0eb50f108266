from odoo import fields, models


class KeepingExactItemGroup(models.Model):
    _name = "keeping.exact.item.group"
    _description = "Exact Online Item Group"
    _inherit = ["keeping.exact.mirror"]

    _exact_endpoint = "logistics/ItemGroups"
    _exact_fields = {"Code": "code", "Description": "name", "GLRevenue": "ledger_guid"}

    ledger_guid = fields.Char(string="Exact ID of its ledger account", readonly=True)

    _administration_guid_unique = models.Constraint(
        "UNIQUE (administration_id, guid)", "An item group of Exact is kept once."
    )
