"""Faults, switched on by control."""

import time

import pytest
import requests
from client import Client

from exact_sandbox.process import SandboxError

INVOICES = "salesinvoice/SalesInvoices"


def invoices_of(client, account):
    rows = client.sandbox.rows(client.division, INVOICES)
    return [row for row in rows if row["OrderedBy"] == account["ID"]]


def test_lost_request_and_lost_answer(anna):
    account, lines = anna.account(), [{"Item": anna.item()["ID"]}]
    for kind, made in (("lose_request", 0), ("lose_answer", 1)):
        anna.sandbox.add_fault(kind, "POST", "SalesInvoices$")
        with pytest.raises(requests.ConnectionError):
            anna.try_invoice(account, lines)
        assert len(invoices_of(anna, account)) == made
        call = anna.sandbox.calls()[-1]
        assert (call["fault"], call["status"]) == (kind, 201 if made else None)
    assert anna.try_invoice(account, lines).status_code == 201


def test_cut_answer(anna):
    account, lines = anna.account(), [{"Item": anna.item()["ID"]}]
    anna.sandbox.add_fault("cut_answer", "POST", "SalesInvoices")
    # With older urllib3, requests hands out what it got of a body that was cut off.
    try:
        answer = anna.try_invoice(account, lines)
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
        pass
    else:
        assert 0 < len(answer.content) < int(answer.headers["Content-Length"])
    assert len(invoices_of(anna, account)) == 1


def test_delay_and_status(anna):
    anna.sandbox.add_fault("delay", path="Journals", seconds=0.4)
    started = time.monotonic()
    assert anna.get("financial/Journals").status_code == 200
    assert time.monotonic() - started >= 0.4
    anna.sandbox.add_fault(
        "status", "GET", "Journals", times=2, skip=1, status=503, body="<p>down</p>",
        headers={"Retry-After": "7"},
    )  # fmt: skip
    answers = [anna.get("financial/Journals") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 503, 503, 200]
    assert answers[1].text == "<p>down</p>" and answers[1].headers["Retry-After"] == "7"
    assert answers[1].headers["Content-Type"] == "text/html; charset=utf-8"


def test_late_work_by_the_clock(anew):
    client = Client(anew()).connect()
    account, lines = client.account(), [{"Item": client.item()["ID"]}]
    client.sandbox.add_fault("late", "POST", INVOICES, seconds=900)
    assert client.try_invoice(account, lines).status_code == 504
    assert invoices_of(client, account) == []
    client.sandbox.advance(899)
    assert invoices_of(client, account) == []
    client.sandbox.advance(1)
    assert len(invoices_of(client, account)) == 1
    client.sandbox.add_fault("late", "POST", INVOICES, seconds=0.2)
    client.take(client.refresh())
    assert client.try_invoice(account, lines).status_code == 504
    end = time.monotonic() + 5
    while len(invoices_of(client, account)) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    assert len(invoices_of(client, account)) == 2


def test_lost_token_answer_strands_the_connection(anew):
    client = Client(anew()).connect()
    client.sandbox.advance(580)
    client.sandbox.add_fault("lose_answer", "POST", "/api/oauth2/token")
    with pytest.raises(requests.ConnectionError):
        client.refresh()
    assert client.refresh().json()["error_description"] == "Old refresh token used."


@pytest.mark.parametrize(
    "fault", [{"kind": "nothing"}, {"kind": "delay", "times": 0}, {"kind": "delay", "path": "("},
              {"kind": "delay", "other": 1}, {}],
)  # fmt: skip
def test_impossible_faults(sandbox, fault):
    with pytest.raises(SandboxError):
        sandbox.control("POST", "faults", fault)
