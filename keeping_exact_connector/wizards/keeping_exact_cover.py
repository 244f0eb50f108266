from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.keeping_exact_invoice import LIVE_STATES
from ..tools import locks
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

        :raise UserError: they are of another customer, are billed already or are never billed
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
        self._check_customer()
        if invoice.state not in LIVE_STATES:
            raise UserError(self.env._("%s is not in force any more.", invoice.name))
        Hour = self.env["keeping.exact.hour"].sudo()
        Hour._lock_timesheets(locks.these(timesheets.ids))
        self._check_free(timesheets.sudo())
        Hour._cover(invoice.sudo(), timesheets.ids)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_customer(self):
        """Refuse hours of another customer than that of the invoice, or of none.

        :raise UserError: names both customers, and the projects to look at
        """
        customer = self.invoice_id.partner_id
        others = self.timesheet_ids.filtered(
            lambda timesheet: timesheet.partner_id.commercial_partner_id != customer
        )
        if not others and self.timesheet_ids:
            return
        theirs = others.partner_id.commercial_partner_id.mapped("display_name")
        raise UserError(
            self.env._(
                "Invoice %(invoice)s is for %(customer)s, and %(count)s of the chosen entries are "
                "for %(theirs)s. An invoice has one customer: leave these entries out, or correct "
                "the customer of project %(projects)s.",
                invoice=self.invoice_id.name,
                customer=customer.display_name,
                count=len(others),
                theirs=", ".join(theirs) or self.env._("no customer"),
                projects=", ".join(others.project_id.mapped("display_name")),
            )
        )

    def _check_free(self, timesheets):
        timesheets._check_on_no_link()
        if timesheets.keeping_exact_exclusion_ids:
            raise UserError(
                self.env._("Some of these hours are marked as never billed. Undo that first.")
            )
