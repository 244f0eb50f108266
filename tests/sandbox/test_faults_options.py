"""Faults, clock, minute, profile and settings by options of the command line."""

import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from client import Client

from exact_sandbox.__main__ import main
from exact_sandbox.fault_kinds import KINDS, READY
from exact_sandbox.options import parse_arguments
from exact_sandbox.settings import DEFAULTS, LIMITS, profile

ROOT = Path(__file__).resolve().parents[2]
JOURNALS = "financial/Journals"


def said(arguments, capsys):
    """Run the command in this process; return its status and what it wrote."""
    try:
        status = main(arguments)
    except SystemExit as end:
        status = end.code
    return (status, *capsys.readouterr())


def run(*arguments):
    command = [sys.executable, "-m", "exact_sandbox", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, cwd=ROOT)


def test_help_has_every_option_and_kind_of_fault():
    text = run("--help").stdout
    for name in ("--fault", "--clock", "--minute-seconds", "--profile", "--sites", "--set"):
        assert name in text
    for name in LIMITS:
        assert f"--{name.replace('_', '-')}" in text
    for name in (*KINDS, *READY):
        assert re.search(rf"^  {name} +[A-Z\d].*\.$", text, re.MULTILINE), name


def test_faults_of_the_command_line(fresh):
    sandbox = fresh(
        fault=[
            "status:GET:Journals$:times=2,status=502,body=<p>a, b</p>,skip=1",
            "maintenance:POST:oauth2/token:times=always,seed=3,chance=0.5",
            "delay",
        ]
    )
    faults = sandbox.control("GET", "faults")["faults"]
    assert [(item["name"], item["method"], item["path"]) for item in faults] == [
        ("status", "GET", "Journals$"), ("maintenance", "POST", "oauth2/token"), ("delay", "", ""),
    ]  # fmt: skip
    assert (faults[0]["times"], faults[0]["body"], faults[0]["skip"]) == (2, "<p>a, b</p>", 1)
    assert (faults[1]["times"], faults[1]["seed"], faults[1]["chance"]) == (None, 3, 0.5)
    sandbox.control("DELETE", "faults")
    assert Client(sandbox).connect().get(JOURNALS, select="Code").status_code == 200


def test_fault_strikes_as_it_was_told(fresh):
    sandbox = fresh(fault="status:GET:Journals:times=2,status=502,skip=1")
    client = Client(sandbox).connect()
    answers = [client.get(JOURNALS, select="Code").status_code for _ in range(4)]
    assert answers == [200, 502, 502, 200]


@pytest.mark.parametrize(
    ("text", "seconds"), [("+31d", 31 * 86400), ("+90m", 5400), ("2h", 7200), ("+1.5", 1.5)]
)
def test_units_of_the_clock(text, seconds):
    assert parse_arguments(["--clock", text]).clock == seconds


def test_clock_is_put_ahead_and_never_back(fresh):
    sandbox = fresh(clock="+2h")
    assert sandbox.clock()["offset"] == 7200
    now = datetime.fromisoformat(sandbox.clock()["now"])
    ahead = now - datetime.now(timezone.utc)
    assert abs(ahead - timedelta(hours=2)) < timedelta(seconds=5)
    for text in ("+2h", "+1h"):
        sandbox.stop()
        sandbox.options["clock"] = text
        sandbox.start()
        assert sandbox.clock()["offset"] == 7200, "not further at each start, and not back"


def test_settings_of_the_command_line(fresh):
    sandbox = fresh(
        minute_seconds=2, profile="strict",
        set=["revoked_access_token=lives", "early_refresh_status=400", "day_limit=7"],
    )  # fmt: skip
    given = {"revoked_access_token": "lives", "early_refresh_status": 400, "day_limit": 7}
    limits = {"minute_seconds": 2, "minute_limit": 100_000, "error_limit": 100_000}
    assert sandbox.settings() == {**DEFAULTS, **profile("strict"), **limits, **given}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--port", "x"], "--port: a port is a number from 0 to 65535, not 'x'."),
        (["--port", "65536"], "--port: a port is a number from 0 to 65535, not '65536'."),
        (["--minute-limit", "0"], "--minute-limit: a limit is a whole number above 0, not '0'."),
        (["--minute-seconds", "1.5"], "a limit is a whole number above 0, not '1.5'."),
        (["--clock", "-1d"], "--clock: expected one argument."),
        (["--clock", "soon"], "the clock goes forward by e.g. +600, +90m, +2h or +31d"),
        (["--profile", "odd"], "--profile: invalid choice: 'odd'"),
        (["--site", "de"], "--site: invalid choice: 'de'"),
        (["--sites", "nl,de"], "sites are nl, be, uk, us, each once, not 'nl,de'."),
        (["--sites", "nl,nl"], "each once"),
        (["--sites", "nl,be:x"], "a port is a number"),
        (["--site", "nl", "--sites", "be"], "not allowed with argument"),
        (["--fault", "nothing"], "The kind of a fault is one of after, "),
        (["--fault", "delay:::seconds=x"], "--fault: seconds is a number, not 'x'."),
        (["--fault", "delay:::when=1"], "a fault takes times, skip,"),
        (["--fault", "delay:::5"], "each NAME=VALUE, not 5."),
        (["--fault", "delay:GET:("], "The path of a fault is a regular expression"),
        (["--fault", "status:::chance=2"], "chance of a fault is above 0 and at most 1."),
        (["--set", "x"], "--set: a setting is NAME=VALUE, not 'x'."),
        (["--set", "nothing=1"], "There is no setting 'nothing'."),
        (["--set", "token_type=odd"], "The setting 'token_type' is bearer or Bearer."),
        (["--nothing"], "unrecognized arguments: --nothing."),
    ],
    ids=str,
)  # fmt: skip
def test_a_bad_option_is_one_clear_sentence(arguments, sentence, capsys):
    status, out, err = said(arguments, capsys)
    assert (status, out) == (2, "")
    assert sentence in err and err.count("\n") == 1
    assert "usage" not in err and "Traceback" not in err


def test_the_command_says_it_too():
    result = run("--nothing")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.endswith("unrecognized arguments: --nothing.\n")
