"""Sessions of people in the browser, and the check that a form is their own."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import quote

from werkzeug.utils import redirect

from ..sites import site_of

_COOKIE = "ExactSandboxSession"
FORM_COOKIE = "ExactSandboxForm"
_SECONDS = 8 * 3600


class PageError(Exception):
    """A page that cannot be shown: status and sentence."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Session:
    """A person who is logged in; ``csrf`` must come back with every form."""

    user: object
    csrf: str


def _hash(token):
    return hashlib.sha256(token.encode()).hexdigest()


def _cookie(request):
    """Return the cookie's name: browsers do not tell ports apart, and each site has its logins."""
    return f"{_COOKIE}-{site_of(request)}"


def same(one, other):
    """Compare two texts without telling by time how far they agree."""
    return hmac.compare_digest((one or "").encode(), (other or "").encode())


def set_cookie(response, name, value):
    """Set a cookie that scripts cannot read and other sites cannot use for posting."""
    response.set_cookie(name, value, httponly=True, samesite="Lax", path="/")


class Sessions:
    """Finds, starts and ends sessions; the state holds hashes of their cookies."""

    def __init__(self, sandbox):
        self._sandbox = sandbox
        self._store = sandbox.store

    def find(self, request):
        """Return the session of a request, or None."""
        token = request.cookies.get(_cookie(request))
        if not token:
            return None
        record = self._store.one("SELECT * FROM sessions WHERE token = ?", _hash(token))
        if record is None or record["expires"] < self._sandbox.clock.timestamp():
            return None
        user = self._sandbox.users.get(record["user_id"])
        return Session(user, record["csrf"]) if user else None

    def start(self, request, response, user):
        """Log a user in on the site of the request, by this response."""
        token = secrets.token_urlsafe(32)
        self._store.execute(
            "INSERT INTO sessions VALUES (?, ?, ?, ?)",
            _hash(token),
            user.id,
            secrets.token_urlsafe(24),
            self._sandbox.clock.timestamp() + _SECONDS,
        )
        set_cookie(response, _cookie(request), token)

    def end(self, request, response):
        """Log the user of a request out."""
        name = _cookie(request)
        token = request.cookies.get(name, "")
        self._store.execute("DELETE FROM sessions WHERE token = ?", _hash(token))
        response.delete_cookie(name, path="/")

    def check_form(self, request, session):
        """Refuse a form that is not from a page of this session.

        :raises PageError: 403
        """
        if not same(request.form.get("csrf"), session.csrf):
            raise PageError(403, "This form is out of date. Go back and load the page again.")


def login_address(request, path=None):
    """Return a redirect to the login page that leads back to a path of this site."""
    target = path or request.full_path.rstrip("?")
    return redirect(f"/docs/Login.aspx?ReturnUrl={quote(target, safe='')}")


def logged_in(view):
    """Let only logged-in people see a page; others go by the login page.

    The view gets (pages, request, session); forms are checked to be the session's own.
    """

    def guarded(pages, request):
        session = pages.sessions.find(request)
        if session is None:
            return login_address(request)
        if request.method == "POST":
            pages.sessions.check_form(request, session)
        return view(pages, request, session)

    return guarded
