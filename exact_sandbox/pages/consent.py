"""The authorize request and the consent page (chapters 1.2 and 1.8)."""

from urllib.parse import quote, urlencode

from werkzeug.utils import redirect

from ..sites import site_of
from ..users import administrations
from .reading import read_whole
from .session import PageError, login_address

_FIELDS = ("client_id", "redirect_uri", "response_type", "state")


def _back(redirect_uri, **values):
    """Return a redirect to the app; everything is percent-encoded, the ``!`` of codes too."""
    query = urlencode(
        {name: value for name, value in values.items() if value is not None}, quote_via=quote,
        safe="",
    )  # fmt: skip
    joint = "&" if "?" in redirect_uri else "?"
    return redirect(f"{redirect_uri}{joint if query else ''}{query}", 302)


def _app(pages, request):
    """Return the app of an authorize request.

    An unknown client, another site's included, or another redirect address ends here, without a
    redirect (chapters 1.1 and 1.2).
    """
    client_id = request.values.get("client_id", "")
    app = pages.sandbox.apps.get(client_id, site_of(request))
    if app is None:
        raise PageError(401, f"Client with identifier '{client_id}' not found.")
    if request.values.get("redirect_uri") not in app.redirect_uris:
        raise PageError(401, "The redirect address is not the one this app is registered with.")
    return app


def authorize(pages, request):
    """Ask a person whether an app may work with their administrations."""
    app = _app(pages, request)
    redirect_uri, state = request.values["redirect_uri"], request.values.get("state")
    kind = request.values.get("response_type")
    if kind != "code":
        # As in RFC 6749: chapter 1.2 has no answer for it. The implicit grant ("token"), which
        # Exact also has, is left out: nothing that runs on a server uses it.
        error = "unsupported_response_type" if kind else "invalid_request"
        return _back(redirect_uri, error=error, state=state)
    session = pages.sessions.find(request)
    if session is None or request.args.get("force_login") == "1":
        kept = {name: request.args[name] for name in _FIELDS if name in request.args}
        return login_address(request, f"/api/oauth2/auth?{urlencode(kept)}")
    if request.method == "POST":
        pages.sessions.check_form(request, session)
        if request.form.get("answer") != "allow":
            return _refuse(pages, redirect_uri, state)
        chosen = _chosen(pages, request, session, app)
        if chosen:
            pages.sandbox.grants.allow(app.client_id, session.user.id, chosen)
            code = pages.sandbox.grants.make_code(app.client_id, session.user.id, redirect_uri)
            return _back(redirect_uri, code=code, state=state)
    mine = pages.sandbox.users.divisions(session.user.id)
    return pages.render(
        request, "consent.html", app=app, nothing_chosen=request.method == "POST",
        fields={name: request.values[name] for name in _FIELDS if name in request.values},
        administrations=[
            item for item in administrations(pages.sandbox.store) if item["code"] in mine
        ],
    )  # fmt: skip


def _refuse(pages, redirect_uri, state):
    """Lead back after a refusal; what the address carries then is not known (chapter 1.2)."""
    error = "access_denied" if pages.sandbox.settings["refused_consent"] == "error" else None
    return _back(redirect_uri, error=error, state=state)


def _chosen(pages, request, session, app):
    """Return the administrations that were ticked; an own app gets all (chapter 1.8)."""
    mine = set(pages.sandbox.users.divisions(session.user.id))
    if app.kind == "own":
        return mine
    return {read_whole(item) for item in request.form.getlist("divisions")} & mine
