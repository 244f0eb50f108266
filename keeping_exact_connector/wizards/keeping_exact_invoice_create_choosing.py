from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.texts import MOST, list_some

FOUND = "found"
FILTERS = (
    "administration_id",
    "company_id",
    "date_from",
    "date_to",
    "partner_ids",
    "project_ids",
    "task_ids",
    "employee_ids",
    "timesheet_ids",
    "invoiced_policy",
    "include_indirect",
)


class KeepingExactInvoiceCreateChoosing(models.TransientModel):
    """Which hours are taken, which are not, and why."""

    _inherit = "keeping.exact.invoice.create"

    found_count = fields.Integer(compute="_compute_found")
    found_hours = fields.Float(compute="_compute_found", digits=(16, 2))
    found_amount = fields.Monetary(
        compute="_compute_found", help="Before rounding; the drafts say it to the cent."
    )
    customer_count = fields.Integer(compute="_compute_found")
    repeated_count = fields.Integer(
        compute="_compute_found", help="Entries that are on an invoice already"
    )
    unpriced_count = fields.Integer(
        compute="_compute_found", help="Entries for which the rate card has no rate"
    )
    unpriced_places = fields.Char(compute="_compute_found")
    left_company_count = fields.Integer(compute="_compute_found")
    left_customer_count = fields.Integer(compute="_compute_found")
    left_never_count = fields.Integer(compute="_compute_found")
    left_billed_count = fields.Integer(compute="_compute_found")
    left_billed_where = fields.Char(compute="_compute_found")
    left_indirect_count = fields.Integer(compute="_compute_found")
    left_zero_count = fields.Integer(compute="_compute_found")
    left_hidden_count = fields.Integer(compute="_compute_found")
    left_out = fields.Char(compute="_compute_left_out")

    # ------------------------------------------------------------------ reasons

    @api.model
    def _get_reasons(self):
        """Return why hours are not taken, the first that applies: dict of a code to its words.

        What SQL says of them is in :meth:`_sql_reasons`. Each has a field ``left_<code>_count`` and
        a button in the view.
        """
        return {
            "company": self.env._("of another organisation"),
            "customer": self.env._("without a customer"),
            "never": self.env._("marked as never billed"),
            "billed": self.env._("on an invoice already"),
            "indirect": self.env._("indirect"),
            "zero": self.env._("of zero hours"),
        }

    # ------------------------------------------------------------------ compute

    @api.depends(*FILTERS, "rate_mode", "rate", "amount")
    def _compute_found(self):
        for wizard in self:
            totals = wizard._get_totals()
            found = totals[FOUND]
            wizard.found_count = found["count"]
            wizard.found_hours = found["hours"]
            wizard.found_amount = wizard._get_found_amount(found)
            wizard.customer_count = found["customers"]
            wizard.repeated_count = found["repeated"]
            unpriced = found["unpriced"] if wizard.rate_mode == "rate_card" else 0
            wizard.unpriced_count = unpriced
            wizard.unpriced_places = wizard._name_unpriced() if unpriced else False
            for reason in self._get_reasons():
                wizard[f"left_{reason}_count"] = totals[reason]["count"]
            billed = totals["billed"]["count"]
            wizard.left_billed_where = wizard._name_billed() if billed else False
            wizard.left_hidden_count = wizard._count_hidden(totals)

    def _get_found_amount(self, found):
        if self.rate_mode == "invoice_amount":
            return self.amount
        if self.rate_mode == "invoice_rate":
            return found["hours"] * self.rate
        return found["value"] if self.rate_mode == "rate_card" else 0

    @api.depends(
        lambda self: [f"left_{reason}_count" for reason in (*self._get_reasons(), "hidden")]
    )
    @api.depends_context("lang")
    def _compute_left_out(self):
        for wizard in self:
            hidden = wizard.env._("in projects you may not see")
            texts = {**wizard._get_reasons(), "hidden": hidden}
            counted = [(wizard[f"left_{reason}_count"], text) for reason, text in texts.items()]
            wizard.left_out = ", ".join(f"{count} {text}" for count, text in counted if count)

    # ------------------------------------------------------------------ choice

    def _get_chosen_domain(self):
        """Return what the user asked for, without regard to whether it can be invoiced."""
        domain = Domain("project_id", "!=", False)
        if self.timesheet_ids:
            domain &= Domain("id", "in", self.timesheet_ids._origin.ids)
        else:
            domain &= Domain("company_id", "=", self.company_id._origin.id)
        if self.date_from:
            domain &= Domain("date", ">=", self.date_from)
        if self.date_to:
            domain &= Domain("date", "<=", self.date_to)
        if self.partner_ids:
            commercial = self.partner_ids._origin.commercial_partner_id
            domain &= Domain("partner_id.commercial_partner_id", "in", commercial.ids)
        for name in ("project", "task", "employee"):
            chosen = self[f"{name}_ids"]._origin
            if chosen:
                domain &= Domain(f"{name}_id", "in", chosen.ids)
        return domain

    def _sql_reasons(self):
        """Return SQL that is true when a reason applies: dict by the codes of :meth:`_get_reasons`.

        The statement around it has ``ts`` (account_analytic_line), ``task`` and ``project``.
        """
        live = SQL(
            "EXISTS (SELECT FROM keeping_exact_hour h WHERE h.timesheet_id = ts.id AND h.live)"
        )
        if self.invoiced_policy == "exclude_administration":
            live = SQL(
                "EXISTS (SELECT FROM keeping_exact_hour h WHERE h.timesheet_id = ts.id AND h.live"
                " AND h.administration_id = %s)",
                self.administration_id._origin.id or None,
            )
        elif self.invoiced_policy == "include":
            live = SQL("FALSE")
        indirect = SQL(
            "COALESCE(task.keeping_exact_hours, project.keeping_exact_hours) = 'indirect'"
        )
        return {
            "company": SQL("ts.company_id != %s", self.company_id._origin.id),
            "customer": SQL("ts.partner_id IS NULL"),
            "never": SQL(
                "EXISTS (SELECT FROM keeping_exact_exclusion x WHERE x.timesheet_id = ts.id)"
            ),
            "billed": live,
            "indirect": SQL("FALSE") if self.include_indirect else indirect,
            "zero": SQL("ts.unit_amount = 0"),
        }

    def _sql_chosen(self):
        """Return SQL of the chosen hours, each with the reason why it is not taken, or NULL.

        Columns: id, reason, ``taken`` (there is none), partner_id (commercial), hours, and
        ``repeated``: on a live link of this administration already. The user's own record rules are
        in it.
        """
        self.env.flush_all()
        query = self.env["account.analytic.line"]._search(self._get_chosen_domain())
        conditions = self._sql_reasons()
        reasons = [(conditions[reason], reason) for reason in self._get_reasons()]
        cases = SQL(" ").join(SQL("WHEN %s THEN %s", *found) for found in reasons)
        # PostgreSQL knows how many these are, but guesses few that are NULL in the end of a CASE.
        taken = SQL(" AND ").join(SQL("(%s) IS NOT TRUE", found) for found, _reason in reasons)
        return SQL(
            """
            SELECT ts.id,
                   CASE %(cases)s END AS reason,
                   %(taken)s AS taken,
                   partner.commercial_partner_id AS partner_id,
                   ts.unit_amount * COALESCE(uom.factor, %(hour)s) / %(hour)s AS hours,
                   EXISTS (
                       SELECT FROM keeping_exact_hour h
                        WHERE h.timesheet_id = ts.id AND h.live
                          AND h.administration_id = %(administration)s
                   ) AS repeated
              FROM account_analytic_line ts
              LEFT JOIN res_partner partner ON partner.id = ts.partner_id
              LEFT JOIN project_project project ON project.id = ts.project_id
              LEFT JOIN project_task task ON task.id = ts.task_id
              LEFT JOIN uom_uom uom ON uom.id = ts.product_uom_id
             WHERE ts.id IN %(chosen)s
            """,
            cases=cases,
            taken=taken,
            hour=self.env.ref("uom.product_uom_hour").factor,
            administration=self.administration_id._origin.id or None,
            chosen=query.subselect(SQL.identifier("account_analytic_line", "id")),
        )

    def _get_totals(self):
        """Count the choice by reason, in one query.

        :return: dict reason -> dict of count, hours, value at the rate card, customers, repeated
            and unpriced entries; ``FOUND`` for those that are taken
        """
        empty = {
            "count": 0, "hours": 0, "value": 0, "customers": 0, "repeated": 0, "unpriced": 0
        }  # fmt: skip
        totals = defaultdict(lambda: dict(empty))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(chosen.reason, %(found)s), count(*),
                       COALESCE(sum(chosen.hours), 0),
                       COALESCE(sum(chosen.hours * rate.hourly_rate), 0),
                       count(DISTINCT chosen.partner_id),
                       count(*) FILTER (WHERE chosen.repeated),
                       count(*) FILTER (WHERE rate.hourly_rate IS NULL)
                  FROM (%(chosen)s) chosen
                  JOIN account_analytic_line ts ON ts.id = chosen.id
                  LEFT JOIN LATERAL (%(rate)s) rate ON chosen.reason IS NULL
                 GROUP BY 1
                """,
                found=FOUND,
                chosen=self._sql_chosen(),
                rate=self.env["keeping.exact.rate"]._sql_rate(SQL("ts"), SQL("chosen.partner_id")),
            )
        )
        for reason, *figures in rows:
            totals[reason] = dict(zip(empty, map(float, figures), strict=True))
        return totals

    def _get_ids(self, reason=None, unpriced=False):
        """Return the ids of the chosen timesheets with this reason; None for those taken."""
        where = self._sql_where(reason, unpriced)
        rows = self.env.execute_query(SQL("SELECT ts.id %s ORDER BY ts.id", where))
        return [row[0] for row in rows]

    def _get_first(self, column, most, reason=None, unpriced=False):
        """Return the first values of a column of these timesheets, each once, at most so many."""
        rows = self.env.execute_query(
            SQL(
                "SELECT %(column)s %(where)s"
                " GROUP BY %(column)s ORDER BY min(ts.id) LIMIT %(most)s",
                column=SQL.identifier("ts", column),
                where=self._sql_where(reason, unpriced),
                most=most,
            )
        )
        return [row[0] for row in rows]

    def _sql_where(self, reason, unpriced=False):
        """Return FROM and WHERE of the chosen timesheets (ts) with this reason."""
        rate = SQL("TRUE")
        if unpriced:
            rate = SQL(
                "NOT EXISTS (SELECT FROM (%s) rate WHERE rate.hourly_rate IS NOT NULL)",
                self.env["keeping.exact.rate"]._sql_rate(SQL("ts"), SQL("chosen.partner_id")),
            )
        return SQL(
            "FROM (%s) chosen JOIN account_analytic_line ts ON ts.id = chosen.id"
            " WHERE chosen.reason IS NOT DISTINCT FROM %s AND %s",
            self._sql_chosen(),
            reason,
            rate,
        )

    # ------------------------------------------------------------------ what is left out

    def _name_billed(self):
        """Say on which invoices the hours are that are billed already."""
        billed = SQL("(SELECT ts.id %s)", self._sql_where("billed"))
        groups = self.env["keeping.exact.hour"]._read_group(
            Domain("timesheet_id", "any!", billed) & Domain("live", "=", True),
            ["invoice_id"],
            order="invoice_id",
            limit=MOST + 1,
        )
        return list_some([invoice.name for (invoice,) in groups])

    def _name_unpriced(self):
        """Name the projects of the hours for which there is no rate."""
        ids = self._get_first("project_id", MOST + 1, unpriced=True)
        projects = self.env["project.project"].browse(ids)
        return list_some(projects.mapped("display_name"))

    def _count_hidden(self, totals):
        """Count hours of the choice that the user's own rights hide. Only their number is told.

        :param dict totals: of :meth:`_get_totals`, which count what the user may see
        """
        if self.timesheet_ids:
            return 0
        seen = sum(int(figures["count"]) for figures in totals.values())
        Timesheet_sudo = self.env["account.analytic.line"].sudo()
        return Timesheet_sudo.search_count(self._get_chosen_domain()) - seen

    def action_show_left_out(self):
        """Show the timesheets that are left out for the reason in the context."""
        self.ensure_one()
        reason = self.env.context.get("keeping_exact_reason")
        if reason not in (*self._get_reasons(), "unpriced"):
            raise UserError(self.env._("There is nothing to show."))
        unpriced = reason == "unpriced"
        ids = self._get_ids(None if unpriced else reason, unpriced)
        action = self.env["ir.actions.act_window"]._for_xml_id("hr_timesheet.timesheet_action_all")
        return {**action, "domain": [("id", "in", ids)], "context": {}, "target": "current"}
