"""The family of errors: what can become of a call to Exact Online, and nothing else.

Every error says whether the call took effect in Exact: ``took_effect`` is ``False`` when it
certainly did not, ``None`` when nobody knows. No error of the family is raised for a call that
certainly did take effect. Texts are free of tokens and secrets.
"""

from datetime import timedelta

from .redact import redact


class ExactError(Exception):
    """A call to Exact Online that brought no result.

    :param text: one sentence for a person; by default made from the messages.
    :param status: HTTP status of the answer, ``None`` when there was none.
    :param messages: Exact's own texts, in the language of the connected user (ch. 3.5).
    :param reason: value of the answer's ``Reason`` header (ch. 1.5, 5.1).
    """

    took_effect = False
    default_text = "Exact Online did not carry out the call."

    def __init__(self, text="", *, status=None, messages=(), reason=""):
        self.status = status
        self.messages = [redact(message) for message in messages]
        self.reason = redact(reason or "")
        super().__init__(redact(text or self._text()))

    def _text(self):
        if self.messages:
            return "; ".join(self.messages)
        if self.status is not None:
            return f"{self.default_text} (HTTP status {self.status})"
        return self.default_text

    def __reduce__(self):
        # Keyword arguments are not in args: without this an error cannot cross processes.
        return _rebuild, (type(self), self.args, dict(self.__dict__))


def _rebuild(cls, args, state):
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class Refused(ExactError):
    """Exact refused the call with a definite answer; nothing was changed.

    ``messages`` holds Exact's texts one by one: several come in one answer, joined by a line
    break (ch. 3.5). A refusal of the business rules has status 400 or 500.
    """

    default_text = "Exact Online refused the call."


class NoRight(ExactError):
    """Status 403: user, app or licence may not do this; nothing was changed.

    :param cause: ``scope`` (the app registration lacks a scope), ``division`` (no access to this
        administration for the user or the app), ``license`` (expired), ``blocked`` (user,
        customer or administration) or ``unknown``: one body covers many causes; UserHasRights
        tells a lacking right of the user apart from the rest (ch. 5.1).
    """

    default_text = "Exact Online does not allow this call."

    def __init__(self, text="", *, cause="unknown", **kwargs):
        self.cause = cause
        super().__init__(text, **kwargs)


class NotConnected(ExactError):
    """The tokens are not valid any more: a person must give consent again (ch. 1.5, 1.6)."""

    default_text = "Exact Online does not accept the connection any more; connect again."


class LimitReached(ExactError):
    """A limit of Exact is used up: status 429, or tokens asked for too early (ch. 1.5, 2).

    Without a ``status`` the call was not sent, because the ledger knew the limit.

    :param retry_at: the moment to come back, an aware :class:`~datetime.datetime` in UTC.
    :param cause: ``minute`` or ``day`` (calls), ``errors`` (too many errors on the endpoint in
        an hour), ``underway`` (so many calls of the endpoint have no answer yet that they could
        become too many errors) or ``tokens`` (asked for too early).
    """

    default_text = "The limit of calls to Exact Online is reached."

    def __init__(self, retry_at, text="", *, cause="minute", **kwargs):
        self.retry_at = retry_at
        self.cause = cause
        moment = f"{retry_at:%Y-%m-%d %H:%M:%S} UTC"
        super().__init__(text or f"{self.default_text} Next call possible at {moment}.", **kwargs)

    @property
    def over_at(self):
        """The first whole second after ``retry_at``, as a naive datetime in UTC.

        Moments of records are whole seconds: a part of one earlier it is refused again.
        """
        return self.retry_at.replace(tzinfo=None, microsecond=0) + timedelta(seconds=1)


class Unreachable(ExactError):
    """The connection was never opened, or reading failed, also when it was tried again.

    Nothing was changed. ``timed_out`` tells that the time-out ended the wait for an answer:
    such a call is not repeated by the client, for it has cost a minute already.
    """

    default_text = "Exact Online cannot be reached."

    def __init__(self, text="", *, timed_out=False, **kwargs):
        self.timed_out = timed_out
        super().__init__(text, **kwargs)


class UnknownOutcome(ExactError):
    """A write, or a token call, without a definite answer: it may have taken effect.

    Look it up in Exact before anything is sent again: Exact knows no idempotency key (ch. 11).
    """

    took_effect = None
    default_text = "Exact Online gave no definite answer; the call may have taken effect."


class UnexpectedAnswer(ExactError):
    """The answer to a call that changes nothing is outside of the protocol, or too large."""

    default_text = "Exact Online gave an answer that is not understood."
