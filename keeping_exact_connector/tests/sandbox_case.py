import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

from odoo import fields
from odoo.tests.common import _super_send, release_test_lock
from odoo.tools import mute_logger

from devtools.web import Browser, forms
from exact_sandbox.process import SandboxProcess

from ..models.keeping_exact_connection import CALLBACK_PATH
from ..sending.look_ups import LOOK_UP_PARAMETER
from ..tools.reference import carries_reference
from .common import ExactCase

BASE_URL = "http://localhost:8069"
INVOICES = "salesinvoice/SalesInvoices"
# What Exact answers when it refuses.
REFUSAL = '{"error":{"code":"","message":{"lang":"","value":"%s"}}}'


class SandboxCase(ExactCase):
    """Talks to the sandbox over a real socket; connected and linked by the real consent.

    :cvar profile: the side to take of what the sources leave open, ``strict`` or ``lenient``
    """

    profile = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        # A state of its own, so that it may be stopped and started; limits are tested elsewhere.
        cls.sandbox = cls.enterClassContext(
            SandboxProcess(
                Path(folder) / "state.sqlite",
                minute_limit=100_000,
                day_limit=100_000,
                error_limit=100_000,
            )
        )
        if cls.profile:
            cls.sandbox.settings(profile=cls.profile)
        os.environ["KEEPING_EXACT_SITE_URL_NL"] = cls.sandbox.url
        cls.addClassCleanup(os.environ.pop, "KEEPING_EXACT_SITE_URL_NL", None)
        cls.env["ir.config_parameter"].set_param("web.base.url", BASE_URL)
        cls.sandbox.add_redirect_uri(BASE_URL + CALLBACK_PATH)
        # The administration made by hand is of no use here.
        cls.administration.sudo().state = "inaccessible"
        cls.connection = cls._make_connection()

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # Odoo's own handler lets loopback through, but only knows a time-out that is one number.
        if r.url.startswith(cls.sandbox.url):
            return _super_send(s, r, **kw)
        return super()._request_handler(s, r, **kw)

    @classmethod
    def _make_connection(cls, company=None):
        company = company or cls.company
        Connection = cls.env["keeping.exact.connection"].with_company(company)
        return Connection.create(
            {
                "company_id": company.id,
                "site": "nl",
                "client_id": cls.sandbox.client_id,
                "client_secret": cls.sandbox.client_secret,
            }
        )

    @classmethod
    def _consent(cls, connection, login=None, action="action_connect", answer="allow"):
        """Log in at the sandbox, answer its question, and return what the redirect carries.

        :param str login: of another Exact user
        :param str action: what is clicked on the connection
        :param str answer: allow or deny
        """
        browser = Browser()
        page = browser.open(getattr(connection, action)()["url"])
        form = next(form for form in forms(page.text) if form.has("password"))
        typed = {"text": login or cls.sandbox.login, "password": cls.sandbox.password}
        page = browser.submit(page, form, form.filled(**typed))
        consent = next(form for form in forms(page.text) if form.button("allow"))
        answer = browser.session.post(
            urljoin(page.url, consent.action),
            data=consent.filled(consent.button(answer), checkbox="all"),
            allow_redirects=False,
        )
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        return {name: values[0] for name, values in query.items()}

    def setUp(self):
        super().setUp()
        self._share_cursor()

    @classmethod
    def _share_cursor(cls):
        """Let the cursors that tokens and jobs have of their own see this transaction."""
        if not cls._registry_patched:
            cls.registry_enter_test_mode_cls()

    @classmethod
    def _connect(cls, connection, login=None):
        with cls._committing():
            end = connection._accept_consent(cls._consent(connection, login)["code"])
        assert end is None, end
        with cls._committing():
            connection._read_administrations()

    def _link(self, position=0):
        """Connect, link an administration and read everything; return it."""
        self.administration = self._make_linked(position)
        return self.administration

    @classmethod
    def _make_linked(cls, position=0):
        cls._share_cursor()
        if cls.connection.state != "connected":
            cls._connect(cls.connection)
        administration = cls.connection.administration_ids.sorted("code")[position]
        with cls._committing():
            administration.action_link()
        with cls._committing():
            cls.env["keeping.exact.administration"]._cron_sync()
        if cls.profile:
            # There are two, and Exact may not fill in its own.
            sales = [("administration_id", "=", administration.id), ("type", "=", 20)]
            administration.journal_id = cls.env["keeping.exact.journal"].search(sales, limit=1)
        cls.env["ir.config_parameter"].set_param(LOOK_UP_PARAMETER, "0")
        return administration

    @classmethod
    @contextmanager
    def _committing(cls):
        """Let other cursors see what was done so far, and see what they did."""
        cls.env.flush_all()
        try:
            yield
        finally:
            cls.env.flush_all()
            cls.env.invalidate_all()

    def _read_lists(self):
        """As the job does, without the checks."""
        self.administration.sudo().sync_at = fields.Datetime.now()
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()

    @mute_logger(
        "odoo.addons.keeping_exact_connector.sending.sender",
        "odoo.addons.keeping_exact_connector.sending.runner",
    )
    def _send(self):
        # Senders are threads, which take turns at the one connection that a test has.
        with self._committing(), release_test_lock():
            self.env["keeping.exact.operation"]._cron_send()

    def _posts(self, path=INVOICES):
        """Return the POSTs that reached the sandbox."""
        return [
            call
            for call in self.sandbox.calls()
            if call["method"] == "POST" and path in call["path"]
        ]

    def _rows(self, path=INVOICES):
        return self.sandbox.rows(self.administration.code, path)

    def _pass_time(self):
        """As if what waits were due now."""
        self.env["keeping.exact.operation"].search([]).due_at = False


class SendingCase(SandboxCase):
    """Connected, linked and read; with the steps that tests of the sender share.

    Each test begins with both sides as they are then: Odoo's by its savepoint, the sandbox's by
    going back, tokens included.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administration = cls._make_linked()
        cls.sandbox.clear_calls()
        cls.sandbox.keep()

    def setUp(self):
        super().setUp()
        self.sandbox.go_back()
        self.addCleanup(self.sandbox.clear_faults)

    def _queued(self, *hours, **vals):
        self._make_hours(*(hours or (1.5, 2.25)))
        invoice = self._preview(**vals)
        invoice.action_send()
        return invoice

    def _set_create_date(self, record, moment):
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {record._table} SET create_date = %s WHERE id = %s", (moment, record.id)
        )
        record.invalidate_recordset()

    def _in_exact(self, invoice):
        return [row for row in self._rows() if carries_reference(row["Description"], invoice.name)]

    def _refuse_next(self, path, text, method="POST"):
        """Have Exact refuse the next call of this kind with this text."""
        self.sandbox.add_fault(
            method=method,
            path=path,
            kind="status",
            status=500,
            times=1,
            content_type="application/json",
            body=REFUSAL % text,
        )

    def _refused(self, text):
        """Return an invoice that Exact refused with this text; its customer was known before."""
        self._queued()
        self._send()
        self._refuse_next(INVOICES, text)
        invoice = self._queued(4)
        self._send()
        return invoice
