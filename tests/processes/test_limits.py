"""One budget for all processes: together they stop before Exact has to (promise 6)."""

from collections import Counter
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("limit_users.py")
PROCESSES = 8


def _run_users(office):
    """Let the processes of limit_users.py work; return what became of their calls."""
    administration = office.admin.read(
        "keeping.exact.administration", office.administration, "connection_id"
    )
    return office.run_users(SCRIPT, administration["connection_id"][0], office.code)


@pytest.fixture(autouse=True)
def forgotten(database):
    """What was counted is no concern of the tests that follow within the same minute."""
    yield
    with database() as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM keeping_exact_limit")


@pytest.mark.parametrize("profile", ["strict"], indirect=True)
def test_eight_processes_share_the_minute_of_an_administration(office):
    office.sandbox.clear_calls()
    seen = _run_users(office)
    answers = Counter(
        call["status"] for call in office.sandbox.calls() if "crm/Accounts" in call["path"]
    )
    assert answers[429] == 0, "Exact had to say no"
    assert set(answers) <= {200}
    # Each of them was stopped by the count here: nothing was sent, so there is no status.
    assert seen.pop("LimitReached minute None") == PROCESSES, seen
    assert seen.pop("ok") == answers[200] > 0
    assert not seen
