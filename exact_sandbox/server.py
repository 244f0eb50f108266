"""The listeners: one for apps and people on each site, one for control."""

import socket
import sys
import threading

from werkzeug.serving import WSGIRequestHandler, make_server

from . import __version__
from .app import SandboxApp
from .control import ControlApp

_BACKLOG = 128
_POLL = 0.05


class PortError(Exception):
    """A port cannot be listened on; the text is one plain sentence."""


class _Handler(WSGIRequestHandler):
    """Quiet, with a time limit on clients that stop talking, and the sandbox's own time."""

    server_version = f"ExactSandbox/{__version__}"
    timeout = 60
    clock = None

    def date_time_string(self, timestamp=None):
        """Return the ``Date`` of an answer: as the moments in it, by the sandbox's clock."""
        return super().date_time_string(self.clock.timestamp() if timestamp is None else timestamp)

    def log(self, type, message, *args):  # noqa: A002 (Werkzeug's own name)
        """Write errors only; calls have their own log."""
        if type == "error":
            sys.stderr.write(f"{message % args if args else message}\n")

    def log_request(self, code="-", size="-"):
        """Log nothing: see :mod:`exact_sandbox.calls`."""


def _listen(host, port):
    """Return a listening socket.

    :raises PortError: when the address cannot be had
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or error
        raise PortError(f"Port {port} of {host} cannot be used: {reason}.") from error
    return listener


class Server:
    """Serves a sandbox until it is stopped.

    :param sites: the port of each site that is served, by name; the main one first
    :param control_port: the control listener is on 127.0.0.1, whatever ``host`` says
    :param tls: an SSL context to serve apps and people https with; control stays plain
    :raises PortError: when a port is taken
    """

    def __init__(self, sandbox, host="127.0.0.1", sites=None, control_port=0, tls=None):
        self._sandbox = sandbox
        sites = sites or {sandbox.site: 0}
        listeners = self._open([(host, port) for port in sites.values()], control_port)
        *public, private = listeners
        self.control_port = private.getsockname()[1]
        # An address of all interfaces is none to go to.
        shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        name = f"[{shown}]" if ":" in shown else shown
        self.urls = {
            site: f"{'https' if tls else 'http'}://{name}:{listener.getsockname()[1]}"
            for site, listener in zip(sites, public, strict=True)
        }
        self.url = next(iter(self.urls.values()))
        self.control_url = f"http://127.0.0.1:{self.control_port}"
        self._servers = [
            self._make(listener, host, SandboxApp(sandbox, site), tls)
            for site, listener in zip(sites, public, strict=True)
        ]
        control = ControlApp(sandbox, self.control_port)
        self._servers.append(self._make(private, "127.0.0.1", control))

    @staticmethod
    def _open(addresses, control_port):
        """Return a listener for each address and one for control: all of them, or none."""
        listeners = []
        try:
            for host, port in [*addresses, ("127.0.0.1", control_port)]:
                listeners.append(_listen(host, port))
        except PortError:
            for listener in listeners:
                listener.close()
            raise
        return listeners

    def _make(self, listener, host, app, tls=None):
        handler = type("Handler", (_Handler,), {"clock": self._sandbox.clock})
        server = make_server(
            host, 0, app, threaded=True, request_handler=handler, fd=listener.fileno(),
            ssl_context=tls,
        )  # fmt: skip
        if tls:
            # Done in the connection's thread: one who is slow to shake hands keeps nobody waiting.
            server.socket.do_handshake_on_connect = False
        listener.close()  # the server works on a duplicate
        return server

    def start(self):
        """Begin to serve, in threads of its own."""
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(_POLL,), daemon=True).start()
        threading.Thread(target=self._sandbox.faults.watch, daemon=True).start()
        self._sandbox.webhooks.start()

    def stop(self):
        """Stop listening and close the state."""
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._sandbox.close()
