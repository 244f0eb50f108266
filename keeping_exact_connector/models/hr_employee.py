from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.texts import MOST, list_some


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    keeping_exact_cost_centre = fields.Char(
        string="Cost centre in Exact",
        groups="hr.group_hr_user",
        help="Its code, for hours of which neither task nor project has one.",
    )
    keeping_exact_cost_unit = fields.Char(
        string="Cost unit in Exact",
        groups="hr.group_hr_user",
        help="Its code, for hours of which neither task nor project has one.",
    )

    # ------------------------------------------------------------------ promise 2

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_exact_invoice(self):
        hours = self.env["keeping.exact.hour"].sudo().search([("employee_id", "in", self.ids)])
        if hours:
            invoices = hours.invoice_id[: MOST + 1]
            raise UserError(
                self.env._(
                    "Hours of %(names)s are on Exact invoice %(links)s. Archive the employee "
                    "instead.",
                    names=list_some(hours.employee_id[: MOST + 1].mapped("name")),
                    links=list_some(invoices.mapped("name")),
                )
            )
