from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


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

    timesheet_id = fields.Many2one(
        "account.analytic.line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    invoice_line_id = fields.Many2one(
        "keeping.exact.invoice.line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        groups="keeping_exact_connector.group_invoicing",
    )
    invoice_id = fields.Many2one(
        "keeping.exact.invoice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    administration_id = fields.Many2one(
        "keeping.exact.administration", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    invoice_state = fields.Selection(related="invoice_id.state", string="State")
    user_id = fields.Many2one(
        "res.users", readonly=True, index="btree_not_null", help="Whose hours these are"
    )
    date = fields.Date(readonly=True)
    employee_id = fields.Many2one("hr.employee", readonly=True, ondelete="restrict")
    project_id = fields.Many2one("project.project", readonly=True, ondelete="set null", index=True)
    task_id = fields.Many2one("project.task", readonly=True, ondelete="set null")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True, index=True)
    name = fields.Char(string="Description", readonly=True)
    hours = fields.Float(readonly=True, digits=(16, 4), help="As entered on the timesheet")
    billed_hours = fields.Float(readonly=True, digits=(16, 4))
    rate = fields.Float(
        readonly=True, digits=(16, 4), groups="keeping_exact_connector.group_invoicing"
    )
    rate_source = fields.Selection(
        [("invoice", "One rate for the invoice")],
        readonly=True,
        groups="keeping_exact_connector.group_invoicing",
    )
    amount = fields.Monetary(readonly=True, groups="keeping_exact_connector.group_invoicing")
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
    _live_once = models.UniqueIndex(
        "(administration_id, timesheet_id, repeat_no) WHERE live",
        "These hours are on another invoice already.",
    )

    # ------------------------------------------------------------------ business

    def _end(self):
        """Free these hours: they may be edited and billed again."""
        self.filtered("live").write({"live": False, "released_at": fields.Datetime.now()})

    @api.model
    def _lock_timesheets(self, query):
        """Serialise with whoever edits or reserves the same timesheets, in the order of their id.

        The update changes nothing, but makes a new version of each row: an edit that began
        earlier, and has passed its checks, then ends in a serialization failure and is tried
        anew, when it finds the hours reserved. A plain row lock would let it pass.

        :param odoo.tools.Query query: the timesheets, with the user's own record rules in it
        :return: list of the ids
        """
        chosen = query.subselect(SQL.identifier("account_analytic_line", "id"))
        # What follows is read in SQL: timesheets, their customers and units.
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH chosen AS (
                    SELECT id FROM account_analytic_line WHERE id IN %s ORDER BY id FOR UPDATE
                )
                UPDATE account_analytic_line line SET write_date = line.write_date
                  FROM chosen WHERE line.id = chosen.id
                RETURNING line.id
                """,
                chosen,
            )
        )
        return sorted(row[0] for row in rows)

    @api.model
    def _check_free(self, timesheet_ids):
        """Refuse when one of these timesheets is on a link already.

        :raise UserError: says on which, and who made it
        """
        self.flush_model(["live", "timesheet_id", "invoice_id"])
        taken = self.sudo().search_fetch(
            [("timesheet_id", "in", timesheet_ids), ("live", "=", True)], ["invoice_id"]
        )
        if taken:
            invoices = taken.invoice_id
            raise UserError(
                self.env._(
                    "%(count)s of these hours are on %(links)s already, made by %(users)s.",
                    count=len(taken),
                    links=", ".join(invoices.mapped("name")),
                    users=", ".join(invoices.create_uid.mapped("name")),
                )
            )

    @api.model
    def _reserve(self, administration, line_by_timesheet):
        """Write the invoiced hours of new lines, in one statement.

        Checks organisation and project in SQL: the ORM's own checks take seconds for 10,000
        rows. The caller has chosen the timesheets under the user's own record rules and has
        locked them (:meth:`_lock_timesheets`).

        :param administration: one keeping.exact.administration
        :param dict line_by_timesheet: id of account.analytic.line -> id of invoice line
        :raise UserError: a timesheet is of another organisation or no timesheet at all
        """
        self.env.flush_all()
        timesheet_ids = list(line_by_timesheet)
        hour_factor = self.env.ref("uom.product_uom_hour").factor
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO keeping_exact_hour (
                    timesheet_id, invoice_line_id, invoice_id, administration_id, company_id,
                    user_id, date, employee_id, project_id, task_id, partner_id, name,
                    hours, billed_hours, rate, rate_source, live, repeat_no,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT ts.id, line.id, line.invoice_id, %(administration)s, ts.company_id,
                       ts.user_id, ts.date, ts.employee_id, ts.project_id, ts.task_id,
                       invoice.partner_id, ts.name, amount.hours, amount.hours, line.unit_price,
                       'invoice', TRUE, 0, %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM unnest(%(timesheets)s::int[], %(lines)s::int[]) AS chosen(timesheet, line)
                  JOIN account_analytic_line ts ON ts.id = chosen.timesheet
                  JOIN keeping_exact_invoice_line line ON line.id = chosen.line
                  JOIN keeping_exact_invoice invoice ON invoice.id = line.invoice_id
                  LEFT JOIN uom_uom uom ON uom.id = ts.product_uom_id
                 CROSS JOIN LATERAL (
                    SELECT round((ts.unit_amount * COALESCE(uom.factor, %(hour)s) / %(hour)s
                                 )::numeric, 4) AS hours
                  ) amount
                 WHERE ts.company_id = %(company)s
                   AND ts.project_id IS NOT NULL
                   AND invoice.administration_id = %(administration)s
                RETURNING id
                """,
                administration=administration.id,
                company=administration.company_id.id,
                uid=self.env.uid,
                hour=hour_factor,
                timesheets=timesheet_ids,
                lines=[line_by_timesheet[timesheet] for timesheet in timesheet_ids],
            )
        )
        self.invalidate_model()
        self.env["account.analytic.line"].invalidate_model(
            ["keeping_exact_hour_ids", "keeping_exact_state"]
        )
        if len(rows) != len(timesheet_ids):
            raise UserError(self.env._("Some of these hours are of another organisation."))

    def _get_locked_message(self):
        """Return why these hours cannot be changed, for whoever tries."""
        return self.env._(
            "These hours are on Exact invoice %(links)s and cannot be changed or deleted. Release "
            "the invoice first, or ask whoever invoices to do so.",
            links=", ".join(self.invoice_id.mapped("name")),
        )
