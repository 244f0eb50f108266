from odoo import fields, models


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
