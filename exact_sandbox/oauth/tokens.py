"""The token endpoint: ``POST /api/oauth2/token`` (chapters 1.3 to 1.5)."""

import hmac
import json
from datetime import datetime, timezone

from werkzeug.wrappers import Response

from ..sites import site_of
from .grants import ACCESS_SECONDS, EARLIEST_REFRESH_SECONDS

_CHAIN = "Token is not allowed, because of invalid or empty chainId"
_TOO_EARLY = "Rate limit exceeded: access_token not expired"
_DAMAGED = "Signed data extraction has failed"
_TEXT = "text/plain; charset=utf-8"
_OLD = "Old refresh token used."


class TokenError(Exception):
    """A refusal with the status, body and ``Reason`` header of chapter 1.5.

    Where the chapter does not know the header, there is none. Without an ``error`` the body is
    the plain ``description``.
    """

    def __init__(self, status, error, description=None, reason=None):
        super().__init__(error)
        self.status, self.error, self.description, self.reason = status, error, description, reason


def _no_chain():
    """Wrong, expired or foreign code; a token of another app, or of a chain that has ended."""
    return TokenError(400, "invalid_grant", _CHAIN, f"Unknown: {_CHAIN}")


def _json_response(body, status=200, headers=None):
    return Response(
        json.dumps(body),
        status,
        {"Cache-Control": "private", **(headers or {})},
        content_type="application/json; charset=utf-8",
    )


def _us_date(seconds):
    """Return e.g. ``10/11/2022 9:18:20 PM``, as Exact writes dates in this one text."""
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    hour = moment.hour % 12 or 12
    half = "AM" if moment.hour < 12 else "PM"
    return f"{moment.month}/{moment.day}/{moment.year} {hour}:{moment:%M:%S} {half}"


def _basic(request):
    """Return the client's credentials from a Basic header, named as they are in a body.

    Chapter 1.3 has them in the body. RFC 6749 (2.3.1) has every server take this header too, and
    the released client python-exact-online 1.1.0 sends nothing else along with a code.
    """
    given = request.authorization
    if given is None or given.type != "basic":
        return {}
    return {"client_id": given.username or "", "client_secret": given.password or ""}


class TokenEndpoint:
    """Exchanges codes and refresh tokens."""

    def __init__(self, sandbox):
        self._sandbox = sandbox
        self._grants = sandbox.grants
        self._settings = sandbox.settings

    def prepare(self, request):
        """Read the request; return the work, which gives the answer when it is called."""
        is_form = request.mimetype == "application/x-www-form-urlencoded"
        form = {**_basic(request), **request.form.to_dict()} if is_form else {}
        site = site_of(request)
        return lambda: self._answer(request.method, form, site)

    def _answer(self, method, form, site):
        try:
            if method != "POST":
                raise TokenError(405, "invalid_request")
            with self._sandbox.store.transaction():
                return self._grant(form, site)
        except TokenError as error:
            if error.error is None:
                return Response(error.description, error.status, content_type=_TEXT)
            body = {"error": error.error}
            if error.description:
                body["error_description"] = error.description
            headers = {"Reason": error.reason} if error.reason else {}
            return _json_response(body, error.status, headers)

    def _grant(self, form, site):
        kinds = {"authorization_code": self._exchange, "refresh_token": self._refresh}
        kind = self._required(form, "grant_type")
        if kind not in kinds:
            raise TokenError(400, "unsupported_grant_type")
        app = self._client(form, site)
        chain = kinds[kind](form, app)
        access, refresh = self._grants.issue(chain)
        as_text = self._settings["expires_in"] == "text"
        expires = str(ACCESS_SECONDS) if as_text else ACCESS_SECONDS
        return _json_response(
            {
                "access_token": access,
                "token_type": self._settings["token_type"],
                "expires_in": expires,
                "refresh_token": refresh,
            }
        )

    @staticmethod
    def _required(form, name):
        if not form.get(name):
            raise TokenError(400, "invalid_request")
        return form[name]

    def _client(self, form, site):
        """Check the client's credentials; the refusal follows RFC 6749, chapter 1.5 has none.

        An app of another site is unknown here (chapter 1.1), and with it its codes and tokens.
        """
        client_id = self._required(form, "client_id")
        secret = self._required(form, "client_secret")
        app = self._sandbox.apps.get(client_id, site)
        known = app.client_secret if app else ""
        if not hmac.compare_digest(known.encode(), secret.encode()):
            raise TokenError(401, "invalid_client", "Client authentication failed.")
        return app

    def _intact(self, form, name):
        token = self._required(form, name)
        if not self._grants.is_intact(token):
            raise TokenError(400, "invalid_grant", _DAMAGED)
        return token

    def _exchange(self, form, app):
        redirect_uri = self._required(form, "redirect_uri")
        code = self._intact(form, "code")
        user_id = self._grants.take_code(code, app.client_id, redirect_uri)
        if user_id is None:
            raise _no_chain()
        return self._grants.start_chain(app.client_id, user_id)

    def _ended(self, found):
        """A token of a chain that has ended; of a consent that was revoked as the setting says.

        Help pages have no body with their 403 (chapter 1.6); the word is ours.
        """
        revoked = self._grants.consented(found["client_id"], found["user_id"]) is None
        if revoked and self._settings["revoked_refresh_status"] == 403:
            return TokenError(403, None, "Forbidden")
        return _no_chain()

    def _refresh(self, form, app):
        """Rotate a chain. A token refused for being early stays good (chapter 1.5)."""
        token = self._intact(form, "refresh_token")
        found = self._grants.find_refresh(token)
        now = self._sandbox.clock.timestamp()
        if found is None or found["client_id"] != app.client_id:
            raise _no_chain()
        if not found["alive"]:
            raise self._ended(found)
        if found["used"]:
            if self._settings["old_refresh_status"] == 400:
                raise _no_chain()
            raise TokenError(401, "unauthorized_client", _OLD)
        if found["expires"] <= now:
            text = (
                f"The refresh token expired at {_us_date(found['expires'])} "
                f"and it is now {_us_date(now)}."
            )
            raise TokenError(400, "invalid_request", text)
        if now < found["issued"] + EARLIEST_REFRESH_SECONDS:
            status = self._settings["early_refresh_status"]
            reason = f"TooEarlyToRefreshTokens: {_TOO_EARLY}"
            raise TokenError(status, "access_denied", _TOO_EARLY, reason)
        self._grants.use_refresh(found)
        return found["chain"]
