import re
from datetime import date
from decimal import Decimal
from uuid import UUID

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import date_utils

from .. import exact_online
from ..pricing.money import to_decimal
from .keeping_exact_invoice_link import SEARCH
from .keeping_exact_invoice_link_row import OPEN, PROCESSED

ENDPOINT = "salesinvoice/SalesInvoices"
INVOICE = 8020
STATUS_PROCESSED = 50
# A page of Exact's holds 60 (reference, chapter 3.4). Where most of what is read is not meant,
# one click reads so many pages before it says so.
ROWS, PAGES = 60, 5
# Nothing is older: some property must be filtered (chapter 3.4).
EARLIEST = date(1900, 1, 1)
LARGEST = 2**31 - 1
SELECT = [
    "InvoiceID",
    "InvoiceNumber",
    "OrderNumber",
    "InvoiceDate",
    "DueDate",
    "OrderedBy",
    "OrderedByName",
    "Currency",
    "Status",
    "Type",
    "AmountFC",
    "AmountFCExclVat",
    "Discount",
    "YourRef",
    "Description",
]


class KeepingExactInvoiceLinkSearch(models.TransientModel):
    """Finds an invoice in Exact: a page at a time, and no more than is looked at."""

    _inherit = "keeping.exact.invoice.link"

    search_number = fields.Char(
        string="Invoice number", help="The invoice number, or the order number of one that is open."
    )
    search_customer_id = fields.Many2one(
        "keeping.exact.customer",
        string="Customer in Exact",
        domain="[('administration_id', '=', administration_id), ('guid', '!=', False)]",
    )
    search_date_from = fields.Date(string="Dated from", default=lambda self: self._get_since())
    search_date_to = fields.Date(string="Dated until")
    search_amount = fields.Float(
        string="Amount of the invoice",
        digits=(16, 2),
        help="With or without VAT. Zero: any amount.",
    )
    search_reference = fields.Char(
        string="Reference", help="A part of Your reference or of the description."
    )
    row_ids = fields.One2many(
        "keeping.exact.invoice.link.row", "link_id", string="Invoices in Exact", readonly=True
    )
    search_message = fields.Char(readonly=True, export_string_translation=False)
    # Where the next page is. An address, without any secret.
    following = fields.Char(readonly=True, export_string_translation=False)

    @api.model
    def _get_since(self):
        """Return the day from which is searched unless a person says otherwise."""
        today = fields.Date.context_today(self)
        return date_utils.start_of(date_utils.subtract(today, months=3), "month")

    # ------------------------------------------------------------------ actions

    def action_search(self):
        """Read the first page of what is asked for.

        :return: the action that shows the wizard with it
        :raise UserError: Exact cannot be read
        """
        self.ensure_one()
        self._check_may_link()
        self.sudo().following = False
        return self._read_on()

    def action_more(self):
        """Read the next page."""
        self.ensure_one()
        self._check_may_link()
        if not self.following:
            raise UserError(self.env._("There are no more invoices."))
        return self._read_on()

    # ------------------------------------------------------------------ reading

    def _prepare_search(self):
        """Fill in the customer whose hours were chosen already."""
        if self.partner_id and self.administration_id:
            Customer = self.env["keeping.exact.customer"].sudo()
            known = Customer._find_mapped(self.administration_id, self._get_partner())
            self.search_customer_id = known.with_env(self.env)

    def _read_on(self):
        """Read pages until one can be shown, and show it."""
        where, kept, read = self._get_condition(), [], 0
        following = self.following or None
        administration = self.administration_id.sudo()
        with (
            administration.connection_id._user_errors(),
            administration._get_client() as client,
        ):
            for _page in range(PAGES):
                rows, following = client.page(
                    ENDPOINT,
                    select=SELECT,
                    where=where,
                    order_by=["InvoiceDate desc"],
                    following=following,
                )
                read += len(rows)
                kept += [row for row in self._leave_out_linked(rows) if self._is_meant(row)]
                if not following or len(kept) >= ROWS:
                    break
        self._show_rows(kept, read, following)
        return self._show_step()

    def _get_condition(self):
        """Return what Exact is asked for: by properties that its reference has filters on.

        Amounts and texts are compared here: a filter on text may be refused (chapter 11).
        """
        parts = [exact_online.ge("InvoiceDate", self.search_date_from or EARLIEST)]
        if self.search_date_to:
            parts.append(exact_online.le("InvoiceDate", self.search_date_to))
        if self.search_customer_id:
            guid = UUID(self.search_customer_id.sudo().guid)
            parts.append(exact_online.eq("OrderedBy", guid))
        number = self._get_number()
        if number:
            by_number = (exact_online.eq(name, number) for name in ("InvoiceNumber", "OrderNumber"))
            parts.append(exact_online.any_of(*by_number))
        return exact_online.all_of(*parts)

    def _get_number(self):
        text = re.sub(r"[\s./-]", "", self.search_number or "")
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or int(text) > LARGEST:
            raise UserError(
                self.env._("A number of an invoice in Exact has digits only, not %s.", text)
            )
        return int(text)

    def _leave_out_linked(self, rows):
        """Return the rows that are invoices without a link, in one query."""
        linked = self.env["keeping.exact.invoice"]._get_linked(
            self.administration_id, [row["InvoiceID"] for row in rows]
        )
        taken = set(linked.mapped("guid"))
        return [row for row in rows if row["Type"] == INVOICE and row["InvoiceID"] not in taken]

    def _is_meant(self, row):
        """Tell whether a row has the amount and the reference that are searched for."""
        if self.search_amount:
            wanted = to_decimal(self.search_amount, 2)
            amounts = (row["AmountFC"], row["AmountFCExclVat"])
            if wanted not in [Decimal(amount or 0).quantize(wanted) for amount in amounts]:
                return False
        text = (self.search_reference or "").strip().casefold()
        if not text:
            return True
        return any(text in (row[name] or "").casefold() for name in ("YourRef", "Description"))

    def _show_rows(self, rows, read, following):
        currencies = self._find_currencies({row["Currency"] for row in rows})
        self.sudo().write(
            {
                "step": SEARCH,
                "following": following,
                "search_message": self._explain_search(len(rows), read, following),
                "row_ids": [
                    Command.clear(),
                    *(Command.create(self._prepare_row(row, currencies)) for row in rows),
                ],
            }
        )

    @api.model
    def _find_currencies(self, names):
        Currency = self.env["res.currency"].sudo().with_context(active_test=False)
        found = Currency.search([("name", "in", list(names - {None}))])
        return {currency.name: currency.id for currency in found}

    @api.model
    def _prepare_row(self, row, currencies):
        return {
            "guid": row["InvoiceID"],
            "number": self._get_shown_number(row),
            "invoice_date": row["InvoiceDate"] and row["InvoiceDate"].date(),
            "customer": row["OrderedByName"],
            "description": row["Description"],
            "your_ref": row["YourRef"],
            "currency_id": currencies.get(row["Currency"]),
            "amount_untaxed": float(row["AmountFCExclVat"] or 0),
            "amount_total": float(row["AmountFC"] or 0),
            "status": PROCESSED if row["Status"] == STATUS_PROCESSED else OPEN,
        }

    @api.model
    def _get_shown_number(self, row):
        """Return what a person calls it: an open one may have its order number only."""
        if row["InvoiceNumber"]:
            return str(row["InvoiceNumber"])
        return self.env._("order %s", row["OrderNumber"]) if row["OrderNumber"] else False

    def _explain_search(self, shown, read, following):
        if not read:
            # Empty is not absent: a missing right answers so too (chapter 5.2).
            return self.env._(
                "Exact Online shows no invoices for this question. If there should be some, look "
                "at the checks of the administration: a missing right looks the same."
            )
        if not shown:
            return self.env._(
                "None of the %s invoices that were read is meant, or they are linked already.", read
            )
        if following:
            return self.env._("%s invoices that are not linked; there may be more.", shown)
        return self.env._("%s invoices that are not linked.", shown)

    @api.onchange("administration_id")
    def _onchange_administration_id(self):
        if self.search_customer_id.administration_id != self.administration_id:
            self.search_customer_id = False

    @api.constrains("search_date_from", "search_date_to")
    def _check_search_dates(self):
        for link in self:
            first, last = link.search_date_from, link.search_date_to
            if first and last and last < first:
                raise UserError(self.env._("The last day is before the first."))
