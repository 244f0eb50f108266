from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, float_compare, float_round

from ..pricing import fit
from ..pricing.lines import HOUR_DIGITS
from ..pricing.money import to_decimal
from ..tools.guards import check_editable
from .keeping_exact_invoice import EDITABLE_STATES

# Decimals of quantities and prices, in the database and as sent.
PRECISION = (16, 4)
EDITABLE = {
    "sequence",
    "name",
    "notes",
    "quantity",
    "unit_price",
    "amount",
    "item_id",
    "chosen_vat_code_id",
    "cost_centre_id",
    "cost_unit_id",
    "unit_id",
}
# Lengths are not in Exact's reference (chapter 11, point 4); what is longer goes into the notes.
NAME_LENGTH = 60


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
    quantity = fields.Float(digits=PRECISION, default=1)
    unit_price = fields.Float(digits=PRECISION)
    amount = fields.Monetary(
        compute="_compute_amount",
        inverse="_inverse_amount",
        store=True,
        help="Quantity times price, without VAT. Change it to bill another amount for these hours.",
    )
    whole = fields.Boolean(
        readonly=True,
        help="Sent as one piece with the hours in its text: with two decimals, hours times price "
        "would miss the amount by a cent.",
    )
    needs_price = fields.Boolean(
        readonly=True, help="Nobody has filled in a price yet; zero is one too."
    )
    chosen_vat_code_id = fields.Many2one(
        "keeping.exact.vat.code",
        string="Chosen VAT code",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('administration_id', '=', administration_id), ('blocked', '=', False),"
        " ('type', '!=', 'I'), ('transaction_type', 'in', ('B', 'S'))]",
        help="Goes before those of customer, item and administration. Of the rate card, or chosen "
        "here.",
    )
    vat_code_id = fields.Many2one(
        "keeping.exact.vat.code",
        string="VAT code",
        compute="_compute_vat_code_id",
        store=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The one that is chosen, else of the customer in Exact, else of the item, else of the "
        "administration.",
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

    def _inverse_amount(self):
        """Find quantity and price for an amount that a person has filled in."""
        for line in self:
            hours = line.billed_hours or line.hours
            line.sudo().write(line._fit_amount(hours, line.amount))

    def _fit_amount(self, hours, amount):
        """Return the values of a line that bills hours at one amount.

        :param float hours: to bill
        :param float amount: in the currency of the invoice
        """
        digits = self.currency_id.decimal_places if self.currency_id else 2
        agreed = to_decimal(amount, digits)
        found = fit(Fraction(to_decimal(hours, HOUR_DIGITS)), agreed, digits)
        return {
            "quantity": float(found.quantity),
            "unit_price": float(found.unit_price),
            "whole": found.whole,
        }

    @api.depends(
        "chosen_vat_code_id",
        "invoice_id.customer_id.sales_vat_code",
        "invoice_id.customer_id.invoice_account",
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
                line.vat_code_id = (
                    line.chosen_vat_code_id
                    or by_code.get(code)
                    or administration.sudo().vat_code_id
                )

    def _get_vat_code_in_exact(self):
        """Return the code that Exact will take by itself, or False."""
        invoiced = self.invoice_id.sudo().customer_id.invoiced_id
        return invoiced.sales_vat_code or self._get_item().sales_vat_code

    def _get_item(self):
        """Return what is sold, as superuser: the line's own item, else the administration's."""
        self.ensure_one()
        return self.item_id.sudo() or self.administration_id.sudo().item_id

    # ------------------------------------------------------------------ constrains

    @api.constrains("item_id", "invoice_id")
    def _check_item_administration(self):
        for line in self.sudo():
            if line.item_id and line.item_id.administration_id != line.administration_id:
                raise ValidationError(
                    self.env._("Item and invoice belong to different administrations.")
                )

    @api.constrains("chosen_vat_code_id", "invoice_id")
    def _check_chosen_vat_code(self):
        """The form does not offer such codes; a rate may have had one since before it changed."""
        for line in self.sudo():
            code = line.chosen_vat_code_id
            if code and code.administration_id != line.administration_id:
                raise ValidationError(
                    self.env._("VAT code and invoice belong to different administrations.")
                )
            if code and not code._is_offered():
                raise ValidationError(
                    self.env._(
                        "VAT code %s cannot be on an invoice: it is blocked in Exact Online, for "
                        "purchases only, or includes VAT in the price. Choose another one, on the "
                        "rate card too if it comes from there.",
                        code.display_name,
                    )
                )

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):
        check_editable(self, vals, EDITABLE)
        if not self.env.su:
            self._check_quantity(vals)
            vals = self._without_computed_amount(vals)
            self.invoice_id._check_editable()
            self.invoice_id.sudo()._touch()
        if {"unit_price", "amount"} & set(vals) and not self.env.su:
            self.sudo().needs_price = False
        result = super().write(vals)
        if {"unit_price", "amount"} & set(vals):
            self.sudo()._spread_amount()
        return result

    def _check_quantity(self, vals):
        """Refuse another quantity where it is that of the hours.

        :raise AccessError: over RPC; the form does not offer it
        """
        if "quantity" in vals and self.hour_ids:
            raise AccessError(self.env._("The quantity is that of the hours on the line."))

    def _without_computed_amount(self, vals):
        """Return the values without an amount that only follows from the price beside it.

        The form sends both when a person changes the price; an amount of its own goes before.
        """
        if "amount" not in vals or "unit_price" not in vals:
            return vals
        quantity = vals.get("quantity", self[:1].quantity)
        rounding = self.currency_id[:1].rounding or 0.01
        if float_compare(
            quantity * vals["unit_price"], vals["amount"], precision_rounding=rounding
        ):
            return vals
        return {name: value for name, value in vals.items() if name != "amount"}

    # ------------------------------------------------------------------ actions

    def action_no_charge(self):
        """Say that these hours are on the invoice at no charge."""
        self.invoice_id._check_invoicing()
        self.write({"unit_price": 0})
        return True

    # ------------------------------------------------------------------ business

    def _spread_amount(self):
        """Give each hour its part of the line's amount, so that the parts add up to it.

        In proportion to the hours billed, or to those entered where none is billed. What is left
        over by rounding goes to the largest.
        """
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                """
                WITH weighed AS (
                    SELECT h.id, line.id AS line_id, line.amount::numeric AS amount,
                           currency.decimal_places AS digits,
                           CASE WHEN line.whole THEN NULL ELSE line.unit_price END AS rate,
                           CASE WHEN line.billed_hours = 0 THEN h.hours ELSE h.billed_hours
                                END::numeric AS weight
                      FROM keeping_exact_hour h
                      JOIN keeping_exact_invoice_line line ON line.id = h.invoice_line_id
                      JOIN keeping_exact_invoice invoice ON invoice.id = line.invoice_id
                      JOIN res_currency currency ON currency.id = invoice.currency_id
                     WHERE line.id = ANY(%(lines)s)
                ), parts AS (
                    SELECT *, round(amount * weight / NULLIF(sum(weight) OVER whole, 0), digits
                                    ) AS part,
                           row_number() OVER (
                               PARTITION BY line_id ORDER BY abs(weight) DESC, id) AS position
                      FROM weighed
                    WINDOW whole AS (PARTITION BY line_id)
                )
                UPDATE keeping_exact_hour h
                   SET amount = COALESCE(rest.part, 0) + CASE WHEN rest.position = 1
                           THEN rest.amount - rest.spread ELSE 0 END,
                       rate = COALESCE(rest.rate, h.rate)
                  FROM (
                      SELECT *, COALESCE(sum(part) OVER (PARTITION BY line_id), 0) AS spread
                        FROM parts
                  ) rest
                 WHERE rest.id = h.id
                RETURNING h.id
                """,
                lines=self.ids,
            )
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
        name, notes = self._split_text()
        payload = {
            "Item": self.item_id.guid,
            "Description": name,
            "Quantity": to_decimal(self.quantity, PRECISION[1]),
            "UnitPrice": to_decimal(self.unit_price, PRECISION[1]),
        }
        if notes:
            payload["Notes"] = notes
        if self.chosen_vat_code_id:
            payload["VATCode"] = self.chosen_vat_code_id.code
        elif self.vat_code_id and not self._get_vat_code_in_exact():
            # A default never overrules the customer's card or the item (promise 9).
            payload["VATCode"] = self.vat_code_id.code
        return payload

    def _split_text(self):
        """Return description and notes as they go out: a long text is whole in the notes."""
        return split_text(self.name, self.notes)


def split_text(name, notes):
    """Return description and notes as a line of Exact can have them.

    :param name: what stands on the line; where it is too long, the whole of it is in the notes
    """
    name = " ".join((name or "").split())
    if len(name) <= NAME_LENGTH:
        return name, notes
    cut = name[: NAME_LENGTH - 1].rstrip() + "…"
    return cut, "\n".join(filter(None, (name, notes)))
