from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# From the most particular to the general: the first that has a rate decides.
LEVELS = ("task", "project", "partner", "company")
LEVEL_SELECTION = [
    ("task", "Task"),
    ("project", "Project"),
    ("partner", "Customer"),
    ("company", "Organisation"),
]
# Why an hour has its rate, as it is kept with the hour.
SOURCES = [
    ("task", "Rate of the task"),
    ("task_employee", "Rate of the employee on the task"),
    ("project", "Rate of the project"),
    ("project_employee", "Rate of the employee on the project"),
    ("partner", "Rate of the customer"),
    ("partner_employee", "Rate of the employee for the customer"),
    ("company", "Rate of the organisation"),
    ("company_employee", "Rate of the employee"),
    ("invoice", "One rate for the invoice"),
    ("line", "Rate chosen on the line"),
    ("amount", "Part of an agreed amount"),
    ("covered", "Covered by the invoice"),
    ("linked", "As on the invoice in Exact"),
]


class KeepingExactRate(models.Model):
    """An hourly rate of the rate card.

    Task goes over project over customer over organisation; on each of these levels a rate of one
    employee goes over the one for all. Of several the last that had begun on the day counts, so
    hours of the past keep the rate of their date.
    """

    _name = "keeping.exact.rate"
    _description = "Hourly Rate"
    _order = "level, partner_id, project_id, task_id, employee_id, date_from desc, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        string="Organisation",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    level = fields.Selection(
        LEVEL_SELECTION, string="Rate of", compute="_compute_level", store=True
    )
    task_id = fields.Many2one(
        "project.task",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        domain="[('project_id', '!=', False)]",
        help="Only hours on this task.",
    )
    project_id = fields.Many2one(
        "project.project",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        domain="[('allow_timesheets', '=', True)]",
        help="Only hours on this project, also on its tasks unless they have a rate of their own.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        domain="[('parent_id', '=', False)]",
        help="Only hours for this customer, unless project or task have a rate of their own.",
    )
    employee_id = fields.Many2one(
        "hr.employee",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Only hours of this employee. Empty: everybody without a rate of their own here.",
    )
    date_from = fields.Date(
        string="From",
        help="First day on which it holds, until the next one begins. Empty: since ever.",
    )
    hourly_rate = fields.Monetary(
        required=True, help="For one hour, without VAT. Zero: a line at no charge."
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self._default_currency_id()
    )
    item_id = fields.Many2one(
        "keeping.exact.item",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('company_id', '=', company_id), ('is_sales', '=', True)]",
        help="Item in Exact on which these hours are booked. Empty: the hours item of the "
        "administration.",
    )
    vat_code_id = fields.Many2one(
        "keeping.exact.vat.code",
        string="VAT code",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('company_id', '=', company_id), ('blocked', '=', False), ('type', '!=', 'I'),"
        " ('transaction_type', 'in', ('B', 'S'))]",
        help="VAT code in Exact for these hours. Empty: that of the customer, the item or the "
        "administration.",
    )

    _one_place = models.Constraint(
        "CHECK (num_nonnulls(task_id, project_id, partner_id) <= 1)",
        "A rate is for a task, a project or a customer: choose one of them, or none.",
    )
    _not_negative = models.Constraint(
        "CHECK (hourly_rate >= 0)", "An hourly rate cannot be below zero."
    )
    _once = models.UniqueIndex(
        "(company_id, COALESCE(task_id, 0), COALESCE(project_id, 0), COALESCE(partner_id, 0),"
        " COALESCE(employee_id, 0), COALESCE(date_from, '-infinity'::date))",
        "There is a rate for this with the same first day already.",
    )
    _of_the_company = models.Index(
        "(company_id) WHERE task_id IS NULL AND project_id IS NULL AND partner_id IS NULL"
    )

    # ------------------------------------------------------------------ defaults

    def _default_currency_id(self):
        """Return the currency of the books that are linked, else of the organisation."""
        linked = [("company_id", "=", self.env.company.id), ("state", "=", "linked")]
        books = self.env["keeping.exact.administration"].search(linked, limit=1)
        return books.currency_id or self.env.company.currency_id

    # ------------------------------------------------------------------ compute

    @api.depends("task_id", "project_id", "partner_id")
    def _compute_level(self):
        for rate in self:
            found = (level for level in LEVELS[:-1] if rate[f"{level}_id"])
            rate.level = next(found, LEVELS[-1])

    @api.depends("task_id", "project_id", "partner_id", "employee_id", "date_from", "hourly_rate")
    def _compute_display_name(self):
        for rate in self:
            place = rate.task_id or rate.project_id or rate.partner_id or rate.company_id
            parts = [place.display_name, rate.employee_id.name]
            rate.display_name = " · ".join(filter(None, parts))

    # ------------------------------------------------------------------ constrains

    @api.constrains("partner_id")
    def _check_commercial_partner(self):
        for rate in self.filtered("partner_id"):
            if rate.partner_id != rate.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s belongs to %(customer)s; give the rate to the latter.",
                        contact=rate.partner_id.display_name,
                        customer=rate.partner_id.commercial_partner_id.display_name,
                    )
                )

    @api.constrains("item_id", "vat_code_id")
    def _check_one_administration(self):
        for rate in self:
            administrations = rate.item_id.administration_id | rate.vat_code_id.administration_id
            if len(administrations) > 1:
                raise ValidationError(
                    self.env._("Item and VAT code of a rate belong to different administrations.")
                )

    # ------------------------------------------------------------------ business

    @api.model
    def _sql_rate_id(self, timesheet, customer):
        """Return SQL for the id of the rate of a timesheet, NULL when there is none.

        Four look-ups by index, of which those behind the first hit are not made. Where nobody has a
        rate of a level, that is found out once for all timesheets.

        :param SQL timesheet: alias of account_analytic_line
        :param SQL customer: expression for the id of its commercial partner
        """
        of_company = SQL(
            "rate.task_id IS NULL AND rate.project_id IS NULL AND rate.partner_id IS NULL"
        )
        # What all rates of a level have, and those of one place.
        levels = (
            (SQL("rate.task_id IS NOT NULL"), SQL("rate.task_id = %s.task_id", timesheet)),
            (SQL("rate.project_id IS NOT NULL"), SQL("rate.project_id = %s.project_id", timesheet)),
            (SQL("rate.partner_id IS NOT NULL"), SQL("rate.partner_id = %s", customer)),
            (of_company, of_company),
        )
        look_ups = [
            SQL(
                """CASE WHEN EXISTS (SELECT FROM keeping_exact_rate rate WHERE %(level)s) THEN (
                SELECT rate.id
                  FROM keeping_exact_rate rate
                 WHERE rate.company_id = %(timesheet)s.company_id
                   AND %(place)s
                   AND (rate.employee_id IS NULL OR rate.employee_id = %(timesheet)s.employee_id)
                   AND (rate.date_from IS NULL OR rate.date_from <= %(timesheet)s.date)
                 ORDER BY rate.employee_id IS NULL, rate.date_from DESC NULLS LAST
                 LIMIT 1
                ) END""",
                level=level,
                timesheet=timesheet,
                place=place,
            )
            for level, place in levels
        ]
        return SQL("COALESCE(%s)", SQL(", ").join(look_ups))

    @api.model
    def _sql_rate(self, timesheet, customer):
        """Return SQL of what an hour of a timesheet costs: one row, or none.

        Columns: rate_id, hourly_rate, currency_id, source (of ``SOURCES``), item_id, vat_code_id.
        Glue that knows of prices agreed elsewhere puts them before the rate card here; such a row
        has no rate_id, and its hourly_rate is NULL when there is no price at all.

        :param SQL timesheet: alias of account_analytic_line
        :param SQL customer: expression for the id of its commercial partner
        """
        return SQL(
            """
            SELECT card.id AS rate_id, card.hourly_rate, card.currency_id,
                   card.level || CASE WHEN card.employee_id IS NULL THEN '' ELSE '_employee' END
                       AS source,
                   card.item_id, card.vat_code_id
              FROM keeping_exact_rate card
             WHERE card.id = %s
            """,
            self._sql_rate_id(timesheet, customer),
        )

    @api.model
    def _get_rates(self, timesheet_ids):
        """Return the rate of each timesheet, in one query.

        :param list timesheet_ids: ids of account.analytic.line
        :return: dict timesheet id -> id of keeping.exact.rate, without those that have none
        """
        # Rates, timesheets and customers are read in SQL.
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ts.id, %(rate)s
                  FROM account_analytic_line ts
                  LEFT JOIN res_partner partner ON partner.id = ts.partner_id
                 WHERE ts.id = ANY(%(ids)s)
                """,
                rate=self._sql_rate_id(SQL("ts"), SQL("partner.commercial_partner_id")),
                ids=list(timesheet_ids),
            )
        )
        return {timesheet: rate for timesheet, rate in rows if rate}

    def _get_source(self):
        """Return why an hour has this rate, as kept with the hour."""
        self.ensure_one()
        return f"{self.level}_employee" if self.employee_id else self.level
