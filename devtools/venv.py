"""Virtual environments: the one of Odoo's Python packages and our tools, and others on demand."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from devtools import console, paths, processes, steps

LISTS = ("odoo.txt", "tools.txt")


def key(names: Sequence[str] = LISTS) -> str:
    """Return what an environment depends on: this Python and its lists of packages."""
    texts = [(paths.REQUIREMENTS / name).read_text() for name in names]
    return steps.digest(sys.version_info[:2], sys.base_prefix, texts)


def make(target: Path, names: Sequence[str] = LISTS, what: str = "Python packages") -> None:
    """Make a virtual environment in a folder, with the packages of these lists.

    :param what: what is installed, for the progress line and the sentence when it fails.
    :raise Problem: when this Python cannot, or the package index gives nothing.
    """
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
    lists = [part for name in names for part in ("-r", paths.REQUIREMENTS / name)]
    processes.run(
        [target / "bin" / "python", "-m", "pip", "install", "--prefer-binary", *lists],
        title=f"Installing {what}",
        log=processes.log_file("pip"),
        env=environment,
        watch=lambda: console.size(console.folder_size(target)),
    )
    # Half of the disk it took; the environment itself has everything.
    shutil.rmtree(paths.DEV / "cache" / "pip", ignore_errors=True)


def prepare() -> None:
    """Make the virtual environment unless it is there. Call with the set-up lock."""
    steps.build_in_place(paths.VENV, key(), make)


def site_packages() -> Path:
    """Return the folder with the environment's packages."""
    return next(paths.VENV.glob("lib/python3.*/site-packages"))
