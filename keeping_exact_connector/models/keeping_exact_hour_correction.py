from odoo import fields, models

from ..pricing import Rounding, exact_hours
from ..tools.guards import INVOICING
from .keeping_exact_invoice import EDITABLE_STATES


def _find_rate(currency, amount, hours, rate):
    """Return the rate at which hours were billed: the one that is kept, if it comes to that.

    What a few minutes come to in cents is too coarse for many more hours. A cent may have gone to
    this hour when the amount of the line was spread.
    """
    if not hours or abs(hours * rate - amount) < 2 * currency.rounding:
        return rate
    return amount / hours


class KeepingExactHour(models.Model):
    """An invoiced hour that settles what was corrected on another one."""

    _inherit = "keeping.exact.hour"

    # Without a timesheet of its own, so that nothing takes the correction for the hours.
    corrected_id = fields.Many2one(
        "keeping.exact.hour",
        string="Corrects",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The invoiced hour of which this is the difference",
    )
    correction_ids = fields.One2many(
        "keeping.exact.correction", "hour_id", groups=INVOICING, export_string_translation=False
    )

    _live_has_timesheet = models.Constraint(
        "CHECK (NOT live OR timesheet_id IS NOT NULL OR corrected_id IS NOT NULL)",
        "Hours that are on an invoice cannot be deleted.",
    )

    # ------------------------------------------------------------------ business

    def _price_at(self, hours):
        """Return for what this hour would have been billed with another number of hours.

        At its own rate, and rounded as the invoice was: entry by entry, or not where lines were
        rounded as a whole.

        :param Decimal hours: exact to four places
        :return: dict with ``billed_after`` and ``amount_after``
        """
        self.ensure_one()
        if self.covered:
            return {"billed_after": 0, "amount_after": 0}
        billed = self.invoice_id._round_hours(float(hours), "entry")
        rate = self._get_billed_rate()
        return {"billed_after": billed, "amount_after": self.currency_id.round(billed * rate)}

    def _get_billed_rate(self):
        """Return the hourly rate that this hour was billed at, in the currency of the invoice."""
        self.ensure_one()
        return _find_rate(self.currency_id, self.amount, self.billed_hours, self.rate)

    def _rebill_in_draft(self, correction):
        """Have a draft bill what is on the timesheet now: there is no difference to settle.

        :param correction: keeping.exact.correction of this hour
        """
        self.ensure_one()
        if self.invoice_id.state not in EDITABLE_STATES:
            return
        self._bill_as_corrected(correction)
        self.invoice_line_id._bill_hours_again()

    def _bill_as_corrected(self, correction):
        """Have this hour be billed for what it was corrected to, at the rate that it has."""
        self.write(
            {
                # Of no hours at all nothing else would tell it.
                "rate": self._get_billed_rate(),
                "hours": correction.hours_after,
                "billed_hours": correction.billed_after,
                "amount": correction.amount_after,
            }
        )


class KeepingExactInvoiceLine(models.Model):
    _inherit = "keeping.exact.invoice.line"

    def _bill_hours_again(self):
        """Take quantity and price from the hours on the line, which have changed."""
        for line in self:
            rate = _find_rate(line.currency_id, line.amount, line.billed_hours, line.unit_price)
            hours, amount = sum(line.hour_ids.mapped("hours")), sum(line.hour_ids.mapped("amount"))
            billed = sum(line.hour_ids.mapped("billed_hours"))
            rounded = line.invoice_id._round_hours(hours, "line")
            if rounded != hours:
                billed, amount = rounded, line.currency_id.round(rounded * rate)
            # What follows spreads the amount over them in SQL.
            line.hour_ids.flush_recordset()
            line.write({"hours": hours, "billed_hours": billed, **line._fit_amount(billed, amount)})


class KeepingExactInvoice(models.Model):
    _inherit = "keeping.exact.invoice"

    def _round_hours(self, hours, level):
        """Round hours as this invoice was made, if that is how it rounds.

        :param float hours: as entered
        :param str level: of ``pricing.hours.LEVELS``
        """
        self.ensure_one()
        if self.rounding_level != level or self.rounding in (False, "none"):
            return hours
        rounding = Rounding(int(self.rounding), self.rounding_method, level)
        return float(rounding.round(exact_hours(hours)))
