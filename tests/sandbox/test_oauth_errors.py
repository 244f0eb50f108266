"""What the token endpoint refuses: a test for each row of the table of chapter 1.5."""

import re

import pytest
import requests
from client import REDIRECT, Client, token_call

CHAIN = "Token is not allowed, because of invalid or empty chainId"
EARLY = "Rate limit exceeded: access_token not expired"
OLD = "Old refresh token used."
DAMAGED = "Signed data extraction has failed"
TOKEN = "/api/oauth2/token"


def exchange(client, code, **changes):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, **changes}
    return token_call(client.sandbox, **form)


def seen(answer):
    """Return what a row of the table tells: status, body, header."""
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    return answer.status_code, answer.json(), answer.headers.get("Reason")


def no_chain():
    body = {"error": "invalid_grant", "error_description": CHAIN}
    return 400, body, f"Unknown: {CHAIN}"


@pytest.fixture
def ripe(anew):
    """A client whose access token may be renewed."""
    client = Client(anew()).connect()
    client.sandbox.advance(580)
    return client


@pytest.mark.parametrize("status", [400, 401])
def test_row_too_early(anew, status):
    client = Client(anew()).connect()
    client.sandbox.settings(early_refresh_status=status)
    client.sandbox.advance(565)
    body = {"error": "access_denied", "error_description": EARLY}
    assert seen(client.refresh()) == (status, body, f"TooEarlyToRefreshTokens: {EARLY}")
    client.sandbox.advance(6)
    assert client.refresh().status_code == 200, "the refused token is still good"


def test_row_used_refresh_token(ripe):
    assert ripe.refresh().status_code == 200
    body = {"error": "unauthorized_client", "error_description": OLD}
    assert seen(ripe.refresh()) == (401, body, None)


def test_row_used_refresh_token_by_the_other_version(ripe):
    ripe.sandbox.settings(old_refresh_status=400)
    newest = Client(ripe.sandbox)
    newest.take(ripe.refresh())
    assert seen(ripe.refresh()) == no_chain()
    ripe.sandbox.advance(580)
    assert newest.refresh().status_code == 200, "the newest token of the chain is still good"


def test_row_refresh_token_older_than_30_days(anew):
    client = Client(anew()).connect()
    client.sandbox.advance(30 * 86400 - 60)
    client.take(client.refresh())
    client.sandbox.advance(30 * 86400 + 1)
    status, body, reason = seen(client.refresh())
    assert (status, body["error"], reason) == (400, "invalid_request", None)
    date = r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d [AP]M"
    text = body["error_description"]
    assert re.fullmatch(rf"The refresh token expired at {date} and it is now {date}\.", text)


def wrong_codes(client):
    yield "used", code_used(client)
    yield "of another address", {"code": client.code(), "redirect_uri": f"{REDIRECT}/other"}
    late = client.code()
    client.sandbox.advance(181)
    yield "expired", {"code": late}
    own = next(app for app in client.sandbox.apps if app["kind"] == "own")
    credentials = {name: own[name] for name in ("client_id", "client_secret")}
    yield "of another app", {"code": client.code(), **credentials}


def code_used(client):
    code = client.code()
    assert exchange(client, code).status_code == 200
    return {"code": code}


def test_row_wrong_expired_or_foreign_code(anew):
    client = Client(anew())
    for case, form in wrong_codes(client):
        assert seen(exchange(client, **form)) == no_chain(), case


def test_row_token_of_a_broken_chain(ripe):
    Client(ripe.sandbox).connect()
    assert seen(ripe.refresh()) == no_chain()


def test_row_token_of_another_app(ripe):
    own = next(app for app in ripe.sandbox.apps if app["kind"] == "own")
    answer = token_call(
        ripe.sandbox, grant_type="refresh_token", refresh_token=ripe.refresh_token,
        client_id=own["client_id"], client_secret=own["client_secret"],
    )  # fmt: skip
    assert seen(answer) == no_chain()
    assert ripe.refresh().status_code == 200, "the owner can still use it"


