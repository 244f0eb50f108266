"""The wire: what left, how much may come back, and what stays on this machine."""

import gc
import gzip
import json
import subprocess
import sys
import threading
import time
import tracemalloc
from pathlib import Path

import pytest
from scripted_server import (
    ScriptedServer,
    cut,
    dripping,
    hang_up,
    json_reply,
    listing,
    reply,
    reset,
)

from exact_online import Client, NotConnected, UnexpectedAnswer, UnknownOutcome, Unreachable
from exact_online.wire import CUT, GARBLED, LOST, NEVER_OPENED, TIMED_OUT, TOO_LARGE, Wire

HERE = Path(__file__).resolve().parent
CERTIFICATE = str(HERE / "loopback.pem")
MEGABYTE = 1024 * 1024
PACKED = {"Content-Encoding": "gzip"}


@pytest.fixture
def wire():
    wire = Wire("test", max_bytes=1000, longest=5)
    yield wire
    wire.close()


def get(wire, server, **options):
    return wire.send("GET", server.url + "/api/x", timeout=(2, 2), **options)


def test_an_answer(wire, server):
    server.script(reply(418, "tea", headers={"X-One": "1"}))
    answer = get(wire, server, token="AAEA")
    assert (answer.status, answer.body, answer.flaw) == (418, b"tea", "")
    assert answer.headers["x-one"] == "1"


@pytest.mark.parametrize("size", [999, 1000, 1001, 100_000])
@pytest.mark.parametrize("packed", [False, True])
def test_the_limit_counts_unpacked_bytes(wire, server, size, packed):
    body = b"x" * size
    if packed:
        server.script(reply(200, gzip.compress(body), headers=PACKED))
    else:
        server.script(reply(200, body))
    answer = get(wire, server)
    assert answer.flaw == (TOO_LARGE if size > 1000 else "")
    if not answer.flaw:
        assert answer.body == body


def test_a_gzip_bomb_stays_small(server):
    bomb = gzip.compress(b"\0" * (400 * MEGABYTE), 9)
    server.script(reply(200, bomb, "application/json", PACKED))
    tracemalloc.start()
    with (
        Client(server.url, lambda rejected=None: "AAEA", 7, max_bytes=4 * MEGABYTE) as client,
        pytest.raises(UnexpectedAnswer, match="too large"),
    ):
        list(client.rows("crm/Accounts", select=["ID"]))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30 * MEGABYTE


@pytest.mark.parametrize(
    ("body", "encoding", "flaw"),
    [
        (b"no gzip", "gzip", GARBLED),
        (gzip.compress(b"x" * 500)[:-4], "gzip", CUT),
        (gzip.compress(b"x" * 500)[:5], "gzip", CUT),
        (b"", "gzip", ""),
        (gzip.compress(gzip.compress(b"x")), "gzip, gzip", GARBLED),
        (b"x", "br", GARBLED),
        (b"x", "identity", ""),
    ],
)
def test_encodings(wire, server, body, encoding, flaw):
    server.script(reply(200, body, headers={"Content-Encoding": encoding}))
    assert get(wire, server).flaw == flaw


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        (b"3\r\nabc\r\n0\r\n\r\n", ""),
        (b"3\r\nabc\r\n", CUT),
        (b"5\r\nabc", CUT),
        (b"zz\r\nabc\r\n0\r\n\r\n", CUT),
    ],
)
def test_chunked_answers(wire, server, body, flaw):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    def step(connection, _request):
        connection.sendall(head + body)
        return True

    server.script(step)
    answer = get(wire, server)
    assert (answer.status, answer.flaw) == (200, flaw)
    if not flaw:
        assert answer.body == b"abc"


def test_lost_answers(wire, server):
    for step in (hang_up, reset, b"nonsense\r\n\r\n"):
        server.script(step)
        answer = get(wire, server)
        assert (answer.status, answer.flaw) == (None, LOST)
        assert answer.detail


