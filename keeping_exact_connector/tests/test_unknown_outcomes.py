import uuid
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..sending.look_ups import LOOK_UP_PARAMETER
from .sandbox_case import INVOICES, SendingCase


@tagged("post_install", "-at_install")
class TestUnknownOutcomes(SendingCase):
    """An answer that did not come: looked up in Exact before anything is sent again."""

    profile = "strict"

    def test_a_lost_answer_is_looked_up_and_not_sent_again(self):
        self._queued()
        self._send()
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_answer", times=1)
        invoice = self._queued(4)
        self._send()
        self.assertEqual(invoice.state, "uncertain")
        self.assertTrue(invoice.error_message)
        self._pass_time()
        self._send()
        self.assertEqual(invoice.state, "open")
        self.assertEqual(len(self._in_exact(invoice)), 1)
        self.assertEqual(invoice.guid, self._in_exact(invoice)[0]["InvoiceID"])
        self.assertEqual(invoice.amount_untaxed, 400)

    def _lose_and_rename(self, **values):
        """Lose an answer; somebody changes what was made before it is looked up."""
        self._queued()
        self._send()
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_answer", times=1)
        invoice = self._queued(4)
        self._send()
        [row] = self._in_exact(invoice)
        change = {"where": {"InvoiceID": row["InvoiceID"]}, "values": values}
        self.sandbox.control("POST", f"rows/{self.administration.code}/{INVOICES}", change)
        self._pass_time()
        self._send()
        return invoice, row["InvoiceID"]

    def test_what_lost_our_reference_is_for_a_person_who_says_it_is_this_one(self):
        invoice, guid = self._lose_and_rename(Description="Oktober")
        self.assertEqual((invoice.state, invoice.error_code), ("failed", "invoice_alike"))
        self.assertIn("Oktober", invoice.error_message)
        self.assertEqual(len(self._posts()), 2)
        invoice.action_take_over()
        self.assertEqual((invoice.state, invoice.guid), ("open", guid))
        self.assertFalse(invoice.error_message)
        self._send()
        self.assertEqual(len(self._posts()), 2)
        with self.assertRaises(UserError):
            invoice.action_take_over()

    def test_what_lost_our_reference_and_is_another_one_is_sent_anew(self):
        invoice, guid = self._lose_and_rename(Description="Oktober")
        invoice.action_retry()
        self._send()
        self.assertEqual(invoice.state, "open")
        self.assertNotEqual(invoice.guid, guid)
        self.assertEqual(len(self._posts()), 3)

    def test_what_is_of_another_customer_by_now_is_not_taken_over(self):
        invoice, guid = self._lose_and_rename(Description="Oktober")
        others = self._rows("crm/Accounts")
        other = next(row for row in others if row["ID"] != invoice.sudo().customer_id.guid)
        change = {"where": {"InvoiceID": guid}, "values": {"OrderedBy": other["ID"]}}
        self.sandbox.control("POST", f"rows/{self.administration.code}/{INVOICES}", change)
        with self.assertRaisesRegex(UserError, "another customer"):
            invoice.action_take_over()
        self.assertEqual((invoice.state, invoice.guid), ("failed", False))

    def _check_not_alike(self, **values):
        invoice, guid = self._lose_and_rename(Description="Oktober", **values)
        self.assertEqual(invoice.state, "queued", invoice.error_message)
        self._send()
        self.assertEqual(invoice.state, "open")
        self.assertNotEqual(invoice.guid, guid)

    def test_another_amount_is_not_alike(self):
        self._check_not_alike(AmountFCExclVat=999.0)

    def test_what_somebody_else_made_is_not_alike(self):
        self._check_not_alike(Creator=str(uuid.uuid4()))

    def test_a_lost_request_is_sent_again_only_when_absence_is_proved(self):
        self._queued()
        self._send()
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_request", times=1)
        invoice = self._queued(4)
        self._send()
        self.assertEqual(invoice.state, "uncertain")
        self._pass_time()
        self._send()
        self.assertEqual(invoice.state, "queued")
        self._send()
        self.assertEqual(invoice.state, "open")
        self.assertEqual(len(self._in_exact(invoice)), 1)

    def test_it_is_not_sent_again_before_the_last_look(self):
        self.env["ir.config_parameter"].set_param(
            "keeping_exact_connector.look_up_minutes", "1,5,15,30"
        )
        self._queued()
        self._send()
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_request", times=1)
        invoice = self._queued(4)
        self._send()
        operation = self.env["keeping.exact.operation"]._get_open(invoice)
        for minutes in (1, 5, 15, 30):
            wait = operation.due_at - operation.claimed_at
            self.assertEqual(round(wait / timedelta(minutes=1)), minutes)
            self._send()
            self.assertEqual(invoice.state, "uncertain", "not due yet")
            operation.write({"due_at": False})
            operation.claimed_at = fields.Datetime.now() - timedelta(minutes=minutes)
            self._send()
        self.assertEqual(invoice.state, "queued")
        self._send()
        self.assertEqual(len(self._in_exact(invoice)), 1)

    def test_a_504_that_did_the_work_after_all_leaves_one_invoice(self):
        self._queued()
        self._send()
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="late", times=1, seconds=1)
        invoice = self._queued(4)
        self._send()
        self.assertEqual(invoice.state, "uncertain")
        self.sandbox.advance(60)
        self._pass_time()
        self._send()
        self._send()
        self.assertEqual(invoice.state, "open")
        self.assertEqual(len(self._in_exact(invoice)), 1)

    def test_a_sender_that_died_leaves_a_claim_that_is_looked_up(self):
        self._queued()
        self._send()
        invoice = self._queued(4)
        operation = self.env["keeping.exact.operation"]._get_open(invoice)
        # As kill -9 leaves it: claimed and committed, and nobody holds the lock.
        operation.write({"state": "claimed", "claimed_at": fields.Datetime.now(), "attempts": 1})
        self._bring(invoice, "sending")
        self._send()
        self._send()
        self.assertEqual(invoice.state, "open")
        self.assertEqual(len(self._in_exact(invoice)), 1)

    def test_invoices_of_one_customer_keep_their_order(self):
        self._queued()
        self._send()
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_request", times=1)
        first, second = self._queued(1), self._queued(2)
        self._send()
        self.assertEqual([first.state, second.state], ["uncertain", "queued"])
        self._pass_time()
        for _run in range(3):
            self._send()
        self.assertEqual([first.state, second.state], ["open", "open"])
        numbers = [self._in_exact(invoice)[0]["OrderNumber"] for invoice in (first, second)]
        self.assertLess(*numbers)

    def test_the_job_comes_back_when_something_is_due_and_not_before(self):
        self._queued()
        self._send()
        self.env["ir.config_parameter"].set_param(LOOK_UP_PARAMETER, "30")
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_request", times=1)
        first, second = self._queued(1), self._queued(2)
        self._send()
        self.assertEqual([first.state, second.state], ["uncertain", "queued"])
        # As after a click on Try now: due at once, and behind the other all the same.
        Operation = self.env["keeping.exact.operation"]
        Operation._get_open(second).due_at = fields.Datetime.now() - timedelta(minutes=1)
        Trigger = self.env["ir.cron.trigger"]
        domain = [("cron_id", "=", self.env.ref("keeping_exact_connector.ir_cron_send").id)]
        before = Trigger.search(domain)
        self._send()
        planned = (Trigger.search(domain) - before).mapped("call_at")
        self.assertEqual(len(planned), 1)
        self.assertGreater(planned[0], fields.Datetime.now() + timedelta(minutes=20))

    def test_absence_is_not_believed_when_no_known_invoice_can_be_read(self):
        earlier = self._queued()
        self._send()
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_request", times=1)
        invoice = self._queued(4)
        self._send()
        # As when the right to read was taken away: known invoices are not found either.
        earlier.sudo().guid = str(uuid.uuid4())
        others = self.env["keeping.exact.invoice"].search([("guid", "!=", False)]) - earlier
        self.assertFalse(others)
        self._pass_time()
        self._send()
        self.assertEqual(invoice.state, "uncertain")
        self.assertEqual(invoice.error_code, "still_unknown")
        self.assertFalse(self._in_exact(invoice))

    def test_a_second_copy_in_exact_is_shown_the_day_after(self):
        self._queued()
        self._send()
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_request", times=1)
        invoice = self._queued(4)
        self._send()
        self._pass_time()
        self._send()
        self._send()
        self.assertEqual(invoice.state, "open")
        # Exact did finish the first one after all, late in the night.
        with self.administration._get_client() as client:
            client.post(INVOICES, invoice.sudo()._prepare_exact_payload())
        operation = self.env["keeping.exact.operation"].search(
            [("record", "=", f"keeping.exact.invoice,{invoice.id}")]
        )
        self.assertTrue(operation.recheck_at)
        operation.recheck_at = fields.Datetime.now() - timedelta(minutes=1)
        self._send()
        self.assertIn("more than once", invoice.sudo().activity_ids.summary)
        self.assertFalse(operation.recheck_at)

    def test_a_fault_of_ours_does_not_hold_up_other_customers(self):
        self._queued()
        self._send()
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_answer", times=1)
        broken = self._queued(1)
        self._send()
        self._pass_time()
        broken.sudo().customer_id.guid = "no guid at all"
        other = self._make_project("Elders", self._make_partner(f"Elders {self.id()}"[-50:]))
        self._make_hours(1, project=other)
        invoice = self._preview(partner_ids=other.partner_id.ids)
        invoice.action_send()
        self._send()
        self.assertEqual(broken.state, "uncertain")
        self.assertEqual(broken.error_code, "still_unknown")
        self.assertEqual(invoice.state, "open", invoice.error_message)
        operation = self.env["keeping.exact.operation"]._get_open(broken)
        self.assertGreater(operation.due_at, fields.Datetime.now())


@tagged("post_install", "-at_install")
class TestUnknownOutcomesLenient(TestUnknownOutcomes):
    """The same with the other side of everything that the sources leave open."""

    profile = "lenient"
