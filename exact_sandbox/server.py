"""The two listeners: one for apps and people, one for control."""

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
    """Quiet, and with a time limit on clients that stop talking."""

    server_version = f"ExactSandbox/{__version__}"
    timeout = 60

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

    :param control_port: the control listener is on 127.0.0.1, whatever ``host`` says
    :raises PortError: when a port is taken
    """

    def __init__(self, sandbox, host="127.0.0.1", port=0, control_port=0):
        self._sandbox = sandbox
        public = _listen(host, port)
        try:
            private = _listen("127.0.0.1", control_port)
        except PortError:
            public.close()
            raise
        self.port = public.getsockname()[1]
        self.control_port = private.getsockname()[1]
        # An address of all interfaces is none to go to.
        shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        self.url = f"http://{f'[{shown}]' if ':' in shown else shown}:{self.port}"
        self.control_url = f"http://127.0.0.1:{self.control_port}"
        self._servers = [
            self._make(public, host, SandboxApp(sandbox)),
            self._make(private, "127.0.0.1", ControlApp(sandbox, self.control_port)),
        ]

    @staticmethod
    def _make(listener, host, app):
        server = make_server(
            host, 0, app, threaded=True, request_handler=_Handler, fd=listener.fileno()
        )
        listener.close()  # the server works on a duplicate
        return server

    def start(self):
        """Begin to serve, in threads of its own."""
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(_POLL,), daemon=True).start()
        threading.Thread(target=self._sandbox.faults.watch, daemon=True).start()

    def stop(self):
        """Stop listening and close the state."""
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._sandbox.close()
