"""Refusals, rights and tokens, seen by a reading call (ch. 3.5, 5.1)."""

import pytest
from scripted_server import error_reply, json_reply, listing, reply

from exact_online import (
    Client,
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
