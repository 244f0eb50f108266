"""./dev demo: Odoo's demo hours become an invoice in a local stand-in for Exact Online."""

from __future__ import annotations

import contextlib
import fcntl
import json
import signal
import time
from collections.abc import Iterator

from devtools import (
    console,
    databases,
    demo_report,
    loglines,
    paths,
    ports,
    services,
    walk,
    workshop,
)
from devtools.commands import ODOO_PORT
from devtools.rpc import OdooClient, OdooRefused
from devtools.workshop import Workshop

LOGIN = PASSWORD = "admin"
# Its own: ./dev sandbox may run beside a demo.
STATE = paths.SANDBOX / "demo.sqlite"
LOCK = paths.RUN / "demo.lock"


@contextlib.contextmanager
def _only_one() -> Iterator[None]:
    """Refuse to run beside another demo of this checkout, whose database this one would take."""
    paths.make_folders()
    with open(LOCK, "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise console.Problem(
                "a demo of this checkout runs already: stop it first (Ctrl-C), or look at it."
            ) from None
        yield


def _database(shop: Workshop, keep: bool) -> str:
    """Return the demo database: a fresh copy, or the last one when it is to be kept."""
    template = shop.addon_template()
    name = shop.server.name(databases.DEMO)
    if not keep or not databases.exists(shop.server, name):
        with console.Progress("Copying the template database"):
            databases.copy(shop.server, template.name, name)
    return name


def _walk(client: OdooClient, exact) -> demo_report.Result:
    """Take all steps from the connection to the invoice, and return the demo's result."""
    client.log_in(LOGIN, PASSWORD)
    console.say("connecting: logging in at the sandbox and allowing access …")
    connection = walk.connect(client, exact)
    administration = walk.link(client, connection)
    books = client.read("keeping.exact.administration", administration, "name", "code")
    console.say(f"linked the administration {books['name']} ({books['code']})")
    customer = walk.busiest_customer(client)
    if customer:
        console.say(f"most hours nobody has billed: {customer.name}, {customer.hours:.2f}")
        made = walk.send(client, walk.preview(client, administration, customer))
    else:
        console.say("all hours are billed already: showing the last invoice")
        made = walk.last_made(client)
    return demo_report.conclude(client, exact, administration, made)


def _serve(keep: bool, stack: contextlib.ExitStack):
    """Start everything; return Odoo and the sandbox."""
    stack.enter_context(_only_one())
    shop = stack.enter_context(workshop.workshop())
    database = _database(shop, keep)
    if not keep:
        for path in paths.SANDBOX.glob(f"{STATE.name}*"):
            path.unlink()
    exact = stack.enter_context(services.sandbox(STATE))
    server = services.OdooServer(
        shop,
        database,
        environment={services.SITE_VARIABLE: exact.url},
        cron_threads=2,
        port=ports.free_port(ODOO_PORT),
    )
    with console.Progress("Starting Odoo"):
        stack.enter_context(server)
    exact.add_redirect_uri(server.url + services.CALLBACK)
    return server, exact


def _wait_for_the_end() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        console.say("running until Ctrl-C.")
        while True:
            signal.pause()
    console.say("stopping.")


def main(*, stay: bool, keep: bool) -> int:
    """Run the demo; with stay it goes on until Ctrl-C, without the last line is its result."""
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        server, exact = _serve(keep, stack)
        try:
            result = _walk(OdooClient(server.url), exact)
        except (OdooRefused, console.Problem) as error:
            for record in loglines.complaints(server.log):
                console.say(f"in Odoo's log: {str(record).splitlines()[-1]}")
            raise console.Problem(f"{error} (Odoo's log: {server.log})") from error
        spent = console.elapsed(time.monotonic() - started)
        demo_report.show(result, server.url, exact, (LOGIN, PASSWORD), spent)
        if stay:
            _wait_for_the_end()
    for sentence in result.differences:
        console.say(f"Odoo and Exact disagree: {sentence}")
    if not stay:
        print(json.dumps(result.summary), flush=True)
    return 1 if result.differences else 0
