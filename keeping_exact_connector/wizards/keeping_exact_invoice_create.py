from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, date_utils

# What one invoice line stands for: columns of the timesheet line.
GROUPINGS = {
    "project": ("project_id",),
    "task": ("project_id", "task_id"),
    "employee": ("employee_id",),
}


class KeepingExactInvoiceCreate(models.TransientModel):
    _name = "keeping.exact.invoice.create"
    _description = "Create Exact Invoice from Hours"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    administration_id = fields.Many2one(
        "keeping.exact.administration",
        required=True,
        default=lambda self: self._default_administration_id(),
        domain="[('company_id', '=', company_id), ('state', '=', 'linked')]",
        help="The books in which the invoice is made.",
    )
    currency_id = fields.Many2one(related="administration_id.currency_id")
    date_from = fields.Date(
        string="From", default=lambda self: self._default_period()[0], help="First day, included"
    )
    date_to = fields.Date(
        string="Until", default=lambda self: self._default_period()[1], help="Last day, included"
    )
    partner_ids = fields.Many2many(
        "res.partner", string="Customers", help="Empty: all customers with hours to invoice."
    )
    project_ids = fields.Many2many("project.project", string="Projects")
    # Hand-picked hours stay on the server: as an x2many in the form 10,000 of them take seconds.
    timesheet_ids = fields.Many2many("account.analytic.line")
    timesheet_count = fields.Integer(compute="_compute_timesheet_count")
    rate_mode = fields.Selection(
        [("invoice_rate", "One hourly rate for the invoice")],
        default="invoice_rate",
        required=True,
    )
    rate = fields.Float(string="Hourly rate", digits=(16, 4))
    group_by = fields.Selection(
        [("project", "Project"), ("task", "Task"), ("employee", "Employee")],
        string="One line per",
        default="task",
        required=True,
    )
    invoice_date = fields.Date(
        string="Invoice date", help="Your wish; Exact sets the date when it is processed."
    )
    your_ref = fields.Char(string="Your reference", help="The customer's order number")
    description = fields.Char(help="Header of the invoice. Empty: the period is named.")
    found_count = fields.Integer(compute="_compute_found")
    found_hours = fields.Float(compute="_compute_found", digits=(16, 2))
    found_amount = fields.Monetary(compute="_compute_found")
    left_out = fields.Char(compute="_compute_found")

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

    def _default_period(self):
        today = fields.Date.context_today(self)
        last_month = date_utils.subtract(date_utils.start_of(today, "month"), months=1)
        return last_month, date_utils.end_of(last_month, "month")

    @api.model
    def _open_for(self, timesheets):
        """Open the wizard for hand-picked timesheets.

        :param timesheets: account.analytic.line that the user may read
        :raise UserError: none of them can be invoiced
        """
        company = timesheets.company_id[:1] or self.env.company
        wizard = self.with_company(company).create(
            {
                "company_id": company.id,
                "timesheet_ids": [Command.set(timesheets.ids)],
                "date_from": False,
                "date_to": False,
            }
        )
        return wizard._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Create Exact invoice"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # ------------------------------------------------------------------ compute

    @api.depends("timesheet_ids")
    def _compute_timesheet_count(self):
        for wizard in self:
            wizard.timesheet_count = len(wizard.timesheet_ids)

    @api.depends(
        "administration_id",
        "company_id",
        "date_from",
        "date_to",
        "partner_ids",
        "project_ids",
        "timesheet_ids",
        "rate",
    )
    def _compute_found(self):
        Timesheet = self.env["account.analytic.line"]
        for wizard in self:
            groups = Timesheet._read_group(
                wizard._get_domain(), ["product_uom_id"], ["__count", "unit_amount:sum"]
            )
            hour = self.env.ref("uom.product_uom_hour")
            wizard.found_count = sum(count for _uom, count, _sum in groups)
            wizard.found_hours = sum(
                amount * (uom.factor / hour.factor if uom else 1) for uom, _count, amount in groups
            )
            wizard.found_amount = wizard.found_hours * wizard.rate
            wizard.left_out = wizard._describe_left_out()

    def _describe_left_out(self):
        """Say in words how many of the chosen hours are not taken, and why."""
        Timesheet = self.env["account.analytic.line"]
        chosen = self._get_chosen_domain()
        reasons = [
            (
                self.env._("on an invoice already"),
                Domain("keeping_exact_state", "in", ("reserved", "invoiced", "paid")),
            ),
            (self.env._("without a customer"), Domain("keeping_exact_state", "=", "not_billable")),
            (
                self.env._("of zero hours"),
                Domain("unit_amount", "=", 0) & Domain("keeping_exact_state", "=", "to_invoice"),
            ),
        ]
        if self.timesheet_ids:
            other = Domain("company_id", "!=", self.company_id.id)
            reasons.append((self.env._("of another organisation"), other))
        counted = [(Timesheet.search_count(chosen & domain), text) for text, domain in reasons]
        return ", ".join(f"{count} {text}" for count, text in counted if count) or False

    def _get_chosen_domain(self):
        """Return what the user asked for, without regard to whether it can be invoiced."""
        domain = Domain("project_id", "!=", False)
        if self.timesheet_ids:
            domain &= Domain("id", "in", self.timesheet_ids.ids)
        else:
            domain &= Domain("company_id", "=", self.company_id.id)
        if self.date_from:
            domain &= Domain("date", ">=", self.date_from)
        if self.date_to:
            domain &= Domain("date", "<=", self.date_to)
        if self.partner_ids:
            commercial = self.partner_ids.commercial_partner_id
            domain &= Domain("partner_id.commercial_partner_id", "in", commercial.ids)
        if self.project_ids:
            domain &= Domain("project_id", "in", self.project_ids.ids)
        return domain

    def _get_domain(self):
        Timesheet = self.env["account.analytic.line"]
        waiting = Timesheet._keeping_exact_domain_to_invoice(self.company_id)
        return self._get_chosen_domain() & waiting

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

        Where a person has to choose the customer first, the draft stays and shows the choice.

        :return: the action that shows the links
        """
        self.ensure_one()
        invoices = self._make_drafts()
        ready = invoices - invoices.sudo()._get_undecided().sudo(False)
        ready.action_send()
        return self._show(invoices)

    def _show(self, invoices):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_invoice_action"
        )
        if len(invoices) == 1:
            return {**action, "views": [(False, "form")], "res_id": invoices.id}
        return {**action, "domain": [("id", "in", invoices.ids)], "context": {}}

    # ------------------------------------------------------------------ business

    def _make_drafts(self):
        self._check_may_invoice()
        Hour = self.env["keeping.exact.hour"].sudo()
        Timesheet = self.env["account.analytic.line"]
        ids = Hour._lock_timesheets(Timesheet._search(self._get_domain()))
        if not ids:
            raise UserError(self._explain_nothing())
        Hour._check_free(ids)
        invoices = self._create_invoices(self._group_hours(ids))
        invoices.line_ids._spread_amount()
        return invoices.sudo(False)

    def _check_may_invoice(self):
        if not self.env.user.has_group("keeping_exact_connector.group_invoicing"):
            raise AccessError(self.env._("Only users who may invoice in Exact may do this."))
        # Read as the user: another organisation's administration is refused here.
        self.administration_id.check_access("read")
        self.company_id._check_keeping_exact_enabled()
        if self.company_id != self.administration_id.company_id:
            raise UserError(self.env._("This administration belongs to another organisation."))
        self.administration_id._check_ready()
        if self.rate <= 0:
            raise UserError(self.env._("Fill in an hourly rate above zero."))

    def _explain_nothing(self):
        text = self.env._("There are no hours to invoice in this choice.")
        if self.left_out:
            text += " " + self.env._("Left out: %s.", self.left_out)
        return text

    def _group_hours(self, ids):
        """Sum up the hours per customer and line, in one query.

        :param list ids: the locked timesheets
        :return: dict partner id -> list of (key, timesheet ids, hours, first day, last day);
            the key is a tuple of ids in the order of GROUPINGS
        """
        columns = [SQL.identifier("ts", name) for name in GROUPINGS[self.group_by]]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id,
                       ARRAY[%(key)s],
                       array_agg(ts.id ORDER BY ts.date, ts.id),
                       sum(round((ts.unit_amount * COALESCE(uom.factor, %(hour)s) / %(hour)s
                                 )::numeric, 4)),
                       min(ts.date), max(ts.date)
                  FROM account_analytic_line ts
                  JOIN res_partner partner ON partner.id = ts.partner_id
                  LEFT JOIN uom_uom uom ON uom.id = ts.product_uom_id
                 WHERE ts.id = ANY(%(ids)s)
                 GROUP BY partner.commercial_partner_id, %(key)s
                 ORDER BY partner.commercial_partner_id, min(ts.date), %(key)s
                """,
                key=SQL(", ").join(columns),
                hour=self.env.ref("uom.product_uom_hour").factor,
                ids=ids,
            )
        )
        groups = defaultdict(list)
        for partner_id, key, timesheet_ids, hours, first, last in rows:
            groups[partner_id].append((tuple(key), timesheet_ids, hours, first, last))
        return groups

    def _create_invoices(self, groups):
        """Write links, lines and invoiced hours in this transaction."""
        partners = self.env["res.partner"].sudo().browse(groups)
        matches = (
            self.env["keeping.exact.customer"]
            .sudo()
            ._match(self.administration_id.sudo(), partners)
        )
        invoices = (
            self.env["keeping.exact.invoice"]
            .sudo()
            .create(
                [
                    self._prepare_invoice(partner, groups[partner.id], matches[partner.id][0])
                    for partner in partners
                ]
            )
        )
        line_by_timesheet = {}
        for invoice in invoices:
            for line, group in zip(
                invoice.line_ids.sorted("sequence"), groups[invoice.partner_id.id], strict=True
            ):
                line_by_timesheet.update(dict.fromkeys(group[1], line.id))
        self.env["keeping.exact.hour"].sudo()._reserve(
            self.administration_id.sudo(), line_by_timesheet
        )
        return invoices

    def _prepare_invoice(self, partner, groups, customer):
        first, last = min(group[3] for group in groups), max(group[4] for group in groups)
        labels = self._get_labels(partner.lang, groups)
        return {
            "administration_id": self.administration_id.id,
            "partner_id": partner.id,
            "customer_id": customer.id,
            "currency_id": (self.administration_id.currency_id or self.company_id.currency_id).id,
            "invoice_date": self.invoice_date,
            "your_ref": self.your_ref,
            "description": self.description or self._describe_period(partner.lang, first, last),
            "date_from": self.date_from or first,
            "date_to": self.date_to or last,
            "line_ids": [
                Command.create(
                    {
                        "sequence": position,
                        "name": labels[key],
                        "item_id": self.administration_id.item_id.id,
                        "quantity": float(hours),
                        "hours": float(hours),
                        "billed_hours": float(hours),
                        "unit_price": self.rate,
                    }
                )
                for position, (key, _ids, hours, _first, _last) in enumerate(groups, start=1)
            ],
        }

    def _describe_period(self, lang, first, last):
        env = self.with_context(lang=lang).env
        if first == last:
            return env._("Hours %(day)s", day=first.strftime("%d-%m-%Y"))
        return env._(
            "Hours %(first)s - %(last)s",
            first=first.strftime("%d-%m-%Y"),
            last=last.strftime("%d-%m-%Y"),
        )

    def _get_labels(self, lang, groups):
        """Return the text of each line, in the customer's language."""
        env = self.sudo().with_context(lang=lang).env
        labels = {}
        for key, *_rest in groups:
            if self.group_by == "employee":
                labels[key] = env["hr.employee"].browse(key[0]).name or env._("Hours")
                continue
            project = env["project.project"].browse(key[0])
            task = env["project.task"].browse(key[1] if len(key) > 1 and key[1] else [])
            labels[key] = f"{project.name}: {task.name}" if task else project.name
        return labels
