import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from devtools import paths


@pytest.fixture
def plain_environment():
    """Return this environment without the caller's own Odoo and PostgreSQL."""
    return {
        name: value
        for name, value in os.environ.items()
        if name != "ODOO_PATH" and not name.startswith("PG")
    }


@pytest.fixture
def python(plain_environment):
    """Start Python code in a process of its own, with a checkout's devtools importable."""
    started = []

    def start(code, *args, checkout=paths.ROOT):
        process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, args)],
            cwd=checkout,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**plain_environment, "PYTHONPATH": str(checkout)},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def checkout():
    """Return another checkout, with nothing set up but the packages, which it borrows."""
    top = Path(tempfile.mkdtemp(prefix="checkout-", dir=paths.DEV / "tmp"))
    # As a checkout usually is; pytest's own folders are closed to everyone else.
    top.chmod(0o755)
    for name in ("devtools", "dev", "pyproject.toml"):
        source = paths.ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, top / name)
    (top / ".dev").mkdir()
    (top / ".dev" / "venv").symlink_to(paths.VENV)
    yield top
    with contextlib.suppress(OSError):
        shutil.rmtree(top)
