"""Subscriptions to webhooks and their rules: chapter 4.17."""

import time

import pytest
from client import Client, message, token_call
from receiver import Receiver, wait_for

from exact_sandbox.person import Person

PATH = "webhooks/WebhookSubscriptions"
NOT_REACHED = (
    "Ongeldig: Post to callback URL endpoint returns 500 An error occurred while sending the "
    "request."
)


@pytest.fixture
def receiver():
    with Receiver() as server:
        yield server


@pytest.fixture
def client(anna):
    """Anna, without subscriptions before and after."""

    def clear():
        for row in anna.rows(PATH):
            assert anna.delete(f"{PATH}(guid'{row['ID']}')").status_code == 204

    clear()
    yield anna
    clear()


def subscribe(client, receiver, topic="Accounts", **values):
    """Subscribe and return the row."""
    return client.make(PATH, CallbackURL=receiver.url, Topic=topic, **values)


@pytest.mark.parametrize("tls", [False, True])
def test_subscribing_tries_the_callback(client, tls):
    with Receiver(tls) as receiver:
        row = subscribe(client, receiver)
        assert receiver.got == [b""] and receiver.headers[0]["Content-Length"] == "0"
    assert (row["CallbackURL"], row["Topic"]) == (receiver.url, "Accounts")
    assert row["ClientID"] is None and row["Division"] == client.division
    assert row["Description"] == "Keeping Exact Connector"
    assert row["CreatorFullName"] == "Anna de Vries" and row["Created"]
    assert row["__metadata"]["type"] == "Exact.Web.Api.Models.Webhooks.WebhookSubscription"
    assert [item["ID"] for item in client.rows(PATH)] == [row["ID"]]
    assert client.get(f"{PATH}(guid'{row['ID']}')").json()["d"]["Topic"] == "Accounts"


def test_the_newer_property_is_taken(client, receiver):
    """IsInstant is in no list of properties; a client that sends it works (chapter 4.17)."""
    row = subscribe(client, receiver, IsInstant=True)
    assert row["IsInstant"] is True
    assert client.rows(PATH, select="IsInstant")[0]["IsInstant"] is True


@pytest.mark.parametrize("status", [204, 302, 404, 500])
def test_a_callback_that_does_not_answer_200_is_refused(client, receiver, status):
    receiver.status = status
    answer = client.post(PATH, CallbackURL=receiver.url, Topic="Accounts")
    assert (answer.status_code, message(answer)) == (500, NOT_REACHED)
    assert client.rows(PATH) == [] and len(receiver.got) == 1
    receiver.status = 201
    subscribe(client, receiver)


def test_a_callback_where_nobody_is(client):
    with Receiver() as receiver:
        url = receiver.url
    answer = client.post(PATH, CallbackURL=url, Topic="Accounts")
    assert (answer.status_code, message(answer)) == (500, NOT_REACHED)
    assert client.rows(PATH) == []


def test_the_callback_may_call_back(client, receiver):
    """Nothing is held while the callback is tried."""
    seen = []
    receiver.during = lambda: seen.append(client.get("financial/Journals").status_code)
    subscribe(client, receiver)
    assert seen == [200]


def test_validation_after_the_call(client, receiver, choose):
    choose(webhook_validation="after")
    started = time.monotonic()
    row = subscribe(client, receiver)
    assert receiver.got == []
    assert receiver.wait(1) == [b""] and time.monotonic() - started > 0.8
    client.account()
    receiver.wait(2)
    client.delete(f"{PATH}(guid'{row['ID']}')")
    receiver.status = 500
    subscribe(client, receiver)
    wait_for(lambda: client.rows(PATH) == [])


@pytest.mark.parametrize(
    "values, text",
    [
        ({}, "Verplicht: Callback URL\r\nVerplicht: Onderwerp"),
        ({"Topic": "Accounts"}, "Verplicht: Callback URL"),
        ({"CallbackURL": "https://example.org/x", "Topic": "Accounts"}, "Ongeldig: Callback URL"),
        ({"CallbackURL": "http://example.org/x", "Topic": "Accounts"}, "Ongeldig: Callback URL"),
        ({"CallbackURL": "ftp://localhost/x", "Topic": "Accounts"}, "Ongeldig: Callback URL"),
        ({"CallbackURL": "localhost", "Topic": "Accounts"}, "Ongeldig: Callback URL"),
        ({"CallbackURL": "http://[::1", "Topic": "Accounts"}, "Ongeldig: Callback URL"),
        ({"CallbackURL": "http://localhost:99999/", "Topic": "Accounts"}, "Ongeldig: Callback URL"),
    ],
)
def test_rules(client, values, text):
    answer = client.post(PATH, **values)
    assert (answer.status_code, message(answer)) == (500, text)


