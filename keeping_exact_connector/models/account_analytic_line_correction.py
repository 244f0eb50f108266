from odoo import models
from odoo.exceptions import UserError

from ..tools.guards import check_invoicing
from .keeping_exact_invoice import UNDER_WAY


class AccountAnalyticLine(models.Model):
    """Billed hours that somebody corrects knowingly; everything else about them stays frozen."""

    _inherit = "account.analytic.line"

    def _check_not_billed(self, values, frozen):
        billed = self._get_billed()
        changed = {
            name for name in frozen if any(line._is_changed(name, values[name]) for line in billed)
        }
        if changed == {"unit_amount"}:
            corrected = self.env["keeping.exact.correction"]._get_under_way(billed)
            billed = billed.filtered(lambda line: line.id not in corrected)
        return super(AccountAnalyticLine, billed)._check_not_billed(values, frozen)

    # ------------------------------------------------------------------ actions

    def action_keeping_exact_correct(self):
        """Ask for the right number of hours and the reason.

        :raise UserError: more than one was selected, or it is on no invoice
        """
        self.check_access("read")
        check_invoicing(self.env)
        self.company_id._check_keeping_exact_enabled()
        if len(self) != 1:
            raise UserError(self.env._("Correct billed hours one by one: select one entry."))
        self._get_correctable()
        wizard = self.env["keeping.exact.correct"].create({"timesheet_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct billed hours"),
            "res_model": "keeping.exact.correct",
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _get_correctable(self):
        """Return the live invoiced hours that may be corrected.

        :raise UserError: there are none, or they are being sent at this moment
        """
        hours = self._get_live_hours()
        if not hours:
            raise UserError(
                self.env._("These hours are on no invoice. Change them on the timesheet.")
            )
        coming = hours.invoice_id.filtered(lambda invoice: invoice.state in UNDER_WAY)
        if coming:
            raise UserError(
                self.env._(
                    "%s is being sent to Exact Online. Correct its hours when that is done.",
                    ", ".join(coming.mapped("name")),
                )
            )
        return hours
