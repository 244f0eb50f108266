"""Refusals, rights, tokens and limits, seen by a reading call (ch. 2, 3.5, 5.1)."""

from datetime import datetime, timedelta, timezone

import pytest
from scripted_server import error_reply, json_reply, listing, reply

from exact_online import (
    Client,
    LimitReached,
    NoRight,
    NotConnected,
    Refused,
)

ACCOUNTS = "crm/Accounts"


def read(client):
    return list(client.rows(ACCOUNTS, select=["ID"]))


# Refusals: table 3.5


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (400, "Bad Request - Error in query syntax."),
        (400, "Please add a $select or a $top=1 statement to the query string."),
        (404, "Resource not found for the segment 'Accounts'."),
        (405, "Method not allowed"),
        (500, "Ongeldige referentie: Journals"),
        (501, "Not implemented"),
    ],
)
def test_refusals_with_exacts_text(server, client, calls, status, text):
    server.script(error_reply(status, text))
    with pytest.raises(Refused) as caught:
        read(client)
    assert (caught.value.status, caught.value.messages) == (status, [text])
    assert caught.value.took_effect is False
    assert str(caught.value) == text
    assert [call.outcome for call in calls] == ["Refused"]


@pytest.mark.parametrize("status", [400, 404, 413])
def test_refusals_without_a_text(server, client, status):
    server.script(reply(status, "<h1>No</h1>"))
    with pytest.raises(Refused) as caught:
        read(client)
    assert caught.value.messages == [] and str(status) in str(caught.value)


def test_a_lone_string_as_message(server, client):
    server.script(json_reply({"error": {"message": "Plain"}}, 400))
    with pytest.raises(Refused, match="Plain"):
        read(client)


@pytest.mark.parametrize(
    ("headers", "text", "cause"),
    [
        ({}, "Forbidden", "unknown"),
        ({"reason": "BlockedUser"}, "Forbidden", "blocked"),
        ({"Reason": "InactiveUser: gone"}, "Forbidden", "blocked"),
        ({"Reason": "BlockedCustomer"}, "Forbidden", "blocked"),
        ({"Reason": "LicenseExpired"}, "Forbidden", "license"),
        ({"Reason": "DivisionBlocked"}, "Forbidden", "blocked"),
        ({"Reason": "NoDivisionAccess"}, "Forbidden", "division"),
        ({}, "Forbidden - User division is not within division scope.", "division"),
        ({}, "Wrong Division", "division"),
        ({"Reason": "WrongDivision"}, "", "division"),
        (
            {},
            "Forbidden - Application Scope Violated. Cannot read 'organization.administration'"
            " scope.",
            "scope",
        ),
        ({}, "Forbidden - Customer's license expired.", "license"),
        ({}, "Dit account type heeft niet genoeg rechten", "unknown"),
        ({}, "Document Type not allowed", "unknown"),
    ],
)
def test_causes_of_a_403(server, client, headers, text, cause):
    server.script(error_reply(403, text, headers))
    with pytest.raises(NoRight) as caught:
        read(client)
    assert (caught.value.cause, caught.value.status) == (cause, 403)
    assert caught.value.took_effect is False
    assert text in str(caught.value)


# Tokens


def test_a_rejected_token_is_renewed_once(server, client, tokens, calls):
    server.script(error_reply(401, "Access token expired"), listing({"ID": 1}))
    assert read(client) == [{"ID": 1}]
    assert tokens.rejected == ["AAEAfirst"]
    sent = [request.headers["authorization"] for request in server.requests]
    assert sent == ["Bearer AAEAfirst", "Bearer AAEAsecond"]
    assert [call.outcome for call in calls] == ["NotConnected", "ok"]


def test_a_token_rejected_twice(server, client, tokens):
    server.script(reply(401), error_reply(401, "Authentication Required"), reply(599))
    with pytest.raises(NotConnected) as caught:
        read(client)
    assert caught.value.messages == ["Authentication Required"]
    assert len(server.requests) == 2 and tokens.rejected == ["AAEAfirst"]


def test_the_same_token_is_not_sent_again(server):
    server.script(reply(401))
    with (
        Client(server.url, lambda rejected=None: "AAEAsame", 7) as client,
        pytest.raises(NotConnected),
    ):
        read(client)
    assert len(server.requests) == 1


