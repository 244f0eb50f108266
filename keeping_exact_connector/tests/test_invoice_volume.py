from datetime import date

from odoo.tests import tagged

from .common import ExactCase

CUSTOMERS = 50
SOME, MANY = 1_000, 10_000


@tagged("post_install", "-at_install")
class TestInvoiceVolume(ExactCase):
    """Many hours cost time, and no queries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["keeping.exact.rate"].with_company(cls.company).create(
            {"company_id": cls.company.id, "hourly_rate": 95}
        )
        for number in range(CUSTOMERS):
            partner = cls._make_partner(f"Customer {number}")
            cls._make_customer(partner.name, partner_id=partner.id)
            cls._make_hours(1, project=cls._make_project(f"Project {number}", partner))
        cls.patterns = cls.env["account.analytic.line"].search(
            [("project_id.name", "like", "Project ")]
        )

    def _copy_hours(self, count, day):
        """Make hours by SQL: what the ORM needs for so many is not what is measured."""
        self.env.flush_all()
        columns = ", ".join(
            name
            for name, field in self.patterns._fields.items()
            if field.store and field.column_type and name not in ("id", "date")
        )
        self.env.cr.execute(
            f"""
            INSERT INTO account_analytic_line (date, {columns})
            SELECT %s, {columns} FROM account_analytic_line, generate_series(1, %s)
             WHERE id = ANY(%s)
            """,
            (day, count // CUSTOMERS, self.patterns.ids),
        )
        self.env.invalidate_all()

    def _count(self, work):
        before = self.env.cr.sql_log_count
        result = work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, result

    def _choose_and_preview(self, day):
        """Return the queries of choosing and of making the drafts, and the drafts."""
        self.env.invalidate_all()
        wizard = self._wizard(date_from=day, date_to=day, rate_mode="rate_card", group_by="task")
        self.env.flush_all()
        choosing, _text = self._count(lambda: (wizard.found_count, wizard.left_out))
        making, drafts = self._count(wizard._make_drafts)
        return choosing, making, drafts

    def test_ten_times_the_hours_take_no_more_queries(self):
        days = {SOME: date(2026, 9, 1), MANY: date(2026, 9, 2)}
        for count, day in days.items():
            self._copy_hours(count, day)
        # What is read once per registry is not to count for the first of the two.
        self._choose_and_preview(date(2026, 10, 12))
        some = self._choose_and_preview(days[SOME])
        many = self._choose_and_preview(days[MANY])
        for count, found in ((SOME, some), (MANY, many)):
            drafts = found[2].sudo()
            self.assertEqual(len(drafts), CUSTOMERS)
            self.assertEqual(len(drafts.hour_ids), count)
            self.assertAlmostEqual(sum(drafts.mapped("amount_untaxed")), count * 95, 2)
        self.assertLessEqual(many[0], some[0])
        self.assertLessEqual(many[1], some[1] + MANY // 1_000)
