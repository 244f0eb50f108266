from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class AccountMove(models.Model):
    """An invoice of Odoo that was given up does not come back for hours billed in Exact since."""

    _inherit = "account.move"

    def write(self, vals):
        if vals.get("state"):
            self._get_billing_again(vals["state"])._check_free_of_exact()
        return super().write(vals)

    def _get_billing_again(self, state):
        """Return the invoices that bill their hours again when these moves get a state."""
        again = self.browse()
        if state in ("draft", "posted"):
            again |= self.filtered(lambda m: m.move_type == "out_invoice" and m.state == "cancel")
        if state in ("draft", "cancel"):
            again |= self.filtered(
                lambda m: m.move_type == "out_refund" and m.state == "posted"
            ).reversed_entry_id
        return again

    def _check_free_of_exact(self):
        """Refuse when hours of these invoices are billed in Exact by now.

        :raise UserError: says on which Exact invoices they are
        """
        if not self:
            return
        Hour = self.env["keeping.exact.hour"].sudo()
        # As the reservation does: of the two that happen at once, the second is run again.
        timesheets = Hour._lock_timesheets(
            SQL(
                "SELECT id FROM account_analytic_line WHERE timesheet_invoice_id = ANY(%s)",
                self.ids,
            )
        )
        billed = Hour.search([("timesheet_id", "in", timesheets), ("live", "=", True)])
        if billed:
            raise UserError(
                self.env._(
                    "Hours of %(invoices)s have been billed on Exact invoice %(links)s since. "
                    "Release them there first, or make a new invoice without them.",
                    invoices=", ".join(
                        billed.timesheet_id.timesheet_invoice_id.mapped("display_name")
                    ),
                    links=", ".join(billed.invoice_id.mapped("name")),
                )
            )
