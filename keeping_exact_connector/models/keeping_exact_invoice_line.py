from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import float_round

from ..tools.guards import check_editable
from .keeping_exact_invoice import EDITABLE_STATES

# Decimals of quantities and prices, in the database and as sent.
PRECISION = (16, 4)
EDITABLE = {"sequence", "name", "notes", "unit_price", "item_id"}


class KeepingExactInvoiceLine(models.Model):
    _name = "keeping.exact.invoice.line"
    _description = "Exact Online Invoice Line"
    _order = "sequence, id"
    _check_company_auto = True

    invoice_id = fields.Many2one(
        "keeping.exact.invoice", required=True, index=True, ondelete="cascade"
    )
    administration_id = fields.Many2one(related="invoice_id.administration_id", store=True)
    company_id = fields.Many2one(related="invoice_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Description", required=True)
    notes = fields.Text()
    item_id = fields.Many2one(
        "keeping.exact.item",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('administration_id', '=', administration_id), ('is_sales', '=', True)]",
        help="Left empty, the hours item of the administration is used.",
    )
    quantity = fields.Float(digits=PRECISION, readonly=True)
    unit_price = fields.Float(digits=PRECISION)
    amount = fields.Monetary(
        compute="_compute_amount", store=True, help="Quantity times price, without VAT"
    )
    vat_code_id = fields.Many2one(
        "keeping.exact.vat.code",
        string="VAT code",
        compute="_compute_vat_code_id",
        store=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Of the customer in Exact, else of the item, else of the administration.",
    )
    hours = fields.Float(digits=PRECISION, readonly=True, help="As entered on the timesheets")
    billed_hours = fields.Float(digits=PRECISION, readonly=True)
    guid = fields.Char(string="Exact ID", readonly=True, copy=False)
    hour_ids = fields.One2many("keeping.exact.hour", "invoice_line_id")

    # ------------------------------------------------------------------ compute

    @api.depends("quantity", "unit_price", "invoice_id.currency_id")
    def _compute_amount(self):
        for line in self:
            line.amount = float_round(
                line.quantity * line.unit_price,
                precision_rounding=line.currency_id.rounding or 0.01,
            )

    @api.depends(
        "invoice_id.customer_id.sales_vat_code",
        "item_id.sales_vat_code",
        "invoice_id.administration_id.vat_code_id",
    )
    def _compute_vat_code_id(self):
        for administration, lines in self.grouped("administration_id").items():
            domain = [("administration_id", "=", administration.id)]
            codes = self.env["keeping.exact.vat.code"].sudo().search(domain)
            by_code = {code.code: code for code in codes}
            for line in lines:
                if line.invoice_id.state not in (*EDITABLE_STATES, "queued"):
                    # What was sent is a fact.
                    line.vat_code_id = line.vat_code_id
                    continue
                code = line._get_vat_code_in_exact()
                line.vat_code_id = by_code.get(code) or administration.sudo().vat_code_id

    def _get_vat_code_in_exact(self):
        """Return the code that Exact will take by itself, or False."""
        item = self.item_id or self.administration_id.sudo().item_id
        return self.invoice_id.sudo().customer_id.sales_vat_code or item.sudo().sales_vat_code

    # ------------------------------------------------------------------ constrains

    @api.constrains("item_id", "invoice_id")
    def _check_item_administration(self):
        for line in self.sudo():
            if line.item_id and line.item_id.administration_id != line.administration_id:
                raise ValidationError(
                    self.env._("Item and invoice belong to different administrations.")
                )

    # ------------------------------------------------------------------ CRUD

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Lines are made from hours."))
        return super().create(vals_list)

    def write(self, vals):
        check_editable(self, vals, EDITABLE)
        if not self.env.su and any(line.invoice_id.state not in EDITABLE_STATES for line in self):
            raise UserError(self.env._("An invoice can only be changed before it is sent."))
        if not self.env.su:
            self.invoice_id.sudo()._touch()
        result = super().write(vals)
        if "unit_price" in vals:
            self.sudo()._spread_amount()
        return result

    # ------------------------------------------------------------------ business

    def _spread_amount(self):
        """Give each hour its part of the line's amount, so that the parts add up to it.

        What is left over by rounding goes to the largest hour.
        """
        self.flush_recordset()
        self.env.cr.execute(
            """
            WITH part AS (
                SELECT h.id, line.unit_price AS rate, line.amount,
                       round(h.billed_hours * line.unit_price, 2) AS amount_part,
                       row_number() OVER (
                           PARTITION BY line.id ORDER BY h.billed_hours DESC, h.id
                       ) AS position
                  FROM keeping_exact_hour h
                  JOIN keeping_exact_invoice_line line ON line.id = h.invoice_line_id
                 WHERE line.id IN %s
            ), rest AS (
                SELECT id, rate,
                       amount_part + CASE WHEN position = 1
                           THEN amount - sum(amount_part) OVER whole ELSE 0 END AS amount
                  FROM (
                    SELECT part.*, h.invoice_line_id AS line_id
                      FROM part JOIN keeping_exact_hour h ON h.id = part.id
                  ) AS lined
                WINDOW whole AS (PARTITION BY line_id)
            )
            UPDATE keeping_exact_hour h SET amount = rest.amount, rate = rest.rate
              FROM rest WHERE rest.id = h.id
            """,
            (tuple(self.ids) or (0,),),
        )
        self.env["keeping.exact.hour"].invalidate_model(["amount", "rate"])

    def _check_vat_code(self):
        """Refuse lines that would go out without VAT because nobody chose a code.

        :raise UserError: names the administrations whose VAT code is missing
        """
        missing = self.filtered(
            lambda line: not line.vat_code_id and not line._get_vat_code_in_exact()
        )
        if missing:
            raise UserError(
                self.env._(
                    "Neither the customer nor the item has a VAT code in Exact Online. Choose the "
                    "VAT code of administration %s (Integrations > Administrations) first.",
                    ", ".join(missing.administration_id.mapped("name")),
                )
            )

    def _prepare_exact_payload(self):
        """Return one line of the body of POST SalesInvoices (reference, chapter 4.4)."""
        self.ensure_one()
        payload = {
            "Item": self.item_id.guid,
            "Description": self.name,
            "Quantity": _to_decimal(self.quantity),
            "UnitPrice": _to_decimal(self.unit_price),
        }
        if self.notes:
            payload["Notes"] = self.notes
        if self.vat_code_id and not self._get_vat_code_in_exact():
            # A default never overrules the customer's card or the item (promise 9).
            payload["VATCode"] = self.vat_code_id.code
        return payload


def _to_decimal(value):
    return Decimal(f"{value:.{PRECISION[1]}f}").normalize()
