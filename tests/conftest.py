"""A sandbox that is as new for each test, without a start for each."""

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from exact_sandbox.process import SandboxProcess  # noqa: E402


@pytest.fixture(scope="session")
def _renewed():
    with SandboxProcess() as process:
        process.keep()
        yield process


@pytest.fixture
def anew(_renewed):
    """Return the sandbox as it was when it started, with settings that the test names.

    For tests that move its clock, change its users or count its calls; one that stops it, or
    starts it with options, needs a process of its own. Calling it again begins anew once more.
    """

    def begin(**settings):
        _renewed.go_back()
        # Of the many calls and refusals that tests ask for, none is to be the one too many.
        _renewed.settings(**{"minute_limit": 100_000, "error_limit": 100_000, **settings})
        return _renewed

    return begin
