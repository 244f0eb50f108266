from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ExactCase

FIRST = date(2026, 10, 1)
PLACES = ("task_id", "project_id", "partner_id", None)


@tagged("post_install", "-at_install")
class TestRates(ExactCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rate = cls.env["keeping.exact.rate"].with_company(cls.company)
        cls.other_task = cls.env["project.task"].create(
            {"name": "Build", "project_id": cls.project.id, "company_id": cls.company.id}
        )
        cls.other_project = cls._make_project("Shop", cls._make_partner("Ander"))
        cls.employees = cls.env["hr.employee"].search(
            [("company_id", "=", cls.company.id), ("user_id", "in", (cls.viewer.id,))]
        ) + cls.env["hr.employee"].search([("user_id", "=", cls.invoicer.id)], limit=1)

    def _rate(self, amount, **vals):
        return self.Rate.create({"company_id": self.company.id, "hourly_rate": amount, **vals})

    def _applied(self, hours):
        found = self.Rate._get_rates(hours.ids)
        return self.Rate.browse(found.get(hours.id))

    def test_task_goes_over_project_over_customer_over_organisation(self):
        hours = self._make_hours(1, task_id=self.task.id)
        self.assertFalse(self._applied(hours))
        for vals, source in (
            ({}, "company"),
            ({"partner_id": self.customer.id}, "partner"),
            ({"project_id": self.project.id}, "project"),
            ({"task_id": self.task.id}, "task"),
        ):
            with self.subTest(source=source):
                rate = self._rate(100, **vals)
                self.assertEqual(self._applied(hours), rate)
                self.assertEqual(rate._get_source(), source)

    def test_an_employee_goes_before_everybody_on_the_same_level_only(self):
        hours = self._make_hours(1, task_id=self.task.id)
        of_employee = self._rate(120, employee_id=hours.employee_id.id)
        self._rate(90)
        self.assertEqual(self._applied(hours), of_employee)
        self.assertEqual(of_employee._get_source(), "company_employee")
        of_project = self._rate(80, project_id=self.project.id)
        self.assertEqual(self._applied(hours), of_project)
        other = self._rate(70, project_id=self.project.id, employee_id=self.employees[1].id)
        self.assertEqual(self._applied(hours), of_project)
        mine = self._rate(60, project_id=self.project.id, employee_id=hours.employee_id.id)
        self.assertEqual(self._applied(hours), mine)
        self.assertNotEqual(self._applied(hours), other)

    def test_hours_of_the_past_keep_the_rate_of_their_date(self):
        old = self._rate(90)
        new = self._rate(100, date_from="2026-10-15")
        before = self._make_hours(1, date="2026-10-14")
        on_the_day = self._make_hours(1, date="2026-10-15")
        self.assertEqual(self._applied(before), old)
        self.assertEqual(self._applied(on_the_day), new)

    def test_a_particular_rate_that_has_not_begun_leaves_it_to_the_general_one(self):
        general = self._rate(90)
        self._rate(100, task_id=self.task.id, date_from="2026-11-01")
        hours = self._make_hours(1, task_id=self.task.id, date="2026-10-14")
        self.assertEqual(self._applied(hours), general)

    def test_rates_of_the_customer_hold_for_contacts_of_the_customer(self):
        contact = self.env["res.partner"].create({"name": "Jan", "parent_id": self.customer.id})
        rate = self._rate(90, partner_id=self.customer.id)
        hours = self._make_hours(1, project=self._make_project("App", contact))
        self.assertEqual(self._applied(hours), rate)
        with self.assertRaisesRegex(ValidationError, "give the rate to the latter"):
            self._rate(90, partner_id=contact.id)

    def test_rates_of_another_organisation_do_not_count(self):
        self.env["keeping.exact.rate"].create(
            {"company_id": self.other_company.id, "hourly_rate": 50}
        )
        self.assertFalse(self._applied(self._make_hours(1)))

    @mute_logger("odoo.sql_db")
    def test_the_same_rate_twice_is_refused(self):
        self._rate(90, task_id=self.task.id)
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._rate(95, task_id=self.task.id)
        self._rate(95, task_id=self.task.id, date_from="2026-10-01")
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._rate(99, task_id=self.task.id, date_from="2026-10-01")

    @mute_logger("odoo.sql_db")
    def test_a_rate_has_one_place_and_is_not_negative(self):
        for vals in (
            {"hourly_rate": -1},
            {"hourly_rate": 1, "task_id": self.task.id, "project_id": self.project.id},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.Rate.create({"company_id": self.company.id, **vals})

    def test_item_and_vat_code_are_of_one_administration(self):
        other = self._make_administration(self.company, 100009)
        item = (
            self.env["keeping.exact.item"]
            .sudo()
            .create({"administration_id": other.id, "code": "A", "name": "Advice"})
        )
        with self.assertRaisesRegex(ValidationError, "different administrations"):
            self._rate(90, item_id=item.id, vat_code_id=self.vat_code.id)

    def test_the_form_lets_choose_one_place(self):
        with Form(self.Rate.with_user(self.invoicer)) as form:
            form.partner_id = self.customer
            form.hourly_rate = 110
        rate = form.record
        self.assertEqual((rate.level, rate.company_id), ("partner", self.company))

    def test_no_rate_is_seen_by_others_or_of_others(self):
        rate = self._rate(90)
        for user in (self.viewer, self.env.ref("base.public_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                rate.with_user(user).read(["hourly_rate"])
        theirs = rate.with_user(self.outsider).with_company(self.other_company)
        with self.assertRaises(AccessError):
            theirs.read(["hourly_rate"])
        with self.assertRaises(AccessError):
            theirs.create({"company_id": self.company.id, "hourly_rate": 1})

    def test_rates_of_many_hours_take_one_query(self):
        self._rate(90)
        few, many = self._make_hours(*[1] * 3), self._make_hours(*[1] * 60)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.Rate._get_rates(few.ids)
        with self.assertQueryCount(1):
            found = self.Rate._get_rates(many.ids)
        self.assertEqual(len(found), 60)

    # Overlaps, gaps and the same day: whatever rates there are, the rule of the docstring holds.
    rates = st.lists(
        st.tuples(
            st.sampled_from(PLACES),
            st.booleans(),
            st.sampled_from((None, 0, 1)),
            st.sampled_from((None, 0, 5, 10, 15)),
        ),
        unique=True,
        max_size=12,
    )

    @settings(
        max_examples=30,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(rates=rates, day=st.integers(0, 20), employee=st.integers(0, 1))
    def test_dated_rates_follow_the_rule(self, rates, day, employee):
        savepoint = self.cr.savepoint(flush=True)
        try:
            made = [self._make_dated(*choice) for choice in rates]
            hours = self._make_hours(
                1,
                task_id=self.task.id,
                user=(self.viewer, self.invoicer)[employee],
                date=FIRST + timedelta(days=day),
            )
            self.assertEqual(self._applied(hours), self._by_the_rule(made, hours))
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _make_dated(self, place, mine, employee, start):
        here = {
            "task_id": self.task if mine else self.other_task,
            "project_id": self.project if mine else self.other_project,
            "partner_id": self.customer if mine else self.other_project.partner_id,
        }
        vals = {place: here[place].id} if place else {}
        if not place and not mine:
            vals = {"company_id": self.other_company.id}
            employee = None
        if employee is not None:
            vals["employee_id"] = self.employees[employee].id
        if start is not None:
            vals["date_from"] = FIRST + timedelta(days=start)
        existing = [(name, "=", value) for name, value in vals.items()]
        empty = [
            (n, "=", False) for n in (*PLACES[:3], "employee_id", "date_from") if n not in vals
        ]
        company = [] if "company_id" in vals else [("company_id", "=", self.company.id)]
        return self.Rate.search(existing + empty + company, limit=1) or self._rate(90, **vals)

    def _by_the_rule(self, rates, hours):
        fits = [
            rate
            for rate in rates
            if rate.company_id == hours.company_id
            and (not rate.task_id or rate.task_id == hours.task_id)
            and (not rate.project_id or rate.project_id == hours.project_id)
            and (not rate.partner_id or rate.partner_id == hours.partner_id)
            and (not rate.employee_id or rate.employee_id == hours.employee_id)
            and (not rate.date_from or rate.date_from <= hours.date)
        ]
        order = ("task", "project", "partner", "company")
        fits.sort(
            key=lambda rate: (
                order.index(rate.level),
                not rate.employee_id,
                -(rate.date_from or date.min).toordinal(),
            )
        )
        return fits[0] if fits else self.Rate
