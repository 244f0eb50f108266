"""Several processes with one ledger: all of the limit is used, and it is never hit."""

import json
import math
import subprocess
import sys
import threading
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from ledger_users import FileLedger
from organisation import DIVISION, Organisation

from exact_online import LimitReached, Refused, eq
from exact_sandbox.process import SandboxProcess

USER = Path(__file__).with_name("ledger_users.py")
PROCESSES, MINUTE, LIMIT, SECONDS = 4, 3, 30, 10


def run_users(organisation, path, processes=PROCESSES, name="ID"):
    command = [sys.executable, str(USER), organisation.sandbox.url]
    command += [organisation.tokens.access_token, str(DIVISION), str(path), str(SECONDS), name]
    users = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    return [json.loads(user.communicate(timeout=60)[0]) for user in users]


def test_processes_share_a_minute(tmp_path):
    with SandboxProcess(minute_seconds=MINUTE, minute_limit=LIMIT) as sandbox:
        organisation = Organisation(sandbox).connect()
        sandbox.clear_calls()
        told = run_users(organisation, tmp_path / "ledger")
        calls = sandbox.calls()
    assert Counter(call["status"] for call in calls) == {200: len(calls)}, "no limit is ever hit"
    assert sum(user["made"] for user in told) == len(calls)
    assert all(user["made"] for user in told), "each gets its share"
    assert {tuple(cause) for user in told for cause in user["told"]} == {("minute", None)}
    begun = [datetime.fromisoformat(call["time"]).timestamp() for call in calls]
    minutes = Counter(math.floor(moment / MINUTE) for moment in begun)
    whole = range(min(minutes) + 1, max(minutes))
    used = sum(minutes[minute] for minute in whole)
    assert len(whole) >= 2 and max(minutes.values()) <= LIMIT
    assert used > 0.9 * LIMIT * len(whole), dict(minutes)


def test_processes_share_the_count_of_errors(tmp_path):
    """However many calls are on their way, Exact never counts the eleventh error."""
    with SandboxProcess() as sandbox:
        organisation = Organisation(sandbox).connect()
        for _call in range(20):
            sandbox.add_fault("delay", path="crm/Accounts", seconds=0.3)
        # One error, as when a right was lost: from then on the others are on their guard.
        ledger = FileLedger(tmp_path / "ledger")
        with organisation.client(ledger=ledger) as client, pytest.raises(Refused):
            client.first("crm/Accounts", select=["Nonsense"], where=eq("Code", "x"))
        told = run_users(organisation, tmp_path / "ledger", 12, "Nonsense")
        calls = [call for call in sandbox.calls() if call["division"] == DIVISION]
    assert Counter(call["status"] for call in calls) == {400: len(calls)}, "it is never blocked"
    assert 8 <= len(calls) <= 10, "and the errors that are allowed are made"
    assert sum(user["made"] for user in told) == len(calls) - 1
    assert {tuple(cause) for user in told for cause in user["told"]} == {("errors", None)}


def test_a_process_that_is_killed_leaks_nothing(tmp_path):
    """Its calls are taken out of the minute, and back with the next one."""
    path = tmp_path / "ledger"
    with SandboxProcess(minute_seconds=MINUTE, minute_limit=LIMIT) as sandbox:
        organisation = Organisation(sandbox).connect()
        for _reservation in range(10):
            FileLedger(path).reserve(DIVISION, "GET", "crm/Accounts")
        with organisation.client(ledger=FileLedger(path)) as client:
            client.has_right("crm/Accounts", "GET")
            assert client.budget.minute_remaining == LIMIT - 11
    assert FileLedger(path).budget(DIVISION).minute_limit == LIMIT


def test_threads_share_the_ledger_of_their_process(tmp_path):
    """100 reservations at once of the 60 there are."""
    ledger, refused = FileLedger(tmp_path / "ledger"), []

    def reserve():
        try:
            ledger.reserve(DIVISION, "GET", "crm/Accounts")
        except LimitReached as error:
            refused.append(error)

    threads = [threading.Thread(target=reserve) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 40
    with pytest.raises(LimitReached):
        FileLedger(tmp_path / "ledger").reserve(DIVISION, "GET", "crm/Accounts")
