from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..tools.names import clean_name, clean_number
from .common import ExactCase


@tagged("post_install", "-at_install")
class TestMatching(ExactCase):
    def _match(self, *partners):
        partners = self.env["res.partner"].union(*partners)
        result = self.env["keeping.exact.customer"].sudo()._match(self.administration, partners)
        return [
            (customer, [(proposal.name, reason) for proposal, reason in proposals])
            for customer, proposals in (result[partner.id] for partner in partners)
        ]

    def test_unique_vat_number_with_the_same_name_is_linked_by_itself(self):
        exact = self._make_customer("Klant & Zoon B.V.", vat="NL001234567B01")
        self.customer.vat = "NL 0012.34.567 B01"
        self.assertEqual(self._match(self.customer), [(exact, [])])
        self.assertEqual(exact.partner_id, self.customer)
        self.assertEqual(exact.match_origin, "vat")

    def test_unique_chamber_number_with_the_same_name_is_linked_by_itself(self):
        exact = self._make_customer("KLANT & ZOON", chamber_of_commerce="12 34 56 78")
        self.customer.company_registry = "12345678"
        self.assertEqual(self._match(self.customer), [(exact, [])])

    def test_same_number_and_another_name_is_a_proposal(self):
        self._make_customer("Iemand Anders", vat="NL001234567B01")
        self.customer.vat = "NL001234567B01"
        self.assertEqual(
            self._match(self.customer),
            [(self.env["keeping.exact.customer"], [("Iemand Anders", "vat")])],
        )

    def test_a_number_that_two_customers_share_is_a_proposal(self):
        self._make_customer("Klant & Zoon", vat="NL001234567B01", code="1")
        self._make_customer("Klant en Zoon", vat="NL001234567B01", code="2")
        self.customer.vat = "NL001234567B01"
        [(linked, proposals)] = self._match(self.customer)
        self.assertFalse(linked)
        self.assertEqual(len(proposals), 2)

    def test_a_number_that_two_partners_share_is_a_proposal(self):
        self._make_customer("Klant & Zoon", vat="NL001234567B01")
        double = self._make_partner("Klant & Zoon", vat="NL001234567B01")
        self.customer.vat = "NL001234567B01"
        self.assertFalse(any(linked for linked, _proposals in self._match(self.customer, double)))

    def test_number_email_and_name_are_only_proposals(self):
        self._make_customer("Klant & Zoon")
        self._make_customer("A", email="Info@Klant.example")
        self._make_customer("B", code="K-12")
        self.customer.write({"email": "info@klant.example ", "ref": "K-12"})
        [(linked, proposals)] = self._match(self.customer)
        self.assertFalse(linked)
        self.assertEqual(proposals, [("B", "code"), ("A", "email"), ("Klant & Zoon", "name")])

    def test_blocked_suppliers_prospects_and_taken_ones_are_not_proposed(self):
        self._make_customer("Klant & Zoon", guid="1", blocked=True)
        self._make_customer("Klant & Zoon", guid="2", status="A")
        self._make_customer("Klant & Zoon", guid="3", partner_id=self._make_partner("X").id)
        self.assertEqual(self._match(self.customer)[0][1], [])

    def test_customers_of_another_administration_are_not_seen(self):
        foreign = self._make_administration(self.other_company, 100002)
        self._make_customer("Klant & Zoon", administration_id=foreign.id)
        self.assertEqual(self._match(self.customer)[0][1], [])

    def test_a_draft_shows_the_proposal_and_is_not_sent_before_the_choice(self):
        exact = self._make_customer("Klant & Zoon")
        self._make_hours(1)
        invoice = self._preview()
        self.assertEqual(invoice.proposed_customer_id, exact)
        self.assertEqual(invoice.proposal_reason, "name")
        with self.assertRaisesRegex(UserError, "look like"):
            invoice.action_send()
        self.assertEqual(invoice.state, "draft")
        invoice.action_use_proposal()
        self.assertFalse(invoice.proposed_customer_id)
        invoice.action_send()
        self.assertEqual(invoice.state, "queued")
        self.assertEqual(exact.partner_id, self.customer)
        self.assertEqual(exact.match_origin, "person")

    def test_a_new_customer_may_be_asked_for_all_the_same(self):
        exact = self._make_customer("Klant & Zoon")
        self._make_hours(1)
        invoice = self._preview()
        invoice.action_new_customer()
        invoice.action_send()
        self.assertNotEqual(invoice.customer_id, exact)
        self.assertTrue(invoice.customer_id.sudo().creation_confirmed)
        self.assertFalse(exact.partner_id)

    def test_a_customer_linked_to_someone_else_is_refused(self):
        exact = self._make_customer("Ander", partner_id=self._make_partner("Ander").id)
        self._make_hours(1)
        invoice = self._preview()
        invoice.customer_id = exact
        with self.assertRaisesRegex(UserError, "linked to Ander already"):
            invoice.action_send()

    def test_customer_billed_in_another_currency_is_refused(self):
        self._make_customer("Klant & Zoon", partner_id=self.customer.id, sales_currency="USD")
        self._make_hours(1)
        with self.assertRaisesRegex(UserError, "USD"):
            self._preview().action_send()

    def test_currency_of_a_customer_found_while_sending_is_checked_too(self):
        self._make_hours(1)
        invoice = self._preview()
        self._make_customer("Klant & Zoon", partner_id=self.customer.id, sales_currency="USD")
        with self.assertRaisesRegex(UserError, "USD"):
            invoice.action_send()

    def test_looking_at_a_draft_links_nothing(self):
        self._make_hours(1)
        invoice = self._preview()
        exact = self._make_customer("Klant & Zoon", vat="NL001234567B01")
        self.customer.vat = "NL001234567B01"
        self.env.invalidate_all()
        self.assertEqual(invoice.proposed_customer_id, exact)
        self.assertFalse(exact.partner_id)
        invoice.action_send()
        self.assertEqual(exact.partner_id, self.customer)
        self.assertEqual(exact.match_origin, "vat")

    def test_records_of_another_administration_are_refused(self):
        other = self._make_administration(self.company, 100009)
        stranger = self._make_customer("Vreemd", administration_id=other.id)
        item = (
            self.env["keeping.exact.item"]
            .sudo()
            .create({"administration_id": other.id, "guid": "i", "name": "Item"})
        )
        self._make_hours(1)
        invoice = self._preview()
        with self.assertRaises(ValidationError):
            invoice.customer_id = stranger
        with self.assertRaises(ValidationError):
            invoice.line_ids.item_id = item
        with self.assertRaises(ValidationError):
            self.administration.with_user(self.administrator).item_id = item

    def test_a_blocked_customer_is_refused_before_it_is_sent(self):
        self._make_customer("Klant & Zoon", partner_id=self.customer.id, blocked=True)
        self._make_hours(1)
        with self.assertRaisesRegex(UserError, "blocked"):
            self._preview().action_send()

    def test_matching_a_thousand_takes_few_queries(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Klant {n}", "ref": f"K{n}"} for n in range(1000)]
        )
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.env["keeping.exact.customer"].sudo()._match(self.administration, partners)
        self.assertLess(self.env.cr.sql_log_count - before, 10)

    def test_names_are_compared_without_case_accents_and_legal_form(self):
        for one, other in (
            ("Café Zuid B.V.", "cafe zuid bv"),
            ("ACME, Inc.", "Acme"),
            ("De Vries N.V.", "de vries nv"),
            ("Jansen & Co", "JANSEN CO"),
        ):
            self.assertEqual(clean_name(one), clean_name(other))
        self.assertNotEqual(clean_name("Zuid"), clean_name("Noord"))
        self.assertTrue(clean_name("B.V."))

    def test_numbers_are_compared_without_punctuation(self):
        self.assertEqual(clean_number("nl 0012.34.567-b01"), "NL001234567B01")
        self.assertEqual(clean_number(None), "")
