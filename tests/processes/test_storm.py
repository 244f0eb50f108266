"""Many invoices while everything dies: each hour on one invoice, none there twice (promise 3)."""

import contextlib
import os
import random
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
import requests
from storm import LOOK_UP_MINUTES, MINUTE_SECONDS, Storm, make_exact_unreliable

from devtools import cluster
from devtools.rpc import OdooRefused
from exact_sandbox import settings

SOAK = os.environ.get("KEEPING_SOAK") == "1"
# Set it to have the same storm again, as far as processes of their own allow.
SEED = int(os.environ.get("KEEPING_SEED") or (random.randrange(2**32) if SOAK else 20261127))
INVOICES = 200 if SOAK else 12
USERS = 8 if SOAK else 4
STORM_SECONDS = 150 if SOAK else 15
SETTLE_SECONDS = 900 if SOAK else 120
REFUSALS = 5 if SOAK else 2
HOURS = (1, 2.25)
# What a person sees when the server dies under a click; they click again.
NOT_ANSWERED = (requests.RequestException,)
TAKEN = r"no hours to invoice|(?<!cursor )(?<!connection )already"

pytestmark = [pytest.mark.soak]


@pytest.fixture(scope="module", params=settings.PROFILES if SOAK else ["lenient"])
def profile_of_storm(request):
    return request.param


@pytest.fixture(scope="module")
def office(open_office, profile_of_storm):
    """An office of its own, with two workers and two threads for jobs, as in production."""
    with open_office(workers=2, cron_threads=2) as opened:
        if SOAK:
            _have_commits_last(opened)
        opened.sandbox.settings(profile=profile_of_storm)
        opened.admin.call(
            "ir.config_parameter",
            "set_param",
            "keeping_exact_connector.look_up_minutes",
            LOOK_UP_MINUTES,
        )
        yield opened


def _have_commits_last(office):
    """Have the database outlast a crash of PostgreSQL, as in production; tests are set to be quick.

    And as one that was not made a minute ago: from a template it has sequences whose next numbers
    no crash remembers before the first checkpoint.
    """
    office.odoo.stop()
    office.shop.server.sql(f'ALTER DATABASE "{office.name}" SET synchronous_commit TO on')
    owner = {"user": cluster.OWNER, "password": cluster.facts()["password"]}
    with contextlib.closing(psycopg2.connect(**{**office.dsn, **owner})) as connection:
        connection.autocommit = True
        connection.cursor().execute("CHECKPOINT")
    office.odoo.start()
    office.admin = office.log_in("admin")


@pytest.fixture(autouse=True)
def profile():
    """Instead of conftest's: a profile lasts for the whole storm."""


def _make_billers(office):
    group = office.admin.find(
        "ir.model.data",
        [("module", "=", "keeping_exact_connector"), ("name", "=", "group_invoicing")],
        "res_id",
    )[0]["res_id"]
    names = [f"biller{number}" for number in range(USERS)]
    users = office.admin.call(
        "res.users",
        "create",
        [{"name": name, "login": name, "password": name} for name in names],
    )
    office.admin.call("res.users", "write", users, {"group_ids": [(4, group)]})
    return names


def _bill(office, login, customers):
    """Press Create for these customers until the server has answered; return what it said."""
    for _click in range(200):
        try:
            client = office.log_in(login)
            wizard = office.make_wizard(
                client, customers[0], partner_ids=[(6, 0, customers)], group_by="entry"
            )
            client.call("keeping.exact.invoice.create", "action_create", [wizard])
            return "made"
        except OdooRefused as error:
            # Else it is what a person reads when the database goes away under a click.
            if re.search(TAKEN, str(error)):
                return str(error)
        except NOT_ANSWERED:
            pass
        time.sleep(1)
    raise AssertionError(f"{login} got no answer")


