"""Faults that tests switch on: what a network or a busy service does to a call."""

import contextlib
import re
import socket
import sys
import threading
import time
import traceback
from dataclasses import asdict, dataclass, field

from werkzeug.wrappers import Response

_GATEWAY_TIMEOUT = "<html><body><h1>504 Gateway Time-out</h1></body></html>"


class Dropped(ConnectionError):
    """The connection is to be closed without an answer, or after a part of one.

    :param part: bytes that are still sent
    """

    def __init__(self, part=b""):
        super().__init__("dropped on purpose")
        self.part = part

    def carry_out(self, connection):
        """Send the part and close the socket; the client may be faster."""
        with contextlib.suppress(OSError):
            if self.part:
                connection.sendall(self.part)
            connection.shutdown(socket.SHUT_RDWR)


@dataclass
class Fault:
    """One fault.

    :param kind: a name in :data:`KINDS`
    :param method: the verb it is for; empty for all
    :param path: a regular expression searched in the address; empty for all
    :param times: how many calls it strikes
    :param skip: how many matching calls it lets pass first
    :param seconds: how long to delay, or how much later the work is done
    :param status: the status to answer with (kind ``status``)
    :param body: the body to answer with
    :param content_type: the type of that body
    :param headers: further headers of that answer
    """

    kind: str
    method: str = ""
    path: str = ""
    times: int = 1
    skip: int = 0
    seconds: float = 0.0
    status: int = 503
    body: str = ""
    content_type: str = "text/html; charset=utf-8"
    headers: dict = field(default_factory=dict)

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"The kind of a fault is one of {', '.join(sorted(KINDS))}.")
        if self.times < 1 or self.skip < 0 or self.seconds < 0:
            raise ValueError("Counts and seconds of a fault cannot be below 0, times not below 1.")
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"The path of a fault is a regular expression: {error}.") from None

    def fits(self, method, path):
        """Whether the fault is for this call."""
        return self.method.upper() in ("", method) and re.search(self.path, path) is not None


class Faults:
    """The faults that are switched on, and work that is put off."""

    def __init__(self, clock):
        self._clock = clock
        self._lock = threading.Lock()
        self._faults = []
        self._late = []
        self._stopped = threading.Event()

    def add(self, values):
        """Switch a fault on; ValueError or TypeError when it cannot be."""
        fault = Fault(**values)
        with self._lock:
            self._faults.append(fault)
        return asdict(fault)

    def all(self):
        """Return the faults that still wait for calls."""
        with self._lock:
            return [asdict(item) for item in self._faults]

    def clear(self):
        """Switch all faults off; work that is already put off is still done."""
        with self._lock:
            self._faults.clear()

    def take(self, method, path):
        """Return the fault that strikes this call, counted down, or None."""
        with self._lock:
            for fault in self._faults:
                if not fault.fits(method, path):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                if not fault.times:
                    self._faults.remove(fault)
                return fault
        return None

    # Late work

    def put_off(self, work, seconds):
        """Do some work when the sandbox's clock is so many seconds further.

        It is kept in memory: a sandbox that is killed meanwhile never does it, as an application
        server that dies with its request.
        """
        with self._lock:
            self._late.append((self._clock.timestamp() + seconds, work))

    def run_due(self):
        """Do the late work whose time has come."""
        now = self._clock.timestamp()
        with self._lock:
            due = [work for moment, work in self._late if moment <= now]
            self._late = [item for item in self._late if item[0] > now]
        for work in due:
            try:
                work()
            except Exception:
                traceback.print_exc(file=sys.stderr)

    def watch(self):
        """Do late work when it is due, until stopped."""
        while not self._stopped.wait(0.05):
            self.run_due()

    def stop(self):
        """End :meth:`watch`."""
        self._stopped.set()


# Kinds: functions of (faults, fault, request, prepare). ``prepare()`` checks who calls and counts
# the call; what it returns does the work and gives the answer.


def _lose_request(_faults, _fault, request, _prepare):
    request.get_data()
    raise Dropped


def _lose_answer(_faults, _fault, _request, prepare):
    prepare()()
    raise Dropped


def _cut_answer(_faults, _fault, _request, prepare):
    """Send the head and half of the body, then close."""
    response = prepare()()
    body = response.get_data()
    head = [f"HTTP/1.1 {response.status}", f"Content-Length: {len(body)}", "Connection: close"]
    head += [
        f"{name}: {text}"
        for name, text in response.headers.items()
        if name.lower() not in ("content-length", "connection")
    ]
    raise Dropped("\r\n".join([*head, "", ""]).encode("latin-1") + body[: len(body) // 2])


def _delay(_faults, fault, request, prepare):
    request.get_data()
    time.sleep(fault.seconds)
    return prepare()()


def _status(_faults, fault, request, _prepare):
    request.get_data()
    return Response(fault.body, fault.status, fault.headers, content_type=fault.content_type)


def _late(faults, fault, _request, prepare):
    """Answer 504 and do the work later, as a gateway that gave up waiting."""
    faults.put_off(prepare(), fault.seconds)
    return Response(_GATEWAY_TIMEOUT, 504, content_type="text/html")


KINDS = {
    "lose_request": _lose_request,
    "lose_answer": _lose_answer,
    "cut_answer": _cut_answer,
    "delay": _delay,
    "status": _status,
    "late": _late,
}


def strike(faults, fault, request, prepare):
    """Let a fault strike a call; return the answer.

    :raises Dropped: when the connection is to be closed instead
    """
    return KINDS[fault.kind](faults, fault, request, prepare)
