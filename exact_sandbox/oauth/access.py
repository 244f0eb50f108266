"""Whom a call to the API speaks for (chapters 1.6, 1.7 and 5.1)."""

from dataclasses import dataclass

from ..errors import ApiError
from ..metadata import route_of
from ..sites import site_of

KEY = "exact_sandbox.key"
_REASONS = {"blocked": "BlockedUser", "inactive": "InactiveUser"}


@dataclass(frozen=True)
class Caller:
    """A user, the app that calls for them, and the administrations it may work with."""

    app: object
    user: object
    granted: frozenset


def _token(request):
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiError(401, "Authentication Required", {"WWW-Authenticate": "Bearer"})
    return token.strip()


def authenticate(sandbox, request, division, path):
    """Return the caller; from then on errors of the call are counted as theirs (chapter 2).

    :param division: the administration in the address, or None
    :param path: the address behind the administration
    :raises ApiError: 401 or 403, or a limit that was hit
    """
    bearer = sandbox.grants.bearer(_token(request))
    # A token of another site is as unknown as its app (chapter 1.1).
    app = sandbox.apps.get(bearer.client_id, site_of(request)) if bearer else None
    user = sandbox.users.get(bearer.user_id) if app else None
    if user:
        endpoint = path.partition("(")[0].removesuffix("/$count")
        endpoint = route_of(endpoint if division else f"current/{endpoint}")
        key = (app.client_id, user.id, division or 0, endpoint)
        sandbox.velocity.check(key)
        request.environ[KEY] = key
        request.environ["exact_sandbox.user"] = user.login
        request.environ["exact_sandbox.division"] = division
    if not user or bearer.ended:
        message = "Access token expired"
        raise ApiError(401, message, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
    if user.status != "active":
        raise ApiError(403, "Forbidden", {"reason": _REASONS[user.status]})
    return Caller(app, user, _granted(sandbox, app, user))


def _granted(sandbox, app, user):
    """Return the administrations that an app may work with (chapter 1.8)."""
    if app.kind == "own":
        return frozenset(sandbox.users.divisions(user.id))
    return sandbox.grants.opened(app.client_id, user.id)
