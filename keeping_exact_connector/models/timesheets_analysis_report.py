from odoo import fields, models

from .account_analytic_line import STATES


class TimesheetsAnalysisReport(models.Model):
    """The report shows the very timesheet lines, and its search view is made from theirs."""

    _inherit = "timesheets.analysis.report"

    keeping_exact_state = fields.Selection(
        STATES,
        string="Exact invoice",
        compute="_compute_keeping_exact_state",
        compute_sudo=True,
        search="_search_keeping_exact_state",
        groups="keeping_exact_connector.group_user",
    )

    def _compute_keeping_exact_state(self):
        lines = self.env["account.analytic.line"].browse(self.ids)
        states = {line.id: line.keeping_exact_state for line in lines}
        for row in self:
            row.keeping_exact_state = states[row.id]

    def _search_keeping_exact_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Which rows one may see is the report's own business, by its own rules.
        domain = [("keeping_exact_state", operator, value)]
        return [("id", "in", self.env["account.analytic.line"].sudo()._search(domain))]
