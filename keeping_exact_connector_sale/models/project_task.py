from odoo import models


class ProjectTask(models.Model):
    _inherit = "project.task"

    def _get_timesheet(self):
        """Leave alone what Exact bills when the project stops being billable."""
        return super()._get_timesheet()._without_billed()
