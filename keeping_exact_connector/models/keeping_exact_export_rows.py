from odoo import api, models
from odoo.tools import SQL

from ..tools.links_file import SETTLED
from ..tools.links_file.columns import HOURS, INVOICES, LEFT_OUT, LINES, TABLES
from .keeping_exact_invoice import LIVE_STATES
from .keeping_exact_invoice_step import UNDER_WAY

BATCH = 5_000


class KeepingExactExportRows(models.AbstractModel):
    """What stands in the file of an organisation's links, as SQL: the same query that is written
    is what a later change is known by."""

    _name = "keeping.exact.export.rows"
    _description = "Rows of Exported Exact Online Links"

    @api.model
    def _get_batches(self, company):
        """Return the rows by table, read a batch at a time: memory stays flat.

        :param company: one res.company; rights are the caller's to check
        :return: dict name of a table → generator of lists of rows
        """
        return {
            name: self._read_batches(query) for name, query in self._get_queries(company).items()
        }

    @api.model
    def _read_batches(self, query):
        last = 0
        while True:
            rows = self.env.execute_query(
                SQL(
                    "SELECT * FROM (%s) found WHERE key > %s ORDER BY key LIMIT %s",
                    query, last, BATCH,
                )
            )  # fmt: skip
            if not rows:
                return
            last = rows[-1][0]
            yield [row[1:] for row in rows]

    @api.model
    def _get_fingerprint(self, company):
        """Return a text that changes when anything in the file would.

        :param company: one res.company
        """
        self.env.flush_all()
        parts, queries = [], self._get_queries(company)
        for table in TABLES:
            query = queries[table.name]
            [(count, total)] = self.env.execute_query(
                SQL(
                    """
                    SELECT count(*), COALESCE(sum(hashtextextended(found::text, 0)::numeric), 0)
                      FROM (%s) found
                    """,
                    query,
                )
            )
            parts.append(f"{count}:{total}")
        return " ".join(parts)

    @api.model
    def _get_queries(self, company):
        """Return SQL for each table: a column ``key``, then those of the table in order."""
        return {
            INVOICES.name: self._sql_invoices(company),
            LINES.name: self._sql_lines(company),
            HOURS.name: self._sql_hours(company),
            LEFT_OUT.name: self._sql_left_out(company),
        }

    @api.model
    def _sql_links(self, company):
        """Return SQL of the ids of what is in Exact, or was, and of which nothing is under way."""
        return SQL(
            """
            SELECT kept.id FROM keeping_exact_invoice kept
             WHERE kept.company_id = %(company)s AND kept.guid IS NOT NULL
               AND kept.state IN %(settled)s AND NOT %(busy)s
            """,
            company=company.id,
            settled=SETTLED,
            busy=self._sql_busy(SQL("kept.id")),
        )

    @api.model
    def _sql_busy(self, invoice):
        """Return SQL that tells whether a step of the invoice is under way in Exact."""
        return SQL(
            """
            (EXISTS (SELECT FROM keeping_exact_deletion d
                      WHERE d.invoice_id = %(invoice)s AND d.state IN %(under_way)s)
             OR EXISTS (SELECT FROM keeping_exact_processing p
                         WHERE p.invoice_id = %(invoice)s AND p.state IN %(under_way)s)
             OR EXISTS (SELECT FROM keeping_exact_line_change c
                         WHERE c.invoice_id = %(invoice)s AND c.state IN %(under_way)s)
             OR EXISTS (SELECT FROM keeping_exact_credit n
                         WHERE n.invoice_id = %(invoice)s AND n.state IN %(under_way)s))
            """,
            invoice=invoice,
            under_way=UNDER_WAY,
        )

    @api.model
    def _sql_invoices(self, company):
        return SQL(
            """
            SELECT link.id AS key, link.name AS reference, adm.site, adm.code AS administration,
                   adm.name AS administration_name, link.state, link.origin, link.guid,
                   link.number, customer.guid AS customer_guid, customer.name AS customer,
                   link.partner_id AS contact_id, partner.name AS contact, link.invoice_date,
                   link.due_date, link.your_ref, link.description, currency.name AS currency,
                   link.amount_untaxed, link.amount_total, link.accepted_difference,
                   link.meant_untaxed, link.meant_total, link.meant_date, link.meant_known,
                   COALESCE(link.discount, 0) AS discount, link.rate_mode, link.rounding,
                   link.rounding_method, link.rounding_level, link.date_from, link.date_to,
                   link.hours, link.billed_hours,
                   date_trunc('second', link.sent_at) AS sent_at,
                   date_trunc('second', link.removed_at) AS removed_at
              FROM keeping_exact_invoice link
              JOIN keeping_exact_administration adm ON adm.id = link.administration_id
              JOIN res_partner partner ON partner.id = link.partner_id
              JOIN res_currency currency ON currency.id = link.currency_id
              LEFT JOIN keeping_exact_customer customer ON customer.id = link.customer_id
             WHERE link.id IN (%s)
            """,
            self._sql_links(company),
        )

    @api.model
    def _sql_lines(self, company):
        return SQL(
            """
            SELECT line.id AS key, link.name AS reference, line.id AS line, line.sequence,
                   line.name, line.notes, line.quantity, line.unit_price, line.amount,
                   line.exact_amount, line.exact_discount,
                   COALESCE(line.as_in_exact, FALSE) AS as_in_exact,
                   COALESCE(line.whole, FALSE) AS whole, item.guid AS item_guid,
                   item.name AS item, vat.code AS vat_code, chosen.code AS chosen_vat_code,
                   unit.code AS unit, centre.code AS cost_centre, cost.code AS cost_unit,
                   line.hours, line.billed_hours, line.guid
              FROM keeping_exact_invoice_line line
              JOIN keeping_exact_invoice link ON link.id = line.invoice_id
              LEFT JOIN keeping_exact_item item ON item.id = line.item_id
              LEFT JOIN keeping_exact_vat_code vat ON vat.id = line.vat_code_id
              LEFT JOIN keeping_exact_vat_code chosen ON chosen.id = line.chosen_vat_code_id
              LEFT JOIN keeping_exact_unit unit ON unit.id = line.unit_id
              LEFT JOIN keeping_exact_cost_centre centre ON centre.id = line.cost_centre_id
              LEFT JOIN keeping_exact_cost_unit cost ON cost.id = line.cost_unit_id
             WHERE line.invoice_id IN (%s)
            """,
            self._sql_links(company),
        )

    @api.model
    def _sql_hours(self, company):
        """As billed, and what the timesheet has now: that is what it is where it moved to.

        An external identifier lets it be found where ids differ.
        """
        lang = company.partner_id.lang or "en_US"
        return SQL(
            """
            SELECT hour.id AS key, link.name AS reference, hour.invoice_line_id AS line,
                   hour.timesheet_id AS timesheet, known.external_id, hour.date,
                   employee.name AS employee,
                   COALESCE(project.name->>%(lang)s, project.name->>'en_US') AS project,
                   task.name AS task, hour.name, hour.hours, hour.billed_hours, hour.rate,
                   hour.rate_source, hour.amount, COALESCE(hour.covered, FALSE) AS covered,
                   COALESCE(hour.live, FALSE) AS live,
                   date_trunc('second', hour.released_at) AS released_at, hour.repeat_no,
                   hour.id AS hour,
                   round((sheet.unit_amount * COALESCE(uom.factor, %(unit)s) / %(unit)s)::numeric,
                         4) AS timesheet_hours,
                   hour.corrected_id AS corrects, credit.id AS credit
              FROM keeping_exact_hour hour
              JOIN keeping_exact_invoice link ON link.id = hour.invoice_id
              LEFT JOIN hr_employee employee ON employee.id = hour.employee_id
              LEFT JOIN project_project project ON project.id = hour.project_id
              LEFT JOIN project_task task ON task.id = hour.task_id
              LEFT JOIN account_analytic_line sheet ON sheet.id = hour.timesheet_id
              LEFT JOIN uom_uom uom ON uom.id = sheet.product_uom_id
              LEFT JOIN keeping_exact_credit credit
                     ON credit.id = hour.credit_id AND credit.state = 'done'
              LEFT JOIN (
                  SELECT res_id, min(module || '.' || name) AS external_id FROM ir_model_data
                   WHERE model = 'account.analytic.line' GROUP BY res_id
              ) known ON known.res_id = hour.timesheet_id
             WHERE hour.invoice_id IN (%(links)s)
            """,
            lang=lang,
            unit=self.env.ref("uom.product_uom_hour").factor,
            links=self._sql_links(company),
        )

    @api.model
    def _sql_left_out(self, company):
        """What holds hours, or is on its way, and is not in the file: with the reason."""
        return SQL(
            """
            SELECT link.id AS key, link.name AS reference, link.state, partner.name AS contact,
                   link.hours,
                   CASE WHEN link.state IN ('draft', 'failed') THEN 'not in Exact Online'
                        ELSE 'on its way in Exact Online' END AS because
              FROM keeping_exact_invoice link
              JOIN res_partner partner ON partner.id = link.partner_id
             WHERE link.company_id = %(company)s
               AND (link.state IN %(live)s OR %(busy)s) AND link.id NOT IN (%(links)s)
            """,
            company=company.id,
            live=LIVE_STATES,
            busy=self._sql_busy(SQL("link.id")),
            links=self._sql_links(company),
        )
