"""A server on loopback that answers from a script, also in ways no decent server would."""

import contextlib
import json
import socket
import ssl
import struct
import threading
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    method: str
    target: str
    headers: dict
    body: bytes
    connection: int

    @property
    def path(self):
        return unquote(urlsplit(self.target).path)

    @property
    def query(self):
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}


class ScriptedServer:
    """Answers request number n with step number n.

    A step is the bytes of an answer, or a function ``step(connection, request)`` that does with
    the socket what it likes; a true result closes the connection.

    :param certificate: path of a file with key and certificate, to speak TLS.
    """

    def __init__(self, certificate=None):
        self.requests = []
        self._steps = []
        self._connections = []
        self._tls = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        self.stopping = threading.Event()

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.stopping.set()
        self._listener.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.close()

    def script(self, *steps):
        """Add steps to the script."""
        self._steps += steps

    @property
    def targets(self):
        return [f"{request.method} {request.path}" for request in self.requests]

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                self._connections.append(connection)
                number = len(self._connections)
                threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection, connection_number):
        with contextlib.suppress(OSError, ValueError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._connections.append(connection)
            stream = connection.makefile("rb")
            while True:
                request = _read_request(stream, connection_number)
                if request is None:
                    break
                self.requests.append(request)
                number = len(self.requests)
                ended = number > len(self._steps)
                step = reply(599, "the script ended") if ended else self._steps[number - 1]
                if callable(step):
                    if step(connection, request):
                        break
                else:
                    connection.sendall(step)
            stream.close()
        connection.close()


def _read_request(stream, number):
    first = stream.readline().decode("latin-1").split()
    if len(first) < 2:
        return None
    headers = {}
    while (line := stream.readline().decode("latin-1").strip()) != "":
        name, _colon, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))
    return Request(first[0], first[1], headers, body, number)


def reply(status, body=b"", content_type="text/html", headers=()):
    """The bytes of a whole answer."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Scripted", f"Content-Length: {len(body)}"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"{name}: {value}" for name, value in dict(headers).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def json_reply(value, status=200, headers=()):
    """The bytes of an answer with JSON, as Exact writes it."""
    return reply(status, json.dumps(value), "application/json; charset=utf-8", headers)


def listing(*rows, following=None):
    """An answer with a list (ch. 3.2)."""
    envelope = {"results": list(rows)}
    if following:
        envelope["__next"] = following
    return json_reply({"d": envelope})


def error_reply(status, text, headers=()):
    """An answer with Exact's error body (ch. 3.5)."""
    error = {"error": {"code": "", "message": {"lang": "", "value": text}}}
    return json_reply(error, status, headers)


def hang_up(_connection, _request):
    """Close without a word."""
    return True


def reset(connection, _request):
    """Break the connection off: the other side gets a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # makefile holds the descriptor: only detaching it closes it now.
    descriptor = connection.detach()
    socket.close(descriptor)
    raise OSError


def cut(answer, missing=5):
    """A step that sends all but the last bytes of an answer, and hangs up."""

    def step(connection, _request):
        connection.sendall(answer[:-missing])
        return True

    return step


def silent(server):
    """A step that never answers."""
    return lambda _connection, _request: server.stopping.wait(20) or True


def dripping(server, answer, pause=0.05, at_once=60):
    """A step that sends the end of an answer byte by byte, never pausing long."""

    def step(connection, _request):
        connection.sendall(answer[:at_once])
        for byte in answer[at_once:]:
            if server.stopping.wait(pause):
                break
            connection.sendall(bytes([byte]))
        return True

    return step


def free_port():
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
