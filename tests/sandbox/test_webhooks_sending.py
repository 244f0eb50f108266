"""Notifications of webhooks: what is sent, when, and how often: chapter 4.17."""

import hashlib
import hmac
import json
import time
from datetime import datetime

import pytest
from client import Client, message
from receiver import Receiver, wait_for

PATH = "webhooks/WebhookSubscriptions"
MINUTE = 60


@pytest.fixture
def receiver():
    with Receiver() as server:
        yield server


@pytest.fixture
def client(anew):
    """Anna, on a sandbox of her own."""
    return Client(anew()).connect()


def subscribe(client, receiver, *topics):
    """Subscribe to topics, and forget what validating them sent."""
    for topic in topics:
        client.make(PATH, CallbackURL=receiver.url, Topic=topic)
    receiver.got.clear()


def contents(receiver, number):
    """Return the contents of the notifications that came."""
    return [json.loads(body)["Content"] for body in receiver.wait(number)]


def test_the_text_of_a_notification(client, receiver):
    subscribe(client, receiver, "Accounts")
    account = client.account(Name="Müller")
    (body,) = receiver.wait(1)
    assert receiver.headers[-1]["Content-Type"] == "application/json; charset=utf-8"
    text = body.decode()
    assert text.startswith('{"Content":{"Topic":"Accounts","ClientId":"') and " " not in text
    content, _, rest = text.removeprefix('{"Content":').partition(',"HashCode":"')
    secret = client.sandbox.webhook_secret.encode()
    assert rest == hmac.new(secret, content.encode(), hashlib.sha256).hexdigest().upper() + '"}'
    values = json.loads(content)
    moment = values.pop("EventCreatedOn")
    assert values == {
        "Topic": "Accounts",
        "ClientId": client.sandbox.client_id,
        "Division": client.division,
        "Action": "Create",
        "Key": account["ID"],
        "ExactOnlineEndpoint": account["__metadata"]["uri"],
    }
    assert moment[:10] == client.sandbox.clock()["wall"][:10]
    assert client.call("GET", values["ExactOnlineEndpoint"]).status_code == 200


def test_actions(client, receiver):
    subscribe(client, receiver, "Accounts", "Items")
    account = client.account()
    path = f"crm/Accounts(guid'{account['ID']}')"
    client.put(path, City="Assen")
    receiver.wait(2)
    client.delete(path)
    client.item()
    found = [(item["Topic"], item["Action"]) for item in contents(receiver, 4)]
    assert sorted(found) == [
        ("Accounts", "Create"), ("Accounts", "Delete"), ("Accounts", "Update"),
        ("Items", "Create"),
    ]  # fmt: skip


def test_an_invoice_is_told_once_for_each_change(client, receiver):
    subscribe(client, receiver, "SalesInvoices")
    invoice = client.invoice(lines=[{"Item": client.item()["ID"]} for _ in range(3)])
    line = client.lines(invoice)[0]["ID"]
    receiver.wait(1)
    client.put(f"salesinvoice/SalesInvoiceLines(guid'{line}')", Quantity=4)
    receiver.wait(2)
    client.post("salesinvoice/PrintedSalesInvoices", InvoiceID=invoice["InvoiceID"])
    receiver.wait(3)
    other = client.invoice()
    receiver.wait(4)
    client.delete(f"salesinvoice/SalesInvoices(guid'{other['InvoiceID']}')")
    found = [(item["Action"], item["Key"]) for item in contents(receiver, 5)]
    first, second = invoice["InvoiceID"], other["InvoiceID"]
    assert found == [
        ("Create", first), ("Update", first), ("Update", first), ("Create", second),
        ("Delete", second),
    ]  # fmt: skip
    assert receiver.quiet(5)


def test_what_is_refused_is_not_told(client, receiver):
    subscribe(client, receiver, "Accounts", "SalesInvoices")
    answer = client.try_invoice({"ID": "00000000-0000-0000-0000-000000000000"}, lines=[{}])
    assert answer.status_code == 500 and message(answer)
    assert client.post("crm/Accounts", Name="x", Email="no mail").status_code == 500
    assert receiver.quiet(0)
    assert client.sandbox.webhooks()["deliveries"][-1]["kind"] == "validation"


