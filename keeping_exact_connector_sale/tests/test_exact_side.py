from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SaleCase

AS_OF = "keeping_exact_as_of"


@tagged("post_install", "-at_install")
class TestExactSide(SaleCase):
    """What Odoo bills is not offered in Exact; everything that says what is to bill agrees."""

    def _to_invoice(self):
        """Return the hours to bill, by each of the places that say so, which must agree."""
        wizard = self._wizard()
        offered = wizard.found_hours
        lines = self.env["account.analytic.line"].with_user(self.invoicer)
        mine = [("company_id", "=", self.company.id)]
        by_search = lines.search([*mine, ("keeping_exact_state", "=", "to_invoice")])
        self.assertEqual(sum(by_search.mapped("unit_amount")), offered)
        by_value = lines.search(mine).filtered(
            lambda line: line.keeping_exact_state == "to_invoice"
        )
        self.assertEqual(by_value, by_search)
        rest = lines.search([*mine, ("keeping_exact_state", "=", "not_billable")])
        self.assertFalse(rest & by_search)
        unbilled = self.env["keeping.exact.unbilled"].with_user(self.invoicer).search(mine)
        self.assertEqual(unbilled.timesheet_id, by_search)
        return offered

    def test_hours_on_an_invoice_in_odoo_are_not_offered(self):
        self._make_hours(1, 2, date="2026-10-05")
        self._make_hours(4, date="2026-11-05")
        self.assertEqual(self._to_invoice(), 7)
        invoice = self._bill_in_odoo(date_from="2026-10-01", date_to="2026-10-31")
        self.assertEqual(invoice.state, "draft")
        self.assertEqual(self._to_invoice(), 4)
        invoice.action_post()
        self.assertEqual(self._to_invoice(), 4)
        wizard = self._wizard()
        self.assertEqual(wizard.left_odoo_count, 2)
        self.assertIn(invoice.name, wizard.left_odoo_where)
        self.assertIn("2 on an invoice in Odoo", wizard.left_out)
        reason = {"keeping_exact_reason": "odoo"}
        action = wizard.with_context(**reason).action_show_left_out()
        self.assertEqual(
            self.env["account.analytic.line"].search(action["domain"]), invoice.timesheet_ids
        )

    def test_a_cancelled_or_deleted_invoice_gives_them_back(self):
        self._make_hours(1, 2)
        invoice = self._bill_in_odoo()
        self.assertEqual(self._to_invoice(), 0)
        invoice.button_cancel()
        self.assertEqual(self._to_invoice(), 3)
        again = self._bill_in_odoo()
        self.assertEqual(self._to_invoice(), 0)
        again.unlink()
        self.assertEqual(self._to_invoice(), 3)

    def test_a_credited_invoice_gives_them_back(self):
        self._make_hours(1, 2)
        invoice = self._bill_in_odoo()
        invoice.action_post()
        self._credit(invoice)
        self.assertEqual(self._to_invoice(), 3)

    def test_a_reversed_invoice_that_keeps_its_hours_gives_them_back(self):
        """As Odoo does, which puts them on its next invoice."""
        hours = self._make_hours(1, 2)
        invoice = self._bill_in_odoo()
        invoice.action_post()
        self._credit(invoice)
        hours.sudo().timesheet_invoice_id = invoice
        self.assertEqual(self._to_invoice(), 0 if invoice.payment_state != "reversed" else 3)
        self.assertEqual(invoice.payment_state, "reversed")

    def test_what_an_order_bills_otherwise_is_not_offered(self):
        for position, (policy, kind) in enumerate(
            (
                ("ordered_prepaid", "billable_fixed"),
                ("delivered_milestones", "billable_milestones"),
                ("delivered_manual", "billable_manual"),
            ),
            start=1,
        ):
            with self.subTest(policy=policy):
                order = self._make_order(self._make_product(policy))
                hours = self._make_hours(2, so_line=order.order_line.id, is_so_line_edited=True)
                self.assertEqual(hours.timesheet_invoice_type, kind)
                self.assertEqual(self._to_invoice(), 0)
                self.assertEqual(self._wizard().left_otherwise_count, position)
        self.assertIn("3 billed by their sales order", self._wizard().left_out)

    def test_hours_without_an_order_line_are_offered_as_ever(self):
        project = self._make_project("Not sold", self.customer)
        hours = self._make_hours(2, project=project)
        self.assertEqual(hours.timesheet_invoice_type, "non_billable")
        self.assertEqual(self._to_invoice(), 2)
        project.write({"allow_billable": True, "billing_type": "manually"})
        self.assertEqual(hours.timesheet_invoice_type, "billable_manual")
        self.assertEqual(self._to_invoice(), 0)

    def test_nobody_gets_them_by_asking_for_billed_ones_too(self):
        hours = self._make_hours(1)
        self._bill_in_odoo()
        for policy in ("exclude", "exclude_administration", "include"):
            with self.subTest(policy=policy), self.assertRaisesRegex(UserError, "invoice in Odoo"):
                self._preview(invoiced_policy=policy, timesheet_ids=hours.ids)

    def test_an_invoice_in_exact_does_not_cover_what_odoo_bills(self):
        advance = self._preview(
            timesheet_ids=self._make_hours(1).ids, rate_mode="invoice_amount", amount=5000
        )
        in_odoo = self._make_hours(2)
        self._bill_in_odoo()
        fixed = self._make_order(self._make_product("ordered_prepaid")).order_line
        by_order = self._make_hours(3, so_line=fixed.id, is_so_line_edited=True)
        free = self._make_hours(4)
        for hours in (in_odoo, by_order, free + in_odoo):
            with self.subTest(hours=hours), self.assertRaisesRegex(UserError, "Odoo bills"):
                self._cover(hours, advance)
        self._cover(free, advance)
        self.assertEqual(free.keeping_exact_state, "reserved")
        self.assertEqual(self.line.keeping_exact_qty, 5)
        self.assertEqual(self.line.qty_delivered, 2)

    def _cover(self, hours, invoice):
        action = hours.with_user(self.invoicer).action_keeping_exact_cover()
        wizard = self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])
        wizard.invoice_id = invoice
        wizard.action_confirm()

    def test_the_wizard_says_so_before_anything_is_made(self):
        self._make_hours(1)
        self._bill_in_odoo()
        wizard = self._wizard()
        with Form(wizard) as form:
            self.assertEqual(form.left_odoo_count, 1)
            self.assertTrue(form.left_odoo_where)

    def test_as_of_a_day_counts_what_odoo_billed_later(self):
        hours = self._make_hours(1, date="2026-12-15")
        invoice = self._bill_in_odoo()
        invoice.invoice_date = date(2027, 1, 5)
        invoice.action_post()
        self.env.flush_all()
        Unbilled = self.env["keeping.exact.unbilled"].with_user(self.invoicer)
        for day, expected in (("2026-12-31", hours), ("2027-01-05", hours.browse())):
            with self.subTest(day=day):
                rows = Unbilled.with_context(**{AS_OF: day}).search(
                    [("company_id", "=", self.company.id)]
                )
                self.assertEqual(rows.timesheet_id, expected)

    def test_hours_on_an_invoice_in_odoo_are_not_linked_with_one_in_exact(self):
        hours = self._make_hours(1, 2)
        self._bill_in_odoo()
        Link = self.env["keeping.exact.invoice.link"].with_user(self.invoicer)
        link = Link.with_company(self.company).create(
            {
                "administration_id": self.administration.id,
                "partner_id": hours.partner_id.commercial_partner_id.id,
                "date_from": False,
                "date_to": False,
            }
        )
        self.assertEqual((link.found_count, link.left_odoo_count), (0, 2))
        self.assertIn("2 on an invoice in Odoo", link.left_out)
