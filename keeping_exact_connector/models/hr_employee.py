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
        groups = (
            self.env["keeping.exact.hour"]
            .sudo()
            ._read_group(
                [("employee_id", "in", self.ids)], ["employee_id", "invoice_id"], limit=MOST + 1
            )
        )
        if groups:
            names = dict.fromkeys(employee.name for employee, _invoice in groups)
            links = dict.fromkeys(invoice.name for _employee, invoice in groups)
            raise UserError(
                self.env._(
                    "Hours of %(names)s are on Exact invoice %(links)s. Archive the employee "
                    "instead.",
                    names=list_some(list(names)),
                    links=list_some(list(links)),
                )
            )
