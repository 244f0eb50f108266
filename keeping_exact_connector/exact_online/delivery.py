"""From a checked address to an answer: tokens, limits, repeats and the record of each call."""

import random
import re
import time
from urllib.parse import urlsplit

from .answers import read_answer, written_answer
from .calls import Call
from .errors import ExactError, LimitReached, NotConnected, Unreachable

# Seconds. A server may close an idle connection at any moment, and a write that meets the
# closing door has an unknown outcome: rather open a new one.
_STALE = 5.0

_TOKEN = re.compile(r"[!-~]+")


class Delivery:
    """Makes calls with one user's tokens.

    :param wire: a :class:`~.wire.Wire`.
    :param access_token: see :class:`~.client.Client`, as the others.
    :param ledger: a :class:`~.ledger.Ledger`.
    """

    def __init__(self, wire, access_token, ledger, timeout, pauses, observer):
        self._wire = wire
        self._access_token = access_token
        self._ledger = ledger
        self._timeout = timeout
        self._pauses = tuple(pauses)
        self._observer = observer
        self._last_call = time.monotonic()

    def call(self, method, url, division, endpoint, **request):
        """Make one call; a reading one is repeated where a repeat may help.

        :param division: number of the administration that it counts for, or ``None``.
        :param endpoint: path without administration and key.
        :param request: ``headers``, ``data`` and ``reference``.
        :return: see :func:`~.answers.read_answer` and :func:`~.answers.written_answer`.
        """
        if method != "GET" and time.monotonic() - self._last_call > _STALE:
            self._wire.close()
        call = (method, url, division, endpoint)
        token = _sendable(self._access_token())
        try:
            return self._deliver(call, token, request)
        except NotConnected as error:
            renewed = _sendable(self._access_token(rejected=token))
            if renewed == token:
                # Each 401 counts as an error, and ten of them block the app (ch. 2).
                raise error from None
        return self._deliver(call, renewed, request)

    def _deliver(self, call, token, request):
        pauses = iter(self._pauses if call[0] == "GET" else ())
        while True:
            try:
                return self._attempt(*call, token, **request)
            except Unreachable as error:
                pause = next(pauses, None)
                if pause is None or error.timed_out:
                    raise
            time.sleep(pause * random.uniform(0.5, 1.0))

    def _attempt(
        self, method, url, division, endpoint, token, *, headers=None, data=None, reference=None
    ):
        self._ledger.reserve(division, method, endpoint)
        started = time.monotonic()
        status, told, outcome, blocked = None, None, "interrupted", False
        try:
            answer = self._wire.send(
                method, url, timeout=self._timeout, token=token, headers=headers, data=data
            )
            status, told = answer.status, answer.headers
            if method == "GET":
                result = read_answer(answer)
            else:
                result = written_answer(answer, expects_entity=method == "POST")
            outcome = "ok"
            return result
        except ExactError as error:
            outcome = type(error).__name__
            blocked = isinstance(error, LimitReached) and error.cause == "errors"
            raise
        finally:
            self._last_call = time.monotonic()
            duration = self._last_call - started
            budget = self._ledger.record(division, method, endpoint, status, told, blocked=blocked)
            if self._observer is not None:
                path = urlsplit(url).path
                self._observer(Call(method, path, status, duration, budget, outcome, reference))


def _sendable(token):
    """The token, if it can stand in a header; requests would show it in its complaint."""
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise NotConnected("The access token is damaged; connect again.")
    return token
