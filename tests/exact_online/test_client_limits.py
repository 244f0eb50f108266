"""Limits as the client keeps to them: against a server that tells what a test wants (ch. 2)."""

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from scripted_server import error_reply, json_reply, listing, reply

from exact_online import Client, ExactError, Ledger, LimitReached, NoRight, Refused

ACCOUNTS = "crm/Accounts"
INVOICES = "salesinvoice/SalesInvoices"
BLOCK = "API rate limit exceeded"


def read(client, **options):
    return list(client.rows(ACCOUNTS, select=["ID"], **options))


def told(minute=None, day=None, seconds=30, date=True):
    """Headers that tell what is left, with resets so many seconds away (the day's in 5 hours)."""
    now = datetime.now(timezone.utc).replace(microsecond=0)
    headers = {"Date": format_datetime(now, usegmt=True)} if date else {}
    for prefix, limit, left, wait in (
        ("X-RateLimit-Minutely-", 60, minute, seconds),
        ("X-RateLimit-", 5000, day, 5 * 3600),
    ):
        if left is not None:
            reset = int((now + timedelta(seconds=wait)).timestamp() * 1000)
            headers.update({f"{prefix}Limit": limit, f"{prefix}Remaining": left})
            headers[f"{prefix}Reset"] = reset
    return headers


def waits(error):
    return (error.retry_at - datetime.now(timezone.utc)).total_seconds()


def test_the_budget_is_kept_per_administration(server, client):
    assert client.budget is None
    server.script(
        json_reply({"d": []}, headers=told(0, 4000)), listing({"UserID": 1}), listing(), listing()
    )
    read(client)
    assert (client.budget.minute_limit, client.budget.minute_remaining) == (60, 0)
    assert (client.budget.day_limit, client.budget.day_remaining) == (5000, 4000)
    with pytest.raises(LimitReached) as caught:
        read(client)
    error = caught.value
    assert (error.cause, error.status, error.took_effect) == ("minute", None, False)
    assert 28 < waits(error) < 32
    assert len(server.requests) == 1
    client.me()
    read(client, division=8)
    assert len(server.requests) == 3


def test_clients_share_a_ledger(server, tokens):
    ledger = Ledger("user-1")
    server.script(json_reply({"d": []}, headers=told(day=1)), listing(), listing())
    with (
        Client(server.url, tokens, 7, ledger=ledger) as one,
        Client(server.url, tokens, 7, ledger=ledger) as other,
    ):
        read(one)
        read(other)
        with pytest.raises(LimitReached) as caught:
            read(other)
        assert caught.value.cause == "day" and waits(caught.value) > 4 * 3600
        assert one.budget == other.budget and one.budget.day_remaining == 0
    assert len(server.requests) == 2


def test_a_limit_is_over_at_its_reset(server, client):
    server.script(json_reply({"d": []}, headers=told(0, seconds=-1)), listing({"ID": 1}))
    read(client)
    # The clocks of Exact's machines need not agree to the tick.
    with pytest.raises(LimitReached) as caught:
        read(client)
    assert waits(caught.value) <= 1


@pytest.mark.parametrize("date", [True, False], ids=["dated", "undated"])
@pytest.mark.parametrize(("cause", "longest"), [("minute", 60), ("day", 5 * 3600 + 1)])
def test_429(server, client, cause, longest, date):
    headers = told(**{cause: 0}, date=date)
    server.script(reply(429, headers=headers))
    with pytest.raises(LimitReached) as caught:
        read(client)
    assert (caught.value.cause, caught.value.status) == (cause, 429)
    assert longest / 3 < waits(caught.value) <= longest
    assert f"{caught.value.retry_at:%H:%M:%S}" in str(caught.value)
    with pytest.raises(LimitReached) as caught:
        read(client)
    assert (caught.value.cause, caught.value.status) == (cause, None)
    assert len(server.requests) == 1, "it is asked no second time"


def test_429_without_headers(server, client):
    server.script(reply(429))
    with pytest.raises(LimitReached) as caught:
        read(client)
    assert -1 < waits(caught.value) <= 60
    assert caught.value.retry_at.second == 0 and caught.value.cause == "minute"
    with pytest.raises(LimitReached):
        read(client)
    assert len(server.requests) == 1


def test_429_explained(server, client):
    headers = {**told(0), "Retry-After": "12"}
    server.script(error_reply(429, "The limit per minute is reached.", headers))
    with pytest.raises(LimitReached) as caught:
        read(client)
    assert caught.value.messages == ["The limit per minute is reached."]
    assert 28 < waits(caught.value) < 32, "the reset is documented, Retry-After is not"


def test_429_with_retry_after_alone(server, client):
    server.script(reply(429, headers={"Retry-After": "12"}))
    with pytest.raises(LimitReached) as caught:
        read(client)
    assert 11 < waits(caught.value) <= 12
    with pytest.raises(LimitReached) as caught:
        read(client)
    assert 11 < waits(caught.value) <= 13


