"""Consent and tokens: every row of table 1.5, and the ways in which an answer gets lost."""

from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
from scripted_server import (
    cut,
    dripping,
    free_port,
    hang_up,
    json_reply,
    reply,
    reset,
    silent,
)

from exact_online import (
    SITES,
    ExactError,
    LimitReached,
    NotConnected,
    Refused,
    Tokens,
    UnknownOutcome,
    Unreachable,
    authorization_url,
    exchange_code,
    refresh,
)

GOOD = {
    "access_token": "AAEAnew",
    "token_type": "bearer",
    "expires_in": "600",
    "refresh_token": "4dCx!IAAAAnew",
}
OLD = "4dCx!IAAAAold"
SECRET = "s3cr/et!"


def renew(server, **options):
    return refresh(server.url, "{client}", SECRET, OLD, **options)


def trade(server, **options):
    return exchange_code(server.url, "{client}", SECRET, OLD, "https://odoo.test/cb", **options)


BOTH = pytest.mark.parametrize("call", [renew, trade])


def test_sites():
    assert {code: site.url for code, site in SITES.items()} == {
        "nl": "https://start.exactonline.nl",
        "be": "https://start.exactonline.be",
        "uk": "https://start.exactonline.co.uk",
        "us": "https://start.exactonline.com",
    }
    assert all(site.code == code and site.name for code, site in SITES.items())


def test_authorization_url():
    url = authorization_url(
        "https://start.exactonline.nl/", "{id}", "https://odoo.test/cb?x=1&y", "a b&c", True
    )
    parts = urlsplit(url)
    assert url.startswith("https://start.exactonline.nl/api/oauth2/auth?")
    assert parse_qs(parts.query) == {
        "client_id": ["{id}"],
        "redirect_uri": ["https://odoo.test/cb?x=1&y"],
        "response_type": ["code"],
        "state": ["a b&c"],
        "force_login": ["1"],
    }
    assert "force_login=0" in authorization_url("https://x.test", "i", "r", "s")


@pytest.mark.parametrize(
    "site",
    [
        "",
        "start.exactonline.nl",
        "ftp://x.test",
        "http://start.exactonline.nl",
        "http://10.0.0.1",
        "https://user@x.test",
        "https://x.test/?a=1",
        "https://x.test/#a",
    ],
)
def test_sites_that_are_none(site):
    with pytest.raises(ValueError):
        authorization_url(site, "i", "r", "s")
    with pytest.raises(ValueError):
        refresh(site, "i", "s", "r")


@pytest.mark.parametrize(
    "site", ["http://localhost:8080/", "http://nl.localhost", "http://[::1]:80", "http://127.0.0.2"]
)
def test_a_sandbox_on_this_machine_needs_no_tls(site):
    assert authorization_url(site, "i", "r", "s").startswith(site.rstrip("/") + "/api/")


def test_the_form_of_a_code(server):
    server.script(json_reply(GOOD))
    assert trade(server) == Tokens("AAEAnew", "4dCx!IAAAAnew", 600)
    request = server.requests[0]
    assert (request.method, request.target) == ("POST", "/api/oauth2/token")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in request.headers
    assert {name: value for name, (value,) in parse_qs(request.body.decode()).items()} == {
        "grant_type": "authorization_code",
        "code": OLD,
        "redirect_uri": "https://odoo.test/cb",
        "client_id": "{client}",
        "client_secret": SECRET,
    }


def test_the_form_of_a_refresh(server):
    server.script(json_reply(GOOD))
    assert renew(server) == Tokens("AAEAnew", "4dCx!IAAAAnew", 600)
    form = {name: value for name, (value,) in parse_qs(server.requests[0].body.decode()).items()}
    assert form == {
        "grant_type": "refresh_token",
        "refresh_token": OLD,
        "client_id": "{client}",
        "client_secret": SECRET,
    }


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [("600", 600), (600, 600), (599.9, 599), (None, 600), ("soon", 600), (-5, 600), ("9e9", 600)],
)
def test_lifetimes_are_read_leniently(server, expires_in, seconds):
    server.script(json_reply({**GOOD, "token_type": "Bearer", "expires_in": expires_in}))
    assert renew(server).expires_in == seconds


def test_tokens_hide_themselves():
    text = f"{Tokens('AAEAnew', '4dCx!IAAAAnew', 600)}"
    assert "AAEA" not in text and "4dCx" not in text and "600" in text


CHAIN = "Token is not allowed, because of invalid or empty chainId"
EARLY = "Rate limit exceeded: access_token not expired"
EXPIRED = "The refresh token expired at 10/11/2022 9:18:20 PM and it is now 10/28/2022 4:15:50 PM."


def oauth_error(status, error, description=None, reason=None):
    body = {"error": error}
    if description:
        body["error_description"] = description
    return json_reply(body, status, {"Reason": reason} if reason else {})


