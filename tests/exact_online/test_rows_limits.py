"""Table 2 through the client, against the sandbox; both profiles."""

import time
from datetime import datetime, timedelta, timezone

import pytest
from organisation import ACCOUNTS, DIVISION, Organisation

from exact_online import ExactError, Ledger, LimitReached, Refused, eq

SECOND = 1204377
DOCUMENTS, ATTACHMENTS = "documents/Documents", "documents/DocumentAttachments"


@pytest.fixture(scope="module", params=["strict", "lenient"])
def organisation(request, renew):
    sandbox = renew(profile=request.param, minute_limit=60, error_limit=10)
    sandbox.profile = request.param
    return Organisation(sandbox)


@pytest.fixture(autouse=True)
def a_new_day(organisation):
    """Each test has limits of its own."""
    sandbox = organisation.sandbox
    now = datetime.fromisoformat(sandbox.clock()["now"])
    midnight = datetime(now.year, now.month, now.day, tzinfo=timezone.utc) + timedelta(days=1)
    sandbox.advance((midnight - now).total_seconds() + 3601)
    organisation.connect()
    yield
    sandbox.settings(minute_limit=60, day_limit=5000, contract_limit=20_000, minute_seconds=60)


def read(client, **options):
    where = eq("Code", "no such")
    return client.first(ACCOUNTS, select=["ID"], where=where, **options)


def run_out(client, most=100, **options):
    for number in range(most):
        try:
            read(client, **options)
        except LimitReached as error:
            return number, error
    raise AssertionError("no limit was reached")


def test_row_minutely(organisation):
    with organisation.client() as client:
        number, error = run_out(client)
        assert (number, error.cause, error.status) == (60, "minute", None)
    with organisation.client() as other, pytest.raises(LimitReached) as caught:
        read(other)
    assert (caught.value.cause, caught.value.status) == ("minute", 429)
    wait = caught.value.retry_at - datetime.now(timezone.utc)
    assert timedelta(0) < wait <= timedelta(seconds=61)


def test_row_minutely_is_per_administration(organisation):
    with organisation.client() as client:
        run_out(client)
        read(client, division=SECOND)
        client.me()


def test_row_daily(organisation):
    organisation.sandbox.settings(day_limit=7)
    with organisation.client() as client:
        number, error = run_out(client)
        assert (number, error.cause) == (7, "day")
        assert client.budget.day_remaining == 0
    with organisation.client() as other, pytest.raises(LimitReached) as caught:
        read(other)
    error = caught.value
    assert (error.cause, error.status) == ("day", 429)
    assert timedelta(0) < error.retry_at - datetime.now(timezone.utc) <= timedelta(days=1)
    with organisation.client() as other:
        assert other.me()["UserName"] == "anna"


def test_row_fair_use(organisation):
    """The contract's limit shows as that of the day, in an administration that has calls left."""
    organisation.sandbox.settings(day_limit=5, contract_limit=8)
    with organisation.client() as client:
        run_out(client)
        number, error = run_out(client, division=SECOND)
        assert (number, error.cause, error.status) == (3, "day", 429)


def test_row_premium_licence(organisation):
    """No limit for one app: it may use up what the contract has, wherever it likes."""
    organisation.sandbox.settings(day_limit=30_000, contract_limit=30_000)
    with organisation.client() as client:
        read(client)
        assert client.budget.day_limit == 30_000
        organisation.sandbox.settings(day_limit=9, contract_limit=9)
        number, error = run_out(client)
        assert (number, error.cause) == (8, "day")
    with organisation.client() as other, pytest.raises(LimitReached) as caught:
        read(other, division=SECOND)
    assert (caught.value.cause, caught.value.status) == ("day", 429)


def test_row_token(organisation):
    """One per 570 seconds; too early is no loss."""
    organisation.sandbox.advance(560)
    with pytest.raises(LimitReached) as caught:
        organisation.refresh()
    assert caught.value.cause == "tokens"
    organisation.sandbox.advance(10)
    before = organisation.tokens
    assert organisation.refresh().refresh_token != before.refresh_token


def test_row_errors(organisation):
    """The client stops at 8; Exact blocks the twelfth, that of a program that does not."""
    ledger = Ledger()
    with organisation.client(ledger=ledger) as client:
        for _error in range(8):
            with pytest.raises(Refused):
                list(client.pages(ACCOUNTS, select=["Nonsense"], where=eq("Code", "x")))
        with pytest.raises(LimitReached) as caught:
            read(client)
        assert (caught.value.cause, caught.value.status) == ("errors", None)
    organisation.sandbox.settings(minute_limit=1000)
    errors = []
    for _error in range(5):
        with organisation.client() as other, pytest.raises(ExactError) as caught:
            list(other.pages(ACCOUNTS, select=["Nonsense"], where=eq("Code", "x")))
        errors.append(caught.value)
    assert [type(error) for error in errors] == [Refused] * 3 + [LimitReached] * 2
    blocked = errors[-1]
    assert blocked.cause == "errors"
    assert blocked.status == {"strict": 403, "lenient": 429}[organisation.sandbox.profile]
    wait = blocked.retry_at - datetime.now(timezone.utc)
    assert timedelta(minutes=50) < wait <= timedelta(hours=1)
    organisation.sandbox.clear_errors()


def test_row_errors_with_a_bare_429(organisation):
    """The block as it is most often assumed: nothing but the status."""
    sandbox = organisation.sandbox
    sandbox.settings(blocked_status=429, limit_answer="bare")
    try:
        ledgers = [Ledger(), Ledger()]
        for ledger in ledgers:
            with organisation.client(ledger=ledger) as client:
                for _error in range(8):
                    with pytest.raises(ExactError):
                        list(client.pages(ACCOUNTS, select=["Nonsense"], where=eq("Code", "x")))
        with organisation.client(ledger=ledgers[0]) as client, pytest.raises(LimitReached) as found:
            read(client)
        assert found.value.cause == "errors"
    finally:
        sandbox.settings(profile=sandbox.profile)
        sandbox.clear_errors()


def test_row_request_size(organisation):
    with organisation.client() as client:
        made = client.post(DOCUMENTS, {"Subject": "x", "Type": 55})
        body = {"Document": made["ID"], "FileName": "x.pdf", "Attachment": "QUJD" * 3_500_000}
        with pytest.raises(Refused) as caught:
            client.post(ATTACHMENTS, body)
        assert caught.value.status == 413
        assert client.post(ATTACHMENTS, {**body, "Attachment": "QUJD"})["FileName"] == "x.pdf"


def test_several_clients_with_one_ledger_are_never_refused(organisation):
    organisation.sandbox.settings(minute_limit=30)
    organisation.sandbox.clear_calls()
    ledger = Ledger()
    with (
        organisation.client(ledger=ledger) as one,
        organisation.client(ledger=ledger) as other,
        pytest.raises(LimitReached),
    ):
        while True:
            read(one)
            read(other)
    end = time.monotonic() + 5
    while len(calls := organisation.sandbox.calls()) < 30 and time.monotonic() < end:
        time.sleep(0.01)
    assert [call["status"] for call in calls if call["division"] == DIVISION] == [200] * 30
