"""One HTTP call: what left this machine, and what came back.

A write must not be sent twice, so the one thing that matters about a failed call is whether its
request may have left. The exceptions of requests do not tell it: one ``SSLError`` stands for a
failed handshake and for a connection lost in the middle of the answer. So the connection itself
notes when the first byte of a request goes out (:class:`_Traced`).
"""

import contextlib
import socket
import threading
import zlib
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from .redact import redact

#: What can be wrong with an answer; the empty text stands for nothing.
NEVER_OPENED, LOST, TIMED_OUT, CUT, TOO_LARGE, GARBLED = (
    "never_opened",  # no connection came about: nothing left this machine
    "lost",  # the request may have left, no answer came
    "timed_out",  # the request left, no (whole) answer came in time
    "cut",  # the answer ends before its end
    "too_large",  # the answer is larger than we accept
    "garbled",  # the answer's encoding is unknown or broken
)

_CHUNK = 16 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back. ``status`` is ``None`` when not even a status line did.

    :param body: the decoded bytes; only a part of them when ``flaw`` is set.
    :param detail: what the machine said about the flaw, free of secrets.
    """

    status: int | None
    headers: dict = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    flaw: str = ""
    detail: str = ""


class _Trace:
    """What one connection did for one call."""

    def __init__(self):
        self.seen = self.left = self.expired = False
        self.socket = None

    def expire(self):
        """End the call from another thread: whoever reads from the socket gets its end."""
        self.expired = True
        if self.socket is not None:
            # Closed in the meantime means that the call has ended by itself.
            with contextlib.suppress(OSError, TypeError):
                # Not SSLSocket.shutdown, which changes the object under the reader's hands.
                socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


_current = threading.local()


class _Traced:
    """A connection that notes when a request begins to leave.

    What passes during ``connect()`` (TLS, the CONNECT of a proxy) is not the request.
    """

    _opening = False

    def connect(self):
        _current.trace.seen = True
        self._opening = True
        try:
            return super().connect()
        finally:
            self._opening = False

    def send(self, data):
        if self.sock is None and self.auto_open:
            self.connect()
        if not self._opening:
            trace = _current.trace
            trace.seen = True
            trace.socket = self.sock
            if trace.expired and not trace.left:
                # Looking up and connecting took it all: nobody would end this call any more.
                raise TimeoutError("the time for the call is over")
            trace.left = True
        return super().send(data)


def _traced_pool(pool):
    connection = type("TracedConnection", (_Traced, pool.ConnectionCls), {})
    return type("TracedPool", (pool,), {"ConnectionCls": connection})


_POOLS = {"http": _traced_pool(HTTPConnectionPool), "https": _traced_pool(HTTPSConnectionPool)}


class _Adapter(HTTPAdapter):
    """Traced connections, and no retry of its own."""

    def init_poolmanager(self, *args, **kwargs):
        made = super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS
        return made

    def proxy_manager_for(self, proxy, **kwargs):
        manager = super().proxy_manager_for(proxy, **kwargs)
        # A SOCKS proxy lives in the connection class: replacing it would go round the proxy.
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = _POOLS
        return manager


class _Session(requests.Session):
    """A session that does not even look where a redirect points to.

    Without following it requests prepares the next call, and for that reads the whole answer,
    unpacked and without a limit.
    """

    def get_redirect_target(self, resp):
        return None


class _Authorization(AuthBase):
    """Sets the header itself. Having one keeps requests from taking one out of ~/.netrc."""

    def __init__(self, token=None):
        self.token = token

    def __call__(self, request):
        if self.token is not None:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class Wire:
    """A ``requests.Session`` that follows no redirect, keeps no cookie and retries nothing.

    Proxies and certificate bundles named in the environment are used, as an administrator
    expects; ``~/.netrc`` is not: its password would take the place of the token. Certificates
    are always verified. Not for use by several threads at a time.

    :param user_agent: value of the User-Agent header.
    :param max_bytes: largest body to accept, counted after unpacking.
    :param longest: seconds that one call may last in all: a time-out for reading alone never
        ends a server that sends one byte a minute.
    """

    def __init__(self, user_agent, *, max_bytes, longest):
        self._max_bytes = max_bytes
        self._longest = longest
        self._session = _Session()
        self._session.headers.update(
            # Only what _Unpacker can undo within the size limit.
            {"User-Agent": user_agent, "Accept": "application/json", "Accept-Encoding": "gzip"}
        )
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(max_retries=0))

    def close(self):
        """Close all connections; the next call opens new ones."""
        self._session.close()

    def send(self, method, url, *, timeout, token=None, headers=None, data=None, secrets=()):
        """Make one call and read its whole answer.

        :param timeout: (connect, read) in seconds.
        :param token: access token, or ``None``.
        :param secrets: values that must not occur in the detail of a failure.
        :return: an :class:`Answer`; a failure is an answer with a flaw, never an exception.
        """
        trace = _current.trace = _Trace()
        watchdog = threading.Timer(self._longest, trace.expire)
        watchdog.daemon = True
        watchdog.start()
        try:
            answer = self._exchange(method, url, trace, timeout, token, headers, data)
        finally:
            watchdog.cancel()
        return Answer(
            answer.status,
            answer.headers,
            answer.body,
            # An answer cut off in its head looks whole, and empty.
            TIMED_OUT if trace.expired and trace.left else answer.flaw,
            redact(answer.detail, token, *secrets)[:300],
        )

    def _exchange(self, method, url, trace, timeout, token, headers, data):
        try:
            response = self._session.request(
                method,
                url,
                headers=headers,
                data=data,
                timeout=timeout,
                auth=_Authorization(token),
                allow_redirects=False,
                stream=True,
            )
        # ValueError and UnicodeError: an address or header that cannot be sent at all; OSError:
        # a certificate bundle that is not there; HTTPError: what old versions let through.
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            return Answer(None, flaw=_flaw(error, trace), detail=_innermost(error))
        with response:
            try:
                return self._read(response)
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                flaw = TIMED_OUT if _is_timeout(error) else CUT
                return Answer(
                    response.status_code, response.headers, flaw=flaw, detail=_innermost(error)
                )

    def _read(self, response):
        status, headers = response.status_code, response.headers
        unpacker = _Unpacker(headers.get("Content-Encoding", ""), self._max_bytes)
        received = 0
        for chunk in response.raw.stream(_CHUNK, decode_content=False):
            received += len(chunk)
            unpacker.feed(chunk)
            if received > self._max_bytes + _CHUNK:
                # Packed it is never larger than unpacked, but for a few bytes.
                unpacker.flaw = unpacker.flaw or TOO_LARGE
            if unpacker.flaw:
                break
        flaw = unpacker.flaw
        if not flaw and (_announced(headers) or received) > received:
            flaw = CUT
        return Answer(status, headers, bytes(unpacker.body), flaw or unpacker.ending())


class _Unpacker:
    """Undoes gzip without ever holding more than the limit.

    urllib3 unpacks whole chunks, in old versions without any bound, and as many times as the
    server says; 10 kB can become 10 GB that way.
    """

    def __init__(self, encoding, limit):
        self.body = bytearray()
        self.flaw = ""
        self._limit = limit
        self._started = False
        encoding = encoding.strip().lower()
        self._gzip = zlib.decompressobj(16 + zlib.MAX_WBITS) if "gzip" in encoding else None
        self._unknown = encoding not in ("", "identity", "gzip", "x-gzip")

    def feed(self, chunk):
        """Take a chunk of the raw body."""
        self._started = self._started or bool(chunk)
        if self._unknown:
            self.flaw = GARBLED
        elif self._gzip is None:
            self.body += chunk
        else:
            try:
                room = self._limit + 1 - len(self.body)
                self.body += self._gzip.decompress(chunk, room)
            except zlib.error:
                self.flaw = GARBLED
        if len(self.body) > self._limit:
            self.flaw = TOO_LARGE

    def ending(self):
        """What is wrong with the end of the body, if anything."""
        whole = self._gzip is None or not self._started or self._gzip.eof
        return "" if whole else CUT


def _announced(headers):
    """The length in the Content-Length header, if it is one that counts."""
    length = headers.get("Content-Length", "")
    if "Transfer-Encoding" in headers or not length.isdecimal():
        return None
    return int(length)


def _flaw(error, trace):
    if trace.left:
        return TIMED_OUT if _is_timeout(error) else LOST
    if trace.seen:
        return NEVER_OPENED
    # Not one of our connections (a SOCKS proxy), or no connection was even tried: what fails on
    # a connection, requests and urllib3 put into errors of their own.
    unsent = (requests.exceptions.ConnectTimeout, ValueError)
    if isinstance(error, unsent) or "NewConnectionError" in _names(error):
        return NEVER_OPENED
    return LOST if isinstance(error, (requests.RequestException, HTTPError)) else NEVER_OPENED


def _is_timeout(error):
    return bool({"ReadTimeout", "ReadTimeoutError", "TimeoutError", "timeout"} & _names(error))


def _names(error):
    return {type(part).__name__ for part in _chain(error)}


def _chain(error):
    """An exception and those that it carries, from the outside in."""
    while error is not None:
        yield error
        inner = [part for part in error.args if isinstance(part, Exception)]
        reason = getattr(error, "reason", None)
        error = reason if isinstance(reason, Exception) else next(iter(inner), None)


def _innermost(error):
    """The text that says most, without the addresses that the outer ones repeat."""
    *_outer, last = _chain(error)
    text = str(last)
    if text.startswith("<") and ">: " in text:
        text = text.split(">: ", 1)[1]
    return f"{type(last).__name__}: {text}"
