from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestOrderRates(SaleCase):
    """Hours on an order line are priced at its price, before the rate card."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls._make_hours(2)

    def _card(self, rate, **vals):
        return self.env["keeping.exact.rate"].create(
            {
                "company_id": self.company.id,
                "hourly_rate": rate,
                "currency_id": self.euro.id,
                **vals,
            }
        )

    def _sell(self, product=None, **line):
        self.project.sale_line_id = self._make_order(product, **line).order_line
        self.env.flush_all()

    def _billed(self):
        """Bill the hours by rate card and give them up again; return rate, amount, source."""
        invoice = self._preview(rate_mode="rate_card")
        hour = invoice.hour_ids
        told = (hour.rate, hour.amount, hour.rate_source)
        invoice.action_release()
        return told

    def test_the_price_of_the_order_line_goes_before_the_rate_card(self):
        self._card(50, project_id=self.project.id)
        self.assertEqual(self._billed(), (90, 180, "order_line"))
        self.company.keeping_exact_order_rates = False
        self.assertEqual(self._billed(), (50, 100, "project"))

    def test_hours_without_an_order_line_have_the_rate_of_the_card(self):
        self._card(50)
        self.project.sale_line_id = False
        self.assertFalse(self.hours.so_line)
        self.assertEqual(self._billed(), (50, 100, "company"))

    def test_only_confirmed_orders_have_agreed_prices(self):
        self._card(50)
        order = self._make_order(confirm=False)
        self.hours.write({"so_line": order.order_line.id, "is_so_line_edited": True})
        self.assertEqual(self._billed(), (50, 100, "company"))
        order.action_confirm()
        self.assertEqual(self._billed(), (90, 180, "order_line"))

    def test_discount_unit_and_vat_are_taken_out_of_the_price(self):
        country = self.env.ref("base.nl")
        self.odoo["account.tax.group"].create(
            {"name": "VAT", "company_id": self.company.id, "country_id": country.id}
        )
        including = self.odoo["account.tax"].create(
            {
                "name": "21% included",
                "amount": 21,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                "company_id": self.company.id,
                "country_id": country.id,
            }
        )
        days = self._make_product("delivered_timesheet", "uom.product_uom_day")
        units = self._make_product("delivered_timesheet", "uom.product_uom_unit")
        for product, line, rate in (
            (None, {"discount": 10}, 81),
            (days, {"price_unit": 1000}, 125),
            (days, {"price_unit": 1000, "discount": 25}, 93.75),
            (units, {"price_unit": 77.5}, 77.5),
            (None, {"price_unit": 121, "tax_ids": [Command.set(including.ids)]}, 100),
            (None, {"price_unit": 0}, 0),
        ):
            with self.subTest(product=product and product.uom_id.name, **line):
                self._sell(product, **line)
                self.assertEqual(self._billed(), (rate, 2 * rate, "order_line"))

    def test_a_new_price_holds_for_what_is_billed_from_then_on(self):
        invoice = self._preview(rate_mode="rate_card")
        self.line.price_unit = 100
        self.assertEqual(invoice.hour_ids.rate, 90)
        invoice.action_release()
        self.assertEqual(self._billed(), (100, 200, "order_line"))

    def test_item_and_vat_code_stay_those_of_the_card(self):
        item = (
            self.env["keeping.exact.item"]
            .sudo()
            .create(
                {
                    "administration_id": self.administration.id,
                    "guid": "item",
                    "code": "UUR",
                    "name": "Hours",
                }
            )
        )
        self._card(50, item_id=item.id, vat_code_id=self.vat_code.id)
        line = self._preview(rate_mode="rate_card").line_ids
        self.assertEqual(line.unit_price, 90)
        self.assertEqual(line.item_id, item)
        self.assertEqual(line.chosen_vat_code_id, self.vat_code)

    def test_one_price_for_the_invoice_still_goes_over_all(self):
        hour = self._preview(rate_mode="invoice_rate", rate=70).hour_ids
        self.assertEqual((hour.rate, hour.rate_source), (70, "invoice"))

    def test_prices_in_another_currency_are_refused_and_not_reckoned(self):
        dollars = self.env.ref("base.USD")
        dollars.active = True
        order = self._make_order(confirm=False)
        order.currency_id = dollars
        order.action_confirm()
        self.project.sale_line_id = order.order_line
        self.assertEqual(self.hours.so_line.currency_id, dollars)
        with self.assertRaisesRegex(UserError, "USD"):
            self._preview(rate_mode="rate_card")

    def test_what_is_to_bill_is_worth_the_price_of_the_order(self):
        self._card(50)
        rows = self.env["keeping.exact.unbilled"].with_user(self.invoicer)
        row = rows.search([("company_id", "=", self.company.id)])
        self.assertEqual((row.rate, row.value, row.rate_source), (90, 180, "order_line"))
        self.assertFalse(row.rate_id)
        self.assertEqual(self._wizard(rate_mode="rate_card").found_amount, 180)

    def test_an_order_is_as_good_as_a_rate_card(self):
        Wizard = self.env["keeping.exact.invoice.create"].with_user(self.invoicer)
        wizard = Wizard.with_company(self.company).create(
            {"administration_id": self.administration.id}
        )
        self.assertEqual(wizard.rate_mode, "rate_card")
        self.assertEqual(self._wizard(rate_mode="rate_card").unpriced_count, 0)
        self.company.keeping_exact_order_rates = False
        wizard = Wizard.with_company(self.company).create(
            {"administration_id": self.administration.id}
        )
        self.assertEqual(wizard.rate_mode, "invoice_rate")
        self.assertEqual(self._wizard(rate_mode="rate_card").unpriced_count, 1)
