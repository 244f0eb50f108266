from odoo import api, fields, models

from ..tools.guards import ADMINISTRATOR, check_administrator
from .keeping_exact_invoice import IN_EXACT, UNDER_WAY


class KeepingExactAdministrationFigures(models.Model):
    """What the overview "Current invoice links" shows of an administration, and where it leads."""

    _inherit = "keeping.exact.administration"

    exact_user_name = fields.Char(
        related="connection_id.exact_user_name", string="Exact user", groups=ADMINISTRATOR
    )
    customer_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    item_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    invoice_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    hours_waiting = fields.Float(
        string="Hours to invoice",
        compute="_compute_hours_waiting",
        help="Of the organisation: with a customer, and on no invoice yet. Those you may see.",
    )
    month_invoice_count = fields.Integer(
        string="Invoices this month",
        compute="_compute_month_invoice_count",
        help="Made in Exact Online since the first day of this month.",
    )

    under_way_count = fields.Integer(string="On their way", compute="_compute_under_way_count")
    refused_count = fields.Integer(string="Refused", compute="_compute_under_way_count")

    # ------------------------------------------------------------------ compute

    def _compute_counts(self):
        for model, name in (
            ("keeping.exact.customer", "customer_count"),
            ("keeping.exact.item", "item_count"),
            ("keeping.exact.invoice", "invoice_count"),
        ):
            groups = self.env[model]._read_group(
                [("administration_id", "in", self.ids)], ["administration_id"], ["__count"]
            )
            counts = {administration.id: count for administration, count in groups}
            for administration in self:
                administration[name] = counts.get(administration.id, 0)

    @api.depends("company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_hours_waiting(self):
        Timesheet = self.env["account.analytic.line"]
        waiting = Timesheet._get_keeping_exact_hours_waiting(self.company_id)
        for administration in self:
            administration.hours_waiting = waiting.get(administration.company_id.id, 0)

    @api.depends("invoice_ids.state")
    @api.depends_context("uid", "tz")
    def _compute_month_invoice_count(self):
        groups = self.env["keeping.exact.invoice"]._read_group(
            self._domain_of_this_month(), ["administration_id"], ["__count"]
        )
        counts = {administration.id: count for administration, count in groups}
        for administration in self:
            administration.month_invoice_count = counts.get(administration.id, 0)

    @api.depends("invoice_ids.state")
    @api.depends_context("uid")
    def _compute_under_way_count(self):
        unsettled = [("state", "in", ("failed", *UNDER_WAY))]
        Invoice = self.env["keeping.exact.invoice"]
        counts = Invoice._count_states("administration_id", self, unsettled)
        for administration in self:
            by_state = counts[administration.id]
            administration.under_way_count = sum(by_state[state] for state in UNDER_WAY)
            administration.refused_count = by_state["failed"]

    def _domain_of_this_month(self):
        """Return the domain of the invoices made in Exact since the first of the month."""
        first = fields.Date.context_today(self).replace(day=1)
        return [
            ("administration_id", "in", self.ids),
            ("state", "in", IN_EXACT),
            ("sent_at", ">=", first),
        ]

    def _is_checked(self):
        """Tell whether what invoicing needs was found in Exact."""
        self.ensure_one()
        return self.check_state in ("ok", "warning")

    # ------------------------------------------------------------------ actions

    def action_open_customers(self):
        """Show the customers of this administration."""
        return self._open("keeping_exact_customer_action")

    def action_open_invoices(self):
        """Show the invoice links of this administration."""
        return self._open("keeping_exact_invoice_action")

    def _open(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"keeping_exact_connector.{xmlid}")
        return {**action, "domain": [("administration_id", "=", self.id)], "context": {}}

    def action_create_invoice(self):
        """Open the wizard on this administration.

        :raise UserError: it is not linked, or the organisation is switched off
        """
        self.ensure_one()
        self.check_access("read")
        self._check_ready()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_invoice_create_action"
        )
        context = {
            "default_administration_id": self.id,
            "default_company_id": self.company_id.id,
        }
        return {**action, "context": context}

    def action_open_month_invoices(self):
        """Show the invoices made in Exact this month."""
        self.ensure_one()
        action = self._open("keeping_exact_invoice_action")
        return {
            **action,
            "name": self.env._("Invoices this month"),
            "domain": self._domain_of_this_month(),
        }

    def action_open_unsettled(self):
        """Show the invoices that are on their way to Exact, and those it refused."""
        action = self._open("keeping_exact_invoice_action")
        unsettled = [("state", "in", ("failed", *UNDER_WAY))]
        return {**action, "domain": [*action["domain"], *unsettled]}

    def action_open_waiting_hours(self):
        """Show the timesheets of the organisation that wait to be invoiced."""
        self.ensure_one()
        self.check_access("read")
        approver = self.env.user.has_group("hr_timesheet.group_hr_timesheet_approver")
        xmlid = "timesheet_action_all" if approver else "act_hr_timesheet_line"
        action = self.env["ir.actions.act_window"]._for_xml_id(f"hr_timesheet.{xmlid}")
        Timesheet = self.env["account.analytic.line"]
        return {
            **action,
            "name": self.env._("Hours to invoice"),
            # No path: it would lead back to all hours when the page is loaded again.
            "path": False,
            "domain": list(Timesheet._keeping_exact_domain_to_invoice(self.company_id)),
            "context": {"is_timesheet": 1, "create": False},
        }

    def action_connect_another(self):
        """Open a new connection: for another Exact user, or another Exact Online."""
        Connection = self.env["keeping.exact.connection"]
        check_administrator(Connection)
        self.env.company._check_keeping_exact_enabled()
        return Connection._open_form()
