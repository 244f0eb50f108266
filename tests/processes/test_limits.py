"""One budget for all processes: together they stop before Exact has to (promise 6)."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from devtools import odoo, paths

SCRIPT = Path(__file__).with_name("limit_users.py")
PROCESSES = 8


def _run_users(office):
    """Let the processes of limit_users.py work; return what became of their calls."""
    administration = office.admin.read(
        "keeping.exact.administration", office.administration, "connection_id"
    )
    config = odoo.write_config("limit-users", office.shop.source, office.shop.server, office.name)
    command = [paths.PYTHON, SCRIPT, office.name, administration["connection_id"][0], office.code]
    try:
        done = subprocess.run(
            [str(part) for part in command],
            env=odoo.environment(office.shop.source, config, **office.odoo.environment),
            cwd=paths.DEV,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    finally:
        os.unlink(config)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


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
