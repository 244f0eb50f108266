from odoo.tests import tagged

from .adjust_case import AdjustCase
from .sandbox_case import INVOICES


@tagged("post_install", "-at_install")
class TestAdjustDiscounts(AdjustCase):
    """Discounts of lines and of the customer, when lines are compared and ours are sent."""

    def _website_in_exact(self):
        [row] = [row for row in self._lines_in_exact() if row["Description"] == "Website"]
        return [float(row[name] or 0) for name in ("Quantity", "UnitPrice", "Discount", "AmountFC")]

    def test_a_discount_that_was_given_in_exact_is_taken_off_again(self):
        self._change_line(self.guid, Discount=0.1)
        adjust = self._compare()
        line = adjust.line_ids[0]
        self.assertEqual((line.kind, line.amount, line.exact_amount), ("changed", 300, 270))
        self.assertEqual(line.to_do, "change")
        adjust.action_send()
        self._send()
        self.assertEqual(self._website_in_exact(), [3, 100, 0, 300])
        self.assertEqual(self.invoice.amount_untaxed, 340)
        self.assertEqual(self.invoice.difference_state, "same")
        self.assertFalse(self._compare().difference_count)

    def test_a_discount_that_was_taken_over_stays_on_a_line_that_is_changed(self):
        # One of many decimals: of the amount alone it is not known any more.
        self._change_line(self.guid, Discount=0.123456)
        self._compare().action_take_over()
        self.assertEqual(self.invoice.line_ids[0].amount, 262.96)
        adjust = self._compare()
        self.assertFalse(adjust.difference_count)
        self.assertEqual(adjust.line_ids.mapped("to_do"), ["stay", "stay"])
        adjust.line_ids[0].quantity = 2
        adjust.action_send()
        self._send()
        self.assertEqual(self._website_in_exact(), [2, 100, 0.123456, 175.31])
        self.assertEqual(self.invoice.difference_state, "same")

    def test_a_discount_that_was_taken_off_in_exact_comes_back(self):
        self._change_line(self.guid, Discount=0.1)
        self._compare().action_take_over()
        self._change_line(self.guid, Discount=0)
        self._compare().action_send()
        self._send()
        self.assertEqual(self._website_in_exact(), [3, 100, 0.1, 270])
        self.assertEqual(self.invoice.difference_state, "same")

    def test_a_discount_that_was_given_since_it_was_shown_is_not_overwritten(self):
        line = self._compare().line_ids[0]
        line.unit_price = 90
        line.adjust_id.action_send()
        self._change_line(self.guid, Discount=0.1)
        self._send()
        self.assertEqual(self.invoice.line_change_state, "failed")
        self.assertIn("Somebody changed this line", self.invoice.line_change_message)
        self.assertEqual(self._website_in_exact(), [3, 100, 0.1, 270])

    def test_a_lower_net_price_is_a_discount_too(self):
        self._change_line(self.guid, NetPrice=90)
        self.assertEqual(self._website_in_exact(), [3, 100, 0, 270])
        self._compare().action_take_over()
        adjust = self._compare()
        self.assertEqual(adjust.line_ids.mapped("to_do"), ["stay", "stay"])
        adjust.line_ids[0].name = "Website, October"
        adjust.action_send()
        self._send()
        self.assertEqual(self.invoice.line_ids[0].amount, 270)
        self.assertEqual(self.invoice.amount_untaxed, 310)
        self.assertEqual(self.invoice.difference_state, "same")

    def test_a_price_that_includes_vat_has_no_discount_in_it(self):
        code = self._lines_in_exact()[0]["VATCode"].strip()
        self.sandbox.control(
            "POST",
            f"rows/{self.administration.code}/vat/VATCodes",
            {"where": {"Code": code}, "values": {"Type": "I"}},
        )
        vat_code = self.invoice.sudo().line_ids[0].vat_code_id
        vat_code.type = "I"
        self._change_line(self.guid, UnitPrice=121)
        self.assertEqual(self._website_in_exact(), [3, 121, 0, 300])
        self._compare().action_take_over()
        adjust = self._compare()
        self.assertEqual(adjust.line_ids.mapped("to_do"), ["stay", "stay"])
        adjust.line_ids[0].write({"name": "Website, October", "unit_price": 60.5})
        self.assertEqual(adjust.line_ids[0].amount, 150)
        adjust.action_send()
        self._send()
        [row] = [row for row in self._lines_in_exact() if row["Description"] == "Website, October"]
        self.assertEqual((row["Discount"], row["AmountFC"]), (0, 150))
        self.assertEqual(self.invoice.line_ids[0].amount, 150)

    def test_what_is_meant_is_rounded_over_all_lines_as_exact_does(self):
        self.acme.sudo().sales_discount = 0.1
        self.invoice.sudo().write({"discount": 0.1})
        self.invoice.sudo().line_ids[0].write({"exact_amount": 50.05})
        self.invoice.sudo().line_ids[1].write({"exact_amount": 50})
        before = self.invoice.sudo()._reckon_totals()
        self.assertAlmostEqual(before[0], 90.04, 4)
        self.invoice.sudo().write({"meant_untaxed": before[0], "meant_total": before[1]})
        self.invoice.sudo()._have_line_as_sent(
            self.invoice.sudo().line_ids[0],
            {
                "Description": "Website",
                "Notes": "",
                "Quantity": "1",
                "UnitPrice": "50",
                "Discount": "0",
            },
        )
        self.assertAlmostEqual(self.invoice.sudo().meant_untaxed, 90, 4)

    def test_what_is_meant_is_less_the_discount_of_the_customer(self):
        self.acme.sudo().sales_discount = 0.05
        header = {"Discount": 0.05, "AmountFCExclVat": 323, "AmountFC": 390.83}
        self.sandbox.control(
            "POST",
            f"rows/{self.administration.code}/{INVOICES}",
            {"where": {"InvoiceID": self.guid}, "values": header},
        )
        self._compare().action_take_over()
        line = self._compare().line_ids[1]
        line.unit_price = 60
        line.adjust_id.action_send()
        self._send()
        self.assertEqual(self.invoice.amount_untaxed, 342)
        self.assertEqual(self.invoice.difference_state, "same")


@tagged("post_install", "-at_install")
class TestAdjustDiscountsLenient(TestAdjustDiscounts):
    profile = "lenient"
