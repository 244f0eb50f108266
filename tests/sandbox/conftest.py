"""One sandbox for all tests of the sandbox, each over a real socket."""

import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import configuration

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

from client import Client  # noqa: E402

from exact_sandbox.process import SandboxProcess  # noqa: E402

# Examples are not kept between runs; the checkout stays clean.
configuration.set_hypothesis_home_dir(tempfile.mkdtemp(prefix="hypothesis-"))


# Of the many refusals that tests ask for, none is to be the one too many.
NO_LIMITS = {
    "minute_limit": 100_000,
    "day_limit": 1_000_000,
    "error_limit": 100_000,
}


@pytest.fixture(scope="session")
def sandbox():
    """The sandbox that tests share; limits are out of the way."""
    with SandboxProcess(**NO_LIMITS) as process:
        yield process


@pytest.fixture(autouse=True)
def _no_faults_left(request):
    yield
    if "sandbox" in request.fixturenames:
        request.getfixturevalue("sandbox").clear_faults()


@pytest.fixture(scope="session")
def anna(sandbox):
    """A client for a user with all rights, Dutch."""
    return Client(sandbox).connect()


@pytest.fixture(scope="session")
def sem(sandbox):
    """A client for the user with the six rights, English."""
    return Client(sandbox, "sem").connect()


@pytest.fixture
def choose(sandbox):
    """Change settings for the length of a test."""
    before = sandbox.settings()
    changed = set()

    def change(**values):
        changed.update(values)
        sandbox.settings(**values)

    yield change
    sandbox.settings(**{name: before[name] for name in changed})


@pytest.fixture
def fresh(tmp_path):
    """A sandbox of its own with a state file, for tests that stop, kill or advance it."""
    processes = []

    def start(**options):
        options = {"minute_limit": 100_000, "error_limit": 100_000, **options}
        process = SandboxProcess(tmp_path / f"state{len(processes)}.sqlite", **options)
        processes.append(process)
        return process.start()

    yield start
    for process in processes:
        process.stop()
