"""What no honest server or stored state does: it costs no memory, no time and no crash."""

import gzip
import json
import logging
import time
import tracemalloc
from decimal import Decimal
from email.utils import formatdate

import pytest
from scripted_server import error_reply, json_reply, reply
from test_ledger import ACCOUNTS, START, Clock

from exact_online import (
    Client,
    ExactError,
    Ledger,
    LimitReached,
    Refused,
    State,
    UnexpectedAnswer,
    UnknownOutcome,
    eq,
    refresh,
)
from exact_online.addresses import checked_site, is_followed
from exact_online.answers import written_answer
from exact_online.odata import decimal_text
from exact_online.wire import CUT, NEVER_OPENED, TIMED_OUT, Answer, Wire

MEGABYTE = 1024 * 1024


def endless(head, megabytes=64):
    """A step that never comes to the end of a chunked body."""

    def step(connection, _request):
        connection.sendall(head)
        chunk = b"ffff\r\n" + bytes(0xFFFF) + b"\r\n"
        for _number in range(megabytes * 16):
            connection.sendall(chunk)
        return True

    return step


HEAD = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
MEMBER = gzip.compress(b'{"d":[]}')
LARGE = {
    "redirect with a packed body": reply(
        302,
        gzip.compress(bytes(64 * MEGABYTE)),
        headers={"Location": "/api/v1", "Content-Encoding": "gzip"},
    ),
    "redirect without an end": endless(HEAD % b"302 Found" + b"Location: /api/v1\r\n\r\n"),
    "more after the packed end": endless(
        HEAD % b"200 OK" + b"Content-Encoding: gzip\r\n\r\n%x\r\n%s\r\n" % (len(MEMBER), MEMBER)
    ),
}


@pytest.mark.parametrize("answer", LARGE.values(), ids=LARGE)
def test_no_answer_fills_the_memory(server, answer):
    server.script(answer)
    tracemalloc.start()
    try:
        client = Client(server.url, lambda rejected=None: "AAEA", 7, max_bytes=1000)
        with client, pytest.raises(UnexpectedAnswer):
            list(client.pages(ACCOUNTS, select="ID"))
        assert tracemalloc.get_traced_memory()[1] < 8 * MEGABYTE
    finally:
        tracemalloc.stop()
    assert len(server.requests) == 1


def test_a_redirect_of_a_write_is_no_answer_and_not_followed(server, client):
    server.script(reply(307, headers={"Location": f"{server.url}/api/v1/7/crm/Accounts"}))
    with pytest.raises(UnknownOutcome):
        client.post(ACCOUNTS, {})
    assert len(server.requests) == 1


@pytest.mark.parametrize("number", ["1e9999999", "-1E+401", "1e-9999999"])
def test_a_number_that_no_double_can_be(server, client, number):
    server.script(reply(200, f'{{"d":[{{"Timestamp":{number}}}]}}', "application/json"))
    with pytest.raises(UnexpectedAnswer):
        list(client.sync("sync/CRM/Accounts", 1, select="ID"))


def test_numbers_of_a_double(server, client):
    server.script(reply(200, '{"d":[{"A":1.7E+308,"B":5e-324,"C":0.0}]}', "application/json"))
    assert client.first(ACCOUNTS, select="A", where=eq("A", 1)) == {
        "A": Decimal("1.7E+308"),
        "B": Decimal("5e-324"),
        "C": Decimal("0.0"),
    }


@pytest.mark.parametrize("value", ["sNaN", "NaN", "-Infinity"])
def test_no_number_is_refused_as_such(value):
    with pytest.raises(ValueError, match="not a number"):
        decimal_text(Decimal(value))


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_does_not_speak_for_exact(server, client, status):
    server.script(error_reply(status, "Verplicht: Factuur voor"))
    with pytest.raises(UnknownOutcome):
        client.post(ACCOUNTS, {})


@pytest.mark.parametrize("before", ["", " ", "Verplicht: Factuur voor\r\n"])
def test_trouble_in_any_line_is_no_refusal(server, client, before):
    server.script(error_reply(500, f"{before}A problem has occurred. The cause of this"))
    with pytest.raises(UnknownOutcome):
        client.post(ACCOUNTS, {})


