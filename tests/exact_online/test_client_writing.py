"""Writing through the client: what is definite, what is not, and that nothing is sent twice."""

import json
import uuid
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from scripted_server import (
    cut,
    error_reply,
    free_port,
    hang_up,
    json_reply,
    listing,
    reply,
    reset,
    silent,
)

from exact_online import (
    Client,
    LimitReached,
    NoRight,
    NotConnected,
    Refused,
    UnknownOutcome,
    Unreachable,
    eq,
)

INVOICES = "salesinvoice/SalesInvoices"
GUID = uuid.UUID("0f8f0000-0000-4000-8000-00000000abcd")


def write_all_ways(client):
    """The three kinds of writes, one after the other."""
    return (
        lambda: client.post(INVOICES, {"Type": 8020}),
        lambda: client.put(INVOICES, GUID, {"Type": 8020}),
        lambda: client.delete(INVOICES, GUID),
    )


def test_create(server, client, calls):
    entity = {"InvoiceID": str(GUID), "Lines": {"__deferred": {}}, "OrderDate": "/Date(0)/"}
    server.script(json_reply({"d": entity}, 201))
    payload = {"OrderedBy": GUID, "OrderDate": date(2026, 1, 31), "Lines": [{"Q": Decimal("1.10")}]}
    made = client.post(INVOICES, payload, reference="KX-1")
    assert made == {"InvoiceID": str(GUID), "OrderDate": datetime(1970, 1, 1)}
    request = server.requests[0]
    assert (request.method, request.path) == ("POST", f"/api/v1/7/{INVOICES}")
    assert request.headers["prefer"] == "return=representation"
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == {
        "OrderedBy": str(GUID),
        "OrderDate": "2026-01-31",
        "Lines": [{"Q": 1.1}],
    }
    assert b"1.10" in request.body
    assert [(call.outcome, call.reference, call.status) for call in calls] == [("ok", "KX-1", 201)]


@pytest.mark.parametrize(
    "answer",
    [
        json_reply({"d": {"ID": 1}}, 200),
        json_reply({"d": [{"ID": 1}]}, 201),
        json_reply({"d": {"results": [{"ID": 1}]}}, 201),
    ],
)
def test_forms_of_a_created_record(server, client, answer):
    server.script(answer)
    assert client.post(INVOICES, {}) == {"ID": 1}


def test_update_and_delete(server, client):
    server.script(reply(204), json_reply({"d": {"ID": 1}}), reply(204), reply(204))
    assert client.put(INVOICES, GUID, {"Description": "x"}, division=9) is None
    assert client.put(INVOICES, str(GUID).upper(), {"Description": "x"}) is None
    assert client.delete("webhooks/WebhookSubscriptions", f"{{{GUID}}}") is None
    assert client.delete("system/Divisions", 12) is None
    assert server.targets == [
        f"PUT /api/v1/9/{INVOICES}(guid'{GUID}')",
        f"PUT /api/v1/7/{INVOICES}(guid'{GUID}')",
        f"DELETE /api/v1/7/webhooks/WebhookSubscriptions(guid'{GUID}')",
        "DELETE /api/v1/7/system/Divisions(12)",
    ]
    assert json.loads(server.requests[0].body) == {"Description": "x"}
    assert "prefer" not in server.requests[0].headers
    assert server.requests[2].body == b""


@pytest.mark.parametrize("key", ["x", "", None, True, 1.5, "'); DROP"])
def test_keys_are_guids_or_numbers(server, client, key):
    with pytest.raises(ValueError):
        client.delete(INVOICES, key)
    assert not server.requests


def test_what_cannot_be_sent_is_not_sent(server, client):
    with pytest.raises(ValueError):
        client.post(INVOICES, {"A": float("nan")})
    with pytest.raises(TypeError):
        client.post(INVOICES, {"A": object()})
    assert not server.requests


