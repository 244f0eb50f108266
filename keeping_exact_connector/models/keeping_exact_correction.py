from odoo import api, fields, models
from odoo.tools import format_date

from ..pricing import exact_hours, round_half_up
from ..pricing.lines import HOUR_DIGITS
from ..tools.guards import INVOICING
from ..tools.texts import clock

KINDS = [("corrected", "Corrected"), ("waived", "Not settled")]


class KeepingExactCorrection(models.Model):
    """Who corrected an hour that is on an invoice, and why; and whose difference is left alone.

    History only: what is still to settle follows from it and from what was billed
    (``keeping.exact.correction.open``). An invoiced hour stays as it was billed (promise 10).
    """

    _name = "keeping.exact.correction"
    _description = "Correction of an Invoiced Hour"
    _order = "id desc"
    _rec_name = "reason"
    _check_company_auto = True

    hour_id = fields.Many2one(
        "keeping.exact.hour", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(KINDS, required=True, readonly=True, default="corrected")
    invoice_id = fields.Many2one(related="hour_id.invoice_id", string="Billed on")
    administration_id = fields.Many2one(related="hour_id.administration_id")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(related="hour_id.partner_id", string="Customer")
    date = fields.Date(related="hour_id.date", string="Day of the work")
    employee_id = fields.Many2one(related="hour_id.employee_id")
    project_id = fields.Many2one(related="hour_id.project_id")
    currency_id = fields.Many2one(related="hour_id.currency_id")
    reason = fields.Char(required=True, readonly=True)
    hours_before = fields.Float(readonly=True, digits=(16, 4))
    hours_after = fields.Float(string="Hours now", readonly=True, digits=(16, 4))
    # What the hour would have been billed for; of what is not settled, the difference left alone.
    billed_after = fields.Float(readonly=True, digits=(16, 4))
    amount_after = fields.Monetary(readonly=True, groups=INVOICING)
    # True while the timesheet is being written: see account.analytic.line._check_not_billed.
    under_way = fields.Boolean(readonly=True, copy=False, export_string_translation=False)

    # ------------------------------------------------------------------ business

    @api.model
    def _correct(self, hours, unit_amount, reason):
        """Give a billed timesheet another number of hours, and keep the difference to settle.

        The caller has checked the user's rights and has locked the timesheet.

        :param hours: the live keeping.exact.hour of one timesheet, one for each administration
        :param float unit_amount: in the unit of the timesheet
        :param str reason: for whoever looks later
        :return: the corrections
        """
        timesheet = hours.timesheet_id.ensure_one()
        before = self._get_hours(timesheet, timesheet.unit_amount)
        after = self._get_hours(timesheet, unit_amount)
        corrections = self.create(
            [
                {
                    **hour._price_at(after),
                    "hour_id": hour.id,
                    "company_id": hour.company_id.id,
                    "hours_before": float(before),
                    "hours_after": float(after),
                    "reason": reason,
                    "under_way": True,
                }
                for hour in hours
            ]
        )
        # As the user: what Odoo itself asks of whoever edits a timesheet holds here too.
        timesheet.with_env(timesheet.env(su=False)).write({"unit_amount": unit_amount})
        corrections.under_way = False
        for correction in corrections:
            correction.hour_id._rebill_in_draft(correction)
            correction._tell()
        return corrections

    @api.model
    def _get_hours(self, timesheet, unit_amount):
        hour = self.env.ref("uom.product_uom_hour")
        factor = timesheet.product_uom_id.factor / hour.factor if timesheet.product_uom_id else 1
        return round_half_up(exact_hours(unit_amount, factor), HOUR_DIGITS)

    @api.model
    def _get_under_way(self, timesheets):
        """Return the ids of the timesheets that are being corrected at this moment."""
        mine = [("under_way", "=", True), ("hour_id.timesheet_id", "in", timesheets.ids)]
        return set(self.sudo().search(mine).hour_id.timesheet_id.ids)

    @api.model
    def _waive(self, opened, reason):
        """Leave differences alone: they are on no invoice, ever.

        :param opened: keeping.exact.correction.open, locked
        :param str reason: for whoever looks later
        """
        corrections = self.create(
            [
                {
                    "kind": "waived",
                    "hour_id": row.hour_id.id,
                    "company_id": row.company_id.id,
                    "hours_before": row.hours,
                    "billed_after": row.billed_hours,
                    "amount_after": row.amount,
                    "reason": reason,
                }
                for row in opened
            ]
        )
        for correction in corrections:
            correction._tell()

    def _tell(self):
        """Keep it in the history of the invoice, in the words of whoever reads along."""
        self.ensure_one()
        hour = self.hour_id
        what = {
            "day": format_date(self.env, hour.date),
            "who": hour.employee_id.name or hour.user_id.name or "",
            "before": clock(self.hours_before),
            "after": clock(self.hours_after),
            "reason": self.reason,
        }
        if self.kind == "waived":
            text = self.env._(
                "The difference of %(before)s on %(day)s of %(who)s is not settled: %(reason)s",
                **what,
            )
        else:
            text = self.env._(
                "%(day)s, %(who)s: corrected from %(before)s to %(after)s after it was billed: "
                "%(reason)s",
                **what,
            )
        hour.invoice_id._message_log(body=text, author_id=self.env.user.partner_id.id)
