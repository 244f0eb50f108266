"""Running Odoo: its settings, its environment, its command line."""

from __future__ import annotations

import json
import re
import secrets
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from devtools import console, paths, ports, processes, steps
from devtools.postgres import Server
from devtools.source import Source

PROGRAM = paths.ROOT / "devtools" / "programs" / "odoo_server.py"
LOADING = re.compile(r"Loading module (\S+) \((\d+)/(\d+)\)")


def write_config(
    name: str, source: Source, server: Server, database: str, **settings: object
) -> Path:
    """Write an odoo.conf under .dev/run and return its path.

    :param name: tells this run from others at the same time.
    :param settings: more lines of the section [options].
    """
    addons = [*source.addons]
    # Odoo complains of a folder without add-ons, which this checkout is before the first one.
    if any(paths.ROOT.glob("*/__manifest__.py")):
        addons.append(paths.ROOT)
    options = {
        "addons_path": ",".join(str(folder) for folder in addons),
        "data_dir": paths.DATA,
        "db_host": server.host,
        "db_port": server.port,
        "db_user": server.user,
        "db_password": server.password or False,
        "db_name": database,
        "dbfilter": f"^{re.escape(database)}$",
        "list_db": False,
        "admin_passwd": secrets.token_urlsafe(16),
        "http_interface": ports.HOST,
        "http_port": ports.free_port(),
        "workers": 0,
        **settings,
    }
    lines = ["[options]", *(f"{key} = {value}" for key, value in options.items())]
    path = paths.RUN / f"{name}.conf"
    steps.write_atomically(path, "\n".join(lines) + "\n", mode=0o600)
    return path


def environment(source: Source, config: Path, **extra: str) -> dict[str, str]:
    """Return the environment in which Odoo, or anything that imports it, runs."""
    return paths.child_environment(
        ODOO_RC=str(config),
        # The checkout too: tests import the sandbox from it.
        PYTHONPATH=f"{source.python_path}:{paths.ROOT}",
        **extra,
    )


def command(*args: str) -> list[str]:
    """Return the command line that starts Odoo."""
    return [str(paths.PYTHON), str(PROGRAM), *args]


def loading(log: Path) -> str:
    """Return how far Odoo's log says it is with loading modules, for a progress line."""
    for name, number, count in reversed(LOADING.findall(processes.tail(log))):
        return f"module {name}, {number} of {count}"
    return ""


def run(
    source: Source,
    config: Path,
    args: Sequence[str],
    *,
    title: str,
    log: Path,
    stdin: str | None = None,
) -> None:
    """Run Odoo to its end with progress and a log.

    :raise Problem: when it fails.
    """
    processes.run(
        command(*args),
        title=title,
        log=log,
        env=environment(source, config),
        cwd=paths.DEV,
        stdin=stdin,
        watch=lambda: loading(log),
    )


def run_script(
    script: Path,
    source: Source,
    server: Server,
    database: str,
    *args: object,
    extra: Mapping[str, str] | None = None,
    seconds: float = 300,
) -> Any:
    """Run a script in Odoo's environment and return what its last line tells in JSON.

    :param script: is given the name of the database, then *args*.
    :param extra: more variables of its environment.
    :raise Problem: with the end of what it wrote on stderr, when it fails or takes longer.
    """
    config = write_config(f"{script.stem}-{database}", source, server, database)
    try:
        done = subprocess.run(
            [str(part) for part in (paths.PYTHON, script, database, *args)],
            env=environment(source, config, **(extra or {})),
            cwd=paths.DEV,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            preexec_fn=processes.die_with_parent,
        )
    except subprocess.TimeoutExpired:
        raise console.Problem(f"{script.name} was not done in {seconds:.0f} s.") from None
    finally:
        config.unlink()
    if done.returncode:
        raise console.Problem(f"{script.name} failed: {done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])
