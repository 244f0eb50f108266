from uuid import UUID

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import exact_online
from ..tools.guards import check_mapping
from .keeping_exact_customer import CUSTOMER


class KeepingExactCustomerCard(models.Model):
    """The customer's card in Exact: whether it can be invoiced, and who gets the invoice."""

    _inherit = "keeping.exact.customer"

    invoiced_id = fields.Many2one(
        "keeping.exact.customer",
        string="Invoices go to",
        compute="_compute_invoiced_id",
        help="Itself, or the customer that its card in Exact names for its invoices.",
    )
    unusable = fields.Text(
        string="Cannot be invoiced because",
        compute="_compute_unusable",
        export_string_translation=False,
    )

    # ------------------------------------------------------------------ compute

    @api.depends("status", "blocked", "is_supplier", "code", "name")
    @api.depends_context("lang")
    def _compute_unusable(self):
        for customer in self:
            customer.unusable = customer._explain_unusable()

    @api.depends("invoice_account", "administration_id")
    def _compute_invoiced_id(self):
        guids = [guid for guid in self.mapped("invoice_account") if guid]
        domain = [
            ("administration_id", "in", self.administration_id.ids),
            ("guid", "in", guids),
        ]
        others = self.search(domain) if guids else self.browse()
        by_guid = {(other.administration_id, other.guid): other for other in others}
        for customer in self:
            key = (customer.administration_id, customer.invoice_account)
            customer.invoiced_id = by_guid.get(key, customer)

    def _explain_unusable(self):
        """Return why this one cannot be invoiced and what to do about it, or an empty text.

        Only an account with Status C can be (API reference, chapter 4.8). The product changes
        nothing in Exact, so a person does.
        """
        name = self.display_name
        if self.status == CUSTOMER:
            return self.blocked and self.env._(
                "%s is blocked in Exact Online. Unblock it on its card there, then read it again.",
                name,
            )
        if self.is_supplier:
            return self.env._(
                "%s is only a supplier in Exact Online. To invoice it, set its status to Customer "
                "on its card there (it stays a supplier), then read it again.",
                name,
            )
        if self.status in ("P", "S"):
            return self.env._(
                "%s is not a customer in Exact Online yet but a prospect or suspect. Set its "
                "status to Customer on its card there, then read it again.",
                name,
            )
        return self.env._(
            "%s is not a customer in Exact Online. Set its status to Customer on its card there, "
            "then read it again.",
            name,
        )

    def _get_lang(self, partner):
        """Return the language of texts for a contact: of the card in Exact, else of the contact.

        :param partner: the commercial res.partner that is invoiced to this customer, or to none yet
        """
        wanted = (self.invoiced_id.language or "").strip()[:2].lower()
        if not wanted or (partner.lang or "").startswith(wanted):
            return partner.lang
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        return next((code for code in installed if code.startswith(wanted)), partner.lang)

    # ------------------------------------------------------------------ actions

    def action_open_in_exact(self):
        """Open the card in Exact."""
        self.ensure_one()
        self.check_access("read")
        url = self.administration_id._get_card_url(self)
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def action_read_again(self):
        """Read these cards from Exact now, after somebody has changed them there.

        :raise UserError: Exact cannot be read
        """
        check_mapping(self)
        for administration, customers in self.sudo().grouped("administration_id").items():
            with (
                administration.connection_id._user_errors(),
                administration._get_client() as client,
            ):
                rows = [customer._read_card(client) for customer in customers if customer.guid]
            self.sudo()._upsert(administration, [row for row in rows if row])
        return True

    def _read_card(self, client):
        return client.first(
            self._exact_endpoint,
            select=self._get_select(),
            where=exact_online.eq("ID", UUID(self.guid)),
        )

    # ------------------------------------------------------------------ business

    def _map_to(self, partner):
        """Have hours of a commercial partner billed to this customer from now on.

        What is on its way or in Exact stays with the customer it has; drafts follow.

        :raise UserError: it cannot be invoiced, is somebody else's, or the one it replaces is
            being made at this moment
        """
        self.ensure_one()
        if unusable := self._explain_unusable():
            raise UserError(unusable)
        before = self._find_mapped(self.administration_id, partner)
        if before != self:
            before._unmap()
        self._link_partner(partner, "person")
        self._take_drafts(partner)

    @api.model
    def _find_mapped(self, administration, partner):
        # Also for who looks at archived ones: those that were given up keep their partner.
        return self.with_context(active_test=True).search(
            [("administration_id", "=", administration.id), ("partner_id", "=", partner.id)]
        )

    def _unmap(self):
        """End the link with a partner in Odoo.

        :raise UserError: the customer is being made in Exact at this moment
        """
        for customer in self:
            if customer._is_coming():
                raise UserError(
                    self.env._(
                        "%s is being made in Exact Online. Wait until that is done.",
                        customer.display_name,
                    )
                )
        self.partner_id = False
        # A partner has one customer: the row that loses it goes to the database first.
        self.flush_recordset(["partner_id"])

    def _is_coming(self):
        """Tell whether it is planned or on its way to Exact."""
        return not self.guid and bool(self.env["keeping.exact.operation"]._get_open(self))

    def _take_drafts(self, partner):
        """Put the drafts of a partner on this customer."""
        drafts = self.env["keeping.exact.invoice"].search(
            [
                ("administration_id", "=", self.administration_id.id),
                ("partner_id", "=", partner.id),
                ("state", "in", ("draft", "failed")),
                ("customer_id", "!=", self.id),
            ]
        )
        drafts.write({"customer_id": self.id, "create_customer": False})
