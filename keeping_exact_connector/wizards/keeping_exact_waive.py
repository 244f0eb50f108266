from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.guards import check_invoicing


class KeepingExactWaive(models.TransientModel):
    """Differences that nobody is going to settle, and why."""

    _name = "keeping.exact.waive"
    _description = "Leave Corrections Alone"

    hour_ids = fields.Many2many("keeping.exact.hour")
    reason = fields.Char(help="For whoever looks later, such as: agreed with the customer")

    def action_confirm(self):
        """Leave the differences alone: no invoice gets them any more.

        :raise UserError: no reason is given, or some are settled by now
        """
        self.ensure_one()
        check_invoicing(self.env)
        self.hour_ids.company_id._check_keeping_exact_enabled()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why these differences are not settled."))
        # Read as the user: another organisation's are not among them.
        opened = self.env["keeping.exact.correction.open"].search([("id", "in", self.hour_ids.ids)])
        if len(opened) != len(self.hour_ids):
            raise UserError(self.env._("Some of these differences are settled by now. Look again."))
        opened._check_invoicing()
        Correction = self.env["keeping.exact.correction"].sudo()
        Correction._waive(opened._lock(), self.reason.strip())
        return {"type": "ir.actions.client", "tag": "soft_reload"}
