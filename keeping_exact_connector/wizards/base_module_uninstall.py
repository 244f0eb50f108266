from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.ir_module_module import CONFIRMED


class BaseModuleUninstall(models.TransientModel):
    """Odoo's question before uninstalling, with what it does to the links with Exact Online."""

    _inherit = "base.module.uninstall"

    keeping_exact_ends = fields.Boolean(
        compute="_compute_keeping_exact", export_string_translation=False
    )
    keeping_exact_obstacle = fields.Text(
        compute="_compute_keeping_exact", export_string_translation=False
    )
    keeping_exact_at_stake = fields.Boolean(
        compute="_compute_keeping_exact", export_string_translation=False
    )
    keeping_exact_confirmed = fields.Boolean(string="I keep the exported file, and go on")

    # ------------------------------------------------------------------ compute

    @api.depends("module_ids")
    def _compute_keeping_exact(self):
        for wizard in self:
            ends = bool(wizard.module_ids) and wizard.module_ids._ends_keeping_exact()
            wizard.keeping_exact_ends = ends
            wizard.keeping_exact_obstacle = (
                ends and wizard.module_ids._explain_exact_links_at_stake()
            )
            wizard.keeping_exact_at_stake = ends and bool(
                self.env["keeping.exact.export"].sudo()._get_at_stake()
            )

    # ------------------------------------------------------------------ actions

    def action_keeping_exact_export(self):
        """Open the page where the links are exported."""
        return self.env["keeping.exact.move"].action_open()

    def action_uninstall(self):
        if not self.keeping_exact_ends:
            return super().action_uninstall()
        if self.keeping_exact_obstacle:
            raise UserError(self.keeping_exact_obstacle)
        confirmed = self.with_context(**{CONFIRMED: self.keeping_exact_confirmed})
        return super(BaseModuleUninstall, confirmed).action_uninstall()
