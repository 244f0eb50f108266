import os
from urllib.parse import urlencode

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .. import exact_online
from ..models.keeping_exact_connection import CALLBACK_PATH
from .sandbox_case import INVOICES, SandboxCase


@tagged("post_install", "-at_install")
class TestConnecting(SandboxCase):
    def _check(self):
        with self._committing():
            self.connection.action_check()

    def test_consent_gives_the_administrations_and_links_none(self):
        self._connect(self.connection)
        self.assertEqual(self.connection.state, "connected")
        self.assertTrue(self.connection.exact_user_name)
        self.assertTrue(self.connection.connected_at)
        self.assertGreater(self.connection.refresh_expires_at, fields.Datetime.now())
        self.assertEqual(
            set(self.connection.administration_ids.mapped("code")),
            {entry["code"] for entry in self.sandbox.administrations},
        )
        self.assertEqual(set(self.connection.administration_ids.mapped("state")), {"available"})

    def test_linking_reads_lists_customers_and_items(self):
        administration = self._link()
        self.assertEqual(administration.state, "linked")
        self.assertTrue(administration.synced_at, administration.sync_message)
        rows = self.sandbox.rows(administration.code, "crm/Accounts")
        self.assertEqual(administration.customer_count, len(rows))
        self.assertGreater(len(rows), 60, "more than a page")
        sales = self.env["keeping.exact.journal"].search(
            [("administration_id", "=", administration.id), ("type", "=", 20)]
        )
        self.assertTrue(sales)
        # With several to choose from it is that of the latest invoice in Exact.
        self.assertGreater(len(sales.filtered(lambda j: not j.blocked)), 1)
        latest = max(self.sandbox.rows(administration.code, INVOICES), key=lambda r: r["Created"])
        self.assertEqual(administration.journal_id.code, latest["Journal"])
        codes = self.env["keeping.exact.vat.code"].search(
            [("administration_id", "=", administration.id)]
        )
        self.assertIn(0.21, codes.mapped("percentage"))
        for record in (*sales, *codes, *administration.customer_ids):
            self.assertEqual(record.code, (record.code or "").strip())

    def test_reading_again_takes_only_what_changed(self):
        administration = self._link()
        with administration._get_client() as client:
            client.post("crm/Accounts", {"Name": "Later", "Status": "C"})
        self.sandbox.clear_calls()
        administration.action_sync()
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()
        self.assertIn("Later", administration.customer_ids.mapped("name"))
        paths = [call["path"] for call in self.sandbox.calls()]
        self.assertEqual(sum("sync/CRM/Accounts" in path for path in paths), 1)
        # One row of them shows that they may be read; there are more than a page.
        self.assertEqual(sum(path.endswith("crm/Accounts") for path in paths), 1)

    def test_an_administration_is_linked_once(self):
        self._link()
        other = self._make_connection(self.other_company)
        self._connect(other)
        twin = other.administration_ids.filtered(lambda a: a.code == self.administration.code)
        user = self._make_user("theirs", "administrator", self.other_company)
        theirs = twin.with_user(user).with_company(self.other_company)
        # Whose it is, is told to those only who may enter that organisation.
        with self.assertRaisesRegex(UserError, "linked to another organisation") as caught:
            theirs.action_link()
        self.assertNotIn(self.company.name, str(caught.exception))
        user.company_ids |= self.company
        with self.assertRaisesRegex(UserError, f"linked to {self.company.name} already"):
            theirs.action_link()

    def test_one_organisation_disconnects_and_the_other_goes_on(self):
        self._connect(self.connection)
        other = self._make_connection(self.other_company)
        self._connect(other)
        self.connection.action_disconnect()
        self.assertEqual(self.connection.state, "disconnected")
        self.assertEqual(other.state, "connected")
        self.assertTrue(other.sudo().grant_id.refresh_token)
        with self._committing():
            other.action_check()
        self.assertEqual(other.state, "connected")
        grant = other.sudo().grant_id
        other.action_disconnect()
        self.assertFalse(grant.exists())

    def test_two_connections_of_one_user_share_a_grant(self):
        self._connect(self.connection)
        other = self._make_connection(self.other_company)
        self._connect(other)
        self.assertEqual(other.sudo().grant_id, self.connection.sudo().grant_id)
        # The second consent killed the first chain; the first connection lives on with the new.
        self._check()
        self.assertEqual(self.connection.state, "connected")

    def test_a_wrong_code_leaves_the_old_connection_as_it_was(self):
        self._connect(self.connection)
        before = self.connection.sudo().grant_id.refresh_token
        with self.assertRaises(exact_online.ExactError), self._committing():
            self.connection._accept_consent("wrong!code")
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(self.connection.sudo().grant_id.refresh_token, before)

    def test_a_token_is_used_until_570_seconds_and_then_renewed_once(self):
        self._connect(self.connection)
        grant = self.connection.sudo().grant_id
        self.sandbox.clear_calls()
        self._check()
        self._check()
        self.assertFalse(self._posts("/token"))
        self.sandbox.advance(571)
        grant.refreshed_at = fields.Datetime.subtract(fields.Datetime.now(), seconds=571)
        self._check()
        self._check()
        self.assertEqual(len(self._posts("/token")), 1)

    @mute_logger("odoo.addons.keeping_exact_connector.models.keeping_exact_grant")
    def test_a_revoked_connection_asks_for_attention_and_lives_on_after_consent(self):
        self._connect(self.connection)
        grant = self.connection.sudo().grant_id
        grant._store_tokens(exact_online.Tokens("dead", "dead", 600))
        grant.refreshed_at = fields.Datetime.subtract(fields.Datetime.now(), seconds=571)
        # assertRaises would roll back what the token source has committed.
        try:
            self._check()
        except UserError as error:
            self.assertIn("no longer valid", str(error))
        else:
            self.fail("a dead token was accepted")
        self.assertEqual(self.connection.state, "attention")
        self.assertIn("Connect again", self.connection.health_message)
        self._connect(self.connection)
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.connection.health_message)

    def test_disconnecting_forgets_the_tokens_and_keeps_the_administrations(self):
        self._link()
        grant = self.connection.sudo().grant_id
        self.connection.action_disconnect()
        self.assertFalse(grant.exists())
        self.assertEqual(self.connection.state, "disconnected")
        self.assertEqual(self.administration.state, "linked")

    def test_a_connection_stays_with_its_organisation_and_site(self):
        self._link()
        self.connection.action_disconnect()
        connection = self.connection.with_user(self.env.ref("base.user_admin"))
        connection.env.user.company_ids |= self.company | self.other_company
        companies = (self.company | self.other_company).ids
        connection = connection.with_context(allowed_company_ids=companies)
        for vals in ({"site": "be"}, {"company_id": self.other_company.id}):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "in use"):
                connection.write(vals)

    @mute_logger("odoo.addons.keeping_exact_connector.models.keeping_exact_administration")
    def test_one_administration_that_cannot_be_read_does_not_stop_the_next(self):
        self._link(0)
        first = self.administration
        second = self._link(1)
        # A row that cannot be: the list breaks in the middle.
        first.item_timestamp = "no number"
        (first | second).sync_at = fields.Datetime.now()
        second.synced_at = False
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()
        self.assertTrue(second.synced_at)
        self.assertTrue(first.sync_message)
        self.assertGreater(first.sync_at, fields.Datetime.now())

    def test_deleting_a_connection_deletes_its_tokens(self):
        self._connect(self.connection)
        grant = self.connection.sudo().grant_id
        self.connection.administration_ids.unlink()
        self.connection.unlink()
        self.assertFalse(grant.exists())

    def test_a_missing_key_is_said_before_the_code_is_used_up(self):
        self._connect(self.connection)
        os.environ["KEEPING_EXACT_ENCRYPTION_KEY"] = "another key"
        self.addCleanup(os.environ.pop, "KEEPING_EXACT_ENCRYPTION_KEY", None)
        try:
            self._check()
        except UserError:
            self.env.invalidate_all()
        self.assertEqual(self.connection.state, "attention")
        self.assertIn("encryption key", self.connection.health_message)

    def test_tokens_are_not_readable_in_the_database(self):
        self._connect(self.connection)
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(g)::text FROM keeping_exact_grant g")
        stored = "".join(row[0] for row in self.env.cr.fetchall())
        grant = self.connection.sudo().grant_id
        self.assertNotIn(grant._usable_token(), stored)
        self.assertNotIn(self.sandbox.client_secret, stored)

    def test_an_administration_that_is_no_longer_allowed_is_shown_as_such(self):
        self._connect(self.connection)
        first, *rest = self.connection.administration_ids.sorted("code")
        Administration = self.env["keeping.exact.administration"].sudo()
        rows = [{"Code": entry.code, "Description": entry.name} for entry in rest]
        Administration._update_from_exact(self.connection, rows)
        self.assertEqual(first.state, "inaccessible")
        with self._committing():
            self.connection.action_refresh_administrations()
        self.assertEqual(first.state, "available")


@tagged("post_install", "-at_install")
class TestConsentOverHttp(SandboxCase, HttpCase):
    def test_the_callback_connects_and_goes_back_to_the_connection(self):
        base_url = self.base_url()
        self.env["ir.config_parameter"].set_param("web.base.url", base_url)
        self.sandbox.add_redirect_uri(base_url + CALLBACK_PATH)
        admin = self.env.ref("base.user_admin")
        admin.company_ids |= self.company
        self.authenticate("admin", "admin")
        connection = self.connection.with_user(admin).with_company(self.company)
        query = self._consent(connection)
        response = self.url_open(f"{CALLBACK_PATH}?{urlencode(query)}", allow_redirects=False)
        self.assertIn(response.status_code, (302, 303), response.text)
        self.assertTrue(response.headers["Location"].endswith(f"/{connection.id}"))
        connection.invalidate_recordset()
        self.assertEqual(connection.state, "connected")
        self.assertTrue(connection.administration_ids)
        again = self.url_open(f"{CALLBACK_PATH}?{urlencode(query)}", allow_redirects=False)
        self.assertEqual(again.status_code, 400)
        self.assertEqual(connection.state, "connected")
