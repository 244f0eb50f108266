from odoo import api, fields, models
from odoo.exceptions import ValidationError


class KeepingExactInvoiceLineUnits(models.Model):
    """The unit that stands beside the quantity of a line; Exact's own is that of the item."""

    _inherit = "keeping.exact.invoice.line"

    unit_id = fields.Many2one(
        "keeping.exact.unit",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('administration_id', '=', administration_id)]",
        help="What stands beside the quantity on the invoice. Left empty, Exact Online takes the "
        "unit of the item.",
    )
    item_unit = fields.Char(compute="_compute_item_unit", export_string_translation=False)

    # ------------------------------------------------------------------ compute

    @api.depends("item_id.unit", "administration_id.item_id.unit")
    @api.depends_context("lang")
    def _compute_item_unit(self):
        """Say which unit Exact takes by itself, for the empty field to show."""
        for administration, lines in self.grouped("administration_id").items():
            known = self.env["keeping.exact.unit"].sudo().with_context(active_test=False)
            units = known.search([("administration_id", "=", administration.id)])
            names = {unit.code: unit.display_name for unit in units}
            for line in lines:
                code = line._get_item().unit
                line.item_unit = (
                    self.env._("%s (of the item)", names.get(code, code))
                    if code
                    else self.env._("That of the item")
                )

    # ------------------------------------------------------------------ constrains

    @api.constrains("unit_id", "invoice_id")
    def _check_unit_administration(self):
        for line in self.sudo():
            if line.unit_id and line.unit_id.administration_id != line.administration_id:
                raise ValidationError(
                    self.env._("Unit and invoice belong to different administrations.")
                )

    # ------------------------------------------------------------------ business

    def _warn_of_units(self):
        """Return what is odd about units that were chosen here, or nothing.

        The item's own unit is what the bookkeeper agreed on in Exact, and is not questioned.
        """
        chosen = self.filtered("unit_id")
        gone = chosen.unit_id.filtered(lambda unit: not unit.active)
        if gone:
            return self.env._(
                "Unit %s is no longer in use in Exact Online. Choose another one on the lines, or "
                "leave it empty for that of the item.",
                ", ".join(gone.mapped("display_name")),
            )
        # A line that goes out as one piece has its hours in its text.
        odd = chosen.filtered(
            lambda line: line.hours and not line.whole and line.unit_id._is_no_hour()
        )
        return odd and self.env._(
            "The quantity of lines with hours is in hours, and the unit chosen there is %s. "
            "Choose a unit of hours, or leave it empty for that of the item.",
            ", ".join(odd.unit_id.mapped("display_name")),
        )

    def _prepare_exact_payload(self):
        payload = super()._prepare_exact_payload()
        if self.unit_id:
            payload["UnitCode"] = self.unit_id.code
        return payload
