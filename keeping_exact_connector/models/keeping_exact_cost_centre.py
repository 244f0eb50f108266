from odoo import models


class KeepingExactCostCentre(models.Model):
    _name = "keeping.exact.cost.centre"
    _description = "Exact Online Cost Centre"
    _inherit = ["keeping.exact.mirror"]

    _exact_endpoint = "hrm/Costcenters"
    _exact_fields = {"Code": "code", "Description": "name"}
    _exact_in_use = "Active"

    _administration_guid_unique = models.Constraint(
        "UNIQUE (administration_id, guid)", "A cost centre of Exact is kept once."
    )
