"""The REST API: who calls, whether they may, and what is done (chapters 3 to 5)."""

import re
import secrets
import sys
import traceback
from dataclasses import dataclass, field

from .answers import Answers
from .errors import (
    FORBIDDEN,
    PROBLEM,
    ApiError,
    BusinessError,
    not_found,
    syntax_error,
    wrong_verb,
)
from .functions import FUNCTIONS
from .licence import check_licence, check_module
from .limits import LimitHit
from .metadata import route_of
from .oauth.access import authenticate
from .odata.edmx import write_metadata
from .resources import Resources
from .rights import has_right
from .texts import sentence
from .upkeep import DIVISIONS, is_active

_ADDRESS = re.compile(r"/api/v1/(?:(current)|(beta/)?(\d{1,9}))/(.+)\Z")
# Base64 makes a third more of the 10 MB that a POST may hold (resources.py counts them).
_MAX_REQUEST = 14 * 1000 * 1000
# With an administration in its address this one is not there (picqer #534).
_NOT_IMPLEMENTED = {"system/Users"}
_SESSION = "ASP.NET_SessionId"
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
    body_form: str
    represent: bool
    answers: Answers
    cookies: dict
    user: object = None
    app: object = None
    granted: frozenset = frozenset()
    afterwards: list = field(default_factory=list)


def _body_form(mimetype):
    """Return json, xml or nothing; JSON is what a body without a type is taken for."""
    if "json" in (mimetype or "json"):
        return "json"
    return "xml" if "xml" in mimetype else ""


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


