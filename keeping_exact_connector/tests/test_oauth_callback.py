from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import hash_sign

from ..models.keeping_exact_connection import CALLBACK_PATH, STATE_SCOPE
from .common import ExactCase


@tagged("post_install", "-at_install")
class TestOAuthCallback(ExactCase, HttpCase):
    """The callback assumes an attacker. None of these cases gets as far as Exact."""

    def setUp(self):
        super().setUp()
        self._set_base_url("https://odoo.example")
        self.connection = (
            self.env["keeping.exact.connection"]
            .with_user(self.administrator)
            .with_company(self.company)
            .create({"site": "be", "client_id": "{app-id}", "client_secret": "secret"})
        )
        self.authenticate("administrator", "administrator")

    def _set_base_url(self, url):
        self.env["ir.config_parameter"].set_param("web.base.url", url)
        self.env.invalidate_all()

    def _get_state(self):
        query = parse_qs(urlsplit(self.connection.action_connect()["url"]).query)
        return query["state"][0]

    def _callback(self, **params):
        return self.url_open(f"{CALLBACK_PATH}?{urlencode(params)}", allow_redirects=False)

    def _assert_refused(self, response, text):
        self.assertEqual(response.status_code, 400)
        self.assertIn(text, response.text)
        self.assertIn("Start connecting", response.text)
        connection = self.connection.sudo()
        connection.invalidate_recordset()
        self.assertEqual(connection.state, "draft")

    def test_the_browser_is_sent_to_the_chosen_site_with_the_registered_address(self):
        action = self.connection.action_connect()
        url = urlsplit(action["url"])
        query = parse_qs(url.query)
        self.assertEqual(action["target"], "self")
        self.assertEqual(
            (url.scheme, url.netloc, url.path),
            ("https", "start.exactonline.be", "/api/oauth2/auth"),
        )
        self.assertEqual(query["client_id"], ["app-id"])
        self.assertEqual(query["response_type"], ["code"])
        self.assertEqual(query["redirect_uri"], ["https://odoo.example" + CALLBACK_PATH])
        self.assertEqual(self.connection.redirect_uri, query["redirect_uri"][0])
        self.assertNotIn("secret", action["url"])
        self.assertLess(len(action["url"]), 1500)

    def test_an_address_without_https_is_refused_before_the_start(self):
        self._set_base_url("http://odoo.example")
        self.assertIn("https", self.connection.redirect_problem)
        with self.assertRaisesRegex(UserError, "https"):
            self.connection.action_connect()

    def test_loopback_without_https_is_refused_for_the_real_exact(self):
        self._set_base_url("http://localhost:8069")
        with self.assertRaisesRegex(UserError, "https"):
            self.connection.action_connect()

    def test_an_app_without_secret_is_refused_before_the_start(self):
        bare = self.connection.create({"site": "nl", "client_id": "x"})
        with self.assertRaisesRegex(UserError, "client secret"):
            bare.action_connect()

    def test_no_state_and_a_forged_state_are_refused(self):
        for state in (None, "", "rubbish", "AAAA", "é" * 50, self._get_state()[:-4] + "AAAA"):
            with self.subTest(state=state):
                params = {"code": "x"} if state is None else {"code": "x", "state": state}
                self._assert_refused(self._callback(**params), "not opened from a question")

    def test_an_expired_state_is_refused(self):
        self._get_state()
        nonce = self.connection.sudo().consent_nonce
        values = [self.connection.id, self.administrator.id, self.company.id, nonce]
        late = hash_sign(self.env, STATE_SCOPE, values, expiration=timedelta(seconds=-1))
        self._assert_refused(self._callback(code="x", state=late), "not opened from a question")

    def test_a_state_of_another_scope_is_refused(self):
        self._get_state()
        nonce = self.connection.sudo().consent_nonce
        values = [self.connection.id, self.administrator.id, self.company.id, nonce]
        other = hash_sign(self.env, "something.else", values)
        self._assert_refused(self._callback(code="x", state=other), "not opened from a question")

    def test_a_state_of_another_user_is_refused(self):
        state = self._get_state()
        self._make_user("colleague", "administrator")
        self.authenticate("colleague", "colleague")
        self._assert_refused(self._callback(code="x", state=state), "not opened from a question")
        self.assertTrue(self.connection.sudo().consent_nonce)

    def test_a_user_who_lost_the_right_is_refused(self):
        state = self._get_state()
        group = self.env.ref("keeping_exact_connector.group_administrator")
        self.administrator.group_ids -= group
        self._assert_refused(self._callback(code="x", state=state), "not opened from a question")

    def test_refused_consent_changes_nothing_and_uses_the_state_up(self):
        state = self._get_state()
        self._assert_refused(
            self._callback(error="access_denied", state=state), "did not allow access"
        )
        self._assert_refused(self._callback(code="x", state=state), "used before")

    def test_an_older_question_no_longer_counts(self):
        older = self._get_state()
        self._get_state()
        self._assert_refused(self._callback(code="x", state=older), "used before")

    def test_without_a_session_the_login_page_comes_first(self):
        state = self._get_state()
        self.authenticate(None, None)
        response = self._callback(code="x", state=state)
        self.assertIn(response.status_code, (302, 303))
        self.assertIn("/web/login", response.headers["Location"])

    def test_html_in_parameters_is_escaped(self):
        response = self._callback(error="<script>x</script>", state="<script>x</script>")
        self.assertNotIn("<script>x", response.text)