def test_errors_of_the_token_source_come_through(server):
    def refuse(rejected=None):
        raise NotConnected("No tokens.")

    with Client(server.url, refuse, 7) as client, pytest.raises(NotConnected, match="No tokens."):
        read(client)
    assert not server.requests


# Limits


def milliseconds(moment):
    return str(int(moment.timestamp() * 1000))


def test_the_budget_is_kept_per_administration(server, client):
    assert client.budget is None
    reset = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(seconds=30)
    headers = {
        "X-RateLimit-Minutely-Limit": 60,
        "X-RateLimit-Minutely-Remaining": 0,
        "X-RateLimit-Minutely-Reset": milliseconds(reset),
        "X-RateLimit-Limit": 5000,
        "X-RateLimit-Remaining": 4000,
        "X-RateLimit-Reset": milliseconds(reset + timedelta(hours=5)),
    }
    server.script(json_reply({"d": []}, headers=headers), listing({"UserID": 1}), listing())
    read(client)
    assert (client.budget.minute_limit, client.budget.minute_remaining) == (60, 0)
    assert (client.budget.day_limit, client.budget.day_remaining) == (5000, 4000)
    with pytest.raises(LimitReached) as caught:
        read(client)
    assert caught.value.retry_at == reset and caught.value.took_effect is False
    assert len(server.requests) == 1
    client.me()
    list(client.rows(ACCOUNTS, select=["ID"], division=8))
    assert len(server.requests) == 3


def test_a_budget_that_the_caller_knows(server, client, tokens):
    reset = datetime.now(timezone.utc) + timedelta(seconds=30)
    server.script(
        json_reply(
            {"d": []},
            headers={"X-RateLimit-Remaining": 0, "X-RateLimit-Reset": milliseconds(reset)},
        )
    )
    read(client)
    with (
        Client(server.url, tokens, 7, budget=client.budget) as other,
        pytest.raises(LimitReached),
    ):
        read(other)
    assert len(server.requests) == 1


def test_a_limit_is_over_at_its_reset(server, client):
    reset = datetime.now(timezone.utc) - timedelta(seconds=1)
    headers = {
        "X-RateLimit-Minutely-Remaining": 0,
        "X-RateLimit-Minutely-Reset": milliseconds(reset),
    }
    server.script(json_reply({"d": []}, headers=headers), listing({"ID": 1}))
    read(client)
    assert read(client) == [{"ID": 1}]


def test_429(server, client):
    reset = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(hours=3)
    headers = {"X-RateLimit-Remaining": 0, "X-RateLimit-Reset": milliseconds(reset)}
    server.script(reply(429, headers=headers))
    with pytest.raises(LimitReached) as caught:
        read(client)
    assert (caught.value.retry_at, caught.value.status) == (reset, 429)
    assert f"{reset:%H:%M:%S}" in str(caught.value)


def test_429_without_headers(server, client):
    server.script(reply(429))
    with pytest.raises(LimitReached) as caught:
        read(client)
    wait = caught.value.retry_at - datetime.now(timezone.utc)
    assert timedelta(0) <= wait + timedelta(seconds=1) <= timedelta(seconds=61)
    assert caught.value.retry_at.second == 0


def test_repeats_keep_to_the_budget(server, client):
    """The failed call was the last one of the minute: its repeat has to wait."""
    reset = datetime.now(timezone.utc) + timedelta(seconds=20)
    headers = {
        "X-RateLimit-Minutely-Remaining": 0,
        "X-RateLimit-Minutely-Reset": milliseconds(reset),
    }
    for status in (503, 401):
        server.script(reply(status, headers=headers))
        with pytest.raises(LimitReached):
            # Each administration has a budget of its own.
            list(client.rows(ACCOUNTS, select=["ID"], division=status))
    assert len(server.requests) == 2


def test_a_budget_outlives_answers_that_do_not_tell_it(server, client):
    server.script(json_reply({"d": []}, headers={"X-RateLimit-Limit": 5000}), listing())
    read(client)
    read(client)
    assert client.budget.day_limit == 5000
    server.script(json_reply({"d": []}, headers={"X-RateLimit-Minutely-Limit": 60}))
    read(client)
    assert (client.budget.day_limit, client.budget.minute_limit) == (5000, 60)