def test_https_on_the_domain_of_the_app(client):
    client.sandbox.add_redirect_uri("https://odoo.invalid/callback")
    # On the domain, but there is nobody: it is tried, and that fails.
    answer = client.post(PATH, CallbackURL="https://odoo.invalid/other", Topic="Accounts")
    assert message(answer) == NOT_REACHED
    answer = client.post(PATH, CallbackURL="http://odoo.invalid/other", Topic="Accounts")
    assert message(answer) == "Ongeldig: Callback URL"


def test_one_for_each_app_administration_and_topic(client, sem, receiver):
    subscribe(client, receiver)
    for someone, text in ((client, "Gegeven bestaat reeds."), (sem, "Data already exists")):
        answer = someone.post(PATH, CallbackURL=f"{receiver.url}&other=1", Topic="Accounts")
        assert (answer.status_code, message(answer)) == (500, text)
    subscribe(client, receiver, "Items")
    other = client.sandbox.administrations[1]["code"]
    body = {"CallbackURL": receiver.url, "Topic": "Accounts"}
    answer = client.call("POST", PATH, other, json=body)
    assert answer.status_code == 201
    key = client.rows(PATH, other)[0]["ID"]
    assert len(client.rows(PATH)) == 2
    assert client.call("DELETE", f"{PATH}(guid'{key}')").status_code == 404
    assert client.call("DELETE", f"{PATH}(guid'{key}')", other).status_code == 204


def test_an_app_sees_only_its_own(client, receiver):
    row = subscribe(client, receiver)
    app = client.sandbox.register_app("Other", "http://localhost/other", kind="own")
    others = Client(client.sandbox)
    address = {"client_id": app["client_id"], "redirect_uri": "http://localhost/other"}
    code = others.code(**address)
    answer = token_call(
        client.sandbox, grant_type="authorization_code", code=code,
        client_secret=app["client_secret"], **address,
    )  # fmt: skip
    others.take(answer)
    assert others.rows(PATH) == []
    assert others.delete(f"{PATH}(guid'{row['ID']}')").status_code == 404
    mine = subscribe(others, receiver)
    assert others.delete(f"{PATH}(guid'{mine['ID']}')").status_code == 204


@pytest.mark.parametrize("status", [403, 405])
def test_updates_are_refused(client, receiver, choose, status):
    choose(wrong_verb_status=status)
    row = subscribe(client, receiver)
    assert client.put(f"{PATH}(guid'{row['ID']}')", Topic="Items").status_code == status
    assert client.rows(PATH)[0]["Topic"] == "Accounts"


def test_manage_on_organization_administration_is_needed(client, receiver):
    row = subscribe(client, receiver)
    scopes = {"Organization administration": "read"}
    client.sandbox.control("POST", "scopes", scopes)
    try:
        assert len(client.rows(PATH)) == 1
        answer = client.post(PATH, CallbackURL=receiver.url, Topic="Items")
        text = "Forbidden - Application Scope Violated. Cannot manage "
        assert answer.status_code == 403
        assert message(answer) == f"{text}'organization.administration' scope."
        assert client.delete(f"{PATH}(guid'{row['ID']}')").status_code == 403
    finally:
        client.sandbox.control("POST", "scopes", {"Organization administration": "manage"})


def revoke(client):
    """Revoke the app as the user does, in the security centre."""
    person = Person(client.sandbox.url, client.login, client.sandbox.password)
    _status, page, _redirect = person.visit("/docs/MyExactOnline.aspx")
    person.submit(page, "client_id", answer="revoke")


def test_revoking_leaves_an_orphan_until_night(anew, receiver):
    client = Client(anew()).connect()
    row = subscribe(client, receiver)
    revoke(client)
    client.connect()
    path = f"{PATH}(guid'{row['ID']}')"
    assert client.delete(path).status_code == 403
    answer = client.post(PATH, CallbackURL=receiver.url, Topic="Accounts")
    assert message(answer) == "Gegeven bestaat reeds."
    client.sandbox.advance(86400)
    wait_for(lambda: client.sandbox.webhooks()["subscriptions"] == [])
    client.connect()
    assert client.get(path).status_code == 404
    subscribe(client, receiver)


def test_night_leaves_others_alone(anew, receiver):
    client = Client(anew()).connect()
    subscribe(client, receiver)
    client.sandbox.advance(86400)
    client.connect()
    client.account()
    receiver.wait(2)
    assert len(client.rows(PATH)) == 1


def test_the_secret_is_shown_to_who_owns_the_app(anna):
    sandbox = anna.sandbox
    apps = {app["client_id"]: app for app in sandbox.control("GET", "apps")["apps"]}
    secret = apps[sandbox.client_id]["webhook_secret"]
    assert secret == sandbox.webhook_secret and len(secret) >= 40
    assert len({app["webhook_secret"] for app in apps.values()}) == len(apps)
    _status, page, _redirect = anna.person.visit("/docs/ManageApps.aspx")
    assert secret in page
