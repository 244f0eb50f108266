"""The process: command line, state file, restarts."""

import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests
from client import Client

from exact_sandbox.process import SandboxError, SandboxProcess

ROOT = Path(__file__).resolve().parents[2]
INVOICES = "salesinvoice/SalesInvoices"


def run(*arguments):
    command = [sys.executable, "-m", "exact_sandbox", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, cwd=ROOT)


def test_json_line_and_clean_stop(tmp_path):
    with SandboxProcess(tmp_path / "s.sqlite") as sandbox:
        assert re.fullmatch(r"[0-9a-f-]{36}", sandbox.client_id)
        assert sandbox.url.startswith("http://127.0.0.1:") and sandbox.pid == sandbox.process.pid
        assert [item["name"] for item in sandbox.administrations] == [
            "Keeping Demo B.V.", "Keeping Advies B.V.",
        ]  # fmt: skip
        assert sandbox.stop() == 0
        assert sandbox.errors() == ""


def test_interrupt_stops_it_too_and_text_is_readable():
    process = subprocess.Popen(
        [sys.executable, "-m", "exact_sandbox"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert "stands in for start.exactonline.nl" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert "client secret" in process.stdout.read()
    process.stdout.close()
    assert process.wait(15) == 0


def test_it_stops_whenever_it_is_told_to(tmp_path):
    """Also while it has other threads that are busy."""
    for _ in range(3):
        with SandboxProcess(tmp_path / "state.sqlite", host="0.0.0.0") as sandbox:
            socket.create_connection(("127.0.0.2", sandbox.port)).close()
            assert sandbox.stop() == 0


def test_secrets_differ_between_states(sandbox, fresh):
    other = fresh()
    assert other.client_id != sandbox.client_id
    assert other.client_secret != sandbox.client_secret


def test_port_taken_is_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for option in ("--port", "--control-port"):
            result = run(option, port)
            assert result.returncode == 2 and result.stdout == ""
            assert result.stderr.count("\n") == 1
            assert f"Port {port} of 127.0.0.1 cannot be used" in result.stderr


@pytest.mark.parametrize("content", [b"no database" * 100, b"SQLite format 3\0" + b"x" * 900])
def test_unusable_state_is_one_sentence(tmp_path, content):
    path = tmp_path / "bad.sqlite"
    path.write_bytes(content)
    result = run("--state", path)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert str(path) in result.stderr and path.read_bytes() == content


def test_state_of_another_program_or_version(tmp_path):
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    assert "is not a state file" in run("--state", other).stderr
    mine = tmp_path / "mine.sqlite"
    with SandboxProcess(mine):
        pass
    with sqlite3.connect(mine) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    result = run("--state", mine)
    assert result.returncode == 2 and "schema version 999" in result.stderr
    assert run("--state", tmp_path / "no" / "folder").returncode == 2


def test_two_sandboxes_never_share_a_state(fresh):
    result = run("--state", fresh().state)
    assert result.returncode == 2 and "cannot be used" in result.stderr


def test_redirect_option(fresh):
    sandbox = fresh(redirect_uri=["http://localhost:1234/a", "https://odoo.example/b"])
    assert {"http://localhost:1234/a", "https://odoo.example/b"} <= set(sandbox.redirect_uris)
    sandbox.add_redirect_uri("http://127.0.0.1:5/c")
    assert "http://127.0.0.1:5/c" in sandbox.control("GET", "apps")["apps"][0]["redirect_uris"]
    result = run("--redirect-uri", "http://odoo.example/")
    assert result.returncode == 2 and "must be https" in result.stderr


def test_failed_start_tells_why(tmp_path):
    path = tmp_path / "bad.sqlite"
    path.write_bytes(b"x" * 5000)
    with pytest.raises(SandboxError, match="cannot be used"):
        SandboxProcess(path).start()


def test_restart_keeps_everything_on_the_same_port(fresh):
    sandbox = fresh()
    client = Client(sandbox).connect()
    invoice = client.invoice()
    sandbox.advance(100)
    url, secret = sandbox.url, sandbox.client_secret
    sandbox.stop()
    sandbox.start()
    assert (sandbox.url, sandbox.client_secret) == (url, secret)
    assert sandbox.clock()["offset"] == 100
    path = f"{INVOICES}(guid'{invoice['InvoiceID']}')"
    assert client.get(path).json()["d"]["AmountFC"] == 242
    assert len(sandbox.rows(client.division, "crm/Accounts")) > 70


def test_kill_in_full_swing_keeps_what_was_answered(fresh):
    sandbox = fresh()
    client = Client(sandbox).connect()
    account, item = client.account(), client.item()
    answered, stop = [], threading.Event()

    def work():
        while not stop.is_set():
            try:
                row = client.try_invoice(account, [{"Item": item["ID"]}] * 3)
            except requests.RequestException:
                return
            answered.append(row.json()["d"]["InvoiceID"])

    thread = threading.Thread(target=work)
    thread.start()
    while len(answered) < 15:
        time.sleep(0.01)
    sandbox.kill()
    stop.set()
    thread.join()
    sandbox.start()
    rows = client.rows(INVOICES, select="InvoiceID", filter=f"OrderedBy eq guid'{account['ID']}'")
    kept = {row["InvoiceID"] for row in rows}
    assert set(answered) <= kept and len(kept) <= len(answered) + 1
    lines = sandbox.rows(client.division, "salesinvoice/SalesInvoiceLines")
    for key in kept:
        assert sum(line["InvoiceID"] == key for line in lines) == 3


def test_parallel_invoices_get_numbers_of_their_own(anna):
    account, item = anna.account(), anna.item()
    numbers, errors = [], []

    def work():
        client = Client.__new__(Client)
        vars(client).update(vars(anna), session=requests.Session())
        try:
            for _ in range(5):
                row = client.invoice(account, [{"Item": item["ID"], "UnitPrice": 1}])
                numbers.append(row["OrderNumber"])
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors and len(set(numbers)) == 20
