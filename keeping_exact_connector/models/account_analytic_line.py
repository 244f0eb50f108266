from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from .keeping_exact_invoice import EDITABLE_STATES, UNDER_WAY

# What was billed. The cost (amount) and what depends on it may change: it is not on the invoice.
FROZEN_FIELDS = frozenset(
    (
        "name",
        "date",
        "unit_amount",
        "product_uom_id",
        "project_id",
        "task_id",
        "employee_id",
        "user_id",
        "partner_id",
        "company_id",
    )
)
STATES = [
    ("to_invoice", "To invoice"),
    ("reserved", "Reserved"),
    ("invoiced", "Invoiced"),
    ("paid", "Paid"),
    ("not_billable", "Not billable"),
]
RESERVED_STATES = (*EDITABLE_STATES, *UNDER_WAY)
INVOICED_STATES = ("open", "processed")


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    keeping_exact_hour_ids = fields.One2many(
        "keeping.exact.hour",
        "timesheet_id",
        string="On Exact invoices",
        groups="keeping_exact_connector.group_user",
        export_string_translation=False,
    )
    keeping_exact_exclusion_ids = fields.One2many(
        "keeping.exact.exclusion",
        "timesheet_id",
        string="Never billed because",
        groups="keeping_exact_connector.group_user",
        export_string_translation=False,
    )
    keeping_exact_state = fields.Selection(
        STATES,
        string="Exact invoice",
        compute="_compute_keeping_exact_state",
        compute_sudo=True,
        search="_search_keeping_exact_state",
        groups="keeping_exact_connector.group_user",
    )
    # What the guards ask of one: cached for all of its list at once, and known of a new one.
    keeping_exact_billed = fields.Boolean(
        compute="_compute_keeping_exact_billed",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        export_string_translation=False,
    )

    # ------------------------------------------------------------------ compute and search

    @api.depends("keeping_exact_hour_ids.live")
    def _compute_keeping_exact_billed(self):
        self.keeping_exact_billed = False
        # Most have none, and of a new one that is known at once.
        if hours := self.keeping_exact_hour_ids:
            (self & hours.filtered("live").timesheet_id).keeping_exact_billed = True

    @api.depends(
        "project_id.keeping_exact_hours",
        "task_id.keeping_exact_hours",
        "partner_id",
        "keeping_exact_hour_ids.live",
        "keeping_exact_exclusion_ids",
    )
    def _compute_keeping_exact_state(self):
        states = self._get_live_link_states()
        for line in self:
            state = states.get(line.id)
            if state in RESERVED_STATES:
                line.keeping_exact_state = "reserved"
            elif state:
                line.keeping_exact_state = "paid" if state == "paid" else "invoiced"
            elif not line.project_id:
                line.keeping_exact_state = False
            else:
                line.keeping_exact_state = "to_invoice" if line._is_billable() else "not_billable"

    def _is_billable(self):
        """Tell whether hours that nobody has billed yet are there to be billed."""
        kind = self.task_id.keeping_exact_hours or self.project_id.keeping_exact_hours
        return bool(self.partner_id) and kind != "indirect" and not self.keeping_exact_exclusion_ids

    def _get_live_link_states(self):
        """Return the state of the live link of each timesheet that has one, in one query."""
        hours = self.env["keeping.exact.hour"].search_fetch(
            [("timesheet_id", "in", self.ids), ("live", "=", True)], ["timesheet_id", "invoice_id"]
        )
        return {hour.timesheet_id.id: hour.invoice_id.state for hour in hours}

    def _search_keeping_exact_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        is_timesheet = Domain("project_id", "!=", False)
        billed = Domain("keeping_exact_hour_ids", "any!", [("live", "=", True)])
        billable = self._domain_billable()
        domains = {
            "to_invoice": is_timesheet & ~billed & billable,
            "not_billable": is_timesheet & ~billed & ~billable,
            "reserved": self._domain_live(RESERVED_STATES),
            "invoiced": self._domain_live(INVOICED_STATES),
            "paid": self._domain_live(("paid",)),
            False: Domain("project_id", "=", False),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.model
    def _domain_billable(self):
        """Return the domain of :meth:`_is_billable`."""
        indirect = [("keeping_exact_hours", "=", "indirect")]
        direct = [("keeping_exact_hours", "=", "direct")]
        by_project = ~Domain("project_id", "any!", indirect)
        by_task = ~Domain("task_id", "any!", indirect)
        return (
            Domain("partner_id", "!=", False)
            & ((by_project & by_task) | Domain("task_id", "any!", direct))
            & ~Domain("keeping_exact_exclusion_ids", "any!", [])
        )

    @api.model
    def _domain_live(self, states):
        live = [("live", "=", True), ("invoice_id.state", "in", states)]
        return Domain("keeping_exact_hour_ids", "any!", live)

    @api.model
    def _keeping_exact_domain_to_invoice(self, companies):
        """Return the domain of the hours of organisations that wait to be invoiced.

        One rule for the wizard and for every figure.
        """
        return (
            Domain("company_id", "in", companies.ids)
            & Domain("keeping_exact_state", "=", "to_invoice")
            & Domain("unit_amount", "!=", 0)
        )

    @api.model
    def _get_keeping_exact_hours_waiting(self, companies):
        """Count the hours that wait to be invoiced, of those the user may see, in one query.

        :return: dict company id -> hours
        """
        waiting = dict.fromkeys(companies.ids, 0.0)
        hour = self.env.ref("uom.product_uom_hour")
        groups = self._read_group(
            self._keeping_exact_domain_to_invoice(companies),
            ["company_id", "product_uom_id"],
            ["unit_amount:sum"],
        )
        for company, uom, amount in groups:
            waiting[company.id] += amount * (uom.factor / hour.factor if uom else 1)
        return waiting

    # ------------------------------------------------------------------ promise 2

    def _get_billed(self):
        """Return those of these timesheets that are on a live link."""
        if len(self) < 2:
            return self if self.sudo().keeping_exact_billed else self.browse()
        # In SQL, with the ids as one text: otherwise it is a tenth of what writing many costs.
        Hour = self.env["keeping.exact.hour"]
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT timesheet_id FROM keeping_exact_hour"
                " WHERE live AND timesheet_id = ANY(%s::int[])",
                f"{{{','.join(map(str, self.ids))}}}",
                to_flush=(Hour._fields["live"], Hour._fields["timesheet_id"]),
            )
        )
        return self.browse(timesheet_id for (timesheet_id,) in rows)

    def _get_live_hours(self):
        """Return the live invoiced hours of these timesheets, whoever may see them."""
        if not self.ids:
            return self.env["keeping.exact.hour"].sudo()
        return (
            self.env["keeping.exact.hour"]
            .sudo()
            .search([("timesheet_id", "in", self.ids), ("live", "=", True)])
        )

    def _check_on_no_link(self):
        """Refuse what is for hours only that nobody has billed.

        :raise UserError: says how many of them are billed, and where
        """
        billed = self._get_live_hours()
        if billed:
            raise UserError(
                self.env._(
                    "%(count)s of these hours are on %(links)s. Release them first.",
                    count=len(billed.timesheet_id),
                    links=", ".join(billed.invoice_id.mapped("name")),
                )
            )

    def _is_readonly(self):
        # The state is computed for the whole list at once; a search here would be one a line.
        state = self.sudo().keeping_exact_state
        return super()._is_readonly() or state in ("reserved", "invoiced", "paid")

    def _check_can_write(self, values):
        result = super()._check_can_write(values)
        frozen = self._get_frozen_fields() & set(values)
        if frozen:
            self._check_not_billed(values, frozen)
        return result

    @api.model
    def _get_frozen_fields(self):
        """Return the names of the fields that stay as they were billed."""
        return FROZEN_FIELDS

    def _check_not_billed(self, values, frozen):
        """Refuse a change of what was billed; writing the same value again is none.

        :raise UserError: says on which invoice the hours are
        """
        hours = self._get_billed()._get_live_hours()
        changed = hours.filtered(
            lambda hour: (
                any(hour.timesheet_id._is_changed(name, values[name]) for name in frozen)
                or hour.timesheet_id._is_moved_to_another_company(values)
            )
        )
        if changed:
            raise UserError(changed._get_locked_message())

    def _is_changed(self, name, value):
        field = self._fields[name]
        return field.convert_to_record(field.convert_to_cache(value, self), self) != self[name]

    def _is_moved_to_another_company(self, values):
        """Writing a task or project sets its organisation too, after this check."""
        task = self.env["project.task"].sudo().browse(values.get("task_id"))
        project = self.env["project.project"].sudo().browse(values.get("project_id"))
        company = task.company_id or project.company_id
        return bool(company) and company != self.company_id

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_exact_invoice(self):
        hours = self._get_live_hours()
        if hours:
            raise UserError(hours._get_locked_message())

    @api.depends("task_id.project_id")
    def _compute_project_id(self):
        return super(AccountAnalyticLine, self._without_billed())._compute_project_id()

    @api.depends("project_id")
    def _compute_task_id(self):
        return super(AccountAnalyticLine, self._without_billed())._compute_task_id()

    @api.depends("task_id.partner_id", "project_id.partner_id")
    def _compute_partner_id(self):
        return super(AccountAnalyticLine, self._without_billed())._compute_partner_id()

    @api.depends("employee_id.user_id")
    def _compute_user_id(self):
        return super(AccountAnalyticLine, self._without_billed())._compute_user_id()

    def _without_billed(self):
        """Return those that may be recomputed: moving a task must not move billed hours."""
        billed = self._get_billed()
        return self - billed if billed else self

    # ------------------------------------------------------------------ actions

    def action_keeping_exact_create_invoice(self):
        """Open the wizard for the selected timesheets. They stay on the server."""
        self.check_access("read")
        return self.env["keeping.exact.invoice.create"]._open_for(self)

    def action_keeping_exact_never_bill(self):
        """Ask why the selected hours are never billed. They stay on the server."""
        return self._open_exact_wizard("keeping.exact.never.bill", self.env._("Never bill"))

    def action_keeping_exact_cover(self):
        """Ask which invoice pays for the selected hours already. They stay on the server."""
        return self._open_exact_wizard("keeping.exact.cover", self.env._("Covered by an invoice"))

    def _open_exact_wizard(self, model, title):
        self.check_access("read")
        self.company_id._check_keeping_exact_enabled()
        wizard = self.env[model].create({"timesheet_ids": [Command.set(self.ids)]})
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_keeping_exact_bill_again(self):
        """Make hours billable again that were marked as never billed."""
        self.check_access("read")
        exclusions = self.env["keeping.exact.exclusion"]
        exclusions.search([("timesheet_id", "in", self.ids)]).unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
