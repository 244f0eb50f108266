from collections import defaultdict

from odoo import api, fields, models

from ..tools.guards import check_editable


class KeepingExactCreditChoiceLine(models.TransientModel):
    """A line of the invoice, and what is credited of it."""

    _name = "keeping.exact.credit.choice.line"
    _description = "Line to Credit"

    choice_id = fields.Many2one(
        "keeping.exact.credit.choice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    mode = fields.Selection(related="choice_id.mode")
    line_id = fields.Many2one(
        "keeping.exact.invoice.line", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="choice_id.currency_id")
    name = fields.Char(related="line_id.name")
    has_hours = fields.Boolean(readonly=True, export_string_translation=False)
    left = fields.Monetary(
        string="Left to credit", readonly=True, help="Billed, less what is credited already"
    )
    chosen = fields.Boolean(
        string="Credit", help="Credit this line, which has no hours, as a whole"
    )
    amount = fields.Monetary(
        string="Credited", compute="_compute_amount", store=True, readonly=False
    )
    hours_amount = fields.Monetary(
        string="Ticked hours",
        compute="_compute_amount",
        store=True,
        help="For which the ticked hours of this line were billed",
    )

    @api.depends("chosen", "choice_id.hour_ids.chosen")
    def _compute_amount(self):
        # Once for all lines: there may be thousands of hours.
        ticked = defaultdict(float)
        for hour in self.choice_id.hour_ids.filtered("chosen"):
            ticked[hour.choice_id, hour.line_id] += hour.amount
        for line in self:
            line.hours_amount = ticked[line.choice_id, line.line_id]
            if line.mode == "found":
                line.amount = line.amount
            elif line.has_hours:
                # Hours keep what they were billed for, also where the line is worth less since.
                line.amount = min(line.hours_amount, line.left, key=abs)
            else:
                line.amount = line.left if line.chosen else 0

    def write(self, vals):
        check_editable(self, vals, {"chosen", "amount"})
        return super().write(vals)

    def _is_over(self):
        """Tell whether more is credited than is left, or the other way round."""
        self.ensure_one()
        return (
            self.amount * self.left < 0
            or self.currency_id.compare_amounts(abs(self.amount), abs(self.left)) > 0
        )

    def _explain_difference(self):
        """Return in words what does not fit, or nothing."""
        self.ensure_one()
        currency = self.currency_id
        said = {
            "line": self.name,
            "amount": f"{self.amount:.2f} {currency.name}",
            "left": f"{self.left:.2f} {currency.name}",
            "hours": f"{self.hours_amount:.2f} {currency.name}",
        }
        if self._is_over():
            return self.env._(
                "%(line)s: %(amount)s is credited, and only %(left)s of it is left.", **said
            )
        if self.has_hours and currency.compare_amounts(self.amount, self.hours_amount):
            return self.env._(
                "%(line)s: %(amount)s is credited, and the ticked hours were billed for %(hours)s.",
                **said,
            )
        return False
