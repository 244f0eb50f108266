"""Table 1.5 through the client, against the sandbox; both profiles."""

import uuid

import pytest
from organisation import NO_LIMITS, REDIRECT, Organisation

from exact_online import (
    LimitReached,
    NotConnected,
    Refused,
    UnknownOutcome,
    exchange_code,
    refresh,
)
from exact_sandbox.person import Person

CHAIN = "Token is not allowed, because of invalid or empty chainId"
TOKEN = "/api/oauth2/token"


@pytest.fixture(scope="module", params=["strict", "lenient"])
def sandbox(request, renew):
    sandbox = renew(profile=request.param, **NO_LIMITS)
    sandbox.profile = request.param
    return sandbox


@pytest.fixture
def organisation(sandbox):
    """Someone whose tokens may be renewed."""
    sandbox.clear_faults()
    organisation = Organisation(sandbox).connect()
    sandbox.advance(580)
    return organisation


def by_profile(sandbox, strict, lenient):
    return {"strict": strict, "lenient": lenient}[sandbox.profile]


def test_refresh(organisation):
    before = organisation.tokens
    after = organisation.refresh()
    assert after.refresh_token != before.refresh_token and after.expires_in == 600
    with organisation.client() as client:
        assert client.me()["UserName"] == organisation.login


def test_row_too_early(organisation):
    organisation.refresh()
    with pytest.raises(LimitReached) as caught:
        organisation.refresh()
    error = caught.value
    assert (error.cause, error.took_effect) == ("tokens", False)
    assert error.status == by_profile(organisation.sandbox, 401, 400)
    assert error.reason.startswith("TooEarlyToRefreshTokens: Rate limit exceeded")
    organisation.sandbox.advance(580)
    organisation.refresh()  # the refused token is still good


def test_row_used(organisation):
    old = organisation.tokens.refresh_token
    organisation.refresh()
    with pytest.raises(NotConnected) as caught:
        organisation.refresh(old)
    expected = by_profile(organisation.sandbox, (400, CHAIN), (401, "Old refresh token used."))
    assert (caught.value.status, *caught.value.messages) == expected


def test_row_expired(organisation):
    organisation.sandbox.advance(31 * 86400)
    with pytest.raises(NotConnected, match="The refresh token expired at .* and it is now"):
        organisation.refresh()


def test_row_foreign_code(organisation):
    with pytest.raises(NotConnected, match="Signed data|chainId"):
        organisation.exchange("stampNL001!foreign")


def test_row_expired_code(organisation):
    code = organisation.consent()["code"]
    organisation.sandbox.advance(200)
    with pytest.raises(NotConnected, match=CHAIN):
        organisation.exchange(code)


def test_row_broken_chain(organisation):
    """A new consent of the same user and app ends the older chain (1.4)."""
    old = organisation.tokens.refresh_token
    organisation.connect()
    organisation.sandbox.advance(580)
    with pytest.raises(NotConnected, match=CHAIN):
        refresh(
            organisation.sandbox.url,
            organisation.sandbox.client_id,
            organisation.sandbox.client_secret,
            old,
        )
    organisation.refresh()


def test_row_damaged(organisation):
    token = organisation.tokens.refresh_token
    with pytest.raises(NotConnected, match="Signed data extraction has failed"):
        organisation.refresh(token[:-3])


def test_row_parameter_missing(organisation):
    sandbox = organisation.sandbox
    with pytest.raises(Refused, match="invalid_request") as caught:
        refresh(sandbox.url, sandbox.client_id, "", organisation.tokens.refresh_token)
    assert caught.value.status == 400
    organisation.refresh()


def test_row_reused_code(organisation):
    code = organisation.consent()["code"]
    organisation.exchange(code)
    with pytest.raises(NotConnected):
        organisation.exchange(code)


def test_row_reused_code_in_2016(organisation):
    organisation.sandbox.add_fault("bad_request", path=TOKEN)
    with pytest.raises(NotConnected) as caught:
        organisation.exchange(organisation.consent()["code"])
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("gateway_extract", 500),
        ("gateway_proxy", 404),
        ("gateway_proxy", 503),
        ("maintenance", 503),
        ("maintenance", 504),
        ("empty", 200),
    ],
)
def test_row_nobody_says_what_became_of_the_token(organisation, kind, status):
    organisation.sandbox.add_fault(kind, path=TOKEN, status=status)
    with pytest.raises(UnknownOutcome) as caught:
        organisation.refresh()
    assert (caught.value.took_effect, caught.value.status) == (None, status)
    organisation.refresh()  # the same token, as chapter 1.5 advises


def test_lost_answer(organisation):
    """Exact has rotated and the client has not (1.4): the next try tells it."""
    organisation.sandbox.add_fault("lose_answer", path=TOKEN)
    with pytest.raises(UnknownOutcome):
        organisation.refresh()
    with pytest.raises(NotConnected):
        organisation.refresh()


def test_unknown_client_and_wrong_secret(organisation):
    sandbox = organisation.sandbox
    for client_id, secret in (
        (str(uuid.uuid4()), sandbox.client_secret),
        (sandbox.client_id, "wrong"),
    ):
        with pytest.raises(Refused):
            exchange_code(sandbox.url, client_id, secret, "stampNL001!x", REDIRECT)


def test_revoked_by_the_user(organisation):
    """Chapter 1.6; what the token endpoint answers is unknown (11, point 1)."""
    sandbox = organisation.sandbox
    organisation.connect()
    person = Person(sandbox.url, organisation.login, sandbox.password)
    page = person.visit("/docs/MyExactOnline.aspx")[1]
    person.submit(page, "client_id", answer="revoke")
    sandbox.advance(580)
    with pytest.raises(NotConnected) as caught:
        organisation.refresh()
    assert caught.value.status == by_profile(sandbox, 403, 400)
    organisation.connect()


def test_changed_password(organisation):
    """Chapter 1.6."""
    sandbox = organisation.sandbox
    organisation.refresh()
    sandbox.change_user(organisation.login, password=sandbox.password)
    with organisation.client() as client:
        if sandbox.profile == "strict":
            with pytest.raises(NotConnected):
                client.me()
        else:
            assert client.me()  # the access token lives on
    sandbox.advance(580)
    with pytest.raises(NotConnected):
        organisation.refresh()
