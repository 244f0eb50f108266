from odoo import models
from odoo.exceptions import UserError

from .keeping_exact_invoice import LIVE_STATES

MODULE = "keeping_exact_connector"


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def button_uninstall(self):
        self._check_no_live_exact_links()
        return super().button_uninstall()

    def _check_no_live_exact_links(self):
        """Refuse to forget which hours are billed: they would all be billed again."""
        modules = self + self.downstream_dependencies()
        if MODULE not in modules.mapped("name"):
            return
        live = [("state", "in", LIVE_STATES)]
        count = self.env["keeping.exact.invoice"].sudo().search_count(live)
        if count:
            raise UserError(
                self.env._(
                    "%s Exact invoice links hold billed hours. Without this module nobody would "
                    "know that they are billed. Release the links first.",
                    count,
                )
            )
