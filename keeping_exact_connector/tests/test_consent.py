from urllib.parse import urlencode

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models.keeping_exact_connection import CALLBACK_PATH
from .sandbox_case import SandboxCase

TOKENS = "/api/oauth2/token"
CONTROLLER = "odoo.addons.keeping_exact_connector.controllers.oauth"


class ConsentCase(SandboxCase, HttpCase):
    """An administrator of one organisation only, at a browser between Odoo and the sandbox."""

    def setUp(self):
        super().setUp()
        base_url = self.base_url()
        self.env["ir.config_parameter"].set_param("web.base.url", base_url)
        self.sandbox.add_redirect_uri(base_url + CALLBACK_PATH)
        self.sandbox.clear_faults()
        self.addCleanup(self.sandbox.clear_faults)
        self.connection = self.connection.with_user(self.administrator).with_company(self.company)
        self.authenticate("administrator", "administrator")

    def _answer(self, params):
        """Come back from Exact."""
        self.env.flush_all()
        response = self.url_open(f"{CALLBACK_PATH}?{urlencode(params)}", allow_redirects=False)
        self.env.invalidate_all()
        return response

    def _connect_over_http(self, *args, **kwargs):
        return self._assert_connected(self._answer(self._consent(self.connection, *args, **kwargs)))

    def _assert_connected(self, response):
        self.assertIn(response.status_code, (302, 303), response.text)
        path = f"/odoo/exact-connections/{self.connection.id}"
        self.assertTrue(response.headers["Location"].endswith(path))
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(self.connection.state, "connected")
        return response

    def _stored(self):
        """Return all that is stored of connections, grants and administrations."""
        self.env.flush_all()
        rows = []
        for table in ("connection", "grant", "administration", "administration_reach"):
            self.env.cr.execute(
                f"SELECT to_jsonb(t) - ARRAY['consent_nonce', 'write_date', 'write_uid'] "
                f"FROM keeping_exact_{table} t ORDER BY t::text"
            )
            rows.append([row[0] for row in self.env.cr.fetchall()])
        return rows

    def _assert_unchanged(self, response, before, *words, status=400):
        self.assertEqual(response.status_code, status, response.text)
        for text in words:
            self.assertIn(text, response.text)
        self.assertEqual(self._stored(), before)


