import contextlib
import os
import statistics
import time
from datetime import timedelta

from odoo import Command, fields
from odoo.addons.base.models.ir_autovacuum import is_autovacuum
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .. import exact_online
from ..models import keeping_exact_call
from ..tools import encryption
from ..tools.call_log import BATCH, CallLog
from .sandbox_case import INVOICES, SendingCase

LEDGER = "odoo.addons.keeping_exact_connector.tools.database_ledger"


@tagged("post_install", "-at_install")
class TestCalls(SendingCase):
    """What keeping.exact.call holds agrees with what reached the sandbox."""

    def setUp(self):
        super().setUp()
        self.env["keeping.exact.call"].search([]).unlink()
        self.env.flush_all()

    def _logged(self):
        self.env.invalidate_all()
        return self.env["keeping.exact.call"].search([], order="id")

    def test_every_call_is_logged_once_with_what_is_left(self):
        invoice = self._queued()
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)
        reached = [(call["method"], call["path"]) for call in self.sandbox.calls()]
        logged = self._logged()
        self.assertTrue(reached)
        self.assertEqual([(call.method, call.path) for call in logged], reached)
        post = logged[-1]
        self.assertEqual(post.endpoint, INVOICES)
        self.assertEqual((post.status, post.outcome), (201, "ok"))
        self.assertEqual(post.reference, invoice.name)
        self.assertEqual(post.administration_id, self.administration)
        self.assertEqual(post.connection_id, self.connection)
        self.assertEqual(post.company_id, self.company)
        self.assertTrue(post.budget_known)
        self.assertLess(post.minute_remaining, 100_000)
        self.assertLess(post.day_remaining, 100_000)
        self.assertLessEqual(abs(fields.Datetime.now() - post.called_at), timedelta(minutes=1))
        self.assertLess(post.duration, 60_000)

    def test_refusals_lost_answers_and_token_calls_are_logged_as_such(self):
        self._refuse_next(INVOICES, "Verplicht: Dagboek")
        self._queued()
        self._send()
        self.assertEqual(self._logged()[-1].outcome, "Refused")
        self.assertEqual(self._logged()[-1].status, 500)
        self.sandbox.add_fault(method="POST", path=INVOICES, kind="lose_answer", times=1)
        self._queued(4)
        self._send()
        self.assertEqual(self._logged()[-1].outcome, "UnknownOutcome")
        self.assertFalse(self._logged()[-1].status)
        self.sandbox.advance(571)
        grant = self.connection.sudo().grant_id
        grant.refreshed_at = fields.Datetime.subtract(fields.Datetime.now(), seconds=571)
        with self._committing():
            self.connection.action_check()
        logged = self._logged()
        me = logged.filtered(lambda call: call.endpoint == "Me")[-1]
        token = logged[logged.ids.index(me.id) - 1]
        self.assertEqual(token.path, "/api/oauth2/token")
        self.assertEqual((token.method, token.status, token.outcome), ("POST", 200, "ok"))
        self.assertEqual(me.endpoint, "Me")
        self.assertFalse(me.administration_id)
        self.assertFalse(me.budget_known, "it counts for no administration")

    def test_a_call_for_tokens_that_was_never_made_is_not_logged(self):
        os.environ["KEEPING_EXACT_ENCRYPTION_KEY"] = "another key"
        self.addCleanup(os.environ.pop, "KEEPING_EXACT_ENCRYPTION_KEY", None)
        # assertRaises would roll back what was written.
        with contextlib.suppress(encryption.EncryptionKeyMissing):
            self.connection.sudo().grant_id._refresh()
            self.fail("There is a key.")
        self.assertFalse(self.sandbox.calls())
        self.assertFalse(self._logged(), "nothing was called")

    def test_a_call_for_tokens_that_breaks_off_is_no_success(self):
        log = CallLog(self.connection)
        with contextlib.suppress(ZeroDivisionError), log.token_call():
            raise ZeroDivisionError
        self.env.cr.execute(log.statement())
        self.assertEqual((self._logged().outcome, self._logged().status), ("interrupted", 0))

    def test_no_names_no_queries_and_no_secrets_are_in_it(self):
        self._queued(your_ref="PO 7", description="Very private")
        self._send()
        with self.administration._get_client() as client:
            where = exact_online.eq("Name", "Private Person")
            client.first("crm/Accounts", select=["ID"], where=where)
        self.env.cr.execute("SELECT string_agg(to_jsonb(c)::text, ' ') FROM keeping_exact_call c")
        text = self.env.cr.fetchone()[0]
        for private in ("Private", "PO 7", "Very private", self.customer.name, "filter", "?"):
            self.assertNotIn(private, text)

    def test_a_call_of_something_not_committed_yet_is_logged_all_the_same(self):
        log = CallLog(self.connection, self.administration)
        path = f"/api/v1/{self.administration.code}/crm/Accounts(guid'x')"
        log(exact_online.Call("GET", path, 200, 0.1, None, "ok"))
        log.forget_origin()
        self.env.cr.execute(log.statement())
        [call] = self._logged()
        self.assertFalse(call.company_id or call.connection_id or call.administration_id)
        self.assertEqual(call.endpoint, "crm/Accounts")

    def test_a_log_that_can_not_be_written_does_not_stop_the_work(self):
        self.env.cr.execute("ALTER TABLE keeping_exact_call RENAME TO keeping_exact_call_away")
        invoice = self._queued()
        with mute_logger(LEDGER, "odoo.sql_db"):
            self._send()
        self.env.cr.execute("ALTER TABLE keeping_exact_call_away RENAME TO keeping_exact_call")
        self.assertEqual(invoice.state, "open", invoice.error_message)
        self.assertEqual(len(self._in_exact(invoice)), 1)

    def test_calls_are_kept_for_30_days(self):
        now = fields.Datetime.now()
        Call = self.env["keeping.exact.call"].sudo()
        ages = (0, 29, 30, 31, 400)
        Call.create([{"called_at": now - timedelta(days=age, minutes=1)} for age in ages])
        self.env.flush_all()
        self.assertTrue(is_autovacuum(type(Call)._gc_calls), "or nobody calls it")
        self.assertEqual(Call._gc_calls(), (3, False))
        self.assertEqual(len(self._logged()), 2)

    def test_the_vacuum_works_in_batches(self):
        old = fields.Datetime.now() - timedelta(days=31)
        Call = self.env["keeping.exact.call"].sudo()
        Call.create([{"called_at": old} for _i in range(5)])
        self.env.flush_all()
        self.patch(keeping_exact_call, "BATCH", 2)
        self.assertEqual([Call._gc_calls() for _i in range(3)], [(2, True), (2, True), (1, False)])

    def test_a_line_costs_under_two_percent_of_a_call(self):
        """Measured against a call of the sandbox, the shortest there is: Exact's take 200 ms."""
        calls, lines = [], []
        log = CallLog(self.connection, self.administration)
        path = f"/api/v1/{self.administration.code}/crm/Accounts"
        call = exact_online.Call("GET", path, 200, 0.1, exact_online.Budget(60, 59), "ok")
        with self.administration._get_client() as client:
            for _i in range(20):
                started = time.perf_counter()
                client.first("crm/Accounts", select=["ID"], where=exact_online.eq("Code", "1"))
                calls.append(time.perf_counter() - started)
                started = time.perf_counter()
                for _line in range(BATCH):
                    log(call)
                self.env.cr.execute(log.statement())
                log.clear()
                lines.append((time.perf_counter() - started) / BATCH)
        line, duration = statistics.median(lines), statistics.median(calls)
        self.assertLess(line, 0.02 * duration, f"{line * 1e3:.3f} ms of {duration * 1e3:.1f} ms")


@tagged("post_install", "-at_install")
class TestCallAccess(SendingCase):
    def test_administrators_read_those_of_their_organisations_and_nobody_writes(self):
        self.env.flush_all()
        self.env.invalidate_all()
        Call = self.env["keeping.exact.call"]
        mine = Call.search([("company_id", "=", self.company.id)])
        self.assertTrue(mine)
        theirs = new_test_user(
            self.env,
            "other_administrator",
            groups="base.group_user,keeping_exact_connector.group_administrator",
            company_id=self.other_company.id,
            company_ids=[Command.set(self.other_company.ids)],
        )
        self.assertFalse(Call.with_user(theirs).search([]))
        self.assertEqual(Call.with_user(self.administrator).search([]), mine)
        with self.assertRaises(AccessError):
            mine.with_user(theirs).read(["path"])
        own = mine[0].with_user(self.administrator)
        for refused in (
            lambda: own.write({"path": "x"}),
            own.unlink,
            lambda: own.create({"called_at": fields.Datetime.now()}),
            own.copy,
        ):
            with self.assertRaises(AccessError):
                refused()
