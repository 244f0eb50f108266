from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestInvoiceRefusals(ExactCase):
    """What Exact would refuse is refused before a call, and everything stays as it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_customer("Klant", partner_id=cls.customer.id)
        cls.item = cls._make_item("UREN", fraction_allowed=True)
        cls.administration.item_id = cls.item

    @classmethod
    def _make_item(cls, code, **vals):
        return (
            cls.env["keeping.exact.item"]
            .sudo()
            .create(
                {
                    "administration_id": cls.administration.id,
                    "guid": f"item-{code}",
                    "code": code,
                    "name": code,
                    "is_sales": True,
                    **vals,
                }
            )
        )

    def _refused(self, invoice, text):
        with self.assertRaisesRegex(UserError, text), self.cr.savepoint():
            invoice.action_send()
        self.assertEqual(invoice.state, "draft")
        self.assertTrue(all(invoice.hour_ids.mapped("live")))

    def test_a_quarter_of_an_hour_of_an_item_in_whole_numbers(self):
        self._make_hours(0.25)
        invoice = self._preview()
        self.item.sudo().fraction_allowed = False
        self._refused(invoice, f"{invoice.name}, line Website: item .*UREN.* whole numbers only")
        self.item.sudo().fraction_allowed = True
        invoice.action_send()
        self.assertEqual(invoice.state, "queued")

    def test_whole_hours_of_such_an_item_go_out(self):
        self.item.sudo().fraction_allowed = False
        self._make_hours(0.25, 0.75)
        invoice = self._preview()
        invoice.action_send()
        self.assertEqual(invoice.state, "queued")

    def test_a_date_in_a_closed_period(self):
        journal = (
            self.env["keeping.exact.journal"]
            .sudo()
            .create(
                {
                    "administration_id": self.administration.id,
                    "guid": "journal",
                    "code": "70",
                    "name": "Sales",
                    "type": 20,
                }
            )
        )
        self.administration.journal_id = journal
        Period = self.env["keeping.exact.period"].sudo()
        for number, closed in ((9, "70"), (10, False)):
            Period.create(
                {
                    "administration_id": self.administration.id,
                    "year": 2026,
                    "number": number,
                    "date_from": date(2026, number, 1),
                    "date_to": date(2026, number, 30),
                    "closed_journals": closed,
                }
            )
        self._make_hours(1)
        invoice = self._preview(invoice_date="2026-09-30")
        self._refused(invoice, f"{invoice.name}: .*Choose another invoice date")
        invoice.invoice_date = "2028-01-01"
        self._refused(invoice, "2028")
        invoice.invoice_date = "2026-10-01"
        invoice.action_send()
        self.assertEqual(invoice.state, "queued")

    def test_more_lines_than_anybody_reads(self):
        self._make_hours(*[0.5] * 1_001)
        with self.assertRaisesRegex(UserError, "Klant & Zoon would have 1001 lines; at most 1000"):
            self._preview(group_by="entry")
        self.assertFalse(
            self.env["keeping.exact.hour"].search([("project_id", "=", self.project.id)])
        )
        self.assertEqual(len(self._preview(group_by="day").line_ids), 1)
