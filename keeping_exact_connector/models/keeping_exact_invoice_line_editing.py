from odoo import api, models
from odoo.exceptions import AccessError, UserError

# Lines that differ in these are booked apart in Exact.
BOOKED_BY = ("item_id", "vat_code_id", "cost_centre_id", "cost_unit_id", "unit_id")
# What a person fills in on a line of their own, one without hours.
OWN = {
    "invoice_id",
    "sequence",
    "name",
    "notes",
    "quantity",
    "unit_price",
    "item_id",
    "chosen_vat_code_id",
    "cost_centre_id",
    "cost_unit_id",
    "unit_id",
}


class KeepingExactInvoiceLineEditing(models.Model):
    """What a person does with the lines of a draft: add, merge, drop."""

    _inherit = "keeping.exact.invoice.line"

    # ------------------------------------------------------------------ CRUD

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        # The form sends along what it shows: the amount, and hours of zero.
        if any(vals[name] for vals in vals_list for name in set(vals) - OWN - {"amount"}):
            raise AccessError(self.env._("Lines with hours are made from hours."))
        vals_list = [{name: vals[name] for name in OWN & set(vals)} for vals in vals_list]
        invoices = self.env["keeping.exact.invoice"].browse(
            {vals.get("invoice_id") for vals in vals_list}
        )
        invoices._check_invoicing()
        invoices._check_editable()
        invoices.sudo()._touch()
        return super().create(vals_list)

    def unlink(self):
        """Drop lines of a draft; their hours become free again."""
        if not self.env.su:
            self.invoice_id._check_invoicing()
            self.invoice_id.sudo()._touch()
        self.invoice_id._check_editable()
        # The hours have no foreign key of their line.
        self.sudo().hour_ids.unlink()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        self.invoice_id._check_editable()

    # ------------------------------------------------------------------ actions

    def action_merge_up(self):
        """Merge the line with the one above it: hours and amounts add up, its text goes.

        At one price the amount is that of all hours, which may be a cent from that of the two.

        :raise UserError: there is none above, or they differ in item, VAT code, unit or costs
        """
        self.ensure_one()
        invoice = self.invoice_id
        invoice._check_invoicing()
        invoice._check_editable()
        invoice.sudo()._touch()
        lines = invoice.line_ids.sorted(lambda line: (line.sequence, line.id))
        position = lines.ids.index(self.id)
        if not position:
            raise UserError(self.env._("There is no line above this one."))
        lines[position - 1].sudo()._merge(self.sudo())
        return True

    # ------------------------------------------------------------------ business

    def _merge(self, other):
        for name in BOOKED_BY:
            if self[name] != other[name]:
                raise UserError(
                    self.env._(
                        "These lines differ in %s and cannot become one.",
                        self._fields[name]._description_string(self.env),
                    )
                )
        amount = self.amount + other.amount
        vals = {
            "hours": self.hours + other.hours,
            "billed_hours": self.billed_hours + other.billed_hours,
            "needs_price": self.needs_price or other.needs_price,
            "notes": "\n".join(filter(None, (self.notes, other.notes))) or False,
        }
        simple = not self.whole and not other.whole and self.unit_price == other.unit_price
        if simple:
            vals["quantity"] = self.quantity + other.quantity
        else:
            vals.update(self._fit_amount(vals["billed_hours"], amount))
        # The amount of each hour stays: together they are that of the merged line.
        other.hour_ids.invoice_line_id = self
        other.unlink()
        self.write(vals)
        if simple and self.currency_id.compare_amounts(self.amount, amount):
            self._spread_amount()
