from odoo.exceptions import UserError
from odoo.tests import tagged

from .sandbox_case import SendingCase


@tagged("post_install", "-at_install")
class TestCustomerCreation(SendingCase):
    """What goes to Exact for a customer and its contact person, over a real socket."""

    def _account(self, name=None):
        rows = [r for r in self._rows("crm/Accounts") if r["Name"] == (name or self.customer.name)]
        self.assertEqual(len(rows), 1)
        return {key: str(value).strip() for key, value in rows[0].items()}

    def test_what_is_known_of_a_customer_goes_to_exact(self):
        belgium = self.env.ref("base.be")
        self.customer.write(
            {
                "street": "Grote Markt 1",
                "street2": "Bus 3",
                "zip": "9000",
                "city": "Gent",
                "country_id": belgium.id,
                "vat": "BE0999999922",
                "company_registry": "0999.999.922",
                "email": "Boekhouding <facturen@klant.example>; ander@klant.example",
                "phone": "+32 9 123 45 67",
                "website": "https://klant.example",
                "lang": "en_US",
                "ref": "77001",
                "keeping_exact_invoicing_method": "2",
            }
        )
        self.administration.sudo().customer_number_source = "odoo"
        invoice = self._queued()
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)
        account = self._account()
        expected = {
            "Status": "C",
            "Code": "77001",
            "AddressLine1": "Grote Markt 1",
            "AddressLine2": "Bus 3",
            "Postcode": "9000",
            "City": "Gent",
            "Country": "BE",
            "VATNumber": "BE0999999922",
            "ChamberOfCommerce": "0999999922",
            "Email": "facturen@klant.example",
            "Phone": "+32 9 123 45 67",
            "Website": "https://klant.example",
            "Language": "EN",
            "InvoicingMethod": "2",
        }
        self.assertEqual({name: account[name] for name in expected}, expected)

    def test_a_number_that_is_taken_is_told_before_and_after_exact_refuses_it(self):
        self.administration.sudo().customer_number_source = "odoo"
        with self.administration._get_client() as client:
            client.post("crm/Accounts", {"Name": "Bezet", "Status": "C", "Code": "88001"})
        self.customer.ref = "88001"
        invoice = self._queued()
        self._send()
        self.assertEqual((invoice.state, invoice.error_code), ("failed", "customer_number"))
        self.assertIn("88001 · Bezet", invoice.error_message)
        self.customer.ref = "88002"
        # Somebody takes the number between our look and our call.
        self._refuse_next("crm/Accounts", "Gegeven bestaat reeds.")
        invoice.action_retry()
        self._send()
        self.assertEqual((invoice.state, invoice.error_code), ("failed", "customer_number"))
        self.assertIn("88002 (Gegeven bestaat reeds.)", invoice.error_message)
        invoice.action_retry()
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)
        self.assertEqual(self._account()["Code"], "88002")

    def test_a_supplier_becomes_usable_once_it_is_a_customer_in_exact(self):
        with self.administration._get_client() as client:
            made = client.post(
                "crm/Accounts", {"Name": self.customer.name, "Status": "A", "IsSupplier": True}
            )
        self._sync()
        self._make_hours(1)
        draft = self._preview()
        self.assertIn("only a supplier", draft.lookalike_note)
        with self.assertRaisesRegex(UserError, "look like"):
            draft.action_send()
        with self.administration._get_client() as client:
            client.put("crm/Accounts", made["ID"], {"Status": "C"})
        draft.action_read_lookalikes()
        self.assertFalse(draft.lookalike_note)
        self.assertEqual(draft.proposed_customer_id.guid, made["ID"])
        draft.action_use_proposal()
        draft.action_send()
        self._send()
        self.assertEqual(draft.state, "open", draft.error_message)

    def _sync(self):
        self.administration.action_sync()
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()

    def test_contact_person_and_the_account_that_gets_the_invoice(self):
        piet = self.env["res.partner"].create(
            {"name": "Piet Jansen", "parent_id": self.customer.id, "email": "Piet@klant.example"}
        )
        self.project.partner_id = piet
        with self.administration._get_client() as client:
            head = client.post("crm/Accounts", {"Name": "Hoofdkantoor", "Status": "C"})
            own = client.post(
                "crm/Accounts",
                {"Name": self.customer.name, "Status": "C", "InvoiceAccount": head["ID"]},
            )
            contact = client.post(
                "crm/Contacts",
                {"Account": own["ID"], "LastName": "P. Jansen", "Email": "piet@klant.example"},
            )
        self._sync()
        self._make_hours(1)
        draft = self._preview()
        self.assertEqual(draft.contact_id, piet)
        draft.action_use_proposal()
        self.assertEqual(draft.invoice_to_id.guid, head["ID"])
        draft.action_send()
        self._send()
        self.assertEqual(draft.state, "open", draft.error_message)
        [row] = self._in_exact(draft)
        self.assertEqual((row["OrderedBy"], row["InvoiceTo"]), (own["ID"], head["ID"]))
        self.assertEqual(row["OrderedByContactPerson"], contact["ID"])
        self.assertNotIn("InvoiceToContactPerson", row)
        self.assertFalse(draft.contact_note)
        # Whoever is not there is left out, and so is everybody when contacts may not be read.
        piet.write({"email": "nieuw@klant.example", "name": "Kees"})
        for fault in (False, True):
            if fault:
                self.sandbox.add_fault(
                    method="GET", path="crm/Contacts", kind="status", status=403, times=1
                )
            second = self._queued(1)
            self._send()
            self.assertEqual(second.state, "open", second.error_message)
            self.assertIn("Kees is not among the contacts", second.contact_note)
            [row] = self._in_exact(second)
            self.assertNotIn("OrderedByContactPerson", row)

    def test_what_was_agreed_on_the_card_is_read_and_left_to_exact(self):
        with self.administration._get_client() as client:
            client.post(
                "crm/Accounts",
                {
                    "Name": self.customer.name,
                    "Status": "C",
                    "Language": "NL",
                    "DiscountSales": 0.05,
                    "PaymentConditionSales": "14",
                },
            )
        self._sync()
        self._make_hours(2)
        draft = self._preview()
        draft.action_use_proposal()
        self.assertIn("5.0 %", draft.warnings)
        card = draft.sudo().customer_id
        self.assertEqual((card.language, card.sales_discount), ("NL", 0.05))
        draft.action_send()
        self._send()
        self.assertEqual(draft.state, "open", draft.error_message)
        [row] = self._in_exact(draft)
        self.assertEqual((row["Discount"], row["PaymentCondition"].strip()), (0.05, "14"))
        # What Exact takes off by itself, as was told before, is no difference.
        self.assertEqual(draft.difference_state, "same", draft.difference_message)
        # Read once more it is no change.
        before = card.write_date
        self._sync()
        self.assertEqual(card.write_date, before)

    def test_a_customer_asked_for_on_the_screen_is_made_without_any_invoice(self):
        self._make_hours(1)
        row = (
            self.env["keeping.exact.mapping"]
            .with_user(self.invoicer)
            .search(
                [
                    ("partner_id", "=", self.customer.id),
                    ("administration_id", "=", self.administration.id),
                ]
            )
        )
        with self._committing():
            row.action_new()
        self._send()
        self.assertEqual(row.state, "linked")
        self.assertEqual(row.customer_id.guid, self._account()["ID"])
