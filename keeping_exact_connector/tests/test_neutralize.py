from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from ..models.keeping_exact_connection_health import ACTIVITY
from .sandbox_case import SendingCase

SECRETS = {
    "keeping_exact_connection": ("client_secret_pending", "consent_nonce"),
    "keeping_exact_grant": ("client_secret", "access_token", "refresh_token"),
}


@tagged("post_install", "-at_install")
class TestNeutralize(SendingCase):
    """A neutralised copy holds no secret, does nothing by itself, and says so kindly."""

    def _neutralize(self):
        self.env.flush_all()
        with file_open("keeping_exact_connector/data/neutralize.sql") as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()

    def test_a_neutralised_copy(self):
        invoice = self._queued()
        draft = self._make_hours(1) and self._preview()
        other = self._make_connection()
        other.action_connect()
        self.assertTrue(other.sudo().client_secret_pending)
        self.connection.sudo()._set_attention("reconnect")
        self._neutralize()
        self.sandbox.clear_calls()

        with self.subTest("no secret is left"):
            for table, columns in SECRETS.items():
                for column in columns:
                    self.env.cr.execute(f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL")
                    self.assertEqual(self.env.cr.fetchone(), (0,), column)

        with self.subTest("no job of ours runs"):
            jobs = self.env["ir.model.data"].search(
                [("module", "=", "keeping_exact_connector"), ("model", "=", "ir.cron")]
            )
            self.assertGreaterEqual(len(jobs), 3)
            crons = (
                self.env["ir.cron"].with_context(active_test=False).browse(jobs.mapped("res_id"))
            )
            self.assertFalse(crons.filtered("active"))

        with self.subTest("it says what it is"):
            for connection in (self.connection, other):
                self.assertEqual(connection.state, "disconnected")
                self.assertIn("neutralised copy", connection.health_message)
                self.assertFalse(connection.activity_search([ACTIVITY]))

        with self.subTest("what is tried is refused kindly, without a call"):
            for method in ("action_check", "action_refresh_administrations"):
                with self.assertRaisesRegex(UserError, "no longer valid"):
                    getattr(self.connection, method)()
            with self.assertRaisesRegex(UserError, "Fill in the client ID"):
                self.connection.action_connect()
            draft.action_send()
            self._send()
            for waiting in (invoice, draft):
                self.assertEqual(waiting.state, "queued")
                self.assertIn("no longer valid", waiting.error_message)
            with mute_logger("odoo.addons.keeping_exact_connector"), self._committing():
                self.env["keeping.exact.administration"]._cron_sync()
                self.env["keeping.exact.grant"]._cron_keep_alive()
            self.assertFalse(self.sandbox.calls())

        with self.subTest("with an app of its own it is a database like any other"):
            app = self.sandbox.register_app("Test copy", self.connection.redirect_uri)
            self.connection.client_id = app["client_id"]
            self.connection.client_secret = app["client_secret"]
            self._connect(self.connection)
            self.assertEqual(self.connection.state, "connected")
            self.assertFalse(self.connection.health_message)
