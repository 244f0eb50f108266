"""The PostgreSQL server that everything uses: the caller's own (PGHOST) or ours under .dev/.

Ours is shared by all ./dev of a checkout and stopped by the last of them. One that was killed
leaves it running, and the next ./dev goes on with it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from devtools import cluster, console, paths, ports, processes, steps

LOCK = paths.POSTGRES / "server.lock"
USERS = paths.POSTGRES / "users.lock"


@dataclass(frozen=True)
class Server:
    """How to reach a PostgreSQL server, and what its databases are called."""

    host: str
    port: int
    user: str
    password: str
    suffix: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables by which PostgreSQL's own programs find the server."""
        found = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user}
        return {**found, "PGPASSWORD": self.password} if self.password else found

    def name(self, base: str) -> str:
        """Return the database's name on this server: on a shared one, with the checkout's mark."""
        return f"{base}{self.suffix}"

    def sql(self, statement: str, database: str = "postgres") -> list[str]:
        """Run SQL and return its lines of output.

        :raise Problem: with PostgreSQL's own words when it refuses.
        """
        done = subprocess.run(
            [
                cluster.program("psql"),
                "--no-psqlrc",
                "--quiet",
                "--tuples-only",
                "--no-align",
                "--set=ON_ERROR_STOP=1",
                f"--dbname={database}",
            ],
            input=statement,
            env={**paths.child_environment(), **self.environment, "PGCONNECT_TIMEOUT": "10"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise console.Problem(
                f"PostgreSQL at {self.host}:{self.port} refuses, see to it and try again"
                f" ({' '.join(done.stderr.split())})."
            )
        return done.stdout.splitlines()


def given_server() -> Server | None:
    """Return the caller's own server, when PGHOST names one."""
    host = os.environ.get("PGHOST")
    if not host:
        return None
    return Server(
        host,
        int(os.environ.get("PGPORT") or 5432),
        os.environ.get("PGUSER") or os.environ.get("USER") or "odoo",
        os.environ.get("PGPASSWORD", ""),
        f"-{paths.checkout_id()}",
    )


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """Have a PostgreSQL server for a while; ours is started when needed and stopped at the end."""
    given = given_server()
    if given:
        given.sql("SELECT 1")
        yield given
        return
    with contextlib.ExitStack() as stack:
        with steps.exclusive(LOCK, "starting PostgreSQL"):
            cluster.make()
            if not cluster.running():
                with console.Progress("Starting PostgreSQL"):
                    cluster.start()
            users = stack.enter_context(open(USERS, "a"))
            fcntl.flock(users, fcntl.LOCK_SH)
        known = cluster.facts()
        try:
            yield Server(ports.HOST, known["port"], cluster.ROLE, known["password"])
        finally:
            with steps.exclusive(LOCK, "stopping PostgreSQL"):
                fcntl.flock(users, fcntl.LOCK_UN)
                if _unused(users):
                    cluster.stop()


def _unused(users) -> bool:
    """Tell whether no ./dev uses the server; those that were killed do not count."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def wait_for_quiet(server: Server, database: str, seconds: float = 10) -> None:
    """Wait until nobody is connected to a database, so that it can be copied or dropped."""
    statement = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}'"
    processes.wait_until(lambda: server.sql(statement) == ["0"], seconds, 0.2)
