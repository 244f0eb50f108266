"""The control listener: what tests see and change from outside (always on 127.0.0.1)."""

import json
from datetime import datetime
from decimal import Decimal

from werkzeug.wrappers import Request, Response

from .demo import demo_app
from .settings import DEFAULTS


class _Refused(Exception):
    """A request that cannot be answered: status and sentence."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status, self.message = status, message


def _plain(value):
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


class ControlApp:
    """WSGI application with JSON bodies both ways.

    Requests of a web page are refused: any with an ``Origin``, or with a ``Host`` that is not this
    listener (DNS rebinding).
    """

    def __init__(self, sandbox, port):
        self._sandbox = sandbox
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._routes = {
            ("GET", "calls"): self._calls,
            ("DELETE", "calls"): self._clear_calls,
            ("GET", "clock"): self._clock,
            ("POST", "clock"): self._advance,
            ("GET", "faults"): self._faults,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "rows"): self._rows,
            ("GET", "apps"): self._apps,
            ("POST", "apps"): self._add_redirect_uri,
            ("POST", "scopes"): self._set_scopes,
            ("GET", "users"): self._users,
            ("POST", "users"): self._set_user,
            ("GET", "settings"): self._settings,
            ("POST", "settings"): self._set,
        }

    def __call__(self, environ, start_response):
        request = Request(environ)
        try:
            body = self._answer(request)
            status = 200
        except _Refused as refusal:
            status, body = refusal.status, {"error": refusal.message}
        text = json.dumps(body, default=_plain)
        response = Response(text, status, content_type="application/json; charset=utf-8")
        return response(environ, start_response)

    def _answer(self, request):
        if "Origin" in request.headers or request.headers.get("Host") not in self._hosts:
            raise _Refused(403, "The control listener is for programs on this machine only.")
        name, _, rest = request.path.strip("/").partition("/")
        action = self._routes.get((request.method, name))
        if action is None:
            raise _Refused(404, f"There is no {request.method} {request.path}.")
        try:
            body = json.loads(request.get_data() or b"{}")
            if not isinstance(body, dict):
                raise ValueError("The body must be a JSON object.")
            return action(rest, body)
        except (ValueError, TypeError, KeyError) as error:
            raise _Refused(400, str(error)) from error

    def _calls(self, _rest, _body):
        return {"calls": self._sandbox.calls.all()}

    def _clear_calls(self, _rest, _body):
        self._sandbox.calls.clear()
        return {}

    def _clock(self, _rest, _body):
        clock = self._sandbox.clock
        return {
            "now": clock.now().isoformat(),
            "wall": clock.wall().isoformat(),
            "offset": clock.offset,
        }

    def _advance(self, rest, body):
        """Move the clock, and do the late work that is due by then before answering."""
        self._sandbox.clock.advance(float(body["advance"]))
        self._sandbox.faults.run_due()
        return self._clock(rest, body)

    def _faults(self, _rest, _body):
        return {"faults": self._sandbox.faults.all()}

    def _add_fault(self, _rest, body):
        return self._sandbox.faults.add(body)

    def _clear_faults(self, _rest, _body):
        self._sandbox.faults.clear()
        return {}

    def _rows(self, rest, _body):
        division, _, path = rest.partition("/")
        entity_type = self._sandbox.metadata.by_route(path)
        if entity_type is None or not division.isdecimal():
            raise _Refused(404, f"There are no rows at {rest}.")
        rows = self._sandbox.rows.find(int(division), entity_type.name)
        return {
            "rows": [
                {
                    **{name: value for name, value in row.data.items() if name[0] != "_"},
                    "Timestamp": row.timestamp,
                }
                for row in rows
            ]
        }

    def _apps(self, _rest, _body):
        return {
            "apps": [
                {"client_id": app.client_id, "name": app.name, "redirect_uris": app.redirect_uris}
                for app in self._sandbox.apps.all()
            ]
        }

    def _add_redirect_uri(self, rest, body):
        """Register a redirect address for an app, the demo's unless a client id is given."""
        client_id = body.get("client_id") or demo_app(self._sandbox).client_id
        if self._sandbox.apps.get(client_id) is None:
            raise _Refused(404, f"There is no app {client_id}.")
        self._sandbox.apps.add_redirect_uri(client_id, str(body["redirect_uri"]))
        return self._apps(rest, body)

    def _set_scopes(self, _rest, body):
        """Change scopes of the demo app: a name to read, manage or null."""
        scopes = self._sandbox.apps.set_scopes(demo_app(self._sandbox).client_id, body)
        return {"scopes": scopes}

    def _users(self, _rest, _body):
        return {"users": self._sandbox.users.all()}

    def _set_user(self, rest, body):
        """Change a user: rights (a list, or "all"), divisions, language or password."""
        self._sandbox.users.change(**body)
        return self._users(rest, body)

    def _settings(self, _rest, _body):
        return {"settings": self._sandbox.settings.all(), "defaults": DEFAULTS}

    def _set(self, rest, body):
        self._sandbox.settings.update(body)
        return self._settings(rest, body)
