"""The authorize request and the consent page (chapters 1.2 and 1.8)."""

from urllib.parse import quote, urlencode

from werkzeug.utils import redirect

from ..users import administrations
from .session import PageError, login_address

_FIELDS = ("client_id", "redirect_uri", "response_type", "state")


def _back(redirect_uri, **values):
    """Return a redirect to the app; everything is percent-encoded, the ``!`` of codes too."""
    query = urlencode(
        {name: value for name, value in values.items() if value is not None}, quote_via=quote,
        safe="",
    )  # fmt: skip
    return redirect(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{query}", 302)


def _app(pages, request):
    """Return the app of an authorize request.

    An unknown client or another redirect address ends here, without a redirect (chapter 1.2).
    """
    client_id = request.values.get("client_id", "")
    app = pages.sandbox.apps.get(client_id)
    if app is None:
        raise PageError(401, f"Client with identifier '{client_id}' not found.")
    if request.values.get("redirect_uri") not in app.redirect_uris:
        raise PageError(401, "The redirect address is not the one this app is registered with.")
    return app


def authorize(pages, request):
    """Ask a person whether an app may work with their administrations."""
    app = _app(pages, request)
    redirect_uri, state = request.values["redirect_uri"], request.values.get("state")
    if request.values.get("response_type") != "code":
        return _back(redirect_uri, error="unsupported_response_type", state=state)
    session = pages.sessions.find(request)
    if session is None or request.args.get("force_login") == "1":
        kept = {name: request.args[name] for name in _FIELDS if name in request.args}
        return login_address(request, f"/api/oauth2/auth?{urlencode(kept)}")
    mine = set(pages.sandbox.users.divisions(session.user.id))
    if request.method == "POST":
        pages.sessions.check_form(request, session)
        if request.form.get("answer") != "allow":
            return _back(redirect_uri, error="access_denied", state=state)
        chosen = {
            int(item) for item in request.form.getlist("divisions") if item.isdecimal()
        } & mine
        if app.kind == "own":
            chosen = mine
        if chosen:
            pages.sandbox.grants.allow(app.client_id, session.user.id, chosen)
            code = pages.sandbox.grants.make_code(app.client_id, session.user.id, redirect_uri)
            return _back(redirect_uri, code=code, state=state)
    return pages.render(
        request, "consent.html", app=app, nothing_chosen=request.method == "POST",
        fields={name: request.values[name] for name in _FIELDS if name in request.values},
        administrations=[
            item for item in administrations(pages.sandbox.store) if item["code"] in mine
        ],
    )  # fmt: skip
