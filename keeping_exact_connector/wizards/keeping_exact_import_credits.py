from odoo import models
from odoo.tools import SQL

from ..tools.links_file import CREDITED
from ..tools.links_file.columns import CREDITS

CREDIT = "keeping.exact.credit"


class KeepingExactImportCredits(models.TransientModel):
    """Credits in a file: what credit notes took off an invoice, and the hours that they freed."""

    _inherit = "keeping.exact.import"

    # ------------------------------------------------------------------ what no file of ours has

    def _check_staged(self):
        for column in ("origin", "source"):
            self._check_choice(CREDITS, column, self._get_choices(CREDIT, column))
        self._check_choice(CREDITS, "state", CREDITED)
        self._check_choice(CREDITS, "state_before", ("processed", "paid"))
        return super()._check_staged()

    def _get_contradictions(self):
        return {
            **super()._get_contradictions(),
            "credit_twice": SQL(
                "SELECT min(reference) FROM keeping_exact_import_credits"
                " GROUP BY credit HAVING count(*) > 1"
            ),
            "credit_line": SQL(
                """
                SELECT part.reference FROM keeping_exact_import_credit_lines part
                 WHERE NOT EXISTS (SELECT FROM keeping_exact_import_credits credit
                                    WHERE credit.credit = part.credit
                                      AND credit.reference = part.reference)
                    OR NOT EXISTS (SELECT FROM keeping_exact_import_lines line
                                    WHERE line.line = part.line
                                      AND line.reference = part.reference)
                """
            ),
            "credited": SQL(
                """
                SELECT hour.reference FROM keeping_exact_import_hours hour
                 WHERE hour.credit IS NOT NULL
                   AND (hour.live
                        OR NOT EXISTS (SELECT FROM keeping_exact_import_credits credit
                                        WHERE credit.credit = hour.credit
                                          AND credit.state = 'done'
                                          AND credit.reference = hour.reference))
                """
            ),
            "credit_name": SQL(
                "SELECT reference FROM keeping_exact_import_credits"
                " WHERE name !~ '^[ -~]{1,12}$' OR part_no < 1"
            ),
        }

    # ------------------------------------------------------------------ saving

    def _insert_hours(self):
        # The hours that they freed name them.
        self._insert_credits()
        self._insert_credit_lines()
        result = super()._insert_hours()
        for model in (CREDIT, "keeping.exact.credit.line"):
            self.env[model].invalidate_model()
        return result

    def _insert_credits(self):
        """Write the credits of the links that are new.

        A credit note that somebody has confirmed here for another link meanwhile counts on.
        """
        self.env.cr.execute(
            """
            UPDATE keeping_exact_import_credits credit
               SET credit_id = nextval(pg_get_serial_sequence('keeping_exact_credit', 'id'))
              FROM keeping_exact_import_invoices link
             WHERE link.reference = credit.reference AND link.invoice_id IS NOT NULL
            """
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO keeping_exact_credit (
                    id, invoice_id, administration_id, company_id, name, state, origin, source,
                    guid, number, description, credit_date, note_amount, part_no, amount,
                    hour_amount, difference_accepted, reasons, state_before, removed_at,
                    create_uid, write_uid, create_date, write_date)
                SELECT credit.credit_id, link.invoice_id, link.administration_id, %(company)s,
                       credit.name, credit.state, credit.origin, credit.source, credit.guid,
                       credit.number, credit.description, credit.credit_date, credit.note_amount,
                       COALESCE(used.parts, 0) + row_number() OVER (
                           PARTITION BY link.administration_id, credit.guid, credit.state
                           ORDER BY credit.part_no, credit.position),
                       credit.amount, credit.hour_amount,
                       COALESCE(credit.difference_accepted, FALSE), credit.reasons,
                       credit.state_before, credit.removed_at, person.id, %(user)s,
                       COALESCE(credit.moment, now() AT TIME ZONE 'UTC'), now() AT TIME ZONE 'UTC'
                  FROM keeping_exact_import_credits credit
                  JOIN keeping_exact_import_invoices link USING (reference)
                  LEFT JOIN (%(people)s) person ON person.name = credit.person
                  LEFT JOIN (
                      SELECT administration_id, guid, max(part_no) AS parts
                        FROM keeping_exact_credit WHERE state = 'done' GROUP BY 1, 2
                  ) used ON used.administration_id = link.administration_id
                        AND used.guid = credit.guid
                 WHERE credit.credit_id IS NOT NULL
                """,
                company=self.company_id.id,
                user=self.env.uid,
                people=self._sql_people(),
            )
        )

    def _insert_credit_lines(self):
        self.env.cr.execute(
            """
            INSERT INTO keeping_exact_credit_line (
                credit_id, company_id, invoice_line_id, amount, quantity, unit_price,
                create_uid, write_uid, create_date, write_date)
            SELECT credit.credit_id, %(company)s, line.line_id, part.amount, part.quantity,
                   part.unit_price, %(user)s, %(user)s,
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM keeping_exact_import_credit_lines part
              JOIN keeping_exact_import_credits credit USING (credit)
              JOIN keeping_exact_import_lines line ON line.line = part.line
             WHERE credit.credit_id IS NOT NULL
             ORDER BY part.position
            """,
            {"company": self.company_id.id, "user": self.env.uid},
        )
