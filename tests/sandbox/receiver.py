"""A receiver of webhooks, for tests: it keeps what comes and answers as it is told."""

import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_PEM = Path(__file__).resolve().parents[1] / "exact_online" / "loopback.pem"


class Receiver:
    """A web server on this machine; also a context manager.

    :ivar status: what it answers
    :ivar seconds: how long it thinks first
    :ivar got: bodies (bytes) in the order they came
    :ivar headers: the headers of each
    :ivar during: a function called while a request waits, or None

    :param tls: serve https with a certificate nobody signed
    """

    def __init__(self, tls=False):
        self.status, self.seconds, self.during = 200, 0, None
        self.got, self.headers = [], []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(body)
                receiver.headers.append(dict(self.headers))
                if receiver.during:
                    receiver.during()
                time.sleep(receiver.seconds)
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                if receiver.status // 100 == 3:
                    self.send_header("Location", receiver.url)
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(_PEM)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}/exact?token=a%20b"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def wait(self, number, seconds=15):
        """Return everything that came, as soon as it is so many."""
        wait_for(lambda: len(self.got) >= number, seconds)
        return list(self.got)

    def quiet(self, number, seconds=0.6):
        """Return whether no more than so many come for a while."""
        time.sleep(seconds)
        return len(self.got) == number


def wait_for(condition, seconds=15):
    """Wait until a condition holds and return its value; AssertionError when it does not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("It did not happen in time.")
