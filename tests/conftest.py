"""A sandbox that is as new for each test, without a start for each."""

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from exact_sandbox.process import SandboxProcess  # noqa: E402


@pytest.fixture(scope="session")
def renew():
    """Return a sandbox as it was when it started, with settings that the caller names.

    For tests that move its clock, change its users or count its calls; one that stops it, or
    starts it with options, needs a process of its own. It is one process for the whole run, and
    each call of this begins anew: a module takes it once for all of its tests, or its tests by
    :func:`anew`, each for itself.
    """
    with SandboxProcess() as process:
        process.keep()

        def begin(**settings):
            process.go_back()
            # Of the many calls and refusals that tests ask for, none is to be the one too many.
            process.settings(**{"minute_limit": 100_000, "error_limit": 100_000, **settings})
            return process

        yield begin


@pytest.fixture
def anew(renew):
    """Return a sandbox as new, for one test."""
    return renew
