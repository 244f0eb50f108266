from odoo import api, fields, models
from odoo.tools import float_compare, format_amount, format_date

from ..tools.guards import INVOICING
from .keeping_exact_invoice_sending import PROCESSED


class KeepingExactInvoiceResult(models.Model):
    """What Exact made of an invoice, set against what was meant."""

    _inherit = "keeping.exact.invoice"

    meant_untaxed = fields.Monetary(readonly=True, copy=False, groups=INVOICING)
    meant_total = fields.Monetary(readonly=True, copy=False, groups=INVOICING)
    discount = fields.Float(
        digits=(16, 4),
        readonly=True,
        copy=False,
        groups=INVOICING,
        help="Of the customer, off the whole invoice: a fraction, as Exact Online has it",
    )
    meant_date = fields.Date(string="Date asked for", readonly=True, copy=False)
    # Those of earlier versions were sent without a note of what was meant.
    meant_known = fields.Boolean(readonly=True, copy=False)
    reread_at = fields.Datetime(
        readonly=True, copy=False, help="Number, dates and totals are to be read from Exact"
    )
    difference_state = fields.Selection(
        [("same", "As meant"), ("different", "Differs")],
        string="Compared with Exact",
        compute="_compute_difference_state",
        store=True,
    )
    difference_message = fields.Text(compute="_compute_difference_message", groups=INVOICING)

    _reread_queue = models.Index("(administration_id, reread_at) WHERE reread_at IS NOT NULL")

    # ------------------------------------------------------------------ compute

    @api.depends(
        "guid",
        "state",
        "reread_at",
        "meant_known",
        "amount_untaxed",
        "amount_total",
        "meant_untaxed",
        "meant_total",
        "invoice_date",
        "meant_date",
    )
    def _compute_difference_state(self):
        for invoice in self:
            known = invoice.guid and invoice.meant_known and not invoice.reread_at
            differs = known and any(invoice._find_differences())
            invoice.difference_state = known and ("different" if differs else "same")

    @api.depends("difference_state")
    @api.depends_context("lang")
    def _compute_difference_message(self):
        for invoice in self:
            found = invoice.difference_state == "different" and invoice._find_differences()
            sentences = self._explain_differences(*found) if found else []
            invoice.difference_message = "\n".join(sentences) or False

    def _find_differences(self):
        """Return (untaxed, total, date) of Exact, each only where it is not what was meant."""
        self.ensure_one()
        rounding = self.currency_id.rounding or 0.01

        def other(amount, meant):
            return float_compare(amount, meant, precision_rounding=rounding) != 0

        untaxed = other(self.amount_untaxed, self.meant_untaxed) and self.amount_untaxed
        total = other(self.amount_total, self.meant_total) and self.amount_total
        processed = self.state in ("processed", "paid", "credited")
        wished = processed and self.meant_date and self.meant_date != self.invoice_date
        return (
            None if untaxed is False else untaxed,
            None if total is False else total,
            (wished and self.invoice_date) or None,
        )

    def _explain_differences(self, untaxed, total, date):
        def money(amount):
            return format_amount(self.env, amount, self.currency_id)

        sentences = []
        if untaxed is not None:
            sentences.append(
                self.env._(
                    "Excluding VAT it is %(theirs)s in Exact Online; %(meant)s was meant.",
                    theirs=money(untaxed),
                    meant=money(self.meant_untaxed),
                )
            )
        if total is not None:
            sentences.append(
                self.env._(
                    "Including VAT it is %(theirs)s in Exact Online; %(meant)s was reckoned here.",
                    theirs=money(total),
                    meant=money(self.meant_total),
                )
            )
        if date is not None:
            sentences.append(
                self.env._(
                    "Its date in Exact Online is %(theirs)s; %(meant)s was asked for.",
                    theirs=format_date(self.env, date),
                    meant=format_date(self.env, self.meant_date),
                )
            )
        return sentences

    # ------------------------------------------------------------------ sending

    def _prepare_claim(self):
        untaxed, total = self._reckon_totals()
        return {
            **super()._prepare_claim(),
            "discount": self._get_card_discount(),
            "meant_untaxed": untaxed,
            "meant_total": total,
            "meant_date": self.invoice_date,
            "meant_known": True,
        }

    def _reckon_totals(self):
        """Return (untaxed, total) of the lines, less the customer's discount.

        Exact takes it off amounts and VAT by itself (API reference, chapter 4.3).
        """
        untaxed = self._get_less_discount(sum(self.line_ids.mapped("amount")))
        vat = sum(line._reckon_vat() for line in self.line_ids)
        return untaxed, untaxed + self._get_less_discount(vat)

    def _get_less_discount(self, amount):
        """Return an amount of lines less the customer's discount, rounded as Exact's.

        The card may change; what is in Exact has its own.
        """
        self.ensure_one()
        return self._take_off(amount, self.discount if self.guid else self._get_card_discount())

    def _take_off(self, amount, discount):
        """Return an amount less a discount, a fraction, rounded as Exact's."""
        return amount - self.currency_id.round(amount * discount)

    def _get_card_discount(self):
        return self.customer_id.invoiced_id.sales_discount

    def _prepare_made(self, row):
        vals = super()._prepare_made(row)
        if not row.get("AmountFC"):
            # Totals come back empty from a POST now and then (reference, chapter 4.3).
            vals["reread_at"] = fields.Datetime.now()
        return vals

    def _plan_reread(self):
        """Have the sender read what an answer did not hold, together with that of others."""
        self.reread_at = fields.Datetime.now()

    @api.model
    def _get_select(self):
        return [*super()._get_select(), "InvoiceDate", "Discount"]

    def _prepare_vals_from_exact(self, row):
        vals = super()._prepare_vals_from_exact(row)
        if row.get("Status") == PROCESSED and row.get("InvoiceDate"):
            # Whoever processed it: from here on Exact's date is the date.
            vals["invoice_date"] = row["InvoiceDate"].date()
        if row.get("Discount") is not None:
            vals["discount"] = float(round(row["Discount"], 4))
        return vals

    def _reread(self, row):
        """Take in a row that was read because an answer did not hold all of it."""
        self.ensure_one()
        # Of a row that was read, zero is an amount.
        amounts = {
            name: float(row.get(field) or 0)
            for name, field in (("amount_untaxed", "AmountFCExclVat"), ("amount_total", "AmountFC"))
        }
        self._take_in(row, {**amounts, "reread_at": False})
