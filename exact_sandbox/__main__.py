"""Starts the sandbox from the command line: ``python -m exact_sandbox``."""

import argparse
import json
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

from .demo import LOGIN, PASSWORD, demo_app
from .sandbox import SITES, Sandbox
from .server import PortError, Server
from .settings import PROFILES
from .store import StateError

_FAILED = 2


def _port(text):
    value = int(text)
    if not 0 <= value <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return value


def _limit(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("a limit is a whole number above 0")
    return value


def parse_arguments(arguments=None):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m exact_sandbox", description="A local stand-in for Exact Online."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=_port, default=0, help="port for apps and people; 0: any")
    parser.add_argument("--control-port", type=_port, default=0, help="port for control; 0: any")
    parser.add_argument("--state", metavar="FILE", help="keep everything in this file")
    parser.add_argument("--site", choices=sorted(SITES), default="nl", help="country site")
    parser.add_argument(
        "--redirect-uri", action="append", default=[], metavar="URL",
        help="register this address for the demo app; may be repeated",
    )  # fmt: skip
    parser.add_argument("--minute-limit", type=_limit, help="calls a minute (60)")
    parser.add_argument("--day-limit", type=_limit, help="calls a day (5000)")
    parser.add_argument(
        "--profile", choices=PROFILES, help="take one side where the facts leave a choice"
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON when ready")
    return parser.parse_args(arguments)


def _prepare(sandbox, options):
    """Apply the options to the state; ValueError with a sentence when one is not possible."""
    client_id = demo_app(sandbox).client_id
    for uri in options.redirect_uri:
        sandbox.apps.add_redirect_uri(client_id, uri)
    names = ("minute_limit", "day_limit", "profile")
    given = {name: getattr(options, name) for name in names}
    sandbox.settings.update({name: value for name, value in given.items() if value is not None})


def _facts(sandbox, server):
    app = demo_app(sandbox)
    return {
        "url": server.url,
        "control_url": server.control_url,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "login": LOGIN,
        "password": PASSWORD,
        "redirect_uris": list(app.redirect_uris),
        "administrations": [
            {"code": item["code"], "name": item["name"]} for item in sandbox.administrations()
        ],
        "pid": os.getpid(),
    }


def _readable(facts, site):
    names = ", ".join(f"{item['name']} ({item['code']})" for item in facts["administrations"])
    uris = "\n".join(f"                 {uri}" for uri in facts["redirect_uris"])
    return (
        f"The sandbox stands in for {SITES[site]}. Stop it with Ctrl-C.\n"
        f"  address        {facts['url']}\n"
        f"  control        {facts['control_url']}\n"
        f"  log in as      {facts['login']} with password {facts['password']}\n"
        f"  client id      {facts['client_id']}\n"
        f"  client secret  {facts['client_secret']}\n"
        f"  redirects to\n{uris}\n"
        f"  books of       {names}"
    )


def serve(options, path):
    """Run until a signal says stop; return the exit code."""
    sandbox = Sandbox(path, options.site)
    try:
        _prepare(sandbox, options)
        server = Server(sandbox, options.host, options.port, options.control_port)
    except (PortError, ValueError):
        sandbox.close()
        raise
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    server.start()
    facts = _facts(sandbox, server)
    print(json.dumps(facts) if options.json else _readable(facts, options.site), flush=True)
    stopped.wait()
    server.stop()
    return 0


def main(arguments=None):
    """Run the command; return 0, or 2 with one sentence on stderr."""
    options = parse_arguments(arguments)
    try:
        if options.state:
            return serve(options, options.state)
        with tempfile.TemporaryDirectory(prefix="exact-sandbox-") as folder:
            return serve(options, Path(folder) / "state.sqlite")
    except (PortError, StateError, ValueError) as error:
        print(error, file=sys.stderr)
        return _FAILED


if __name__ == "__main__":
    sys.exit(main())
