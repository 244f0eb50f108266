import json
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

import pytest

from devtools import paths, processes

USE = """
import sys
from devtools import cluster, console, postgres
try:
    with postgres.server() as server:
        print(cluster.server_pid(), server.port, *server.sql("SELECT 6 * 7"), flush=True)
        sys.stdin.readline()
except console.Problem as problem:
    print(problem, flush=True)
"""


@pytest.fixture
def use(checkout, python):
    """Start a process that uses the checkout's server; return it with the server's process id."""
    servers = set()

    def start():
        process = python(USE, checkout=checkout)
        pid, _port, answer = process.stdout.readline().split()
        assert answer == "42"
        servers.add(int(pid))
        return process, int(pid)

    yield start
    for pid in servers:
        if processes.alive(pid) and "postgres" in Path(f"/proc/{pid}/cmdline").read_text():
            os.kill(pid, signal.SIGQUIT)
            processes.wait_until(lambda pid=pid: not processes.alive(pid), 10)


def test_the_last_one_stops_the_server(use):
    first, pid = use()
    second, same = use()
    assert pid == same
    first.communicate("\n")
    assert processes.alive(pid)
    second.communicate("\n")
    assert not processes.alive(pid)


def test_a_killed_user_leaves_a_server_that_the_next_one_takes_over(use):
    first, pid = use()
    first.kill()
    first.wait()
    assert processes.alive(pid)
    second, same = use()
    assert same == pid
    second.communicate("\n")
    assert not processes.alive(pid)


def test_a_killed_server_is_started_again(use):
    first, pid = use()
    os.kill(pid, signal.SIGKILL)
    assert processes.wait_until(lambda: not processes.alive(pid), 10)
    second, other = use()
    assert other != pid
    first.communicate("\n")
    second.communicate("\n")


def test_a_stale_note_with_the_id_of_somebody_else_does_not_count(use, checkout):
    first, _pid = use()
    first.communicate("\n")
    note = checkout / ".dev/postgres/cluster/data/postmaster.pid"
    # A process of the same user that is no PostgreSQL.
    note.write_text(f"{os.getpid()}\n{note.parent}\n{int(time.time())}\n5432\n\n127.0.0.1\n")
    second, _other = use()
    second.communicate("\n")


def test_without_its_password_the_server_is_made_anew(use, checkout):
    first, _pid = use()
    first.communicate("\n")
    facts = checkout / ".dev/postgres/server.json"
    assert json.loads(facts.read_text())["password"]
    assert facts.stat().st_mode & 0o077 == 0
    facts.unlink()
    second, _other = use()
    second.communicate("\n")


def test_where_nobody_may_not_enter_it_runs_or_says_what_to_do(checkout, python):
    closed = Path(tempfile.mkdtemp(prefix="closed-", dir=paths.DEV / "tmp"))
    moved = checkout.rename(closed / "checkout")
    process = python(USE, checkout=moved)
    said = process.communicate("\n", timeout=60)[0]
    works = said.split()[-1:] == ["42"]
    assert works or "move the checkout" in said
    shutil.rmtree(closed)
