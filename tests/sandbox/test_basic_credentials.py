"""The app's credentials in a Basic header, as RFC 6749 (2.3.1) has every server take them."""

import pytest
import requests
from client import REDIRECT, Client, token_call


def exchange(sandbox, auth=None, headers=None, **form):
    """Trade a new code, with the credentials in the header."""
    data = {
        "grant_type": "authorization_code", "redirect_uri": REDIRECT, **form,
        "code": Client(sandbox).code(),
    }  # fmt: skip
    url = f"{sandbox.url}/api/oauth2/token"
    return requests.post(url, data, auth=auth, headers=headers, timeout=10)


def test_a_code_is_traded_and_the_chain_goes_on(anew):
    sandbox = anew()
    answer = exchange(sandbox, (sandbox.client_id, sandbox.client_secret))
    anna = Client(sandbox).take(answer)
    assert anna.call("GET", "/api/v1/current/Me").status_code == 200
    sandbox.advance(575)
    # The credentials of a refresh may come the other way.
    anna.take(
        token_call(
            sandbox, grant_type="refresh_token", refresh_token=answer.json()["refresh_token"]
        )
    )


def test_a_wrong_secret_is_refused(sandbox):
    answer = exchange(sandbox, (sandbox.client_id, "wrong"))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_credentials_in_the_body_go_before_those_of_the_header(sandbox):
    own = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
    assert exchange(sandbox, ("someone", "else"), **own).status_code == 200
    wrong = {**own, "client_secret": "wrong"}
    answer = exchange(sandbox, (sandbox.client_id, sandbox.client_secret), **wrong)
    assert answer.status_code == 401


@pytest.mark.parametrize("value", ["Basic", "Basic %%%", "Basic YWJj", "Bearer abc", "Basic Og=="])
def test_a_header_that_says_nothing_is_a_missing_parameter(sandbox, value):
    answer = exchange(sandbox, headers={"Authorization": value})
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