@pytest.mark.parametrize("status", [400, 404, 409, 500, 501])
def test_refused_with_all_messages(server, client, status):
    text = "Verplicht: Factuur voor\r\nVerplicht: Besteld door\r\n"
    for write in write_all_ways(client):
        server.script(error_reply(status, text, {"Reason": "Validation: x"}))
        with pytest.raises(Refused) as caught:
            write()
        error = caught.value
        assert error.messages == ["Verplicht: Factuur voor", "Verplicht: Besteld door"]
        assert (error.status, error.took_effect, error.reason) == (status, False, "Validation: x")
        assert str(error) == "Verplicht: Factuur voor; Verplicht: Besteld door"
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [400, 404, 405, 413])
def test_refused_by_status_alone(server, client, status):
    for write in write_all_ways(client):
        server.script(reply(status, "<h1>No</h1>"))
        with pytest.raises(Refused):
            write()


UNKNOWN = {
    "hang up": hang_up,
    "reset": reset,
    "cut in the head": cut(json_reply({"d": {"ID": 1}}, 201), missing=60),
    "cut in the body": cut(json_reply({"d": {"ID": 1}}, 201)),
    "nonsense": b"nonsense\r\n\r\n",
    "empty 200": reply(200, content_type="application/json"),
    "empty 201": reply(201, content_type="application/json"),
    "HTML": reply(200, "<html>login</html>"),
    "no JSON": reply(201, "{", content_type="application/json"),
    "JSON by another name": reply(201, '{"d": {"ID": 1}}', content_type="text/plain"),
    "no record": json_reply({"d": None}, 201),
    "empty record": json_reply({"d": {}}, 201),
    "two records": json_reply({"d": [{"ID": 1}, {"ID": 2}]}, 201),
    "impossible date": json_reply({"d": {"Created": "/Date(99999999999999999)/"}}, 201),
    "accepted": reply(202),
    "redirect": reply(302, headers={"Location": "/api/v1/7/elsewhere"}),
    "time-out of Exact": reply(408),
    "time-out of Exact with text": error_reply(408, "Too broad"),
    "500": reply(500),
    "500 HTML": reply(500, "<h1>Server Error</h1>"),
    "500 problem": error_reply(
        500,
        "A problem has occurred. The cause of this issue will be investigated as soon as possible.",
    ),
    "500 without text": error_reply(500, ""),
    "500 of a gateway": json_reply({"fault": {"faultstring": "Failed"}}, 500),
    "502": reply(502, "<h1>Bad Gateway</h1>"),
    "503": reply(503, "Server maintenance"),
    "504": reply(504),
    "504 with text": error_reply(504, "Gateway time-out"),
    "unknown 4xx": reply(460),
    "599": reply(599),
}


@pytest.mark.parametrize("answer", UNKNOWN.values(), ids=UNKNOWN)
def test_no_definite_answer(server, client, calls, answer):
    for number, write in enumerate(write_all_ways(client), 1):
        server.script(answer)
        with pytest.raises(UnknownOutcome) as caught:
            write()
        assert caught.value.took_effect is None
        assert len(server.requests) == number, "a write is never repeated"
    assert [call.outcome for call in calls] == ["UnknownOutcome"] * 3


def test_no_answer_in_time(server, tokens, calls):
    server.script(silent(server))
    with (
        Client(server.url, tokens, 7, timeout=(2, 0.2), observer=calls.append) as client,
        pytest.raises(UnknownOutcome, match="no answer in time"),
    ):
        client.post(INVOICES, {})
    assert len(server.requests) == 1
    assert calls[0].status is None and 0.15 < calls[0].duration < 1.5


def test_nobody_listens(tokens, calls):
    site = f"http://127.0.0.1:{free_port()}"
    with Client(site, tokens, 7, observer=calls.append) as client:
        for write in write_all_ways(client):
            with pytest.raises(Unreachable, match="refused") as caught:
                write()
            assert caught.value.took_effect is False
    assert len(calls) == 3 and calls[0].status is None


def test_an_unknown_host(tokens):
    with Client("https://exact.invalid", tokens, 7) as client, pytest.raises(Unreachable):
        client.post(INVOICES, {})


