from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.keeping_exact_connection_health import ACTIVITY
from ..tools import identity
from .sandbox_case import SandboxCase

DAY = 86400
TOKENS = "/api/oauth2/token"
LOGGERS = (
    "odoo.addons.keeping_exact_connector.models.keeping_exact_grant",
    "odoo.addons.keeping_exact_connector.models.keeping_exact_grant_keep_alive",
)


@tagged("post_install", "-at_install")
class TestKeepAlive(SandboxCase):
    """Who invoices once in two months is still connected."""

    def setUp(self):
        super().setUp()
        self.sandbox.clear_faults()
        self.addCleanup(self.sandbox.clear_faults)
        self._connect(self.connection)
        self.grant = self.connection.sudo().grant_id

    def _age(self, days):
        self.sandbox.advance(days * DAY)
        for grant in self.env["keeping.exact.grant"].search([]):
            for name in ("refreshed_at", "access_expires_at", "refresh_expires_at"):
                grant[name] = fields.Datetime.subtract(grant[name], days=days)

    @mute_logger(*LOGGERS)
    def _run_cron(self):
        with self._committing():
            self.env["keeping.exact.grant"]._cron_keep_alive()

    def _token_calls(self):
        return [call for call in self.sandbox.calls() if call["path"].endswith(TOKENS)]

    def _activities(self):
        return self.connection.activity_search([ACTIVITY])

    def test_unused_for_forty_days_it_lives_with_the_job_and_expires_without(self):
        for _week in range(5):
            self._age(8)
            self._run_cron()
        with self._committing():
            self.connection.action_check()
        self.assertEqual(self.connection.state, "connected")
        self._age(40)
        self._run_cron()
        self.assertEqual(self.connection.state, "attention")
        self.assertEqual(self.connection.health_code, "expired")
        self.assertEqual(len(self._activities()), 1)

    def test_it_calls_for_none_that_was_used_this_week_or_that_nobody_uses(self):
        self._age(6)
        self.sandbox.clear_calls()
        self._run_cron()
        self.assertFalse(self.sandbox.calls())
        self._age(2)
        self._run_cron()
        self.assertEqual(len(self._token_calls()), 1)
        self._run_cron()
        self.assertEqual(len(self._token_calls()), 1, "that was enough for a week")
        # The record of an application that was dropped by hand in the database.
        orphan = self.grant.copy({"client_id": "orphan", "refreshed_at": "2020-01-01"})
        self.assertNotIn(orphan, self.env["keeping.exact.grant"]._get_idle())

    def test_one_that_fails_stops_no_other(self):
        other = self._make_connection(self.other_company)
        self.addCleanup(setattr, self.sandbox, "login", self.sandbox.login)
        self.sandbox.login = "sem"
        self._connect(other)
        self.assertNotEqual(other.sudo().grant_id, self.grant)
        self._age(8)
        # Damaged beyond anything that was foreseen.
        self.grant.site = "be"
        self.env.cr.execute(
            "UPDATE keeping_exact_grant SET refresh_token = NULL WHERE id = %s", (self.grant.id,)
        )
        self.env.invalidate_all()
        self.grant.refreshed_at = fields.Datetime.subtract(fields.Datetime.now(), days=20)
        self.assertEqual(self.env["keeping.exact.grant"]._get_idle()[0], self.grant)
        self._run_cron()
        age = fields.Datetime.now() - other.sudo().grant_id.refreshed_at
        self.assertLess(age.total_seconds(), 60)

    def test_it_warns_when_it_keeps_failing_and_time_runs_out(self):
        self.sandbox.add_fault("lose_request", method="POST", path=TOKENS, times=None)
        self._age(15)
        self._run_cron()
        self.assertFalse(self.connection.health_code, "half of the time is left")
        self._age(7)
        for _time in range(3):
            self._run_cron()
        self.assertEqual(self.connection.state, "connected", "it still works")
        self.assertEqual(self.connection.health_code, "expires_soon")
        self.assertIn("30 days", self.connection.health_message)
        self.assertEqual(len(self._activities()), 1)
        self.sandbox.clear_faults()
        self._run_cron()
        self.assertFalse(self.connection.health_code)
        self.assertFalse(self._activities())

    def test_a_copy_that_nobody_uses_says_so_without_a_call(self):
        known = identity.get_identity(self.env.cr)
        self.grant.database = identity.dump({**known, "oid": "0"})
        self._age(8)
        self.sandbox.clear_calls()
        for _time in range(2):
            self._run_cron()
        self.assertFalse(self.sandbox.calls())
        self.assertEqual(self.connection.health_code, "copied_database")
        self.assertEqual(len(self._activities()), 1)

    def test_its_job_is_there(self):
        cron = self.env.ref("keeping_exact_connector.ir_cron_keep_alive")
        self.assertTrue(cron.active)
        with mute_logger(*LOGGERS), self._committing():
            cron.method_direct_trigger()
