import subprocess
import sys
import time

import pytest

from devtools import paths, processes
from devtools.console import Problem

# Starts a program that starts another, which does not die with its parent by itself.
CHAIN = """
import subprocess, sys
from devtools import processes
child = "import subprocess, sys, time; "
child += "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
child += "print(p.pid, flush=True); time.sleep(60)"
started = subprocess.Popen(
    [sys.executable, "-c", child], env={**processes.mark()},
    stdout=subprocess.PIPE, text=True, preexec_fn=processes.die_with_parent,
)
print(started.pid, started.stdout.readline(), flush=True)
sys.stdin.readline()
"""
PROVIDED = {"PATH": "/usr/bin:/bin"}


def run(tmp_path, script, **options):
    log = tmp_path / "log"
    args = ["/bin/sh", "-c", script]
    processes.run(args, title="Trying it", log=log, env=PROVIDED, **options)
    return log.read_text()


def test_output_and_input_go_where_they_belong(tmp_path, capsys):
    assert run(tmp_path, "cat; echo error >&2", stdin="typed\n") == "typed\nerror\n"
    said = capsys.readouterr()
    assert said.out == ""
    assert "Trying it: 0 s, done" in said.err


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'E: Could not resolve host'; exit 100", "the network does not give it"),
        ("echo 'No space left on device'; exit 1", "the disk is full"),
        ("echo first; echo 'the last words'; echo; exit 1", "it said: the last words"),
        ("exit 1", "it said: no reason"),
    ],
)
def test_a_failure_is_one_sentence_with_the_log(tmp_path, script, words):
    with pytest.raises(Problem) as caught:
        run(tmp_path, script)
    assert str(caught.value).startswith("Trying it failed, ")
    assert words in str(caught.value)
    assert str(tmp_path / "log") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_program_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Problem, match="needs the program /nothing/here"):
        args = ["/nothing/here"]
        processes.run(args, title="Trying it", log=tmp_path / "log", env=PROVIDED)


def test_what_a_killed_dev_started_dies_with_it_or_at_the_next_one(python):
    owner = python(CHAIN)
    child, grandchild = map(int, owner.stdout.readline().split())
    processes.end_orphans()
    assert processes.alive(child) and processes.alive(grandchild)
    owner.kill()
    owner.wait()
    assert processes.wait_until(lambda: not processes.alive(child), 10)
    # It would live on, if no other ./dev of this checkout came first.
    processes.end_orphans()
    assert processes.wait_until(lambda: not processes.alive(grandchild), 10)


def test_stop_ends_also_what_does_not_listen():
    script = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    script += "\ntime.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    process.stdout.readline()
    started = time.monotonic()
    processes.stop(process, seconds=0.5)
    assert process.returncode == -9
    assert time.monotonic() - started < 10


def test_a_dead_process_that_nobody_collected_is_not_alive():
    process = subprocess.Popen(["true"])
    assert processes.wait_until(lambda: not processes.alive(process.pid), 10)
    process.wait()


def test_children_keep_what_they_keep_in_the_checkout(monkeypatch):
    monkeypatch.setenv("ODOO_RC", "/somewhere/odoo.conf")
    monkeypatch.setenv("KEEPING_EXACT_SITE_URL_NL", "http://example.invalid")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    # As many images have it; what is compiled is kept, in the checkout.
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    environment = paths.child_environment(EXTRA="1")
    assert "ODOO_RC" not in environment
    assert "KEEPING_EXACT_SITE_URL_NL" not in environment
    assert environment["HTTPS_PROXY"] == "http://proxy.invalid:3128"
    assert environment["EXTRA"] == "1"
    assert "PYTHONDONTWRITEBYTECODE" not in environment
    for name in ("HOME", "XDG_CACHE_HOME", "PIP_CACHE_DIR", "PYTHONPYCACHEPREFIX"):
        assert environment[name].startswith(str(paths.DEV)), name
