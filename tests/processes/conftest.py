"""A real Odoo and a real sandbox for tests of what happens between processes and users."""

import contextlib
import itertools
import threading
import time

import pytest

from devtools import databases, odoo, services, walk
from devtools.rpc import OdooClient, OdooRefused
from exact_sandbox import settings

PERIOD = ("2026-10-01", "2026-10-31")
# Odoo's own is 60 s, counted from when it last looked.
LOOK_SECONDS = 1


class Office:
    """An organisation in a real Odoo: its people, customers and hours, over RPC."""

    def __init__(self, shop, odoo, sandbox):
        server = shop.server
        self.shop = shop
        self.odoo = odoo
        self.name = odoo.database
        self.sandbox = sandbox
        self._numbers = itertools.count(1)
        self.dsn = {
            "host": server.host,
            "port": server.port,
            "user": server.user,
            "password": server.password,
            "dbname": odoo.database,
        }
        self.admin = self.log_in("admin")
        self.administration = walk.link(self.admin, walk.connect(self.admin, sandbox))
        self.code = self.admin.read("keeping.exact.administration", self.administration, "code")[
            "code"
        ]
        walk.choose_journal(self.admin, self.administration)
        self.employee = self.admin.find("hr.employee", [("user_id", "=", self.admin.uid)], "id")[0][
            "id"
        ]

    def connect_again(self):
        """Consent anew: Exact keeps one chain of tokens per user and app, and it was taken.

        Until it is connected: what is left of Exact's minute may not do for its first calls.
        """
        model = "keeping.exact.connection"
        mine = [("administration_ids", "in", [self.administration])]
        [connection] = self.admin.find(model, mine, "id")
        url = self.admin.call(model, "action_connect", [connection["id"]])["url"]
        walk._consent(self.admin, url, self.sandbox)
        for _second in range(90):
            with contextlib.suppress(OdooRefused):
                self.admin.call(model, "action_check", [connection["id"]])
            if self.admin.read(model, connection["id"], "state")["state"] == "connected":
                return
            time.sleep(1)
        raise AssertionError("it is not connected again")

    def make_biller(self, login):
        """Make a second user who invoices, and log in."""
        values = {"name": f"Second {login}", "login": login, "password": login}
        [other] = self.admin.call("res.users", "create", [values])
        domain = [("module", "=", "keeping_exact_connector"), ("name", "=", "group_invoicing")]
        group = self.admin.find("ir.model.data", domain, "res_id")[0]["res_id"]
        self.admin.call("res.users", "write", [other], {"group_ids": [(4, group)]})
        return self.log_in(login)

    @staticmethod
    def call_patiently(client, *call):
        """Call what asks Exact; earlier tests may have left nothing of this minute."""
        for _second in range(70):
            try:
                return client.call(*call)
            except OdooRefused as error:
                if "limit" not in str(error):
                    raise
                time.sleep(1)
        raise AssertionError("the minute does not end")

    def log_in(self, login, password=None):
        client = OdooClient(self.odoo.url)
        client.log_in(login, password or login)
        return client

    def run_users(self, script, *args, seconds=300):
        """Let the processes of a script work on Odoo's database; return what it tells in JSON.

        :param Path script: is given the name of the database, then *args*
        """
        shop, extra = self.shop, self.odoo.environment
        return odoo.run_script(
            script, shop.source, shop.server, self.name, *args, extra=extra, seconds=seconds
        )

    def make_hours(self, customer, *amounts):
        """Make a customer with a project and hours; return (partner, ids of the hours).

        A number makes its name new, also in the Exact that tests before this one have used.
        """
        customer = f"{customer} {next(self._numbers)}"
        partner = self.admin.call("res.partner", "create", [{"name": customer}])[0]
        project = self.admin.call(
            "project.project",
            "create",
            [{"name": f"Project of {customer}", "partner_id": partner, "allow_timesheets": True}],
        )[0]
        lines = [
            {
                "name": f"Work {position}",
                "project_id": project,
                "employee_id": self.employee,
                "unit_amount": amount,
                "date": "2026-10-12",
            }
            for position, amount in enumerate(amounts)
        ]
        return partner, self.admin.call("account.analytic.line", "create", lines)

    def make_wizard(self, client, partner, **vals):
        return client.call(
            "keeping.exact.invoice.create",
            "create",
            [
                {
                    "administration_id": self.administration,
                    "date_from": PERIOD[0],
                    "date_to": PERIOD[1],
                    "partner_ids": [(6, 0, [partner])],
                    "rate": 100,
                    "group_by": "project",
                    **vals,
                }
            ],
        )[0]

    def preview(self, client, partner):
        """Make a draft; return its id."""
        wizard = self.make_wizard(client, partner)
        return client.call("keeping.exact.invoice.create", "action_preview", [wizard])["res_id"]

    def state(self, invoice):
        return self.admin.read(
            "keeping.exact.invoice", invoice, "state", "name", "error_message", "retry_at"
        )

    def wait_for(self, invoice, *states, seconds=60, remark=False):
        """Poll until the link is in one of these states; return what it says.

        :param remark: and says why it waits.
        """
        end = time.monotonic() + seconds
        while True:
            values = self.state(invoice)
            if values["state"] in states and (values["error_message"] or not remark):
                return values
            assert time.monotonic() < end, values
            time.sleep(0.2)

    def in_exact(self, reference):
        """Return the sandbox's invoices with this reference."""
        rows = self.sandbox.rows(self.code, "salesinvoice/SalesInvoices")
        return [row for row in rows if (row["Description"] or "").endswith(reference)]