def test_a_dripping_answer_ends(server):
    """No pause is as long as the time-out for reading, and yet it does not last."""
    wire = Wire("test", max_bytes=MEGABYTE, longest=0.5)
    for at_once in (10, 200):  # in the middle of the head; in the middle of the body
        server.script(dripping(server, reply(200, "x" * 5000), at_once=at_once))
        started = time.monotonic()
        assert get(wire, server).flaw == TIMED_OUT
        assert 0.4 < time.monotonic() - started < 2
    wire.close()


def test_no_thread_stays_behind(wire, server):
    before = threading.active_count()
    for _call in range(20):
        server.script(reply(200))
        get(wire, server)
    deadline = time.monotonic() + 2
    while threading.active_count() > before + 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before + 1  # one is the server's


def test_a_write_after_a_pause_opens_a_new_connection(server, client):
    server.script(listing(), json_reply({"d": {"ID": 1}}, 201), json_reply({"d": {"ID": 2}}, 201))
    list(client.rows("crm/Accounts", select=["ID"]))
    client.post("crm/Accounts", {})
    client._delivery._last_call -= 60
    client.post("crm/Accounts", {})
    assert [request.connection for request in server.requests] == [1, 1, 2]


def test_cookies_are_not_kept(server, client):
    cookie = {"Set-Cookie": "ExactServer=Division=7; Path=/"}
    server.script(json_reply({"d": []}, headers=cookie), listing())
    for _call in range(2):
        list(client.rows("crm/Accounts", select=["ID"]))
    assert "cookie" not in server.requests[1].headers


