"""Manage my apps: register one, see its client id and secret (chapter 1.8)."""

from werkzeug.utils import redirect

from ..demo import SCOPES
from ..sites import site_of
from ..users import ALL_RIGHTS
from .session import PageError, logged_in

_ADDRESS = "/docs/ManageApps.aspx"


@logged_in
def apps(pages, request, session):
    """List the apps that are registered on this site, or register one.

    It takes the right "Manage subscription" (chapter 1.8), which is none of the six: the page
    shows secrets.
    """
    if session.user.rights != ALL_RIGHTS:
        raise PageError(403, "You have no right to manage apps.")
    if request.method == "POST":
        return _register(pages, request)
    found = pages.sandbox.apps.all(site_of(request))
    return pages.render(
        request, "apps.html", apps=found,
        webhook_secrets={
            app.client_id: pages.sandbox.webhooks.secret(app.client_id) for app in found
        },
    )  # fmt: skip


def _register(pages, request):
    name = request.form.get("name", "").strip()
    uris = request.form.get("redirect_uris", "").split()
    kind = request.form.get("kind", "own")
    if not name or not uris or kind not in ("own", "partner"):
        raise PageError(400, "An app needs a name, a kind and at least one redirect address.")
    try:
        pages.sandbox.apps.register(
            name, request.form.get("description", "").strip(), kind, SCOPES, uris,
            pages.sandbox.clock.timestamp(), site_of(request),
            request.form.get("third_parties", "").strip(),
        )  # fmt: skip
    except ValueError as error:
        raise PageError(400, str(error)) from error
    return redirect(_ADDRESS, 303)
