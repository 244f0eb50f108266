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

USER = Path(__file__).with_name("ledger_users.py")
PROCESSES, MINUTE, LIMIT, SECONDS = 4, 3, 30, 10


def run_users(organisation, path, name="ID", threads=1, seconds=SECONDS):
    command = [sys.executable, str(USER), organisation.sandbox.url]
    command += [organisation.tokens.access_token, str(DIVISION), str(path), str(seconds), name]
    command.append(str(threads))
    users = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)]
    return [
        json.loads(line) for user in users for line in user.communicate(timeout=60)[0].splitlines()
    ]


def test_processes_share_a_minute(tmp_path, anew):
    sandbox = anew(minute_seconds=MINUTE, minute_limit=LIMIT)
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
    # A call on its way when a minute ends may be counted in both.
    assert used >= (LIMIT - PROCESSES) * len(whole), dict(minutes)


@pytest.mark.parametrize("known", [False, True], ids=["first calls", "one was refused"])
def test_processes_share_the_count_of_errors(tmp_path, anew, known):
    """16 at once, each refused: Exact never counts the eleventh error, not of first calls either.

    Answers are late, so that all would be on their way before the first of them is known.
    """
    sandbox = anew(error_limit=10)
    organisation = Organisation(sandbox).connect()
    sandbox.add_fault("delay", path="crm/Accounts", seconds=0.5, times=None)
    if known:
        ledger = FileLedger(tmp_path / "ledger")
        with organisation.client(ledger=ledger) as client, pytest.raises(Refused):
            client.first("crm/Accounts", select=["Nonsense"], where=eq("Code", "x"))
    told = run_users(organisation, tmp_path / "ledger", "Nonsense", threads=4, seconds=3)
    calls = [call for call in sandbox.calls() if call["division"] == DIVISION]
    assert len(told) == 16
    assert Counter(call["status"] for call in calls) == {400: len(calls)}, "it is never blocked"
    assert 8 <= len(calls) <= 10, "and the errors that are allowed are made"
    assert sandbox.error_counts()["blocks"] == []
    assert sum(user["made"] for user in told) == len(calls) - known
    causes = {tuple(cause) for user in told for cause in user["told"]}
    assert ("errors", None) in causes and causes <= {("errors", None), ("underway", None)}


def test_a_process_that_is_killed_leaks_nothing(tmp_path, anew):
    """Its calls are taken out of the minute, and back with the next one."""
    path = tmp_path / "ledger"
    organisation = Organisation(anew(minute_seconds=MINUTE, minute_limit=LIMIT)).connect()
    for _reservation in range(10):
        FileLedger(path).reserve(DIVISION, "GET", "crm/Accounts")
    with organisation.client(ledger=FileLedger(path)) as client:
        client.has_right("crm/Accounts", "GET")
        assert client.budget.minute_remaining == LIMIT - 11
    assert FileLedger(path).budget(DIVISION).minute_limit == LIMIT


def test_threads_share_the_ledger_of_their_process(tmp_path):
    """100 reservations at once of the 60 there are; of one endpoint only 10 may be."""
    ledger, refused = FileLedger(tmp_path / "ledger"), []

    def reserve(number):
        try:
            ledger.reserve(DIVISION, "GET", f"crm/Accounts{number // 10}")
        except LimitReached as error:
            refused.append(error)

    threads = [threading.Thread(target=reserve, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 40
    with pytest.raises(LimitReached):
        FileLedger(tmp_path / "ledger").reserve(DIVISION, "GET", "crm/Accounts")
