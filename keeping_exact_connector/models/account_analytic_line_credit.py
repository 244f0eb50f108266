from odoo import fields, models
from odoo.fields import Domain


class AccountAnalyticLine(models.Model):
    """Hours that a credit note has freed, and that nobody has billed since."""

    _inherit = "account.analytic.line"

    keeping_exact_credited = fields.Boolean(
        string="Credited, to invoice again",
        compute="_compute_keeping_exact_credited",
        compute_sudo=True,
        search="_search_keeping_exact_credited",
        groups="keeping_exact_connector.group_user",
    )

    def _compute_keeping_exact_credited(self):
        credited = set(
            self.search([("id", "in", self.ids), ("keeping_exact_credited", "=", True)]).ids
        )
        for line in self:
            line.keeping_exact_credited = line.id in credited

    def _search_keeping_exact_credited(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._domain_credited()
        return domain if True in value else ~domain

    def _domain_credited(self):
        # Whoever may not see credits may see that hours are free: as their state tells.
        freed = [("credit_id.state", "=", "done"), ("timesheet_id", "!=", False)]
        freed_sudo = self.env["keeping.exact.hour"].sudo()._search(freed)
        return Domain("keeping_exact_state", "=", "to_invoice") & Domain(
            "id", "in", freed_sudo.subselect("timesheet_id")
        )


class TimesheetsAnalysisReport(models.Model):
    """Its search view is made from that of the timesheets."""

    _inherit = "timesheets.analysis.report"

    keeping_exact_credited = fields.Boolean(
        string="Credited, to invoice again",
        compute="_compute_keeping_exact_credited",
        compute_sudo=True,
        search="_search_keeping_exact_credited",
        groups="keeping_exact_connector.group_user",
    )

    def _compute_keeping_exact_credited(self):
        lines = self.env["account.analytic.line"].browse(self.ids)
        credited = {line.id: line.keeping_exact_credited for line in lines}
        for row in self:
            row.keeping_exact_credited = credited[row.id]

    def _search_keeping_exact_credited(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Which rows one may see is the report's own business, by its own rules.
        domain = [("keeping_exact_credited", operator, value)]
        return [("id", "in", self.env["account.analytic.line"].sudo()._search(domain))]
