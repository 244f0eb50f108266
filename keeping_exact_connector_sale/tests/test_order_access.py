from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import SaleCase

QUANTITIES = {"sale.order": "keeping_exact_hours", "sale.order.line": "keeping_exact_qty"}


@tagged("post_install", "-at_install")
class TestOrderAccess(SaleCase):
    """Who sees what of an order is billed in Exact, and at what price."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_hours(1)
        cls._make_hours(2, user=cls.invoicer)
        cls.seller = cls._make_colleague("seller", "sales_team.group_sale_salesman_all_leads")
        cls.billing_seller = cls._make_colleague(
            "billing_seller",
            "sales_team.group_sale_salesman_all_leads,keeping_exact_connector.group_invoicing",
        )
        cls.watching_seller = cls._make_colleague(
            "watching_seller",
            "sales_team.group_sale_salesman_all_leads,keeping_exact_connector.group_user",
        )

    @classmethod
    def _make_colleague(cls, login, groups):
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{groups}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _of(self, user, model):
        record = self.order if model == "sale.order" else self.line
        return record.with_user(user)

    def test_who_sells_sees_how_many_hours_are_in_exact(self):
        self._preview()
        for user in (self.seller, self.billing_seller, self.watching_seller):
            for model, name in QUANTITIES.items():
                with self.subTest(user=user.login, model=model):
                    self.assertEqual(self._of(user, model).read([name])[0][name], 3)

    def test_customers_and_employees_do_not(self):
        self._preview()
        portal = new_test_user(
            self.env,
            "portal_klant",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        portal.partner_id.parent_id = self.customer
        self.order.message_subscribe(portal.partner_id.ids)
        employee = self._make_colleague("employee", "hr_timesheet.group_hr_timesheet_user")
        self.assertTrue(self._of(portal, "sale.order").read(["name"]))
        for user in (portal, employee, self.env.ref("base.public_user")):
            for model, name in QUANTITIES.items():
                with self.subTest(user=user.login, model=model), self.assertRaises(AccessError):
                    self._of(user, model).read([name])

    def test_the_hourly_rate_is_for_who_invoices(self):
        name = "keeping_exact_hourly_rate"
        self.assertEqual(self._of(self.billing_seller, "sale.order.line").read([name])[0][name], 90)
        for user in (self.seller, self.watching_seller):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._of(user, "sale.order.line").read([name])

    def test_another_organisation_sees_nothing(self):
        self._preview()
        outsider = self.outsider
        outsider.group_ids += self.env.ref("sales_team.group_sale_manager")
        for model, name in QUANTITIES.items():
            with self.subTest(model=model), self.assertRaises(AccessError):
                self._of(outsider, model).read([name])

    def test_the_hours_behind_the_number_are_those_one_may_see(self):
        self._preview()
        for user, expected in ((self.billing_seller, 2), (self.watching_seller, 0)):
            with self.subTest(user=user.login):
                action = self._of(user, "sale.order").action_open_keeping_exact_hours()
                hours = self.env[action["res_model"]].with_user(user)
                self.assertEqual(hours.search_count(action["domain"]), expected)

    def test_the_order_shows_them_apart(self):
        self._preview()
        with Form(self._of(self.billing_seller, "sale.order")) as form:
            self.assertEqual(form.keeping_exact_hours, 3)
            with form.order_line.edit(0) as line:
                self.assertEqual(line.keeping_exact_qty, 3)
                self.assertEqual(line.qty_delivered, 0)
        arch = self.env["sale.order"].with_user(self.seller).get_view(view_type="form")["arch"]
        self.assertNotIn("action_open_keeping_exact_hours", arch)
        self.assertIn("keeping_exact_qty", arch)

    def test_who_may_not_read_accounting_still_bills(self):
        """The invoicing user of Exact needs no right on orders or invoices of Odoo."""
        self._make_hours(4, date="2026-11-05")
        self._bill_in_odoo(date_from="2026-11-01", date_to="2026-11-30")
        self.assertFalse(self.env["account.move"].with_user(self.invoicer).has_access("read"))
        wizard = self._wizard(rate_mode="rate_card")
        self.assertEqual((wizard.found_hours, wizard.left_odoo_count), (3, 1))
        self.assertTrue(wizard.left_odoo_where)
        wizard.action_preview()
        hours = self.env["account.analytic.line"].with_user(self.invoicer)
        mine = hours.search([("company_id", "=", self.company.id)])
        self.assertEqual(
            sorted(mine.mapped("keeping_exact_state")), ["not_billable", "reserved", "reserved"]
        )