@tagged("post_install", "-at_install")
class TestConsentEndings(ConsentCase):
    """Each way in which a consent can end leaves a connection that works as it was."""

    def test_a_consent_that_was_refused(self):
        self._connect_over_http()
        before = self._stored()
        self.addCleanup(self.sandbox.settings, refused_consent="error")
        for profile in ("bare", "error"):
            with self.subTest(profile=profile):
                self.sandbox.settings(refused_consent=profile)
                params = self._consent(self.connection, answer="deny")
                self.assertEqual("error" in params, profile == "error")
                self._assert_unchanged(
                    self._answer(params),
                    before,
                    "did not allow access",
                    "Connect again",
                    "works as before",
                )
        with self._committing():
            self.connection.action_check()

    def test_a_code_that_expired_or_is_not_exacts(self):
        self._connect_over_http()
        before = self._stored()
        late = self._consent(self.connection)
        self.sandbox.advance(181)
        self._assert_unchanged(self._answer(late), before, "good for three minutes", "as before")
        wrong = {**self._consent(self.connection), "code": "abc!" + "x" * 5000}
        self._assert_unchanged(self._answer(wrong), before, "good for three minutes")

    def test_a_browser_that_was_closed_in_the_middle(self):
        first = self._consent(self.connection)
        second = self._consent(self.connection)
        before = self._stored()
        self._assert_unchanged(self._answer(first), before, "asked anew", "Start connecting")
        self._assert_connected(self._answer(second))
        before = self._stored()
        # A reload, or somebody with the address: it was good once.
        for params in (second, first):
            response = self._answer(params)
            self._assert_unchanged(response, before, "used before", "works as before")

    def test_exact_that_is_down(self):
        self._connect_over_http()
        before = self._stored()
        params = self._consent(self.connection)
        self.sandbox.stop()
        try:
            response = self._answer(params)
        finally:
            self.sandbox.start()
        self._assert_unchanged(response, before, "cannot be reached", "works as before")
        self._assert_connected(self._answer(self._consent(self.connection)))

    def test_exact_that_breaks_off(self):
        self._connect_over_http()
        before = self._stored()
        for path, kind, words in (
            (TOKENS, "lose_answer", "broke off"),
            ("current/Me", "status", "could not be read afterwards"),
        ):
            with self.subTest(path=path):
                params = self._consent(self.connection)
                values = {"status": 403, "body": ""} if kind == "status" else {}
                self.sandbox.add_fault(kind, path=path, times=1, **values)
                response = self._answer(params)
                self._assert_unchanged(response, before, words, "connecting again puts that right")
                # Exact may have begun a new chain: then the old one is dead.
                self.assertNotIn("works as before", response.text)

    def test_an_app_that_exact_does_not_accept(self):
        self._connect_over_http()
        params = self._consent(self.connection)
        self.connection.client_secret = "another secret"
        before = self._stored()
        response = self._answer(params)
        self._assert_unchanged(response, before, "does not accept the app", "client secret")
        self.connection.client_secret = self.sandbox.client_secret
        self._connect_over_http()

    def test_an_organisation_that_was_switched_in_odoo_meanwhile(self):
        self.administrator.company_ids |= self.other_company
        params = self._consent(self.connection)
        self.administrator.company_id = self.other_company
        self._assert_connected(self._answer(params))
        self.assertEqual(self.connection.company_id, self.company)

    def test_another_address_of_odoo_meanwhile(self):
        params = self._consent(self.connection)
        # Odoo follows the address that its administrator logs in at.
        self.env["ir.config_parameter"].set_param("web.base.url", "https://other.example")
        self._assert_connected(self._answer(params))

    def test_administrations_that_cannot_be_read_do_not_undo_the_connection(self):
        params = self._consent(self.connection)
        self.sandbox.add_fault("status", path="system/Divisions", status=403, body="")
        self._answer(params)
        self.assertEqual(self.connection.state, "attention")
        self.assertIn("could not be read", self.connection.health_message)
        self.assertTrue(self.connection.sudo().grant_id.refresh_token)


