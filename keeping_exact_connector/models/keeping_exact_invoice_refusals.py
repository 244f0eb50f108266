from odoo import models
from odoo.exceptions import UserError
from odoo.tools import float_compare


class KeepingExactInvoiceRefusals(models.Model):
    """What Exact is known to refuse is refused here, before a call, with the place to mend it."""

    _inherit = "keeping.exact.invoice"

    def _check_known_refusals(self):
        """Refuse what Exact would, as far as is known without a call.

        :raise UserError: says of which invoice, and what to do
        """
        self.line_ids._check_fractions()
        self._check_dates()

    def _check_dates(self):
        """Refuse dates in a period that is closed, or in no financial year (chapter 4.13)."""
        for administration, invoices in self.grouped("administration_id").items():
            for date, of_day in invoices.grouped("invoice_date").items():
                problem = administration._check_period(date)
                if problem:
                    raise UserError(
                        self.env._(
                            "%(invoices)s: %(problem)s Choose another invoice date, or open it in "
                            "Exact Online and click Check on the administration.",
                            invoices=", ".join(of_day.mapped("name")),
                            problem=problem,
                        )
                    )


class KeepingExactInvoiceLineRefusals(models.Model):
    _inherit = "keeping.exact.invoice.line"

    def _check_fractions(self):
        """Refuse parts of an item that takes whole numbers only (chapter 4.4).

        :raise UserError: names the item and the line
        """
        for line in self:
            item = line._get_item()
            whole = float_compare(line.quantity, round(line.quantity), precision_digits=2) == 0
            # One that is not in Exact yet is made for hours, and takes fractions.
            if whole or not item.guid or item.fraction_allowed:
                continue
            raise UserError(
                self.env._(
                    "%(invoice)s, line %(line)s: item %(item)s takes whole numbers only in Exact "
                    "Online, and this is %(quantity)s. Choose another item, allow fractions on "
                    "the item in Exact and read it again, or round the hours.",
                    invoice=line.invoice_id.name,
                    line=line.name,
                    item=item.display_name,
                    quantity=f"{line.quantity:g}",
                )
            )
