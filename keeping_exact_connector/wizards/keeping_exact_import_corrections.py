from odoo import models
from odoo.tools import SQL

from ..tools.links_file.columns import CORRECTIONS


class KeepingExactImportCorrections(models.TransientModel):
    """Corrections of billed hours in a file, and the hours on later invoices that settle them."""

    _inherit = "keeping.exact.import"

    # ------------------------------------------------------------------ what no file of ours has

    def _check_staged(self):
        known = self._get_choices("keeping.exact.correction", "kind")
        self._check_choice(CORRECTIONS, "kind", known)
        return super()._check_staged()

    def _get_contradictions(self):
        return {
            **super()._get_contradictions(),
            "hour_twice": SQL(
                "SELECT min(reference) FROM keeping_exact_import_hours WHERE hour IS NOT NULL"
                " GROUP BY hour HAVING count(*) > 1"
            ),
            "no_hour": SQL(
                """
                SELECT correction.reference FROM keeping_exact_import_corrections correction
                 WHERE NOT EXISTS (SELECT FROM keeping_exact_import_hours hour
                                    WHERE hour.hour = correction.hour
                                      AND hour.reference = correction.reference)
                """
            ),
            "correction": SQL(
                "SELECT reference FROM keeping_exact_import_corrections WHERE kind = 'corrected'"
                " AND num_nulls(hours_before, hours_after, billed_after, amount_after) > 0"
            ),
            # What settles a correction has no timesheet, so nothing corrects it in its turn.
            "corrects": SQL(
                """
                SELECT mine.reference FROM keeping_exact_import_hours mine
                  JOIN keeping_exact_import_invoices link ON link.reference = mine.reference
                  LEFT JOIN keeping_exact_import_hours corrected ON corrected.hour = mine.corrects
                  LEFT JOIN keeping_exact_import_invoices other
                         ON other.reference = corrected.reference
                 WHERE mine.corrects IS NOT NULL
                   AND (mine.timesheet IS NOT NULL OR mine.line IS NULL
                        OR corrected.corrects IS NOT NULL
                        OR (other.site, other.administration, other.currency)
                           != (link.site, link.administration, link.currency))
                """
            ),
        }

    # ------------------------------------------------------------------ verdict

    def _judge(self, manifest):
        """Hold back what settles a correction of an hour that is not imported itself."""
        result = super()._judge(manifest)
        if self.env.execute_query(
            SQL("SELECT FROM keeping_exact_import_hours WHERE corrects IS NOT NULL LIMIT 1")
        ):
            self._refuse_without_corrected()
            self._count_hours()
            self._hold_with_corrected()
            self._complete_settling()
            self._count_hours()
        return result

    def _refuse_without_corrected(self):
        """Find what corrects an hour that is neither in the file nor here, or not billed here."""
        self.env.cr.execute(
            """
            UPDATE keeping_exact_import_hours settling SET reason = 'corrected'
             WHERE settling.live AND settling.corrects IS NOT NULL
               AND NOT EXISTS (
                   SELECT FROM keeping_exact_import_hours corrected
                     JOIN keeping_exact_import_invoices link USING (reference)
                    WHERE corrected.hour = settling.corrects
                      AND CASE WHEN link.existing_id IS NULL
                               THEN NOT corrected.live OR corrected.reason IS NULL
                               ELSE corrected.here_id IS NOT NULL
                                    AND (NOT corrected.live OR corrected.here_live
                                         OR corrected.rest) END)
            """
        )

    def _hold_with_corrected(self):
        """Hold back what corrects an hour on a link that is held back, and so on."""
        self.env.cr.execute(
            """
            WITH RECURSIVE held AS (
                SELECT reference FROM keeping_exact_import_invoices
                 WHERE existing_id IS NULL
                   AND (problem IS NOT NULL OR matched_count < live_count)
                 UNION
                SELECT settling.reference FROM held
                  JOIN keeping_exact_import_hours corrected USING (reference)
                  JOIN keeping_exact_import_hours settling
                    ON settling.corrects = corrected.hour AND settling.live
                  JOIN keeping_exact_import_invoices link
                    ON link.reference = settling.reference AND link.existing_id IS NULL
            )
            UPDATE keeping_exact_import_hours settling SET reason = 'corrected'
              FROM keeping_exact_import_hours corrected JOIN held USING (reference)
             WHERE settling.corrects = corrected.hour AND settling.live
            """
        )

    # ------------------------------------------------------------------ saving

    def _choose_holding(self):
        """What corrects an hour stands for it as long as that does, or not, as it did before."""
        result = super()._choose_holding()
        self.env.cr.execute(
            """
            UPDATE keeping_exact_import_hours settling SET holds = TRUE
              FROM keeping_exact_import_hours corrected
             WHERE settling.live AND settling.hour_id IS NOT NULL
               AND (settling.here_id IS NULL OR settling.rest)
               AND corrected.hour = settling.corrects
               AND COALESCE(corrected.hour_id, corrected.here_id) IS NOT NULL
               AND (NOT corrected.live OR corrected.holds OR COALESCE(corrected.here_live, FALSE))
            """
        )
        return result

    def _insert_hours(self):
        result = super()._insert_hours()
        self._insert_corrections()
        return result

    def _insert_corrections(self):
        """Write who corrected, when and why, in the order of before: the latest counts.

        What an hour has already is left alone.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO keeping_exact_correction (
                    hour_id, company_id, kind, reason, hours_before, hours_after, billed_after,
                    amount_after, under_way, create_uid, write_uid, create_date, write_date)
                SELECT hour.hour_id, %(company)s, correction.kind, correction.reason,
                       correction.hours_before, correction.hours_after, correction.billed_after,
                       correction.amount_after, FALSE, person.id, %(user)s,
                       correction.moment, now() AT TIME ZONE 'UTC'
                  FROM keeping_exact_import_corrections correction
                  JOIN keeping_exact_import_hours hour
                    ON hour.hour = correction.hour AND hour.hour_id IS NOT NULL
                  LEFT JOIN (%(people)s) person ON person.name = correction.person
                 WHERE NOT EXISTS (SELECT FROM keeping_exact_correction known
                                    WHERE known.hour_id = hour.hour_id)
                 ORDER BY correction.position
                """,
                company=self.company_id.id,
                user=self.env.uid,
                people=self._sql_people(),
            )
        )
        self.env["keeping.exact.correction"].invalidate_model()
        self.env["keeping.exact.correction.open"].invalidate_model()
