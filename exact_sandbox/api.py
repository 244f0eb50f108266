"""The REST API: who calls, whether they may, and what is done (chapters 3 to 5)."""

import re
import sys
import traceback
from dataclasses import dataclass

from .answers import Answers
from .errors import PROBLEM, ApiError, syntax_error
from .functions import FUNCTIONS
from .metadata import route_of
from .odata.lexer import literal_list
from .odata.payload import parse_body, read_payload
from .odata.query import parse_query
from .rights import has_right

_ADDRESS = re.compile(r"/api/v1/(?:(current)|(\d{1,9}))/(.+)\Z")
MAX_BODY = 10 * 1000 * 1000
_FORBIDDEN = "Forbidden"
_OUT_OF_SCOPE = "Forbidden - User division is not within division scope."


@dataclass
class Call:
    """One call to the API, read from the request before any work is done."""

    method: str
    base: str
    address: str
    division: int | None
    path: str
    arguments: dict
    body: bytes
    is_json_body: bool
    represent: bool
    answers: Answers
    user: object = None
    app: object = None
    granted: frozenset = frozenset()


def _split(path):
    """Return (entity path, key text or None, tail) of ``crm/Accounts(guid'...')/BankAccounts``."""
    if path.endswith("/$count"):
        return path[: -len("/$count")], None, "$count"
    head, opened, rest = path.partition("(")
    if not opened:
        return path, None, ""
    key, closed, tail = rest.rpartition(")")
    if not closed or (tail and not tail.startswith("/")):
        raise syntax_error()
    return head, key, tail[1:]


def _not_found(segment):
    return ApiError(404, f"Resource not found for the segment '{segment}'.")


