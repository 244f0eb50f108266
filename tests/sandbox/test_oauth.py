"""Consent, codes, tokens and their rotation: chapter 1."""

import re
from urllib.parse import urlsplit

import pytest
import requests
from client import REDIRECT, Client, authorize_url, message, query_of, token_call

from exact_sandbox.person import Person

CHAIN = "Token is not allowed, because of invalid or empty chainId"


def exchange(sandbox, code, **changes):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, **changes}
    return token_call(sandbox, **form)


def test_consent_leads_back_with_code_and_state(sandbox):
    person = Person(sandbox.url, sandbox.login, sandbox.password)
    address = person.consent(authorize_url(sandbox))
    assert address.startswith(f"{REDIRECT}?")
    assert "%21" in address and "!" not in address
    assert "!" in query_of(address)["code"]
    assert query_of(address)["state"] == "st/ate 1"


def test_client_id_may_carry_braces(sandbox):
    assert Client(sandbox).code(client_id="{" + sandbox.client_id.upper() + "}")


def test_consent_page_names_app_scopes_and_administrations(sandbox):
    person = Person(sandbox.url, sandbox.login, sandbox.password)
    _, page, _ = person.visit(authorize_url(sandbox))
    assert "Keeping Exact Connector" in page and "Sales invoices" in page
    for item in sandbox.administrations:
        assert re.search(rf'value="{item["code"]}" checked', page)
    assert re.search(r'class="primary"[^>]*>Allow<', page)
    assert "not Exact Online" in page


def test_consent_without_administrations_is_asked_again(sandbox):
    person = Person(sandbox.url, sandbox.login, sandbox.password)
    with pytest.raises(ValueError, match="Choose at least one administration"):
        person.consent(authorize_url(sandbox), divisions=[])


def test_unknown_client_stays_on_an_error_page(sandbox):
    person = Person(sandbox.url, sandbox.login, sandbox.password)
    status, page, redirect = person.open(authorize_url(sandbox, client_id="<b>nobody</b>"))
    assert (status, redirect) == (401, None)
    text = "Client with identifier &#39;&lt;b&gt;nobody&lt;/b&gt;&#39; not found."
    assert text in page


@pytest.mark.parametrize("uri", [REDIRECT + "/", REDIRECT + "?a=1", "https://evil.example/", None])
def test_other_redirect_address_stays_on_an_error_page(sandbox, uri):
    person = Person(sandbox.url, sandbox.login, sandbox.password)
    status, page, redirect = person.open(authorize_url(sandbox, redirect_uri=uri))
    assert (status, redirect) == (401, None)
    assert "redirect address" in page


def test_force_login_asks_again(sandbox):
    person = Person(sandbox.url, sandbox.login, sandbox.password)
    person.visit(authorize_url(sandbox))
    assert 'name="Password"' not in person.open(authorize_url(sandbox))[1]
    assert 'name="Password"' in person.open(authorize_url(sandbox, force_login="1"))[1]
    assert person.consent(authorize_url(sandbox, force_login="1"))


def test_tokens_look_like_exact_s(sandbox):
    answer = exchange(sandbox, Client(sandbox).code())
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private"
    body = answer.json()
    assert body["expires_in"] == "600" and body["token_type"] == "bearer"
    assert len(body["access_token"]) > 300 and "!" in body["refresh_token"]


def test_code_works_once(sandbox):
    code = Client(sandbox).code()
    assert exchange(sandbox, code).status_code == 200
    answer = exchange(sandbox, code)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_wrong_secret_and_grant_type(sandbox):
    assert exchange(sandbox, "x", client_secret="no").json()["error"] == "invalid_client"
    assert exchange(sandbox, "x", grant_type="password").json() == {
        "error": "unsupported_grant_type"
    }
    address = f"{sandbox.url}/api/oauth2/token"
    assert requests.post(address, json={"grant_type": "x"}, timeout=9).status_code == 400
    assert requests.get(address, timeout=9).status_code == 405


def test_code_expires_after_three_minutes(anew):
    sandbox = anew()
    code, late = Client(sandbox).code(), Client(sandbox).code()
    sandbox.advance(179)
    assert exchange(sandbox, code).status_code == 200
    sandbox.advance(2)
    assert exchange(sandbox, late).json()["error"] == "invalid_grant"


def test_tokens_can_be_made_older_without_moving_the_clock(anew):
    sandbox = anew()
    client = Client(sandbox).connect()
    sandbox.age_tokens(601)
    assert sandbox.control("GET", "clock")["offset"] == 0
    assert client.call("GET", "/api/v1/current/Me").status_code == 401
    client.take(client.refresh())
    assert client.call("GET", "/api/v1/current/Me").status_code == 200
    sandbox.age_tokens(30 * 86_400)
    assert client.refresh().status_code in (400, 401)


