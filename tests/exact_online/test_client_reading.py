"""Reading through the client: lists, rights, refusals, repeats."""

import gzip
import json
import uuid
from datetime import date, datetime
from decimal import Decimal

import pytest
from scripted_server import (
    cut,
    error_reply,
    hang_up,
    json_reply,
    listing,
    reply,
    reset,
    silent,
)

from exact_online import (
    Client,
    UnexpectedAnswer,
    Unreachable,
    all_of,
    any_of,
    eq,
    ge,
    trimmed_eq,
)

ACCOUNTS = "crm/Accounts"


def read(client):
    return list(client.rows(ACCOUNTS, select=["ID"]))


def test_me(server, client, calls):
    server.script(listing({"UserID": "71b9", "CurrentDivision": 123, "FullName": "A  "}))
    assert client.me() == {"UserID": "71b9", "CurrentDivision": 123, "FullName": "A"}
    request = server.requests[0]
    assert request.path == "/api/v1/current/Me"
    assert request.query["$select"].split(",")[-1] == "CurrentDivision"
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"] == "keeping-exact-connector"
    assert request.headers["authorization"] == "Bearer AAEAfirst"


@pytest.mark.parametrize("rows", [[], [{"UserID": 1}, {"UserID": 2}]])
def test_me_is_one_user(server, client, rows):
    server.script(listing(*rows))
    with pytest.raises(UnexpectedAnswer):
        client.me()


def test_query_options(server, client):
    server.script(listing())
    where = all_of(trimmed_eq("Code", "2'5 & 100%"), ge("Created", date(2026, 1, 1)))
    options = {"select": ["ID", "Lines/ID"], "expand": "Lines", "order_by": ["Code desc", "ID"]}
    assert list(client.rows("salesinvoice/SalesInvoices", where=where, **options)) == []
    assert server.requests[0].path == "/api/v1/7/salesinvoice/SalesInvoices"
    assert server.requests[0].query == {
        "$select": "ID,Lines/ID",
        "$filter": "trim(Code) eq '2''5 & 100%' and Created ge datetime'2026-01-01T00:00:00'",
        "$expand": "Lines",
        "$orderby": "Code desc,ID",
    }


@pytest.mark.parametrize(
    "arguments",
    [
        {"endpoint": "Accounts"},
        {"endpoint": "crm/../Accounts"},
        {"endpoint": "crm/Accounts?x=1"},
        {"endpoint": "/crm/Accounts"},
        {"select": ["ID,Name"]},
        {"select": ["ID&$top=1"]},
        {"expand": "Lines("},
        {"order_by": "ID; desc"},
        {"order_by": "ID descending"},
        {"division": "7/../8"},
        {"division": -1},
        {"division": True},
    ],
)
def test_arguments_that_are_no_names(server, client, arguments):
    with pytest.raises(ValueError):
        list(client.pages(**{"endpoint": ACCOUNTS, "select": ["ID"], **arguments}))
    assert not server.requests


def test_a_filter_is_never_a_text(server, client):
    with pytest.raises(TypeError):
        list(client.pages(ACCOUNTS, select=["ID"], where="ID eq 1"))
    assert not server.requests


def test_a_filter_longer_than_exact_takes(server, client):
    where = any_of(*[eq("ID", uuid.UUID(int=number)) for number in range(150)])
    with pytest.raises(ValueError, match="6000"):
        client.pages(ACCOUNTS, select=["ID"], where=where)
    assert not server.requests


def test_a_call_needs_an_administration(server, tokens):
    with Client(server.url, tokens) as client, pytest.raises(ValueError):
        list(client.rows(ACCOUNTS, select=["ID"]))


@pytest.mark.parametrize("body", [{"d": [{"ID": 1}]}, {"d": {"results": [{"ID": 1}]}}])
def test_both_envelopes(server, client, body):
    server.script(json_reply(body), json_reply(body))
    assert read(client) == [{"ID": 1}]
    assert client.first(ACCOUNTS, select=["ID"], where=eq("ID", 1)) == {"ID": 1}
    assert server.requests[1].query == {"$select": "ID", "$filter": "ID eq 1", "$top": "1"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        5,
        {"d": None},
        {"d": {}},
        {"d": {"ID": 1}},
        {"d": {"results": {}}},
        {"d": {"results": ["x"]}},
        {"d": [1]},
        {"d": "x"},
    ],
)
def test_answers_that_are_no_list(server, client, body):
    server.script(json_reply(body))
    with pytest.raises(UnexpectedAnswer):
        read(client)
    assert len(server.requests) == 1


def test_first_of_none(server, client):
    server.script(json_reply({"d": []}))
    assert client.first(ACCOUNTS, select="ID", where=eq("ID", 1)) is None


def test_first_in_an_order(server, client):
    server.script(json_reply({"d": [{"ID": "x"}]}))
    client.first(ACCOUNTS, select="ID", where=eq("ID", 1), order_by="Created desc")
    assert "$orderby=Created%20desc&$top=1" in server.requests[0].target


