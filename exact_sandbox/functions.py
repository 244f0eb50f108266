"""Functions of the API that belong to no entity."""

from collections.abc import Callable
from dataclasses import dataclass

from .entities.sync import Sync
from .errors import syntax_error, wrong_verb
from .metadata import route_of
from .odata.lexer import literal_list
from .odata.pushdown import Condition
from .rights import has_right


@dataclass(frozen=True)
class Function:
    """A function: its name, the scope it needs and what it gives.

    :param run: a function of (sandbox, call); it returns properties by name as (Edm type, value)
    """

    name: str
    scope: str
    run: Callable


def _argument(call, name, kind):
    """Return a mandatory parameter, written as a literal."""
    values = literal_list(call.arguments.get(name, ""))
    if len(values) != 1 or values[0].type != kind:
        raise syntax_error()
    return values[0].value


def _check_get(sandbox, call):
    if call.method != "GET":
        raise wrong_verb(sandbox.settings["wrong_verb_status"])


def user_has_rights(sandbox, call):
    """Whether the user may do something: rights only, no scopes or grants (chapter 4.18).

    An endpoint that does not exist gives false.
    """
    _check_get(sandbox, call)
    endpoint, action = _argument(call, "endpoint", "String"), _argument(call, "action", "String")
    if action not in ("GET", "POST", "PUT", "DELETE"):
        raise syntax_error()
    known = "/" in endpoint and sandbox.metadata.by_route(endpoint) is not None
    allowed = known and has_right(call.user, route_of(endpoint), action, sandbox.settings)
    return {"UserHasRights": ("Boolean", allowed)}


def sync_timestamp(sandbox, call):
    """Where to begin in a sync list to get what was changed since a moment (chapter 4.19).

    ``Timestamp gt`` the number gives the rows changed at or after the moment; without any it is
    the highest there is. An endpoint without a sync list is a mistake in the query.
    """
    _check_get(sandbox, call)
    modified, name = _argument(call, "modified", "DateTime"), _argument(call, "endPoint", "String")
    lists = [
        entity
        for entity in sandbox.entities.values()
        if isinstance(entity, Sync) and entity.type.set_name == name
    ]
    if not lists:
        raise syntax_error()
    # Lines have the moment of their change too, though the reference does not show it.
    since = Condition("json_extract(data, '$.Modified') >= ?", (modified.isoformat(),))
    scans = (
        sandbox.rows.scan(call.division, source, since, "timestamp", piece=1)
        for source in lists[0].sources
    )
    firsts = [row.timestamp for row in (next(scan, None) for scan in scans) if row is not None]
    number = min(firsts) - 1 if firsts else sandbox.rows.newest(call.division)
    return {
        "API": ("String", name),
        "Modified": ("DateTime", modified),
        "TimeStampAsBigInt": ("Int64", number),
    }


_ADMINISTRATION = "Organization administration"
FUNCTIONS = {
    "users/UserHasRights": Function("UserHasRights", _ADMINISTRATION, user_has_rights),
    "read/sync/sync/SyncTimestamp": Function("SyncTimestamp", _ADMINISTRATION, sync_timestamp),
}
