"""My Exact Online > Security centre > Permissions for my apps (chapter 1.6)."""

from werkzeug.utils import redirect

from ..sites import site_of
from ..users import administrations
from .reading import read_whole
from .session import PageError, logged_in

_ADDRESS = "/docs/MyExactOnline.aspx"
_DONE = {
    "saved": "The administrations are saved.",
    "revoked": "The permission is revoked: the app is no longer connected.",
}


@logged_in
def permissions(pages, request, session):
    """List the apps a person allowed; revoke one, or choose its administrations."""
    if request.method == "POST":
        return redirect(f"{_ADDRESS}?done={_change(pages, request, session)}", 303)
    grants, mine = pages.sandbox.grants, pages.sandbox.users.divisions(session.user.id)
    consents = [
        (pages.sandbox.apps.get(client_id, site_of(request)), granted)
        for client_id, granted in grants.consents_of(session.user.id)
    ]
    allowed = [
        {
            "app": app,
            "granted": granted,
            "divisions": grants.consented(app.client_id, session.user.id),
        }
        for app, granted in consents
        if app
    ]
    return pages.render(
        request, "security.html", permissions=allowed, done=_DONE.get(request.args.get("done")),
        administrations=[
            item for item in administrations(pages.sandbox.store) if item["code"] in mine
        ],
    )  # fmt: skip


def _change(pages, request, session):
    """Do what the form asks; return a key of the sentences above."""
    grants = pages.sandbox.grants
    client_id = request.form.get("client_id", "")
    app = pages.sandbox.apps.get(client_id, site_of(request))
    if app is None or grants.consented(client_id, session.user.id) is None:
        raise PageError(404, "You have no permission for such an app.")
    if request.form.get("answer") == "revoke":
        grants.revoke(client_id, session.user.id)
        pages.sandbox.webhooks.orphan(client_id, session.user.id)
        return "revoked"
    if app.kind == "own":
        raise PageError(400, "An app of your own has no choice of administrations.")
    mine = set(pages.sandbox.users.divisions(session.user.id))
    chosen = {read_whole(item) for item in request.form.getlist("divisions")} & mine
    grants.choose(client_id, session.user.id, chosen)
    return "saved"
