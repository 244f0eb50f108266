from odoo import api, fields, models

from ..pricing.money import to_decimal
from .keeping_exact_invoice_line import PRECISION

DISCOUNT_DIGITS = (16, 6)


class KeepingExactInvoiceLineAsInExact(models.Model):
    """A line with Exact's own figures: of a linked invoice, or taken over from Exact."""

    _inherit = "keeping.exact.invoice.line"

    as_in_exact = fields.Boolean(
        readonly=True, copy=False, help="Its figures are those of the line in Exact Online."
    )
    exact_amount = fields.Monetary(
        readonly=True,
        copy=False,
        help="Of the line in Exact Online, where a discount may have gone off quantity times price",
    )

    exact_discount = fields.Float(
        readonly=True, copy=False, digits=DISCOUNT_DIGITS, help="A fraction, of the line in Exact"
    )

    # ------------------------------------------------------------------ compute

    @api.depends("as_in_exact", "exact_amount")
    def _compute_amount(self):
        theirs = self.filtered("as_in_exact")
        for line in theirs:
            line.amount = line.exact_amount
        return super(KeepingExactInvoiceLineAsInExact, self - theirs)._compute_amount()

    # ------------------------------------------------------------------ business

    def _spread_amount(self):
        # What each hour was billed for stays: the line follows Exact, and they do not.
        return super(
            KeepingExactInvoiceLineAsInExact, self.filtered(lambda line: not line.as_in_exact)
        )._spread_amount()

    def _reckon_amount(self, quantity, unit_price, discount):
        """Return what Exact makes of these figures on this line, excluding VAT."""
        cents = self.currency_id.round
        return cents(cents(quantity * unit_price * (1 - discount)) / self._get_vat_in_price())

    def _reckon_vat(self):
        """Return the VAT on this line, in cents."""
        cents = self.currency_id.round
        if self._get_vat_in_price() == 1:
            return cents(self.amount * self.vat_code_id.percentage)
        return cents(self.quantity * self.unit_price * (1 - self.exact_discount)) - self.amount

    def _get_vat_in_price(self):
        """Return by what a price is higher than excluding VAT: 1 but for VAT codes of type I.

        With those, Exact takes a price as including VAT (reference, chapter 4.4). A line that is
        not as in Exact has its price excluding VAT, and differs there.
        """
        self.ensure_one()
        vat_code = self.vat_code_id
        return 1 + vat_code.percentage if self.as_in_exact and vat_code.type == "I" else 1

    @api.model
    def _get_exact_discount(self, row):
        """Return the discount of a line in Exact, a fraction; it may be in the net price alone."""
        discount, price, net = (float(row[n] or 0) for n in ("Discount", "UnitPrice", "NetPrice"))
        by_price = price and net and round(1 - net / price, DISCOUNT_DIGITS[1])
        return discount or by_price or 0

    @api.model
    def _prepare_vals_from_exact(self, administration, rows):
        """Turn the lines of an invoice in Exact into values of ours.

        :param administration: the keeping.exact.administration that they are in
        :param list rows: of ``_read_exact_lines`` (reference, chapter 4.4)
        :return: list of values for create or write, in the order of the rows
        """
        found = {
            field: self._find_by(model, key, administration, {row[name] for row in rows})
            for field, (model, key, name) in {
                "item_id": ("keeping.exact.item", "guid", "Item"),
                "vat_code_id": ("keeping.exact.vat.code", "code", "VATCode"),
                "unit_id": ("keeping.exact.unit", "code", "UnitCode"),
                "cost_centre_id": ("keeping.exact.cost.centre", "code", "CostCenter"),
                "cost_unit_id": ("keeping.exact.cost.unit", "code", "CostUnit"),
            }.items()
        }
        return [
            {
                "guid": row["ID"],
                "sequence": row["LineNumber"] or position,
                "name": self._get_exact_text(row) or self.env._("Line %s", position),
                "notes": row["Notes"],
                "quantity": float(row["Quantity"] or 0),
                "unit_price": float(row["UnitPrice"] or 0),
                "exact_amount": float(row["AmountFC"] or 0),
                "exact_discount": self._get_exact_discount(row),
                "as_in_exact": True,
                "item_id": found["item_id"].get(row["Item"]),
                "vat_code_id": found["vat_code_id"].get(row["VATCode"]),
                "unit_id": found["unit_id"].get(row["UnitCode"]),
                "cost_centre_id": found["cost_centre_id"].get(row["CostCenter"]),
                "cost_unit_id": found["cost_unit_id"].get(row["CostUnit"]),
            }
            for position, row in enumerate(rows, start=1)
        ]

    @api.model
    def _get_exact_text(self, row):
        return " ".join((row["Description"] or row["ItemDescription"] or "").split())

    @api.model
    def _find_by(self, model, key, administration, wanted):
        """Return ids of this administration's records by what Exact calls them.

        Those out of use too: they are on invoices that were made before.
        """
        records = (
            self.env[model]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("administration_id", "=", administration.id),
                    (key, "in", list(wanted - {None, ""})),
                ]
            )
        )
        return {record[key]: record.id for record in records}

    def _is_as_shown(self, row):
        """Tell whether a line of Exact is as it stands here: quantity, price, amount and text."""
        self.ensure_one()

        def same(field, name):
            digits = PRECISION[1]
            return to_decimal(self[field], digits) == to_decimal(float(row[name] or 0), digits)

        return (
            same("quantity", "Quantity")
            and same("unit_price", "UnitPrice")
            and same("amount", "AmountFC")
            and self._split_text()[0] == self._get_exact_text(row)
        )