@pytest.fixture(scope="session")
def open_office():
    """Have an office for a while, beside whatever modules a test wants."""

    @contextlib.contextmanager
    def opened(beside=databases.ALONE, **servers):
        with services.workshop() as shop:
            template = shop.addon_template(beside).name
            with services.pair(shop, template=template, **servers) as (odoo, sandbox):
                yield Office(shop, odoo, sandbox)

    return opened


@pytest.fixture(scope="session")
def office(open_office):
    with open_office() as opened:
        yield opened


@pytest.fixture
def database(office):
    """Open connections to Odoo's database, as another transaction would."""
    import psycopg2  # noqa: PLC0415 - only in the virtual environment

    opened = []

    def connect():
        connection = psycopg2.connect(**office.dsn)
        connection.set_session(isolation_level="REPEATABLE READ")
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture(scope="module")
def many_calls(office):
    """Exact allows more calls a minute than these tests need: limits are tested elsewhere."""
    before = office.sandbox.settings()["minute_limit"]
    office.sandbox.settings(minute_limit=10_000)
    yield
    office.sandbox.settings(minute_limit=before)


@pytest.fixture
def frequent_looks(office):
    """Odoo looks for jobs each second instead of each minute.

    It is told to look as it tells itself when somebody adds a trigger, and finds no other jobs than
    at its own time: those that are due. Not for tests of when something comes back.
    """
    import psycopg2  # noqa: PLC0415 - only in the virtual environment

    # Odoo listens there, whichever database the jobs are in.
    connection = psycopg2.connect(**{**office.dsn, "dbname": "postgres"})
    connection.autocommit = True
    over = threading.Event()

    def tell():
        with connection.cursor() as cursor:
            while not over.wait(LOOK_SECONDS):
                cursor.execute("SELECT pg_notify('cron_trigger', %s)", (office.name,))

    thread = threading.Thread(target=tell)
    thread.start()
    yield
    over.set()
    thread.join()
    connection.close()


@pytest.fixture(autouse=True, params=settings.PROFILES)
def profile(request, office):
    """Each test runs with both sides of everything that the sources leave open."""
    office.sandbox.settings(profile=request.param)
    return request.param


@pytest.fixture(autouse=True)
def clean_faults(office):
    office.sandbox.clear_faults()
    yield
    office.sandbox.clear_faults()