class Api:
    """Answers calls under ``/api/v1/``."""

    def __init__(self, sandbox):
        self._sandbox = sandbox

    # Who calls

    def prepare(self, request):
        """Check who calls and count the call; return the work, which gives the answer."""
        answers = Answers(request.headers.get("Accept", ""), request.args)
        try:
            call = self._read(request, answers)
            headers = self._count(call)
        except ApiError as error:
            response = answers.error(error)
            return lambda: response
        return lambda: self._run(call, headers)

    def _read(self, request, answers):
        if (request.content_length or 0) > MAX_BODY:
            raise ApiError(413, "Request Entity Too Large")
        body = request.get_data()
        match = _ADDRESS.match(request.path)
        if not match:
            raise _not_found(request.path.rstrip("/").rpartition("/")[2])
        current, number, path = match.groups()
        host = request.host_url.rstrip("/")
        call = Call(
            request.method,
            f"{host}/api/v1/{current or number}",
            f"{host}{request.path}",
            int(number) if number else None,
            path,
            request.args.to_dict(),
            body,
            "json" in (request.mimetype or "json"),
            "return=representation" in request.headers.get("Prefer", "").lower(),
            answers,
        )
        self._authenticate(request, call)
        return call

    def _authenticate(self, request, call):
        """Find whom the token speaks for (chapter 1.7).

        :raises ApiError: 401
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            message = "Authentication Required"
            raise ApiError(401, message, {"WWW-Authenticate": "Bearer"})
        bearer = self._sandbox.grants.bearer(token.strip())
        if bearer is None:
            message = "Access token expired"
            raise ApiError(401, message, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        call.app = self._sandbox.apps.get(bearer.client_id)
        call.user = self._sandbox.users.get(bearer.user_id)
        # An app of the customer's own has no choice of administrations (chapter 1.8).
        consented = self._sandbox.grants.consented(bearer.client_id, bearer.user_id)
        own = frozenset(self._sandbox.users.divisions(bearer.user_id))
        call.granted = own if call.app.kind == "own" else consented or frozenset()
        request.environ["exact_sandbox.user"] = call.user.login
        request.environ["exact_sandbox.division"] = call.division

    def _count(self, call):
        if call.division is None:
            return {}
        return self._sandbox.limits.count(call.app.client_id, call.division)

    # What is done

    def _run(self, call, headers):
        try:
            with self._sandbox.store.transaction():
                response = self._dispatch(call)
        except ApiError as error:
            response = call.answers.error(error)
        except Exception:
            traceback.print_exc(file=sys.stderr)
            response = call.answers.error(ApiError(500, PROBLEM))
        response.headers.update(headers)
        return response

    def _dispatch(self, call):
        path, key_text, tail = _split(call.path)
        prefix = "current/" if call.division is None else ""
        function = FUNCTIONS.get(route_of(path))
        entity_type = self._sandbox.metadata.by_route(prefix + path)
        if function is None and (entity_type is None or entity_type.has_division == bool(prefix)):
            raise _not_found(path.rpartition("/")[2])
        self._check_scope(call, function.scope if function else entity_type.scope)
        if function or entity_type.name != "System/Divisions":
            self._check_division(call)
        if function:
            return call.answers.function(function.name, function.run(self._sandbox, call))
        entity = self._sandbox.entities.get(entity_type.name)
        if entity is None:
            raise ApiError(501, f"The sandbox does not model {entity_type.path}.")
        self._check_verb(call, entity_type)
        context = self._sandbox.context(call.division or 0, call.user, call.granted)
        if key_text is None:
            return self._on_list(call, context, entity, tail)
        return self._on_row(call, context, entity, key_text, tail)

    @staticmethod
    def _check_scope(call, scope):
        """The app's registration must have the scope (chapter 5.1)."""
        if not call.app.has_scope(scope, call.method):
            verb = "read" if call.method == "GET" else "manage"
            dotted = scope.lower().replace(" ", ".")
            raise ApiError(
                403, f"Forbidden - Application Scope Violated. Cannot {verb} '{dotted}' scope."
            )

    def _check_division(self, call):
        """User and app must both have access to the administration (chapter 5.1)."""
        if call.division is None:
            return
        if call.division not in self._sandbox.users.divisions(call.user.id):
            raise ApiError(403, _FORBIDDEN, {"reason": "NoDivisionAccess"})
        if call.division not in call.granted:
            raise ApiError(403, _OUT_OF_SCOPE)

    @staticmethod
    def _check_verb(call, entity_type):
        """A verb the entity does not have is 403 (picqer #122, dotnet #8), an unknown one 405."""
        if call.method not in ("GET", "POST", "PUT", "DELETE"):
            raise ApiError(405, "Method Not Allowed")
        if call.method not in entity_type.methods:
            raise ApiError(403, _FORBIDDEN)
        if call.method != "GET" and not has_right(
            call.user, route_of(entity_type.path), call.method
        ):
            raise ApiError(403, _FORBIDDEN)

    def _on_list(self, call, context, entity, tail):
        if call.method == "POST" and not tail:
            return self._create(call, context, entity)
        if call.method != "GET":
            raise syntax_error()
        query = parse_query(call.arguments, entity.type.properties)
        if tail != "$count":
            entity.check_list(query)
        rows = []
        # Chapter 5.2: without the right, the list is empty and the answer is 200.
        if has_right(call.user, route_of(entity.type.path), "GET"):
            rows = entity.fetch(context, query.filter)
        if tail == "$count":
            return call.answers.count(context, entity, rows, query)
        envelope = self._envelope(entity.type.path)
        return call.answers.page(call, context, entity, rows, query, envelope)

    def _envelope(self, path):
        exceptions = self._sandbox.settings["top_envelopes"]
        return exceptions.get(path, self._sandbox.settings["top_envelope"])

    def _on_row(self, call, context, entity, key_text, tail):
        row = entity.get(context, self._key(entity, key_text))
        readable = has_right(call.user, route_of(entity.type.path), "GET")
        if row is None or (call.method == "GET" and not readable):
            raise _not_found(entity.type.set_name)
        if call.method == "GET":
            query = parse_query(call.arguments, entity.type.properties)
            if tail:
                return self._navigate(call, context, entity, row, tail)
            return call.answers.row(call, context, entity, row, query)
        if tail:
            raise syntax_error()
        if call.method == "PUT":
            entity.update(context, row, self._payload(call, entity))
        elif call.method == "DELETE":
            entity.delete(context, row)
        else:
            raise ApiError(405, "Method Not Allowed")
        return call.answers.empty()

    def _navigate(self, call, context, entity, row, name):
        """Answer a deferred address: the rows of a collection of one row."""
        found = entity.type.properties.get(name)
        if found is None or not found.is_collection:
            raise _not_found(name)
        child, rows = entity.children(context, row, name)
        query = parse_query(call.arguments, child.type.properties)
        return call.answers.page(call, context, child, rows, query, "results")

    @staticmethod
    def _key(entity, text):
        values = literal_list(text)
        kinds = {"Guid": {"Guid"}, "String": {"String"}}
        allowed = kinds.get(entity.type.key.type, {"Int32", "Int64"})
        if len(values) != 1 or values[0].type not in allowed:
            raise syntax_error()
        return values[0].value

    def _payload(self, call, entity):
        if not call.is_json_body:
            raise ApiError(415, "Unsupported media type requested.")
        refuse = self._sandbox.settings["read_only_properties"] == "refuse"
        inner = {
            name: self._sandbox.metadata.entities[other] for name, other in entity.inner.items()
        }
        return read_payload(parse_body(call.body), entity.type, call.method, inner, refuse)

    def _create(self, call, context, entity):
        row = entity.create(context, self._payload(call, entity))
        if not call.represent:
            row = entity.bare_answer(row)
        return call.answers.created(call, context, entity, row)
