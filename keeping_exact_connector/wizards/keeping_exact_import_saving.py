from markupsafe import Markup

from odoo import fields, models
from odoo.tools import SQL

from .keeping_exact_import_judging import OUTCOME

BATCH = 1_000
# Columns of the file that are fields of the link by the same name.
SAME = (
    "state", "origin", "guid", "number", "invoice_date", "due_date", "your_ref", "description",
    "amount_untaxed", "amount_total", "accepted_difference", "meant_untaxed", "meant_total",
    "meant_date", "meant_known", "discount", "rate_mode", "rounding", "rounding_method",
    "rounding_level", "date_from", "date_to", "hours", "billed_hours", "sent_at", "removed_at",
)  # fmt: skip


class KeepingExactImportSaving(models.TransientModel):
    """Writes what was shown: links, lines and hours, in one transaction and by the set."""

    _inherit = "keeping.exact.import"

    def _save(self):
        """Write the links that are new.

        The state of a link is where it is in Exact already, so it begins there.

        :return: the keeping.exact.invoice records
        """
        self._choose_links()
        self._choose_holding()
        # Whoever edits or bills one of these hours at this moment ends this or is ended by it.
        self.env["keeping.exact.hour"].sudo()._lock_timesheets(
            SQL("SELECT target FROM keeping_exact_import_hours WHERE holds AND target IS NOT NULL")
        )
        links = self._make_links()
        self._insert_lines()
        self._keep_figures()
        self._insert_hours()
        links.invalidate_recordset()
        self.env["keeping.exact.invoice.line"].invalidate_model()
        self._note(links)
        return links

    def _choose_links(self):
        """Give each link that is imported the number of its row to be; the others have none."""
        wanted = ("new", "part") if self.also_parts else ("new",)
        self.env.cr.execute(
            SQL(
                """
                UPDATE keeping_exact_import_invoices SET invoice_id = 0
                 WHERE %(outcome)s IN %(wanted)s
                """,
                outcome=OUTCOME,
                wanted=wanted,
            )
        )

    def _choose_holding(self):
        """Number the rows of the hours to be, in their order, and tell which bill a timesheet."""
        self.env.cr.execute(
            """
            UPDATE keeping_exact_import_hours hour
               SET hour_id = made.id, holds = hour.live AND hour.target IS NOT NULL
                                              AND hour.reason IS NULL
              FROM (
                  SELECT position, nextval(pg_get_serial_sequence('keeping_exact_hour', 'id')) AS id
                    FROM (
                        SELECT mine.position FROM keeping_exact_import_hours mine
                          JOIN keeping_exact_import_invoices link USING (reference)
                         WHERE link.invoice_id IS NOT NULL ORDER BY mine.position
                    ) ordered
              ) made
             WHERE made.position = hour.position
            """
        )

    def _sql_people(self):
        """Return SQL of who works in this organisation, by name, where only one has it."""
        return SQL(
            """
            SELECT partner.name, min(person.id) AS id FROM res_users person
              JOIN res_company_users_rel works ON works.user_id = person.id
              JOIN res_partner partner ON partner.id = person.partner_id
             WHERE works.cid = %s AND person.active AND NOT person.share
             GROUP BY partner.name HAVING count(*) = 1
            """,
            self.company_id.id,
        )

    # ------------------------------------------------------------------ links

    def _make_links(self):
        names = ("reference", "administration_id", "customer_id", "partner_id", "currency", *SAME)
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM keeping_exact_import_invoices WHERE invoice_id = 0"
                " ORDER BY position",
                SQL(", ").join(map(SQL.identifier, names)),
            )
        )
        found = [dict(zip(names, row, strict=True)) for row in rows]
        self._link_customers(found)
        wanted = [("name", "in", list({vals["currency"] for vals in found}))]
        currencies = self.env["res.currency"].with_context(active_test=False).search(wanted)
        by_name = {currency.name: currency.id for currency in currencies}
        Invoice = self.env["keeping.exact.invoice"].sudo()
        Invoice = Invoice.with_context(tracking_disable=True, mail_create_nolog=True)
        links = Invoice.browse()
        for start in range(0, len(found), BATCH):
            links += Invoice.create(
                [
                    {
                        "name": vals.pop("reference"),
                        "currency_id": by_name[vals.pop("currency")],
                        **{
                            name: float(value) if hasattr(value, "is_finite") else value
                            for name, value in vals.items()
                        },
                    }
                    for vals in found[start : start + BATCH]
                ]
            )
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE keeping_exact_import_invoices link SET invoice_id = made.id
              FROM keeping_exact_invoice made
             WHERE made.name = link.reference AND link.invoice_id = 0
            """
        )
        return links.with_env(self.env).sudo()

    def _link_customers(self, found):
        """Have customers of Exact and contacts belong together, as was shown."""
        Customer = self.env["keeping.exact.customer"].sudo()
        Partner = self.env["res.partner"].sudo()
        for customer, partner in {(vals["customer_id"], vals["partner_id"]) for vals in found}:
            Customer.browse(customer)._link_partner(Partner.browse(partner), "person")

    def _note(self, links):
        """Have the history of each link say where it comes from, and who brought it."""
        text = self.env._(
            "Imported by %(person)s from a file of %(organisation)s, exported on %(moment)s.",
            person=self.env.user.name,
            organisation=self.organisation,
            moment=self.exported_at,
        )
        after = self._describe_what_came_after(links)
        for start in range(0, len(links), BATCH):
            some = links[start : start + BATCH]
            some._message_log_batch(
                bodies={
                    link.id: Markup("<br/>").join([text, *after.get(link.id, ())]) for link in some
                }
            )

    def _describe_what_came_after(self, links):
        """Return texts on what happened to hours after they were billed: by the id of the link."""
        return {}

    # ------------------------------------------------------------------ lines

    def _insert_lines(self):
        """Write the lines as they were, with what their administration here has by these names."""
        self.env.cr.execute(
            """
            UPDATE keeping_exact_import_lines line
               SET line_id = nextval(pg_get_serial_sequence('keeping_exact_invoice_line', 'id'))
              FROM keeping_exact_import_invoices link
             WHERE link.reference = line.reference AND link.invoice_id IS NOT NULL
            """
        )
        self.env.cr.execute(
            """
            INSERT INTO keeping_exact_invoice_line (
                id, invoice_id, administration_id, company_id, sequence, name, notes, item_id,
                quantity, unit_price, amount, exact_amount, exact_discount, as_in_exact, whole,
                vat_code_id, chosen_vat_code_id, unit_id, cost_centre_id, cost_unit_id, hours,
                billed_hours, guid, create_uid, write_uid, create_date, write_date)
            SELECT line.line_id, link.invoice_id, link.administration_id, %(company)s,
                   COALESCE(line.sequence, 10), line.name, line.notes,
                   (SELECT id FROM keeping_exact_item item WHERE item.guid = line.item_guid
                       AND item.administration_id = link.administration_id),
                   line.quantity, line.unit_price, line.amount, line.exact_amount,
                   COALESCE(line.exact_discount, CASE
                       WHEN line.as_in_exact AND line.quantity * line.unit_price != 0
                        AND NOT EXISTS (
                            SELECT FROM keeping_exact_vat_code vat WHERE vat.code = line.vat_code
                               AND vat.administration_id = link.administration_id
                               AND vat.type = 'I')
                       THEN round(1 - line.exact_amount / (line.quantity * line.unit_price), 6)
                       ELSE 0 END),
                   COALESCE(line.as_in_exact, FALSE), COALESCE(line.whole, FALSE),
                   (SELECT min(id) FROM keeping_exact_vat_code vat WHERE vat.code = line.vat_code
                       AND vat.administration_id = link.administration_id),
                   (SELECT min(id) FROM keeping_exact_vat_code vat
                     WHERE vat.code = line.chosen_vat_code
                       AND vat.administration_id = link.administration_id),
                   (SELECT min(id) FROM keeping_exact_unit unit WHERE unit.code = line.unit
                       AND unit.administration_id = link.administration_id),
                   (SELECT min(id) FROM keeping_exact_cost_centre centre
                     WHERE centre.code = line.cost_centre
                       AND centre.administration_id = link.administration_id),
                   (SELECT min(id) FROM keeping_exact_cost_unit cost
                     WHERE cost.code = line.cost_unit
                       AND cost.administration_id = link.administration_id),
                   COALESCE(line.hours, 0), COALESCE(line.billed_hours, 0), line.guid,
                   %(user)s, %(user)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM keeping_exact_import_lines line
              JOIN keeping_exact_import_invoices link USING (reference)
             WHERE line.line_id IS NOT NULL
            """,
            {"company": self.company_id.id, "user": self.env.uid},
        )

    def _keep_figures(self):
        """Give the links the totals that they had: without lines they were computed as nothing."""
        self.env.cr.execute(
            """
            UPDATE keeping_exact_invoice made
               SET hours = COALESCE(link.hours, 0), billed_hours = COALESCE(link.billed_hours, 0),
                   amount_untaxed = link.amount_untaxed, amount_total = link.amount_total
              FROM keeping_exact_import_invoices link WHERE link.invoice_id = made.id
            """
        )

    # ------------------------------------------------------------------ hours

    def _insert_hours(self):
        """Write the hours as they were billed, in one statement.

        As ``_reserve`` does it, it checks organisation and project in SQL. Live is what is live in
        the file and was found, or corrects what was; everything else is history, and holds nothing.
        """
        sources = self.env["keeping.exact.hour"]._fields["rate_source"]
        known = tuple(value for value, _name in sources._description_selection(self.env))
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO keeping_exact_hour (
                    id, corrected_id, credit_id, timesheet_id, invoice_line_id, invoice_id,
                    administration_id, company_id, user_id, date, employee_id, project_id, task_id,
                    partner_id, name, hours, billed_hours, rate, rate_source, amount, covered,
                    live, released_at, repeat_no)
                SELECT hour.hour_id, COALESCE(corrected.hour_id, corrected.here_id),
                       credit.credit_id, ts.id, line.line_id, link.invoice_id,
                       link.administration_id, %(company)s,
                       COALESCE(ts.user_id, resource.user_id), hour.date,
                       COALESCE(ts.employee_id, employee.id), COALESCE(ts.project_id, project.id),
                       ts.task_id, link.partner_id, hour.name, hour.hours,
                       COALESCE(hour.billed_hours, 0), COALESCE(hour.rate, 0),
                       CASE WHEN hour.rate_source IN %(known)s THEN hour.rate_source END,
                       COALESCE(hour.amount, 0), hour.covered, hour.holds,
                       CASE WHEN NOT hour.holds THEN COALESCE(hour.released_at, %(now)s) END,
                       CASE WHEN hour.holds AND ts.id IS NOT NULL
                       THEN COALESCE(before.number, 0) - 1 + row_number() OVER (
                           PARTITION BY link.administration_id, ts.id, hour.holds
                           ORDER BY hour.repeat_no, hour.position)
                       ELSE COALESCE(hour.repeat_no, 0) END
                  FROM keeping_exact_import_hours hour
                  JOIN keeping_exact_import_invoices link USING (reference)
                  LEFT JOIN keeping_exact_import_lines line
                         ON line.reference = hour.reference AND line.line = hour.line
                  LEFT JOIN keeping_exact_import_hours corrected ON corrected.hour = hour.corrects
                  LEFT JOIN keeping_exact_import_credits credit ON credit.credit = hour.credit
                  LEFT JOIN account_analytic_line ts
                         ON ts.id = hour.target AND hour.reason IS NULL
                        AND ts.company_id = %(company)s AND ts.project_id IS NOT NULL
                  LEFT JOIN (
                      SELECT lower(btrim(name)) AS name, min(id) AS id FROM hr_employee
                       WHERE company_id = %(company)s GROUP BY 1 HAVING count(*) = 1
                  ) employee ON employee.name = lower(btrim(hour.employee))
                  LEFT JOIN hr_employee person ON person.id = employee.id
                  LEFT JOIN resource_resource resource ON resource.id = person.resource_id
                  LEFT JOIN (
                      SELECT lower(btrim(name->>'en_US')) AS name, min(id) AS id
                        FROM project_project WHERE company_id = %(company)s
                       GROUP BY 1 HAVING count(*) = 1
                  ) project ON project.name = lower(btrim(hour.project))
                  LEFT JOIN LATERAL (
                      SELECT max(h.repeat_no) + 1 AS number FROM keeping_exact_hour h
                       WHERE h.timesheet_id = ts.id AND h.live
                         AND h.administration_id = link.administration_id
                  ) before ON TRUE
                 WHERE link.invoice_id IS NOT NULL
                RETURNING CASE WHEN live THEN timesheet_id END
                """,
                company=self.company_id.id,
                known=known,
                now=fields.Datetime.now(),
            )
        )
        self.env["keeping.exact.hour"]._follow_sql(list({row[0] for row in rows if row[0]}))
