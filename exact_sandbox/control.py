"""The control listener: what tests see and change from outside (always on 127.0.0.1)."""

import json
from datetime import datetime
from decimal import Decimal

from werkzeug.wrappers import Request, Response

from . import conditions, upkeep
from .demo import SCOPES, demo_app, demo_apps, open_administrations
from .entities import payments
from .settings import DEFAULTS

# What comes of values that make no sense where nothing has looked at them before.
_NONSENSE = (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError)


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
            ("GET", "mails"): lambda _, body: {"mails": sandbox.mails.all()},
            ("DELETE", "mails"): lambda _, body: sandbox.mails.clear() or {},
            ("POST", "payments"): lambda _, body: payments.pay_invoice(sandbox, **body),
            ("DELETE", "payments"): lambda _, body: payments.undo_payment(sandbox, **body),
            ("DELETE", "calls"): self._clear_calls,
            ("GET", "clock"): self._clock,
            ("POST", "clock"): self._advance,
            ("GET", "faults"): self._faults,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "errors"): self._errors,
            ("DELETE", "errors"): self._clear_errors,
            ("GET", "rows"): self._rows,
            ("POST", "rows"): self._change_rows,
            ("DELETE", "rows"): self._delete_rows,
            ("PUT", "administrations"): lambda _, body: open_administrations(sandbox, **body),
            ("POST", "periods"): lambda _, body: conditions.change_periods(sandbox, **body),
            ("POST", "licence"): lambda _, body: conditions.change_licence(sandbox, **body),
            ("POST", "administrations"): lambda _, body: conditions.change_administration(
                sandbox, **body
            ),
            ("GET", "apps"): self._apps,
            ("POST", "apps"): self._change_app,
            ("POST", "scopes"): self._set_scopes,
            ("POST", "tokens"): lambda _, body: sandbox.grants.age(float(body["age"])) or {},
            ("GET", "users"): self._users,
            ("POST", "users"): self._set_user,
            ("DELETE", "users"): self._delete_user,
            ("GET", "webhooks"): lambda *_: sandbox.webhooks.log(),
            ("POST", "seed"): lambda _, body: upkeep.seed_customers(sandbox, **body),
            ("POST", "move"): lambda _, body: upkeep.move_division(sandbox, **body),
            ("POST", "contract"): lambda _, body: upkeep.change_contract(sandbox, **body),
            ("POST", "keep"): lambda *_: sandbox.keep() or {},
            ("POST", "back"): lambda *_: sandbox.go_back() or {},
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
        except _NONSENSE as error:
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
        self._sandbox.webhooks.wake()
        return self._clock(rest, body)

    def _faults(self, _rest, _body):
        return {"faults": self._sandbox.faults.all()}

    def _add_fault(self, _rest, body):
        return self._sandbox.faults.add(body)

    def _clear_faults(self, _rest, _body):
        self._sandbox.faults.clear()
        return {}

    def _errors(self, _rest, _body):
        return self._sandbox.velocity.all()

    def _clear_errors(self, _rest, _body):
        self._sandbox.velocity.clear()
        return {}

    def _rows(self, rest, body):
        """Return rows, with ``after`` only those of a higher timestamp, and the keys of all."""
        division, _, path = rest.partition("/")
        entity_type = self._sandbox.metadata.by_route(path)
        if entity_type is None or not division.isdecimal():
            raise _Refused(404, f"There are no rows at {rest}.")
        place = (int(division), entity_type.name)
        rows = self._sandbox.rows.find(*place, after=int(body.get("after", 0)))
        return {
            "keys": self._sandbox.rows.keys(*place),
            "rows": [
                {
                    **{name: value for name, value in row.data.items() if name[0] != "_"},
                    "Timestamp": row.timestamp,
                }
                for row in rows
            ],
        }

    def _change_rows(self, rest, body):
        """Change rows past every rule: ``where`` and ``values`` by property."""
        division, _, path = rest.partition("/")
        return conditions.change_rows(self._sandbox, int(division), path, **body)

    def _delete_rows(self, rest, body):
        """Delete rows past every rule: ``where`` by property."""
        division, _, path = rest.partition("/")
        return conditions.delete_rows(self._sandbox, int(division), path, **body)

    def _apps(self, _rest, _body):
        return {
            "apps": [
                {
                    "client_id": app.client_id,
                    "client_secret": app.client_secret,
                    "webhook_secret": self._sandbox.webhooks.secret(app.client_id),
                    "name": app.name,
                    "kind": app.kind,
                    "site": app.site,
                    "scopes": app.scopes,
                    "redirect_uris": app.redirect_uris,
                }
                for app in self._sandbox.apps.all()
            ]
        }

    def _change_app(self, rest, body):
        """Register an app (``name``), or a redirect address for one.

        The address is for all of the demo's apps unless a client id is given.
        """
        apps = self._sandbox.apps
        if "name" in body:
            apps.register(
                str(body["name"]), "", body.get("kind", "own"), body.get("scopes", SCOPES),
                [str(uri) for uri in body["redirect_uris"]], self._sandbox.clock.timestamp(),
                body.get("site", self._sandbox.site),
            )  # fmt: skip
            return self._apps(rest, body)
        chosen = demo_apps(self._sandbox)
        if body.get("client_id"):
            chosen = [apps.get(str(body["client_id"]))]
            if chosen == [None]:
                raise _Refused(404, f"There is no app {body['client_id']}.")
        with self._sandbox.store.transaction():
            for app in chosen:
                apps.add_redirect_uri(app.client_id, str(body["redirect_uri"]))
        return self._apps(rest, body)

    def _set_scopes(self, _rest, body):
        """Change scopes of the demo's partner app: a name to read, manage or null."""
        scopes = self._sandbox.apps.set_scopes(demo_app(self._sandbox).client_id, body)
        return {"scopes": scopes}

    def _users(self, _rest, _body):
        return {"users": self._sandbox.users.all()}

    def _set_user(self, rest, body):
        """Change a user: rights (a list, or "all"), divisions, language, password, status, portal.

        Another password, and a status that is not active, end the user's connections (1.6). What a
        running access token does then is as unknown as after a revocation, and the same setting;
        the API refuses one of a blocked user by its own text (5.1).
        """
        sandbox = self._sandbox
        with sandbox.store.transaction():
            sandbox.users.change(**body)
            user = sandbox.users.find(body["login"])
            if user.status != "active":
                sandbox.grants.end_user(user.id, access=False)
            elif body.get("password") is not None:
                dies = sandbox.settings["revoked_access_token"] == "dies"
                sandbox.grants.end_user(user.id, access=dies)
        return self._users(rest, body)

    def _delete_user(self, rest, body):
        """Remove a user for good, connections included (chapter 1.6)."""
        sandbox = self._sandbox
        with sandbox.store.transaction():
            user = sandbox.users.find(body["login"])
            sandbox.grants.end_user(user.id, access=True)
            sandbox.users.delete(user.id)
        return self._users(rest, body)

    def _settings(self, _rest, _body):
        return {"settings": self._sandbox.settings.all(), "defaults": DEFAULTS}

    def _set(self, rest, body):
        self._sandbox.settings.update(body)
        return self._settings(rest, body)
