from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestPartnerMerge(ExactCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double = cls._make_partner("Klant en Zn.")
        cls.first = cls._make_customer("Klant & Zoon", code="1", partner_id=cls.customer.id)
        cls.second = cls._make_customer("Klant en Zn.", code="2", partner_id=cls.double.id)
        cls.other_project = cls._make_project("Elders", cls.double)

    def _merge(self, *merged, into=None):
        into = into or self.customer
        ids = [partner.id for partner in (*merged, into)]
        self.env["base.partner.merge.automatic.wizard"]._merge(ids, into, extra_checks=False)
        self.env.invalidate_all()

    def test_two_linked_contacts_keep_one_customer_and_all_links(self):
        self._make_hours(1)
        self._make_hours(2, project=self.other_project)
        made = self._preview(partner_ids=self.double.ids)
        self._bring(made, "open", guid="in-exact")
        self._make_hours(3, project=self.other_project)
        draft = self._preview(partner_ids=self.double.ids)
        self._merge(self.double)
        self.assertFalse(self.double.exists())
        self.assertEqual(self.first.partner_id, self.customer)
        self.assertFalse(self.second.partner_id)
        self.assertEqual((made | draft).partner_id, self.customer)
        # What is in Exact stays where it is; what is not yet follows.
        self.assertEqual(made.customer_id, self.second)
        self.assertEqual(draft.customer_id, self.first)
        self.assertTrue(all(made.hour_ids.mapped("live")))
        self.assertEqual((made | draft).hour_ids.partner_id, self.customer)
        note = "".join(self.customer.message_ids.mapped("body"))
        self.assertIn("1 · Klant &amp; Zoon", note)
        self.assertIn("2 · Klant en Zn. is no longer linked", note)

    def test_the_only_link_goes_along(self):
        self.first.partner_id = False
        self._merge(self.double)
        self.assertEqual(self.second.partner_id, self.customer)

    def test_links_in_different_administrations_both_remain(self):
        other = self._make_administration(self.company, 100005)
        self.second.sudo().administration_id = other
        self._merge(self.double)
        self.assertEqual((self.first | self.second).partner_id, self.customer)

    def test_merged_into_the_contact_of_a_company_the_company_has_it(self):
        contact = self.env["res.partner"].create({"name": "Piet", "parent_id": self.customer.id})
        self.first.partner_id = False
        self._make_hours(2, project=self.other_project)
        draft = self._preview(partner_ids=self.double.ids)
        self._merge(self.double, into=contact)
        self.assertEqual(self.second.partner_id, self.customer)
        self.assertEqual(draft.partner_id, self.customer)
        self.assertEqual(draft.hour_ids.partner_id, self.customer)

    def test_a_customer_that_is_being_made_is_waited_for(self):
        self.second.partner_id = False
        self.env.flush_all()
        self.env["keeping.exact.customer"].sudo()._plan_creation(self.administration, self.double)
        with self.assertRaisesRegex(UserError, "Merge the contacts when that is done"):
            self._merge(self.double)

    def _rate(self, partner, amount):
        return self.env["keeping.exact.rate"].create(
            {
                "company_id": self.company.id,
                "partner_id": partner.id,
                "hourly_rate": amount,
                "currency_id": self.euro.id,
            }
        )

    def test_rates_go_along_and_equal_ones_become_one(self):
        kept = self._rate(self.customer, 90)
        self._rate(self.double, 90)
        self._merge(self.double)
        rates = self.env["keeping.exact.rate"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(rates, kept)

    def test_rates_that_differ_are_for_a_person(self):
        self._rate(self.customer, 90)
        self._rate(self.double, 95)
        with self.assertRaisesRegex(UserError, "different hourly rates"):
            self._merge(self.double)