def test_sync(server, client):
    following = f"{server.url}/api/v1/7/sync/CRM/Accounts?2"
    server.script(
        listing({"ID": 1, "Timestamp": "5 "}, following=following),
        listing({"ID": 2, "Timestamp": "9007199254740993"}),
    )
    pages = list(client.sync("sync/CRM/Accounts", 4, select=["ID"]))
    assert pages == [
        [{"ID": 1, "Timestamp": 5}],
        [{"ID": 2, "Timestamp": 9007199254740993}],
    ]
    query = {"$select": "Timestamp,ID", "$filter": "Timestamp gt 4L"}
    assert server.requests[0].query == query


@pytest.mark.parametrize("row", [{}, {"Timestamp": None}, {"Timestamp": "x"}])
def test_sync_needs_timestamps(server, client, row):
    server.script(listing(row))
    with pytest.raises(UnexpectedAnswer):
        list(client.sync("sync/CRM/Accounts", 4, select=["ID"]))


def test_divisions(server, client):
    server.script(listing({"Code": 8, "Description": "Books", "StartDate": "/Date(0)/"}))
    rows = client.divisions(123)
    assert rows == [{"Code": 8, "Description": "Books", "StartDate": datetime(1970, 1, 1)}]
    assert server.requests[0].path == "/api/v1/123/system/Divisions"


@pytest.mark.parametrize("envelope", [lambda right: {"UserHasRights": right}, lambda right: right])
@pytest.mark.parametrize("right", [True, False])
def test_rights_in_both_forms(server, client, envelope, right):
    server.script(json_reply({"d": envelope(right)}))
    assert client.has_right("salesinvoice/SalesInvoices", "POST") is right
    assert server.requests[0].path == "/api/v1/7/users/UserHasRights"
    assert server.requests[0].query == {
        "endpoint": "'salesinvoice/SalesInvoices'",
        "action": "'POST'",
    }


@pytest.mark.parametrize("body", [{"d": {}}, {"d": None}, {"d": "true"}, {"d": {"results": []}}])
def test_rights_in_no_known_form(server, client, body):
    server.script(json_reply(body))
    with pytest.raises(UnexpectedAnswer):
        client.has_right("salesinvoice/SalesInvoices", "POST")


def test_rights_for_known_methods_only(client):
    with pytest.raises(ValueError):
        client.has_right("salesinvoice/SalesInvoices", "PATCH'")


def test_decimals_and_blanks(server, client):
    server.script(listing({"Code": "              25", "AmountFC": 1.1}))
    assert read(client) == [{"Code": "25", "AmountFC": Decimal("1.1")}]


# Repeats


@pytest.mark.parametrize(
    "failure",
    [
        hang_up,
        reset,
        cut(listing({"ID": 1})),
        cut(listing({"ID": 1}), missing=120),
        reply(200, content_type="application/json"),
        reply(408),
        reply(500),
        reply(500, "<h1>Server Error</h1>"),
        error_reply(500, "A problem has occurred. The cause of this issue will be investigated"),
        reply(502, "<h1>Bad Gateway</h1>"),
        error_reply(503, "Server maintenance"),
        reply(504),
        json_reply({"fault": {"faultstring": "Failed to execute"}}, 500),
    ],
    ids=str,
)
def test_reading_is_tried_three_times(server, client, calls, failure):
    server.script(failure, failure, listing({"ID": 1}), failure, failure, failure)
    assert read(client) == [{"ID": 1}]
    with pytest.raises(Unreachable) as caught:
        read(client)
    assert caught.value.took_effect is False
    assert len(server.requests) == 6
    assert [call.outcome for call in calls] == [
        "Unreachable",
        "Unreachable",
        "ok",
        "Unreachable",
        "Unreachable",
        "Unreachable",
    ]


def test_repeats_can_be_switched_off(server, tokens):
    server.script(reply(503), listing())
    with Client(server.url, tokens, 7, retry_pauses=()) as client, pytest.raises(Unreachable):
        read(client)
    assert len(server.requests) == 1


def test_no_repeat_after_a_time_out(server, tokens):
    server.script(silent(server), listing())
    with (
        Client(server.url, tokens, 7, timeout=(2, 0.2)) as client,
        pytest.raises(Unreachable) as caught,
    ):
        read(client)
    assert caught.value.timed_out and len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, "<html>login</html>"),
        reply(200, "{}", content_type=None),
        reply(200, '{"d": []}', content_type="text/plain"),
        reply(200, "{", content_type="application/json"),
        reply(200, b"\xff", content_type="application/json"),
        reply(302, headers={"Location": "https://evil.test/api/"}),
        reply(301, headers={"Location": "/api/v1/7/elsewhere"}),
        reply(304),
    ],
    ids=str,
)
def test_answers_outside_of_the_protocol(server, client, answer):
    server.script(answer)
    with pytest.raises(UnexpectedAnswer) as caught:
        read(client)
    assert caught.value.took_effect is False and len(server.requests) == 1


def test_json_by_other_names(server, client):
    body = json.dumps({"d": []})
    for kind in ("APPLICATION/JSON;odata=verbose", "application/vnd.x+json"):
        server.script(reply(200, body, kind))
        assert read(client) == []


def test_gzip(server, client):
    packed = gzip.compress(json.dumps({"d": [{"ID": 1}]}).encode())
    server.script(reply(200, packed, "application/json", {"Content-Encoding": "gzip"}))
    assert read(client) == [{"ID": 1}]
    assert server.requests[0].headers["accept-encoding"] == "gzip"
