from collections import Counter, defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.guards import check_editable
from ..tools.names import clean_email, clean_name, clean_number

CUSTOMER = "C"
# Why an account in Exact looks like a contact here, the surest first.
MATCH_REASONS = [
    ("vat", "the VAT number is the same"),
    ("chamber", "the Chamber of Commerce number is the same"),
    ("code", "the number is the same"),
    ("email", "the e-mail address is the same"),
    ("name", "the name is the same"),
]


class Proposal(NamedTuple):
    """Who a partner may be in Exact, as long as a person has to say so.

    :param customer: the keeping.exact.customer that looks most like it, or none
    :param reason: one of MATCH_REASONS, or False
    :param int count: how many look like it
    :param list notes: why those that look like it too cannot be invoiced as they are
    """

    customer: models.Model
    reason: str | bool
    count: int
    notes: list


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
        "IsSupplier": "is_supplier",
        "VATNumber": "vat",
        "ChamberOfCommerce": "chamber_of_commerce",
        "Email": "email",
        "City": "city",
        "Country": "country_code",
        "SalesVATCode": "sales_vat_code",
        "SalesCurrency": "sales_currency",
        "PaymentConditionSales": "payment_condition",
        "InvoiceAccount": "invoice_account",
        "Language": "language",
        "DiscountSales": "sales_discount",
        "PeppolIdentifier": "peppol_identifier",
        "PeppolIdentifierType": "peppol_identifier_type",
    }

    status = fields.Char(readonly=True, help="C is a customer; A none, S suspect, P prospect")
    blocked = fields.Boolean(readonly=True)
    is_supplier = fields.Boolean(string="Supplier", readonly=True)
    vat = fields.Char(string="VAT number", readonly=True)
    chamber_of_commerce = fields.Char(readonly=True)
    email = fields.Char(readonly=True)
    city = fields.Char(readonly=True)
    country_code = fields.Char(string="Country", readonly=True)
    sales_vat_code = fields.Char(string="VAT code", readonly=True)
    sales_currency = fields.Char(string="Currency", readonly=True)
    payment_condition = fields.Char(readonly=True)
    invoice_account = fields.Char(
        string="Invoice to (Exact ID)",
        readonly=True,
        help="The customer in Exact to whom invoices for this one go, where that is another one.",
    )
    language = fields.Char(readonly=True, help="Texts of invoices are in it, where Odoo has it.")
    sales_discount = fields.Float(
        string="Discount", readonly=True, digits=(6, 4), help="As a fraction: 0.05 is 5 %"
    )
    peppol_identifier = fields.Char(string="Peppol identifier", readonly=True)
    peppol_identifier_type = fields.Integer(
        string="Kind of Peppol identifier", readonly=True, help="Exact's own number of the kind"
    )
    creation_confirmed = fields.Boolean(
        readonly=True, help="A person saw what looks alike and wants a new customer."
    )
    wanted = fields.Boolean(
        readonly=True, help="Asked for by a person, apart from any invoice: it is made anyway."
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
        # In a column of four decimals, so that the same discount is no change.
        vals["sales_discount"] = float(round(vals["sales_discount"] or 0, 4))
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
    def _match_others(self, administration, partners):
        """Find relations in Exact that look like partners and cannot be invoiced as they are.

        Suppliers, prospects and blocked customers. Making a new customer beside one of these is
        for a person to decide.

        :param administration: one keeping.exact.administration
        :param partners: commercial res.partner records
        :return: dict partner id -> list of (customer, reason)
        """
        keys = {partner: self._get_match_keys(partner) for partner in partners}
        buckets = self._find_candidates(administration, keys.values(), usable=False)
        result = {}
        for partner in partners:
            reasons = {}
            for reason in ("vat", "chamber", "name"):
                key = keys[partner][reason]
                for customer in buckets[reason, key] if key else []:
                    reasons.setdefault(customer, reason)
            result[partner.id] = list(reasons.items())
        return result

    @api.model
    def _find_others(self, administration, partners):
        """Return those of :meth:`_match_others` for all partners together.

        They are found whatever the caller may read, and come with the caller's own rights.
        """
        others = self.sudo()._match_others(administration.sudo(), partners)
        found = [customer.id for pairs in others.values() for customer, _reason in pairs]
        return self.browse(dict.fromkeys(found))

    @api.model
    def _propose(self, administration, partners):
        """Find who partners may be, for a person to choose; nothing is linked.

        :param administration: one keeping.exact.administration
        :param partners: commercial res.partner records
        :return: dict partner id -> Proposal
        """
        matches = self._match(administration, partners, link=False)
        others = self._match_others(administration, partners)
        result = {}
        for partner in partners:
            _customer, found = matches[partner.id]
            first, reason = found[0] if found else (self.browse(), False)
            notes = [other._explain_unusable() for other, _reason in others[partner.id]]
            result[partner.id] = Proposal(first, reason, len(found), notes)
        return result

    @api.model
    def _find_candidates(self, administration, keys, usable=True):
        """Return customers by (reason, key) for the keys of all partners, in one query.

        :param bool usable: those that can be invoiced, or else those that cannot
        """
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
        able = Domain("status", "=", CUSTOMER) & Domain("blocked", "=", False)
        known = Domain("administration_id", "=", administration.id) & Domain("guid", "!=", False)
        for customer in self.search(known & alike & (able if usable else ~able)):
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
