from odoo import models
from odoo.exceptions import UserError


class KeepingExactCover(models.TransientModel):
    _inherit = "keeping.exact.cover"

    def _check_free(self, timesheets):
        """Refuse what Odoo bills: an invoice in Exact cannot cover it as well."""
        result = super()._check_free(timesheets)
        for_odoo = timesheets.filtered(lambda timesheet: timesheet._is_for_odoo())
        if for_odoo:
            raise UserError(
                self.env._(
                    "Odoo bills %(count)s of these hours, by %(orders)s. Cancel or credit the "
                    "invoice there first, or take the hours off the order.",
                    count=len(for_odoo),
                    orders=", ".join(for_odoo.order_id.mapped("name"))
                    or self.env._("a project that is billed by hand"),
                )
            )
        return result
