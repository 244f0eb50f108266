from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import date_utils

from ..tools.billing import RATE_MODES, ROUNDING_LEVELS, ROUNDING_METHODS, ROUNDINGS
from ..tools.guards import check_invoicing

PERIODS = [
    ("last_month", "Last month"),
    ("this_month", "This month"),
    ("last_quarter", "Last quarter"),
    ("this_quarter", "This quarter"),
    ("all", "All"),
]
GROUPINGS = [
    ("project", "Project"),
    ("task", "Task"),
    ("employee", "Employee"),
    ("day", "Day"),
    ("week", "Week"),
    ("month", "Month"),
    ("entry", "Entry"),
    ("project_task", "Project and task"),
    ("project_employee", "Project and employee"),
    ("task_employee", "Task and employee"),
]


class KeepingExactInvoiceCreate(models.TransientModel):
    """What to bill, at what price and in which lines.

    Which hours that are is in ``…_choosing``, the drafts are made in ``…_making``.
    """

    _name = "keeping.exact.invoice.create"
    _description = "Create Exact Invoice from Hours"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    # Hours that were selected open it before anybody has chosen one of several.
    administration_id = fields.Many2one(
        "keeping.exact.administration",
        default=lambda self: self._default_administration_id(),
        domain="[('company_id', '=', company_id), ('state', '=', 'linked')]",
        help="The books in which the invoice is made.",
    )
    currency_id = fields.Many2one(related="administration_id.currency_id")
    period = fields.Selection(PERIODS, default="last_month", help="Sets the two days.")
    date_from = fields.Date(
        string="From", default=lambda self: self._get_period()[0], help="First day, included"
    )
    date_to = fields.Date(
        string="Until", default=lambda self: self._get_period()[1], help="Last day, included"
    )
    partner_ids = fields.Many2many(
        "res.partner", string="Customers", help="Empty: all customers with hours to invoice."
    )
    project_ids = fields.Many2many(
        "project.project", string="Projects", domain="[('allow_timesheets', '=', True)]"
    )
    task_ids = fields.Many2many(
        "project.task", string="Tasks", domain="[('project_id', '!=', False)]"
    )
    # Who invoices may know who works there, and need not be allowed to see more of employees.
    employee_ids = fields.Many2many("hr.employee.public", string="Employees")
    # Hand-picked hours stay on the server: as an x2many in the form 10,000 of them take seconds.
    timesheet_ids = fields.Many2many("account.analytic.line")
    timesheet_count = fields.Integer(compute="_compute_timesheet_count")
    # What the person had in view; empty where nobody looked.
    shown_count = fields.Integer(export_string_translation=False)
    invoiced_policy = fields.Selection(
        [
            ("exclude", "Leave out"),
            ("exclude_administration", "Leave out those of this administration"),
            ("include", "Take along"),
        ],
        string="Hours on an invoice already",
        default="exclude",
        required=True,
        help="Whoever invoices the same hours in two administrations leaves out those of this one "
        "only. Taken along, hours are billed a second time, and marked as such.",
    )
    confirm_repeated = fields.Boolean(string="Yes, bill them again")
    include_indirect = fields.Boolean(
        string="Indirect hours too",
        help="Projects and tasks say which hours are indirect. Left alone, only direct hours are "
        "billed.",
    )
    rate_mode = fields.Selection(
        RATE_MODES,
        string="Price",
        default=lambda self: self._default_rate_mode(),
        required=True,
        help="Of the rate card each hour gets the rate of its task, project, customer or "
        "organisation on its day. For prices by line, fill them in on the draft.",
    )
    rate = fields.Float(string="Hourly rate", digits=(16, 4))
    amount = fields.Monetary(
        help="Without VAT. It is spread over the lines by their hours, to the cent."
    )
    rounding = fields.Selection(
        ROUNDINGS,
        default="none",
        required=True,
        help="Of the hours that are billed. What was entered stays as it is.",
    )
    rounding_method = fields.Selection(
        ROUNDING_METHODS,
        string="Rounded",
        default="up",
        required=True,
    )
    rounding_level = fields.Selection(
        ROUNDING_LEVELS,
        string="What is rounded",
        default="entry",
        required=True,
    )
    group_by = fields.Selection(
        GROUPINGS, string="One line per", default="project_task", required=True
    )
    line_order = fields.Selection(
        [("date", "First day"), ("name", "Text")],
        string="Lines in the order of",
        default="date",
        required=True,
    )
    invoice_per = fields.Selection(
        [("customer", "Customer"), ("project", "Project")],
        string="One invoice per",
        default="customer",
        required=True,
    )
    invoice_date = fields.Date(
        string="Invoice date", help="Your wish; Exact sets the date when it is processed."
    )
    your_ref = fields.Char(string="Your reference", help="The customer's order number")
    description = fields.Char(help="Header of the invoice. Empty: the period is named.")
    at_once_message = fields.Char(compute="_compute_at_once_message")

    # ------------------------------------------------------------------ defaults

    @api.model
    def default_get(self, fields):
        # The menu opens this form with nothing but its defaults: say it before it is filled in.
        self.env.company._check_keeping_exact_enabled()
        return super().default_get(fields)

    def _default_administration_id(self):
        linked = self.env["keeping.exact.administration"].search(
            [("company_id", "=", self.env.company.id), ("state", "=", "linked")], limit=2
        )
        return linked if len(linked) == 1 else False

    def _default_rate_mode(self):
        mine = [("company_id", "=", self.env.company.id)]
        has_rates = self.env["keeping.exact.rate"].search_count(mine, limit=1)
        return "rate_card" if has_rates else "invoice_rate"

    @api.model
    def _get_period(self, period="last_month"):
        """Return first and last day of a period of PERIODS, False for no bound."""
        if period == "all":
            return False, False
        unit = period.partition("_")[2]
        first = date_utils.start_of(fields.Date.context_today(self), unit)
        if period.startswith("last"):
            first = date_utils.subtract(first, months=1 if unit == "month" else 3)
        return first, date_utils.end_of(first, unit)

    @api.model
    def _open_for(self, timesheets):
        """Open the wizard for hand-picked timesheets.

        :param timesheets: account.analytic.line that the user may read
        """
        company = timesheets.company_id[:1] or self.env.company
        vals = {"timesheet_ids": [Command.set(timesheets.ids)], "period": False}
        return self.with_company(company)._open_with({**vals, "date_from": False, "date_to": False})

    @api.model
    def _open_with(self, vals):
        """Open the wizard with a choice that was made elsewhere.

        :param dict vals: of the wizard
        """
        wizard = self.create({"company_id": self.env.company.id, **vals})
        wizard.shown_count = wizard.found_count
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Create Exact invoice"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    # ------------------------------------------------------------------ compute

    @api.depends("timesheet_ids")
    def _compute_timesheet_count(self):
        for wizard in self:
            wizard.timesheet_count = len(wizard.timesheet_ids)

    @api.depends("administration_id")
    @api.depends_context("lang")
    def _compute_at_once_message(self):
        for wizard in self:
            administration = wizard.administration_id
            wizard.at_once_message = administration._explain_at_once(None)

    @api.onchange("period")
    def _onchange_period(self):
        if self.period:
            self.date_from, self.date_to = self._get_period(self.period)

    @api.onchange("date_from", "date_to")
    def _onchange_dates(self):
        if self.period and (self.date_from, self.date_to) != self._get_period(self.period):
            self.period = False

    # ------------------------------------------------------------------ actions

    def action_preview(self):
        """Make drafts: the hours are reserved, nothing is sent.

        :return: the action that shows the drafts
        :raise UserError: nothing to invoice, or hours that somebody else has just taken
        """
        self.ensure_one()
        return self._show(self._make_drafts())

    def action_create(self):
        """Make the invoices and queue them to be sent to Exact.

        Several become a run. Where a person has to do something first, the draft stays.

        :return: the action that shows the links
        """
        self.ensure_one()
        left_out = self.left_out
        invoices = self._make_drafts()
        invoices._send_together(left_out)
        return self._show(invoices)

    def action_set_rate(self):
        """Open a new rate for the hours that have none; the wizard stays open behind it."""
        self.ensure_one()
        self._check_invoicing()
        lines = self.env["account.analytic.line"].browse(self._get_ids(unpriced=True))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New rate"),
            "res_model": "keeping.exact.rate",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_company_id": self.company_id.id,
                "default_project_id": lines.project_id[:1].id,
                "default_currency_id": self.currency_id.id,
            },
        }

    def _show(self, invoices):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_invoice_action"
        )
        if len(invoices) == 1:
            return {**action, "views": [(False, "form")], "res_id": invoices.id}
        return {**action, "domain": [("id", "in", invoices.ids)], "context": {}}

    # ------------------------------------------------------------------ checks

    def _check_invoicing(self):
        self.company_id._check_keeping_exact_enabled()
        check_invoicing(self.env)

    def _check_may_invoice(self):
        """Refuse a choice that cannot become invoices, before anything is locked.

        :raise UserError: says what is missing
        """
        self._check_invoicing()
        if not self.administration_id:
            raise UserError(self.env._("Choose the administration first."))
        # Read as the user: another organisation's administration is refused here.
        self.administration_id.check_access("read")
        self.company_id._check_keeping_exact_enabled()
        if self.company_id != self.administration_id.company_id:
            raise UserError(self.env._("This administration belongs to another organisation."))
        self.administration_id._check_ready()
        if self.rate_mode == "invoice_amount":
            self._check_amount()
        self._check_rates()
        self._check_repeated()

    def _check_rates(self):
        """Refuse hours that have no price.

        :raise UserError: names the projects for which there is no rate
        """
        if self.rate_mode == "invoice_rate" and self.rate <= 0:
            raise UserError(self.env._("Fill in an hourly rate above zero."))
        if self.rate_mode == "rate_card" and self.unpriced_count:
            raise UserError(
                self.env._(
                    "%(count)s entries have no rate on the rate card: %(places)s. Set a rate for "
                    "them, or choose another way to price.",
                    count=self.unpriced_count,
                    places=self.unpriced_places,
                )
            )

    def _check_repeated(self):
        """Refuse to bill hours again unless a person says so.

        :raise UserError: says how many there are
        """
        if self.repeated_count and not self.confirm_repeated:
            raise UserError(
                self.env._(
                    "%s of these entries are on an invoice of this administration already. Tick "
                    "that they are to be billed again, or leave them out.",
                    self.repeated_count,
                )
            )

    def _check_amount(self):
        if self.amount <= 0:
            raise UserError(self.env._("Fill in an amount above zero."))
        if self.customer_count > 1:
            raise UserError(
                self.env._(
                    "One amount is for one invoice, and these are hours for %s customers. Choose "
                    "one customer.",
                    int(self.customer_count),
                )
            )
