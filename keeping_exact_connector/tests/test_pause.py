from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import exact_online
from ..tools import messages
from .sandbox_case import INVOICES, REFUSAL, SendingCase

CLOSED = "Periode is afgesloten: 2026 - 10"
SENDER = "odoo.addons.keeping_exact_connector.sending.sender"


@tagged("post_install", "-at_install")
class TestPause(SendingCase):
    """Three refusals for the same reason pause the work and say so (promise 6)."""

    def setUp(self):
        super().setUp()
        self._queued()
        self._send()
        self.sandbox.clear_calls()

    def _refuse(self, *texts):
        for text in texts:
            self._refuse_next(INVOICES, text)

    def _queue_many(self, count):
        invoices = self.env["keeping.exact.invoice"].with_user(self.invoicer)
        for _i in range(count):
            invoices |= self._queued(1).with_env(invoices.env)
        return invoices.sorted("id")

    def _states(self, invoices):
        invoices.invalidate_recordset()
        return invoices.mapped("state")

    def test_the_third_in_a_row_stops_the_rest_until_a_person_retries(self):
        invoices = self._queue_many(5)
        self._refuse(CLOSED, CLOSED, CLOSED)
        self._send()
        self.assertEqual(self._states(invoices), ["failed"] * 3 + ["queued"] * 2)
        self.assertEqual(len(self._posts()), 3)
        waiting = invoices[3]
        self.assertEqual(waiting.error_code, "paused,period_closed")
        self.assertEqual(waiting.error_text, CLOSED)
        self.assertIn(CLOSED, waiting.error_message)
        self.assertIn("three in a row", waiting.error_message)
        self.assertTrue(waiting.error_remedy)
        self.assertIn(CLOSED, self.administration.pause_message)
        left = waiting.retry_at - fields.Datetime.now()
        self.assertGreater(left, timedelta(minutes=58))
        # Nothing moves by itself, nor does what comes in meanwhile.
        late = self._queued(2)
        self._send()
        self._send()
        self.assertEqual(len(self._posts()), 3)
        self.assertTrue(messages.is_paused(late.error_code))
        invoices[0].action_retry()
        self._send()
        self.assertEqual(self._states(invoices | late), ["open"] + ["failed"] * 2 + ["open"] * 3)
        self.assertFalse(self.administration.pause_message)
        self.assertEqual(self.administration.refusal_count, 0)

    def test_an_administrator_can_go_on_from_the_administration(self):
        invoices = self._queue_many(4)
        self._refuse(CLOSED, CLOSED, CLOSED)
        self._send()
        mine = self.administration.with_user(self.administrator)
        with self.assertRaises(AccessError):
            self.administration.with_user(self.invoicer).action_go_on()
        mine.action_go_on()
        self._send()
        self.assertEqual(invoices[3].state, "open", invoices[3].error_message)

    def test_it_goes_on_after_an_hour_and_stops_at_the_first_of_the_same(self):
        invoices = self._queue_many(6)
        self._refuse(CLOSED, CLOSED, CLOSED, CLOSED)
        self._send()
        hour_ago = fields.Datetime.now() - timedelta(hours=1)
        self.administration.sudo().paused_until = hour_ago
        self._pass_time()
        self._send()
        self.assertEqual(len(self._posts()), 4)
        self.assertEqual(self._states(invoices), ["failed"] * 4 + ["queued"] * 2)
        self.administration.sudo().paused_until = hour_ago
        self._pass_time()
        self._send()
        self.assertEqual(self._states(invoices), ["failed"] * 4 + ["open"] * 2)

    def test_other_reasons_and_successes_in_between_start_anew(self):
        invoices = self._queue_many(7)
        self._refuse(CLOSED, CLOSED, "Verplicht: Dagboek", CLOSED, CLOSED)
        self._send()
        self.assertEqual(self._states(invoices), ["failed"] * 5 + ["open"] * 2)
        self.assertEqual(self.administration.refusal_count, 0)
        self._refuse(CLOSED)
        self._queued(1)
        self._send()
        self.assertEqual(self.administration.refusal_count, 1)
        self.assertFalse(self.administration.paused_until)

    def test_one_administration_does_not_stop_another(self):
        other = self._make_administration(self.company, 100009, state="available")
        self.administration.sudo().paused_until = fields.Datetime.now() + timedelta(hours=1)
        self.assertTrue(self.administration._is_paused())
        self.assertFalse(other._is_paused())

    def test_what_is_uncertain_is_looked_up_all_the_same(self):
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_answer", times=1)
        [lost] = self._queue_many(1)
        self._send()
        self.assertEqual(lost.state, "uncertain")
        self.administration.sudo().write(
            {
                "paused_until": fields.Datetime.now() + timedelta(hours=1),
                "refusal_code": "period_closed",
                "refusal_text": CLOSED,
            }
        )
        self._pass_time()
        self._send()
        self.assertEqual(lost.state, "open")

    def test_the_limit_of_errors_says_what_it_is_and_waits(self):
        """Different reasons each time: the count of errors is what stops it, at eight."""
        invoices = self._queue_many(10)
        self.sandbox.clear_errors()
        self._refuse(*(f"Ongeldig: Veld {number}" for number in range(10)))
        self._count_as_errors()
        with mute_logger(SENDER):
            self._send()
        refused = invoices.filtered(lambda invoice: invoice.state == "failed")
        self.assertEqual(len(refused), 8)
        self.assertEqual(len(self._posts()), 8)
        waiting = (invoices - refused)[0]
        self.assertEqual(waiting.error_code, "limit_errors")
        self.assertIn("block this app", waiting.error_message)
        self.assertGreater(waiting.retry_at, fields.Datetime.now() + timedelta(minutes=50))
        waiting.action_retry()
        self._send()
        self.assertEqual(len(self._posts()), 8, "impatience does not help")

    def _count_as_errors(self):
        # 400 counts, 500 does not (API reference, chapter 2).
        self.sandbox.clear_faults()
        for number in range(10):
            self.sandbox.add_fault(
                method="POST",
                path=INVOICES,
                kind="status",
                status=400,
                times=1,
                content_type="application/json",
                body=REFUSAL % f"Ongeldig: Veld {number}",
            )


