from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.guards import INVOICING
from ..tools.texts import clock


class KeepingExactInvoiceCorrections(models.Model):
    """Differences of hours that were corrected after they were billed, as lines of a draft."""

    _inherit = "keeping.exact.invoice"

    correction_count = fields.Integer(
        compute="_compute_correction_count",
        groups=INVOICING,
        help="Corrections of this customer's hours that are on no invoice yet",
    )

    def _compute_correction_count(self):
        drafts = self.filtered(lambda invoice: invoice.state == "draft")
        opened = self.env["keeping.exact.correction.open"]._find_for(drafts) if drafts else ()
        for invoice in self:
            invoice.correction_count = invoice in drafts and len(invoice._of_mine(opened))

    def _of_mine(self, opened):
        """Return those differences that may be settled on this invoice."""
        return opened.filtered(
            lambda row: (
                row.administration_id == self.administration_id
                and row.partner_id == self.partner_id
                and row.currency_id == self.currency_id
            )
        )

    # ------------------------------------------------------------------ actions

    def action_add_corrections(self):
        """Put what is still to settle with this customer on the draft, a line each.

        :raise UserError: it is no draft any more, or there is nothing to settle
        """
        self.ensure_one()
        self._check_invoicing()
        self._touch()
        if self.state != "draft":
            raise UserError(self.env._("Only drafts can be changed."))
        opened = self._of_mine(self.env["keeping.exact.correction.open"]._find_for(self))
        if not opened:
            raise UserError(self.env._("There are no corrections for this customer."))
        self.sudo()._settle(opened._lock())
        return True

    # ------------------------------------------------------------------ business

    def _settle(self, opened):
        """Put differences on this draft, a line each.

        :param opened: keeping.exact.correction.open, locked
        """
        self.ensure_one()
        lang = self.customer_id._get_lang(self.partner_id)
        last = max(self.line_ids.mapped("sequence"), default=0)
        Line, Hour = self.env["keeping.exact.invoice.line"], self.env["keeping.exact.hour"]
        lines = Line.create(
            [
                self._prepare_correction_line(row.with_context(lang=lang), position)
                for position, row in enumerate(opened, start=last + 1)
            ]
        )
        Hour.create(
            [
                self._prepare_correction_hour(line, row)
                for line, row in zip(lines, opened, strict=True)
            ]
        )
        Hour.invalidate_model()

    def _prepare_correction_line(self, row, position):
        billed = row.hour_id.invoice_line_id
        fitted = billed.with_context(lang=False)._fit_amount(row.billed_hours, row.amount)
        text = row._describe()
        if fitted["whole"]:
            text += f" ({clock(row.billed_hours)})"
        return {
            "invoice_id": self.id,
            "sequence": position,
            "name": text,
            # Booked as what it corrects.
            "item_id": billed.item_id.id,
            "chosen_vat_code_id": billed.chosen_vat_code_id.id,
            "cost_centre_id": billed.cost_centre_id.id,
            "cost_unit_id": billed.cost_unit_id.id,
            "unit_id": billed.unit_id.id,
            "hours": row.hours,
            "billed_hours": row.billed_hours,
            **fitted,
        }

    def _prepare_correction_hour(self, line, row):
        hour = row.hour_id
        same = ("user_id", "employee_id", "project_id", "task_id", "partner_id")
        return {
            "corrected_id": hour.id,
            "invoice_id": self.id,
            "invoice_line_id": line.id,
            "administration_id": hour.administration_id.id,
            "company_id": hour.company_id.id,
            **{name: hour[name].id for name in same},
            "date": hour.date,
            "name": line.name,
            "hours": row.hours,
            "billed_hours": row.billed_hours,
            "rate": hour.rate,
            "rate_source": hour.rate_source,
            "amount": row.amount,
        }


class KeepingExactCorrectionOpen(models.Model):
    _inherit = "keeping.exact.correction.open"

    def _describe(self):
        """Return the text of the line, in the customer's language."""
        self.ensure_one()
        invoice = self.invoice_id
        return self.env._(
            "Correction %(day)s, %(what)s (invoice %(invoice)s)",
            day=format_date(self.env, self.date),
            what=", ".join(filter(None, (self.project_id.name, self.employee_id.name))),
            invoice=invoice.number or invoice.name,
        )
