"""Servers for a while: PostgreSQL, Odoo and the stand-in for Exact Online, for demo and tests.

To be used inside the virtual environment (./dev test and ./dev demo see to that)::

    with workshop() as shop, pair(shop) as (odoo, sandbox):
        requests.get(odoo.url)

Everything started here ends with the block, or with this process when it is killed.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from devtools import console, databases, odoo, paths, ports, processes
from devtools.workshop import Workshop, workshop

if TYPE_CHECKING:
    from exact_sandbox.process import SandboxProcess

__all__ = ["CALLBACK", "SITE_VARIABLE", "OdooServer", "fresh_odoo", "pair", "sandbox", "workshop"]

CALLBACK = "/keeping_exact/oauth/callback"
# By which the add-on is told another address for Exact Online in the Netherlands.
SITE_VARIABLE = "KEEPING_EXACT_SITE_URL_NL"
START_SECONDS = 120
PORT_TRIES = 3


def logs_of(pid: int) -> list[Path]:
    """Return the logs of the Odoo servers that one process had on fresh databases."""
    return sorted(paths.LOGS.glob(f"odoo-run-*-{pid}-*.log"))


def drop_old_logs() -> None:
    """Remove the logs of servers whose process has ended."""
    for log in paths.LOGS.glob("odoo-run-*.log"):
        owner = re.fullmatch(r"odoo-run-[a-z0-9]+-(\d+)-.*", log.name)
        if owner and not processes.alive(int(owner[1])):
            log.unlink()


class OdooServer:
    """An Odoo of its own on one database; its addresses stay the same over stop and start."""

    def __init__(
        self,
        shop: Workshop,
        database: str,
        *,
        environment: Mapping[str, str] | None = None,
        cron_threads: int = 1,
        workers: int = 0,
        port: int = 0,
        log: Path | None = None,
    ):
        """Describe the server; start() starts it.

        :param environment: more variables for Odoo, such as KEEPING_EXACT_…
        :param cron_threads: 0 for an Odoo whose crons never run by themselves.
        :param workers: processes that answer, as in production; without, threads of one process.
        :param port: the wished one; another free one when it is taken.
        """
        self.database = database
        self.log = log or processes.log_file(f"odoo-{database}")
        self.environment = dict(environment or {})
        self._shop = shop
        self._cron_threads = cron_threads
        self._workers = workers
        self._process: subprocess.Popen | None = None
        self._config: Path | None = None
        self.port = ports.free_port(port)
        self.log.unlink(missing_ok=True)

    @property
    def url(self) -> str:
        """Return the address for a browser.

        A name, where the sandbox has a number: cookies do not tell ports apart.
        """
        return f"http://localhost:{self.port}"

    @property
    def pid(self) -> int:
        """Return the id of the process that runs."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Tell whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start Odoo and wait until it serves its login page.

        :raise Problem: when it ends or stays silent; the sentence names its log.
        """
        for attempt in range(1, PORT_TRIES + 1):
            databases.set_parameters(
                self._shop.server,
                self.database,
                web__base__url=self.url,
                web__base__url__freeze="True",
            )
            self._spawn()
            if self._wait():
                return
            self.kill()
            if attempt == PORT_TRIES or "Address already in use" not in processes.tail(self.log):
                raise processes.failure("Starting Odoo", self.log)
            self.port = ports.free_port()

    def _spawn(self) -> None:
        self._config = odoo.write_config(
            f"odoo-{self.database}",
            self._shop.source,
            self._shop.server,
            self.database,
            http_port=self.port,
            max_cron_threads=self._cron_threads,
            workers=self._workers,
            gevent_port=ports.free_port(),
        )
        with open(self.log, "ab") as output:
            self._process = subprocess.Popen(
                odoo.command("server"),
                cwd=paths.DEV,
                env={
                    **odoo.environment(self._shop.source, self._config, **self.environment),
                    **processes.mark(),
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C on the terminal is for us: servers are stopped in order.
                start_new_session=True,
                preexec_fn=processes.die_with_parent,
            )

    def _wait(self) -> bool:
        end = time.monotonic() + START_SECONDS
        while self.running and time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.url}/web/login", timeout=60) as answer:
                    return answer.status == 200
            except OSError:
                time.sleep(0.1)
        return False

    def warm_up(self) -> None:
        """Have Odoo make its JavaScript and styles, which a fresh database has none of.

        It takes some ten seconds, which a browser test would otherwise wait for at its first page.
        """
        # Not at the top: requests lives in the virtual environment.
        from devtools.rpc import OdooClient

        client = OdooClient(self.url)
        client.log_in("admin", "admin")
        page = client.browser.open(f"{self.url}/odoo").text
        for path in sorted(set(re.findall(r"""(?:src|href)="(/web/assets/[^"]+)""", page))):
            client.browser.open(self.url + path)

    def stop(self) -> None:
        """End Odoo as an administrator would."""
        if self._process is not None:
            processes.stop(self._process)
        if self._config is not None:
            self._config.unlink(missing_ok=True)

    def kill(self) -> None:
        """End Odoo as a power cut would."""
        if self.running:
            self._process.kill()
            self._process.wait()
        self.stop()

    def restart(self) -> None:
        """Stop and start again on the same address, on the same database."""
        self.stop()
        self.start()

    def __enter__(self) -> OdooServer:
        self.start()
        return self

    def __exit__(self, *_error) -> None:
        self.stop()


@contextlib.contextmanager
def fresh_odoo(
    shop: Workshop,
    *,
    kind: str = "e2e",
    template: str | None = None,
    environment: Mapping[str, str] | None = None,
    cron_threads: int = 1,
    workers: int = 0,
) -> Iterator[OdooServer]:
    """Have an Odoo on a fresh copy of a template, by default the one with our add-on.

    :param kind: what it is for, in small letters and digits; part of the database's name.
    """
    with contextlib.ExitStack() as stack:
        source = template or shop.addon_template().name
        name = stack.enter_context(databases.fresh(shop.server, source, kind))
        yield stack.enter_context(
            OdooServer(
                shop, name, environment=environment, cron_threads=cron_threads, workers=workers
            )
        )


@contextlib.contextmanager
def sandbox(state: Path | None = None, port: int = 0) -> Iterator[SandboxProcess]:
    """Have a stand-in for Exact Online, by default with a state of its own that is not kept."""
    # Not at the top: it needs the virtual environment, and commands outside it import this file.
    from exact_sandbox.process import SandboxError, SandboxProcess

    with contextlib.ExitStack() as stack:
        if state is None:
            folder = paths.SANDBOX / f"run-{ports.free_port()}"
            folder.mkdir(parents=True)
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            state = folder / "state.sqlite"
        # It inherits our environment: so the next ./dev can end it should this one be killed.
        os.environ.update(processes.mark())
        process = SandboxProcess(state=state, port=port)
        try:
            process.start()
        except SandboxError as error:
            raise console.Problem(str(error)) from error
        stack.callback(process.stop)
        yield process


@contextlib.contextmanager
def pair(
    shop: Workshop,
    *,
    template: str | None = None,
    environment: Mapping[str, str] | None = None,
    cron_threads: int = 1,
    workers: int = 0,
) -> Iterator[tuple[OdooServer, SandboxProcess]]:
    """Have an Odoo and a sandbox that know each other's addresses.

    :param template: the database to copy, by default the one with our add-on.
    """
    with contextlib.ExitStack() as stack:
        exact = stack.enter_context(sandbox())
        server = stack.enter_context(
            fresh_odoo(
                shop,
                template=template,
                environment={SITE_VARIABLE: exact.url, **(environment or {})},
                cron_threads=cron_threads,
                workers=workers,
            )
        )
        exact.add_redirect_uri(server.url + CALLBACK)
        yield server, exact
