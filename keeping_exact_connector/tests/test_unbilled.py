from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestUnbilled(ExactCase):
    """Hours to invoice: what they are worth, how old they are, and what was open on a day."""

    def _unbilled(self, user=None, as_of=None, company=None):
        Unbilled = self.env["keeping.exact.unbilled"].with_user(user or self.invoicer)
        self.env.flush_all()
        return Unbilled.with_context(keeping_exact_as_of=as_of).with_company(
            company or self.company
        )

    def _sum(self, **options):
        rows = self._unbilled(**options).search([("company_id", "=", self.company.id)])
        return sum(rows.mapped("hours"))

    def test_hours_have_the_value_of_the_rate_card(self):
        self.env["keeping.exact.rate"].create(
            {"company_id": self.company.id, "hourly_rate": 90, "project_id": self.project.id}
        )
        self._make_hours(1.5)
        self._make_hours(2, project=self._make_project("Shop", self._make_partner("Ander")))
        rows = self._unbilled().search([("company_id", "=", self.company.id)])
        self.assertEqual(sorted(rows.mapped("value")), [0, 135])
        priced = rows.filtered("rate_id")
        self.assertEqual((priced.rate, priced.rate_source), (90, "project"))
        [(partner, hours, value)] = self._unbilled()._read_group(
            [("partner_id", "=", self.customer.id)],
            ["partner_id"],
            ["hours:sum", "value:sum"],
        )
        self.assertEqual((partner, hours, value), (self.customer, 1.5, 135))

    def test_only_direct_hours_that_nobody_billed_are_there(self):
        self._make_hours(1)
        self._preview()
        self._make_hours(2)
        indirect = self._make_project("Own", self.customer)
        indirect.keeping_exact_hours = "indirect"
        self._make_hours(4, project=indirect)
        never = self._make_hours(8)
        self.env["keeping.exact.exclusion"].sudo()._exclude(never, "Goodwill")
        self._make_hours(0)
        self.assertEqual(self._sum(), 2)

    def test_hours_without_a_customer_are_listed_too(self):
        self._make_hours(2, project=self._make_project("Nobody", self.env["res.partner"]))
        rows = self._unbilled().search([("partner_id", "=", False)])
        self.assertEqual(sum(rows.mapped("hours")), 2)

    def test_age_counts_from_the_day_of_the_work(self):
        today = fields.Date.today()
        for days, age in ((0, "1"), (30, "1"), (31, "2"), (60, "2"), (61, "3"), (91, "4")):
            hours = self._make_hours(1, date=today - timedelta(days=days))
            with self.subTest(days=days):
                self.assertEqual(self._unbilled().browse(hours.id).age, age)

    def test_what_was_still_to_bill_on_a_day_in_the_past(self):
        old = self._make_hours(1, date="2025-12-30")
        self._make_hours(2, date="2025-12-31")
        self._make_hours(4, date="2026-01-01")
        self.assertEqual(self._sum(as_of="2025-12-31"), 3)
        # Billed this year, so still open at the end of the last one.
        self._preview(timesheet_ids=old.ids, invoice_date="2026-01-15")
        self.assertEqual(self._sum(), 6)
        self.assertEqual(self._sum(as_of="2025-12-31"), 3)
        self.assertEqual(self._sum(as_of="2026-01-15"), 6)
        # Billed last year and freed today: it was billed then.
        invoice = self._preview(date_to="2025-12-31", invoice_date="2025-12-31")
        invoice.action_release()
        self.assertEqual(self._sum(as_of="2025-12-31"), 1)

    def test_the_day_is_asked_for_and_shown(self):
        wizard = self.env["keeping.exact.unbilled.as.of"].with_user(self.invoicer)
        wizard = wizard.create({"day": "2025-12-31"})
        action = wizard.action_show()
        self.assertEqual(action["context"]["keeping_exact_as_of"], "2025-12-31")
        self.assertIn("2025", action["name"])

    def test_the_selection_becomes_an_invoice(self):
        hours = self._make_hours(1, 2)
        rows = self._unbilled().browse(hours.ids)
        action = rows.action_create_invoice()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.timesheet_ids, hours)

    def test_nobody_sees_more_than_of_the_timesheets(self):
        self._make_hours(1)
        secret = self._make_project("Secret", self.customer)
        secret.privacy_visibility = "followers"
        hidden = self._make_hours(2, project=secret)
        self.assertEqual(self._sum(), 1)
        with self.assertRaises(AccessError):
            self._unbilled().browse(hidden.id).read(["value"])
        for user in (self.viewer, self.administrator):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._unbilled(user=user).search([])
        theirs = self._unbilled(user=self.outsider, company=self.other_company)
        self.assertFalse(theirs.search([("company_id", "=", self.company.id)]))
