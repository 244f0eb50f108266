from odoo import models


class KeepingExactCostUnit(models.Model):
    _name = "keeping.exact.cost.unit"
    _description = "Exact Online Cost Unit"
    _inherit = ["keeping.exact.mirror"]

    _exact_endpoint = "hrm/Costunits"
    _exact_fields = {"Code": "code", "Description": "name"}

    _administration_guid_unique = models.Constraint(
        "UNIQUE (administration_id, guid)", "A cost unit of Exact is kept once."
    )
