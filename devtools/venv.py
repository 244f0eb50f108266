"""The virtual environment: Odoo's Python packages and our tools."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

from devtools import console, paths, processes, steps

LISTS = ("odoo.txt", "tools.txt")


def key() -> str:
    """Return what the environment depends on: this Python and the lists of packages."""
    texts = [(paths.REQUIREMENTS / name).read_text() for name in LISTS]
    return steps.digest(sys.version_info[:2], sys.base_prefix, texts)


def _make(target: Path) -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise console.Problem(
            "this Python lacks the modules venv and ensurepip: install them (on Debian and Ubuntu"
            f" the package python{sys.version_info[0]}.{sys.version_info[1]}-venv)."
        )
    environment = paths.installer_environment()
    processes.run(
        [sys.executable, "-m", "venv", target],
        title="Making a virtual environment",
        log=processes.log_file("venv"),
        env=environment,
    )
    lists = [part for name in LISTS for part in ("-r", paths.REQUIREMENTS / name)]
    processes.run(
        [target / "bin" / "python", "-m", "pip", "install", "--prefer-binary", *lists],
        title="Installing Python packages",
        log=processes.log_file("pip"),
        env=environment,
        watch=lambda: console.size(console.folder_size(target)),
    )
    # Half of the disk it took; the environment itself has everything.
    shutil.rmtree(paths.DEV / "cache" / "pip", ignore_errors=True)


def prepare() -> None:
    """Make the virtual environment unless it is there. Call with the set-up lock."""
    steps.build_in_place(paths.VENV, key(), _make)


def site_packages() -> Path:
    """Return the folder with the environment's packages."""
    return next(paths.VENV.glob("lib/python3.*/site-packages"))
