from odoo import fields, models


class KeepingExactVatCode(models.Model):
    _name = "keeping.exact.vat.code"
    _description = "Exact Online VAT Code"
    _inherit = ["keeping.exact.typed"]

    _unread_field = "vat_codes_unread"
    _typed_vals = {"type": "E", "transaction_type": "S"}
    _exact_endpoint = "vat/VATCodes"
    _exact_fields = {
        "Code": "code",
        "Description": "name",
        "Type": "type",
        "VATTransactionType": "transaction_type",
        "IsBlocked": "blocked",
        "Percentage": "percentage",
        "Charged": "reverse_charge",
    }

    type = fields.Selection(
        [("B", "Base only"), ("E", "Excluding VAT"), ("I", "Including VAT"), ("N", "No VAT")],
        readonly=True,
    )
    transaction_type = fields.Selection(
        [("B", "Both"), ("P", "Purchase"), ("S", "Sales")], readonly=True
    )
    blocked = fields.Boolean(readonly=True)
    percentage = fields.Float(readonly=True, digits=(6, 4), help="As a fraction: 0.21 is 21 %")

    reverse_charge = fields.Boolean(
        readonly=True, help="Whether the customer owes the VAT; Exact calls it charged."
    )

    _administration_guid_unique = models.Constraint(
        "UNIQUE (administration_id, guid)", "A VAT code of Exact is kept once."
    )

    def _is_offered(self):
        """Tell whether lines of invoices may have it: for sales, not blocked, VAT on top."""
        self.ensure_one()
        return (
            self.active
            and not self.blocked
            and self.type != "I"
            and self.transaction_type
            in (
                "B",
                "S",
            )
        )

    def _prepare_vals_from_exact(self, row):
        vals = super()._prepare_vals_from_exact(row)
        percentage = vals["percentage"] or 0
        # Fractions according to the reference, whole numbers seen by one client (chapter 10).
        vals["percentage"] = float(percentage / 100 if percentage > 1 else percentage)
        for name in ("type", "transaction_type"):
            allowed = dict(self._fields[name].selection)
            vals[name] = vals[name] if vals[name] in allowed else False
        return vals
