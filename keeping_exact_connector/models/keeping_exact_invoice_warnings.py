from odoo import api, fields, models
from odoo.tools import formatLang

from ..tools.costs import COSTS
from ..tools.guards import INVOICING
from ..tools.names import clean_number
from .keeping_exact_invoice import EDITABLE_STATES


class KeepingExactInvoiceWarnings(models.Model):
    """What a bookkeeper would ask about a draft. It warns, and refuses nothing."""

    _inherit = "keeping.exact.invoice"

    warnings = fields.Text(compute="_compute_warnings", groups=INVOICING)

    # ------------------------------------------------------------------ compute

    @api.depends(
        "state",
        "customer_id",
        "partner_id.vat",
        "partner_id.country_id",
        "line_ids.vat_code_id",
        "line_ids.item_id",
        "line_ids.cost_centre_id",
        "line_ids.cost_unit_id",
        "line_ids.unit_id",
        "your_ref",
    )
    @api.depends_context("lang")
    def _compute_warnings(self):
        europe = set(self.env.ref("base.europe").sudo().country_ids.mapped("code"))
        for invoice in self:
            texts = []
            if invoice.state in EDITABLE_STATES:
                texts = invoice.sudo()._get_warnings(europe)
            invoice.warnings = "\n".join(texts) or False

    # ------------------------------------------------------------------ business

    def _get_warnings(self, europe):
        """Return what to look at before this draft is sent, as a list of sentences.

        :param set europe: codes of the countries of the EU
        """
        self.ensure_one()
        return [
            text
            for text in (
                self._warn_of_reference(),
                self.line_ids._warn_of_costs(),
                self._warn_of_unknown_costs(),
                self.line_ids._warn_of_units(),
                self._warn_of_discount(),
                self._warn_of_peppol(),
                self._warn_of_vat(europe),
            )
            if text
        ]

    def _warn_of_reference(self):
        return self._get_without_ref() and self.env._(
            "This customer wants a reference on its invoices: fill in Your reference."
        )

    def _warn_of_discount(self):
        """Exact takes it off by itself: an invoice has a discount (API reference, chapter 4.3)."""
        card = self.customer_id.invoiced_id
        return card.sales_discount and self.env._(
            "%(customer)s has a discount of %(percentage)s %% on its card in Exact Online, which "
            "is taken off the total there. The amounts here are without it.",
            customer=card.name,
            percentage=formatLang(self.env, card.sales_discount * 100, digits=1),
        )

    def _warn_of_unknown_costs(self):
        """Return which codes of tasks, projects and employees these books do not have."""
        hours = self.hour_ids
        places = (hours.task_id, hours.project_id, hours.employee_id)
        unknown = []
        for cost in COSTS:
            codes = {
                (place[cost.code_field] or "").strip() for records in places for place in records
            } - {""}
            known = self.env[cost.model].search(
                [("administration_id", "=", self.administration_id.id), ("code", "in", list(codes))]
            )
            unknown += sorted(codes - set(known.mapped("code")))
        return unknown and self.env._(
            "The books of %(administration)s have no cost centre or cost unit %(codes)s. Correct "
            "the code on the task, project or employee, or add it in Exact Online.",
            codes=", ".join(unknown),
            administration=self.administration_id.name,
        )

    def _warn_of_peppol(self):
        """Since 2026 Belgian businesses get invoices by Peppol (API reference, chapter 10)."""
        card = self.customer_id.invoiced_id
        country = self._get_customer_country()
        vat = self._get_customer_vat()
        business = self.partner_id.is_company or bool(vat)
        if not business or (country or vat[:2]) != "BE":
            return None
        if card.peppol_identifier or (not card.guid and self._brings_peppol()):
            return None
        return self.env._(
            "%s is a Belgian business without a Peppol identifier, and Belgian businesses receive "
            "electronic invoices by Peppol. Fill it in on the customer's card in Exact Online.",
            self.partner_id.name,
        )

    def _brings_peppol(self):
        """Tell whether the customer is made in Exact with its Peppol identifier."""
        Customer = self.env["keeping.exact.customer"]
        found = Customer._get_peppol(self.partner_id)
        return bool(found and Customer._prepare_peppol(self.administration_id, *found))

    def _warn_of_vat(self, europe):
        """Return what does not go together: country, VAT number and VAT code."""
        own = (self.administration_id.country_code or "").strip()
        country = self._get_customer_country()
        codes = self.line_ids.vat_code_id
        if not own or not country or not codes:
            return None
        charged = codes.filtered(lambda code: code.percentage and not code.reverse_charge)
        uncharged = codes - charged
        names = {
            "customer": self.partner_id.name,
            "country": self._get_country_name(country),
            "charged": ", ".join(charged.mapped("display_name")),
            "uncharged": ", ".join(uncharged.mapped("display_name")),
        }
        if country == own:
            return self._warn_at_home(codes, names)
        if country not in europe:
            return charged and self.env._(
                "%(customer)s is in %(country)s, outside of the European Union, and VAT is charged "
                "(%(charged)s). Services to businesses there usually go without.",
                **names,
            )
        if own not in europe:
            return None
        return self._warn_in_europe(charged, uncharged, names)

    def _warn_at_home(self, codes, names):
        reverse = codes.filtered("reverse_charge")
        if reverse and not self._get_customer_vat():
            return self.env._(
                "VAT is reversed to %(customer)s (%(code)s), which has no VAT number here or in "
                "Exact Online. The law wants it on such an invoice.",
                customer=names["customer"],
                code=", ".join(reverse.mapped("display_name")),
            )
        return None

    def _warn_in_europe(self, charged, uncharged, names):
        number = self._get_customer_vat()
        if number and charged:
            return self.env._(
                "%(customer)s is a business in %(country)s with a VAT number. For services the VAT "
                "is usually reversed to it, and here VAT is charged (%(charged)s). Choose the VAT "
                "code for services within the EU on the lines, or on the customer's card in Exact "
                "Online.",
                **names,
            )
        if not number and uncharged:
            return self.env._(
                "No VAT is charged to %(customer)s in %(country)s (%(uncharged)s), and there is no "
                "VAT number here or in Exact Online. Reverse charge needs one: fill it in, or "
                "charge VAT.",
                **names,
            )
        if not number and self.partner_id.is_company:
            return self.env._(
                "%(customer)s is a company in %(country)s without a VAT number, so VAT is charged "
                "(%(charged)s). With a VAT number, and the VAT code for it, it would be reversed.",
                **names,
            )
        return None

    def _get_customer_country(self):
        """Return the code of the country of who gets the invoice: Exact's card goes first."""
        card = self.customer_id.invoiced_id
        return (card.country_code or "").strip() or self.partner_id.country_id.code

    def _get_customer_vat(self):
        """Return the VAT number of who gets the invoice: Exact's card goes first."""
        return clean_number(self.customer_id.invoiced_id.vat or self.partner_id.vat)

    def _get_country_name(self, code):
        country = self.env["res.country"].search([("code", "=", code)], limit=1)
        return country.name or code
