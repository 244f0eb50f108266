from odoo.tests import tagged

from .test_credits import CreditCase

ENTRIES, ENTRY_LINES = "salesentry/SalesEntries", "salesentry/SalesEntryLines"


@tagged("post_install", "-at_install")
class TestCreditsWithDiscount(CreditCase):
    """A discount on the customer's card goes off the whole, in an invoice and in its credits."""

    def setUp(self):
        super().setUp()
        # Its customer is in Exact from here on.
        self._open(8)

    def _discounted(self, *hours, discount=0.1, **vals):
        """Return a processed invoice of a customer with a discount."""
        invoice = self._queued(*hours, **vals)
        self._give_discount(invoice, discount)
        self._send()
        self._process(invoice)
        invoice.invalidate_recordset()
        self.assertEqual((invoice.state, invoice.difference_state), ("processed", "same"))
        return invoice

    def _give_discount(self, invoice, discount):
        self._card(invoice, DiscountSales=discount)
        invoice.sudo().customer_id.sales_discount = discount

    def _assert_figures(self, invoice, credited, net):
        invoice.invalidate_recordset()
        self.assertEqual(invoice.amount_untaxed, 450)
        self.assertAlmostEqual(invoice.credited_amount, credited, 2)
        self.assertAlmostEqual(invoice.net_amount, net, 2)

    def test_a_found_note_of_the_whole_leaves_nothing_and_asks_nothing(self):
        invoice = self._discounted(2, 3)
        choice = self._choose(invoice, self._credit_in_exact(invoice))
        self.assertEqual((choice.note_amount, choice.amount, choice.hour_amount), (450, 450, 450))
        self.assertEqual(choice.line_ids.amount, 500)
        self.assertEqual(choice.discount, 0.1)
        self.assertFalse(choice.difference_message)
        self.assertEqual(choice.hour_ids.mapped("chosen"), [True, True])
        choice.action_confirm()
        self.assertEqual((invoice.state, invoice.credit_state), ("credited", "whole"))
        self._assert_figures(invoice, 450, 0)

    def test_a_part_leaves_the_rest(self):
        invoice = self._discounted(2, 3)
        choice = self._choose(invoice, self._credit_in_exact(invoice, quantity=2))
        self.assertEqual((choice.note_amount, choice.amount), (180, 180))
        choice.hour_ids.filtered(lambda hour: hour.hours == 2).chosen = True
        self.assertFalse(choice.difference_message)
        choice.action_confirm()
        self.assertEqual((invoice.state, invoice.credit_state), ("processed", "partly"))
        self._assert_figures(invoice, 180, 270)
        self.assertEqual(self._find(invoice).net_amount, 270)

    def test_a_note_without_the_discount_is_shown_as_what_it_comes_to(self):
        invoice = self._discounted(2, 3)
        guid = self._credit_in_exact(invoice, Discount=0)
        found = self._find(invoice).candidate_ids.filtered(lambda one: one.guid == guid)
        self.assertEqual(found.amount, 500)
        choice = self._choose(invoice, guid)
        self.assertEqual((choice.note_amount, choice.amount), (500, 450))

    def test_one_note_credits_two_invoices_to_the_cent(self):
        invoices = [self._discounted(2, 3), self._discounted(2, 3)]
        guid = self._credit_in_exact(invoices[0], quantity=10)
        for number, invoice in enumerate(invoices):
            choice = self._choose(invoice, guid)
            self.assertEqual((choice.note_amount, choice.note_used), (900, 450 * number))
            choice.line_ids.amount = 500
            choice.hour_ids.chosen = True
            self.assertFalse(choice.difference_message)
            choice.action_confirm()
            self._assert_figures(invoice, 450, 0)

    def _credit_by_entry(self, invoice, amount=None):
        """Turn the entry of an invoice round, as a bookkeeper does who books without invoices."""
        number = int(invoice.number)
        [entry] = [row for row in self._rows(ENTRIES) if row["InvoiceNumber"] == number]
        lines = [row for row in self._rows(ENTRY_LINES) if row["EntryID"] == entry["EntryID"]]
        kept = ("GLAccount", "VATCode", "Description")
        body = {
            "Customer": entry["Customer"],
            "Journal": entry["Journal"],
            "Type": 21,
            "Description": "Credit",
            "SalesEntryLines": [
                {**{name: line[name] for name in kept}, "AmountFC": -(amount or line["AmountFC"])}
                for line in lines
            ],
        }
        with self.administration._get_client() as client:
            return client.post(ENTRIES, body)["EntryID"]

    def test_an_entry_is_booked_less_the_discount(self):
        invoice = self._discounted(2, 3)
        guid = self._credit_by_entry(invoice)
        choice = self._choose(invoice, guid)
        self.assertEqual((choice.note_amount, choice.amount), (450, 450))
        self.assertFalse(choice.difference_message)
        self.assertIn("minus 450.00 EUR", choice.reasons)
        choice.action_confirm()
        self._assert_figures(invoice, 450, 0)

    def test_an_entry_credits_the_whole_also_where_the_discount_was_rounded(self):
        invoice = self._discounted(1, rate=100.05)
        self.assertEqual(invoice.amount_untaxed, 90.04)
        choice = self._choose(invoice, self._credit_by_entry(invoice))
        self.assertEqual((choice.note_amount, choice.line_ids.amount), (90.04, 100.05))
        self.assertTrue(choice.hour_ids.chosen)
        self.assertFalse(choice.difference_message)
        choice.action_confirm()
        self.assertEqual((invoice.state, invoice.credit_state), ("credited", "whole"))
        self.assertEqual(invoice.net_amount, 0)

    def test_cents_of_rounding_between_parts_of_a_note_are_no_difference(self):
        invoices = [self._discounted(1, rate=50.04) for _number in range(4)]
        lines = invoices[0].sudo().line_ids
        guid = self._credit_in_exact(invoices[0], quantity=4)
        for invoice in invoices:
            choice = self._choose(invoice, guid)
            self.assertEqual(choice.note_amount, 180.14)
            choice.line_ids.amount = lines.amount
            choice.hour_ids.chosen = True
            self.assertFalse(choice.difference_message)
            choice.action_confirm()
            self.assertEqual((invoice.credit_state, invoice.net_amount), ("whole", 0))

    def test_a_gift_without_hours_is_credited_too(self):
        invoice = self._queued_with_travel(300)
        self._give_discount(invoice, 1)
        self._send()
        self._process(invoice)
        choice = self._make(invoice)
        choice.line_ids.filtered(lambda line: line.name == "Travel").chosen = True
        choice.action_make()
        self._send()
        self.assertEqual((invoice.state, invoice.credit_state), ("processed", "partly"))

    def test_a_gift_is_credited_too(self):
        invoice = self._discounted(2, discount=1)
        choice = self._make(invoice)
        choice.action_choose_all()
        choice.action_make()
        self._send()
        self.assertEqual((invoice.state, invoice.credit_state), ("credited", "whole"))

    def test_a_note_that_is_made_does_not_follow_a_card_that_was_not_read_since(self):
        invoice = self._discounted(2, 3)
        self._card(invoice, DiscountSales=0.25)
        self._check_made_of(invoice)

    def test_an_entry_of_parts_credits_the_whole_too(self):
        invoice = self._discounted(1, rate=100.05)
        for amount in (45.02, 45.02):
            guid = self._credit_by_entry(invoice, amount)
            choice = self._choose(invoice, guid)
            choice.accept_difference = True
            choice.action_confirm()
        self.assertEqual((invoice.state, invoice.credit_state), ("credited", "whole"))

    def _check_made(self, later):
        """Make a credit note of a whole invoice after the discount on the card has changed."""
        invoice = self._discounted(2, 3)
        self._give_discount(invoice, later)
        self._check_made_of(invoice)

    def _check_made_of(self, invoice):
        choice = self._make(invoice)
        choice.action_choose_all()
        self.assertEqual((choice.amount, choice.hour_amount), (450, 450))
        choice.action_make()
        self._send()
        self._assert_figures(invoice, 450, 0)
        [note] = [row for row in self._rows() if row["InvoiceID"] == invoice.credit_ids.guid]
        self.assertEqual(abs(float(note["AmountFCExclVat"])), 450)

    def test_a_note_that_is_made_takes_off_what_was_billed(self):
        self._check_made(0.1)

    def test_a_note_that_is_made_does_not_follow_a_card_with_more_discount(self):
        self._check_made(0.25)

    def test_a_note_that_is_made_does_not_follow_a_card_without_discount(self):
        self._check_made(0)

    def test_what_has_no_hours_is_left_after_all_hours_were_credited(self):
        invoice = self._queued_with_travel(300)
        self._give_discount(invoice, 0.1)
        self._send()
        self._process(invoice)
        choice = self._make(invoice)
        choice.hour_ids.chosen = True
        choice.action_make()
        self._send()
        self.assertEqual((invoice.state, invoice.credit_state), ("credited", "partly"))
        self._assert_figures(invoice, 180, 270)

    def test_the_discount_is_what_exact_took_off(self):
        invoice = self._queued(2, 3)
        # The card was changed in Exact since it was read.
        self._card(invoice, DiscountSales=0.1)
        self._send()
        self.assertEqual((invoice.amount_untaxed, invoice.sudo().discount), (450, 0.1))
        self.assertEqual(invoice.difference_state, "different")