def test_other_topics_and_administrations_are_not_told(client, receiver):
    subscribe(client, receiver, "Items")
    other = client.sandbox.administrations[1]["code"]
    client.account()
    item = {"Code": "X", "Description": "X", "Unit": "hour"}
    assert client.call("POST", "logistics/Items", other, json=item).status_code == 201
    assert receiver.quiet(0)


def test_a_slow_receiver_holds_up_nobody(client, receiver):
    subscribe(client, receiver, "Accounts")
    receiver.seconds = 3
    started = time.monotonic()
    for _ in range(6):
        client.account()
    assert time.monotonic() - started < 3
    receiver.seconds = 0
    receiver.wait(6)


def delivery(client, **values):
    """Return the newest delivery when it has these values, or nothing."""
    row = client.sandbox.webhooks()["deliveries"][-1]
    return row if all(row[name] == value for name, value in values.items()) else None


def test_ten_retries_with_doubling_delays(client, receiver):
    subscribe(client, receiver, "Accounts")
    receiver.status = 500
    client.account()
    sandbox = client.sandbox
    for attempt in range(1, 11):
        row = wait_for(lambda attempt=attempt: delivery(client, attempts=attempt))
        assert (row["state"], row["status"]) == ("waiting", 500)
        minutes = 2**attempt
        sandbox.advance(minutes * MINUTE - 20)
        early = client.sandbox.webhooks()["deliveries"][-1]
        now = datetime.fromisoformat(sandbox.clock()["now"]).timestamp()
        assert early["attempts"] == attempt and 5 < early["due"] - now <= 20
        sandbox.advance(25)
    row = wait_for(lambda: delivery(client, attempts=11))
    assert row["state"] == "failed" and len(receiver.got) == 11
    assert len(set(receiver.got)) == 1
    sandbox.advance(100 * 3600)
    assert receiver.quiet(11, 0.3)


def test_a_retry_that_arrives_is_the_last(client, receiver):
    subscribe(client, receiver, "Accounts")
    receiver.status = 302
    client.account()
    wait_for(lambda: delivery(client, attempts=1, state="waiting"))
    receiver.status = 201
    client.sandbox.advance(2 * MINUTE)
    wait_for(lambda: delivery(client, attempts=2, state="delivered"))
    client.sandbox.advance(100 * 3600)
    assert receiver.quiet(2, 0.3)


def test_what_waits_survives_a_kill(fresh, receiver):
    client = Client(fresh()).connect()
    subscribe(client, receiver, "Accounts")
    receiver.status = 503
    account = client.account()
    wait_for(lambda: delivery(client, attempts=1))
    sandbox = client.sandbox
    sandbox.kill()
    sandbox.start()
    receiver.status = 200
    sandbox.advance(2 * MINUTE)
    wait_for(lambda: delivery(client, state="delivered"))
    assert [item["Key"] for item in contents(receiver, 2)] == [account["ID"]] * 2
    client.connect()
    client.account()
    assert len(receiver.wait(3)) == 3


def test_unsubscribing_drops_what_waits(client, receiver):
    subscribe(client, receiver, "Accounts")
    receiver.status = 500
    client.account()
    wait_for(lambda: delivery(client, attempts=1))
    key = client.rows(PATH)[0]["ID"]
    assert client.delete(f"{PATH}(guid'{key}')").status_code == 204
    assert delivery(client, state="dropped")
    client.sandbox.advance(100 * 3600)
    assert receiver.quiet(1, 0.3)


def test_a_receiver_that_is_gone(client, receiver):
    with Receiver() as other:
        subscribe(client, other, "Accounts")
    client.account()
    row = wait_for(lambda: delivery(client, attempts=1))
    assert row["status"] is None and "Refused" in row["error"]


def test_seeding_tells_nobody(client, receiver):
    subscribe(client, receiver, "Accounts")
    client.sandbox.seed_customers(client.division, 100)
    assert receiver.quiet(0)
