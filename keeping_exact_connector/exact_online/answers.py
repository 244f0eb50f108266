"""What an answer means: a value, or one of the errors (API reference ch. 2, 3.5, 5.1)."""

from datetime import datetime, timedelta, timezone

from . import values
from .budget import HOUR, hit_limit, names_limit, retry_after, wait_after_refusal
from .errors import (
    LimitReached,
    NoRight,
    NotConnected,
    Refused,
    UnexpectedAnswer,
    UnknownOutcome,
    Unreachable,
)
from .wire import CUT, GARBLED, NEVER_OPENED, TIMED_OUT, TOO_LARGE

# What a gateway says in place of Exact: the work behind it may go on (design §6).
_GATEWAY = {502, 503, 504}

# Definite by their meaning in HTTP, also without a body of Exact. 408 is not among them: Exact
# answers it when it took too long (ch. 3.5).
_REFUSALS = {400, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415, 416, 422, 428, 431}

# The one text of Exact's error body that is no answer: the server failed somewhere (ch. 3.5).
_TROUBLE = "A problem has occurred"

# What one help text shows of the block after too many errors, in lower case (ch. 2). Its status
# is not known: 403 and 429 are possible (ch. 11).
_BLOCK = "api rate limit exceeded"

# Values of the Reason header of a 403 (ch. 5.1), in lower case.
_CAUSES = {
    "blockeduser": "blocked",
    "inactiveuser": "blocked",
    "blockedcustomer": "blocked",
    "divisionblocked": "blocked",
    "licenseexpired": "license",
    "nodivisionaccess": "division",
    "wrongdivision": "division",
}

# Texts of a 403 (ch. 5.1), in lower case.
_CAUSE_TEXTS = (
    ("application scope violated", "scope"),
    ("division scope", "division"),
    ("wrong division", "division"),
    ("wrongdivision", "division"),
    ("license expired", "license"),
)

_FLAWS = {
    TIMED_OUT: "no answer in time",
    CUT: "the answer was cut off",
    TOO_LARGE: "the answer is too large",
    GARBLED: "the answer cannot be unpacked",
}


def read_answer(answer):
    """The JSON document in the answer to a GET, not decoded yet.

    :raises Unreachable: for what may pass when it is tried again: transport, 408, 5xx without
        a text of Exact, an empty or cut answer.
    :raises ExactError: one of the others, for what stays as it is.
    """
    _raise_common(answer)
    status, messages = answer.status, _messages(answer)
    if status >= 400:
        if status in _GATEWAY or status == 408 or (status >= 500 and not messages):
            raise Unreachable(status=status, messages=messages, reason=reason_of(answer))
        raise Refused(status=status, messages=messages, reason=reason_of(answer))
    if answer.flaw in (TOO_LARGE, GARBLED):
        raise UnexpectedAnswer(_sentence(answer), status=status)
    if answer.flaw or (200 <= status < 300 and not answer.body.strip()):
        raise Unreachable(_sentence(answer), status=status, timed_out=answer.flaw == TIMED_OUT)
    if not 200 <= status < 300:
        raise UnexpectedAnswer(f"Exact Online answered with status {status}.", status=status)
    if not is_json(answer):
        kind = answer.headers.get("Content-Type", "none")
        raise UnexpectedAnswer(f"The answer is not JSON but {kind!r:.100}.", status=status)
    return values.parse(answer.body)


def written_answer(answer, *, expects_entity):
    """The entity in the answer to a write, decoded; ``None`` where there is none.

    :param expects_entity: whether the call is one that answers with its entity (POST).
    :raises UnknownOutcome: for everything that is not definite.
    :raises ExactError: one of the others, all of them without effect.
    """
    _raise_common(answer, write=True)
    status, messages = answer.status, _messages(answer)
    if status in _REFUSALS or (
        messages and status >= 400 and status != 408 and status not in _GATEWAY
    ):
        raise Refused(status=status, messages=messages, reason=reason_of(answer))
    if status >= 300:
        raise UnknownOutcome(status=status, messages=messages, reason=reason_of(answer))
    if status == 204 and not expects_entity:
        return None
    if answer.flaw:
        raise UnknownOutcome(_sentence(answer), status=status)
    return _entity(answer)


