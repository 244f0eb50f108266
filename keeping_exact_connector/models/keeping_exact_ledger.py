from odoo import api, fields, models

from ..tools.costs import COSTS

# Exact's rule of a ledger account for cost centres and cost units (API reference, chapter 4.13).
OPTIONAL, DEMANDED, REFUSED = "0", "1", "2"
USES = [(OPTIONAL, "Optional"), (DEMANDED, "Demanded"), (REFUSED, "Not used")]


class KeepingExactLedger(models.Model):
    """Ledger accounts that demand cost centres or cost units, or take none; no others."""

    _name = "keeping.exact.ledger"
    _description = "Exact Online Ledger Account"
    _inherit = ["keeping.exact.mirror"]

    _exact_endpoint = "financial/GLAccounts"
    _exact_fields = {
        "Code": "code",
        "Description": "name",
        "UseCostcenter": "cost_centre_use",
        "UseCostunit": "cost_unit_use",
    }

    cost_centre_use = fields.Selection(USES, string="Cost centre", readonly=True)
    cost_unit_use = fields.Selection(USES, string="Cost unit", readonly=True)

    _administration_guid_unique = models.Constraint(
        "UNIQUE (administration_id, guid)", "A ledger account of Exact is kept once."
    )

    def _prepare_vals_from_exact(self, row):
        vals = super()._prepare_vals_from_exact(row)
        for cost in COSTS:
            use = str(vals[cost.use_field] or 0)
            vals[cost.use_field] = use if use in dict(USES) else OPTIONAL
        return vals

    @api.model
    def _keep_list(self, administration, rows):
        """Keep the accounts with a rule, of all that were read."""
        ruled = [row for row in rows if row["UseCostcenter"] or row["UseCostunit"]]
        if rows and not ruled:
            # Of a whole list without a rule nothing is left; an empty list proves nothing.
            self._archive_except(administration, self.browse())
        return super()._keep_list(administration, ruled)
