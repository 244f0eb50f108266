"""Starts the sandbox from the command line: ``python -m exact_sandbox``."""

import json
import os
import signal
import sys
import tempfile
from pathlib import Path

from .certificates import CertificateError, identities, server_context
from .demo import LOGIN, PASSWORD, demo_app, demo_apps
from .options import parse_arguments
from .sandbox import Sandbox
from .server import PortError, Server
from .settings import LIMITS
from .sites import SITES
from .store import StateError

_FAILED = 2


def _prepare(sandbox, options):
    """Apply the options to the state; ValueError with a sentence when one is not possible."""
    for app in demo_apps(sandbox):
        for uri in options.redirect_uri:
            sandbox.apps.add_redirect_uri(app.client_id, uri)
    given = {name: getattr(options, name) for name in (*LIMITS, "profile")}
    given = {name: value for name, value in given.items() if value is not None}
    sandbox.settings.update({**given, **dict(options.set)})
    # Not further at each start: the same command gives the same sandbox.
    if options.clock and options.clock > sandbox.clock.offset:
        sandbox.clock.advance(options.clock - sandbox.clock.offset)
    for fault in options.fault:
        sandbox.faults.add(fault)


def _facts(sandbox, server):
    app = demo_app(sandbox)
    mine = sandbox.users.divisions(sandbox.users.find(LOGIN).id)
    return {
        "url": server.url,
        "sites": server.urls,
        "control_url": server.control_url,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "webhook_secret": sandbox.webhooks.secret(app.client_id),
        "apps": [
            {
                "site": item.site,
                "kind": item.kind,
                "name": item.name,
                "client_id": item.client_id,
                "client_secret": item.client_secret,
            }
            for item in demo_apps(sandbox)
        ],
        "login": LOGIN,
        "password": PASSWORD,
        "redirect_uris": list(app.redirect_uris),
        "administrations": [
            {"code": item["code"], "name": item["name"]}
            for item in sandbox.administrations()
            if item["code"] in mine
        ],
        "pid": os.getpid(),
    }


def _readable(facts, site):
    names = ", ".join(f"{item['name']} ({item['code']})" for item in facts["administrations"])
    uris = "\n".join(f"                 {uri}" for uri in facts["redirect_uris"])
    others = "".join(
        f"                 {url} for {SITES[name]}\n"
        for name, url in facts["sites"].items()
        if name != site
    )
    apps = "".join(
        f"    {item['site']}, {item['kind']:8} {item['client_id']} {item['client_secret']}\n"
        for item in facts["apps"]
        if item["client_id"] != facts["client_id"]
    )
    trust = f"  trust          {facts['ca_file']}\n" if facts["ca_file"] else ""
    return (
        f"The sandbox stands in for {SITES[site]}. Stop it with Ctrl-C.\n"
        f"  address        {facts['url']}\n"
        f"{others}"
        f"  control        {facts['control_url']}\n"
        f"  log in as      {facts['login']} with password {facts['password']}\n"
        f"  client id      {facts['client_id']}\n"
        f"  client secret  {facts['client_secret']}\n"
        f"  its other apps (client id and secret)\n{apps}"
        f"{trust}"
        f"  redirects to\n{uris}\n"
        f"  books of       {names}"
    )


def serve(options, path):
    """Run until a signal says stop; return the exit code."""
    sandbox = Sandbox(path, tuple(options.sites))
    try:
        _prepare(sandbox, options)
        tls, ca_file = None, None
        if options.tls:
            tls, ca_file = server_context(path, identities(SITES.values(), options.host))
        server = Server(sandbox, options.host, options.sites, options.control_port, tls)
    except (CertificateError, PortError, ValueError):
        sandbox.close()
        raise
    # Blocked and waited for: a handler runs between two steps of Python, and would not wake a
    # thread that began to wait just then. Threads that start from here on inherit it.
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    server.start()
    facts = {**_facts(sandbox, server), "ca_file": ca_file and str(ca_file)}
    print(json.dumps(facts) if options.json else _readable(facts, options.site), flush=True)
    signal.sigwait(ends)
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
    except (CertificateError, PortError, StateError, ValueError) as error:
        print(error, file=sys.stderr)
        return _FAILED


if __name__ == "__main__":
    sys.exit(main())
