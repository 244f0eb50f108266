"""Functions of the API that belong to no entity."""

from collections.abc import Callable
from dataclasses import dataclass

from .errors import ApiError, syntax_error
from .metadata import route_of
from .odata.lexer import literal_list
from .rights import has_right


@dataclass(frozen=True)
class Function:
    """A function: its name, the scope it needs and what it gives."""

    name: str
    scope: str
    run: Callable


def _text(call, name):
    """Return a mandatory, quoted parameter."""
    values = literal_list(call.arguments.get(name, ""))
    if len(values) != 1 or values[0].type != "String":
        raise syntax_error()
    return values[0].value


def user_has_rights(sandbox, call):
    """Whether the user may do something: rights only, no scopes or grants (chapter 4.18).

    An endpoint that does not exist gives false.
    """
    if call.method != "GET":
        raise ApiError(405, "Method Not Allowed")
    endpoint, action = _text(call, "endpoint"), _text(call, "action")
    if action not in ("GET", "POST", "PUT", "DELETE"):
        raise syntax_error()
    known = "/" in endpoint and sandbox.metadata.by_route(endpoint) is not None
    return known and has_right(call.user, route_of(endpoint), action)


FUNCTIONS = {
    "users/UserHasRights": Function(
        "UserHasRights", "Organization administration", user_has_rights
    ),
}