def _entity(answer):
    try:
        document = values.parse(answer.body) if is_json(answer) else None
        entity = document.get("d") if isinstance(document, dict) else None
        entity = values.decode(entity)
    except UnexpectedAnswer:
        entity = None
    # Some endpoints answer lists of one (ch. 3.2).
    if isinstance(entity, list) and len(entity) == 1:
        entity = entity[0]
    if not isinstance(entity, dict) or not entity:
        raise UnknownOutcome(status=answer.status)
    return entity


def _raise_common(answer, write=False):
    """Raise what means the same for reads and writes."""
    if answer.flaw == NEVER_OPENED:
        raise Unreachable(f"Exact Online cannot be reached ({answer.detail}).")
    if answer.status is None:
        if write:
            raise UnknownOutcome(_sentence(answer))
        raise Unreachable(_sentence(answer), timed_out=answer.flaw == TIMED_OUT)
    facts = {
        "status": answer.status,
        "messages": _messages(answer),
        "reason": reason_of(answer),
    }
    if answer.status == 401:
        raise NotConnected(**facts)
    if _is_block(answer):
        now = datetime.now(timezone.utc)
        wait = retry_after(answer.headers, now.timestamp()) or HOUR
        raise LimitReached(now + timedelta(seconds=wait), cause="errors", **facts)
    if answer.status == 403:
        raise NoRight(cause=_cause(**facts), **facts)
    if answer.status == 429:
        raise LimitReached(retry_at(answer.headers), cause=hit_limit(answer.headers), **facts)


def _sentence(answer):
    flaw = _FLAWS.get(answer.flaw, "no answer")
    return f"Exact Online: {flaw}" + (f" ({answer.detail})." if answer.detail else ".")


def _cause(status, messages, reason):
    code = reason.split(":", 1)[0].strip().lower().replace(" ", "")
    if code in _CAUSES:
        return _CAUSES[code]
    text = " ".join([reason, *messages]).lower()
    return next((cause for part, cause in _CAUSE_TEXTS if part in text), "unknown")


def retry_at(headers, now=None):
    """When to come back after a 429 (ch. 2).

    Only the headers of the limit that was hit are there; without any, the next clock minute.
    ``Retry-After`` is neither documented nor seen, and believed if it comes.

    :return: an aware moment in UTC, always in the future.
    """
    now = now or datetime.now(timezone.utc)
    return now + timedelta(seconds=wait_after_refusal(headers, now.timestamp()))


def _messages(answer):
    """Exact's texts in an answer; only refusals are searched, for lists are long."""
    return error_messages(answer.body) if answer.status >= 300 else []


def error_messages(body):
    """Exact's texts in an error body, one by one; empty when it is none of Exact's (ch. 3.5).

    A text that means no more than "something went wrong" counts as none.
    """
    try:
        error = values.parse(body)["error"]
        message = error["message"]
        text = message["value"] if isinstance(message, dict) else message
        lines = [line.strip() for line in text.splitlines()]
    except (UnexpectedAnswer, LookupError, TypeError, AttributeError):
        return []
    trouble = any(line.startswith(_TROUBLE) for line in lines)
    return [] if trouble else [line for line in lines if line]


def _is_block(answer):
    """Whether Exact blocks the endpoint after too many errors (ch. 2).

    The text is also that of a limit of calls; but such a refusal names its limit in headers.
    """
    if answer.status not in (403, 429) or names_limit(answer.headers):
        return False
    text = answer.body[:4096].decode("utf-8", "replace") + reason_of(answer)
    return _BLOCK in text.lower()


def reason_of(answer):
    """The ``Reason`` header: ``<Code>: <text>`` (ch. 1.5, 5.1)."""
    return answer.headers.get("Reason", "")


def is_json(answer):
    """Whether the answer says that it is JSON."""
    kind = answer.headers.get("Content-Type", "").split(";", 1)[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and "+json" in kind)
