from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ..pricing.lines import HOUR_DIGITS
from ..tools import locks
from ..tools.guards import INVOICING


class KeepingExactCreditHour(models.Model):
    """Hours that a credit note frees, or is about to."""

    _inherit = "keeping.exact.hour"

    credit_id = fields.Many2one(
        "keeping.exact.credit",
        string="Credited by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=INVOICING,
        help="Freed by this credit note; still in force as long as that is not certain in Exact.",
    )

    def _revive(self):
        """Put these hours back on their invoice: their credit was a mistake.

        :raise UserError: an hour is billed again, is never billed or is gone
        """
        # Against whoever bills them again at this moment.
        self._lock_timesheets(locks.these(self.timesheet_id.ids))
        # And against whoever settles the same corrections.
        self.env["keeping.exact.correction.open"].browse(self.corrected_id.ids)._touch_hours()
        self._check_revivable()
        self.write({"live": True, "released_at": False, "credit_id": False})
        self._follow_sql(self.timesheet_id.ids)

    def _check_revivable(self):
        gone = self.filtered(lambda hour: not hour.timesheet_id and not hour.corrected_id)
        if gone:
            raise UserError(
                self.env._(
                    "%s of these hours were deleted since they were credited, so the credit cannot "
                    "be undone.",
                    len(gone),
                )
            )
        freed_at = min(self.mapped("released_at"), default=False)
        again = self.search(
            [
                ("timesheet_id", "in", self.timesheet_id.ids),
                ("live", "=", True),
                ("id", "not in", self.ids),
                # Billed in other books before, on purpose: that stays as it was.
                "|",
                ("administration_id", "in", self.administration_id.ids),
                ("invoice_id.create_date", ">=", freed_at),
            ]
        )
        if again:
            raise UserError(
                self.env._(
                    "%(count)s of these hours are billed again on %(links)s, so the credit cannot "
                    "be undone. Release those first.",
                    count=len(again),
                    links=", ".join(again.invoice_id.mapped("name")),
                )
            )
        self._check_not_settled_again()
        changed = self.filtered(lambda hour: hour._is_changed_since())
        if changed:
            raise UserError(
                self.env._(
                    "%s of these hours were changed since they were credited, so the credit cannot "
                    "be undone. Give them back the time that was billed first.",
                    len(changed),
                )
            )
        if self.timesheet_id.keeping_exact_exclusion_ids:
            raise UserError(
                self.env._("Some of these hours are marked as never billed. Undo that first.")
            )

    def _check_not_settled_again(self):
        """Refuse to settle a correction a second time.

        :raise UserError: names the invoices that settle it now
        """
        Open = self.env["keeping.exact.correction.open"]
        corrected = self.corrected_id.filtered("live")
        corrected -= Open.search([("hour_id", "in", corrected.ids)]).hour_id
        again = self.search([("corrected_id", "in", corrected.ids), ("live", "=", True)])
        if again:
            raise UserError(
                self.env._(
                    "The corrections that it credits are settled again on %s, so the credit cannot "
                    "be undone. Release those first.",
                    ", ".join(again.invoice_id.mapped("name")),
                )
            )

    def _is_changed_since(self):
        """Tell whether the timesheet has another time than was billed or corrected to."""
        self.ensure_one()
        timesheet = self.timesheet_id
        if not timesheet:
            return False
        corrections = self.correction_ids.filtered(lambda one: one.kind == "corrected")
        known = corrections[:1].hours_after if corrections else self.hours
        now = corrections._get_hours(timesheet, timesheet.unit_amount)
        return float_compare(float(now), known, precision_digits=HOUR_DIGITS) != 0
