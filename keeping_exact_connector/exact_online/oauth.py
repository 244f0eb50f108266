"""Consent and tokens (API reference ch. 1)."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

from .addresses import checked_site
from .answers import retry_at
from .errors import LimitReached, NotConnected, Refused, UnknownOutcome, Unreachable
from .redact import redact
from .wire import NEVER_OPENED, Wire

#: (connect, read) seconds for a token call. Exact rotates the refresh token when it begins to
#: answer: hanging up early loses the connection (ch. 1.4), so the wait is long.
TOKEN_TIMEOUT = (10, 120)

#: Seconds that an access token lives (ch. 1.4), where the answer does not say it.
LIFETIME = 600

#: How long to wait after "not expired", seconds. The earliest moment is 570 s after the last
#: token was received (ch. 1.4); a caller that knows when that was computes it better.
TOO_EARLY_PAUSE = 60

_MAX_BYTES = 1024 * 1024
_USER_AGENT = "keeping-exact-connector"


@dataclass(frozen=True)
class Tokens:
    """A pair of tokens. The refresh token works once; store it before anything else is done.

    :param access_token: for calls, 600 s.
    :param refresh_token: for the next pair, once, within 30 days.
    :param expires_in: seconds that the access token lives.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int


def authorization_url(site_url, client_id, redirect_uri, state, force_login=False):
    """The address to send a person to for consent (ch. 1.2).

    :param redirect_uri: exactly as registered with the app.
    :param state: comes back with the code; keep it short, Exact takes 6,000 characters in all.
    :param force_login: ask for the password also when the person is logged in.
    """
    query = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "state": state,
        "force_login": int(force_login),
    }
    return f"{checked_site(site_url)}/api/oauth2/auth?{urlencode(query)}"


def exchange_code(site_url, client_id, client_secret, code, redirect_uri, *, timeout=TOKEN_TIMEOUT):
    """Trade the code of a consent for tokens; it lives 3 minutes and works once (ch. 1.2).

    :param code: percent-decoded, as the web framework hands it over.
    :param timeout: (connect, read) in seconds.
    :return: :class:`Tokens`.
    :raises ExactError: see :func:`refresh`.
    """
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return _tokens(site_url, client_id, client_secret, form, code, timeout)


def refresh(site_url, client_id, client_secret, refresh_token, *, timeout=TOKEN_TIMEOUT):
    """Trade a refresh token for new tokens; the old one is dead at once (ch. 1.4).

    Never repeated by itself. Hold a lock around it and store the result before using it.

    :param timeout: (connect, read) in seconds.
    :return: :class:`Tokens`.
    :raises LimitReached: not 570 s since the last tokens; the refresh token is still good.
    :raises NotConnected: the token (or code) is not valid any more; consent is needed.
    :raises Refused: wrong client id or secret, or a wrong request.
    :raises Unreachable: nothing was sent; the token is still good.
    :raises UnknownOutcome: no definite answer. Exact may have rotated; try the same token once
        more, "Old refresh token used" then tells that it had.
    """
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return _tokens(site_url, client_id, client_secret, form, refresh_token, timeout)


def _tokens(site_url, client_id, client_secret, form, secret, timeout):
    form = {**form, "client_id": client_id, "client_secret": client_secret}
    url = f"{checked_site(site_url)}/api/oauth2/token"
    secrets = (client_secret, secret)
    wire = Wire(_USER_AGENT, max_bytes=_MAX_BYTES, longest=sum(timeout) + 30)
    try:
        answer = wire.send("POST", url, data=form, timeout=timeout, secrets=secrets)
    finally:
        wire.close()
    return read_tokens(answer, secrets)


def read_tokens(answer, secrets=()):
    """The tokens in the answer of the token endpoint; see :func:`refresh` for what it raises.

    :param answer: an :class:`~.wire.Answer`.
    :param secrets: values that must not occur in an error.
    """
    if answer.flaw == NEVER_OPENED:
        raise Unreachable(f"Exact Online cannot be reached ({answer.detail}).")
    if answer.status is None:
        raise UnknownOutcome(f"Exact Online gave no answer about the tokens ({answer.detail}).")
    body = _json_object(answer.body)
    if answer.status == 200:
        return _parsed(body, answer)
    raise _refusal(answer, body, secrets)


def _json_object(body):
    try:
        value = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _parsed(body, answer):
    access, renewal = body.get("access_token"), body.get("refresh_token")
    if not all(isinstance(token, str) and token.strip() for token in (access, renewal)):
        raise UnknownOutcome(
            "Exact Online answered the token call without tokens.", status=answer.status
        )
    try:
        # A text in the official sample, a number elsewhere (ch. 1.3).
        expires_in = int(body["expires_in"])
    except (LookupError, TypeError, ValueError):
        expires_in = LIFETIME
    return Tokens(access, renewal, expires_in if 0 < expires_in <= 86400 else LIFETIME)


def _refusal(answer, body, secrets):
    """The error for each row of table 1.5."""
    status, code = answer.status, body.get("error")
    description = redact(body.get("error_description") or "", *secrets)
    reason = redact(answer.headers.get("Reason", ""), *secrets)
    facts = {"status": status, "reason": reason, "messages": [description] if description else []}
    text = f"{description} {reason}".lower()

    if "tooearly" in text or (code == "access_denied" and "not expired" in text):
        # 400 was seen live, 401 stands in the knowledge base.
        again = datetime.now(timezone.utc) + timedelta(seconds=TOO_EARLY_PAUSE)
        return LimitReached(again, cause="tokens", **facts)
    if status == 429:
        return LimitReached(retry_at(answer.headers), cause="tokens", **facts)
    if status >= 500 or status in (408, 499) or status < 400 or "fault" in body:
        # A gateway, maintenance, or a redirect: nobody says what became of the token.
        return UnknownOutcome(**facts)
    if code == "invalid_client" or "client with identifier" in text:
        return Refused(**facts)
    if _token_is_dead(answer, code, text):
        return NotConnected(**facts)
    if code or status in (404, 405, 413, 415):
        return Refused(**{**facts, "messages": facts["messages"] or [redact(code or "", *secrets)]})
    return UnknownOutcome(**facts)


def _token_is_dead(answer, code, text):
    if code in ("invalid_grant", "unauthorized_client", "access_denied"):
        return True
    if "expired" in text or "signed data extraction has failed" in text:
        return True
    body = answer.body.decode("utf-8", "replace").strip().lower()
    if "signed data extraction has failed" in body:
        # A damaged code or token; its exact JSON is not known (ch. 1.5).
        return True
    # Older forms of the same: plain "Bad Request" for a used code (ch. 1.5), "Forbidden" after
    # the user revoked the app (ch. 1.6).
    return answer.status in (401, 403) or body == "bad request"
