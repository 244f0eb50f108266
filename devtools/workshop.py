"""The set-up as a whole: what a command needs is made on the way in and let go on the way out."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from devtools import databases, paths, postgres, processes, source, steps, venv
from devtools.databases import ALONE, Surroundings, Template
from devtools.postgres import Server
from devtools.source import Source

# Odoo unpacked 1.3 GB, packages 0.6 GB, databases 0.5 GB, and the archive while it is unpacked.
SPACE_NEEDED = 3_000_000_000
SPACE_LATER = 500_000_000
LOCK = paths.DEV / "setup.lock"


@dataclass(frozen=True)
class Workshop:
    """Odoo's code and a PostgreSQL server that runs."""

    source: Source
    server: Server

    def base_template(self, beside: Surroundings = ALONE) -> Template:
        """Return the template database with Odoo's demo data, without our add-on."""
        with steps.exclusive(LOCK, "setting up"):
            return databases.base_template(self.source, self.server, beside)

    def addon_template(self, beside: Surroundings = ALONE) -> Template:
        """Return the template database in which our add-on is installed too."""
        with steps.exclusive(LOCK, "setting up"):
            return databases.addon_template(self.source, self.server, beside)

    def browser_template(self, beside: Surroundings = ALONE) -> Template:
        """Return the template in which the first page need not wait for scripts and styles."""
        with steps.exclusive(LOCK, "setting up"):
            return databases.browser_template(self.source, self.server, beside)

    def best_template(self) -> Template:
        """Return the template with our add-on, or without while there is none to install."""
        if (paths.ROOT / databases.ADDON / "__manifest__.py").exists():
            return self.addon_template()
        return self.base_template()


def prepare_packages() -> None:
    """Make the folders and the virtual environment."""
    steps.check_owner(paths.DEV, os.geteuid())
    paths.make_folders()
    complete = paths.ODOO.exists() or bool(os.environ.get("ODOO_PATH"))
    steps.check_space(paths.DEV, SPACE_LATER if complete else SPACE_NEEDED)
    with steps.exclusive(LOCK, "setting up"):
        processes.end_orphans()
        venv.prepare()


def enter_environment(script: Path) -> None:
    """Go on in the virtual environment, made first; returns when that is where we are.

    :param script: what is run there, with this process's own arguments.
    """
    if Path(sys.prefix).resolve() == paths.VENV.resolve():
        return
    prepare_packages()
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(paths.DEV / "pycache")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    os.execve(paths.PYTHON, [str(paths.PYTHON), str(script), *sys.argv[1:]], environment)


@contextlib.contextmanager
def workshop() -> Iterator[Workshop]:
    """Have everything that runs Odoo: packages, its code, and PostgreSQL for a while."""
    prepare_packages()
    with steps.exclusive(LOCK, "setting up"):
        code = source.prepare()
    with postgres.server() as server:
        yield Workshop(code, server)
