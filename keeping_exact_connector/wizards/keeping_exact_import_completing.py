from collections import Counter

from odoo import models
from odoo.tools import SQL

from .keeping_exact_import_saving import BATCH

# Of an invoice that is gone, or whose hours were released, nothing is billed any more.
IN_FORCE = ("open", "processed", "paid")


class KeepingExactImportCompleting(models.TransientModel):
    """A link that was imported without all its hours: those that are found now are added to it."""

    _inherit = "keeping.exact.import"

    def _find_existing(self):
        result = super()._find_existing()
        self._pair_hours()
        return result

    def _pair_hours(self):
        """Find the rows here of the hours of links that are here already.

        Hours are written in the order of the file, which is that of the database it comes from:
        the first is the first, as long as day and description agree.
        """
        self._make_temporary(
            "rows",
            SQL(
                """
                SELECT id, invoice_id AS key, live, date, name,
                       row_number() OVER (PARTITION BY invoice_id ORDER BY id) AS nth
                  FROM keeping_exact_hour
                 WHERE invoice_id IN (SELECT existing_id FROM keeping_exact_import_invoices)
                """
            ),
        )
        self.env.cr.execute("CREATE INDEX ON keeping_exact_import_rows (key, nth)")
        self.env.cr.execute(
            """
            UPDATE keeping_exact_import_hours hour SET here_id = here.id, here_live = here.live
              FROM (
                  SELECT hour.position, link.existing_id,
                         row_number() OVER (PARTITION BY reference ORDER BY hour.position) AS nth
                    FROM keeping_exact_import_hours hour
                    JOIN keeping_exact_import_invoices link USING (reference)
                   WHERE link.existing_id IS NOT NULL
              ) mine
              JOIN keeping_exact_import_rows here
                ON here.key = mine.existing_id AND here.nth = mine.nth
             WHERE hour.position = mine.position AND here.date IS NOT DISTINCT FROM hour.date
               AND COALESCE(here.name, '') = COALESCE(hour.name, '')
            """
        )

    def _match_hours(self, manifest):
        result = super()._match_hours(manifest)
        self._find_rest()
        return result

    def _find_rest(self):
        """Find the hours that their link here lacks, and that are found and free now."""
        self._mark_rest(
            SQL(
                """
                hour.target IS NOT NULL
                AND NOT EXISTS (SELECT FROM keeping_exact_hour other
                                 WHERE other.timesheet_id = hour.target AND other.live
                                   AND other.administration_id = here.administration_id)
                """
            )
        )

    def _complete_settling(self):
        """Find what settles a correction, and its link here lacks because of the corrected hour."""
        self._mark_rest(SQL("hour.corrects IS NOT NULL"))

    def _mark_rest(self, which):
        """Mark hours of the file whose row here holds nothing, of a link that is in force.

        :param SQL which: condition on ``hour`` of the file and ``here``, its row
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE keeping_exact_import_hours hour SET rest = TRUE
                  FROM keeping_exact_import_invoices link, keeping_exact_invoice existing,
                       keeping_exact_hour here
                 WHERE link.reference = hour.reference AND existing.id = link.existing_id
                   AND existing.state IN %(in_force)s AND here.id = hour.here_id
                   AND hour.live AND hour.reason IS NULL AND %(which)s
                   AND NOT here.live AND here.timesheet_id IS NULL AND here.credit_id IS NULL
                   AND round(here.hours::numeric, 4) = round(hour.hours, 4)
                """,
                in_force=IN_FORCE,
                which=which,
            )
        )

    # ------------------------------------------------------------------ saving

    def _choose_holding(self):
        self.env.cr.execute(
            """
            UPDATE keeping_exact_import_hours SET hour_id = here_id, holds = corrects IS NULL
             WHERE rest
            """
        )
        return super()._choose_holding()

    def _insert_hours(self):
        result = super()._insert_hours()
        self._add_rest()
        return result

    def _add_rest(self):
        """Have the rows of these hours bill their timesheets; what was billed stays as it was."""
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE keeping_exact_hour here
                   SET live = TRUE, released_at = NULL, timesheet_id = sheet.id,
                       corrected_id = COALESCE(corrected.hour_id, corrected.here_id),
                       user_id = COALESCE(sheet.user_id, here.user_id),
                       employee_id = COALESCE(sheet.employee_id, here.employee_id),
                       project_id = COALESCE(sheet.project_id, here.project_id),
                       task_id = COALESCE(sheet.task_id, here.task_id),
                       repeat_no = COALESCE(hour.free_no, here.repeat_no)
                  FROM (%(numbered)s) hour
                  LEFT JOIN account_analytic_line sheet
                         ON sheet.id = hour.target AND sheet.company_id = %(company)s
                        AND sheet.project_id IS NOT NULL
                  LEFT JOIN keeping_exact_import_hours corrected ON corrected.hour = hour.corrects
                 WHERE hour.rest AND hour.holds AND here.id = hour.hour_id
                   AND here.company_id = %(company)s
                RETURNING here.timesheet_id, here.invoice_id
                """,
                numbered=self._sql_numbered_rest(),
                company=self.company_id.id,
            )
        )
        if rows:
            self.env["keeping.exact.hour"]._follow_sql(list({row[0] for row in rows if row[0]}))
            self._note_completed(Counter(link for _timesheet, link in rows))

    def _sql_numbered_rest(self):
        """Return SQL of the hours to add, with a number that is free where others bill the same.

        A timesheet that was billed twice on purpose may stand on a link that is new in this file.
        """
        return SQL(
            """
            SELECT hour.*, CASE WHEN hour.target IS NOT NULL THEN
                   COALESCE(taken.number, 0) - 1 + row_number() OVER (
                       PARTITION BY row.administration_id, hour.target
                       ORDER BY row.repeat_no, hour.position) END AS free_no
              FROM keeping_exact_import_hours hour
              JOIN keeping_exact_hour row ON row.id = hour.hour_id
              LEFT JOIN LATERAL (
                  SELECT max(other.repeat_no) + 1 AS number FROM keeping_exact_hour other
                   WHERE other.timesheet_id = hour.target AND other.live
                     AND other.administration_id = row.administration_id
              ) taken ON TRUE
             WHERE hour.rest AND hour.holds
            """
        )

    def _note_completed(self, counts):
        """Have the history of each link say which hours were added, by whom.

        :param dict counts: id of the link → number of hours
        """
        links = self.env["keeping.exact.invoice"].sudo().browse(counts)
        bodies = {
            link.id: self.env._(
                "%(person)s added %(count)s entries from a file of %(organisation)s, exported on "
                "%(moment)s: they were not found when this link was imported.",
                person=self.env.user.name,
                count=counts[link.id],
                organisation=self.organisation,
                moment=self.exported_at,
            )
            for link in links
        }
        for start in range(0, len(links), BATCH):
            some = links[start : start + BATCH]
            some._message_log_batch(bodies={link.id: bodies[link.id] for link in some})