def test_a_stale_connection_is_not_taken_for_a_closed_door(server, client):
    """The server drops the idle connection at the moment the write arrives on it."""
    server.script(listing(), hang_up)
    list(client.rows(INVOICES, select=["InvoiceID"], where=eq("Status", 20)))
    with pytest.raises(UnknownOutcome):
        client.post(INVOICES, {})
    assert [request.connection for request in server.requests] == [1, 1]


def test_a_closed_connection_is_not_used(server, client):
    def answer_and_close(connection, _request):
        connection.sendall(listing())
        return True

    server.script(answer_and_close, json_reply({"d": {"ID": 1}}, 201))
    list(client.rows(INVOICES, select=["InvoiceID"]))
    assert client.post(INVOICES, {}) == {"ID": 1}
    assert [request.connection for request in server.requests] == [1, 2]


def test_401_is_repeated_once(server, client, tokens):
    server.script(reply(401), json_reply({"d": {"ID": 1}}, 201))
    assert client.post(INVOICES, {"A": 1}) == {"ID": 1}
    assert tokens.rejected == ["AAEAfirst"]
    assert [request.body for request in server.requests] == [b'{"A": 1}'] * 2
    server.script(reply(401), reply(401))
    with pytest.raises(NotConnected) as caught:
        client.post(INVOICES, {"A": 1})
    assert caught.value.took_effect is False and len(server.requests) == 4


@pytest.mark.parametrize("way", range(3))
def test_403_and_429(server, client, way):
    for write in write_all_ways(client)[way : way + 1]:
        server.script(error_reply(403, "Forbidden"), reply(429))
        with pytest.raises(NoRight):
            write()
        with pytest.raises(LimitReached) as caught:
            write()
        assert caught.value.retry_at > datetime.now(timezone.utc) - timedelta(seconds=1)
        assert caught.value.took_effect is False


def test_a_429_stops_the_next_call(server, client):
    reset = datetime.now(timezone.utc) + timedelta(seconds=20)
    headers = {
        "X-RateLimit-Minutely-Remaining": 0,
        "X-RateLimit-Minutely-Reset": int(reset.timestamp() * 1000),
    }
    server.script(reply(429, headers=headers))
    for _attempt in range(2):
        with pytest.raises(LimitReached):
            client.post(INVOICES, {})
    assert len(server.requests) == 1


def test_the_observer_is_told_of_everything_but_secrets(server, client, calls):
    server.script(listing(), error_reply(400, "No"), hang_up)
    where = eq("Name", "Mrs. Private")
    list(client.rows("crm/Accounts", select=["ID"], where=where))
    with pytest.raises(Refused):
        client.post(INVOICES, {"Description": "Private"}, reference="KX-1")
    with pytest.raises(UnknownOutcome):
        client.delete(INVOICES, GUID, reference="KX-2")
    assert [(call.method, call.path, call.status, call.outcome) for call in calls] == [
        ("GET", "/api/v1/7/crm/Accounts", 200, "ok"),
        ("POST", f"/api/v1/7/{INVOICES}", 400, "Refused"),
        ("DELETE", f"/api/v1/7/{INVOICES}(guid'{GUID}')", None, "UnknownOutcome"),
    ]
    assert [call.reference for call in calls] == [None, "KX-1", "KX-2"]
    assert all(0 <= call.duration < 2 for call in calls)
    assert "Private" not in repr(calls) and "AAEA" not in repr(calls)


def test_what_the_observer_raises_is_not_swallowed(server, tokens):
    def fail(call):
        raise RuntimeError(f"the log is full: {call.outcome}")

    server.script(json_reply({"d": {"ID": 1}}, 201), reply(400))
    with Client(server.url, tokens, 7, observer=fail) as client:
        with pytest.raises(RuntimeError, match="ok"):
            client.post(INVOICES, {})
        with pytest.raises(RuntimeError, match="Refused"):
            client.post(INVOICES, {})
