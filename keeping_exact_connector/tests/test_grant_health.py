from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import exact_online
from ..tools import encryption
from .sandbox_case import SandboxCase

TOKENS = "/api/oauth2/token"


@tagged("post_install", "-at_install")
class TestGrantHealth(SandboxCase):
    """Each way in which a connection dies is told apart as far as Exact's answers do."""

    def setUp(self):
        super().setUp()
        self.sandbox.clear_faults()
        self.addCleanup(self.sandbox.clear_faults)
        self._connect(self.connection)
        self.grant = self.connection.sudo().grant_id

    def _expire(self):
        """Have the next call need new tokens."""
        self.sandbox.advance(571)
        self.grant.refreshed_at = fields.Datetime.subtract(fields.Datetime.now(), seconds=571)

    @mute_logger("odoo.addons.keeping_exact_connector.models.keeping_exact_grant")
    def _check(self):
        # assertRaises would roll back what the token source has committed.
        try:
            with self._committing():
                self.connection.action_check()
        except UserError as error:
            return str(error)
        return None

    def _assert_dead(self, code, *words):
        self.assertEqual(self.connection.health_code, code)
        self.assertEqual(self.connection.state, "attention")
        self.assertEqual(self.grant.state, "broken")
        self.assertFalse(self.grant.refresh_token)
        for word in words:
            self.assertIn(word, self.connection.health_message)
        self.sandbox.clear_calls()
        self._check()
        self.assertFalse(self.sandbox.calls(), "a dead token is not tried again")
        self._connect(self.connection)
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.connection.health_message)
        self._expire()
        self.assertIsNone(self._check())

    def _refresh_elsewhere(self):
        return exact_online.refresh(
            self.sandbox.url,
            self.sandbox.client_id,
            self.sandbox.client_secret,
            encryption.decrypt(self.grant.refresh_token),
        )

    def test_a_consent_elsewhere_is_told_with_its_cure(self):
        code = self._consent(self.connection)["code"]
        exact_online.exchange_code(
            self.sandbox.url,
            self.sandbox.client_id,
            self.sandbox.client_secret,
            code,
            self.connection.redirect_uri,
        )
        self._expire()
        self._check()
        self._assert_dead("replaced", "connected anew elsewhere", "an app of its own")

    def test_a_token_used_elsewhere_is_told_as_such(self):
        self._expire()
        self._refresh_elsewhere()
        self._check()
        self._assert_dead("used_elsewhere", "a copy of this database")

    def test_a_lost_answer_is_told_as_such(self):
        self._expire()
        self.sandbox.add_fault("lose_answer", method="POST", path=TOKENS, times=1)
        self.assertIn("cannot be reached", self._check())
        self.assertEqual(self.connection.state, "connected")
        self.assertTrue(self.grant.unanswered)
        self._check()
        self._assert_dead("answer_lost", "nothing is lost")

    def test_a_lost_request_costs_nothing(self):
        self._expire()
        self.sandbox.add_fault("lose_request", method="POST", path=TOKENS, times=1)
        self._check()
        self.assertTrue(self.grant.unanswered)
        self.assertIsNone(self._check())
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.grant.unanswered)

    def test_an_answer_of_something_on_the_way_costs_nothing(self):
        for status in (404, 413, 503):
            with self.subTest(status=status):
                self._expire()
                page = {"body": "<h1>A proxy</h1>", "status": status}
                self.sandbox.add_fault("status", method="POST", path=TOKENS, times=1, **page)
                self.assertIn("cannot be reached", self._check())
                self.assertEqual((self.connection.state, self.grant.state), ("connected", "active"))
                self.assertIsNone(self._check())

    def test_a_connection_that_was_not_used_for_30_days_expires(self):
        self.sandbox.advance(31 * 86400)
        self.grant.refreshed_at = fields.Datetime.subtract(fields.Datetime.now(), days=31)
        self._check()
        self._assert_dead("expired", "30 days")

    def test_a_user_who_was_blocked_is_told_to_be_seen_to(self):
        self.addCleanup(self.sandbox.change_user, self.sandbox.login, status="active")
        self._expire()
        self.sandbox.change_user(self.sandbox.login, status="blocked")
        self._check()
        self.assertEqual(self.connection.state, "attention")
        # What Exact answers then is not known (chapter 11, 1): each of these names the cause.
        self.assertIn(self.connection.health_code, ("replaced", "revoked"))
        self.assertIn("withdrawn", self.connection.health_message)

    def test_an_app_that_exact_no_longer_accepts_is_told_as_such(self):
        self.grant.client_secret = encryption.encrypt("another secret")
        self._expire()
        self._check()
        self.assertEqual(self.connection.health_code, "app_refused")
        self.assertIn("client secret", self.connection.health_message)

    def test_a_new_consent_renews_the_tokens_for_all_connections(self):
        other = self._make_connection(self.other_company)
        self._connect(other)
        self.assertEqual(other.sudo().grant_id, self.grant)
        self._expire()
        self._refresh_elsewhere()
        self._check()
        self.assertEqual(other.health_code, "used_elsewhere", "it is the same grant")
        self._connect(other)
        self.assertEqual(self.connection.state, "connected")
        self.assertIsNone(self._check())
