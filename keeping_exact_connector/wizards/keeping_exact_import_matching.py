from odoo import models
from odoo.tools import SQL

from ..tools.identity import get_identity

# Between the parts of what an hour is known by; no text has it.
BETWEEN = "\x1f"
SQL_EXTERNAL = SQL(
    """
    EXISTS (SELECT FROM ir_model_data known
             WHERE known.model = 'account.analytic.line' AND known.res_id = here.id
               AND known.module = split_part(source.external_id, '.', 1)
               AND known.name = substr(source.external_id, strpos(source.external_id, '.') + 1))
    """
)


class KeepingExactImportMatching(models.TransientModel):
    """Which timesheet here each hour of the file is.

    Nothing in the file is trusted: an id or an external identifier only proposes a timesheet,
    which must be of this organisation, visible to this person, and say the same.
    """

    _inherit = "keeping.exact.import"

    def _match_hours(self, manifest):
        """Fill in ``target`` and ``reason`` of each hour of the file.

        :param dict manifest: of the file
        """
        self._find_timesheets()
        self._list_sources()
        # As a corrected hour is now; else as it was billed, where it moved before that.
        keys = (SQL("source.key"), SQL("source.billed_key"))
        if manifest["database"] == get_identity(self.env.cr)["uuid"]:
            for key in keys:
                self._match_by(key, SQL("here.id = source.timesheet"))
        for key in keys:
            self._match_by(key, SQL_EXTERNAL)
        for key in keys:
            self._match_by_what_they_say(key)
        self._explain_unmatched()
        self.env.cr.execute(
            """
            UPDATE keeping_exact_import_hours hour SET target = source.target,
                   reason = CASE WHEN hour.live THEN source.reason END
              FROM keeping_exact_import_sources source
             WHERE source.timesheet = hour.timesheet
            """
        )
        # In a file of version 1, what settled a correction does not tell of which hour.
        self.env.cr.execute(
            """
            UPDATE keeping_exact_import_hours SET reason = 'missing'
             WHERE live AND timesheet IS NULL AND corrects IS NULL
            """
        )

    def _find_timesheets(self):
        """List the timesheets of the days in the file, with what they are known by.

        ``taken`` is a link that bills them now and is not in the file; ``held`` tells that one of
        the file does.
        """
        self.env.flush_all()
        visible = self.env["account.analytic.line"]._search(
            [("company_id", "=", self.company_id.id), ("project_id", "!=", False)]
        )
        self._make_temporary(
            "here",
            SQL(
                """
                SELECT line.id, line.partner_id, %(key)s AS key,
                       (SELECT min(link.name) FROM keeping_exact_hour h
                          JOIN keeping_exact_invoice link ON link.id = h.invoice_id
                         WHERE h.timesheet_id = line.id AND h.live
                           AND NOT EXISTS (SELECT FROM keeping_exact_import_invoices mine
                                            WHERE mine.existing_id = link.id)) AS taken,
                       EXISTS (SELECT FROM keeping_exact_hour h
                                 JOIN keeping_exact_import_invoices mine
                                   ON mine.existing_id = h.invoice_id
                                WHERE h.timesheet_id = line.id AND h.live) AS held
                  FROM account_analytic_line line
                  LEFT JOIN uom_uom uom ON uom.id = line.product_uom_id
                  LEFT JOIN hr_employee employee ON employee.id = line.employee_id
                  LEFT JOIN project_project project ON project.id = line.project_id
                  LEFT JOIN project_task task ON task.id = line.task_id
                 WHERE line.date IN (SELECT date FROM keeping_exact_import_hours)
                   AND line.id IN (%(visible)s)
                """,
                key=self._sql_key(
                    SQL("line.date"),
                    SQL("employee.name"),
                    SQL(
                        "COALESCE(project.name->>%s, project.name->>'en_US')",
                        self.company_id.partner_id.lang or "en_US",
                    ),
                    SQL("task.name"),
                    SQL("line.name"),
                    SQL(
                        "(line.unit_amount * COALESCE(uom.factor, %(hour)s) / %(hour)s)",
                        hour=self.env.ref("uom.product_uom_hour").factor,
                    ),
                ),
                visible=visible.subselect(),
            ),
            "id",
        )

    def _list_sources(self):
        """List each timesheet of the file once: the same one may be on several links.

        ``key`` is what it says now, ``billed_key`` what it said when it was billed: after a
        correction that is another number of hours.
        """
        names = ("date", "employee", "project", "task", "name")
        said = [SQL("hour.%s", SQL.identifier(name)) for name in names]
        now = SQL("COALESCE(hour.timesheet_hours, hour.hours)")
        self._make_temporary(
            "sources",
            SQL(
                """
                SELECT DISTINCT ON (hour.timesheet) hour.timesheet, hour.external_id,
                       %(key)s AS key, %(billed_key)s AS billed_key,
                       bool_or(hour.live AND link.existing_id IS NOT NULL
                               AND COALESCE(hour.here_live, TRUE))
                           OVER (PARTITION BY hour.timesheet) AS held,
                       NULL::int AS target, NULL::text AS reason
                  FROM keeping_exact_import_hours hour
                  JOIN keeping_exact_import_invoices link ON link.reference = hour.reference
                 WHERE hour.timesheet IS NOT NULL
                 ORDER BY hour.timesheet, hour.live DESC, hour.position
                """,
                key=self._sql_key(*said, now),
                billed_key=self._sql_key(*said, SQL("hour.hours")),
            ),
            "billed_key",
            "timesheet",
            "target",
        )

    def _make_temporary(self, name, query, *columns):
        table = SQL.identifier(f"keeping_exact_import_{name}")
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
        self.env.cr.execute(SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", table, query))
        for column in ("key", *columns):
            self.env.cr.execute(SQL("CREATE INDEX ON %s (%s)", table, SQL.identifier(column)))
        self.env.cr.execute(SQL("ANALYZE %s", table))

    def _sql_key(self, date, employee, project, task, name, hours):
        """Return SQL of what an hour is known by: one text, whatever the case of its letters."""
        texts = (
            SQL("lower(btrim(COALESCE(%s, '')))", text) for text in (employee, project, task, name)
        )
        return SQL(
            "md5(concat_ws(%s, %s::text, %s, round(%s::numeric, 2)::text))",
            BETWEEN, date, SQL(", ").join(texts), hours,
        )  # fmt: skip

    def _match_by(self, key, condition):
        """Match where an identifier and what the hour says agree; each timesheet once.

        :param SQL key: column of the hour's key
        :param SQL condition: on ``here`` and ``source``
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE keeping_exact_import_sources source SET target = found.id
                  FROM (
                      SELECT DISTINCT ON (here.id) here.id, source.timesheet
                        FROM keeping_exact_import_sources source
                        JOIN keeping_exact_import_here here ON here.key = %(key)s
                       WHERE source.target IS NULL AND %(condition)s
                         AND NOT EXISTS (SELECT FROM keeping_exact_import_sources other
                                          WHERE other.target = here.id)
                       ORDER BY here.id, source.timesheet
                  ) found
                 WHERE found.timesheet = source.timesheet
                """,
                key=key,
                condition=condition,
            )
        )

    def _match_by_what_they_say(self, key):
        """Match hours that are alike where the file has as many of them as there are here.

        Else nobody can tell which of them is billed, and a person has to.

        :param SQL key: column of the hour's key
        """
        self.env.cr.execute(
            SQL(
                """
            WITH wanted AS (
                SELECT source.timesheet, %(key)s AS key, count(*) OVER alike AS number,
                       row_number() OVER (alike ORDER BY held DESC, timesheet) AS position
                  FROM keeping_exact_import_sources source WHERE target IS NULL
                WINDOW alike AS (PARTITION BY %(key)s)
            ), free AS (
                SELECT id, key, count(*) OVER alike AS number,
                       row_number() OVER (alike ORDER BY held DESC, id) AS position
                  FROM keeping_exact_import_here here
                 WHERE taken IS NULL
                   AND NOT EXISTS (SELECT FROM keeping_exact_import_sources other
                                    WHERE other.target = here.id)
                WINDOW alike AS (PARTITION BY key)
            )
            UPDATE keeping_exact_import_sources source SET target = free.id
              FROM wanted JOIN free USING (key, number, position)
             WHERE wanted.timesheet = source.timesheet
            """,
                key=key,
            )
        )

    def _explain_unmatched(self):
        """Say why an hour of the file is no timesheet here, or may not be billed here."""
        self.env.cr.execute(
            """
            WITH alike AS (
                SELECT key, bool_or(taken IS NULL) AS free FROM keeping_exact_import_here here
                 WHERE NOT EXISTS (SELECT FROM keeping_exact_import_sources other
                                    WHERE other.target = here.id)
                 GROUP BY key
            )
            UPDATE keeping_exact_import_sources source
               SET reason = CASE
                       WHEN here.id IS NOT NULL THEN
                           CASE WHEN here.taken IS NOT NULL OR here.held AND NOT mine.held
                                THEN 'taken' END
                       WHEN alike.free OR billed.free THEN 'ambiguous'
                       WHEN alike.key IS NOT NULL OR billed.key IS NOT NULL THEN 'taken'
                       ELSE 'missing' END
              FROM keeping_exact_import_sources mine
              LEFT JOIN keeping_exact_import_here here ON here.id = mine.target
              LEFT JOIN alike ON alike.key = mine.key
              LEFT JOIN alike billed ON billed.key = mine.billed_key
             WHERE mine.timesheet = source.timesheet
            """
        )