def test_repeats_keep_to_the_budget(server, client):
    """The failed call was the last one of the minute: its repeat has to wait."""
    for status in (503, 401):
        server.script(reply(status, headers=told(0)))
        with pytest.raises(LimitReached):
            # Each administration has a budget of its own.
            read(client, division=status)
    assert len(server.requests) == 2


def test_a_budget_outlives_answers_that_do_not_tell_it(server, client):
    server.script(json_reply({"d": []}, headers=told(day=4000)), listing())
    read(client)
    read(client)
    assert (client.budget.day_limit, client.budget.day_remaining) == (5000, 3999)
    server.script(json_reply({"d": []}, headers=told(minute=50)))
    read(client)
    assert (client.budget.day_limit, client.budget.minute_limit) == (5000, 60)


def test_what_is_documented_is_assumed_until_it_is_told(server, client):
    server.script(*[listing()] * 61)
    with pytest.raises(LimitReached) as caught:
        for _call in range(121):
            read(client)
    assert caught.value.cause == "minute"
    assert len(server.requests) in (60, 61), "61 when a minute began in between"


# Errors: at most 10 per endpoint and hour, 8 for us


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_errors_stop_an_endpoint(server, status):
    server.script(*[error_reply(status, "no")] * 8, listing(), listing())
    with Client(server.url, lambda rejected=None: "AAEA", 7) as client:
        for _call in range(8):
            with pytest.raises(ExactError, match="no"):
                read(client)
        with pytest.raises(LimitReached) as caught:
            read(client)
        error = caught.value
        assert (error.cause, error.status, error.took_effect) == ("errors", None, False)
        assert 3590 < waits(error) <= 3600
        assert len(server.requests) == 8
        # Another endpoint, and another administration, have a counter of their own.
        list(client.rows("logistics/Items", select=["ID"]))
        read(client, division=8)
    assert len(server.requests) == 10


@pytest.mark.parametrize("status", [500, 404, 405])
def test_what_counts_as_an_error(server, client, status):
    server.script(*[error_reply(status, "no")] * 12)
    for _call in range(8):
        with pytest.raises(Refused):
            client.put(INVOICES, 1, {"Description": "x"})
    with pytest.raises(LimitReached if status == 404 else Refused):
        client.put(INVOICES, 2, {"Description": "x"})


@pytest.mark.parametrize("body", [error_reply, lambda status, text: reply(status, text)])
@pytest.mark.parametrize("status", [403, 429])
def test_exact_blocks(server, client, status, body):
    server.script(body(status, BLOCK), listing())
    with pytest.raises(LimitReached) as caught:
        client.post(INVOICES, {})
    assert (caught.value.cause, caught.value.status) == ("errors", status)
    assert caught.value.took_effect is False and 3590 < waits(caught.value) <= 3600
    with pytest.raises(LimitReached) as caught:
        client.first("SalesInvoice/SalesInvoices", select=["InvoiceID"], where=None)
    assert (caught.value.cause, caught.value.status) == ("errors", None)
    read(client)
    assert len(server.requests) == 2


def test_a_limit_of_calls_with_the_text_of_the_block(server, client):
    server.script(reply(429, BLOCK, headers={**told(0), "Retry-After": "30"}))
    with pytest.raises(LimitReached) as caught:
        read(client)
    assert caught.value.cause == "minute" and waits(caught.value) < 32


def test_a_block_that_tells_how_long(server, client):
    server.script(reply(429, BLOCK, headers={"Retry-After": "7200"}))
    for _call in range(2):
        with pytest.raises(LimitReached) as caught:
            read(client)
        assert caught.value.cause == "errors" and 7190 < waits(caught.value) <= 7200


def test_a_bare_429_after_our_errors_is_the_block():
    ledger = Ledger()
    for _error in range(8):
        ledger.record(7, "GET", ACCOUNTS, 404, {})
    ledger.reserve(7, "GET", INVOICES)
    ledger.record(7, "GET", INVOICES, 429, {})
    with pytest.raises(LimitReached) as caught:
        ledger.reserve(7, "GET", INVOICES)
    assert caught.value.cause == "errors"
    ledger.reserve(7, "GET", "logistics/Items")


def test_a_403_that_is_no_block(server, client):
    server.script(error_reply(403, "Forbidden"))
    with pytest.raises(NoRight):
        read(client)


def test_the_record_of_a_call_has_what_is_left(server, client, calls):
    server.script(json_reply({"d": []}, headers=told(33, 44)))
    read(client)
    (call,) = calls
    assert (call.budget.minute_remaining, call.budget.day_remaining) == (33, 44)
    assert call.budget == client.budget