@tagged("post_install", "-at_install")
class TestRefusalsOfTheSandbox(SendingCase):
    """Texts of chapter 5.4 as Exact gives them, in the language of the connected user."""

    def _refusals(self):
        customer = self._rows("crm/Accounts")[0]["ID"]
        item = self._rows("logistics/Items")[0]["ID"]
        line = {"Item": item, "Quantity": 1}
        whole = {"OrderedBy": customer, "InvoiceTo": customer, "SalesInvoiceLines": [line]}
        unknown = "00000000-0000-0000-0000-00000000abcd"
        return [
            ("journal_invalid", INVOICES, {**whole, "Journal": "zz"}),
            ("customer_invalid", INVOICES, {**whole, "OrderedBy": unknown}),
            ("payment_condition_invalid", INVOICES, {**whole, "PaymentCondition": "zz"}),
            (
                "vat_code_invalid",
                INVOICES,
                {**whole, "SalesInvoiceLines": [{**line, "VATCode": "zz9"}]},
            ),
            (
                "unit_invalid",
                INVOICES,
                {**whole, "SalesInvoiceLines": [{**line, "UnitCode": "zz"}]},
            ),
            (
                "item_invalid",
                INVOICES,
                {**whole, "SalesInvoiceLines": [{**line, "Item": unknown}]},
            ),
            ("value_missing", "crm/Accounts", {"Status": "C"}),
            ("email_invalid", "crm/Accounts", {"Name": "x", "Status": "C", "Email": "no mail"}),
        ]

    def test_are_recognised_in_each_language(self):
        self.addCleanup(self.sandbox.change_user, self.sandbox.login, language="nl-NL")
        texts = {}
        for language in ("nl-NL", "en-GB", "fr-BE"):
            self.sandbox.change_user(self.sandbox.login, language=language)
            for code, endpoint, payload in self._refusals():
                self.sandbox.clear_errors()
                self.env["keeping.exact.limit"].search([]).unlink()
                with self.subTest(language=language, code=code):
                    with (
                        self._committing(),
                        self.administration._get_client() as client,
                        self.assertRaises(exact_online.Refused) as caught,
                    ):
                        client.post(endpoint, payload)
                    error = caught.exception
                    found = messages.code_of(error)
                    self.assertIn(code, found.split(","), messages.text_of(error))
                    texts.setdefault(code, set()).add(messages.text_of(error))
        self.assertTrue(all(len(found) == 3 for found in texts.values() if len(found) > 1), texts)


@tagged("post_install", "-at_install")
class TestRefusedNeeds(SendingCase):
    def test_an_invoice_says_why_its_customer_was_refused(self):
        self._refuse_next("crm/Accounts", "Ongeldig: Email []")
        invoice = self._queued()
        self._send()
        self.assertEqual(invoice.error_code, "customer,email_invalid")
        self.assertIn("e-mail address: Ongeldig: Email []", invoice.error_message)
        self.assertEqual(invoice.error_step, "partner")
        self.assertEqual(invoice.action_open_partner()["res_id"], self.customer.id)

    def test_an_invoice_says_why_its_item_was_refused(self):
        # Of these books nobody has asked for an item before.
        self._link(1)
        self._refuse_next("logistics/Items", "Mandatory: Item group")
        invoice = self._queued()
        self._send()
        self.assertEqual(invoice.error_code, "item,item_group_missing")
        self.assertIn("default item group", invoice.error_remedy)
        self.assertEqual(invoice.error_step, "administration")
