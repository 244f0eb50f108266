from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..models.keeping_exact_invoice import LIVE_STATES
from ..tools.guards import check_invoicing


class KeepingExactCover(models.TransientModel):
    """Hours that an invoice pays for already: an advance, or a fixed price."""

    _name = "keeping.exact.cover"
    _description = "Hours Covered by an Exact Invoice"

    timesheet_ids = fields.Many2many("account.analytic.line")
    timesheet_count = fields.Integer(compute="_compute_timesheets")
    hours = fields.Float(compute="_compute_timesheets", digits=(16, 2))
    company_id = fields.Many2one("res.company", compute="_compute_timesheets")
    partner_id = fields.Many2one("res.partner", string="Customer", compute="_compute_timesheets")
    invoice_id = fields.Many2one(
        "keeping.exact.invoice",
        string="Covered by",
        domain=f"[('company_id', '=', company_id), ('state', 'in', {LIVE_STATES!r}),"
        " ('partner_id', '=', partner_id)]",
        help="The invoice of the advance or the fixed price. Nothing on it changes.",
    )

    @api.depends("timesheet_ids")
    def _compute_timesheets(self):
        for wizard in self:
            timesheets = wizard.timesheet_ids
            wizard.timesheet_count = len(timesheets)
            wizard.hours = sum(timesheets.mapped("unit_amount"))
            wizard.company_id = timesheets.company_id[:1]
            wizard.partner_id = timesheets.partner_id.commercial_partner_id[:1]

    def action_confirm(self):
        """Put the hours on the invoice at no charge.

        :raise UserError: they are of several customers, are billed already or are never billed
        """
        self.ensure_one()
        check_invoicing(self.env)
        # Read as the user: their own rules say which hours and invoices they may use.
        timesheets, invoice = self.timesheet_ids, self.invoice_id
        timesheets.check_access("read")
        timesheets.company_id._check_keeping_exact_enabled()
        invoice.check_access("write")
        if not invoice:
            raise UserError(self.env._("Choose the invoice that covers these hours."))
        if timesheets.partner_id.commercial_partner_id != invoice.partner_id:
            raise UserError(self.env._("Hours and invoice are of different customers."))
        if invoice.state not in LIVE_STATES:
            raise UserError(self.env._("%s is not in force any more.", invoice.name))
        Hour = self.env["keeping.exact.hour"].sudo()
        Hour._lock_timesheets(SQL("SELECT unnest(%s::int[])", timesheets.ids))
        self._check_free(timesheets.sudo())
        Hour._cover(invoice.sudo(), timesheets.ids)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_free(self, timesheets):
        timesheets._check_on_no_link()
        if timesheets.keeping_exact_exclusion_ids:
            raise UserError(
                self.env._("Some of these hours are marked as never billed. Undo that first.")
            )
