from odoo import fields, models
from odoo.exceptions import UserError

from ..pricing.lines import HOUR_DIGITS
from ..pricing.money import to_decimal


class KeepingExactLineChange(models.Model):
    """A correction that is settled on the open invoice itself: its line follows in Exact."""

    _inherit = "keeping.exact.line.change"

    correction_id = fields.Many2one(
        "keeping.exact.correction", readonly=True, index="btree_not_null", ondelete="cascade"
    )

    def _exact_made(self, row):
        result = super()._exact_made(row)
        if self.correction_id:
            self.correction_id.hour_id._take_correction(self.correction_id)
        return result


class KeepingExactHour(models.Model):
    _inherit = "keeping.exact.hour"

    def _take_correction(self, correction):
        """The invoice bills what was corrected: from here on that is what was billed.

        :param correction: keeping.exact.correction of this hour
        """
        self.ensure_one()
        line = self.invoice_line_id
        line.write(
            {
                "hours": line.hours + correction.hours_after - self.hours,
                "billed_hours": line.billed_hours + correction.billed_after - self.billed_hours,
            }
        )
        self._bill_as_corrected(correction)


class KeepingExactInvoice(models.Model):
    _inherit = "keeping.exact.invoice"

    def action_retry_line_changes(self):
        """Try again; a correction that was settled elsewhere meanwhile is not settled twice.

        :raise UserError: one of them is
        """
        self._check_invoicing()
        failed = self.sudo().line_change_ids.filtered(lambda step: step.state == "failed")
        hours = failed.correction_id.hour_id
        Open = self.env["keeping.exact.correction.open"].sudo()
        Open.browse(hours.ids)._lock()
        return super().action_retry_line_changes()

    def _correct_line(self, correction, row):
        """Have the line of this open invoice follow a correction in Exact.

        :param correction: keeping.exact.correction of an hour on this invoice
        :param dict row: of :meth:`_read_row_as_stored`
        :raise UserError: it is not open any more, or the line was changed in Exact
        """
        self.ensure_one()
        hour, LineChange = correction.hour_id, self.env["keeping.exact.line.change"]
        line = hour.invoice_line_id
        if not line._is_as_shown(row):
            raise UserError(self._explain_line_changed())
        others = line.hour_ids - hour
        billed = sum(others.mapped("billed_hours")) + correction.billed_after
        amount = sum(others.mapped("amount")) + correction.amount_after
        fitted = line._fit_amount(float(to_decimal(billed, HOUR_DIGITS)), amount)
        if fitted["whole"] or line.whole:
            raise UserError(
                self.env._(
                    "Line %s is billed as one piece, with its hours in its text. Settle the "
                    "difference on the next invoice.",
                    line.name,
                )
            )
        wanted = {**row, "Quantity": fitted["quantity"], "UnitPrice": fitted["unit_price"]}
        self._change_lines(
            [
                {
                    "guid": row["ID"],
                    "name": line.name,
                    "correction_id": correction.id,
                    "shown": LineChange._dump(row),
                    "wanted": LineChange._dump(wanted),
                }
            ]
        )

    def _read_row_as_stored(self, line):
        """Return the row of Exact of a stored line.

        :raise UserError: Exact cannot be read, or the line is not as it is stored, or is worth
            something else than its hours
        """
        self._check_line_is_its_hours(line)
        administration = self.administration_id
        with administration.connection_id._user_errors(), administration._get_client() as client:
            rows = self._read_exact_lines(client, self.guid)
        pairs = self._pair_lines(rows)
        row = next((row for row in rows if pairs.get(row["ID"]) == line), None)
        if row is None or not line._is_as_shown(row):
            raise UserError(self._explain_line_changed())
        return row

    def _explain_line_changed(self):
        return self.env._(
            "The line of these hours is not as it was sent. Compare %s with Exact first, or settle "
            "the difference on the next invoice.",
            self.name,
        )

    def _check_line_is_its_hours(self, line):
        """Refuse a line whose figures were changed: made from its hours, it would lose them."""
        hours, compare = sum(line.hour_ids.mapped("amount")), self.currency_id.compare_amounts
        # Another product: a discount is on it, or VAT is in its price.
        product = line.quantity * line.unit_price
        other = compare(line.amount, hours) or compare(line.amount, product)
        if other or line.exact_discount:
            raise UserError(
                self.env._(
                    "Line %s has another amount than its hours: it was changed since. Settle the "
                    "difference on the next invoice.",
                    line.name,
                )
            )
