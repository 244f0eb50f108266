from odoo import api, fields, models
from odoo.tools import SQL

from .keeping_exact_invoice_create_choosing import FILTERS


class KeepingExactInvoiceCreateCorrections(models.TransientModel):
    """What was corrected since it was billed goes along on the next invoice."""

    _inherit = "keeping.exact.invoice.create"

    include_corrections = fields.Boolean(
        string="Corrections",
        default=True,
        help="Hours that were corrected after they were billed: the difference becomes a line of "
        "its own on the invoice of the same customer.",
    )
    correction_count = fields.Integer(compute="_compute_corrections")
    correction_amount = fields.Monetary(compute="_compute_corrections")

    @api.depends(*FILTERS)
    def _compute_corrections(self):
        for wizard in self:
            found = wizard._find_corrections()
            if found:
                partners = wizard._get_found_partners()
                found = found.filtered(lambda row, partners=partners: row.partner_id in partners)
            wizard.correction_count = len(found)
            wizard.correction_amount = sum(found.mapped("amount"))

    def _get_found_partners(self):
        """Return the customers of the hours that would be billed."""
        chosen = SQL("SELECT DISTINCT partner_id FROM (%s) chosen WHERE taken", self._sql_chosen())
        return self.env["res.partner"].browse(row[0] for row in self.env.execute_query(chosen))

    def _find_corrections(self, partners=None):
        """Return the differences to settle in this administration.

        :param partners: res.partner with whom, or None for all
        """
        domain = [
            ("administration_id", "=", self.administration_id._origin.id),
            ("currency_id", "=", self._get_own_currency().id),
        ]
        if partners is not None:
            domain.append(("partner_id", "in", partners.ids))
        if self.project_ids:
            domain.append(("project_id", "in", self.project_ids._origin.ids))
        return self.env["keeping.exact.correction.open"].search(domain)

    def _make_drafts(self):
        invoices = super()._make_drafts()
        if self.include_corrections:
            opened = self._find_corrections(invoices.partner_id)
            rows = opened._lock() if opened else opened
            for partner, group in rows.grouped("partner_id").items():
                # Several invoices of one customer, one a project: the first one bears them.
                first = invoices.filtered(lambda i, partner=partner: i.partner_id == partner)[:1]
                first.sudo()._settle(group)
        return invoices
