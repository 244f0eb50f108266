from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .sandbox_case import SendingCase


@tagged("post_install", "-at_install")
class TestSendingCustomers(SendingCase):
    def test_a_refused_invoice_can_be_given_up(self):
        self._refuse_next("crm/Accounts", "Ongeldig: Email")
        invoice = self._queued()
        self._send()
        self.assertEqual(invoice.state, "failed")
        self.assertIn("Ongeldig: Email", invoice.error_message)
        self.assertFalse(invoice.customer_id)
        invoice.action_release()
        self.assertEqual(invoice.state, "cancelled")
        self.assertFalse(any(invoice.hour_ids.mapped("live")))

    def test_a_customer_that_turned_up_meanwhile_is_proposed_and_not_doubled(self):
        self.customer.name = "Nieuw in Exact"
        invoice = self._queued()
        # Somebody makes the customer in Exact after our list was read.
        with self.administration._get_client() as client:
            client.post("crm/Accounts", {"Name": "Nieuw in Exact", "Status": "C"})
        self._send()
        self.assertEqual(invoice.state, "failed")
        self.assertEqual(invoice.error_code, "customer_exists")
        names = [row["Name"].strip() for row in self._rows("crm/Accounts")]
        self.assertEqual(names.count("Nieuw in Exact"), 1)
        self.assertTrue(invoice.proposed_customer_id)
        invoice.action_use_proposal()
        invoice.action_retry()
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)

    def test_a_new_customer_is_made_when_a_person_insists(self):
        self.customer.name = "Dubbele Naam"
        with self.administration._get_client() as client:
            client.post("crm/Accounts", {"Name": "Dubbele Naam", "Status": "C"})
        invoice = self._queued()
        self._send()
        invoice.action_new_customer()
        invoice.action_retry()
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)
        names = [row["Name"].strip() for row in self._rows("crm/Accounts")]
        self.assertEqual(names.count("Dubbele Naam"), 2)

    def test_a_lost_answer_about_a_customer_does_not_double_it(self):
        self.sandbox.add_fault(method="POST", path="crm/Accounts", kind="lose_answer", times=1)
        invoice = self._queued()
        self._send()
        self.assertEqual(invoice.state, "queued")
        self._pass_time()
        self._send()
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)
        names = [row["Name"].strip() for row in self._rows("crm/Accounts")]
        self.assertEqual(names.count(self.customer.name), 1)

    def test_the_bookkeepers_agreements_on_the_card_are_left_alone(self):
        codes = self.env["keeping.exact.vat.code"].search(
            [("administration_id", "=", self.administration.id), ("percentage", "=", 0.21)]
        )
        conditions = self.env["keeping.exact.payment.condition"].search(
            [("administration_id", "=", self.administration.id)]
        )
        self.administration.sudo().write(
            {"vat_code_id": codes[0].id, "payment_condition_id": conditions[-1].id}
        )
        invoice = self._queued()
        self._send()
        invoice.sudo().customer_id.write(
            {"sales_vat_code": codes[0].code, "payment_condition": conditions[0].code}
        )
        second = self._queued(1)
        payload = second.sudo()._prepare_exact_payload()
        self.assertNotIn("PaymentCondition", payload)
        self.assertNotIn("VATCode", payload["SalesInvoiceLines"][0])

    def test_open_in_exact_leads_to_the_customers_card(self):
        invoice = self._queued()
        self._send()
        url = invoice.action_open_in_exact()["url"]
        self.assertTrue(url.startswith(self.sandbox.url))
        self.assertIn(invoice.customer_id.guid, url)
        self.assertIn(str(self.administration.code), url)

    def test_a_refused_item_fails_its_invoices_and_is_planned_anew(self):
        self.administration.sudo().item_id = False
        self._refuse_next("logistics/Items", "Mandatory: Item group")
        # An item of another code than earlier tests have made.
        invoice = self._queued()
        self.administration.item_id.sudo().code = "UREN-2"
        self._send()
        self.assertEqual(invoice.state, "failed")
        self.assertIn("Mandatory: Item group", invoice.error_message)
        self.assertFalse(self.administration.item_id)
        invoice.action_retry()
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)

    def test_a_namesake_that_cannot_be_chosen_is_no_dead_end(self):
        self.customer.name = "Alleen Leverancier"
        with self.administration._get_client() as client:
            client.post("crm/Accounts", {"Name": "Alleen Leverancier", "Status": "A"})
        invoice = self._queued()
        self._send()
        self.assertEqual(invoice.error_code, "customer_exists")
        self.assertFalse(invoice.proposed_customer_id)
        invoice.action_new_customer()
        invoice.action_retry()
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)

    def test_giving_up_an_invoice_gives_up_what_was_planned_for_it(self):
        invoice = self._queued()
        customer = invoice.customer_id
        invoice.action_release()
        self._send()
        self.assertFalse(self._posts(""))
        self.assertFalse(customer.sudo().active)
        again = self._preview()
        again.action_send()
        self._send()
        self.assertEqual(again.state, "open", again.error_message)

    def test_a_draft_on_a_customer_that_was_refused_is_not_stuck(self):
        first = self._queued(1)
        self._make_hours(2)
        draft = self._preview()
        self.assertEqual(draft.customer_id, first.customer_id)
        self._refuse_next("crm/Accounts", "Ongeldig: Email")
        self._send()
        self.assertEqual(first.state, "failed")
        draft.action_send()
        self._send()
        self.assertEqual(draft.state, "open", draft.error_message)

    def test_an_invoice_whose_customer_is_never_made_is_refused_and_not_silent(self):
        invoice = self._queued()
        # As when two people act at the same moment: the customer was given up meanwhile.
        self.env["keeping.exact.operation"]._get_open(invoice.customer_id).state = "cancelled"
        self._send()
        self.assertEqual(invoice.state, "failed")
        self.assertEqual(invoice.error_code, "customer")
        invoice.action_retry()
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)

    def test_a_made_customer_that_the_list_brought_in_too_is_one_customer(self):
        self.sandbox.add_fault(method="POST", path="crm/Accounts", kind="lose_answer", times=1)
        invoice = self._queued()
        ours = invoice.customer_id.sudo()
        self._send()
        [row] = [r for r in self._rows("crm/Accounts") if r["Name"].strip() == self.customer.name]
        known = self._make_customer(
            self.customer.name, guid=row["ID"], administration_id=self.administration.id
        )
        self._set_create_date(known, fields.Datetime.now() + timedelta(seconds=5))
        # Somebody has chosen it for another draft by now, so it cannot be thrown away.
        other = self._make_project("Elders", self._make_partner("Elders"))
        self._make_hours(1, project=other)
        draft = self._preview(partner_ids=other.partner_id.ids)
        draft.customer_id = known
        self._pass_time()
        self._send()
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)
        self.assertEqual(invoice.customer_id, known)
        self.assertFalse(ours.active)

    def test_a_namesake_made_by_someone_else_is_not_taken_for_ours(self):
        self.customer.name = "Twee Keer Jansen"
        with self.administration._get_client() as client:
            client.post("crm/Accounts", {"Name": "Twee Keer Jansen", "Status": "C"})
        invoice = self._queued()
        self._send()
        invoice.action_new_customer()
        # A person took a minute to think.
        namesake = self.administration.customer_ids.filtered(
            lambda customer: customer.name == "Twee Keer Jansen" and customer.guid
        )
        self._set_create_date(namesake, fields.Datetime.now() - timedelta(minutes=1))
        invoice.action_retry()
        self.sandbox.add_fault(method="POST", path="crm/Accounts", kind="lose_request", times=1)
        self._send()
        self._pass_time()
        for _run in range(3):
            self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)
        names = [row["Name"].strip() for row in self._rows("crm/Accounts")]
        self.assertEqual(names.count("Twee Keer Jansen"), 2)

    def test_make_and_send_leaves_the_undecided_as_drafts(self):
        self.customer.name = "Beslist"
        other = self._make_project("Elders", self._make_partner("Lijkt Erop"))
        self._make_hours(1)
        self._make_hours(2, project=other)
        with self.administration._get_client() as client:
            client.post("crm/Accounts", {"Name": "Lijkt erop B.V.", "Status": "C"})
        self.administration.action_sync()
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()
        self._wizard().action_create()
        invoices = self.env["keeping.exact.invoice"].search([("state", "!=", "cancelled")])
        self.assertEqual(
            {invoice.partner_id.name: invoice.state for invoice in invoices},
            {"Beslist": "queued", "Lijkt Erop": "draft"},
        )
