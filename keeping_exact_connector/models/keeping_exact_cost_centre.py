from odoo import models


class KeepingExactCostCentre(models.Model):
    _name = "keeping.exact.cost.centre"
    _description = "Exact Online Cost Centre"
    _inherit = ["keeping.exact.mirror"]

    _exact_endpoint = "hrm/Costcenters"
    _exact_fields = {"Code": "code", "Description": "name"}

    _administration_guid_unique = models.Constraint(
        "UNIQUE (administration_id, guid)", "A cost centre of Exact is kept once."
    )

    def _get_select(self):
        return [*super()._get_select(), "Active"]

    def _prepare_vals_from_exact(self, row):
        vals = super()._prepare_vals_from_exact(row)
        return {**vals, "active": row.get("Active") is not False}
