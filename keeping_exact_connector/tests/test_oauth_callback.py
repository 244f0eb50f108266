import json
import time
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import hash_sign, mute_logger

from ..models.keeping_exact_connection import CALLBACK_PATH
from ..tools import consent
from .common import ExactCase

HOSTILE = "<script>alert(1)</script>Pay at evil.example"


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

    def _sign(self, scope=consent.SCOPE, **changes):
        """Return a state as :meth:`_get_state` does, with some of it changed."""
        question = consent.read(self.env(su=True), self._get_state())
        return hash_sign(self.env(su=True), scope, list(question._replace(**changes)))

    def _callback(self, *pairs, **params):
        query = urlencode([*pairs, *params.items()])
        return self.url_open(f"{CALLBACK_PATH}?{query}", allow_redirects=False)

    def _columns(self):
        """Return all that is stored of the connection."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(c) - 'write_date' - 'write_uid' FROM keeping_exact_connection c "
            "WHERE id = %s",
            (self.connection.id,),
        )
        return self.env.cr.fetchone()

    def _assert_refused(self, response, text, *more):
        self.assertEqual(response.status_code, 400, response.text)
        for words in (text, *more):
            self.assertIn(words, response.text)
        self.assertIn('class="btn btn-primary"', response.text)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        connection = self.connection.sudo()
        connection.invalidate_recordset()
        self.assertEqual(connection.exists().state or "draft", "draft")

    # ------------------------------------------------------------------ before the start

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
        self.assertEqual(query["force_login"], ["0"])
        self.assertEqual(query["redirect_uri"], ["https://odoo.example" + CALLBACK_PATH])
        self.assertEqual(self.connection.redirect_uri, query["redirect_uri"][0])
        self.assertNotIn("secret", action["url"])
        self.assertLess(len(action["url"]), 1500)

    def test_an_address_without_https_is_refused_before_the_start(self):
        self._set_base_url("http://odoo.example")
        self.assertIn("https", self.connection.redirect_problem)
        with self.assertRaisesRegex(UserError, "https"):
            self.connection.action_connect()
        self.assertFalse(self.connection.sudo().consent_nonce)

    def test_loopback_without_https_is_refused_for_the_real_exact(self):
        self._set_base_url("http://localhost:8069")
        with self.assertRaisesRegex(UserError, "https"):
            self.connection.action_connect()

    def test_an_app_without_secret_is_refused_before_the_start(self):
        bare = self.connection.create({"site": "nl", "client_id": "x"})
        with self.assertRaisesRegex(UserError, "client secret"):
            bare.action_connect()

    def test_what_is_not_connected_cannot_be_handed_over(self):
        with self.assertRaisesRegex(UserError, "not connected"):
            self.connection.action_hand_over()

    # ------------------------------------------------------------------ the state

    def test_no_state_and_a_forged_state_are_refused(self):
        for state in (
            None,
            "",
            "rubbish",
            "AAAA",
            "é" * 50,
            "\x00",
            self._get_state()[:-4] + "AAAA",
            hash_sign(self.env(su=True), consent.SCOPE, ["too", "short"]),
            "A" * 7000,
        ):
            with self.subTest(state=state):
                before = self._columns()
                params = {"code": "x"} if state is None else {"code": "x", "state": state}
                self._assert_refused(self._callback(**params), "not opened from a question")
                self.assertEqual(self._columns(), before)

    def test_a_state_of_another_scope_is_refused(self):
        state = self._sign("something.else")
        self._assert_refused(self._callback(code="x", state=state), "not opened from a question")

    def test_an_expired_state_is_refused(self):
        state = self._sign(expires=int(time.time()) - 1)
        before = self._columns()
        self._assert_refused(self._callback(code="x", state=state), "longer than half an hour")
        self.assertEqual(self._columns(), before)

    def test_a_state_lives_for_half_an_hour(self):
        question = consent.read(self.env(su=True), self._get_state())
        self.assertAlmostEqual(question.expires, time.time() + 1800, delta=60)

    def test_a_state_of_another_user_is_refused(self):
        state = self._get_state()
        self._make_user("colleague", "administrator")
        self.authenticate("colleague", "colleague")
        before = self._columns()
        response = self._callback(code="x", state=state)
        self._assert_refused(response, "Another user of this Odoo", "Log in as another")
        self.assertEqual(self._columns(), before, "the right user can still go on")

    def test_a_state_for_another_organisation_is_refused(self):
        state = self._sign(company_id=self.other_company.id)
        self._assert_refused(self._callback(code="x", state=state), "given to another organisation")

    def test_a_user_who_may_not_enter_the_organisation_is_refused(self):
        state = self._get_state()
        self.administrator.write(
            {
                "company_ids": [Command.set(self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        self._assert_refused(self._callback(code="x", state=state), "may not connect this")

    def test_a_user_who_lost_the_right_is_refused(self):
        state = self._get_state()
        group = self.env.ref("keeping_exact_connector.group_administrator")
        self.administrator.group_ids -= group
        response = self._callback(code="x", state=state)
        self._assert_refused(response, "may not connect this", "Back to Odoo", 'href="/"')

    def test_a_portal_user_is_refused(self):
        state = self._get_state()
        new_test_user(self.env, "portal_user", groups="base.group_portal")
        self.authenticate("portal_user", "portal_user")
        self._assert_refused(self._callback(code="x", state=state), "Another user of this Odoo")
        self._assert_refused(self._callback(code="x", state="x"), "not opened", 'href="/"')

    def test_a_connection_that_was_deleted_is_told(self):
        state = self._get_state()
        self.connection.unlink()
        response = self._callback(code="x", state=state)
        self._assert_refused(response, "was deleted", 'href="/odoo/exact-connections"')

    # ------------------------------------------------------------------ one use

    def test_refused_consent_changes_nothing_and_uses_the_state_up(self):
        for params in ({"error": "access_denied"}, {}):
            with self.subTest(params=params):
                before = self._columns()
                state = self._get_state()
                response = self._callback(state=state, **params)
                self._assert_refused(response, "did not allow access", "Start connecting")
                self.assertEqual(self._columns(), before)
                self._assert_refused(self._callback(code="x", state=state), "used before")

    def test_an_older_question_no_longer_counts(self):
        older = self._get_state()
        self._get_state()
        self._assert_refused(self._callback(code="x", state=older), "asked anew")

    def test_a_question_ends_when_the_connection_becomes_another_one(self):
        for vals in (
            {"client_id": "other"},
            {"site": "nl"},
            {"exact_address": "start.exactonline.be"},
        ):
            with self.subTest(vals=vals):
                state = self._get_state()
                self.connection.write(vals)
                self._assert_refused(self._callback(code="x", state=state), "changed meanwhile")
        state = self._get_state()
        self.connection.action_disconnect()
        self.env.flush_all()
        response = self._callback(code="x", state=state)
        self.assertIn("does not count any more", response.text)

    # ------------------------------------------------------------------ parameters and methods

    def test_other_errors_of_exact_are_told_by_their_name_only(self):
        for error, told in (
            ("server_error", "server_error"),
            ("temporarily_unavailable", "temporarily_unavailable"),
            (HOSTILE, "unknown"),
            ("server_error evil", "unknown"),
        ):
            with self.subTest(error=error):
                response = self._callback(
                    error=error, error_description=HOSTILE, code="x", state=self._get_state()
                )
                self._assert_refused(response, f"error of its own: {told}.")
                self.assertNotIn("evil", response.text)

    def test_nothing_of_the_address_is_shown(self):
        for params in (
            {"state": HOSTILE},
            {"state": self._get_state(), "error": HOSTILE},
            {"code": HOSTILE, "what": HOSTILE, "remedy": HOSTILE, "ending": HOSTILE},
        ):
            with self.subTest(params=params):
                self.assertNotIn("evil.example", self._callback(**params).text)

    def test_a_parameter_that_comes_twice_is_refused_and_uses_nothing_up(self):
        state = self._get_state()
        before = self._columns()
        for pairs in (
            [("state", state), ("state", state), ("code", "x")],
            [("state", state), ("code", "x"), ("code", "y")],
            [("state", state), ("error", "access_denied"), ("error", "x")],
        ):
            with self.subTest(pairs=pairs):
                self._assert_refused(self._callback(*pairs), "not opened from a question")
        self.assertEqual(self._columns(), before)

    def test_a_code_that_is_too_long_is_refused_and_uses_nothing_up(self):
        state = self._get_state()
        before = self._columns()
        self._assert_refused(self._callback(state=state, code="c" * 6001), "not opened")
        self.assertEqual(self._columns(), before)

    def test_no_parameter_leads_elsewhere(self):
        for name in ("redirect", "redirect_uri", "next", "url", "return_to"):
            for params in ({"state": "x"}, {"state": self._get_state()}):
                response = self._callback(**{name: "https://evil.example", **params})
                with self.subTest(name=name, params=params):
                    self.assertEqual(response.status_code, 400)
                    self.assertNotIn("Location", response.headers)
                    self.assertNotIn("evil.example", response.text)

    @mute_logger("odoo.http")
    def test_other_methods_do_nothing(self):
        state = self._get_state()
        before = self._columns()
        url = f"{CALLBACK_PATH}?{urlencode({'code': 'x', 'state': state})}"
        for method in ("HEAD", "POST", "PUT", "PATCH", "DELETE"):
            with self.subTest(method=method):
                response = self.url_open(
                    url, method=method, data={} if method != "HEAD" else None,
                    allow_redirects=False,
                )  # fmt: skip
                self.assertEqual(response.status_code, 405)
        body = json.dumps({"params": {"code": "x", "state": state}})
        response = self.url_open(CALLBACK_PATH, data=body, allow_redirects=False)
        self.assertEqual(response.status_code, 405)
        self.assertEqual(self._columns(), before)

    # ------------------------------------------------------------------ without a session

    def test_without_a_session_the_login_page_comes_first_and_leads_back(self):
        state = self._get_state()
        self.authenticate(None, None)
        before = self._columns()
        response = self._callback(error="access_denied", state=state)
        self.assertIn(response.status_code, (302, 303))
        login = urlsplit(response.headers["Location"])
        self.assertEqual(login.path, "/web/login")
        back = parse_qs(login.query)["redirect"][0]
        self.assertEqual(parse_qs(urlsplit(back).query)["state"], [state])
        self.assertEqual(self._columns(), before, "nobody answered yet")

        page = self.url_open(f"/web/login?redirect={quote(back, safe='')}")
        token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        response = self.url_open(
            "/web/login",
            data={
                "login": "administrator",
                "password": "administrator",
                "redirect": back,
                "csrf_token": token,
            },
        )
        self._assert_refused(response, "did not allow access")
        self._assert_refused(self._callback(code="x", state=state), "used before")