def test_access_token_lives_600_seconds_and_refresh_opens_at_570(anew):
    sandbox = anew()
    client = Client(sandbox).connect()
    sandbox.advance(565)
    early = client.refresh()
    assert early.status_code == 400
    assert early.json() == {
        "error": "access_denied",
        "error_description": "Rate limit exceeded: access_token not expired",
    }
    assert early.headers["Reason"].startswith("TooEarlyToRefreshTokens: ")
    sandbox.settings(early_refresh_status=401)
    assert client.refresh().status_code == 401
    sandbox.advance(6)
    assert client.call("GET", "/api/v1/current/Me").status_code == 200
    old = client.access
    client.take(client.refresh())  # the token refused for being early is still good
    assert client.access != old
    sandbox.advance(595)
    assert client.call("GET", "/api/v1/current/Me").status_code == 200
    sandbox.advance(6)
    expired = client.call("GET", "/api/v1/current/Me")
    assert (expired.status_code, message(expired)) == (401, "Access token expired")


def test_new_consent_kills_the_older_chain(anew):
    sandbox = anew()
    older, newer, other = Client(sandbox).connect(), Client(sandbox).connect(), None
    other = Client(sandbox, "sem").connect()
    sandbox.advance(580)
    assert older.refresh().json()["error_description"] == CHAIN
    assert newer.refresh().status_code == 200
    assert other.refresh().status_code == 200


def test_calls_without_a_good_token(sandbox):
    address = f"{sandbox.url}/api/v1/current/Me"
    headers = {"Accept": "application/json"}
    answer = requests.get(address, headers=headers, timeout=9)
    assert (answer.status_code, message(answer)) == (401, "Authentication Required")
    answer = requests.get(
        address, headers={**headers, "Authorization": "Bearer wrong"}, timeout=9
    )  # fmt: skip
    assert (answer.status_code, message(answer)) == (401, "Access token expired")


def test_consent_limits_administrations(anew):
    sandbox = anew()
    first, second = (item["code"] for item in sandbox.administrations)
    client = Client(sandbox).connect(divisions=[second])
    codes = [row["Code"] for row in client.rows(f"/api/v1/{first}/system/Divisions")]
    assert codes == [second]
    answer = client.get("financial/Journals", division=first)
    assert answer.status_code == 403
    assert message(answer) == "Forbidden - User division is not within division scope."
    assert client.get("financial/Journals", division=second).status_code == 200
    missing = client.get("financial/Journals", division=999)
    assert (missing.status_code, message(missing)) == (403, "Forbidden")
    assert missing.headers["reason"] == "NoDivisionAccess"


def test_person_manages_and_revokes(anew):
    sandbox = anew()
    first, second = (item["code"] for item in sandbox.administrations)
    client = Client(sandbox).connect()
    page = client.person.visit("/docs/MyExactOnline.aspx")[1]
    client.person.submit(page, "client_id", divisions=[str(first)], answer="save")
    assert client.get("financial/Journals", division=second).status_code == 403
    assert client.get("financial/Journals", division=first).status_code == 200
    page = client.person.visit("/docs/MyExactOnline.aspx")[1]
    client.person.submit(page, "client_id", answer="revoke")
    assert client.get("financial/Journals", division=first).status_code == 401
    sandbox.advance(580)
    assert client.refresh().json()["error_description"] == CHAIN
    assert "not allowed any app" in client.person.visit("/docs/MyExactOnline.aspx")[1]
    assert client.connect().get("financial/Journals", division=first).status_code == 200


def test_own_app_has_no_choice_of_administrations(anew):
    sandbox = anew()
    client = Client(sandbox)
    page = client.person.visit("/docs/ManageApps.aspx")[1]
    status, _, _ = client.person.submit(
        page.replace("<textarea", '<input type="hidden" name="mine" value="1"><textarea'), "mine",
        name="Own <i>app</i>", kind="own", redirect_uris="https://own.example/back",
    )  # fmt: skip
    assert status == 200
    page = client.person.visit("/docs/ManageApps.aspx")[1]
    assert "Own &lt;i&gt;app&lt;/i&gt;" in page
    mine = re.findall(r"<code>([0-9a-f-]{36})</code>", page)[-1]
    address = authorize_url(sandbox, client_id=mine, redirect_uri="https://own.example/back")
    assert 'name="divisions"' not in client.person.visit(address)[1]
    assert urlsplit(client.person.consent(address)).hostname == "own.example"


@pytest.mark.parametrize("uri", ["http://odoo.example/back", "ftp://localhost/", "javascript:x"])
def test_redirect_address_must_be_https_or_loopback(sandbox, uri):
    person = Person(sandbox.url, sandbox.login, sandbox.password)
    page = person.visit("/docs/ManageApps.aspx")[1]
    status, text, _ = person.submit(
        page.replace("<textarea", '<input type="hidden" name="mine" value="1"><textarea'), "mine",
        name="Bad", kind="own", redirect_uris=uri,
    )  # fmt: skip
    assert status == 400 and "must be https" in text
