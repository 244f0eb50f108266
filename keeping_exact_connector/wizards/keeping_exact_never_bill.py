from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import locks
from ..tools.guards import check_invoicing


class KeepingExactNeverBill(models.TransientModel):
    _name = "keeping.exact.never.bill"
    _description = "Never Bill Hours"

    timesheet_ids = fields.Many2many("account.analytic.line")
    timesheet_count = fields.Integer(compute="_compute_timesheet_count")
    reason = fields.Char(help="For whoever looks later, such as: goodwill")

    def _compute_timesheet_count(self):
        for wizard in self:
            wizard.timesheet_count = len(wizard.timesheet_ids)

    def action_confirm(self):
        """Mark the hours: they are not offered for an invoice until somebody undoes it.

        :raise UserError: some of them are on an invoice
        """
        self.ensure_one()
        check_invoicing(self.env)
        # Read as the user: their own rules say which hours they may decide about.
        timesheets = self.timesheet_ids
        timesheets.check_access("read")
        timesheets.company_id._check_keeping_exact_enabled()
        Exclusion = self.env["keeping.exact.exclusion"].sudo()
        Hour = self.env["keeping.exact.hour"].sudo()
        Hour._lock_timesheets(locks.these(timesheets.ids))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why these hours are never billed."))
        Exclusion._exclude(timesheets.sudo(), self.reason.strip())
        return {"type": "ir.actions.client", "tag": "soft_reload"}
