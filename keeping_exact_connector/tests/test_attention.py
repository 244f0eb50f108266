import os
from contextlib import contextmanager
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from exact_sandbox.person import Person

from ..models.keeping_exact_connection_health import ACTIVITY
from ..tools import encryption, identity
from .sandbox_case import SendingCase

DAY = 86400


@tagged("post_install", "-at_install")
class TestAttention(SendingCase):
    """Whatever ends a connection: it asks for attention once, work waits, and goes on by itself."""

    def setUp(self):
        super().setUp()
        self.grant = self.connection.sudo().grant_id
        self.mails = self.env["mail.mail"].search_count([])

    # ------------------------------------------------------------------ what may happen

    def _age(self, seconds):
        """Let time pass, here and at Exact."""
        self.sandbox.advance(seconds)
        grant = self.connection.sudo().grant_id
        for name in ("refreshed_at", "access_expires_at", "refresh_expires_at"):
            grant[name] = fields.Datetime.subtract(grant[name], seconds=seconds)

    def _reconnect(self):
        with self._committing():
            self.connection._accept_consent(self._consent(self.connection)["code"])
        # What the controller does next.
        with self._committing():
            self.connection._resume_work()

    @contextmanager
    def _expired(self):
        self._age(31 * DAY)
        yield "expired"
        self._reconnect()

    @contextmanager
    def _withdrawn(self):
        person = Person(self.sandbox.url, self.sandbox.login, self.sandbox.password)
        person.submit(person.visit("/docs/MyExactOnline.aspx")[1], "client_id", answer="revoke")
        yield "replaced"
        self._reconnect()

    @contextmanager
    def _blocked(self):
        self.sandbox.change_user(self.sandbox.login, status="blocked")
        yield "user_blocked"
        self._age(571)
        self._try_again()
        # That the token is refused too tells less than what is known.
        self.assertEqual(self.connection.health_code, "user_blocked")
        self.sandbox.change_user(self.sandbox.login, status="active")
        self._reconnect()

    @contextmanager
    def _app_refused(self):
        self.connection.sudo().grant_id.client_secret = encryption.encrypt("another secret")
        self._age(571)
        yield "app_refused"
        self.connection.client_secret = self.sandbox.client_secret
        self._reconnect()

    @contextmanager
    def _licence_expired(self):
        licence = {"division": self.administration.code}
        self.sandbox.control("POST", "licence", {**licence, "expired": "header"})
        yield "licence_expired"
        self.sandbox.control("POST", "licence", licence)
        with self._committing():
            self.connection.action_check()

    @contextmanager
    def _licence_renewed_unnoticed(self):
        licence = {"division": self.administration.code}
        self.sandbox.control("POST", "licence", {**licence, "expired": "text"})
        yield "licence_expired"
        self.sandbox.control("POST", "licence", licence)
        self._pass_time()

    @contextmanager
    def _key_missing(self):
        self.addCleanup(os.environ.pop, "KEEPING_EXACT_ENCRYPTION_KEY", None)
        os.environ["KEEPING_EXACT_ENCRYPTION_KEY"] = "another one"
        yield "encryption_key"
        del os.environ["KEEPING_EXACT_ENCRYPTION_KEY"]
        self._pass_time()

    @contextmanager
    def _copied(self):
        known = identity.get_identity(self.env.cr)
        self.connection.sudo().grant_id.database = identity.dump({**known, "oid": "0"})
        yield "copied_database"
        self.connection.with_user(self.administrator).action_confirm_database()

    @contextmanager
    def _deleted(self):
        self.sandbox.delete_user(self.sandbox.login)
        yield "replaced"
        # Another user takes over.
        login = self.sandbox.login
        self.addCleanup(setattr, self.sandbox, "login", login)
        self.sandbox.login = "sem"
        self._reconnect()

    # ------------------------------------------------------------------ what has to be

    def _activities(self):
        return self.connection.activity_search([ACTIVITY])

    def _try_again(self):
        """As if an hour had gone by."""
        self.env["keeping.exact.limit"].sudo().search([]).unlink()
        self._pass_time()
        self._send()

    def _assert_waiting(self, invoice, code):
        self.assertEqual(self.connection.state, "attention")
        self.assertEqual(self.connection.health_code, code)
        self.assertTrue(self.connection.health_message)
        self.assertTrue(self.connection.state_since)
        self.assertEqual(invoice.state, "queued", invoice.error_message)
        self.assertTrue(invoice.error_message)
        self.assertGreater(invoice.retry_at, fields.Datetime.add(fields.Datetime.now(), minutes=50))
        self.assertFalse(self._in_exact(invoice))
        activity = self._activities()
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.connection._get_responsible())
        self.assertIn(self.connection.health_message[:20], activity.note)
        self.assertEqual(self.env["mail.mail"].search_count([]), self.mails, "e-mail was sent")

    def _assert_gone_out(self, invoice):
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)
        self.assertEqual(len(self._in_exact(invoice)), 1)
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.connection.health_code)
        self.assertFalse(self._activities())
        self.assertEqual(self.env["mail.mail"].search_count([]), self.mails, "e-mail was sent")

    @mute_logger(
        "odoo.addons.keeping_exact_connector.models.keeping_exact_grant",
        "odoo.addons.keeping_exact_connector.models.keeping_exact_administration",
    )
    def test_what_waits_goes_on_by_itself_after_each_way_to_end(self):
        self._assert_gone_out(self._queued())
        for happening in (
            self._expired,
            self._withdrawn,
            self._blocked,
            self._app_refused,
            self._licence_expired,
            self._licence_renewed_unnoticed,
            self._key_missing,
            self._copied,
            # The last one: the user does not come back.
            self._deleted,
        ):
            with self.subTest(happening=happening.__name__):
                invoice = self._queued()
                with happening() as code:
                    self._send()
                    self._assert_waiting(invoice, code)
                    # Nor does it ask again and again while it lasts.
                    for _time in range(3):
                        self._try_again()
                    self._assert_waiting(invoice, code)
                self._assert_gone_out(invoice)

    def _end(self, code="reconnect"):
        self.connection.sudo()._set_attention(code)

    def test_the_activity_is_for_whoever_connected_else_for_another_administrator(self):
        colleague = self._make_user("colleague", "administrator")
        stranger = self._make_user("stranger", "administrator", company=self.other_company)
        self.connection.sudo().connected_by_id = colleague
        self._end()
        self.assertEqual(self._activities().user_id, colleague)
        self.connection.sudo()._work_again()
        colleague.sudo().active = False
        self._end()
        self.assertEqual(self._activities().user_id, self.administrator)
        self.connection.sudo()._work_again()
        self.connection.sudo().connected_by_id = stranger
        self._end()
        self.assertEqual(self._activities().user_id, self.administrator, "of this organisation")

    def test_an_organisation_without_an_administrator_has_the_state_alone(self):
        self.administrator.sudo().active = False
        self._end()
        self.assertEqual(self.connection.state, "attention")
        self.assertFalse(self._activities())

    def test_done_by_hand_does_not_come_back_while_it_lasts(self):
        self._end()
        since = self.connection.state_since
        self._activities().with_user(self.administrator).action_feedback(feedback="Seen")
        self._end()
        self.assertFalse(self._activities())
        self.assertEqual(self.connection.state_since, since)

    def test_another_reason_changes_the_one_activity(self):
        self._end()
        self._end("app_refused")
        self.assertEqual(len(self._activities()), 1)
        self.assertIn("client secret", self._activities().note)

    def test_the_activity_speaks_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.administrator.sudo().lang = "nl_NL"
        self.connection.sudo().connected_by_id = self.administrator
        self._end()
        dutch = self.connection.with_context(lang="nl_NL").health_message
        self.assertNotEqual(dutch, self.connection.with_context(lang="en_US").health_message)
        self.assertIn(dutch[:30], self._activities().note)

    def test_disconnecting_and_deleting_take_the_activity_along(self):
        self._end()
        self.connection.action_disconnect()
        self.assertFalse(self._activities())

    def test_a_blocked_administration_waits_without_calling_for_anybody(self):
        invoice = self._queued()
        licence = {"division": self.administration.code}
        self.sandbox.control("POST", "licence", {**licence, "blocked": "division"})
        self._send()
        self.assertEqual((invoice.state, invoice.error_code), ("queued", "division_blocked"))
        self.assertEqual(self.connection.state, "connected", "a backup or a conversion")
        self.assertFalse(self._activities())
        self.sandbox.control("POST", "licence", licence)
        self._try_again()
        self.assertEqual(invoice.state, "open")
        self.assertFalse(self.administration.closed_code)

    def test_checking_does_not_call_it_mended_while_the_licence_is_expired(self):
        licence = {"division": self.administration.code}
        self.sandbox.control("POST", "licence", {**licence, "expired": "header"})
        self.addCleanup(self.sandbox.control, "POST", "licence", licence)
        self._queued()
        self._send()
        with self.assertRaisesRegex(UserError, "licence"), self.env.cr.savepoint():
            self.connection.action_check()
        self.assertEqual(self.connection.state, "attention")

    def test_reading_waits_for_the_connection_and_goes_on_with_it(self):
        self.administration.sudo().sync_at = fields.Datetime.now()
        self._end()
        self.sandbox.clear_calls()
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()
        self.assertFalse(self.sandbox.calls())
        self.assertFalse(self.administration.sync_message)
        self.connection.sudo()._work_again()
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()
        self.assertTrue(self.sandbox.calls())

    def test_administrations_that_the_limit_kept_from_being_read_are_read_when_it_is_over(self):
        other = self.connection.administration_ids - self.administration
        other[:1].sudo().unlink()
        count = len(self.connection.administration_ids)
        self.sandbox.settings(minute_limit=1)
        self.addCleanup(self.sandbox.settings, minute_limit=100_000)
        with self._committing():
            self.assertFalse(self.connection._try_administrations())
        self.assertEqual(self.connection.health_code, "no_administrations")
        self.assertEqual(len(self._activities()), 1)
        trigger = self.env["ir.cron.trigger"].sudo().search([], order="id desc", limit=1)
        self.assertEqual(trigger.cron_id, self.env.ref("keeping_exact_connector.ir_cron_sync"))
        self.assertLess(trigger.call_at, fields.Datetime.now() + timedelta(seconds=70))
        self.sandbox.settings(minute_limit=100_000)
        # As when the minute is over.
        self.env["keeping.exact.limit"].sudo().search([]).unlink()
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()
        self.assertEqual((self.connection.state, self.connection.health_code), ("connected", False))
        self.assertEqual(len(self.connection.administration_ids), count + 1)
        self.assertFalse(self._activities())

    def test_the_last_contact_is_when_exact_last_answered(self):
        Call = self.env["keeping.exact.call"].sudo()
        Call.search([]).unlink()
        self.grant.refreshed_at = "2020-01-01 00:00:00"
        vals = {"connection_id": self.connection.id, "administration_id": self.administration.id}
        Call.create(
            [
                {**vals, "called_at": "2026-10-01 10:00:00", "status": 200},
                {**vals, "called_at": "2026-10-02 10:00:00", "status": 404},
                {**vals, "called_at": "2026-10-03 10:00:00", "status": 0},
            ]
        )
        Call.create(
            {"called_at": "2026-10-04 10:00:00", "status": 200, "connection_id": self.connection.id}
        )
        other = self.connection.administration_ids - self.administration
        mine = self.administration | other
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(3):
            found = mine.mapped("last_contact_at")
        self.assertEqual(found, [fields.Datetime.to_datetime("2026-10-02 10:00:00"), False])
        self.assertEqual(str(self.connection.last_contact_at), "2026-10-04 10:00:00")
        self.grant.refreshed_at = "2026-10-05 10:00:00"
        self.connection.invalidate_recordset()
        self.assertEqual(str(self.connection.last_contact_at), "2026-10-05 10:00:00")
        viewer = self.administration.with_user(self.viewer)
        self.assertEqual(str(viewer.last_contact_at), "2026-10-02 10:00:00")
