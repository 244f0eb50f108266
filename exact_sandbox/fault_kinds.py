"""What a fault does to a call: the kinds, and ready-made ones with the answers that were seen.

The first line of a kind's docstring is its line in ``--help``.
"""

import contextlib
import json
import socket
import time

from werkzeug.wrappers import Response

_GATEWAY_TIMEOUT = "<html><body><h1>504 Gateway Time-out</h1></body></html>"
_JSON = "application/json; charset=utf-8"
_HTML = "text/html; charset=utf-8"


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


# Kinds: functions of (faults, fault, request, prepare). ``prepare()`` checks who calls and counts
# the call; what it returns does the work and gives the answer.


def _lose_request(_faults, _fault, request, _prepare):
    """The request is lost: no work, no answer."""
    request.get_data()
    raise Dropped


def _lose_answer(_faults, _fault, _request, prepare):
    """The work is done, the answer is lost."""
    prepare()()
    raise Dropped


def _cut_answer(_faults, _fault, _request, prepare):
    """The work is done, the connection ends in the middle of the answer's body."""
    response = prepare()()
    body = response.get_data()
    head = [f"HTTP/1.1 {response.status}", f"Content-Length: {len(body)}", "Connection: close"]
    head += [
        f"{name}: {text}"
        for name, text in response.headers.items()
        if name.lower() not in ("content-length", "connection")
    ]
    sent = "\r\n".join([*head, "", ""]).encode("latin-1")
    # Without a body, as after a PUT, it ends in the status: clients take cut headers for all.
    raise Dropped(sent + body[: len(body) // 2] if body else sent[: len("HTTP/1.1 2")])


def _delay(_faults, fault, request, prepare):
    """The work and its answer come some seconds later."""
    request.get_data()
    time.sleep(fault.seconds)
    return prepare()()


def _odd(fault):
    return Response(fault.body, fault.status, fault.headers, content_type=fault.content_type)


def _status(_faults, fault, request, _prepare):
    """No work; an answer with this status (503), body (none) and content_type."""
    request.get_data()
    return _odd(fault)


def _after(_faults, fault, _request, prepare):
    """The work is done, then an answer as of status instead of the real one."""
    prepare()()
    return _odd(fault)


def _wrong_type(_faults, fault, _request, prepare):
    """The work is done; the real answer under another content_type (text/html)."""
    response = prepare()()
    response.headers["Content-Type"] = fault.content_type
    return response


def _late(faults, fault, _request, prepare):
    """504 at once, the work some seconds later (0), as a gateway that gave up waiting."""
    faults.put_off(prepare(), fault.seconds)
    return Response(_GATEWAY_TIMEOUT, 504, content_type=_HTML)


KINDS = {
    "lose_request": _lose_request,
    "lose_answer": _lose_answer,
    "cut_answer": _cut_answer,
    "delay": _delay,
    "late": _late,
    "status": _status,
    "after": _after,
    "wrong_type": _wrong_type,
}


def _gateway(text, code):
    return json.dumps(
        {"fault": {"faultstring": text, "detail": {"errorcode": code}}}, separators=(",", ":")
    )


# What follows the colon was left out of the report.
_PROXY = "Unable to identify proxy for host: secure and url: /api/oauth2/token"
# Chapter 1.5 unless another is named. A given value goes before the ready-made one.
READY = {
    "gateway_extract": {
        "about": "500, the gateway's JSON about ExtractAccessToken.",
        "kind": "status",
        "status": 500,
        "content_type": _JSON,
        "body": _gateway(
            "Failed to execute the ExtractVariables: ExtractAccessToken",
            "steps.extractvariables.ExecutionFailed",
        ),
    },
    # The status was seen as 4xx and 5xx; 404 is what this gateway gives elsewhere.
    "gateway_proxy": {
        "about": "404, the gateway's JSON about an unknown proxy.",
        "kind": "status",
        "status": 404,
        "content_type": _JSON,
        "body": _gateway(_PROXY, "messaging.adaptors.http.flow.ApplicationNotFound"),
    },
    "maintenance": {
        "about": "503, a page about server maintenance (each night 04:00-04:30).",
        "kind": "status",
        "status": 503,
        "body": "<html><body><p>Server maintenance: Due to server maintenance the Exact Online"
        " server is unavailable.</p></body></html>",
    },
    "empty": {
        "about": "200 without a body, and no work.",
        "kind": "status",
        "status": 200,
        "content_type": _JSON,
    },
    "bad_request": {
        "about": "400 with the plain text Bad Request, as for a code used twice in 2016.",
        "kind": "status",
        "status": 400,
        "content_type": "text/plain; charset=utf-8",
        "body": "Bad Request",
    },
    "html": {
        "about": "200 with a page where JSON is expected, and no work.",
        "kind": "status",
        "status": 200,
        "body": "<!DOCTYPE html><html><body><h1>Exact Online</h1></body></html>",
    },
    # Without limit headers, as in a report of 2019 (chapter 2).
    "too_many": {"about": "429 without body or headers.", "kind": "status", "status": 429},
    # Chapter 3.5; its body is not known.
    "too_broad": {
        "about": "408 without a body, for too broad a call.",
        "kind": "status",
        "status": 408,
    },
    "empty_after": {
        "about": "The work is done, then 200 without a body.",
        "kind": "after",
        "status": 200,
        "content_type": _JSON,
    },
    "html_after": {
        "about": "The work is done, then 200 with a page where JSON is expected.",
        "kind": "after",
        "status": 200,
        "body": "<!DOCTYPE html><html><body><h1>Exact Online</h1></body></html>",
    },
    "bad_gateway": {
        "about": "The work is done, then 502 with a page.",
        "kind": "after",
        "status": 502,
        "body": "<html><body><h1>502 Bad Gateway</h1></body></html>",
    },
}


def strike(faults, fault, request, prepare):
    """Let a fault strike a call; return the answer.

    :raises Dropped: when the connection is to be closed instead
    """
    return KINDS[fault.kind](faults, fault, request, prepare)
