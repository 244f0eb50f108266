from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import release_test_lock
from odoo.tools import mute_logger

from ..sending.runner import Runner
from .common import ExactCase
from .sandbox_case import INVOICES, REFUSAL, SendingCase

TROUBLE = (
    "A problem has occurred. The cause of this issue will be investigated as soon as possible."
)


@tagged("post_install", "-at_install")
class TestAnswers(SendingCase):
    """What is an answer and what is not, for every kind of record that is made (design §6)."""

    def _struck(self, path, **fault):
        self.sandbox.add_fault(method="POST", path=path, times=1, **fault)

    def _trouble(self, path):
        """The work is done, and Exact says that something went wrong."""
        body = REFUSAL % TROUBLE
        json = "application/json; charset=utf-8"
        self._struck(path, kind="after", status=500, body=body, content_type=json)

    def test_a_problem_has_occurred_is_no_answer_for_any_kind(self):
        self.administration.sudo().item_id = False
        for path in ("crm/Accounts", "logistics/Items", INVOICES):
            self._trouble(path)
        invoice = self._queued()
        self.administration.item_id.sudo().code = f"U{self.id()}"[-12:]
        item, customer = self.administration.item_id, invoice.customer_id
        for _run in range(4):
            self._send()
            self._pass_time()
        self.assertEqual(invoice.state, "open", invoice.error_message)
        self.assertEqual(len(self._in_exact(invoice)), 1)
        names = [row["Name"].strip() for row in self._rows("crm/Accounts")]
        self.assertEqual(names.count(self.customer.name), 1)
        codes = [row["Code"].strip() for row in self._rows("logistics/Items")]
        self.assertEqual(codes.count(item.code), 1)
        self.assertTrue(customer.sudo().guid)
        for path in ("crm/Accounts", "logistics/Items", INVOICES):
            self.assertEqual(len(self._posts(path)), 1, path)

    def test_exacts_own_error_body_is_a_refusal_also_with_status_500(self):
        invoice = self._refused("Verplicht: Dagboek")
        self.assertEqual(invoice.state, "failed")
        operation = self.env["keeping.exact.operation"].search(
            [("record", "=", f"keeping.exact.invoice,{invoice.id}")]
        )
        self.assertEqual(operation.state, "refused")

    def test_answers_that_say_nothing_are_looked_up(self):
        self._queued()
        self._send()
        for kind in ("cut_answer", "empty_after", "html_after", "bad_gateway", "too_broad"):
            with self.subTest(kind=kind):
                self.sandbox.clear_calls()
                self._struck(INVOICES, kind=kind)
                invoice = self._queued(1)
                self._send()
                self.assertEqual(invoice.state, "uncertain", invoice.error_message)
                for _run in range(3):
                    self._pass_time()
                    self._send()
                self.assertEqual(invoice.state, "open", invoice.error_message)
                self.assertEqual(len(self._in_exact(invoice)), 1)

    def test_who_waits_for_a_limit_reads_when_it_goes_on_on_their_own_clock(self):
        self._queued()
        self._send()
        self.sandbox.settings(minute_limit=1)
        self.addCleanup(self.sandbox.settings, minute_limit=100_000)
        waiting = [self._queued(1), self._queued(2)]
        self._send()
        invoice = waiting[1]
        self.assertEqual(invoice.state, "queued")
        self.assertEqual(invoice.error_code, "limit_minute")
        self.assertEqual(invoice.retry_at.microsecond, 0)
        for zone, language, hour in (("Europe/Amsterdam", "en_US", "12"), ("UTC", "en_US", "11")):
            with freeze_time(datetime(2026, 1, 5, 11, 0, 30)):
                invoice.sudo().retry_at = datetime(2026, 1, 5, 11, 1)
                mine = invoice.with_context(tz=zone, lang=language)
                self.assertIn(f"It goes on at {hour}:01", mine.error_message.replace("\u202f", " "))
        with freeze_time(datetime(2026, 1, 5, 23, 50)):
            invoice.sudo().retry_at = datetime(2026, 1, 6, 0, 0)
            self.assertIn("1/6/26", invoice.with_context(tz="UTC").error_message)

    def test_what_waits_for_no_limit_says_no_moment_in_its_text(self):
        self._queued()
        self._send()
        invoice = self._queued(4)
        invoice.sudo()._exact_waiting("unreachable", False, fields.Datetime.now())
        self.assertNotIn("goes on at", invoice.error_message)


@tagged("post_install", "-at_install")
class TestRunner(SendingCase):
    def test_trouble_of_one_is_noted_and_comes_back_in_a_minute(self):
        self._queued()
        operation = self.env["keeping.exact.operation"]
        cron = self.env.ref("keeping_exact_connector.ir_cron_send")
        self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).unlink()
        # As a damaged row would: the sender itself cannot begin.
        self.administration.sudo().code = -1
        with mute_logger("odoo.addons.keeping_exact_connector.sending.runner"):
            self._send()
        trigger = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertTrue(trigger)
        self.assertGreater(trigger[0].call_at, fields.Datetime.now() + timedelta(seconds=30))
        self.assertTrue(operation._get_work(), "nothing is lost")

    def test_what_cannot_be_done_now_is_not_taken_up_again_and_again(self):
        self._queued()
        self.administration.sudo().state = "available"
        runner = Runner(self.env.registry, float("inf"))
        with self._committing(), release_test_lock():
            self.assertTrue(runner.run())
        self.assertFalse(self._posts(""))


@tagged("post_install", "-at_install")
class TestQueueAccess(ExactCase):
    def test_the_queue_is_for_the_system_only(self):
        for user in (self.viewer, self.invoicer, self.outsider):
            with self.assertRaises(AccessError):
                self.env["keeping.exact.operation"].with_user(user).search([])