@tagged("post_install", "-at_install")
class TestHandOver(ConsentCase):
    """Another Exact user takes over; nothing that is linked is left behind."""

    def setUp(self):
        super().setUp()
        self.codes = [entry["code"] for entry in self.sandbox.administrations[:2]]
        for login in ("anna", "sem"):
            self.sandbox.change_user(login, divisions=self.codes)
        self._connect_over_http()
        self.anna = self.connection.exact_user_name
        self.administration = self.connection.administration_ids.sorted("code")[0]
        with self._committing():
            self.administration.action_link()

    def _messages(self):
        return "\n".join(self.connection.sudo().message_ids.mapped("body"))

    def _links(self):
        """Return what of the administration must stay."""
        names = [
            name
            for name, field in self.administration._fields.items()
            if field.store and name not in ("write_date", "write_uid", "sync_at", "message_ids")
        ]
        return self.administration.sudo().read(names, load=None)

    def test_another_exact_user_takes_over(self):
        before, old_grant = self._links(), self.connection.sudo().grant_id
        url = self.connection.action_hand_over()["url"]
        self.assertIn("force_login=1", url)
        self._connect_over_http("sem", "action_hand_over")
        self.assertEqual(self.connection.exact_user_name, "Sem Jansen")
        self.assertEqual(self._links(), before)
        self.assertNotEqual(self.connection.sudo().grant_id, old_grant)
        self.assertFalse(old_grant.exists(), "nobody uses it any more")
        self.assertIn(f"from the Exact user {self.anna} to Sem Jansen", self._messages())
        message = self.connection.sudo().message_ids.filtered(lambda m: "Handed" in m.body)
        self.assertEqual(message.author_id, self.administrator.partner_id)
        self.administration.action_sync()
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()
        self.assertTrue(self.administration.synced_at, self.administration.sync_message)

    def test_connecting_again_as_another_user_is_a_hand_over(self):
        self._connect_over_http("sem")
        self.assertIn(f"from the Exact user {self.anna} to Sem Jansen", self._messages())
        self.assertEqual(self.administration.state, "linked")

    def test_a_user_who_cannot_open_what_is_linked_takes_nothing_over(self):
        self.sandbox.change_user("sem", divisions=self.codes[1:])
        before = self._stored()
        for action in ("action_hand_over", "action_connect"):
            with self.subTest(action=action):
                response = self._answer(self._consent(self.connection, "sem", action))
                self._assert_unchanged(
                    response,
                    before,
                    "Sem Jansen cannot open",
                    self.administration.display_name,
                    "works as before",
                )
        self.connection.action_disconnect()
        self.connection.client_secret = self.sandbox.client_secret
        before = self._stored()
        response = self._answer(self._consent(self.connection, "sem"))
        self._assert_unchanged(response, before, "Sem Jansen cannot open")
        self._connect_over_http()
        self.assertEqual(self.administration.state, "linked")

    def test_tokens_of_a_refused_hand_over_go_to_who_shares_them(self):
        other = self._make_connection(self.other_company)
        self._connect(other, "sem")
        grant = other.sudo().grant_id
        before = grant.refresh_token
        self.sandbox.change_user("sem", divisions=self.codes[1:])
        response = self._answer(self._consent(self.connection, "sem", "action_hand_over"))
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.connection.exact_user_name, self.anna)
        # Exact has ended the older chain: without the new tokens the other connection were dead.
        self.assertNotEqual(grant.refresh_token, before)
        with self._committing():
            other.action_check()
        self.assertEqual(other.state, "connected")
        # The other way round it joins that grant.
        self.sandbox.change_user("sem", divisions=self.codes)
        self._connect_over_http("sem", "action_hand_over")
        self.assertEqual(self.connection.sudo().grant_id, grant)

    def test_a_hand_over_that_cannot_be_judged_changes_nothing(self):
        before = self._stored()
        params = self._consent(self.connection, "sem", "action_hand_over")
        self.sandbox.add_fault("status", path="system/Divisions", status=403, body="")
        self._assert_unchanged(self._answer(params), before, "could not be read afterwards")
        # Nor is a connection dead that shares the user: whose the tokens are was known.
        other = self._make_connection(self.other_company)
        self._connect(other, "sem")
        tokens = other.sudo().grant_id.refresh_token
        params = self._consent(self.connection, "sem", "action_hand_over")
        self.sandbox.add_fault("status", path="system/Divisions", status=403, body="")
        self.assertIn("could not be read afterwards", self._answer(params).text)
        self.assertEqual(self.connection.exact_user_name, self.anna)
        self.assertNotEqual(other.sudo().grant_id.refresh_token, tokens)

    def test_a_hand_over_to_the_same_user_says_so(self):
        grant = self.connection.sudo().grant_id
        before = grant.refresh_token
        response = self._answer(self._consent(self.connection, None, "action_hand_over"))
        self.assertEqual(response.status_code, 200)
        for words in ("Not handed over", self.anna, "was renewed and works"):
            self.assertIn(words, response.text)
        self.assertEqual(self.connection.state, "connected")
        self.assertNotEqual(grant.refresh_token, before, "the older chain is dead")
        self.assertNotIn("Handed over", self._messages())
        with self._committing():
            self.connection.action_check()

    def test_a_refused_hand_over_leaves_the_old_user(self):
        before = self._stored()
        params = self._consent(self.connection, "sem", "action_hand_over", answer="deny")
        self._assert_unchanged(self._answer(params), before, "did not allow", "works as before")

    def test_another_organisation_with_the_old_user_is_not_touched(self):
        other = self._make_connection(self.other_company)
        self._connect(other)
        self._connect_over_http("sem", "action_hand_over")
        self.assertEqual(other.exact_user_name, self.anna)
        with self._committing():
            other.action_check()
        self.assertEqual(other.state, "connected")

    @mute_logger("odoo.addons.keeping_exact_connector.models.keeping_exact_grant")
    def test_a_connection_whose_user_is_gone_is_handed_over_and_goes_on(self):
        self.addCleanup(self.sandbox.change_user, "anna", status="active")
        self.sandbox.change_user("anna", status="blocked")
        self.connection.sudo()._set_attention("revoked")
        self._connect_over_http("sem", "action_hand_over")
        self.assertFalse(self.connection.health_message)
        self.assertEqual(self.administration.state, "linked")