@pytest.mark.parametrize("change", [lambda text: text.replace("!", "%21"), lambda text: text[:-1]])
def test_row_damaged(sandbox, change):
    client = Client(sandbox)
    body = {"error": "invalid_grant", "error_description": DAMAGED}
    assert seen(exchange(client, change(client.code()))) == (400, body, None)
    client.connect()
    client.refresh_token = change(client.refresh_token)
    assert seen(client.refresh()) == (400, body, None)


@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "client_id"])
def test_row_missing_parameter_of_a_code(sandbox, name):
    answer = exchange(Client(sandbox), **{"code": "x", name: None})
    assert seen(answer) == (400, {"error": "invalid_request"}, None)


@pytest.mark.parametrize("name", ["grant_type", "refresh_token", "client_id", "client_secret"])
def test_row_missing_parameter_of_a_refresh(sandbox, name):
    form = {"grant_type": "refresh_token", "refresh_token": "x", name: None}
    assert seen(token_call(sandbox, **form)) == (400, {"error": "invalid_request"}, None)


def gateway(text, code):
    return {"fault": {"faultstring": text, "detail": {"errorcode": code}}}


def test_row_reused_code_of_2016(sandbox):
    sandbox.add_fault("bad_request", path=TOKEN)
    answer = exchange(Client(sandbox), "x")
    assert (answer.status_code, answer.text) == (400, "Bad Request")
    assert sandbox.calls()[-1]["fault"] == "bad_request"


def test_row_gateway_cannot_extract(sandbox):
    sandbox.add_fault("gateway_extract", path=TOKEN)
    answer = exchange(Client(sandbox), "x")
    text = "Failed to execute the ExtractVariables: ExtractAccessToken"
    assert answer.status_code == 500
    assert answer.json() == gateway(text, "steps.extractvariables.ExecutionFailed")


@pytest.mark.parametrize("status", [None, 503])
def test_row_gateway_knows_no_proxy(sandbox, status):
    sandbox.add_fault("gateway_proxy", path=TOKEN, **({"status": status} if status else {}))
    answer = exchange(Client(sandbox), "x")
    fault = answer.json()["fault"]
    assert answer.status_code == (status or 404)
    assert fault["faultstring"].startswith("Unable to identify proxy for host: ")
    assert fault["detail"] == {"errorcode": "messaging.adaptors.http.flow.ApplicationNotFound"}


@pytest.mark.parametrize("status", [503, 504])
def test_row_maintenance(sandbox, status):
    sandbox.add_fault("maintenance", path=TOKEN, status=status)
    answer = exchange(Client(sandbox), "x")
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    text = "Server maintenance: Due to server maintenance the Exact Online server is unavailable."
    assert text in answer.text


def test_row_empty_200(sandbox):
    sandbox.add_fault("empty", path=TOKEN)
    answer = exchange(Client(sandbox), "x")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_fault_before_the_work_leaves_the_refresh_token_good(ripe):
    for name in ("gateway_extract", "gateway_proxy", "maintenance", "empty"):
        ripe.sandbox.add_fault(name, path=TOKEN)
        assert ripe.refresh().status_code in (500, 404, 503, 200)
    assert ripe.refresh().json()["access_token"]


def test_client_that_is_not_who_it_says(sandbox):
    """As in RFC 6749: chapter 1.5 has no row for it."""
    for change in ({"client_secret": "no"}, {"client_id": "nobody"}):
        status, body, _ = seen(exchange(Client(sandbox), "x", **change))
        assert (status, body["error"]) == (401, "invalid_client")
    answer = requests.post(f"{sandbox.url}{TOKEN}", json={"grant_type": "x"}, timeout=9)
    assert seen(answer) == (400, {"error": "invalid_request"}, None)


@pytest.mark.parametrize(
    ("settings", "expires", "kind"),
    [
        ({"expires_in": "text", "token_type": "bearer"}, "600", "bearer"),
        ({"expires_in": "number", "token_type": "Bearer"}, 600, "Bearer"),
    ],
)
def test_both_forms_of_a_token(ripe, settings, expires, kind):
    ripe.sandbox.settings(**settings)
    body = ripe.refresh().json()
    assert (body["expires_in"], body["token_type"]) == (expires, kind)
    assert type(body["expires_in"]) is type(expires)
