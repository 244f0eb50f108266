"""The block after more than 10 errors per app, user, administration, endpoint and hour (2)."""

import threading
from datetime import datetime

import pytest
import requests
from client import REDIRECT, Client, message, token_call

JOURNALS, ACCOUNTS = "financial/Journals", "crm/Accounts"
ME = "/api/v1/current/Me"
HOUR = 3600


def at_the_hour(sandbox):
    """Move to the beginning of an hour; return a client."""
    moment = datetime.fromisoformat(sandbox.clock()["now"]).timestamp()
    sandbox.advance(HOUR + 1 - moment % HOUR)
    return Client(sandbox).connect()


@pytest.fixture
def start(anew):
    """Begin with settings, at the beginning of an hour; return a client."""
    return lambda **settings: at_the_hour(anew(error_limit=10, **settings))


def fail(client, times=11, path=JOURNALS, **options):
    """Make errors; return the statuses."""
    bad = {"select": "Nonsense"}
    return [client.get(path, **{**bad, **options}).status_code for _ in range(times)]


def good(client, path=JOURNALS, division=None):
    return client.get(path, division, select="ID", filter="ID eq guid'" + "0" * 8 + "-0000" * 3
                      + "-" + "0" * 12 + "'")  # fmt: skip


def hours(client, number):
    """Let some hours pass, and begin with new tokens."""
    client.sandbox.advance(number * HOUR)
    client.connect()


def test_ten_errors_are_allowed_and_the_eleventh_blocks(start):
    client = start()
    assert fail(client, 10) == [400] * 10
    assert good(client).status_code == 200
    assert fail(client, 3) == [400, 429, 429]
    refused = good(client)
    assert (refused.status_code, refused.content) == (429, b"")
    assert not [name for name in refused.headers if name.startswith("X-RateLimit")]


@pytest.mark.parametrize(
    ("status", "call"),
    [
        (400, lambda client: client.get(JOURNALS, select="Nonsense")),
        (401, lambda client: client.get(JOURNALS, select="Code")),
        (403, lambda client: client.get(JOURNALS, 999, select="Code")),
        (404, lambda client: client.get("crm/Accounts(guid'" + "0" * 8 + "-0000" * 3
                                        + "-" + "0" * 12 + "')", select="ID")),
    ],
)  # fmt: skip
def test_errors_that_count(start, status, call):
    client = start()
    if status == 401:
        client.sandbox.advance(601)  # the token is known, and expired
    assert [call(client).status_code for _ in range(12)] == [status] * 11 + [429]


def test_other_refusals_do_not_count(start):
    client = start()
    answers = {client.post(ACCOUNTS, Status="C").status_code for _ in range(12)}
    assert answers == {500}
    assert client.sandbox.error_counts()["errors"] == []


def test_unknown_tokens_belong_to_nobody(start):
    client = start()
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        for _ in range(12):
            answer = requests.get(f"{client.sandbox.url}{ME}", headers=headers, timeout=9)
            assert answer.status_code == 401
    assert client.sandbox.error_counts() == {"errors": [], "blocks": []}


def test_counts_can_be_read(start):
    client = start()
    fail(client, 3)
    fail(client, 2, ACCOUNTS)
    client.call("GET", f"{ME}?$select=Nonsense")
    counts = {
        (item["endpoint"], item["division"]): item["errors"]
        for item in client.sandbox.error_counts()["errors"]
    }
    division = client.division
    assert counts == {(JOURNALS, division): 3, (ACCOUNTS, division): 2, ("current/Me", 0): 1}
    assert client.sandbox.error_counts()["errors"][0]["client_id"] == client.sandbox.client_id
    client.sandbox.clear_errors()
    assert client.sandbox.error_counts() == {"errors": [], "blocks": []}


