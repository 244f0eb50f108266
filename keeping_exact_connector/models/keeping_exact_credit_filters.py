from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.guards import INVOICING


class KeepingExactInvoice(models.Model):
    """Invoices that are credited in part, or of which something is to settle, found in the list."""

    _inherit = "keeping.exact.invoice"

    credit_state = fields.Selection(search="_search_credit_state")
    has_corrections = fields.Boolean(
        string="Corrections to settle",
        compute="_compute_has_corrections",
        search="_search_has_corrections",
        groups=INVOICING,
        help="Hours of this invoice were corrected since, and the difference is on no invoice yet",
    )

    def _compute_has_corrections(self):
        corrected = self._get_corrected([("invoice_id", "in", self.ids)])
        for invoice in self:
            invoice.has_corrections = invoice.id in corrected

    @api.model
    def _search_has_corrections(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("id", "in" if True in value else "not in", self._get_corrected([]))

    @api.model
    def _get_corrected(self, domain):
        """Return the ids of invoices of which something is to settle, as the user may see."""
        groups = self.env["keeping.exact.correction.open"]._read_group(domain, ["invoice_id"])
        return {invoice.id for (invoice,) in groups}

    @api.model
    def _search_credit_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        whole = Domain("state", "=", "credited")
        # Whoever may not see credits may see that there are some: as it is computed.
        credits_sudo = self.env["keeping.exact.credit"].sudo()._search([("state", "=", "done")])
        some = Domain("id", "in", credits_sudo.subselect("invoice_id"))
        domains = {"whole": whole, "partly": some & ~whole, False: ~some & ~whole}
        return Domain.OR(domains[state] for state in value if state in domains)
