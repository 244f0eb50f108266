"""Log in and out."""

import secrets

from werkzeug.utils import redirect

from .session import FORM_COOKIE, PageError, logged_in, same, set_cookie

_HOME = "/docs/MenuPortal.aspx"


def _return_address(request):
    """Return where to go afterwards: a path of this site, never another site."""
    target = request.values.get("ReturnUrl", _HOME)
    local = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if local and target.isprintable() else _HOME


def log_in(pages, request):
    """Show the login page, or log in."""
    target = _return_address(request)
    message = None
    if request.method == "POST":
        if not same(request.form.get("csrf"), request.cookies.get(FORM_COOKIE) or "-"):
            raise PageError(403, "This form is out of date. Go back and load the page again.")
        login, password = request.form.get("UserName", ""), request.form.get("Password", "")
        user = pages.sandbox.users.log_in(login.strip(), password)
        if user:
            response = redirect(target, 303)
            pages.sessions.start(request, response, user)
            return response
        message = "The user name or the password is not right."
    token = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
    response = pages.render(
        request, "login.html", csrf=token, target=target, message=message,
        login=request.form.get("UserName", ""),
    )  # fmt: skip
    set_cookie(response, FORM_COOKIE, token)
    return response


@logged_in
def log_out(pages, request, _session):
    """End the session."""
    if request.method != "POST":
        return redirect(_HOME)
    response = redirect("/docs/Login.aspx", 303)
    pages.sessions.end(request, response)
    return response