@pytest.mark.parametrize("flaw", [CUT, TIMED_OUT])
def test_a_flawed_record_is_no_record(flaw):
    headers = {"Content-Type": "application/json"}
    answer = Answer(201, headers, b'{"d":{"ID":"1"}}', flaw)
    with pytest.raises(UnknownOutcome):
        written_answer(answer, expects_entity=True)


@pytest.mark.parametrize("path", ["/api/v1\\..\\..\\x", "\\@b.nl/api/v1", "/api/%2E%2e/x"])
def test_no_way_out_of_the_api(path):
    assert not is_followed(f"https://a.nl{path}", "https://a.nl")


@pytest.mark.parametrize("user", ["user@", ":password@", "user:password@", "@"])
def test_a_site_has_no_password(user):
    with pytest.raises(ValueError, match="base address"):
        checked_site(f"https://{user}a.nl")


def test_a_call_whose_time_is_over_before_it_left_had_no_effect(server, monkeypatch):
    """Looking up a name has no time-out of its own; afterwards nobody would end the call."""
    import socket

    looked_up = socket.getaddrinfo

    def slowly(*args, **kwargs):
        time.sleep(0.3)
        return looked_up(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    wire = Wire("test", max_bytes=1000, longest=0.1)
    answer = wire.send("POST", server.url, timeout=(2, 2), data=b"{}")
    wire.close()
    assert (answer.status, answer.flaw) == (None, NEVER_OPENED)
    assert not server.requests


def test_no_secret_at_any_level_of_logging(server, client, caplog):
    caplog.set_level(logging.DEBUG)
    server.script(
        json_reply({"access_token": "AAEAnew!1", "refresh_token": "4dCx!new", "expires_in": 600}),
        reply(401),
        reply(302, headers={"Location": "/api/v1?code=stampNL001"}),
    )
    tokens = refresh(server.url, "app", "IAAAsecret", "4dCx!old")
    with pytest.raises(ExactError):
        client.post(ACCOUNTS, {})
    answer = Answer(200, {}, json.dumps({"refresh_token": "4dCx!new"}).encode())
    shown = caplog.text + repr(tokens) + repr(answer) + repr(client) + repr(vars(client))
    for secret in ("AAEA", "4dCx", "IAAAsecret", "stampNL001"):
        assert secret not in shown
    assert "/api/oauth2/token" in shown


def test_the_error_code_of_a_token_call_hides_its_secrets(server):
    server.script(json_reply({"error": "no such client: IAAAsecret"}, 400))
    with pytest.raises(Refused) as caught:
        refresh(server.url, "app", "IAAAsecret", "4dCx!old")
    assert "IAAAsecret" not in f"{caught.value} {vars(caught.value)}"


def test_a_failure_tells_no_secret_that_could_not_be_sent(server):
    wire = Wire("test", max_bytes=1000, longest=5)
    url = server.url.replace("127.0.0.1", "[IAAAsecret")
    answers = [
        wire.send("GET", server.url, timeout=(2, 2), token="AAEA\nIn a header"),
        wire.send("POST", url, timeout=(2, 2), secrets=["IAAAsecret"]),
    ]
    wire.close()
    for answer in answers:
        assert answer.flaw == NEVER_OPENED and "***" in answer.detail
        assert "AAEA" not in answer.detail and "IAAA" not in answer.detail


def test_a_password_of_this_machine_is_not_sent_for_tokens(server, tmp_path, monkeypatch):
    """A Basic header would take the place of the client secret in the form."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password IAAAnetrc\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.script(json_reply({"access_token": "AAEA", "refresh_token": "4dCx", "expires_in": 600}))
    refresh(server.url, "app", "IAAAsecret", "4dCx!old")
    assert "authorization" not in server.requests[0].headers


# The ledger


def minutely(clock, ahead=0.0, **changes):
    """Headers of a limit per minute, dated by a machine whose clock runs ahead."""
    headers = {
        "X-RateLimit-Minutely-Limit": "60",
        "X-RateLimit-Minutely-Remaining": "59",
        "X-RateLimit-Minutely-Reset": str(int((clock.now // 60 + 1) * 60_000)),
        "Date": formatdate(clock.now + ahead, usegmt=True),
    }
    return {**headers, **changes}


def test_a_limit_of_none_does_not_hold_up_for_ever():
    clock = Clock()
    ledger = Ledger(clock=clock)
    none = {"X-RateLimit-Minutely-Limit": "0", "X-RateLimit-Minutely-Remaining": "0"}
    for _minute in range(3):
        ledger.reserve(7, "GET", ACCOUNTS)
        ledger.record(7, "GET", ACCOUNTS, 200, minutely(clock, **none))
        clock.now += 61


def test_a_clock_that_is_set_back_holds_up_no_longer_than_a_window():
    clock = Clock(START + 3 * 365 * 86400)
    ledger = Ledger(clock=clock)
    ledger.reserve(7, "GET", ACCOUNTS)
    ledger.record(7, "GET", ACCOUNTS, 429, {})
    clock.now = START
    with pytest.raises(LimitReached) as caught:
        ledger.reserve(7, "GET", ACCOUNTS)
    assert 0 < caught.value.retry_at.timestamp() - START <= 61
    clock.now += 62
    ledger.reserve(7, "GET", ACCOUNTS)


@pytest.mark.parametrize("ahead", [-180, 40, 180])
def test_the_machine_that_dates_has_another_clock(ahead):
    """Whatever it says: Exact allows 60 a minute and refuses next to nothing."""
    clock = Clock()
    ledger = Ledger(clock=clock)
    used, refused = {}, 0
    while clock.now < START + 600:
        clock.now += 0.2
        try:
            ledger.reserve(7, "GET", ACCOUNTS)
        except LimitReached as error:
            assert error.retry_at.timestamp() > clock.now
            clock.now = error.retry_at.timestamp()
            continue
        minute = clock.now // 60
        used[minute] = used.get(minute, 0) + 1
        left = 60 - used[minute]
        refused += left < 0
        headers = minutely(clock, ahead, **{"X-RateLimit-Minutely-Remaining": str(max(left, 0))})
        ledger.record(7, "GET", ACCOUNTS, 429 if left < 0 else 200, headers)
    assert refused <= (10 if ahead == 40 else 0)
    assert len(used) >= 9


GARBAGE = {
    "deep": "[" * 100_000,
    "no list": '"underway": 3',
    "text under way": '"underway": ["a"]',
    "errors of a number": '"errors": {"u": 3}',
    "errors of nothing": '"errors": {"": {"crm/accounts": [1, null]}}',
    "blocked until a text": '"blocked": {"": {"crm/accounts": "x"}}',
    "NaN": '"underway": [NaN]',
}
WINDOWS = [
    {"left": None},
    {"limit": 0, "left": 0},
    {"limit": "x"},
    {"length": 0},
    {"length": 1e9},
    {"usual": -1},
    {"over_at": 1e30},
    {"over_at": "x"},
    {"reset": 1e300},
    {"of_another_version": 1},
]


def reserved_and_recorded(text):
    clock = Clock()
    ledger = Ledger(clock=clock)
    ledger._states[7] = State.from_json(text)
    ledger.reserve(7, "GET", ACCOUNTS)
    ledger.record(7, "GET", ACCOUNTS, 200, minutely(clock))
    return ledger.budget(7).minute_remaining


@pytest.mark.parametrize("text", GARBAGE.values(), ids=GARBAGE)
def test_a_state_that_is_none(text):
    if not text.startswith("["):
        name = text.split(":")[0]
        state = json.loads(State().to_json())
        del state[name.strip('"')]
        text = f"{json.dumps(state)[:-1]}, {text}}}"
    assert reserved_and_recorded(text) == 59


@pytest.mark.parametrize("change", WINDOWS, ids=str)
@pytest.mark.parametrize("name", ["minute", "day"])
def test_a_window_that_is_none(name, change):
    state = json.loads(State().to_json())
    state[name].update(change)
    assert reserved_and_recorded(json.dumps(state)) == 59
