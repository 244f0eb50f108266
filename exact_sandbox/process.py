"""Runs the sandbox as a process of its own, for tests and tools. Standard library only."""

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from json import dumps, load, loads
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent.parent
_STARTING_SECONDS = 30
_STOPPING_SECONDS = 10
_CONTROL_SECONDS = 30


class SandboxError(Exception):
    """The sandbox did not start, or refused something; the text tells why."""


class SandboxProcess:
    """A sandbox in a process of its own; also a context manager.

    After :meth:`start`: ``url``, ``sites`` (addresses by site), ``control_url``, ``client_id``,
    ``client_secret``, ``login``, ``password``, ``redirect_uris``, ``administrations`` (dicts with
    code and name), ``pid``, ``ca_file`` (what to trust when it serves https, else None), ``apps``
    (dicts with site, kind, name, client_id and client_secret; the first is the one above).

    :param state: the state file; without one everything is forgotten at the end
    :param port: a port, 0 for any; a later :meth:`start` takes the same port again
    :param options: further options of the command line (see :mod:`exact_sandbox.options`), a list
        for one that may be repeated: ``host``, ``site``, ``sites`` (``"nl,be"``),
        ``control_port``, ``minute_limit``, ``minute_seconds``, ``error_limit``, ``profile``,
        ``clock``, ``fault``, ``redirect_uri``, ``tls`` (True for https), ...
    """

    def __init__(self, state=None, port=0, **options):
        self.state = state
        self.port = port
        self.options = options
        self.process = None
        self._errors = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def _command(self):
        command = [sys.executable, "-m", "exact_sandbox", "--json", "--port", str(self.port)]
        if self.state:
            command += ["--state", str(self.state)]
        for name, value in self.options.items():
            flag = f"--{name.replace('_', '-')}"
            if isinstance(value, bool):
                command += [flag] * value
                continue
            for item in value if isinstance(value, (list, tuple)) else [value]:
                command += [flag, str(item)]
        return command

    def start(self):
        """Start it and wait until it is ready; return self.

        :raises SandboxError: with what it wrote on stderr
        """
        path = os.pathsep.join(filter(None, [str(_FOLDER), os.environ.get("PYTHONPATH")]))
        self._errors = tempfile.TemporaryFile(mode="w+")  # noqa: SIM115 (lives with the process)
        self.process = subprocess.Popen(
            self._command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "PYTHONPATH": path},
        )
        try:
            facts = loads(self._first_line())
        except ValueError:
            self.kill()
            raise SandboxError(f"The sandbox did not start: {self.errors().strip()}") from None
        vars(self).update(facts)
        self.port = int(self.url.rsplit(":", 1)[1])
        if "sites" in self.options:
            ports = ((name, url.rsplit(":", 1)[1]) for name, url in self.sites.items())
            self.options["sites"] = ",".join(f"{name}:{port}" for name, port in ports)
        return self

    def _first_line(self):
        """Return the first line of stdout, or what there is of it when time is up."""
        line, end = b"", time.monotonic() + _STARTING_SECONDS
        stdout = self.process.stdout
        while not line.endswith(b"\n") and time.monotonic() < end:
            if select.select([stdout], [], [], 0.2)[0]:
                piece = os.read(stdout.fileno(), 65536)
                if not piece:
                    break
                line += piece
        return line

    def errors(self):
        """Return what the process wrote on stderr so far."""
        self._errors.seek(0)
        return self._errors.read()

    def stop(self):
        """End it in order; return its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self):
        """End it at once, as ``kill -9`` does."""
        return self._end(signal.SIGKILL)

    def _end(self, number):
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(_STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.process.stdout.close()
        return code

    # Control

    def control(self, method, path, json=None):
        """Call the control listener; return the decoded answer.

        :raises SandboxError: with the sentence of a refusal
        """
        data = None if json is None else dumps(json).encode()
        request = urllib.request.Request(
            f"{self.control_url}/{path.lstrip('/')}",
            data,
            {"Content-Type": "application/json"},
            method=method,
        )
        # Never through a proxy: the listener is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=_CONTROL_SECONDS) as answer:
                return load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise SandboxError(load(error)["error"]) from None

    def calls(self):
        """Return the log of API and token calls, the oldest first."""
        return self.control("GET", "calls")["calls"]

    def clear_calls(self):
        """Empty the log."""
        self.control("DELETE", "calls")

    def clock(self):
        """Return the sandbox's time: now (UTC), wall (Amsterdam), offset (seconds)."""
        return self.control("GET", "clock")

    def advance(self, seconds):
        """Move the sandbox's clock forward."""
        return self.control("POST", "clock", {"advance": seconds})

    def age_tokens(self, seconds):
        """Make all tokens older; nothing else gets older with them."""
        self.control("POST", "tokens", {"age": seconds})

    def add_fault(self, kind, method="", path="", **values):
        """Switch a fault on (see :class:`exact_sandbox.faults.Fault`)."""
        return self.control(
            "POST", "faults", {"kind": kind, "method": method, "path": path, **values}
        )

    def clear_faults(self):
        """Switch all faults off."""
        self.control("DELETE", "faults")

    def error_counts(self):
        """Return errors of this hour and blocks, each a list of dicts (chapter 2)."""
        return self.control("GET", "errors")

    def clear_errors(self):
        """Forget errors and blocks."""
        self.control("DELETE", "errors")

    def change_user(self, login, **values):
        """Change a user: rights, divisions, language, password or status (chapter 1.6)."""
        return self.control("POST", "users", {"login": login, **values})["users"]

    def delete_user(self, login):
        """Remove a user."""
        return self.control("DELETE", "users", {"login": login})["users"]

    def register_app(self, name, redirect_uri, **values):
        """Register an app: kind, site, scopes; return it with its client_id and client_secret."""
        body = {"name": name, "redirect_uris": [redirect_uri], **values}
        return self.control("POST", "apps", body)["apps"][-1]

    def rows(self, division, path):
        """Return the raw rows of an entity, e.g. ``rows(241806, "crm/Accounts")``."""
        return self.control("GET", f"rows/{division}/{path}")["rows"]

    def changed_rows(self, division, path, after):
        """Return the raw rows with a ``Timestamp`` above this one, and the keys of all rows."""
        told = self.control("GET", f"rows/{division}/{path}", {"after": after})
        return told["rows"], told["keys"]

    def webhooks(self):
        """Return the subscriptions, and what was or is to be sent to them."""
        return self.control("GET", "webhooks")

    def seed_customers(self, division, customers):
        """Add many customers at once; return the number the first of them got."""
        body = {"division": division, "customers": customers}
        return self.control("POST", "seed", body)["first_code"]

    def open_administrations(self, count):
        """Open administrations until the first user has this many; return the codes of all."""
        body = {"count": count}
        return self.control("PUT", "administrations", body)["administrations"]

    def move_division(self, division):
        """Move an administration: all its timestamps are new."""
        self.control("POST", "move", {"division": division})

    def add_redirect_uri(self, uri, client_id=None):
        """Register a redirect address, for the demo's apps unless a client id is given."""
        self.control("POST", "apps", {"redirect_uri": uri, "client_id": client_id})

    def keep(self):
        """Remember the state as it is, beside its file, for :meth:`go_back`."""
        self.control("POST", "keep")

    def go_back(self):
        """Be as at the last :meth:`keep`, without faults: as new, in milliseconds."""
        self.control("POST", "back")

    def settings(self, **values):
        """Change settings (see :mod:`exact_sandbox.settings`) and return all of them."""
        return self.control("POST", "settings", values)["settings"]
