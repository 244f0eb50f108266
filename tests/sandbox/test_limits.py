"""Limits: a test for each row of the table of chapter 2, for each header and for the 429."""

import time
from datetime import datetime, timezone

import pytest
from client import REDIRECT, Client, token_call

JOURNALS = "financial/Journals"
MINUTE = {f"X-RateLimit-Minutely-{name}" for name in ("Limit", "Remaining", "Reset")}
DAY = {f"X-RateLimit-{name}" for name in ("Limit", "Remaining", "Reset")}


def limit_headers(answer):
    return {name for name in answer.headers if name.startswith("X-RateLimit")}


def now(sandbox):
    return datetime.fromisoformat(sandbox.clock()["now"])


def to_start_of(sandbox, seconds):
    """Move the clock to just after the start of a minute (60) or a UTC day (86400)."""
    sandbox.advance(seconds + 0.5 - now(sandbox).timestamp() % seconds)


def connected(start, login=None, **options):
    client = Client(start(**{"minute_limit": 60, **options}), login).connect()
    to_start_of(client.sandbox, 60)
    return client


def ask(client, division=None):
    return client.get(JOURNALS, division, select="Code")


def test_row_minutely_is_60_calls_in_a_clock_minute(anew):
    client = connected(anew)
    assert [ask(client).status_code for _ in range(61)] == [200] * 60 + [429]
    client.sandbox.advance(40)
    if now(client.sandbox).second > 40:
        assert ask(client).status_code == 429, "until the next clock minute"
    to_start_of(client.sandbox, 60)
    assert ask(client).status_code == 200


def test_row_minutely_is_per_app_and_administration(anew):
    client = connected(anew, minute_limit=2)
    sandbox = client.sandbox
    first, second = (item["code"] for item in sandbox.administrations[:2])
    colleague = Client(sandbox, "sem").connect()
    own = next(app for app in sandbox.apps if app["kind"] == "own")
    credentials = {name: own[name] for name in ("client_id", "client_secret")}
    other_app = Client(sandbox)
    other_app.take(
        token_call(
            sandbox, grant_type="authorization_code", redirect_uri=REDIRECT,
            code=other_app.code(client_id=own["client_id"]), **credentials,
        )
    )  # fmt: skip
    to_start_of(sandbox, 60)
    assert ask(client, first).status_code == ask(colleague, first).status_code == 200
    assert ask(client, first).status_code == ask(colleague, first).status_code == 429
    assert ask(client, second).status_code == 200
    assert ask(other_app, first).status_code == 200


def test_row_daily_is_shared_by_the_users_and_starts_anew_at_midnight_utc(anew):
    client = connected(anew, day_limit=2)
    colleague = Client(client.sandbox, "sem").connect()
    to_start_of(client.sandbox, 86400)
    client.connect()
    colleague.connect()
    assert ask(client).status_code == ask(colleague).status_code == 200
    assert ask(client).status_code == ask(colleague).status_code == 429
    other = client.sandbox.administrations[1]["code"]
    assert ask(client, other).status_code == 200
    to_start_of(client.sandbox, 86400)
    assert ask(client.connect()).status_code == 200


def test_row_daily_is_5000(anew):
    client = connected(anew)
    answer = ask(client)
    assert answer.headers["X-RateLimit-Limit"] == "5000"
    assert answer.headers["X-RateLimit-Remaining"] == "4999"


def test_row_fair_use_counts_a_contract_as_a_whole(anew):
    client = connected(anew, day_limit=2, contract_limit=3)
    first, second = (item["code"] for item in client.sandbox.administrations[:2])
    assert client.sandbox.settings()["contract_limit"] == 3
    assert [ask(client, code).status_code for code in (first, first, second)] == [200] * 3
    refused = ask(client, second)
    assert refused.status_code == 429
    assert refused.headers["X-RateLimit-Limit"] == "3" and limit_headers(refused) == DAY


def test_row_premium_licence_has_no_limit_for_one_app(anew):
    """The app may use up what the contract has, in one administration; then all have none."""
    client = connected(anew, day_limit=30_000, contract_limit=30_000)
    assert ask(client).headers["X-RateLimit-Limit"] == "30000"
    client.sandbox.settings(day_limit=4, contract_limit=4)
    first, second = (item["code"] for item in client.sandbox.administrations[:2])
    assert [ask(client, first).status_code for _ in range(4)] == [200] * 3 + [429]
    assert ask(client, second).status_code == 429


