"""What a code of ours means for a person: what went wrong, and what to do about it.

Records store codes and Exact's own text; the sentences are made when somebody reads them, in
that person's language (jobs run without one).

- ``recognise`` knows Exact's texts in the three languages it answers in,
- ``refusals`` and ``rights`` say what they mean, ``own`` what went wrong without such a text,
- ``health`` says what is the matter with a connection, ``checks`` what a check of an
  administration found,
- ``consent`` how the question for one ended.
"""

from odoo import fields
from odoo.tools import format_date, format_datetime, format_time

from ... import exact_online
from . import checks, own, recognise, refusals, rights
from .consent import explain_ending
from .health import HEALTH
from .message import Message

MESSAGES = {**own.MESSAGES, **refusals.MESSAGES, **rights.MESSAGES}
#: Codes of limits: an earlier try than Exact's own moment only costs another error.
LIMITS = ("limit", "limit_minute", "limit_day", "limit_errors", "limit_contract")
#: Codes of a 403 that each call meets, whatever it asks (API reference, chapter 5.1), and that is
#: over one day without anything being changed here: what is to be sent waits for it.
CLOSED = ("licence_expired", "licence_blocked", "user_blocked", "division_blocked")
#: Codes that go before others, which say why: a record that another one needs, and the pause.
OUTER = ("customer", "item", "document", "attachment", "paused")
SEPARATOR = ","

_KINDS = (
    (exact_online.NotConnected, "not_connected"),
    (exact_online.Unreachable, "unreachable"),
    (exact_online.UnknownOutcome, "unknown_outcome"),
    (exact_online.UnexpectedAnswer, "unexpected"),
)


def code_of(error):
    """Return what to store for an error of the client: codes of MESSAGES, joined by a comma.

    There are as many as Exact gave reasons in one answer (API reference, chapter 3.5).

    :param exact_online.ExactError error: what the client raised
    """
    if isinstance(error, exact_online.LimitReached):
        return _limit_code(error)
    for kind, code in _KINDS:
        if isinstance(error, kind):
            return code
    if isinstance(error, exact_online.NoRight):
        return recognise.right_code(error.reason, error.messages, error.cause)
    parts = recognise.split(text_of(error))
    codes = [recognise.code_of(part) for part in parts]
    if error.status == 404 and codes in ([], ["refused"]):
        return "gone"
    return SEPARATOR.join(codes) or "refused"


def _limit_code(error):
    code = f"limit_{getattr(error, 'cause', None) or ''}"
    return code if code in LIMITS else "limit"


def text_of(error):
    """Return Exact's own words in an error of the client, whole."""
    return "\n".join(error.messages) if error.messages else str(error)


def within(outer, code):
    """Return what to store for something that another refusal is the reason of.

    :param str outer: one of OUTER
    :param code: codes of the refusal, or nothing
    """
    return SEPARATOR.join(filter(None, (outer, code)))


def is_paused(code):
    """Tell whether what waits for this reason goes on when the pause of sending ends."""
    return (code or "").split(SEPARATOR)[0] == "paused"


def is_limit(code):
    """Tell whether what waits for this reason has to wait for Exact's own moment."""
    return code in LIMITS


def explain(env, code, text):
    """Return a :class:`Message` for what is stored, in the language of *env*.

    Each reason is explained by itself. A code that is not known (of another version, say) shows
    the text whole.

    :param code: codes of MESSAGES joined by a comma, or nothing
    :param text: Exact's own words, or nothing
    """
    codes = (code or "").split(SEPARATOR)
    outer = codes.pop(0) if codes[0] in OUTER and len(codes) > 1 else None
    found = _explain_each(env, codes, text or "")
    if not outer:
        return found
    # The reason takes the place of Exact's text in "the customer could not be made: …".
    around = _fill(env, MESSAGES[outer], found.text)
    remedies = [found.remedy, around.remedy] if outer == "paused" else [found.remedy]
    return Message(
        around.text,
        "\n".join(filter(None, remedies)) or around.remedy,
        found.step or around.step,
    )


def _explain_each(env, codes, text):
    if any(code not in MESSAGES for code in codes):
        return Message(text, "", "")
    if len(codes) == 1:
        return _fill(env, MESSAGES[codes[0]], text)
    parts = recognise.split(text)
    if len(parts) != len(codes):
        return _fill(env, MESSAGES["refused"], text)
    each = [_fill(env, MESSAGES[code], part) for code, part in zip(codes, parts, strict=True)]
    steps = [message.step for message in each if message.step]
    return Message(
        "\n".join(dict.fromkeys(message.text for message in each)),
        "\n".join(dict.fromkeys(message.remedy for message in each)),
        steps[0] if steps else "",
    )


def _fill(env, message, text):
    sentence, remedy = (str(env._(part)) for part in message[:2])  # pylint: disable=W8301
    return Message(sentence.replace("%(text)s", text), remedy, message.step)


def with_moment(env, message, moment):
    """Return a message that says when it goes on, on the clock of whoever reads it.

    :param Message message: what :func:`explain` gave
    :param datetime moment: UTC
    """
    zoned = fields.Datetime.context_timestamp(env.user, moment)
    today = fields.Datetime.context_timestamp(env.user, fields.Datetime.now()).date()
    if zoned.date() == today:
        shown = format_time(env, zoned.time(), time_format="short")
    else:
        shown = format_datetime(env, moment, dt_format="short")
    text = env._("%(reason)s It goes on at %(time)s.", reason=message.text, time=shown)
    return message._replace(text=text)


def explain_health(env, code, text):
    """Return what is the matter with a connection, in the language of *env*.

    :param code: a code of HEALTH, or nothing
    :param text: what was noted with it: Exact's own words, or a name
    """
    if code not in HEALTH:
        return text or ""
    return str(env._(HEALTH[code])).replace("%(text)s", text or "")  # pylint: disable=W8301


def explain_check(env, code, params):
    """Return a :class:`Message` for what a check found, in the language of *env*.

    :param code: a code of checks.MESSAGES or of MESSAGES, or nothing
    :param dict params: what to fill in by name; ``date`` is one as Exact writes it, ``text`` is
        Exact's own words
    """
    params = dict(params or {})
    message = checks.MESSAGES.get(code) or MESSAGES.get(code)
    if message is None:
        return Message(params.get("text", ""), "", "")
    if "date" in params:
        params["date"] = format_date(env, params["date"])
    parts = []
    for part in message[:2]:
        sentence = str(env._(part)) if part else ""  # pylint: disable=W8301
        for name, value in params.items():
            sentence = sentence.replace(f"%({name})s", str(value))
        parts.append(sentence)
    return Message(*parts, message.step)
