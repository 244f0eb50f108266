"""The short commands: sandbox, odoo, shell, psql."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from devtools import cluster, console, databases, odoo, paths, ports, processes, workshop
from devtools.workshop import Workshop

SANDBOX_STATE = paths.SANDBOX / "state.sqlite"
# Odoo's own first choice; another free one when it is taken.
ODOO_PORT = 8069


def demo_database(shop: Workshop) -> str:
    """Return the name of the demo database, which is made when it is not there."""
    name = shop.server.name(databases.DEMO)
    if not databases.exists(shop.server, name):
        databases.copy(shop.server, shop.best_template().name, name)
    return name


def _on_demo_database(args: Sequence[str], *, first: str) -> int:
    """Run one of Odoo's commands on the demo database."""
    with workshop.workshop() as shop:
        name = demo_database(shop)
        port = ports.free_port(ODOO_PORT)
        config = odoo.write_config(
            f"{first}-{port}", shop.source, shop.server, name, http_port=port
        )
        try:
            if first == "server":
                console.say(
                    f"Odoo with the database {name} on http://localhost:{port}, login admin,"
                    " password admin; only this machine can reach it"
                )
            return processes.foreground(
                odoo.command(first, *args), odoo.environment(shop.source, config), paths.ROOT
            )
        finally:
            config.unlink(missing_ok=True)


def odoo_command(args: Sequence[str]) -> tuple[str, list[str]]:
    """Split Odoo's arguments into its command, which is the server by default, and the rest."""
    if args and not args[0].startswith("-"):
        return args[0], list(args[1:])
    return "server", list(args)


def run_odoo(args: Sequence[str]) -> int:
    """Run Odoo with the caller's arguments."""
    first, rest = odoo_command(args)
    return _on_demo_database(rest, first=first)


def shell(args: Sequence[str]) -> int:
    """Open Odoo's shell on the demo database."""
    return _on_demo_database(["--no-http", *args], first="shell")


def psql(args: Sequence[str]) -> int:
    """Open psql on the demo database."""
    with workshop.workshop() as shop:
        name = demo_database(shop)
        environment = paths.child_environment(PGDATABASE=name, **shop.server.environment)
        return processes.foreground([cluster.program("psql"), *args], environment, paths.ROOT)


def sandbox(*, fresh: bool, args: Sequence[str]) -> int:
    """Run the stand-in for Exact Online on the terminal until Ctrl-C."""
    workshop.prepare_packages()
    if fresh:
        for path in paths.SANDBOX.glob(f"{SANDBOX_STATE.name}*"):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
    state = [] if any(arg.startswith("--state") for arg in args) else ["--state", SANDBOX_STATE]
    return processes.foreground(
        [paths.PYTHON, "-m", "exact_sandbox", *state, *args],
        paths.child_environment(PYTHONPATH=str(paths.ROOT)),
        paths.ROOT,
    )
