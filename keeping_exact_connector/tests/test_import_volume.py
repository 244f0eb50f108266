import io
import logging
import time
import tracemalloc

from odoo.tests import tagged

from .move_case import MoveCase

SOME, MANY = 1_000, 6_000
_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestImportVolume(MoveCase):
    """Many hours cost time, and neither queries nor memory."""

    def _bill_many(self, count, date):
        """Make a link of many hours by copying one, as SQL does it."""
        invoice = self._bill(1, date=date)
        self.env.flush_all()
        [pattern] = invoice.hour_ids
        for record, more in ((pattern.timesheet_id, {"name": "'Work ' || n"}), (pattern, {})):
            table = record._table
            self.env.cr.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = %s AND column_name != 'id' AND is_generated = 'NEVER'"
                " AND table_schema = current_schema",
                (table,),
            )
            columns = [f'"{name}"' for [name] in self.env.cr.fetchall()]
            values = [more.get(name.strip('"'), name) for name in columns]
            if table == "keeping_exact_hour":
                values[columns.index('"timesheet_id"')] = "made.id"
                values[columns.index('"name"')] = "made.name"
                self.env.cr.execute(
                    f"INSERT INTO {table} ({', '.join(columns)})"
                    f" SELECT {', '.join(v if '.' in v else 'h.' + v for v in values)}"
                    " FROM keeping_exact_hour h, account_analytic_line made"
                    " WHERE h.id = %s AND made.id > %s",
                    (pattern.id, pattern.timesheet_id.id),
                )
            else:
                self.env.cr.execute(
                    f"INSERT INTO {table} ({', '.join(columns)})"
                    f" SELECT {', '.join(values)} FROM {table}, generate_series(2, %s) n"
                    " WHERE id = %s",
                    (count, record.id),
                )
        self.env.invalidate_all()
        self.env.cr.execute("ANALYZE keeping_exact_hour, account_analytic_line")

    def _measure(self, count, date):
        self._bill_many(count, date)
        queries, began = self.env.cr.sql_log_count, time.monotonic()
        content = self._export()
        exported = time.monotonic() - began
        self._forget()
        began = time.monotonic()
        wizard = self._previewed(content)
        shown = time.monotonic() - began
        self.assertEqual((wizard.hour_count, wizard.unmatched_count), (count, 0))
        began = time.monotonic()
        wizard.action_import()
        self.env.flush_all()
        imported = time.monotonic() - began
        domain = [("company_id", "=", self.company.id), ("live", "=", True)]
        self.assertEqual(self.env["keeping.exact.hour"].search_count(domain), count)
        _logger.info(
            "%s hours: exported in %.1f s (%s bytes), shown in %.1f s, imported in %.1f s",
            count, exported, len(content), shown, imported,
        )  # fmt: skip
        self._forget()
        return self.env.cr.sql_log_count - queries, exported, shown, imported

    def test_many_hours_take_seconds_and_no_query_for_each(self):
        some, *_seconds = self._measure(SOME, "2026-10-05")
        many, *seconds = self._measure(MANY, "2026-10-06")
        # Those are the batches that are read and written: 4 for hours, three times.
        self.assertLessEqual(many - some, MANY // 250)
        for second in seconds:
            self.assertLess(second, 30)

    def _measure_corrected(self, count, date):
        """Return the queries that moving takes where each hour was corrected since."""
        self._bill_many(count, date)
        self.env.cr.execute(
            """
            INSERT INTO keeping_exact_correction (
                hour_id, company_id, kind, reason, hours_before, hours_after, billed_after,
                amount_after, create_uid, create_date)
            SELECT id, company_id, 'corrected', 'Break', 1, 0.5, 0.5, 50, %s, now()
              FROM keeping_exact_hour WHERE live AND company_id = %s
            """,
            (self.invoicer.id, self.company.id),
        )
        self.env.cr.execute(
            "UPDATE account_analytic_line SET unit_amount = 0.5 WHERE id IN"
            " (SELECT timesheet_id FROM keeping_exact_hour WHERE live AND company_id = %s)",
            (self.company.id,),
        )
        self.env.invalidate_all()
        queries = self.env.cr.sql_log_count
        content = self._export()
        self._forget()
        wizard = self._previewed(content)
        self.assertEqual((wizard.hour_count, wizard.unmatched_count), (count, 0))
        self.assertEqual(wizard.correction_count, count)
        wizard.action_import()
        self.env.flush_all()
        queries = self.env.cr.sql_log_count - queries
        Open = self.env["keeping.exact.correction.open"]
        self.assertEqual(Open.search_count([("company_id", "=", self.company.id)]), count)
        began = time.monotonic()
        self.assertEqual(self._previewed(content).here_count, 1)
        self.assertLess(time.monotonic() - began, 15)
        self._forget()
        return queries

    def test_corrections_take_no_query_for_each(self):
        some, many = (
            self._measure_corrected(count, date)
            for count, date in ((200, "2026-10-05"), (4_000, "2026-10-06"))
        )
        self.assertLessEqual(many - some, 20)

    def test_memory_stays_flat_while_the_file_is_written(self):
        def peak(count, date):
            self._bill_many(count, date)
            Export = self.env["keeping.exact.export"].with_user(self.mover)
            export = (
                Export.with_company(self.company)
                .sudo()
                .create({"company_id": self.company.id})
                .with_user(self.mover)
            )
            tracemalloc.start()
            try:
                export._write_file(io.BytesIO())
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
                self._forget()

        # Two batches of 5,000 are in memory at once, of the last one and of the next.
        few, many = peak(10_000, "2026-10-07"), peak(25_000, "2026-10-08")
        # The file itself is in memory here, and grows along.
        self.assertLess(many, few * 1.5)
