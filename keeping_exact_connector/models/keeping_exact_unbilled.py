from odoo import api, fields, models
from odoo.tools import SQL

from .keeping_exact_rate import SOURCES

AS_OF = "keeping_exact_as_of"
AGES = [
    ("1", "Up to 30 days"),
    ("2", "31 to 60 days"),
    ("3", "61 to 90 days"),
    ("4", "Over 90 days"),
]


class KeepingExactUnbilled(models.Model):
    """Direct hours that nobody has billed, with what they are worth at the rate card.

    As of a day in the context (``keeping_exact_as_of``) it tells what was still to bill at the end
    of that day, as a year end asks for: hours until then that were on no invoice then.
    """

    _name = "keeping.exact.unbilled"
    _description = "Hours to Invoice in Exact Online"
    _auto = False
    _order = "date, id"
    _rec_name = "name"

    timesheet_id = fields.Many2one("account.analytic.line", readonly=True)
    name = fields.Char(string="Description", readonly=True)
    date = fields.Date(readonly=True)
    age = fields.Selection(AGES, readonly=True, help="Since the day of the work")
    company_id = fields.Many2one("res.company", string="Organisation", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    project_id = fields.Many2one("project.project", readonly=True)
    task_id = fields.Many2one("project.task", readonly=True)
    employee_id = fields.Many2one("hr.employee", readonly=True)
    hours = fields.Float(readonly=True, digits=(16, 2))
    rate_id = fields.Many2one("keeping.exact.rate", string="Rate of", readonly=True)
    rate = fields.Float(string="Hourly rate", readonly=True, digits=(16, 2), aggregator="avg")
    rate_source = fields.Selection(SOURCES, string="Rate because", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    value = fields.Monetary(
        readonly=True, help="Hours times the rate of the rate card, before rounding."
    )

    # ------------------------------------------------------------------ the rows

    @property
    def _table_query(self):
        Rate = self.env["keeping.exact.rate"]
        as_of = fields.Date.to_date(self.env.context.get(AS_OF))
        today = fields.Date.context_today(self)
        return SQL(
            """
            SELECT ts.id, ts.id AS timesheet_id, ts.name, ts.date, ts.company_id,
                   CASE WHEN ts.date > %(day)s - 31 THEN '1'
                        WHEN ts.date > %(day)s - 61 THEN '2'
                        WHEN ts.date > %(day)s - 91 THEN '3'
                        ELSE '4' END AS age,
                   partner.commercial_partner_id AS partner_id, ts.project_id, ts.task_id,
                   ts.employee_id, hours.number AS hours, rate.rate_id,
                   rate.hourly_rate AS rate, rate.source AS rate_source,
                   COALESCE(rate.currency_id, company.currency_id) AS currency_id,
                   round((hours.number * rate.hourly_rate)::numeric, 2) AS value
              FROM account_analytic_line ts
              JOIN res_company company ON company.id = ts.company_id
              LEFT JOIN res_partner partner ON partner.id = ts.partner_id
              LEFT JOIN project_project project ON project.id = ts.project_id
              LEFT JOIN project_task task ON task.id = ts.task_id
              LEFT JOIN uom_uom uom ON uom.id = ts.product_uom_id
             CROSS JOIN LATERAL (
                 SELECT ts.unit_amount * COALESCE(uom.factor, %(hour)s) / %(hour)s AS number
             ) hours
              LEFT JOIN LATERAL (%(rate)s) rate ON TRUE
             WHERE ts.project_id IS NOT NULL AND ts.unit_amount != 0
               AND ts.date <= %(until)s
               AND COALESCE(task.keeping_exact_hours, project.keeping_exact_hours, 'direct')
                   = 'direct'
               AND NOT EXISTS (
                   SELECT FROM keeping_exact_exclusion x WHERE x.timesheet_id = ts.id)
               AND NOT EXISTS (%(billed)s)
               AND %(more)s
            """,
            day=as_of or today,
            until=as_of or fields.Date.to_date("9999-12-31"),
            hour=self.env.ref("uom.product_uom_hour").factor,
            rate=Rate._sql_rate(SQL("ts"), SQL("partner.commercial_partner_id")),
            billed=self._sql_billed(as_of),
            more=self._sql_more(as_of),
        )

    @api.model
    def _sql_billed(self, as_of):
        """Return SQL of the invoiced hours that make a timesheet billed, now or on a day."""
        if not as_of:
            return SQL("SELECT FROM keeping_exact_hour h WHERE h.timesheet_id = ts.id AND h.live")
        return SQL(
            """
            SELECT FROM keeping_exact_hour h
              JOIN keeping_exact_invoice invoice ON invoice.id = h.invoice_id
             WHERE h.timesheet_id = ts.id
               AND COALESCE(invoice.invoice_date, invoice.create_date::date) <= %(day)s
               AND (h.live OR h.released_at::date > %(day)s)
            """,
            day=as_of,
        )

    @api.model
    def _sql_more(self, as_of):
        """Return a further condition on ``ts``: for glue that knows of hours billed elsewhere.

        :param as_of: the day as of which is asked, or None for now
        """
        return SQL("TRUE")

    # ------------------------------------------------------------------ actions

    def action_create_invoice(self):
        """Open the wizard for the hours that are selected; without a customer they say so there."""
        return self._get_timesheets().action_keeping_exact_create_invoice()

    def _get_timesheets(self):
        """Return the timesheets of these rows, as the user may see them."""
        return self.env["account.analytic.line"].browse(self.ids)
