import time

from odoo.tests import tagged

from .link_case import LinkCase

SOME, MANY = 1_000, 10_000


@tagged("post_install", "-at_install")
class TestLinkVolume(LinkCase):
    """Many hours cost time, and no queries."""

    profile = "strict"

    def _copy_hours(self, count, date):
        [pattern] = self._make_hours(1, date=date)
        self.env.flush_all()
        columns = ", ".join(
            name
            for name, field in pattern._fields.items()
            if field.store and field.column_type and name != "id"
        )
        self.env.cr.execute(
            f"INSERT INTO account_analytic_line ({columns}) SELECT {columns}"
            " FROM account_analytic_line, generate_series(2, %s) WHERE id = %s",
            (count, pattern.id),
        )
        self.env.invalidate_all()

    def _queries_of_linking(self, count, day):
        self._copy_hours(count, day)
        guid = self._bill((count, 100, "Website"))
        link = self._open_link()
        before, began = self.env.cr.sql_log_count, time.monotonic()
        link._choose(guid)
        link.write({"date_from": day, "date_to": day})
        link.action_compare()
        invoice = self._saved(link)
        self.env.flush_all()
        self.assertEqual(len(invoice.hour_ids), count)
        self.assertEqual(invoice.hours, count)
        return self.env.cr.sql_log_count - before, time.monotonic() - began

    def test_ten_thousand_hours_are_linked_without_a_query_for_each(self):
        some, _seconds = self._queries_of_linking(SOME, "2026-10-05")
        many, seconds = self._queries_of_linking(MANY, "2026-10-06")
        self.assertLessEqual(many - some, (MANY - SOME) // 1_000)
        self.assertLess(seconds, 60)