def test_row_token_is_one_per_570_seconds(anew):
    client = connected(anew)
    client.sandbox.advance(400)
    assert client.refresh().status_code == 400
    client.sandbox.advance(170)
    assert client.refresh().status_code == 200


def test_row_request_size_is_10_megabytes(anna):
    # Plain text: of a document in base64 the decoded size would count.
    answer = anna.call("POST", "crm/Accounts", json={"Name": "x", "Remarks": "é" * 15_000_000})
    assert answer.status_code == 413


def test_address_without_an_administration_counts_for_nothing(anew):
    client = connected(anew, minute_limit=1, day_limit=1)
    for _ in range(3):
        answer = client.call("GET", "/api/v1/current/Me")
        assert answer.status_code == 200 and not limit_headers(answer)
    assert ask(client).status_code == 200


def test_header_remaining_counts_refused_calls_too(anew):
    client = connected(anew, minute_limit=3)
    for left, path in ((2, JOURNALS), (1, "no/Such"), (0, "crm/Accounts")):
        answer = client.get(path)
        assert limit_headers(answer) == MINUTE | DAY
        assert answer.headers["X-RateLimit-Minutely-Remaining"] == str(left)
        assert answer.headers["X-RateLimit-Remaining"] == str(4997 + left)


def test_header_resets_are_utc_milliseconds(anew):
    client = connected(anew)
    answer, moment = ask(client), now(client.sandbox)
    minute = int(answer.headers["X-RateLimit-Minutely-Reset"])
    assert minute % 60_000 == 0 and 0 < minute - moment.timestamp() * 1000 <= 60_000
    day = datetime.fromtimestamp(int(answer.headers["X-RateLimit-Reset"]) / 1000, timezone.utc)
    assert (day.hour, day.minute, day.second) == (0, 0, 0)
    assert 0 < (day - moment).total_seconds() <= 86400


def test_header_cookies_of_the_real_service(anew):
    """The dump of chapter 2 has two; a client that keeps them is given no other session."""
    client = connected(anew)
    answer = ask(client)
    cookies = dict(answer.cookies)
    session = cookies.pop("ASP.NET_SessionId")
    (name,) = cookies
    assert name.startswith("ExactServer{") and cookies[name] == f"Division={client.division}"
    again = ask(client)
    assert "ASP.NET_SessionId" not in again.cookies and session in again.request.headers["Cookie"]
    client.session.cookies.clear()
    assert ask(client).cookies["ASP.NET_SessionId"] != session


@pytest.mark.parametrize(
    ("options", "headers"), [({"minute_limit": 1}, MINUTE), ({"day_limit": 1}, DAY)]
)
def test_429_has_only_the_headers_of_the_limit_that_was_hit(anew, options, headers):
    client = connected(anew, **options)
    ask(client)
    refused = ask(client)
    assert (refused.status_code, refused.content) == (429, b"")
    assert limit_headers(refused) == headers and "Retry-After" not in refused.headers
    remaining = next(name for name in headers if name.endswith("Remaining"))
    assert refused.headers[remaining] == "0"


def test_429_explained(anew):
    client = connected(anew, minute_limit=1, limit_answer="explained")
    ask(client)
    refused = ask(client)
    assert (refused.status_code, refused.text) == (429, "API rate limit exceeded")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert limit_headers(refused) == MINUTE


def test_a_refused_call_is_counted_by_no_limit(anew):
    client = connected(anew, minute_limit=1)
    for _ in range(3):
        ask(client)
    to_start_of(client.sandbox, 60)
    assert ask(client).headers["X-RateLimit-Remaining"] == "4998"


def test_a_minute_that_lasts_two_seconds(anew):
    client = connected(anew, minute_limit=1, minute_seconds=2)
    # Just after a change of second, so that both calls are in one of these minutes.
    to_start_of(client.sandbox, 2)
    first = ask(client)
    reset = int(first.headers["X-RateLimit-Minutely-Reset"])
    assert reset % 2000 == 0 and 0 < reset / 1000 - now(client.sandbox).timestamp() <= 2
    assert ask(client).status_code == 429
    end = time.monotonic() + 5
    while ask(client).status_code == 429:
        assert time.monotonic() < end, "the minute does not end"
        time.sleep(0.2)


def test_counts_outlive_a_restart(fresh):
    client = connected(fresh, day_limit=2)
    ask(client)
    client.sandbox.kill()
    client.sandbox.start()
    assert ask(client).headers["X-RateLimit-Remaining"] == "0"
