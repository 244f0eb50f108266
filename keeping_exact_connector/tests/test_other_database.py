import contextlib
import json
import os
import tempfile

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from .. import exact_online
from ..tools import identity, markers
from .sandbox_case import SandboxCase

ELSEWHERE = {"uuid": "another", "oid": "1", "system": "2", "database": "acceptance"}


@tagged("post_install", "-at_install")
class TestCopiedDatabase(SandboxCase):
    """Promise 5. A real copy is made in tests/processes/test_copied_database.py."""

    def setUp(self):
        super().setUp()
        self._connect(self.connection)
        self.grant = self.connection.sudo().grant_id
        self.sandbox.clear_calls()

    def _pretend_copy(self, **differences):
        known = {**identity.get_identity(self.env.cr), **differences}
        self.grant.database = identity.dump(known)

    def _check(self):
        try:
            with self._committing():
                self.connection.action_check()
        except UserError as error:
            return str(error)
        return None

    def test_all_three_parts_are_known_here(self):
        known = identity.get_identity(self.env.cr)
        self.assertEqual(set(known), {"uuid", "oid", "system"})
        self.assertEqual(json.loads(self.grant.database), known)

    def test_each_part_alone_gives_a_copy_away(self):
        for part in identity.PARTS:
            with self.subTest(part=part):
                self._pretend_copy(**{part: "something else"})
                self.assertTrue(self._check())
                self.assertEqual(self.connection.state, "attention")
                self.assertEqual(self.connection.health_code, "copied_database")
                self.assertIn("copied, moved or restored", self.connection.health_message)
                self.assertFalse(self.sandbox.calls(), "Exact was called")
                self.connection.action_confirm_database()

    def test_a_part_that_one_side_may_not_ask_for_is_left_out(self):
        known = identity.get_identity(self.env.cr)
        stored = identity.dump({"uuid": known["uuid"], "oid": known["oid"]})
        self.assertTrue(identity.is_same(stored, known))
        full = identity.dump(known)
        known.pop("system")
        self.assertTrue(identity.is_same(full, known))
        self.assertFalse(identity.is_same(full, {**known, "oid": "0"}))
        self.assertTrue(identity.is_same(False, known), "tokens of before this was stored")

    def test_a_copy_says_so_before_anybody_calls_exact(self):
        seen = self.connection.with_user(self.administrator).with_company(self.company)
        self.assertFalse(seen.is_copied)
        self.assertFalse(seen.health_message)
        self._pretend_copy(oid="0")
        self.assertEqual(seen.state, "connected", "nobody was told yet")
        self.assertTrue(seen.is_copied)
        self.assertIn("click This is the real database", seen.health_message)
        seen.action_confirm_database()
        self.assertFalse(seen.is_copied)
        self.assertFalse(seen.health_message)

    def test_a_copy_can_not_connect_anew_by_mistake(self):
        self._pretend_copy(oid="0")
        with self.assertRaisesRegex(UserError, "Confirm first"):
            self.connection.action_connect()
        with self.assertRaisesRegex(UserError, "Confirm first"):
            self.connection._accept_consent("some!code")
        self.assertFalse(self.sandbox.calls())

    def test_confirming_once_is_enough_for_all_connections(self):
        other = self._make_connection(self.other_company)
        self._connect(other)
        self._pretend_copy(oid="0")
        self._check()
        self.assertEqual(other.state, "attention")
        self.connection.action_confirm_database()
        self.assertEqual((self.connection.state, other.state), ("connected", "connected"))
        self.assertFalse(self.connection.health_code)
        self.assertIsNone(self._check())
        self.assertEqual(json.loads(self.grant.database), identity.get_identity(self.env.cr))

    def test_only_an_administrator_confirms(self):
        self._pretend_copy(oid="0")
        for user in (self.viewer, self.invoicer, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.connection.with_user(user).action_confirm_database()
        self.assertTrue(self.grant._get_of_other_database())

    def test_a_copy_that_disconnects_is_free_to_connect(self):
        self._pretend_copy(oid="0")
        self._check()
        self.connection.action_disconnect()
        self.connection.client_secret = self.sandbox.client_secret
        self._connect(self.connection)
        self.assertEqual(self.connection.state, "connected")


@tagged("post_install", "-at_install")
class TestOtherDatabase(SandboxCase):
    """Another database of this server that uses the same app is warned of, by files."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        data_dir = config["data_dir"]
        # The key of this server is in the old one.
        os.environ["KEEPING_EXACT_ENCRYPTION_KEY"] = "of these tests"
        self.addCleanup(os.environ.pop, "KEEPING_EXACT_ENCRYPTION_KEY", None)
        config["data_dir"] = folder.name
        self.addCleanup(config.__setitem__, "data_dir", data_dir)
        self.connection.client_secret = self.sandbox.client_secret
        self.apps = os.path.join(folder.name, "keeping_exact_connector", "apps")

    def _user(self):
        return self.connection.sudo().grant_id.exact_user

    def _mark_of_other(self, user="someone", **mark):
        """Leave a mark as another database would."""
        who = {**ELSEWHERE, **mark}
        database = who.pop("database")
        path = markers._path(self.sandbox.url, self.sandbox.client_id, user, who)
        os.makedirs(self.apps, exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            json.dump({**who, "database": database}, file)
        self.connection.invalidate_recordset()
        return path

    def test_connecting_leaves_a_mark_without_secrets_and_disconnecting_takes_it_away(self):
        self._connect(self.connection)
        [name] = os.listdir(self.apps)
        with open(os.path.join(self.apps, name), encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(json.loads(text)["database"], self.env.cr.dbname)
        for secret in (self.sandbox.client_id, self.sandbox.client_secret, self._user()):
            self.assertNotIn(secret, name + text)
        self.assertFalse(self.connection.other_databases, "our own mark warns of nobody")
        self.connection.action_disconnect()
        self.assertFalse(os.listdir(self.apps))

    def test_the_same_app_elsewhere_is_warned_of_before_consent(self):
        self.assertFalse(self.connection.other_databases)
        self._mark_of_other()
        self.assertEqual(self.connection.other_databases, "acceptance")
        # The person may go on knowingly.
        self._connect(self.connection)
        self.assertEqual(self.connection.state, "connected")
        self.connection.invalidate_recordset()
        self.assertFalse(self.connection.other_databases, "another user: nobody is harmed")

    def test_the_same_user_elsewhere_stays_on_the_form(self):
        self._connect(self.connection)
        path = self._mark_of_other(self._user())
        self.assertEqual(self.connection.other_databases, "acceptance")
        os.unlink(path)
        self.connection.invalidate_recordset()
        self.assertFalse(self.connection.other_databases)

    def test_a_shared_app_of_the_hosting_partner_tells_nothing_of_others(self):
        self._mark_of_other()
        for name, value in (("ID", self.sandbox.client_id), ("SECRET", "x")):
            variable = f"KEEPING_EXACT_CLIENT_{name}_NL"
            os.environ[variable] = value
            self.addCleanup(os.environ.pop, variable, None)
        self.connection.client_id = False
        self.assertFalse(self.connection.other_databases)

    def test_a_database_that_was_dropped_is_forgotten(self):
        here = identity.get_identity(self.env.cr)
        gone = self._mark_of_other(system=here["system"], oid="4294967290", database="dropped")
        self.assertNotIn("dropped", self.connection.other_databases or "")
        self.assertFalse(os.path.exists(gone))

    def test_a_damaged_mark_or_no_folder_at_all_harms_nobody(self):
        self.assertEqual(markers.others(self.env.cr, "https://x", "app"), [])
        path = self._mark_of_other()
        for text in ("", "{", "[]", "{}", '{"database": 5}'):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            self.connection.invalidate_recordset()
            self.assertFalse(self.connection.other_databases)

    @mute_logger("odoo.addons.keeping_exact_connector.tools.markers")
    def test_a_folder_that_can_not_be_written_does_not_stop_connecting(self):
        with open(os.path.dirname(self.apps), "w", encoding="utf-8"):
            pass
        self._connect(self.connection)
        self.assertEqual(self.connection.state, "connected")

    @mute_logger("odoo.addons.keeping_exact_connector.models.keeping_exact_grant")
    def test_a_chain_that_was_replaced_names_the_database_that_did_it(self):
        self._connect(self.connection)
        self._mark_of_other(self._user())
        # What the other database does: a consent of the same user for the same app.
        exact_online.exchange_code(
            self.sandbox.url,
            self.sandbox.client_id,
            self.sandbox.client_secret,
            self._consent(self.connection)["code"],
            self.connection.redirect_uri,
        )
        self.sandbox.advance(571)
        grant = self.connection.sudo().grant_id
        grant.refreshed_at = fields.Datetime.subtract(fields.Datetime.now(), seconds=571)
        with contextlib.suppress(UserError), self._committing():
            self.connection.action_check()
        self.assertEqual(self.connection.health_code, "replaced_here")
        self.assertIn("acceptance", self.connection.health_message)