def test_counts_are_per_endpoint_administration_user_and_app(start):
    client = start()
    sandbox, other = client.sandbox, client.sandbox.administrations[1]["code"]
    colleague = Client(sandbox, "sem").connect()
    own = next(app for app in sandbox.apps if app["kind"] == "own")
    own_app = Client(sandbox)
    own_app.take(
        token_call(
            sandbox, grant_type="authorization_code", redirect_uri=REDIRECT,
            code=own_app.code(client_id=own["client_id"]), client_id=own["client_id"],
            client_secret=own["client_secret"],
        )
    )  # fmt: skip
    fail(client, 10)
    assert fail(client, 2, ACCOUNTS) == [400] * 2
    assert fail(client, 2, division=other) == [400] * 2
    assert fail(colleague, 2) == fail(own_app, 2) == [400] * 2
    keyed = "financial/Journals(guid'" + "1" * 8 + "-1111" * 3 + "-" + "1" * 12 + "')"
    assert client.get(keyed, select="Code").status_code == 404
    assert good(client).status_code == 429, "one row is of the same endpoint"


def test_the_whole_app_is_blocked(start):
    client = start(blocked_part="app")
    colleague = Client(client.sandbox, "sem").connect()
    fail(client)
    for one in (client, colleague):
        assert good(one, ACCOUNTS).status_code == one.call("GET", ME).status_code == 429


def test_or_only_what_the_errors_were_counted_for(start):
    client = start(blocked_part="endpoint")
    colleague = Client(client.sandbox, "sem").connect()
    fail(client)
    assert good(client).status_code == 429
    assert good(client, ACCOUNTS).status_code == good(colleague).status_code == 200
    assert good(client, division=client.sandbox.administrations[1]["code"]).status_code == 200


def test_block_answered_with_403(start):
    client = start(blocked_status=403)
    fail(client)
    refused = good(client)
    assert (refused.status_code, message(refused)) == (403, "API rate limit exceeded")


def test_block_explained(start):
    client = start(limit_answer="explained")
    fail(client)
    refused = good(client)
    assert (refused.status_code, refused.text) == (429, "API rate limit exceeded")
    assert 3500 < int(refused.headers["Retry-After"]) <= HOUR


def test_a_block_lasts_an_hour_and_grows_on_repetition(start):
    client = start()
    for lasts in (1, 2, 4):
        fail(client)
        client.sandbox.advance(lasts * HOUR - 60)
        client.connect()
        assert good(client).status_code == 429
        assert fail(client, 3) == [429] * 3, "calls during a block do not prolong it"
        client.sandbox.advance(60)
        assert good(client).status_code == 200
    hours(client, 25)
    fail(client)
    (block,) = client.sandbox.error_counts()["blocks"]
    assert block["times"] == 1, "a day without a block, and it starts with an hour again"


def test_errors_of_the_last_hour_are_forgotten(start):
    client = start()
    fail(client, 10)
    hours(client, 1)
    assert client.sandbox.error_counts()["errors"] == []
    assert fail(client, 10) == [400] * 10
    assert good(client).status_code == 200


def test_faults_are_no_errors_of_the_app(start):
    client = start()
    client.sandbox.add_fault("status", status=404, times=12)
    assert fail(client, 12) == [404] * 12
    client.sandbox.add_fault("lose_answer", times=1, path=JOURNALS)
    with pytest.raises(requests.ConnectionError):
        fail(client, 1)
    (count,) = client.sandbox.error_counts()["errors"]
    assert count["errors"] == 1, "a refusal whose answer is lost counts"


def test_blocks_outlive_a_restart(fresh):
    client = at_the_hour(fresh(error_limit=10))
    fail(client)
    client.sandbox.kill()
    client.sandbox.start()
    assert good(client).status_code == 429


def test_errors_at_the_same_time_are_all_counted(start):
    client = start()
    threads = [threading.Thread(target=fail, args=(Copy(client), 2)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (count,) = client.sandbox.error_counts()["errors"]
    assert count["errors"] == 10


class Copy(Client):
    """The same connection with a session of its own."""

    def __init__(self, client):
        vars(self).update(vars(client), session=requests.Session())
