"""The client and the sandbox over https: whom it trusts, and whom it sends a token to."""

import socket

import pytest
from consent import give_consent

from exact_online import Client, Unreachable, authorization_url, exchange_code, refresh
from exact_sandbox.certificates import identities, server_context
from exact_sandbox.process import SandboxProcess

REDIRECT = "http://localhost:8069/keeping_exact/oauth/callback"
DIVISION = 241806  # the first administration of the demo data
BELGIAN = "start.exactonline.be"
STRANGER = "start.exactonline.example"


@pytest.fixture(scope="module")
def secure():
    with SandboxProcess(tls=True, site="be") as sandbox:
        yield sandbox


@pytest.fixture
def trusted(secure, monkeypatch):
    """The sandbox, whose authority an administrator trusts in the way requests knows.

    In this process Exact's Belgian site, and a site that is none of Exact's, lead to it.
    """
    real = socket.getaddrinfo

    def to_the_sandbox(host, port, *rest, **more):
        if host in (BELGIAN, STRANGER):
            host, port = "127.0.0.1", secure.port
        return real(host, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", to_the_sandbox)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", secure.ca_file)
    secure.clear_calls()
    return secure


def token_call(sandbox, site=None):
    """Ask for new tokens with a token that is none."""
    return refresh(site or sandbox.url, sandbox.client_id, sandbox.client_secret, "a!b")


def test_it_connects_refreshes_and_pages_at_exacts_own_address(trusted, calls):
    site = f"https://{BELGIAN}"
    url = authorization_url(site, trusted.client_id, REDIRECT, "state-1")
    code = give_consent(url, trusted.login, trusted.password, REDIRECT)["code"]
    app = (trusted.client_id, trusted.client_secret)
    tokens = exchange_code(site, *app, code, REDIRECT)
    trusted.advance(575)
    tokens = refresh(site, *app, tokens.refresh_token)
    trusted.clear_calls()
    with Client(
        site, lambda rejected=None: tokens.access_token, DIVISION, observer=calls.append
    ) as client:
        pages = list(client.pages("financial/GLAccounts", select=["ID"]))
    assert sum(map(len, pages)) == len(trusted.rows(DIVISION, "financial/GLAccounts")) > 0
    assert {call["status"] for call in trusted.calls()} == {200}
    assert len(trusted.calls()) == len(calls)


def test_without_the_authority_it_sends_nothing(secure, monkeypatch):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    secure.clear_calls()
    with Client(secure.url, lambda rejected=None: "AAEA", DIVISION, retry_pauses=(0.01,)) as client:
        with pytest.raises(Unreachable):
            client.me()
        with pytest.raises(Unreachable):
            client.post("crm/Accounts", {"Name": "Nobody's"})
    with pytest.raises(Unreachable):
        token_call(secure)
    assert secure.calls() == []


def test_another_authority_is_not_enough(trusted, monkeypatch, tmp_path):
    _context, other = server_context(tmp_path / "other.sqlite", identities(["localhost"]))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    with pytest.raises(Unreachable):
        token_call(trusted)
    assert trusted.calls() == []


def test_a_good_certificate_for_another_name_is_refused(trusted):
    with pytest.raises(Unreachable):
        token_call(trusted, f"https://{STRANGER}")
    assert trusted.calls() == []
