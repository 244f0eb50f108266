from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestInvoiceHeader(ExactCase):
    # ------------------------------------------------------------------ the customer's reference

    def test_the_reference_is_that_of_the_project_else_of_the_customer(self):
        other = self._make_project("Onderhoud", self.customer)
        self.customer.keeping_exact_your_ref = "KLANT-1"
        self._make_hours(1)
        self._make_hours(2, project=other)
        draft = self._preview()
        self.assertEqual(draft.your_ref, "KLANT-1")
        draft.action_release()
        other.keeping_exact_your_ref = "PO-9"
        by_project = self._preview(invoice_per="project")
        self.assertEqual(set(by_project.mapped("your_ref")), {"KLANT-1", "PO-9"})
        by_project.action_release()
        draft = self._preview()
        self.assertEqual(draft.your_ref, "PO-9")
        draft.action_release()
        self.project.keeping_exact_your_ref = "PO-8"
        # Of two that differ none holds for the whole invoice.
        self.assertFalse(self._preview().your_ref)

    def test_what_is_filled_in_goes_before_and_stays_editable(self):
        self.project.keeping_exact_your_ref = "PO-8"
        self._make_hours(1)
        draft = self._preview(your_ref="Hand")
        self.assertEqual(draft.your_ref, "Hand")
        with Form(draft) as form:
            form.your_ref = "Later"
        self.assertEqual(draft.sudo()._prepare_exact_payload()["YourRef"], "Later")

    def test_a_demanded_reference_is_asked_for_before_sending(self):
        self._make_hours(1)
        for place, field in (
            (self.customer, "keeping_exact_your_ref_required"),
            (self.administration.sudo(), "your_ref_required"),
        ):
            place[field] = True
            draft = self._preview()
            self.assertIn("fill in Your reference", draft.warnings)
            with self.assertRaisesRegex(UserError, rf"{draft.name} \(Klant & Zoon\)"):
                draft.action_send()
            draft.action_release()
            # Made and sent in one go, it stays a draft.
            self._wizard().action_create()
            made = self.env["keeping.exact.invoice"].search([], limit=1)
            self.assertEqual(made.state, "draft")
            made.with_user(self.invoicer).write({"your_ref": "PO"})
            made.with_user(self.invoicer).action_send()
            self.assertEqual(made.state, "queued")
            made.with_user(self.invoicer).action_release()
            place[field] = False

    def test_the_contact_person_is_whom_the_projects_name(self):
        person = self.env["res.partner"].create({"name": "Piet", "parent_id": self.customer.id})
        self._make_hours(1)
        self.project.partner_id = person
        draft = self._preview()
        self.assertEqual((draft.partner_id, draft.contact_id), (self.customer, person))
        draft.action_release()
        self._make_hours(1, project=self._make_project("Elders", self.customer))
        self.assertFalse(self._preview().contact_id)

    # ------------------------------------------------------------------ who gets the invoice

    def test_what_the_card_of_who_gets_the_invoice_says_goes_for_all(self):
        head = self._make_customer("Hoofdkantoor", sales_vat_code="9", payment_condition="30")
        card = self._make_customer(
            "Klant & Zoon", partner_id=self.customer.id, invoice_account=head.guid
        )
        self.administration.payment_condition_id = (
            self.env["keeping.exact.payment.condition"]
            .sudo()
            .create({"administration_id": self.administration.id, "guid": "p", "name": "14 d"})
        )
        self._make_hours(1)
        draft = self._preview()
        self.assertEqual(draft.invoice_to_id, head)
        payload = draft.sudo()._prepare_exact_payload()
        self.assertEqual((payload["OrderedBy"], payload["InvoiceTo"]), (card.guid, head.guid))
        self.assertNotIn("PaymentCondition", payload)
        self.assertNotIn("VATCode", payload["SalesInvoiceLines"][0])
        head.blocked = True
        with self.assertRaisesRegex(UserError, "Hoofdkantoor is blocked"):
            draft.action_send()

    # ------------------------------------------------------------------ warnings

    def _warned(self, **partner):
        empty = {"vat": False, "country_id": False, "is_company": True}
        self.customer.write({**empty, **partner})
        self.env.invalidate_all()
        return self.draft.warnings or ""

    def test_country_vat_number_and_vat_code_that_do_not_go_together(self):
        self.administration.sudo().country_code = "NL"
        self._make_hours(1)
        self.draft = self._preview()
        germany, us, home = (self.env.ref(f"base.{code}").id for code in ("de", "us", "nl"))
        reverse = self.vat_code.copy(
            {"guid": "r", "code": "6", "percentage": 0, "reverse_charge": True, "name": "EU"}
        )
        self.assertFalse(self._warned())
        self.assertFalse(self._warned(country_id=home))
        self.assertIn(
            "company in Germany without a VAT number, so VAT is charged (4 · High)",
            self._warned(country_id=germany),
        )
        self.assertFalse(self._warned(country_id=germany, is_company=False))
        self.assertIn(
            "usually reversed to it, and here VAT is charged (4 · High)",
            self._warned(country_id=germany, vat="DE136695976"),
        )
        self.assertIn("outside of the European Union", self._warned(country_id=us))
        self.draft.line_ids.chosen_vat_code_id = reverse
        self.assertFalse(self._warned(country_id=germany, vat="DE136695976"))
        self.assertFalse(self._warned(country_id=us))
        self.assertIn(
            "No VAT is charged to Klant & Zoon in Germany (6 · EU)",
            self._warned(country_id=germany),
        )
        self.assertIn("which has no VAT number", self._warned(country_id=home))
        # It only warns, and only as long as something can be done.
        self.draft.action_send()
        self.assertEqual(self.draft.state, "queued")
        self.assertFalse(self._warned(country_id=home))

    def test_what_the_card_in_exact_says_of_country_and_number_goes_first(self):
        self.administration.sudo().country_code = "NL"
        card = self._make_customer(
            "Klant", partner_id=self.customer.id, country_code="DE", vat="DE136695976"
        )
        self._make_hours(1)
        self.draft = self._preview()
        self.assertIn("business in Germany", self._warned(country_id=self.env.ref("base.nl").id))
        card.write({"country_code": "NL"})
        self.assertFalse(self._warned(country_id=self.env.ref("base.de").id))

    def test_a_belgian_business_without_peppol_is_warned_of(self):
        card = self._make_customer("Klant", partner_id=self.customer.id)
        self._make_hours(1)
        self.draft = self._preview()
        belgium = self.env.ref("base.be").id
        self.assertIn("Peppol", self._warned(country_id=belgium))
        self.assertIn("Peppol", self._warned(vat="BE0477472701"))
        self.assertFalse(self._warned(country_id=belgium, is_company=False))
        card.peppol_identifier = "0477472701"
        self.assertFalse(self._warned(country_id=belgium))

    def test_a_discount_on_the_card_is_told_as_exact_takes_it_off(self):
        self._make_customer("Klant", partner_id=self.customer.id, sales_discount=0.055)
        self._make_hours(1)
        draft = self._preview()
        self.assertIn("a discount of 5.5 % on its card", draft.warnings)
        self.assertNotIn("Discount", draft.sudo()._prepare_exact_payload())
