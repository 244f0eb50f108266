"""My Exact Online > Security centre > Permissions for my apps (chapter 1.6)."""

from werkzeug.utils import redirect

from ..users import administrations
from .session import PageError, logged_in

_ADDRESS = "/docs/MyExactOnline.aspx"


@logged_in
def permissions(pages, request, session):
    """List the apps a person allowed; revoke one, or choose its administrations."""
    if request.method == "POST":
        _change(pages, request, session)
        return redirect(_ADDRESS, 303)
    grants, mine = pages.sandbox.grants, pages.sandbox.users.divisions(session.user.id)
    allowed = [
        {
            "app": pages.sandbox.apps.get(client_id),
            "granted": granted,
            "divisions": grants.consented(client_id, session.user.id),
        }
        for client_id, granted in grants.consents_of(session.user.id)
    ]
    return pages.render(
        request, "security.html", permissions=allowed,
        administrations=[
            item for item in administrations(pages.sandbox.store) if item["code"] in mine
        ],
    )  # fmt: skip


def _change(pages, request, session):
    grants = pages.sandbox.grants
    client_id = request.form.get("client_id", "")
    if grants.consented(client_id, session.user.id) is None:
        raise PageError(404, "You have no permission for such an app.")
    if request.form.get("answer") == "revoke":
        grants.revoke(client_id, session.user.id)
        return
    mine = set(pages.sandbox.users.divisions(session.user.id))
    chosen = {int(item) for item in request.form.getlist("divisions") if item.isdecimal()} & mine
    grants.allow(client_id, session.user.id, chosen)
