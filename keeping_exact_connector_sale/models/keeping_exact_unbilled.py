from odoo import api, fields, models
from odoo.tools import SQL

from .keeping_exact_rate import ORDER_LINE


class KeepingExactUnbilled(models.Model):
    _inherit = "keeping.exact.unbilled"

    rate_source = fields.Selection(selection_add=[ORDER_LINE])

    @api.model
    def _sql_more(self, as_of):
        """Leave out what Odoo bills, or had billed on that day."""
        Timesheet = self.env["account.analytic.line"]
        timesheet = SQL("ts")
        return SQL(
            "%s AND NOT %s AND NOT %s",
            super()._sql_more(as_of),
            Timesheet._sql_otherwise(timesheet),
            Timesheet._sql_in_odoo(timesheet, as_of),
        )
