from odoo import api, fields, models

from .project_project import HOURS


class ProjectTask(models.Model):
    _name = "project.task"
    _inherit = ["project.task", "keeping.exact.start"]

    _exact_wizard_field = "task_ids"

    keeping_exact_hours = fields.Selection(
        HOURS,
        string="Hours on the task are",
        groups="keeping_exact_connector.group_user",
        help="Direct hours are billed in Exact Online, indirect hours are not. Empty: as on the "
        "project.",
    )
    keeping_exact_cost_centre = fields.Char(
        string="Cost centre in Exact",
        groups="keeping_exact_connector.group_user",
        help="Its code. Empty: that of the project, else of the employee.",
    )
    keeping_exact_cost_unit = fields.Char(
        string="Cost unit in Exact",
        groups="keeping_exact_connector.group_user",
        help="Its code. Empty: that of the project, else of the employee.",
    )

    # ------------------------------------------------------------------ CRUD

    @api.ondelete(at_uninstall=False)
    def _unlink_from_invoiced_hours(self):
        # Here also for the subtasks, which go along.
        self.env["keeping.exact.hour"]._forget("task_id", self)
