"""One refresh at a time, whoever asks (promise 4)."""

import os
import random
from collections import Counter
from pathlib import Path

import pytest

TOKEN = "/api/oauth2/token"
API = "/api/v1/"
# ``./dev soak`` chooses the long form.
SOAK = os.environ.get("KEEPING_SOAK") == "1"
ROUNDS = 100 if SOAK else 20
LOST = 40 if SOAK else 8


def _run_users(office, connection_id):
    """Let the processes of token_users.py work; return what became of their calls."""
    # Its own jobs would hold a token for as long as a run lasts, by a clock that is not moved.
    office.odoo.stop()
    try:
        seen = office.run_users(
            Path(__file__).with_name("token_users.py"),
            connection_id,
            office.code,
            office.sandbox.control_url,
            ROUNDS,
            # Three minutes were seen on a machine with much else to do.
            seconds=600,
        )
    finally:
        office.odoo.start()
    return Counter(seen)


@pytest.mark.soak
@pytest.mark.parametrize("profile", ["strict"], indirect=True)
def test_eight_processes_renew_a_token_once_each_time_it_runs_out(office):
    """8 processes, 100 tokens (20 in the short form), each late, and answers lost elsewhere."""
    chance = random.Random(20261123)
    sandbox = office.sandbox
    administration = office.admin.read(
        "keeping.exact.administration", office.administration, "connection_id"
    )
    connection_id = administration["connection_id"][0]
    before = sandbox.settings()
    sandbox.settings(minute_limit=1_000_000, day_limit=1_000_000)
    for _token in range(ROUNDS + 1):
        sandbox.add_fault("delay", "POST", TOKEN, seconds=chance.uniform(0, 0.2))
    accounts = ("GET", "crm/Accounts")
    for number in range(LOST):
        sandbox.add_fault("delay", *accounts, seconds=chance.uniform(0, 0.2), skip=17 * number)
        sandbox.add_fault("lose_answer", *accounts, skip=19 * number)
    sandbox.clear_calls()
    try:
        seen = _run_users(office, connection_id)
        log = sandbox.calls()
    finally:
        sandbox.clear_faults()
        sandbox.settings(minute_limit=before["minute_limit"], day_limit=before["day_limit"])
    refreshes = Counter(call["status"] for call in log if call["path"] == TOKEN)
    assert refreshes == {200: ROUNDS + 1}, "one for each, and one before the first"
    answers = Counter(call["status"] for call in log if call["path"].startswith(API))
    assert set(answers) == {200} and answers[200] >= 8 * ROUNDS, answers
    assert seen.pop("ok") >= 8 * ROUNDS
    # A reading call is asked for again, twice: seldom all three answers are among the lost ones.
    assert all(outcome.startswith("Unreachable: Exact Online: no answer") for outcome in seen), seen
    lost = Counter(call["fault"] for call in log)["lose_answer"]
    assert lost == LOST and 3 * seen.total() <= LOST, (lost, seen)
    office.admin = office.log_in("admin")
    connection = office.admin.read("keeping.exact.connection", connection_id, "state")
    assert connection["state"] == "connected"
