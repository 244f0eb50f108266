import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import locks
from ..tools.keyless import KeylessMany2one
from .keeping_exact_rate import SOURCES


class KeepingExactHour(models.Model):
    """One timesheet line on one invoice link, with what it was billed for.

    A table of its own: writing a link on 10,000 wide timesheet rows is slow, and what was
    billed is a fact that later changes of rates or hours must not alter (promise 10).
    """

    _name = "keeping.exact.hour"
    _description = "Invoiced Hour"
    _order = "date, id"
    _rec_name = "name"
    _check_company_auto = True
    # Who and when is told by the invoice, and released_at.
    _log_access = False

    timesheet_id = fields.Many2one(
        "account.analytic.line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    # A line takes its hours along when it goes (its ``unlink``).
    invoice_line_id = KeylessMany2one(
        "keeping.exact.invoice.line",
        readonly=True,
        index=True,
        groups="keeping_exact_connector.group_invoicing",
    )
    # That of the line; those that are covered have none and go with the invoice (its ``unlink``).
    invoice_id = KeylessMany2one("keeping.exact.invoice", required=True, readonly=True, index=True)
    # Those of the invoice, and kept by it.
    administration_id = KeylessMany2one(
        "keeping.exact.administration", required=True, readonly=True
    )
    company_id = KeylessMany2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    invoice_state = fields.Selection(related="invoice_id.state", string="State")
    user_id = fields.Many2one(
        "res.users", readonly=True, index="btree_not_null", help="Whose hours these are"
    )
    date = fields.Date(readonly=True)
    # An employee with invoiced hours stays, projects and tasks have them forget (``_forget``).
    employee_id = KeylessMany2one("hr.employee", readonly=True)
    project_id = KeylessMany2one("project.project", readonly=True, index=True)
    task_id = KeylessMany2one("project.task", readonly=True)
    partner_id = KeylessMany2one("res.partner", string="Customer", readonly=True)
    name = fields.Char(string="Description", readonly=True)
    hours = fields.Float(readonly=True, digits=(16, 4), help="As entered on the timesheet")
    billed_hours = fields.Float(readonly=True, digits=(16, 4))
    rate = fields.Float(
        readonly=True, digits=(16, 4), groups="keeping_exact_connector.group_invoicing"
    )
    rate_source = fields.Selection(
        SOURCES,
        string="Rate because",
        readonly=True,
        groups="keeping_exact_connector.group_invoicing",
    )
    amount = fields.Monetary(readonly=True, groups="keeping_exact_connector.group_invoicing")
    covered = fields.Boolean(
        readonly=True,
        help="Paid for by an invoice of an advance or a fixed price; on no line and at no charge",
    )
    live = fields.Boolean(
        default=True, readonly=True, help="Reserved for or billed on this invoice right now"
    )
    released_at = fields.Datetime(readonly=True)
    repeat_no = fields.Integer(readonly=True, help="Above 0: billed again on purpose")

    # Deleting the timesheet sets timesheet_id to NULL: this stops it, even by raw SQL.
    _live_has_timesheet = models.Constraint(
        "CHECK (NOT live OR timesheet_id IS NOT NULL)",
        "Hours that are on an invoice cannot be deleted.",
    )
    _line_unless_covered = models.Constraint(
        "CHECK (covered OR invoice_line_id IS NOT NULL)",
        "Invoiced hours are on a line of the invoice.",
    )
    _live_once = models.UniqueIndex(
        "(administration_id, timesheet_id, repeat_no) WHERE live",
        "These hours are on another invoice already.",
    )

    # ------------------------------------------------------------------ actions

    def action_uncover(self):
        """Free hours that an invoice covers: they can be billed after all.

        :raise UserError: they are on a line of their invoice
        """
        self.invoice_id._check_invoicing()
        if not all(self.mapped("covered")):
            raise UserError(self.env._("Only hours that an invoice covers can be freed like this."))
        self.sudo()._end()
        return True

    # ------------------------------------------------------------------ business

    def _end(self):
        """Free these hours: they may be edited and billed again."""
        self.filtered("live").write({"live": False, "released_at": fields.Datetime.now()})

    @api.model
    def _forget(self, name, records):
        """Have invoiced hours no longer tell of what is being deleted; no foreign key does.

        :param str name: of the field
        :param records: of the model of the field
        """
        self.sudo().search([(name, "in", records.ids)]).write({name: False})

    @api.model
    def _lock_timesheets(self, chosen):
        """Serialise with whoever edits or reserves the same timesheets (:func:`locks.touch`).

        An edit that began earlier, and has passed its checks, is tried anew, when it finds the
        hours reserved.

        :param SQL chosen: selects the ids, with the user's own record rules in it
        :return: list of the ids
        """
        # What follows is read in SQL: timesheets, their customers and units.
        self.env.flush_all()
        return locks.touch(self.env, "account_analytic_line", "write_date", chosen)

    @api.model
    def _reserve(self, administration, reserved):
        """Write the invoiced hours of new lines, in one statement.

        Checks organisation and project in SQL: the ORM's own checks take seconds for 10,000
        rows. The caller has chosen the timesheets under the user's own record rules and has
        locked them (:meth:`_lock_timesheets`). Hours that are on a live link of this
        administration already are marked as repeated; the caller has made sure that a person
        wants that.

        :param administration: one keeping.exact.administration
        :param list reserved: a dict per timesheet: its id (``timesheet``), the id of its invoice
            line (``line``), ``hours`` as entered, ``billed`` hours, ``rate``, ``amount`` and
            ``source`` of the rate
        :raise UserError: a timesheet is of another organisation or no timesheet at all
        """
        self.env.flush_all()
        timesheet_ids = [hour["timesheet"] for hour in reserved]
        # What is live before is read once: while the rows are written, a look-up for each of them
        # would go through those that were just written, wherever PostgreSQL scans the table.
        rows = self.env.execute_query(
            SQL(
                """
                WITH before AS MATERIALIZED (
                    SELECT timesheet_id, max(repeat_no) AS repeat_no
                      FROM keeping_exact_hour
                     WHERE live AND administration_id = %(administration)s
                       AND timesheet_id = ANY(%(timesheets)s)
                     GROUP BY timesheet_id
                )
                INSERT INTO keeping_exact_hour (
                    timesheet_id, invoice_line_id, invoice_id, administration_id, company_id,
                    user_id, date, employee_id, project_id, task_id, partner_id, name,
                    hours, billed_hours, rate, rate_source, amount, live, repeat_no
                )
                SELECT ts.id, line.id, line.invoice_id, %(administration)s, ts.company_id,
                       ts.user_id, ts.date, ts.employee_id, ts.project_id, ts.task_id,
                       invoice.partner_id, ts.name, chosen.hours, chosen.billed, chosen.rate,
                       chosen.source, chosen.amount, TRUE, COALESCE(before.repeat_no + 1, 0)
                  FROM json_to_recordset(%(reserved)s::json) AS chosen(
                           timesheet int, line int, hours numeric, billed numeric, rate numeric,
                           amount numeric, source varchar)
                  JOIN account_analytic_line ts ON ts.id = chosen.timesheet
                  JOIN keeping_exact_invoice_line line ON line.id = chosen.line
                  JOIN keeping_exact_invoice invoice ON invoice.id = line.invoice_id
                  LEFT JOIN before ON before.timesheet_id = ts.id
                 WHERE ts.company_id = %(company)s
                   AND ts.project_id IS NOT NULL
                   AND invoice.administration_id = %(administration)s
                RETURNING id
                """,
                administration=administration.id,
                company=administration.company_id.id,
                reserved=json.dumps(reserved),
                timesheets=timesheet_ids,
            )
        )
        self._follow_sql(timesheet_ids)
        if len(rows) != len(reserved):
            raise UserError(self.env._("Some of these hours are of another organisation."))

    @api.model
    def _cover(self, invoice, timesheet_ids):
        """Put hours on an invoice that pays for them already, in one statement.

        The caller has checked rights and freedom of the timesheets, and has locked them.

        :param invoice: one keeping.exact.invoice in force
        :param list timesheet_ids: ids of account.analytic.line
        :raise UserError: a timesheet is of another organisation or no timesheet at all
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO keeping_exact_hour (
                    timesheet_id, invoice_id, administration_id, company_id, user_id, date,
                    employee_id, project_id, task_id, partner_id, name, hours, billed_hours, rate,
                    amount, rate_source, covered, live, repeat_no
                )
                SELECT ts.id, %(invoice)s, %(administration)s, ts.company_id, ts.user_id, ts.date,
                       ts.employee_id, ts.project_id, ts.task_id, %(partner)s, ts.name,
                       round((ts.unit_amount * COALESCE(uom.factor, %(hour)s) / %(hour)s
                             )::numeric, 4),
                       0, 0, 0, 'covered', TRUE, TRUE, 0
                  FROM account_analytic_line ts
                  LEFT JOIN uom_uom uom ON uom.id = ts.product_uom_id
                 WHERE ts.id = ANY(%(timesheets)s) AND ts.project_id IS NOT NULL
                   AND ts.company_id = %(company)s
                RETURNING id
                """,
                invoice=invoice.id,
                administration=invoice.administration_id.id,
                partner=invoice.partner_id.id,
                company=invoice.company_id.id,
                hour=self.env.ref("uom.product_uom_hour").factor,
                timesheets=timesheet_ids,
            )
        )
        invoice.invalidate_recordset(["hour_ids", "covered_hours"])
        self._follow_sql(timesheet_ids)
        if len(rows) != len(timesheet_ids):
            raise UserError(self.env._("Some of these hours are of another organisation."))

    @api.model
    def _follow_sql(self, timesheet_ids):
        """Have the ORM follow what SQL wrote: caches, and what is computed from live hours.

        :param list timesheet_ids: ids of account.analytic.line that have new invoiced hours
        """
        self.invalidate_model()
        Timesheet = self.env["account.analytic.line"]
        Timesheet.invalidate_model(["keeping_exact_hour_ids"])
        # What follows is found by one column of the timesheets: no need to read all of them.
        timesheets = Timesheet.with_context(prefetch_fields=False).browse(timesheet_ids)
        timesheets.modified(["keeping_exact_hour_ids"])

    def _get_locked_message(self):
        """Return why these hours cannot be changed, for whoever tries."""
        return self.env._(
            "These hours are on Exact invoice %(links)s and cannot be changed or deleted. Release "
            "the invoice first, or ask whoever invoices to do so.",
            links=", ".join(self.invoice_id.mapped("name")),
        )
