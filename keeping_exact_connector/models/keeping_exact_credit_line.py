from odoo import fields, models

from ..pricing.money import to_decimal
from .keeping_exact_invoice_line import PRECISION


class KeepingExactCreditLine(models.Model):
    """What a credit note takes off one line of an invoice."""

    _name = "keeping.exact.credit.line"
    _description = "Credited Line of an Exact Invoice"
    _check_company_auto = True

    credit_id = fields.Many2one(
        "keeping.exact.credit", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="credit_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="credit_id.currency_id")
    invoice_line_id = fields.Many2one(
        "keeping.exact.invoice.line",
        string="Line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    amount = fields.Monetary(readonly=True, help="Credited of this line, without VAT")
    quantity = fields.Float(readonly=True, digits=PRECISION)
    unit_price = fields.Float(readonly=True, digits=PRECISION)

    def _prepare_exact_payload(self):
        """Return the line of a credit note of type 8021.

        Its quantity is above zero, as on a copy of the invoice: the type says that it is credited.
        That is not in Exact's reference (chapters 4.3 and 4.4: unknown).
        """
        line = self.invoice_line_id
        payload = {
            **line._prepare_exact_payload(),
            "Quantity": to_decimal(self.quantity, PRECISION[1]),
            "UnitPrice": to_decimal(self.unit_price, PRECISION[1]),
        }
        if line.vat_code_id:
            # What was billed with it, whatever the customer's card says today.
            payload["VATCode"] = line.vat_code_id.code
        return payload
