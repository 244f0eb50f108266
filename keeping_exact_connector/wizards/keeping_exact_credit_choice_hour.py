from odoo import fields, models

from ..tools.guards import check_editable


class KeepingExactCreditChoiceHour(models.TransientModel):
    """One invoiced hour that a credit note may free."""

    _name = "keeping.exact.credit.choice.hour"
    _description = "Hours to Credit"
    _order = "id"

    choice_id = fields.Many2one(
        "keeping.exact.credit.choice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    hour_id = fields.Many2one(
        "keeping.exact.hour", required=True, readonly=True, ondelete="cascade"
    )
    line_id = fields.Many2one(related="hour_id.invoice_line_id", string="Line")
    currency_id = fields.Many2one(related="choice_id.currency_id")
    date = fields.Date(related="hour_id.date")
    employee_id = fields.Many2one(related="hour_id.employee_id")
    name = fields.Char(related="hour_id.name")
    hours = fields.Float(related="hour_id.hours")
    amount = fields.Monetary(related="hour_id.amount")
    chosen = fields.Boolean(string="Credited")

    def write(self, vals):
        check_editable(self, vals, {"chosen"})
        return super().write(vals)
