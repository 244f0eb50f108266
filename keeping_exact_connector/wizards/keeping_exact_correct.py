from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ..models.keeping_exact_invoice import EDITABLE_STATES
from ..tools import locks
from ..tools.guards import check_editable, check_invoicing

EDITABLE = {"unit_amount", "way", "reason"}


class KeepingExactCorrect(models.TransientModel):
    """A billed hour was entered wrongly: the right number of hours, and why."""

    _name = "keeping.exact.correct"
    _description = "Correct Billed Hours"

    timesheet_id = fields.Many2one("account.analytic.line", required=True, readonly=True)
    date = fields.Date(related="timesheet_id.date")
    employee_id = fields.Many2one(related="timesheet_id.employee_id", help="Whose hours these are")
    project_id = fields.Many2one(related="timesheet_id.project_id")
    name = fields.Char(related="timesheet_id.name")
    currency_id = fields.Many2one("res.currency", compute="_compute_invoices")
    invoice_ids = fields.Many2many(
        "keeping.exact.invoice", string="Billed on", compute="_compute_invoices"
    )
    in_draft = fields.Boolean(compute="_compute_invoices")
    # In the unit of the timesheet, hours or days: as they were when this was opened.
    shown_amount = fields.Float(readonly=True, export_string_translation=False)
    unit_amount = fields.Float(string="Time now")
    way = fields.Selection(
        [("next", "On the next invoice"), ("line", "On this invoice, while it is open")],
        string="Settle",
        default="next",
        required=True,
    )
    may_change_line = fields.Boolean(compute="_compute_invoices")
    reason = fields.Char(help="For whoever looks later, such as: two meetings were one")
    billed_difference = fields.Float(string="Difference", compute="_compute_difference")
    amount_difference = fields.Monetary(string="Amount", compute="_compute_difference")

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        for wizard in wizards:
            # As the user, which refuses what is not theirs to see.
            amount = wizard.timesheet_id.unit_amount
            wizard.sudo().write({"shown_amount": amount, "unit_amount": amount})
        return wizards

    def write(self, vals):
        # What is shown of the timesheet is read as superuser: it stays the one that create let by.
        if not self.env.su:
            check_editable(self, vals, EDITABLE)
        return super().write(vals)

    # ------------------------------------------------------------------ compute

    @api.depends("timesheet_id")
    def _compute_invoices(self):
        for wizard in self:
            invoices = wizard.timesheet_id._get_live_hours().invoice_id
            wizard.invoice_ids = invoices
            wizard.currency_id = invoices.currency_id[:1]
            wizard.in_draft = all(invoice.state in EDITABLE_STATES for invoice in invoices)
            wizard.may_change_line = len(invoices) == 1 and invoices.state == "open"

    @api.depends("timesheet_id", "unit_amount")
    def _compute_difference(self):
        Correction = self.env["keeping.exact.correction"]
        for wizard in self:
            # Of one invoice: billed twice on purpose, each has its own difference.
            hour = wizard.timesheet_id._get_live_hours()[:1]
            after = Correction._get_hours(wizard.timesheet_id, wizard.unit_amount)
            priced = hour._price_at(after) if hour else {"billed_after": 0, "amount_after": 0}
            wizard.billed_difference = priced["billed_after"] - hour.billed_hours
            wizard.amount_difference = priced["amount_after"] - hour.amount

    # ------------------------------------------------------------------ actions

    def action_confirm(self):
        """Correct the timesheet; what was billed too much or too little waits to be settled.

        :raise UserError: nothing changes, no reason is given, or somebody changed it meanwhile
        """
        self.ensure_one()
        check_invoicing(self.env)
        # Read as the user: their own rules say which hours they may correct.
        timesheet = self.timesheet_id
        timesheet.check_access("write")
        timesheet.company_id._check_keeping_exact_enabled()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why these hours are corrected."))
        if self.unit_amount < 0:
            raise UserError(self.env._("Hours cannot be less than zero."))
        # Exact is read before anything is locked or changed here.
        row = self._read_line(timesheet) if self.way == "line" and not self.in_draft else None
        Hour = self.env["keeping.exact.hour"].sudo()
        Hour._lock_timesheets(locks.these(timesheet.ids))
        timesheet.invalidate_recordset()
        self._check_as_shown(timesheet)
        hours = timesheet._get_correctable()
        hours.invoice_id._touch()
        Correction = self.env["keeping.exact.correction"].sudo()
        corrections = Correction._correct(hours, self.unit_amount, self.reason.strip())
        if row:
            hours.invoice_id.ensure_one()._correct_line(corrections, row)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _read_line(self, timesheet):
        line = timesheet._get_correctable().invoice_line_id.ensure_one()
        return line.invoice_id._read_row_as_stored(line)

    def _check_as_shown(self, timesheet):
        if float_compare(timesheet.unit_amount, self.shown_amount, precision_digits=4):
            raise UserError(
                self.env._("Somebody has corrected these hours meanwhile. Look at them again.")
            )
        if not float_compare(self.unit_amount, self.shown_amount, precision_digits=4):
            raise UserError(self.env._("These are the hours that it has now."))
