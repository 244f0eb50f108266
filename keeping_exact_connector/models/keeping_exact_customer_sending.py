import itertools
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from .. import exact_online
from ..tools import messages
from ..tools.accounts import account_values, peppol_kind
from ..tools.names import clean_number
from .keeping_exact_customer import CUSTOMER
from .keeping_exact_invoice import UNDER_WAY
from .keeping_exact_sendable import LookAlike

NAME_COMPARED = 40
CODE_WIDTH = 18
# Refusals of ours that a person settles by choosing.
FOR_A_PERSON = ("customer_exists", "customer_number")
# The list was read over some time, and Exact's times are in CET (API reference, chapter 3.3).
LOOKED_BACK = timedelta(days=1)
# How many known customers are asked for before their absence is taken for a missing right.
CONTROLS = 3


class KeepingExactCustomerSending(models.Model):
    """Making a customer in Exact that is not there yet, once."""

    _inherit = "keeping.exact.customer"

    @api.model
    def _plan_creation(self, administration, partner, confirmed=False, wanted=False):
        """Plan a new customer in Exact for a commercial partner.

        :param bool confirmed: a person saw what looks alike and wants a new one
        :param bool wanted: a person asked for it, whether or not there is an invoice for it
        """
        by_ref = administration.customer_number_source == "odoo"
        customer = self.create(
            {
                "administration_id": administration.id,
                "code": by_ref and (partner.ref or "").strip(),
                "name": partner.name,
                "status": CUSTOMER,
                "vat": partner.vat,
                "chamber_of_commerce": partner.company_registry,
                "email": partner.email,
                "partner_id": partner.id,
                "match_origin": "created",
                "creation_confirmed": confirmed,
                "wanted": wanted,
            }
        )
        self.env["keeping.exact.operation"]._plan(customer)
        return customer

    def _exact_claimed(self):
        self.name = self.partner_id.name
        return super()._exact_claimed()

    def _prepare_exact_payload(self):
        self.ensure_one()
        payload = {**account_values(self.partner_id), "Status": CUSTOMER}
        if self.code:
            payload["Code"] = self.code
        peppol = self._get_peppol(self.partner_id)
        return {**payload, **self._prepare_peppol(self.administration_id, *peppol)}

    @api.model
    def _get_peppol(self, partner):
        """Return kind (EAS code) and identifier of Peppol where Odoo knows them, else nothing.

        The fields are those of account_edi_ubl_cii, which need not be installed.
        """
        names = ("peppol_eas", "peppol_endpoint")
        found = [partner[name] for name in names if name in partner._fields]
        return found if len(found) == len(names) and all(found) else []

    @api.model
    def _prepare_peppol(self, administration, eas=None, identifier=None):
        """Return Peppol identifier and kind as Exact has them, or nothing.

        Exact numbers the kinds, and these numbers are not published. One is taken from a card in
        Exact that has the same kind of identifier as its contact here; with none to learn from,
        the identifier is for a person to fill in there.
        """
        if not identifier:
            return {}
        cards = self.search(
            [
                ("administration_id", "=", administration.id),
                ("partner_id", "!=", False),
                ("peppol_identifier", "!=", False),
                ("peppol_identifier_type", "!=", 0),
            ]
        )
        known = [
            (*(self._get_peppol(card.partner_id) or (None, None)), card.peppol_identifier,
             card.peppol_identifier_type)
            for card in cards
        ]  # fmt: skip
        kind = peppol_kind(eas, known)
        return {"PeppolIdentifier": identifier, "PeppolIdentifierType": kind} if kind else {}

    def _exact_look_before(self, client):
        """One more live look: the list may be a day old, and a doubled customer is for ever."""
        self.ensure_one()
        changed = [row for row in self._read_changed(client) if self._is_alike(row)]
        known = self._upsert(self.administration_id, changed) | self._find_alike()
        if self.creation_confirmed:
            # The person who asked for a new customer saw those that our list held.
            known = known.filtered(lambda customer: customer.id > self.id)
        if known:
            raise LookAlike(", ".join(known.mapped("display_name")))
        self._check_number_free(client)

    def _check_number_free(self, client):
        """Find out who has our number before Exact refuses it as existing (chapter 4.8)."""
        if not self.code:
            return
        taken = client.first(
            self._exact_endpoint,
            select=self._get_select(),
            # Codes are filled up with blanks in front (chapter 3.3).
            where=exact_online.eq("Code", self.code.rjust(CODE_WIDTH)),
        )
        if taken:
            other = self._upsert(self.administration_id, [taken])
            raise LookAlike(other.display_name, "customer_number")

    def _read_changed(self, client):
        """Return what changed in Exact since our list was read.

        Not asked for by name: it is not known whether a name satisfies the filter that Exact
        demands for this list (API reference, chapters 3.4 and 11).
        """
        read = self.administration_id.synced_at
        if not read:
            pages = client.everything(self._exact_endpoint, select=self._get_select())
            return itertools.chain.from_iterable(pages)
        where = exact_online.ge("Modified", read - LOOKED_BACK)
        return client.rows(self._exact_endpoint, select=self._get_select(), where=where)

    def _is_alike(self, row):
        """Tell whether a row of Exact has our partner's name, VAT or Chamber of Commerce number."""
        mine = self._get_match_keys(self.partner_id)
        numbers = {
            "vat": clean_number(row["VATNumber"]),
            "chamber": clean_number(row["ChamberOfCommerce"]),
        }
        same_name = (row["Name"] or "").strip() == (self.partner_id.name or "").strip()
        return same_name or any(mine[key] and mine[key] == numbers[key] for key in numbers)

    def _find_alike(self):
        """Return customers of our list, of any status, that :meth:`_is_alike` would find."""
        mine = self._get_match_keys(self.partner_id)
        alike = Domain("name", "=", self.partner_id.name)
        for name, key in (("vat_clean", mine["vat"]), ("chamber_clean", mine["chamber"])):
            alike |= Domain(name, "=", key) if key else Domain.FALSE
        known = Domain(
            [("administration_id", "=", self.administration_id.id), ("guid", "!=", False)]
        )
        return self.search(known & alike)

    def _exact_find(self, client, since):
        where = exact_online.all_of(
            # As it was sent: the contact may have another name by now. Exact may cut a long one.
            exact_online.startswith("Name", self.name[:NAME_COMPARED]),
            self._exact_created_since(since),
        )
        rows = client.rows(
            self._exact_endpoint, select=[*self._get_select(), "Created"], where=where
        )
        rows = [row for row in rows if self._is_name_sent(row["Name"])]
        strangers = self._get_strangers([row["ID"] for row in rows], since)
        ours = [row for row in rows if row["ID"] not in strangers]
        return sorted(ours, key=lambda row: row["Created"])

    def _get_strangers(self, guids, since):
        """Return those that our list held before we sent ours, or that are someone else's."""
        known = self.search(
            [
                ("administration_id", "=", self.administration_id.id),
                ("guid", "in", guids),
                ("id", "!=", self.id),
                "|",
                ("partner_id", "not in", (False, self.partner_id.id)),
                ("create_date", "<", since),
            ]
        )
        return set(known.mapped("guid"))

    def _is_name_sent(self, name):
        """Tell whether Exact's name is the one we sent, whole or cut at its end."""
        shortest = min(len(self.name), NAME_COMPARED)
        return bool(name) and self.name.startswith(name) and len(name) >= shortest

    def _is_needed(self):
        return self.wanted or bool(
            self.env["keeping.exact.invoice"].search_count(
                [
                    ("customer_id", "=", self.id),
                    ("state", "in", UNDER_WAY),
                    ("held", "=", False),
                ],
                limit=1,
            )
        )

    def _give_up(self):
        self.active = False

    def _exact_absence_proved(self, client):
        if not client.has_right(self._exact_endpoint, "GET"):
            return False
        controls = self.search(
            [("administration_id", "=", self.administration_id.id), ("guid", "!=", False)],
            limit=CONTROLS,
        )
        # With no customer known there is none to ask for: the right to read has to do.
        return not controls or self._exact_is_shown(
            client, self._exact_endpoint, "ID", controls.mapped("guid")
        )

    def _exact_made(self, row):
        self.ensure_one()
        known = self.with_context(active_test=False).search(
            [
                ("administration_id", "=", self.administration_id.id),
                ("guid", "=", row["ID"]),
                ("id", "!=", self.id),
            ]
        )
        if known:
            self._replace_by(known)
            return
        self.write(
            {
                "guid": row["ID"],
                "code": row.get("Code") or self.code,
                "error_code": False,
                "error_text": False,
                "retry_at": False,
            }
        )

    def _replace_by(self, known):
        """The customer came in by reading the list meanwhile: use that row."""
        invoices = self.env["keeping.exact.invoice"].search([("customer_id", "=", self.id)])
        partner = self.partner_id
        self.write({"active": False, "partner_id": False})
        known.active = True
        if not known.partner_id:
            known.write({"partner_id": partner.id, "match_origin": "created"})
        invoices.customer_id = known

    def _exact_doubled(self, rows):
        """Tell whoever has an invoice for this customer on the way."""
        codes = ", ".join(row.get("Code") or row["ID"] for row in rows)
        text = self.env._(
            "Exact Online has customer %(name)s more than once. Look at the others and delete "
            "them there: %(codes)s",
            name=self.name,
            codes=codes,
        )
        invoices = self.env["keeping.exact.invoice"].search([("customer_id", "=", self.id)])
        for invoice in invoices[:1]:
            invoice._tell_maker(text)

    def _exact_refused(self, code, text):
        if code == "exists" and self.code:
            # Somebody took the number since it was looked for.
            code, text = "customer_number", f"{self.code} ({text})"
        self._fail_invoices(code, text)
        return super()._exact_refused(code, text)

    def _fail_invoices(self, code, text):
        """The plan is over: its invoices fail, and a person chooses or plans anew."""
        invoices = self.env["keeping.exact.invoice"].search(
            [("customer_id", "=", self.id), ("state", "in", ("draft", "queued", "failed"))]
        )
        waiting = invoices.filtered(lambda invoice: invoice.state == "queued")
        self._give_up()
        invoices.customer_id = False
        for invoice in waiting:
            theirs = code if code in FOR_A_PERSON else messages.within("customer", code)
            invoice._exact_refused(theirs, text)