class Api:
    """Answers calls under ``/api/v1/``."""

    def __init__(self, sandbox):
        self._sandbox = sandbox
        self._resources = Resources(sandbox)

    # Who calls

    def prepare(self, request):
        """Check who calls and count the call; return the work, which gives the answer."""
        answers = Answers(request.headers.get("Accept", ""), request.args)
        try:
            call = self._read(request, answers)
            headers = self._count(call)
        except LimitHit as hit:
            response = hit.response() or answers.error(hit)
            return lambda: response
        except ApiError as error:
            response = answers.error(error)
            return lambda: response
        return lambda: self._run(call, headers)

    def _read(self, request, answers):
        if (request.content_length or 0) > _MAX_REQUEST:
            raise ApiError(413, "Request Entity Too Large")
        body = request.get_data()
        match = _ADDRESS.match(request.path)
        if not match:
            raise not_found(request.path.rstrip("/").rpartition("/")[2])
        current, beta, number, path = match.groups()
        host = request.host_url.rstrip("/")
        call = Call(
            request.method,
            f"{host}/api/v1/{current or number}",
            f"{host}{request.path}",
            int(number) if number else None,
            f"{beta or ''}{path}",
            request.args.to_dict(),
            body,
            _body_form(request.mimetype),
            "return=representation" in request.headers.get("Prefer", "").lower(),
            answers,
            request.cookies,
        )
        self._authenticate(request, call)
        return call

    def _authenticate(self, request, call):
        """Find whom the token speaks for (chapter 1.7).

        :raises ApiError: 401, 403 or a limit that was hit
        """
        caller = authenticate(self._sandbox, request, call.division, call.path)
        call.app, call.user, call.granted = caller.app, caller.user, caller.granted

    def _count(self, call):
        if call.division is None:
            return {}
        return self._sandbox.limits.count(call.app.client_id, call.division)

    # What is done

    def _run(self, call, headers):
        try:
            with self._sandbox.store.transaction():
                response = self._dispatch(call)
            for work in call.afterwards:
                work()
        except BusinessError as error:
            error.status = self._sandbox.settings["refusal_status"]
            response = call.answers.error(error)
        except ApiError as error:
            response = call.answers.error(error)
        except Exception:
            traceback.print_exc(file=sys.stderr)
            response = call.answers.error(ApiError(500, PROBLEM))
        response.headers.update(headers)
        if call.division is not None:
            self._set_cookies(call, response)
        return response

    @staticmethod
    def _set_cookies(call, response):
        """Send the cookies of a real answer (the dump in chapter 2); nothing reads them."""
        if _SESSION not in call.cookies:
            session = f"{_SESSION}={secrets.token_hex(12)}; path=/; HttpOnly"
            response.headers.add("Set-Cookie", session)
        server = f"ExactServer{{{call.user.id}}}=Division={call.division}; path=/"
        response.headers.add("Set-Cookie", server)

    def _dispatch(self, call):
        if call.path.endswith(("$metadata", "$batch")):
            return self._special(call, *call.path.rpartition("/")[::2])
        if call.path.startswith("beta/"):
            raise ApiError(501, f"The sandbox does not model {call.path}.")
        path, key_text, tail = _split(call.path)
        prefix = "current/" if call.division is None else ""
        if call.division is not None and route_of(path) in _NOT_IMPLEMENTED:
            raise ApiError(501, "Not Implemented")
        function = FUNCTIONS.get(route_of(path))
        entity_type = self._sandbox.metadata.by_route(prefix + path)
        if function is None and (entity_type is None or entity_type.has_division == bool(prefix)):
            raise not_found(path.rpartition("/")[2])
        self._check_scope(call, function.scope if function else entity_type.scope)
        if function or entity_type.name != "System/Divisions":
            self._check_division(call)
        if function:
            values = function.run(self._sandbox, call)
            form = self._sandbox.settings["function_answer"]
            return call.answers.function(function.name, values, form)
        if call.division is not None and entity_type.name != "System/Divisions":
            check_module(self._sandbox.store, call.division, entity_type.path)
        entity = self._sandbox.entities.get(entity_type.name)
        if entity is None:
            raise ApiError(501, f"The sandbox does not model {entity_type.path}.")
        self._check_verb(call, entity_type)
        context = self._sandbox.context(call.division or 0, call.user, call.granted)
        context.host = call.base.partition("/api/v1")[0]
        context.app, context.afterwards = call.app, call.afterwards
        return self._resources.answer(call, context, entity, key_text, tail)

    def _special(self, call, service, name):
        """Answer ``$metadata`` of a service (chapter 3.4); ``$batch`` there is none (3.1).

        It needs no scope: a scope belongs to data. Whether Exact asks for one is not known.
        """
        if name == "$batch":
            raise ApiError(501, "The batch endpoint is not supported.")
        entities = self._sandbox.metadata.of_service(service)
        if call.division is None or not entities:
            raise not_found(name)
        self._check_division(call)
        if call.method != "GET":
            raise wrong_verb(self._sandbox.settings["wrong_verb_status"])
        return call.answers.metadata(write_metadata(entities, self._sandbox.metadata))

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
            if self._sandbox.settings["lost_division"] == "text":
                raise ApiError(403, "Wrong Division")
            raise ApiError(403, FORBIDDEN, {"reason": "NoDivisionAccess"})
        check_licence(self._sandbox.store, call.division)
        if not is_active(self._sandbox.rows.get(0, DIVISIONS, call.division)):
            # That it is refused is told, not how (chapter 1.6); ours.
            raise ApiError(403, FORBIDDEN, {"reason": "DivisionBlocked"})
        if call.division not in call.granted:
            raise ApiError(403, _OUT_OF_SCOPE)

    def _check_verb(self, call, entity_type):
        """A verb the entity does not have is 403 (picqer #122, dotnet #8) or 405 (dotnet)."""
        if call.method not in ("GET", "POST", "PUT", "DELETE"):
            raise wrong_verb(405)
        if call.method not in entity_type.methods:
            raise wrong_verb(self._sandbox.settings["wrong_verb_status"])
        if call.method == "GET":
            return
        if self._sandbox.users.is_portal(call.user.id):
            raise ApiError(403, self._limited_account(call, entity_type))
        route, settings = route_of(entity_type.path), self._sandbox.settings
        if not has_right(call.user, route, call.method, settings):
            raise ApiError(403, FORBIDDEN)

    @staticmethod
    def _limited_account(call, entity_type):
        """The texts for users of an accountant's portal; which call gets which is ours (5.1)."""
        if entity_type.service == "documents":
            return "Document Type not allowed"
        return sentence("account type", call.user.short_language)
