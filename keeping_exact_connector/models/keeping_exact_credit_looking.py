from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_amount

from .. import exact_online
from ..tools.crediting import CREDIT_NOTE
from ..tools.reference import carries_reference
from .keeping_exact_administration_following import NEWS
from .keeping_exact_credit_invoice import CREDITABLE, PERHAPS_CREDITABLE
from .keeping_exact_credit_reading import INVOICES
from .keeping_exact_invoice_step import UNDER_WAY

# Exact may show a row later than its ``Created`` says: what was told already is kept that long.
OVERLAP = timedelta(hours=2)
# Those that a new credit note is set against, newest first.
INVOICES_AT_ONCE = 40


class KeepingExactAdministration(models.Model):
    """Looks in Exact for credit notes that nobody has confirmed here yet."""

    _inherit = "keeping.exact.administration"

    # Exact's own wall clock, as its rows have it.
    credit_notes_until = fields.Datetime(readonly=True, copy=False, export_string_translation=False)
    # GUIDs of the last hours, which are read once more.
    credit_notes_told = fields.Json(readonly=True, copy=False, export_string_translation=False)

    # ------------------------------------------------------------------ cron

    def _get_followings(self):
        return [*super()._get_followings(), self._read_new_credit_notes]

    def _read_new_credit_notes(self, client):
        """Look for credit notes since the last time, in one call; their lines in one more."""
        if not self._is_anything_creditable():
            return
        since = self.credit_notes_until or fields.Datetime.now() - NEWS
        # A call may take a minute, and nothing is to be unsaved or locked meanwhile.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        Invoice = self.env["keeping.exact.invoice"]
        where = exact_online.all_of(
            exact_online.eq("Type", CREDIT_NOTE), exact_online.ge("Created", since - OVERLAP)
        )
        select = Invoice._get_credit_select()
        rows = list(client.rows(INVOICES, select=select, where=where))
        new = self._filter_unknown(rows)
        Invoice._add_invoice_lines(client, new)
        if rows:
            self._keep_following(lambda: self._note_credit_notes(rows, new))

    def _is_anything_creditable(self):
        """Tell whether a credit note could be of any invoice here."""
        creditable = [("administration_id", "=", self.id), ("state", "in", CREDITABLE)]
        if self.env["keeping.exact.invoice"].search_count(creditable, limit=1):
            return True
        return any(invoice._is_creditable() for invoice in self._get_newest(("credited",)))

    def _filter_unknown(self, rows):
        """Return the credit notes of customers with processed links that nothing here is of."""
        told = set(self.credit_notes_told or ())
        Credit, Invoice = self.env["keeping.exact.credit"], self.env["keeping.exact.invoice"]
        mine = [("administration_id", "=", self.id)]
        guids = [row["InvoiceID"] for row in rows if row["InvoiceID"] not in told]
        told |= set(Credit.search([*mine, ("guid", "in", guids)]).mapped("guid"))
        # On their way from here: the answer may not have come yet.
        coming = Credit.search([*mine, ("state", "in", UNDER_WAY)]).mapped("name")
        domain = [*mine, ("state", "in", PERHAPS_CREDITABLE)]
        customers = Invoice._read_group(domain, ["customer_id"])
        ours = {customer.guid for (customer,) in customers}
        return [
            row
            for row in rows
            if row["InvoiceID"] not in told
            and row["OrderedBy"] in ours
            and not any(carries_reference(row["Description"] or "", name) for name in coming)
        ]

    def _note_credit_notes(self, rows, new):
        """Leave a to-do for each that may credit an invoice, once."""
        until = max(row["Created"] for row in rows)
        told = [row["InvoiceID"] for row in rows if row["Created"] >= until - OVERLAP]
        self.write({"credit_notes_until": until.replace(microsecond=0), "credit_notes_told": told})
        for row in self._filter_still_unknown(new):
            self._tell_credit_note(row)

    def _filter_still_unknown(self, new):
        """Somebody may have confirmed one while Exact was asked."""
        guids = [row["InvoiceID"] for row in new]
        known = self.env["keeping.exact.credit"].search(
            [("administration_id", "=", self.id), ("guid", "in", guids)]
        )
        return [row for row in new if row["InvoiceID"] not in set(known.mapped("guid"))]

    def _tell_credit_note(self, row):
        """Tell the maker of the invoice that this one most likely credits, if any fits."""
        of_customer = ("customer_id.guid", "=", row["OrderedBy"])
        invoices = self._get_newest(CREDITABLE, of_customer)
        invoices |= self._get_newest(("credited",), of_customer)
        fitting = []
        for invoice in invoices.filtered(lambda one: one._is_creditable()):
            found = invoice._weigh(row, invoice._prepare_own_lines())
            if found and (found["credited"] or found["score"]):
                fitting.append((found, invoice))
        if not fitting:
            return
        found, invoice = max(fitting, key=lambda pair: pair[0]["score"])
        mine = invoice.with_context(lang=invoice.create_uid.lang)
        mine._tell_maker(
            mine.env._(
                "Credit note %(number)s of %(amount)s in Exact Online may credit invoice "
                "%(invoice)s. Choose Find credit notes to see, and confirm what it credits.",
                number=found["number"],
                amount=format_amount(mine.env, found["amount"], invoice.currency_id),
                invoice=invoice.number or invoice.name,
            )
        )

    def _get_newest(self, states, *conditions):
        """Return the newest invoices in some states.

        :param conditions: of a domain
        """
        domain = [("administration_id", "=", self.id), ("state", "in", states), *conditions]
        Invoice = self.env["keeping.exact.invoice"]
        return Invoice.search(domain, order="id desc", limit=INVOICES_AT_ONCE)
