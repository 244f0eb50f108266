from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .link_case import LinkCase


@tagged("post_install", "-at_install")
class TestLinkSearch(LinkCase):
    """Invoices of Exact that have no link, found by what a person knows of them."""

    profile = "strict"

    def test_open_and_processed_ones_are_shown_and_told_apart(self):
        opened, booked = self._bill(), self._bill(process=True)
        rows = {row.guid: row for row in self._search()}
        self.assertEqual(rows[opened].status, "open")
        # Whether an open one has its number already is a setting of Exact's.
        [row] = [row for row in self._rows() if row["InvoiceID"] == opened]
        known = row.get("InvoiceNumber") or f"order {row['OrderNumber']}"
        self.assertEqual(rows[opened].number, str(known))
        self.assertEqual(rows[booked].status, "processed")
        self.assertTrue(rows[booked].number.isdigit())
        self.assertEqual(rows[booked].invoice_date, date(2026, 11, 5))
        self.assertEqual(rows[booked].amount_untaxed, 300)
        self.assertEqual(rows[booked].customer, self.acme.name)
        self.assertEqual(self._methods(), {"GET"})

    def test_credit_notes_are_not_shown(self):
        note = self._bill(Type=8021)
        self.assertNotIn(note, self._search().mapped("guid"))

    def test_what_is_linked_is_not_shown_until_it_is_disconnected(self):
        guid = self._bill()
        self._make_hours(3)
        invoice = self._linked(guid)
        self.assertNotIn(guid, self._search().mapped("guid"))
        invoice.action_release()
        self.assertIn(guid, self._search().mapped("guid"))

    def test_by_customer_date_and_number(self):
        mine = self._bill(process=True)
        other = self._bill(customer=self.theirs[1], day=date(2026, 10, 20))
        rows = self._search(search_customer_id=self.acme.id)
        self.assertIn(mine, rows.mapped("guid"))
        self.assertNotIn(other, rows.mapped("guid"))
        number = rows.filtered(lambda row: row.guid == mine).number
        rows = self._search(search_date_from="2026-10-20", search_date_to="2026-10-20")
        self.assertEqual(rows.mapped("guid"), [other])
        self.assertEqual(self._search(search_number=f" {number} ").mapped("guid"), [mine])
        order = next(row["OrderNumber"] for row in self._rows() if row["InvoiceID"] == other)
        self.assertIn(other, self._search(search_number=str(order)).mapped("guid"))

    def test_by_amount_with_or_without_vat_and_by_reference(self):
        guid = self._bill((1, 777.35, "Odd"), YourRef="PO 4711", Description="Work of October")
        self.assertEqual(self._search(search_amount=777.35).mapped("guid"), [guid])
        [total] = [row["AmountFC"] for row in self._rows() if row["InvoiceID"] == guid]
        self.assertEqual(self._search(search_amount=float(total)).mapped("guid"), [guid])
        self.assertEqual(self._search(search_reference="po 47").mapped("guid"), [guid])
        self.assertEqual(self._search(search_reference="of october").mapped("guid"), [guid])
        link = self._open_link(search_reference="nowhere")
        link.action_search()
        self.assertFalse(link.row_ids)
        self.assertIn("None of the", link.search_message)

    def test_many_are_read_a_page_at_a_time(self):
        made = {self._bill(day=date(2026, 11, 20)) for _number in range(65)}
        link = self._open_link(search_date_from="2026-11-20", search_date_to="2026-11-20")
        link.action_search()
        first = set(link.row_ids.mapped("guid"))
        self.assertEqual(len(first), 60)
        self.assertIn("there may be more", link.search_message)
        self.assertEqual(len(self.sandbox.calls()), 1)
        link.action_more()
        rest = set(link.row_ids.mapped("guid"))
        self.assertEqual((len(rest), first | rest), (5, made))
        with self.assertRaisesRegex(UserError, "no more"):
            link.action_more()
        self.assertEqual(len(self.sandbox.calls()), 2)

    def test_the_newest_come_first(self):
        for day in (3, 12, 7):
            self._bill(day=date(2026, 11, day))
        days = self._search(search_customer_id=self.acme.id).mapped("invoice_date")
        self.assertEqual(days, sorted(days, reverse=True))

    def test_nothing_found_is_no_proof_that_there_is_nothing(self):
        link = self._open_link(search_date_from="2031-01-01")
        link.action_search()
        self.assertIn("a missing right looks the same", link.search_message)

    def test_a_number_has_digits(self):
        for number in ("F2026", "99999999999"):
            with self.assertRaisesRegex(UserError, "digits only"):
                self._search(search_number=number)

    def test_exact_that_does_not_answer_is_told(self):
        link = self._open_link()
        self.sandbox.add_fault(
            method="GET", path="salesinvoice", kind="status", status=503, times=9
        )
        with self.assertRaises(UserError):
            link.action_search()


@tagged("post_install", "-at_install")
class TestLinkSearchLenient(TestLinkSearch):
    profile = "lenient"
