from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Contacts that are merged keep their customer in Exact, their links and their rates.

    Odoo moves what refers to the merged contacts by plain SQL. Two of them may be linked with two
    customers in the same administration, or have a rate from the same day: one has to remain.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        remaining = dst_partner.sudo().commercial_partner_id
        self._keep_exact_customers(src_partners.sudo(), remaining)
        self._keep_rates(src_partners.sudo(), remaining)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self._move("hour", src_partners.sudo(), dst_partner.sudo())
        self._move_to_commercial(dst_partner.sudo(), remaining)
        return result

    @api.model
    def _keep_exact_customers(self, merged, remaining):
        """Leave each administration one customer for whoever remains.

        The one of the remaining contact goes first, then the one linked longest. Drafts follow;
        what is on its way or in Exact stays with its own customer.

        :raise UserError: one of them is being made in Exact at this moment
        """
        Customer = self.env["keeping.exact.customer"].sudo()
        linked = Customer.search([("partner_id", "in", (merged | remaining).ids)], order="id")
        for customers in linked.grouped("administration_id").values():
            theirs = customers.filtered(lambda customer: customer.partner_id == remaining)
            kept = (theirs | customers)[:1]
            partners = customers.partner_id
            self._check_none_is_coming(customers)
            origin = kept.match_origin
            customers.write({"partner_id": False})
            customers.flush_recordset(["partner_id"])
            kept.write({"partner_id": remaining.id, "match_origin": origin})
            for partner in partners:
                kept._take_drafts(partner)
            self._tell_who_is_kept(remaining, kept, customers - kept)

    @api.model
    def _check_none_is_coming(self, customers):
        coming = customers.filtered(lambda customer: customer._is_coming())
        if coming and len(customers) > 1:
            raise UserError(
                self.env._(
                    "%s is being made in Exact Online. Merge the contacts when that is done.",
                    ", ".join(coming.mapped("display_name")),
                )
            )

    @api.model
    def _tell_who_is_kept(self, remaining, kept, dropped):
        """Leave a note with the contact that remains: there are two customers in Exact now."""
        if not dropped:
            return
        remaining.message_post(
            body=self.env._(
                "In administration %(administration)s hours go to %(kept)s in Exact Online from "
                "now on. %(dropped)s is no longer linked; invoices it has stay there. Choose "
                "another one under Exact Online > Link customers.",
                administration=kept.administration_id.name,
                kept=kept.display_name,
                dropped=", ".join(dropped.mapped("display_name")),
            )
        )

    @api.model
    def _keep_rates(self, merged, remaining):
        """Let the remaining contact's own rates go before equal ones of the merged contacts.

        :raise UserError: two rates from the same day differ, so a person has to choose
        """
        Rate = self.env["keeping.exact.rate"].sudo()
        rates = Rate.search([("partner_id", "in", (merged | remaining).ids)], order="id")
        places = rates.grouped(lambda rate: (rate.company_id, rate.employee_id, rate.date_from))
        for same in places.values():
            own = same.filtered(lambda rate: rate.partner_id == remaining)
            kept = (own | same)[:1]
            terms = {
                (rate.hourly_rate, rate.currency_id, rate.item_id, rate.vat_code_id)
                for rate in same
            }
            if len(terms) > 1:
                raise UserError(
                    self.env._(
                        "%s have different hourly rates from the same day. Delete the one that no "
                        "longer holds (Exact Online > Rate card), then merge them.",
                        ", ".join(same.partner_id.mapped("display_name")),
                    )
                )
            (same - kept).unlink()

    @api.model
    def _move_to_commercial(self, merged_into, remaining):
        """Links and rates belong to the commercial contact, also when its child remains."""
        if merged_into == remaining:
            return
        for name in ("invoice", "rate", "hour"):
            self._move(name, merged_into, remaining)

    @api.model
    def _move(self, name, partners, remaining):
        """Have the rows of one of our models name another contact.

        Invoiced hours have no foreign key that Odoo would find (:class:`KeylessMany2one`).
        """
        model = self.env[f"keeping.exact.{name}"]
        self.env.execute_query(
            SQL(
                "UPDATE %s SET partner_id = %s WHERE partner_id = ANY(%s) RETURNING id",
                SQL.identifier(model._table),
                remaining.id,
                partners.ids,
            )
        )
        model.invalidate_model(["partner_id"])
