from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestInvoiceCreate(ExactCase):
    def test_preview_reserves_hours_and_adds_up(self):
        hours = self._make_hours(1.5, 2.25)
        invoice = self._preview()
        self.assertRecordValues(
            invoice,
            [
                {
                    "state": "draft",
                    "hours": 3.75,
                    "amount_untaxed": 375,
                    "partner_id": self.customer.id,
                }
            ],
        )
        self.assertEqual(invoice.hour_ids.timesheet_id, hours)
        self.assertEqual(set(hours.mapped("keeping_exact_state")), {"reserved"})

    def test_parts_of_the_hours_add_up_to_the_line(self):
        self._make_hours(0.3333, 0.3333, 0.3334)
        invoice = self._preview(rate=33.33)
        self.assertEqual(invoice.amount_untaxed, 33.33)
        self.assertAlmostEqual(sum(invoice.hour_ids.mapped("amount")), 33.33, 2)

    def test_changed_price_is_spread_over_the_hours_again(self):
        self._make_hours(1, 2)
        invoice = self._preview()
        invoice.line_ids.unit_price = 10
        self.assertEqual(invoice.amount_untaxed, 30)
        self.assertEqual(sorted(invoice.hour_ids.mapped("amount")), [10, 20])

    def test_what_one_line_stands_for(self):
        self._make_hours(1, task_id=self.task.id)
        self._make_hours(2, date="2026-10-19")
        self._make_hours(4, user=self.invoicer, date="2026-11-02")
        for group_by, expected in (
            ("project", [("Website", 7)]),
            ("task", [("Design", 1), ("Website", 6)]),
            ("employee", [("Invoicer", 4), ("Viewer", 3)]),
            ("day", [("02-11-2026", 4), ("12-10-2026", 1), ("19-10-2026", 2)]),
            ("week", [("Week 42, 2026", 1), ("Week 43, 2026", 2), ("Week 45, 2026", 4)]),
            ("month", [("November 2026", 4), ("October 2026", 3)]),
            (
                "entry",
                [
                    ("02-11-2026: Work 0", 4),
                    ("12-10-2026: Work 0", 1),
                    ("19-10-2026: Work 0", 2),
                ],
            ),
            ("project_task", [("Website", 6), ("Website: Design", 1)]),
            ("project_employee", [("Website: Invoicer", 4), ("Website: Viewer", 3)]),
            (
                "task_employee",
                [("Design: Viewer", 1), ("Website: Invoicer", 4), ("Website: Viewer", 2)],
            ),
        ):
            with self.subTest(group_by=group_by):
                invoice = self._preview(group_by=group_by)
                lines = sorted((line.name, line.quantity) for line in invoice.line_ids)
                self.assertEqual(lines, expected)
                invoice.action_release()

    def test_one_invoice_per_commercial_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Jan", "parent_id": self.customer.id, "type": "contact"}
        )
        self._make_hours(1)
        self._make_hours(2, project=self._make_project("App", contact))
        other = self._make_partner("Ander")
        self._make_hours(4, project=self._make_project("Shop", other))
        invoices = self._preview()
        self.assertEqual(
            {invoice.partner_id: invoice.hours for invoice in invoices},
            {self.customer: 3, other: 4},
        )

    def test_hours_recorded_in_days_are_billed_as_hours(self):
        day = self.env.ref("uom.product_uom_day")
        self._make_hours(0.5, product_uom_id=day.id)
        invoice = self._preview()
        self.assertEqual(invoice.hours, 4)
        self.assertEqual(invoice.amount_untaxed, 400)

    def test_period_customer_and_project_choose_the_hours(self):
        october = self._make_hours(1, date="2026-10-31")
        self._make_hours(2, date="2026-11-01")
        other = self._make_project("Shop", self._make_partner("Ander"))
        self._make_hours(4, project=other, date="2026-10-05")
        invoice = self._preview(
            date_from="2026-10-01",
            date_to="2026-10-31",
            partner_ids=self.customer.ids,
            project_ids=self.project.ids,
        )
        self.assertEqual(invoice.hour_ids.timesheet_id, october)
        self.assertEqual(str(invoice.date_to), "2026-10-31")

    def test_hand_picked_hours_stay_on_the_server(self):
        first, _second = self._make_hours(1, 2)
        action = first.with_user(self.invoicer).action_keeping_exact_create_invoice()
        wizard = self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])
        view = wizard.get_view(view_type="form")["arch"]
        self.assertNotIn('name="timesheet_ids"', view)
        wizard.write({"rate": 10, "administration_id": self.administration.id})
        self.assertEqual(wizard.found_count, 1)
        wizard.action_preview()
        self.assertEqual(first.keeping_exact_hour_ids.hours, 1)

    def test_left_out_hours_are_counted_with_the_reason(self):
        self._make_hours(1)
        self._preview()
        self._make_hours(2)
        internal = self._make_project("Internal", self.env["res.partner"])
        self._make_hours(4, project=internal)
        self._make_hours(0)
        wizard = self._wizard()
        self.assertIn("1 of zero hours", wizard.left_out)
        self.assertEqual(wizard.found_hours, 2)
        self.assertIn("1 on an invoice already", wizard.left_out)
        self.assertIn("1 without a customer", wizard.left_out)

    def test_nothing_to_invoice_says_so(self):
        with self.assertRaisesRegex(UserError, "no hours to invoice"):
            self._wizard().action_preview()

    def test_rate_must_be_above_zero(self):
        self._make_hours(1)
        for rate in (0, -5):
            with self.assertRaisesRegex(UserError, "hourly rate"):
                self._wizard(rate=rate).action_preview()

    def test_administration_must_be_linked(self):
        self._make_hours(1)
        self.administration.sudo().state = "available"
        with self.assertRaisesRegex(UserError, "not linked"):
            self._wizard().action_preview()

    def test_administration_of_another_organisation_is_refused(self):
        self._make_hours(1)
        foreign = self._make_administration(self.other_company, 100002)
        with self.assertRaises(AccessError):
            self._wizard(administration_id=foreign.id).action_preview()

    def test_hours_in_projects_one_may_not_see_are_not_billed(self):
        self.project.privacy_visibility = "followers"
        self._make_hours(1)
        with self.assertRaisesRegex(UserError, "no hours to invoice"):
            self._wizard().action_preview()

    def test_form_shows_what_was_found_while_choosing(self):
        self._make_hours(1.5)
        Wizard = self.env["keeping.exact.invoice.create"].with_user(self.invoicer)
        with Form(Wizard.with_company(self.company)) as form:
            self.assertEqual(form.administration_id, self.administration)
            form.date_from = form.date_to = False
            form.rate = 80
            self.assertEqual(form.found_hours, 1.5)
            self.assertEqual(form.found_amount, 120)

    def test_queries_do_not_grow_with_the_hours(self):
        counts = []
        for size in (10, 200):
            self._make_hours(*[0.25] * size)
            wizard = self._wizard()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_preview()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            drafts = self.env["keeping.exact.invoice"].search([("state", "=", "draft")])
            drafts.with_user(self.invoicer).action_release()
        self.assertLessEqual(counts[1], counts[0] + 2, counts)

    def test_description_is_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.customer.lang = "nl_NL"
        self._make_hours(1, date="2026-10-12")
        invoice = self._preview()
        self.assertEqual(invoice.description, "Uren 12-10-2026")
        invoice.action_release()
        self._make_hours(1, date="2026-10-14")
        self.assertEqual(self._preview().description, "Uren 12-10-2026 - 14-10-2026")

    def test_vat_is_of_the_customer_else_of_the_item_else_of_the_administration(self):
        codes = self.vat_code
        for code, percentage in (("9", 0.09), ("0", 0)):
            codes |= self.vat_code.copy({"code": code, "percentage": percentage, "guid": code})
        item = (
            self.env["keeping.exact.item"]
            .sudo()
            .create({"administration_id": self.administration.id, "guid": "i", "name": "Hours"})
        )
        self.administration.sudo().item_id = item
        customer = self._make_customer("Klant", partner_id=self.customer.id)
        self._make_hours(1)
        invoice = self._preview()
        self.assertEqual(invoice.line_ids.vat_code_id.code, "4")
        self.assertEqual(invoice.amount_total, 121)
        item.sales_vat_code = "9"
        self.assertEqual(invoice.line_ids.vat_code_id.code, "9")
        customer.sales_vat_code = "0"
        self.assertEqual(invoice.line_ids.vat_code_id.code, "0")
        self.assertEqual(invoice.amount_total, 100)

    def test_an_invoice_without_any_vat_code_is_not_sent(self):
        self.administration.sudo().vat_code_id = False
        self._make_hours(1)
        with self.assertRaisesRegex(UserError, "VAT code of administration"):
            self._preview().action_send()
