from odoo.addons.keeping_exact_connector_sale.hooks import follow_hours_in_exact
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SaleCase

GLUE = "keeping_exact_connector_sale"


@tagged("post_install", "-at_install")
class TestOdooSide(SaleCase):
    """What Exact bills is not delivered in Odoo, and comes back when it is released."""

    def _quantities(self):
        self.env.flush_all()
        self.env.invalidate_all()
        line = self.line
        return line.qty_delivered, line.qty_to_invoice, line.keeping_exact_qty

    # ------------------------------------------------------------------ the quantity

    def test_hours_leave_the_order_as_soon_as_a_draft_reserves_them(self):
        self._make_hours(1, 2, date="2026-10-05")
        self._make_hours(4, date="2026-11-05")
        self.assertEqual(self._quantities(), (7, 7, 0))
        invoice = self._preview(date_from="2026-10-01", date_to="2026-10-31")
        self.assertEqual(self._quantities(), (4, 4, 3))
        self.assertEqual(self.order.keeping_exact_hours, 3)
        invoice.action_release()
        self.assertEqual(self._quantities(), (7, 7, 0))
        self.assertEqual(self.order.keeping_exact_hours, 0)

    def test_all_hours_in_exact_leave_nothing_to_invoice_in_odoo(self):
        self._make_hours(1, 2)
        self.assertEqual(self.order.invoice_status, "to invoice")
        self._preview()
        self.assertEqual(self._quantities(), (0, 0, 3))
        self.assertEqual(self.order.invoice_status, "no")
        with self.assertRaises(UserError):
            self._bill_in_odoo()

    def test_deleting_a_draft_or_one_of_its_lines_brings_them_back(self):
        self._make_hours(1, 2)
        invoice = self._preview(group_by="entry")
        self.assertEqual(self._quantities(), (0, 0, 3))
        invoice.line_ids.filtered(lambda line: line.hours == 2).unlink()
        self.assertEqual(self._quantities(), (2, 2, 1))
        invoice.unlink()
        self.assertEqual(self._quantities(), (3, 3, 0))

    def test_days_on_the_order_are_days(self):
        days = self._make_product("delivered_timesheet", "uom.product_uom_day")
        self.line = self._make_order(days, price_unit=800).order_line
        self.project.sale_line_id = self.line
        self._make_hours(8, date="2026-10-05")
        self._make_hours(4, date="2026-11-05")
        self.assertEqual(self._quantities(), (1.5, 1.5, 0))
        self._preview(date_from="2026-10-01", date_to="2026-10-31")
        self.assertEqual(self._quantities(), (0.5, 0.5, 1))
        self.assertEqual(self.line.order_id.keeping_exact_hours, 8)

    def test_prepaid_hours_are_not_used_up_by_what_exact_bills(self):
        hours = self._make_hours(3)
        self._preview()
        prepaid = self._make_order(self._make_product("ordered_prepaid")).order_line
        self.assertEqual(prepaid.remaining_hours, 10)
        self.project.sale_line_id = prepaid
        self.assertEqual(hours.so_line, self.line)
        self.assertEqual(prepaid.remaining_hours, 10)

    def test_one_release_costs_no_query_per_hour(self):
        def count(number):
            self._make_hours(*[0.25] * number)
            self._preview().action_release()
            self.env.invalidate_all()
            invoice = self._preview()
            before = self.env.cr.sql_log_count
            invoice.action_release()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.assertLessEqual(count(40), count(2) + 4)

    # ------------------------------------------------------------------ coming and going

    def test_hours_that_were_in_exact_before_leave_the_order_on_installation(self):
        self._make_hours(1, date="2026-10-05")
        self._make_hours(2, date="2026-11-05")
        self._preview(date_to="2026-10-31")
        # As it is where the add-on comes later than the invoice.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order_line SET qty_delivered = 3 WHERE id = %s", (self.line.id,)
        )
        self.env.invalidate_all()
        follow_hours_in_exact(self.env)
        self.assertEqual(self._quantities(), (2, 2, 1))

    def test_the_add_on_stays_while_orders_have_hours_in_exact(self):
        self._make_hours(1)
        link = self._preview()
        modules = self.env["ir.module.module"].search([("name", "=", GLUE)])
        with self.assertRaisesRegex(UserError, "twice"):
            modules.button_uninstall()
        link.action_release()
        modules.button_uninstall()
        self.assertEqual(modules.state, "to remove")

    def test_without_sales_orders_there_is_nothing_to_stay_for(self):
        self._make_hours(1)
        self._preview()
        modules = self.env["ir.module.module"].search([("name", "=", "sale_timesheet")])
        modules.button_uninstall()
        self.assertEqual(modules.state, "to remove")

    # ------------------------------------------------------------------ Odoo's invoices

    def test_odoo_bills_the_rest_and_links_only_that(self):
        in_exact = self._make_hours(1, 2, date="2026-10-05")
        rest = self._make_hours(4, date="2026-10-20")
        self._preview(date_from="2026-10-01", date_to="2026-10-10")
        for period in ({}, {"date_from": "2026-10-01", "date_to": "2026-10-31"}):
            with self.subTest(period=period):
                invoice = self._bill_in_odoo(**period)
                self.assertEqual(invoice.invoice_line_ids.quantity, 4)
                self.assertEqual(invoice.timesheet_ids, rest)
                self.assertFalse(in_exact.timesheet_invoice_id)
                invoice.unlink()

    def test_a_period_with_hours_of_exact_only_has_nothing_to_invoice(self):
        self._make_hours(1, date="2026-10-05")
        self._make_hours(4, date="2026-11-20")
        self._preview(date_from="2026-10-01", date_to="2026-10-31")
        with self.assertRaises(UserError):
            self._bill_in_odoo(date_from="2026-10-01", date_to="2026-10-31")

    def test_no_invoice_of_odoo_can_take_them_by_hand(self):
        hours = self._make_hours(1)
        other = self._make_hours(2, date="2026-11-05")
        link = self._preview(date_to="2026-10-31")
        invoice = self._bill_in_odoo()
        self.assertEqual(invoice.timesheet_ids, other)
        with self.assertRaisesRegex(UserError, link.name):
            hours.sudo().timesheet_invoice_id = invoice

    # ------------------------------------------------------------------ given up, and come back

    def test_a_cancelled_invoice_does_not_come_back_for_hours_in_exact(self):
        self._make_hours(1, 2)
        invoice = self._bill_in_odoo()
        invoice.button_cancel()
        link = self._preview()
        with self.assertRaisesRegex(UserError, link.name):
            invoice.button_draft()
        self.assertEqual(invoice.state, "cancel")
        link.action_release()
        invoice.button_draft()
        self.assertEqual(invoice.state, "draft")

    def test_a_credit_note_is_not_taken_back_for_hours_in_exact(self):
        hours = self._make_hours(1, 2)
        invoice = self._bill_in_odoo()
        invoice.action_post()
        credit_note = self._credit(invoice)
        hours.sudo().timesheet_invoice_id = invoice
        link = self._preview()
        with self.assertRaisesRegex(UserError, link.name):
            credit_note.button_draft()
        link.action_release()
        credit_note.button_draft()

    # ------------------------------------------------------------------ the order line stays

    def test_the_order_line_of_billed_hours_stays(self):
        billed = self._make_hours(1, date="2026-10-05")
        free = self._make_hours(2, date="2026-11-05")
        self._preview(date_to="2026-10-31")
        other = self._make_order().order_line
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            billed.so_line = other
        self.project.sale_line_id = other
        self.env.flush_all()
        self.assertEqual(billed.so_line, self.line)
        self.assertEqual(free.so_line, other)

    def test_prices_per_employee_leave_billed_hours_alone(self):
        billed = self._make_hours(1, date="2026-10-05")
        free = self._make_hours(2, date="2026-11-05")
        self._preview(date_to="2026-10-31")
        other = self._make_order().order_line
        self.project.sale_line_employee_ids = [
            Command.create({"employee_id": billed.employee_id.id, "sale_line_id": other.id})
        ]
        self.env.flush_all()
        self.assertEqual(billed.so_line, self.line)
        self.assertEqual(free.so_line, other)

    def test_a_project_can_stop_being_billable_while_hours_are_in_exact(self):
        billed = self._make_hours(1, task_id=self.task.id, date="2026-10-05")
        free = self._make_hours(2, task_id=self.task.id, date="2026-11-05")
        self._preview(date_to="2026-10-31")
        self.project.allow_billable = False
        self.assertEqual(billed.so_line, self.line)
        self.assertFalse(free.so_line)
