from uuid import UUID

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import exact_online
from ..tools.names import clean_email, clean_name
from .keeping_exact_invoice import EDITABLE_STATES

CONTACTS = "crm/Contacts"
CONTACT_FIELDS = ("ID", "FirstName", "LastName", "FullName", "Email", "BusinessEmail")


class KeepingExactInvoiceHeader(models.Model):
    """The customer's own reference, and the person the invoice is for."""

    _inherit = "keeping.exact.invoice"

    your_ref_required = fields.Boolean(compute="_compute_your_ref_required")
    contact_id = fields.Many2one(
        "res.partner",
        string="Contact person",
        ondelete="set null",
        domain="[('parent_id', 'child_of', partner_id), ('is_company', '=', False)]",
        help="Looked up among the contacts of the customer in Exact when the invoice is sent, by "
        "e-mail address, else by name.",
    )
    contact_guid = fields.Char(readonly=True, copy=False, export_string_translation=False)
    contact_missing = fields.Boolean(readonly=True, copy=False, export_string_translation=False)
    contact_note = fields.Text(compute="_compute_contact_note", export_string_translation=False)

    # ------------------------------------------------------------------ compute

    @api.depends("administration_id.your_ref_required", "partner_id")
    def _compute_your_ref_required(self):
        for invoice in self.sudo():
            invoice.your_ref_required = (
                invoice.administration_id.your_ref_required
                or invoice.partner_id.keeping_exact_your_ref_required
            )

    @api.depends("contact_missing", "contact_id")
    @api.depends_context("lang")
    def _compute_contact_note(self):
        for invoice in self:
            invoice.contact_note = (
                invoice.contact_missing
                and invoice.contact_id
                and self.env._(
                    "%s is not among the contacts of this customer in Exact Online, so the invoice "
                    "went there without a contact person. Add the contact there with the same "
                    "e-mail address for the next one.",
                    invoice.contact_id.name,
                )
            )

    # ------------------------------------------------------------------ business

    def _get_without_ref(self):
        """Return drafts that lack the customer's reference where it is demanded."""
        return self.filtered(
            lambda invoice: (
                invoice.state in EDITABLE_STATES
                and invoice.your_ref_required
                and not (invoice.your_ref or "").strip()
            )
        )

    def _check_your_refs(self):
        """Refuse invoices without the customer's reference where it is demanded.

        :raise UserError: names them
        """
        missing = self._get_without_ref()
        if missing:
            raise UserError(
                self.env._(
                    "Fill in the customer's reference (Your reference) first on %s. It is demanded "
                    "on the contact or the administration.",
                    ", ".join(f"{invoice.name} ({invoice.partner_id.name})" for invoice in missing),
                )
            )

    # ------------------------------------------------------------------ sending

    def _exact_look_before(self, client):
        self._find_contact(client)
        return super()._exact_look_before(client)

    def _find_contact(self, client):
        """Find the contact person in Exact (API reference, chapter 4.9).

        No invoice waits for it: a person who is not found, or contacts that may not be read, are
        left out, and the invoice says so.
        """
        self.ensure_one()
        if not self.contact_id:
            if self.contact_guid or self.contact_missing:
                self.write({"contact_guid": False, "contact_missing": False})
            return
        try:
            rows = list(
                client.rows(
                    CONTACTS,
                    select=CONTACT_FIELDS,
                    where=exact_online.eq("Account", UUID(self.customer_id.guid)),
                )
            )
        except (exact_online.NoRight, exact_online.Refused):
            rows = []
        except exact_online.LimitReached as error:
            if error.cause != "errors":
                raise
            rows = []
        found = self._choose_contact(rows)
        self.write({"contact_guid": found and found["ID"], "contact_missing": not found})

    def _choose_contact(self, rows):
        """Return the one row with our contact's e-mail address, else with the name, or None."""
        email, name = clean_email(self.contact_id.email), clean_name(self.contact_id.name)
        by_email = [
            row
            for row in rows
            if email and email in (clean_email(row["Email"]), clean_email(row["BusinessEmail"]))
        ]
        by_name = [row for row in rows if name and name in _names_of(row)]
        for found in (by_email, by_name):
            if len(found) == 1:
                return found[0]
        both = [row for row in by_email if row in by_name]
        return both[0] if len(both) == 1 else None

    def _prepare_exact_payload(self):
        payload = super()._prepare_exact_payload()
        if self.contact_guid:
            payload["OrderedByContactPerson"] = self.contact_guid
            # A contact belongs to one account (API reference, chapter 4.9).
            if payload["InvoiceTo"] == payload["OrderedBy"]:
                payload["InvoiceToContactPerson"] = self.contact_guid
        return payload


def _names_of(row):
    first_last = " ".join(filter(None, (row["FirstName"], row["LastName"])))
    return {clean_name(row["FullName"]), clean_name(first_last)}