ROWS = {
    "too early": (
        oauth_error(400, "access_denied", EARLY, f"TooEarlyToRefreshTokens: {EARLY}"),
        LimitReached,
    ),
    "too early, as the knowledge base has it": (
        oauth_error(401, "access_denied", EARLY),
        LimitReached,
    ),
    "too early, in the header only": (
        reply(400, headers={"Reason": f"TooEarlyToRefreshTokens: {EARLY}"}),
        LimitReached,
    ),
    "old refresh token": (
        oauth_error(401, "unauthorized_client", "Old refresh token used."),
        NotConnected,
    ),
    "old refresh token, older form": (
        oauth_error(400, "unauthorized_client", "Old refresh token used."),
        NotConnected,
    ),
    "expired": (oauth_error(400, "invalid_request", EXPIRED), NotConnected),
    "broken chain": (
        oauth_error(400, "invalid_grant", CHAIN, f"Unknown: {CHAIN}"),
        NotConnected,
    ),
    "damaged": (
        oauth_error(400, "invalid_request", "Signed data extraction has failed"),
        NotConnected,
    ),
    "damaged, as text": (reply(400, "Signed data extraction has failed"), NotConnected),
    "parameter missing": (oauth_error(400, "invalid_request"), Refused),
    "code used before": (reply(400, "Bad Request", "text/plain"), NotConnected),
    "revoked": (reply(403, "Forbidden"), NotConnected),
    "wrong secret": (oauth_error(400, "invalid_client", "Wrong client_secret"), Refused),
    "wrong secret, 401": (oauth_error(401, "invalid_client"), Refused),
    "unknown client": (
        oauth_error(400, "invalid_request", "Client with identifier '{client}' not found."),
        Refused,
    ),
    "unknown grant type": (oauth_error(400, "unsupported_grant_type"), Refused),
    "wrong address": (reply(404, "<h1>Not found</h1>"), Refused),
    "gateway": (
        json_reply(
            {
                "fault": {
                    "faultstring": "Failed to execute the ExtractVariables: ExtractAccessToken",
                    "detail": {"errorcode": "steps.extractvariables.ExecutionFailed"},
                }
            },
            500,
        ),
        UnknownOutcome,
    ),
    "gateway, 4xx": (
        json_reply({"fault": {"faultstring": "Unable to identify proxy for host"}}, 404),
        UnknownOutcome,
    ),
    "maintenance": (reply(503, "Server maintenance: Due to server maintenance"), UnknownOutcome),
    "504": (reply(504), UnknownOutcome),
    "408": (reply(408), UnknownOutcome),
    "429": (reply(429), LimitReached),
    "redirect": (reply(302, headers={"Location": "/x"}), UnknownOutcome),
    "empty 200": (reply(200, content_type="application/json"), UnknownOutcome),
    "204": (reply(204), UnknownOutcome),
    "HTML": (reply(200, "<html>login</html>"), UnknownOutcome),
    "HTML, 400": (reply(400, "<h1>Bad Request - Invalid URL</h1>"), UnknownOutcome),
    "no tokens": (json_reply({}), UnknownOutcome),
    "half the tokens": (json_reply({"access_token": "AAEAnew"}), UnknownOutcome),
    "empty tokens": (json_reply({**GOOD, "refresh_token": " "}), UnknownOutcome),
    "tokens of no text": (json_reply({**GOOD, "refresh_token": 5}), UnknownOutcome),
    "a list": (json_reply([GOOD]), UnknownOutcome),
    "too large": (json_reply({**GOOD, "x": "x" * 2_000_000}), UnknownOutcome),
    "cut": (cut(json_reply(GOOD)), UnknownOutcome),
    "cut in the head": (cut(json_reply(GOOD), missing=180), UnknownOutcome),
    "hang up": (hang_up, UnknownOutcome),
    "reset": (reset, UnknownOutcome),
    "nonsense": (b"nonsense\r\n\r\n", UnknownOutcome),
}


@BOTH
@pytest.mark.parametrize(("answer", "error"), ROWS.values(), ids=ROWS)
def test_rows_of_table_1_5(server, call, answer, error):
    server.script(answer)
    with pytest.raises(ExactError) as caught:
        call(server)
    assert type(caught.value) is error
    assert caught.value.took_effect is (None if error is UnknownOutcome else False)
    assert len(server.requests) == 1, "a token call is never repeated"
    for secret in (SECRET, OLD, "AAEAnew", "IAAAAnew", "client_secret="):
        assert secret not in f"{caught.value}{caught.value.messages}{caught.value.reason}"


def test_what_exact_says_is_kept(server):
    server.script(oauth_error(400, "invalid_grant", CHAIN, f"Unknown: {CHAIN}"))
    with pytest.raises(NotConnected) as caught:
        renew(server)
    assert caught.value.messages == [CHAIN] and caught.value.status == 400
    assert caught.value.reason == f"Unknown: {CHAIN}"


def test_secrets_that_exact_repeats_are_hidden(server):
    server.script(oauth_error(400, "invalid_grant", f"Token {OLD} of {SECRET}", f"x: {OLD}"))
    with pytest.raises(NotConnected) as caught:
        renew(server)
    assert caught.value.messages == ["Token *** of ***"] and caught.value.reason == "x: ***"


def test_when_to_come_back(server):
    server.script(oauth_error(400, "access_denied", EARLY))
    with pytest.raises(LimitReached) as caught:
        renew(server)
    wait = caught.value.retry_at - datetime.now(timezone.utc)
    assert timedelta(seconds=50) < wait <= timedelta(seconds=570)


@BOTH
def test_nothing_was_sent(call, server):
    server.url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(Unreachable) as caught:
        call(server)
    assert caught.value.took_effect is False


@BOTH
def test_no_answer_in_time(server, call):
    server.script(silent(server))
    with pytest.raises(UnknownOutcome):
        call(server, timeout=(1, 0.2))
    assert len(server.requests) == 1


def test_a_slow_answer_is_waited_for(server):
    answer = json_reply(GOOD)
    server.script(dripping(server, answer, pause=0.02, at_once=len(answer) - 20))
    assert renew(server, timeout=(1, 0.3)).access_token == "AAEAnew"
