from itertools import product

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestInvoicePricing(ExactCase):
    """From hours to amounts; the arithmetic by itself is tested in tests/pricing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rate = cls.env["keeping.exact.rate"].with_company(cls.company)

    def _rate(self, amount, **vals):
        return self.Rate.create(
            {
                "company_id": self.company.id,
                "hourly_rate": amount,
                "currency_id": self.euro.id,
                **vals,
            }
        )

    def _lines(self, invoice):
        return [
            (line.name, line.quantity, line.unit_price, line.amount) for line in invoice.line_ids
        ]

    def _check_adds_up(self, invoices):
        for line in invoices.line_ids:
            hours = line.hour_ids
            self.assertAlmostEqual(sum(hours.mapped("amount")), line.amount, 2)
            self.assertAlmostEqual(sum(hours.mapped("billed_hours")), line.billed_hours, 4)
            self.assertAlmostEqual(sum(hours.mapped("hours")), line.hours, 4)
            self.assertAlmostEqual(round(line.quantity * line.unit_price, 2), line.amount, 2)

    def test_each_way_to_price_and_round_adds_up(self):
        self._rate(90)
        self._rate(110, task_id=self.task.id)
        for group_by, mode, (rounding, method, level) in product(
            ("project_task", "employee", "entry"),
            ("rate_card", "invoice_rate", "line_rate", "line_amount", "invoice_amount"),
            (("none", "up", "entry"), ("15", "nearest", "entry"), ("60", "down", "line")),
        ):
            hours = self._make_hours(0.16666667, 1.33, task_id=self.task.id)
            hours += self._make_hours(7.25, 0.5)
            with self.subTest(mode=mode, group_by=group_by, rounding=rounding, level=level):
                invoice = self._preview(
                    group_by=group_by,
                    rate_mode=mode,
                    rate=95,
                    amount=1000,
                    rounding=rounding,
                    rounding_method=method,
                    rounding_level=level,
                )
                self._check_adds_up(invoice)
                self.assertEqual(invoice.hour_ids.timesheet_id, hours)
                if mode == "invoice_amount":
                    self.assertEqual(invoice.amount_untaxed, 1000)
                self.assertEqual(invoice.state, "draft")
            hours.keeping_exact_hour_ids.invoice_id.with_user(self.invoicer).action_release()
            hours.unlink()

    def test_the_rate_card_says_which_rate_applied_and_why(self):
        self._rate(90)
        self._rate(110, task_id=self.task.id)
        self._make_hours(1, task_id=self.task.id)
        self._make_hours(2)
        invoice = self._preview(rate_mode="rate_card", group_by="project")
        self.assertEqual(self._lines(invoice), [("Website", 1, 110, 110), ("Website", 2, 90, 180)])
        self.assertEqual(
            {hour.rate: hour.rate_source for hour in invoice.hour_ids},
            {110: "task", 90: "company"},
        )
        self.assertEqual(
            invoice.line_ids.mapped("rate_because"),
            ["Rate of the task", "Rate of the organisation"],
        )

    def test_later_changes_of_rates_alter_nothing_that_was_billed(self):
        rate = self._rate(90)
        self._make_hours(2)
        invoice = self._preview(rate_mode="rate_card")
        rate.hourly_rate = 500
        rate.unlink()
        self.assertEqual(invoice.amount_untaxed, 180)
        self.assertEqual(invoice.hour_ids.rate, 90)

    def test_hours_without_a_rate_are_named_before_anything_is_made(self):
        self._rate(90, task_id=self.task.id)
        self._make_hours(1, task_id=self.task.id)
        self._make_hours(2, 4)
        wizard = self._wizard(rate_mode="rate_card")
        self.assertEqual((wizard.unpriced_count, wizard.unpriced_places), (2, "Website"))
        with self.assertRaisesRegex(UserError, "2 entries have no rate.*Website"):
            wizard.action_preview()
        action = wizard.action_set_rate()
        self.assertEqual(action["context"]["default_project_id"], self.project.id)
        self._rate(80, project_id=self.project.id)
        wizard = self._wizard(rate_mode="rate_card")
        self.assertEqual(wizard.found_amount, 90 + 480)
        wizard.action_preview()

    def test_a_rate_of_zero_is_a_line_at_no_charge(self):
        self._rate(0)
        self._make_hours(2)
        invoice = self._preview(rate_mode="rate_card")
        self.assertEqual(self._lines(invoice), [("Website", 2, 0, 0)])
        self.assertFalse(invoice.line_ids.needs_price)

    def test_ten_minutes_go_out_as_one_piece_with_the_hours_in_the_text(self):
        self._make_hours(0.16666667)
        invoice = self._preview(rate=90)
        self.assertEqual(self._lines(invoice), [("Website (0:10 hours)", 1, 15, 15)])
        self.assertAlmostEqual(invoice.hour_ids.billed_hours, 0.1667, 4)

    def test_real_and_billed_hours_both_stay_visible(self):
        self._make_hours(0.3, 0.3)
        each = self._preview(rounding="15", rounding_level="entry")
        self.assertEqual((each.hours, each.billed_hours), (0.6, 1))
        self.assertEqual(each.hour_ids.mapped("billed_hours"), [0.5, 0.5])
        each.action_release()
        together = self._preview(rounding="15", rounding_level="line")
        self.assertEqual((together.hours, together.billed_hours), (0.6, 0.75))
        self.assertEqual(together.amount_untaxed, 75)

    def test_one_amount_is_spread_over_lines_and_hours(self):
        self._make_hours(1, task_id=self.task.id)
        self._make_hours(2, 4)
        invoice = self._preview(
            rate_mode="invoice_amount", amount=1000, rate=0, group_by="project_task"
        )
        self.assertEqual(sorted(invoice.line_ids.mapped("amount")), [142.86, 857.14])
        self.assertAlmostEqual(sum(invoice.hour_ids.mapped("amount")), 1000, 2)
        self.assertEqual(invoice.amount_untaxed, 1000)
        self._check_adds_up(invoice)

    def test_one_amount_is_for_one_customer(self):
        self._make_hours(1)
        self._make_hours(1, project=self._make_project("Shop", self._make_partner("Ander")))
        with self.assertRaisesRegex(UserError, "2 customers"):
            self._preview(rate_mode="invoice_amount", amount=1000)
        with self.assertRaisesRegex(UserError, "amount above zero"):
            self._preview(rate_mode="invoice_amount", amount=0, partner_ids=self.customer.ids)

    def test_prices_by_line_are_filled_in_on_the_draft(self):
        self._make_hours(2, 1)
        invoice = self._preview(rate_mode="line_rate", rate=0)
        self.assertEqual(invoice.amount_untaxed, 0)
        with self.assertRaisesRegex(UserError, "Fill in the prices"):
            invoice.action_send()
        invoice.line_ids.unit_price = 50
        self.assertEqual(invoice.amount_untaxed, 150)
        self.assertFalse(invoice.line_ids.needs_price)
        self.assertEqual(sorted(invoice.hour_ids.mapped("rate")), [50, 50])

    def test_an_amount_in_a_currency_without_decimals_is_whole(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        self.administration.sudo().currency_id = yen
        self._make_hours(1, 2)
        line = self._preview(rate_mode="line_amount", rate=0).line_ids
        line.amount = 1000
        # In euros it is a cent short, and would go out as one piece.
        self.assertEqual((line.quantity, line.unit_price, line.whole), (3, 333.33, False))
        self.assertEqual(line.amount, 1000)
        line.amount = 1000.4
        self.assertEqual(line.amount, 1000)
        self.assertEqual(sorted(line.hour_ids.mapped("amount")), [333, 667])

    def test_an_amount_by_line_becomes_quantity_and_price(self):
        self._make_hours(7.25)
        invoice = self._preview(rate_mode="line_amount", rate=0)
        invoice.line_ids.amount = 1000
        self.assertEqual(
            (invoice.line_ids.quantity, invoice.line_ids.unit_price, invoice.line_ids.whole),
            (1, 1000, True),
        )
        invoice.line_ids.amount = 725
        self.assertEqual((invoice.line_ids.quantity, invoice.line_ids.unit_price), (7.25, 100))
        self.assertEqual(invoice.amount_untaxed, 725)
        self.assertEqual(invoice.hour_ids.amount, 725)

    def test_a_line_at_no_charge_is_said_to_be_one(self):
        self._make_hours(2)
        invoice = self._preview(rate_mode="line_rate", rate=0)
        invoice.line_ids.action_no_charge()
        self.assertFalse(invoice.line_ids.needs_price)
        invoice.action_send()
        self.assertEqual(invoice.state, "queued")

    def test_one_invoice_per_project(self):
        self._make_hours(1)
        self._make_hours(2, project=self._make_project("App", self.customer))
        invoices = self._preview(invoice_per="project")
        self.assertEqual(sorted(invoices.mapped("hours")), [1, 2])
        self.assertEqual(invoices.partner_id, self.customer)

    def test_item_and_vat_code_of_a_rate_go_to_the_line(self):
        item = (
            self.env["keeping.exact.item"]
            .sudo()
            .create({"administration_id": self.administration.id, "code": "ADV", "name": "Advice"})
        )
        low = self.vat_code.copy({"guid": "low", "code": "2", "name": "Low", "percentage": 0.09})
        self._rate(90)
        self._rate(110, task_id=self.task.id, item_id=item.id, vat_code_id=low.id)
        self._make_hours(1, task_id=self.task.id)
        self._make_hours(2)
        invoice = self._preview(rate_mode="rate_card", group_by="employee")
        special, plain = invoice.line_ids
        self.assertEqual((special.item_id, special.vat_code_id), (item, low))
        self.assertEqual(special._prepare_exact_payload()["VATCode"], "2")
        self.assertEqual(plain.vat_code_id, self.vat_code)

    def test_a_chosen_vat_code_goes_before_that_of_the_customer(self):
        low = self.vat_code.copy({"guid": "low", "code": "2", "name": "Low", "percentage": 0.09})
        self._make_hours(2)
        invoice = self._preview()
        invoice.sudo().customer_id = self._make_customer("Klant", sales_vat_code="4")
        line = invoice.line_ids
        self.assertNotIn("VATCode", line._prepare_exact_payload())
        line.chosen_vat_code_id = low
        self.assertEqual(line.vat_code_id, low)
        self.assertEqual(line._prepare_exact_payload()["VATCode"], "2")

    def test_a_long_text_is_whole_in_the_notes(self):
        self._make_hours(2)
        invoice = self._preview()
        invoice.line_ids.name = "Word " * 30
        payload = invoice.line_ids._prepare_exact_payload()
        self.assertLessEqual(len(payload["Description"]), 60)
        self.assertEqual(payload["Notes"], ("Word " * 30).strip())

    def test_an_organisation_that_records_days_is_billed_in_hours(self):
        day = self.env.ref("uom.product_uom_day")
        self.company.project_time_mode_id = day
        self._make_hours(0.5, 1)
        invoice = self._preview(rate=100)
        self.assertEqual((invoice.hours, invoice.amount_untaxed), (12, 1200))
        self._check_adds_up(invoice)

    def test_many_customers_at_once_get_an_invoice_each(self):
        customers = [self._make_partner(f"Klant {number}") for number in range(5)]
        for customer in customers:
            self._make_hours(1, 2, project=self._make_project(customer.name, customer))
        wizard = self._wizard(group_by="project")
        self.assertEqual(wizard.customer_count, 5)
        invoices = self._preview()
        self.assertEqual(len(invoices), 5)
        self.assertEqual(set(invoices.mapped("amount_untaxed")), {300})

    def test_queries_do_not_grow_with_hours_or_customers(self):
        self._rate(90)
        counts = []
        for size in (4, 40):
            projects = [
                self._make_project(f"P{size}-{n}", self._make_partner(f"K{size}-{n}"))
                for n in range(4)
            ]
            for project in projects:
                self._make_hours(*[0.25] * size, project=project)
            wizard = self._wizard(
                rate_mode="rate_card", project_ids=[Command.set([p.id for p in projects])]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_preview()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
