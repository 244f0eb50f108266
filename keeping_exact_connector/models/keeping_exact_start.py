from odoo import models
from odoo.fields import Command

from ..tools.guards import check_invoicing


class KeepingExactStart(models.AbstractModel):
    """From a form that has hours to the wizard, with the choice carried over."""

    _name = "keeping.exact.start"
    _description = "Start of an Exact Invoice"

    # The field of the wizard that chooses these records.
    _exact_wizard_field = None

    def action_keeping_exact_new_invoice(self):
        """Open the wizard for all hours to invoice of these records.

        :raise AccessError: the user may not invoice
        """
        self.check_access("read")
        check_invoicing(self.env)
        company = self._get_exact_company() or self.env.company
        vals = {self._exact_wizard_field: [Command.set(self.ids)], "period": "all"}
        Wizard = self.env["keeping.exact.invoice.create"].with_company(company)
        return Wizard._open_with({**vals, "date_from": False, "date_to": False})

    def _get_exact_company(self):
        """Return the organisation of these records, none where it is not one's own."""
        company = self.company_id[:1]
        return company if company in self.env.companies else company.browse()