def _press_at_once(office, billers, customers):
    """Each customer's hours are wanted by two people."""
    half = len(billers) // 2
    share = -(-len(customers) // half)
    parts = [customers[start : start + share] for start in range(0, len(customers), share)]
    wanted = [
        (login, parts[number % half][:: 1 if number < half else -1])
        for number, login in enumerate(billers)
    ]
    with ThreadPoolExecutor(len(wanted)) as pool:
        return list(pool.map(lambda pair: _bill(office, *pair), wanted))


def _states(storm):
    return Counter(dict(storm.sql("SELECT state, count(*) FROM keeping_exact_invoice GROUP BY 1")))


def _settle(storm):
    """Wait until nothing is on its way; minutes of waiting pass in seconds."""
    end = time.monotonic() + SETTLE_SECONDS
    while True:
        states = _states(storm)
        if not states.keys() & {"queued", "sending", "uncertain"}:
            return states
        waits = storm.sql(
            "SELECT name, state, error_code, retry_at FROM keeping_exact_invoice"
            " WHERE state IN ('queued', 'sending', 'uncertain') LIMIT 3"
        )
        assert time.monotonic() < end, (SEED, states, waits)
        storm.watch_over_odoo()
        storm.pass_time(60)
        time.sleep(1)


def _find_texts(office):
    """Return how often each text is on a line in Exact, and each customer's name on a card."""
    lines = office.sandbox.rows(office.code, "salesinvoice/SalesInvoiceLines")
    cards = office.sandbox.rows(office.code, "crm/Accounts")
    texts = Counter(line["Description"] for line in lines)
    return texts, Counter(card["Name"] for card in cards)


def test_each_hour_is_billed_once_whatever_dies(office, profile_of_storm):
    print(f"seed {SEED}, profile {profile_of_storm}")
    chance = random.Random(SEED)
    storm = Storm(office, chance, whole_server=SOAK)
    billers = _make_billers(office)
    customers = [office.make_hours(f"Storm {n}", *HOURS)[0] for n in range(INVOICES)]
    storm.sql(
        "UPDATE account_analytic_line SET name = name || ' #' || id || ';' WHERE name LIKE 'Work%%'"
    )
    office.sandbox.settings(minute_limit=60, minute_seconds=MINUTE_SECONDS)
    office.sandbox.clear_calls()
    make_exact_unreliable(office.sandbox, chance, REFUSALS)

    with ThreadPoolExecutor(1) as pool:
        pressing = pool.submit(_press_at_once, office, billers, customers)
        # Not in a thread: what it starts again ends with the thread that did so.
        storm.blow(STORM_SECONDS)
        answers = pressing.result()
    print(Counter(answers), Counter(storm.done))
    states = _settle(storm)
    refused = states["failed"]
    assert refused <= REFUSALS, (SEED, states)
    office.sandbox.clear_faults()
    office.admin = office.log_in("admin")
    if refused:
        # What Exact refused for good is for a person, who tries it again.
        failed = office.admin.find("keeping.exact.invoice", [("state", "=", "failed")], "id")
        ids = [row["id"] for row in failed]
        office.admin.call("keeping.exact.invoice", "action_retry", ids)
        states = _settle(storm)
    print(states)
    _check(office, storm, customers, states)


def _check(office, storm, customers, states):
    live = Counter(
        dict(
            storm.sql(
                "SELECT ts.name, count(*) FROM account_analytic_line ts"
                " JOIN keeping_exact_hour hour ON hour.timesheet_id = ts.id AND hour.live"
                " WHERE ts.name LIKE 'Work%%' GROUP BY ts.name"
            )
        )
    )
    rows = storm.sql("SELECT name FROM account_analytic_line WHERE name LIKE 'Work%%'")
    hours = [name for (name,) in rows]
    assert len(hours) == len(HOURS) * INVOICES
    assert set(states) <= {"open", "cancelled", "draft"}, (SEED, states)
    texts, cards = _find_texts(office)
    for name in hours:
        on_lines = sum(count for text, count in texts.items() if text and name in text)
        assert (live[name], on_lines) == (1, 1), (SEED, name, live[name], on_lines)
    names = [row["name"] for row in office.admin.call("res.partner", "read", customers, ["name"])]
    assert {cards[name] for name in names} == {1}, (SEED, cards)
    assert states["open"] == INVOICES
    answers = Counter(call["status"] for call in office.sandbox.calls())
    assert not answers[429], (SEED, answers)
    [state] = storm.sql("SELECT DISTINCT state FROM keeping_exact_connection")
    assert state == ("connected",), SEED
