from collections import Counter, defaultdict
from datetime import timedelta
from uuid import UUID

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import exact_online
from ..tools.guards import check_editable
from ..tools.names import clean_email, clean_name, clean_number
from .keeping_exact_sendable import LookAlike

CUSTOMER = "C"
NAME_COMPARED = 40
# How many known customers are asked for before their absence is taken for a missing right.
CONTROLS = 3
UNDER_WAY = ("queued", "sending", "uncertain")


class KeepingExactCustomer(models.Model):
    _name = "keeping.exact.customer"
    _description = "Exact Online Customer"
    _inherit = ["keeping.exact.mirror", "keeping.exact.sendable"]
    _order = "name, id"

    _exact_kind = "customer"
    _exact_endpoint = _exact_post_endpoint = "crm/Accounts"
    _sync_endpoint = "sync/CRM/Accounts"
    _exact_fields = {
        "Code": "code",
        "Name": "name",
        "Status": "status",
        "Blocked": "blocked",
        "VATNumber": "vat",
        "ChamberOfCommerce": "chamber_of_commerce",
        "Email": "email",
        "City": "city",
        "Country": "country_code",
        "SalesVATCode": "sales_vat_code",
        "SalesCurrency": "sales_currency",
        "PaymentConditionSales": "payment_condition",
    }

    status = fields.Char(readonly=True, help="C is a customer; A none, S suspect, P prospect")
    blocked = fields.Boolean(readonly=True)
    vat = fields.Char(string="VAT number", readonly=True)
    chamber_of_commerce = fields.Char(readonly=True)
    email = fields.Char(readonly=True)
    city = fields.Char(readonly=True)
    country_code = fields.Char(string="Country", readonly=True)
    sales_vat_code = fields.Char(string="VAT code", readonly=True)
    sales_currency = fields.Char(string="Currency", readonly=True)
    payment_condition = fields.Char(readonly=True)
    creation_confirmed = fields.Boolean(
        readonly=True, help="A person saw what looks alike and wants a new customer."
    )
    name_clean = fields.Char(compute="_compute_clean", store=True, index=True)
    vat_clean = fields.Char(compute="_compute_clean", store=True, index="btree_not_null")
    chamber_clean = fields.Char(compute="_compute_clean", store=True, index="btree_not_null")
    email_clean = fields.Char(compute="_compute_clean", store=True, index="btree_not_null")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer in Odoo",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('parent_id', '=', False), ('company_id', 'in', (False, company_id))]",
        help="Hours for this customer are invoiced to this Exact customer.",
    )
    match_origin = fields.Selection(
        [
            ("vat", "Same VAT number and name"),
            ("chamber", "Same Chamber of Commerce number and name"),
            ("person", "Chosen by a person"),
            ("created", "Made from here"),
        ],
        string="Linked because",
        readonly=True,
    )

    _administration_guid_unique = models.Constraint(
        "UNIQUE (administration_id, guid)", "A customer of Exact is kept once."
    )
    _administration_partner_unique = models.UniqueIndex(
        "(administration_id, partner_id) WHERE partner_id IS NOT NULL AND active",
        "This customer is linked to another Exact customer of the same administration.",
    )

    # ------------------------------------------------------------------ compute

    @api.depends("name", "vat", "chamber_of_commerce", "email")
    def _compute_clean(self):
        for customer in self:
            customer.name_clean = clean_name(customer.name)
            customer.vat_clean = clean_number(customer.vat) or False
            customer.chamber_clean = clean_number(customer.chamber_of_commerce) or False
            customer.email_clean = clean_email(customer.email) or False

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):
        check_editable(self, vals, ("partner_id",))
        if vals.get("partner_id") and "match_origin" not in vals:
            vals = {**vals, "match_origin": "person"}
        elif "partner_id" in vals and not vals["partner_id"]:
            vals = {**vals, "match_origin": False}
        return super().write(vals)

    def _prepare_vals_from_exact(self, row):
        vals = super()._prepare_vals_from_exact(row)
        vals["name"] = vals["name"] or vals["code"] or "?"
        return vals

    # ------------------------------------------------------------------ matching

    @api.model
    def _match(self, administration, partners, link=True):
        """Find the Exact customers of commercial partners, and link those beyond doubt.

        Beyond doubt is: one partner and one customer share a VAT or Chamber of Commerce number
        and their names agree. Everything else that looks alike is a proposal for a person.

        :param administration: one keeping.exact.administration
        :param partners: commercial res.partner records
        :param bool link: False only looks; what is beyond doubt is a proposal too then
        :return: dict partner id -> (linked customer or empty, list of (customer, reason))
        """
        mapped = self.search(
            [("administration_id", "=", administration.id), ("partner_id", "in", partners.ids)]
        )
        result = {customer.partner_id.id: (customer, []) for customer in mapped}
        missing = partners.filtered(lambda partner: partner.id not in result)
        keys = {partner: self._get_match_keys(partner) for partner in missing}
        rivals = Counter(
            (reason, key) for found in keys.values() for reason, key in found.items() if key
        )
        buckets = self._find_candidates(administration, keys.values())
        for partner in missing:
            certain = self._get_certain(keys[partner], rivals, buckets) if link else None
            if certain:
                customer, reason = certain
                customer.write({"partner_id": partner.id, "match_origin": reason})
                result[partner.id] = (customer, [])
            else:
                result[partner.id] = (self.browse(), self._get_proposals(keys[partner], buckets))
        return result

    @api.model
    def _get_certain(self, keys, rivals, buckets):
        for reason in ("vat", "chamber"):
            found = buckets[reason, keys[reason]] if keys[reason] else self.browse()
            alone = len(found) == 1 and rivals[reason, keys[reason]] == 1 and not found.partner_id
            if alone and found.name_clean == keys["name"]:
                return found, reason
        return None

    @api.model
    def _get_proposals(self, keys, buckets):
        proposals, seen = [], self.browse()
        for reason in ("vat", "chamber", "code", "email", "name"):
            for customer in buckets[reason, keys[reason]] if keys[reason] else []:
                if customer not in seen and not customer.partner_id:
                    seen |= customer
                    proposals.append((customer, reason))
        return proposals

    @api.model
    def _get_match_keys(self, partner):
        return {
            "vat": clean_number(partner.vat),
            "chamber": clean_number(partner.company_registry),
            "code": (partner.ref or "").strip(),
            "email": clean_email(partner.email),
            "name": clean_name(partner.name),
        }

    @api.model
    def _find_candidates(self, administration, keys):
        """Return customers by (reason, key) for the keys of all partners, in one query."""
        columns = {
            "vat": "vat_clean",
            "chamber": "chamber_clean",
            "code": "code",
            "email": "email_clean",
            "name": "name_clean",
        }
        wanted = defaultdict(set)
        for found in keys:
            for reason, key in found.items():
                if key:
                    wanted[columns[reason]].add(key)
        buckets = defaultdict(self.browse)
        if not wanted:
            return buckets
        alike = Domain.OR(Domain(column, "in", list(keys)) for column, keys in wanted.items())
        able = Domain(
            [
                ("administration_id", "=", administration.id),
                ("status", "=", CUSTOMER),
                ("blocked", "=", False),
                ("guid", "!=", False),
            ]
        )
        for customer in self.search(able & alike):
            for reason, column in columns.items():
                if customer[column]:
                    buckets[reason, customer[column]] |= customer
        return buckets

    def _link_partner(self, partner, origin):
        """Link this Exact customer with a commercial partner.

        :raise UserError: it belongs to another one already
        """
        self.ensure_one()
        if self.partner_id and self.partner_id != partner:
            raise UserError(
                self.env._(
                    "%(customer)s in Exact Online is linked to %(partner)s already.",
                    customer=self.display_name,
                    partner=self.partner_id.display_name,
                )
            )
        if not self.partner_id:
            self.write({"partner_id": partner.id, "match_origin": origin})

    # ------------------------------------------------------------------ sending

    @api.model
    def _plan_creation(self, administration, partner, confirmed=False):
        """Plan a new customer in Exact for a commercial partner.

        :param bool confirmed: a person saw what looks alike and wants a new one
        """
        customer = self.create(
            {
                "administration_id": administration.id,
                "name": partner.name,
                "status": CUSTOMER,
                "vat": partner.vat,
                "chamber_of_commerce": partner.company_registry,
                "email": partner.email,
                "partner_id": partner.id,
                "match_origin": "created",
                "creation_confirmed": confirmed,
            }
        )
        self.env["keeping.exact.operation"]._plan(customer)
        return customer

    def _exact_claimed(self):
        self.name = self.partner_id.name
        return super()._exact_claimed()

    def _prepare_exact_payload(self):
        self.ensure_one()
        partner = self.partner_id
        payload = {
            "Name": partner.name,
            "Status": CUSTOMER,
            "VATNumber": partner.vat,
            "ChamberOfCommerce": partner.company_registry,
            "Email": partner.email,
            "Phone": partner.phone,
            "Website": partner.website,
            "AddressLine1": partner.street,
            "AddressLine2": partner.street2,
            "Postcode": partner.zip,
            "City": partner.city,
            "Country": partner.country_id.code,
        }
        return {name: value for name, value in payload.items() if value}

    def _exact_look_before(self, client):
        """One more live look: the list may be a day old, and a doubled customer is for ever."""
        self.ensure_one()
        partner = self.partner_id
        alike = [exact_online.eq("Name", partner.name)]
        if partner.vat:
            alike.append(exact_online.eq("VATNumber", partner.vat))
        if partner.company_registry:
            alike.append(exact_online.eq("ChamberOfCommerce", partner.company_registry))
        where = exact_online.any_of(*alike)
        rows = list(client.rows(self._exact_endpoint, select=self._get_select(), where=where))
        if self.creation_confirmed:
            # The person who asked for a new customer saw those that our list holds.
            seen = set(self._search_guids([row["ID"] for row in rows]))
            rows = [row for row in rows if row["ID"] not in seen]
        if not rows:
            return None
        known = self._upsert(self.administration_id, rows)
        raise LookAlike(", ".join(known.mapped("display_name")))

    def _search_guids(self, guids):
        domain = [("administration_id", "=", self.administration_id.id), ("guid", "in", guids)]
        return self.search(domain).mapped("guid")

    def _exact_find(self, client, since):
        # Created is in CET, ahead of UTC by one or two hours: an hour before our own clock in
        # UTC is early enough for any skew (API reference, chapter 3.3).
        where = exact_online.all_of(
            # As it was sent: the contact may have another name by now. Exact may cut a long one.
            exact_online.startswith("Name", self.name[:NAME_COMPARED]),
            exact_online.ge("Created", since - timedelta(hours=1)),
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
        return bool(
            self.env["keeping.exact.invoice"].search_count(
                [("customer_id", "=", self.id), ("state", "in", UNDER_WAY)], limit=1
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
        found = (
            client.first(
                self._exact_endpoint,
                select=["ID"],
                where=exact_online.eq("ID", UUID(control.guid)),
            )
            for control in controls
        )
        return not controls or any(row is not None for row in found)

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
            invoice._message_log(body=text)
            invoice.activity_schedule(
                "mail.mail_activity_data_todo", summary=text, user_id=invoice.create_uid.id
            )

    def _exact_refused(self, code, text):
        """The plan is over: its invoices fail, and a person chooses or plans anew."""
        invoices = self.env["keeping.exact.invoice"].search(
            [("customer_id", "=", self.id), ("state", "in", ("draft", "queued", "failed"))]
        )
        waiting = invoices.filtered(lambda invoice: invoice.state == "queued")
        self._give_up()
        invoices.customer_id = False
        for invoice in waiting:
            invoice._exact_refused(code if code == "customer_exists" else "customer", text)
        return super()._exact_refused(code, text)