def test_netrc_does_not_replace_the_token(server, client, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.script(listing())
    list(client.rows("crm/Accounts", select=["ID"]))
    assert server.requests[0].headers["authorization"] == "Bearer AAEAfirst"


def test_a_redirect_is_not_followed(server, client):
    with ScriptedServer() as elsewhere:
        server.script(reply(307, headers={"Location": elsewhere.url + "/api/v1/7/x"}))
        with pytest.raises(UnexpectedAnswer):
            list(client.rows("crm/Accounts", select=["ID"]))
        assert not elsewhere.requests


@pytest.mark.parametrize("token", ["AAEA\r\nX-Evil: 1", "AAEA\nx", "AAEA€"])
def test_a_token_that_cannot_be_sent(server, token):
    with (
        Client(server.url, lambda rejected=None: token, 7) as client,
        pytest.raises(NotConnected) as caught,
    ):
        client.post("crm/Accounts", {})
    assert "AAEA" not in str(caught.value) and not server.requests


# Proxies


def test_a_proxy_of_the_environment_is_used(server, tokens, monkeypatch):
    monkeypatch.setenv("https_proxy", server.url)
    server.script(reply(502, "no way"))
    with (
        Client("https://exact.invalid", tokens, 7) as client,
        pytest.raises(Unreachable) as caught,
    ):
        client.post("crm/Accounts", {})
    # The proxy got a CONNECT, Exact got nothing.
    assert [request.method for request in server.requests] == ["CONNECT"]
    assert caught.value.took_effect is False


def test_a_proxys_password_stays_hidden(tokens, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://me:hunter22@127.0.0.1:1")
    with (
        Client("https://exact.invalid", tokens, 7) as client,
        pytest.raises(Unreachable) as caught,
    ):
        client.post("crm/Accounts", {})
    assert "hunter22" not in str(caught.value)


# TLS


@pytest.fixture
def tls_server():
    with ScriptedServer(CERTIFICATE) as server:
        yield server


def test_tls_that_nobody_vouches_for(tls_server, tokens):
    with Client(tls_server.url, tokens, 7) as client, pytest.raises(Unreachable):
        client.post("crm/Accounts", {})
    assert not tls_server.requests


def test_no_tls_where_it_should_be(server, tokens):
    site = server.url.replace("http:", "https:")
    with Client(site, tokens, 7, timeout=(0.5, 5)) as client, pytest.raises(Unreachable):
        client.post("crm/Accounts", {})


def test_tls_lost_after_sending(tls_server, tokens, monkeypatch):
    """The same exception as a failed handshake in some versions, and yet another outcome."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", CERTIFICATE)
    tls_server.script(
        json_reply({"d": {"ID": 1}}, 201),
        hang_up,
        reset,
        cut(json_reply({"d": {"ID": 1}}, 201)),
    )
    with Client(tls_server.url, tokens, 7) as client:
        assert client.post("crm/Accounts", {}) == {"ID": 1}
        for _failure in range(3):
            with pytest.raises(UnknownOutcome):
                client.post("crm/Accounts", {})
    assert len(tls_server.requests) == 4


def test_tls_ends_in_time(tls_server, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", CERTIFICATE)
    wire = Wire("test", max_bytes=MEGABYTE, longest=0.5)
    tls_server.script(dripping(tls_server, reply(200, "x" * 5000), at_once=10))
    assert get(wire, tls_server).flaw == TIMED_OUT
    wire.close()


def test_a_certificate_bundle_that_is_not_there(tls_server, tokens, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/bundle.pem")
    with Client(tls_server.url, tokens, 7) as client, pytest.raises(Unreachable):
        client.post("crm/Accounts", {})


def test_never_opened(wire):
    answer = wire.send("GET", "http://127.0.0.1:1/api/x", timeout=(2, 2))
    assert (answer.status, answer.flaw) == (None, NEVER_OPENED)
    assert "0x" not in answer.detail


# The package


def test_memory_stays_flat_over_many_pages(server, client):
    rows = [{"ID": str(number), "Name": "x" * 200} for number in range(180)]
    pages = 50
    for number in range(pages):
        following = f"{server.url}/api/v1/7/x?{number}" if number + 1 < pages else None
        server.script(listing(*rows, following=following))
    iterator = client.rows("crm/Accounts", select=["ID"])
    next(iterator)
    tracemalloc.start()
    assert sum(1 for _row in iterator) == 180 * pages - 1
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * MEGABYTE and len(server.requests) == pages


@pytest.mark.parametrize("way", ["pages", "rows", "sync", "everything"])
def test_one_page_is_held_at_a_time(server, tokens, way):
    """The page before is given up when the next one is asked for."""
    following = f"{server.url}/api/v1/7/x?2"
    row = {"ID": "one", "Timestamp": "5"}
    server.script(listing(*[row] * 9, following=following), listing({"ID": "2", "Timestamp": "6"}))
    held = []

    def look(_call):
        pages = [one for one in gc.get_objects() if isinstance(one, list) and len(one) == 9]
        held.append(sum(isinstance(one[0], dict) and one[0].get("ID") == "one" for one in pages))

    with Client(server.url, tokens, 7, observer=look) as client:
        options = {"select": ["ID"]}
        iterator = {
            "pages": lambda: client.pages("crm/Accounts", **options),
            "rows": lambda: client.rows("crm/Accounts", **options),
            "sync": lambda: client.sync("sync/CRM/Accounts", 1, **options),
            "everything": lambda: client.everything("crm/Accounts", **options),
        }[way]()
        # Not a for loop, which would hold what it is at.
        while next(iterator, None) is not None:
            pass
    assert len(server.requests) == 2
    assert held == [1, 0], "the first page after the first call, and not after the second"


def test_the_package_needs_no_odoo():
    program = (
        "import sys, json, exact_online;"
        "known = set(sys.stdlib_module_names) | {'exact_online', 'requests', 'urllib3', 'idna',"
        " 'certifi', 'charset_normalizer', 'chardet', 'brotli', '_brotli', 'brotlicffi',"
        " 'zstandard', 'socks', 'simplejson', 'OpenSSL', 'cryptography', '_cffi_backend'};"
        "print(json.dumps(sorted({n.split('.')[0] for n in sys.modules} - known)))"
    )
    folder = HERE.parents[1] / "keeping_exact_connector"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True
    )
    foreign = [name for name in json.loads(done.stdout) if not name.startswith("_")]
    assert not [name for name in foreign if name in ("odoo", "keeping_exact_connector")]
    sources = (folder / "exact_online").glob("*.py")
    imports = {
        line.split()[1].split(".")[0]
        for source in sources
        for line in source.read_text().splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imports - set(sys.stdlib_module_names) <= {"", "requests", "urllib3"}
