"""Pages for a person: log in, consent, administrations, invoices, permissions, apps."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from ..sites import site_of
from . import (
    apps,
    attachments,
    books,
    consent,
    formats,
    invoice,
    invoice_edit,
    login,
    periods,
    security,
)
from .refusals import Refused
from .session import PageError, Sessions

_FOLDER = Path(__file__).resolve().parent.parent
_STYLE = (_FOLDER / "static" / "sandbox.css").read_bytes()
_HEADERS = {
    # No form-action: the consent form ends in a redirect to the app's own address.
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Pages:
    """Answers everything that is not the API."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.sessions = Sessions(sandbox)
        self._templates = Environment(
            loader=FileSystemLoader(str(_FOLDER / "templates")),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(formats.FILTERS)
        self._routes = {
            "/": lambda pages, request: redirect("/docs/MenuPortal.aspx"),
            "/static/sandbox.css": lambda pages, request: Response(_STYLE, mimetype="text/css"),
            "/api/oauth2/auth": consent.authorize,
            "/docs/Login.aspx": login.log_in,
            "/docs/Logout.aspx": login.log_out,
            "/docs/MenuPortal.aspx": books.portal,
            "/docs/CRMAccountCard.aspx": books.account_card,
            "/docs/OpenItems.aspx": books.open_items,
            "/docs/FinPeriods.aspx": periods.periods,
            "/docs/SalesInvoice.aspx": invoice.invoice,
            "/docs/SalesInvoiceEdit.aspx": invoice_edit.edit,
            "/docs/SysAttachment.aspx": attachments.attachment,
            "/docs/MyExactOnline.aspx": security.permissions,
            "/docs/ManageApps.aspx": apps.apps,
        }

    def answer(self, request):
        """Return the page at an address, or a page that says what is wrong."""
        route = self._routes.get(request.path)
        try:
            if route is None:
                raise PageError(404, "There is no such page.")
            with self.sandbox.store.transaction():
                response = route(self, request)
        except Refused as refusal:
            with self.sandbox.store.transaction():
                response = refusal.page()
        except PageError as error:
            response = self.render(request, "error.html", status=error.status, message=str(error))
        response.headers.extend(
            {name: text for name, text in _HEADERS.items() if name not in response.headers}
        )
        return response

    def render(self, request, template, status=200, **values):
        """Return a page made of a template; the session is at hand in it."""
        session = self.sessions.find(request)
        text = self._templates.get_template(template).render(
            session=session, user=session.user if session else None, site=site_of(request),
            status=status, **values,
        )  # fmt: skip
        return Response(text, status, content_type="text/html; charset=utf-8")
