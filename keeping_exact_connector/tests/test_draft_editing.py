from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestDraftEditing(ExactCase):
    """The draft is the preview: lines are changed, added, merged and dropped there."""

    def _draft(self, **vals):
        self._make_hours(1, task_id=self.task.id)
        self._make_hours(2)
        return self._preview(group_by="project_task", **vals)

    def _check_adds_up(self, invoice):
        for line in invoice.line_ids.filtered("hour_ids"):
            self.assertAlmostEqual(sum(line.hour_ids.mapped("amount")), line.amount, 2)
            self.assertAlmostEqual(sum(line.hour_ids.mapped("hours")), line.hours, 4)
        self.assertAlmostEqual(sum(invoice.line_ids.mapped("amount")), invoice.amount_untaxed, 2)

    def test_a_dropped_line_frees_its_hours(self):
        invoice = self._draft()
        line = invoice.line_ids.filtered(lambda line: line.hours == 2)
        hours = line.hour_ids.timesheet_id
        invoice.write({"line_ids": [Command.delete(line.id)]})
        self.assertEqual(hours.keeping_exact_state, "to_invoice")
        self.assertEqual((invoice.hours, invoice.amount_untaxed), (1, 100))
        self.assertEqual(self._wizard().found_hours, 2)

    def test_a_draft_without_lines_is_not_sent(self):
        invoice = self._draft()
        invoice.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "has no lines"):
            invoice.action_send()

    def test_merged_lines_add_up(self):
        invoice = self._draft()
        first, second = invoice.line_ids.sorted("sequence")
        second.action_merge_up()
        self.assertEqual(invoice.line_ids, first)
        self.assertEqual((first.quantity, first.unit_price, first.amount), (3, 100, 300))
        self.assertEqual((first.hours, len(first.hour_ids)), (3, 2))
        self._check_adds_up(invoice)

    def test_merged_lines_of_two_prices_go_out_as_quantity_and_price_or_as_one_piece(self):
        invoice = self._draft()
        first, second = invoice.line_ids.sorted("sequence")
        first.unit_price = 70
        second.action_merge_up()
        self.assertIn(first.amount, (70 + 200, 2 * 70 + 100))
        self.assertAlmostEqual(first.amount, round(first.quantity * first.unit_price, 2), 2)
        self._check_adds_up(invoice)

    def test_merged_lines_of_one_price_are_quantity_times_price_to_the_cent(self):
        self._make_hours(0.1, task_id=self.task.id)
        self._make_hours(0.1)
        invoice = self._preview(group_by="project_task", rate=95.05)
        first, second = invoice.line_ids.sorted("sequence")
        self.assertEqual((first.amount, second.amount), (9.51, 9.51))
        second.action_merge_up()
        self.assertEqual((first.quantity, first.unit_price, first.amount), (0.2, 95.05, 19.01))
        self._check_adds_up(invoice)

    def test_lines_that_differ_are_not_merged(self):
        invoice = self._draft()
        first, second = invoice.line_ids.sorted("sequence")
        with self.assertRaisesRegex(UserError, "no line above"):
            first.action_merge_up()
        low = self.vat_code.copy({"guid": "low", "code": "2", "name": "Low"})
        second.chosen_vat_code_id = low
        with self.assertRaisesRegex(UserError, "VAT code"):
            second.action_merge_up()
        self.assertEqual(len(invoice.line_ids), 2)

    def test_a_line_without_hours_can_be_added(self):
        invoice = self._draft()
        with Form(invoice) as form, form.line_ids.new() as line:
            line.name = "Travel"
            line.quantity = 2
            line.unit_price = 12.5
        added = invoice.line_ids.filtered(lambda line: line.name == "Travel")
        self.assertEqual((added.amount, added.hours), (25, 0))
        self.assertEqual(invoice.amount_untaxed, 325)
        self.assertEqual(invoice.hours, 3)
        added.quantity = 3
        self.assertEqual(invoice.amount_untaxed, 337.5)

    def test_a_price_changed_in_the_form_stays_a_price(self):
        invoice = self._draft()
        with Form(invoice) as form, form.line_ids.edit(0) as line:
            line.unit_price = 70
        line = invoice.line_ids.sorted("sequence")[0]
        self.assertEqual((line.unit_price, line.whole), (70, False))
        self.assertEqual(line.amount, 70 * line.quantity)

    def test_an_amount_changed_in_the_form_finds_its_price(self):
        invoice = self._draft()
        with Form(invoice) as form, form.line_ids.edit(0) as line:
            line.amount = 300
        line = invoice.line_ids.sorted("sequence")[0]
        self.assertEqual(line.amount, 300)
        self.assertAlmostEqual(line.quantity * line.unit_price, 300, 2)

    def test_the_quantity_of_hours_is_theirs(self):
        invoice = self._draft()
        with self.assertRaises(AccessError):
            invoice.line_ids[0].quantity = 9

    def test_what_was_sent_is_not_edited(self):
        invoice = self._draft()
        invoice.action_send()
        line = invoice.line_ids[:1]
        for change in (
            line.unlink,
            invoice.line_ids[1:].action_merge_up,
            lambda: line.write({"unit_price": 1}),
            lambda: line.create({"invoice_id": invoice.id, "name": "x"}),
        ):
            with self.subTest(change=change), self.assertRaisesRegex(UserError, "before it is"):
                change()

    def test_others_change_no_lines(self):
        invoice = self._draft()
        for user in (self.viewer, self.administrator):
            mine = invoice.line_ids.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    mine[:1].unlink()
                with self.assertRaises(AccessError):
                    mine[1:].action_merge_up()
                with self.assertRaises(AccessError):
                    mine.create({"invoice_id": invoice.id, "name": "x"})
        theirs = invoice.line_ids.with_user(self.outsider).with_company(self.other_company)
        with self.assertRaises(AccessError):
            theirs.create({"invoice_id": invoice.id, "name": "x"})

    # ------------------------------------------------------------------ currency

    def _dollar_customer(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        customer = self._make_customer("In dollars", sales_currency="USD")
        customer.partner_id = self.customer
        return dollar

    def test_the_currency_is_that_of_the_customers_card(self):
        dollar = self._dollar_customer()
        self._make_hours(2)
        with self.assertRaisesRegex(UserError, "is in USD, and its price is in EUR"):
            self._preview()
        self.env["keeping.exact.rate"].create(
            {"company_id": self.company.id, "hourly_rate": 90, "currency_id": dollar.id}
        )
        invoice = self._preview(rate_mode="rate_card")
        self.assertEqual((invoice.currency_id, invoice.amount_untaxed), (dollar, 180))
        self.assertEqual(invoice.sudo()._prepare_exact_payload()["Currency"], "USD")

    def test_another_currency_only_where_the_journal_allows_it(self):
        self._dollar_customer()
        journal = (
            self.env["keeping.exact.journal"]
            .sudo()
            .create(
                {
                    "administration_id": self.administration.id,
                    "guid": "j",
                    "code": "70",
                    "name": "Sales",
                    "type": 20,
                }
            )
        )
        self.administration.journal_id = journal
        self._make_hours(2)
        with self.assertRaisesRegex(UserError, "takes EUR only"):
            self._preview(rate_mode="line_rate")
        journal.variable_currency = True
        self.assertEqual(self._preview(rate_mode="line_rate").currency_id.name, "USD")
