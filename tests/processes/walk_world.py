"""Where the walk goes: two organisations in one Odoo, their books in one Exact, and one clock.

Used by walker.py, inside Odoo's environment.
"""

import contextlib
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import psycopg2
from passing_time import age_limits

from odoo import SUPERUSER_ID, Command, api, fields, sql_db
from odoo.exceptions import AccessError, UserError
from odoo.service.model import retrying

from exact_sandbox.process import SandboxProcess

LINK = "keeping.exact.invoice"
ADDON = "keeping_exact_connector"
INVOICES = "salesinvoice/SalesInvoices"
LINES = "salesinvoice/SalesInvoiceLines"
PRINTED = "salesinvoice/PrintedSalesInvoices"
# In the notes of a line that a bookkeeper added to an invoice.
BY_HAND = "By hand"
PROCESSED = 50
CUSTOMERS = 6
RATE = 90


class Nothing(Exception):
    """There is nothing yet that this step could be done with: another one is taken."""


class Clock:
    """Real time, and what was passed: Odoo's clock goes forward with that of the sandbox."""

    def __init__(self, sandbox):
        self.passed = 0.0
        self._sandbox = sandbox
        real, utc = time.time, datetime.now
        time.time = lambda: real() + self.passed
        fields.Datetime.now = lambda *_args: (utc() + timedelta(seconds=self.passed)).replace(
            microsecond=0
        )

    def pass_time(self, seconds):
        self.passed += seconds
        self._sandbox.advance(seconds)


class Books:
    """What is in Exact, as the sandbox has it: nothing that is looked at here is a call.

    Only what is new since the last look is read.
    """

    def __init__(self, sandbox):
        self._sandbox = sandbox
        self._seen, self._rows, self._fresh = {}, {}, set()

    def look_anew(self):
        """Something may have changed."""
        self._fresh.clear()

    def _read(self, division, path, key):
        place = (division, path)
        rows = self._rows.setdefault(place, {})
        if place in self._fresh:
            return rows
        changed, keys = self._sandbox.changed_rows(division, path, self._seen.get(place, 0))
        for row in changed:
            rows[row[key]] = row
            self._seen[place] = max(self._seen.get(place, 0), row["Timestamp"])
        for gone in rows.keys() - set(keys):
            del rows[gone]
        self._fresh.add(place)
        return rows

    def invoices(self, division):
        """Return the invoices by their GUID."""
        return self._read(division, INVOICES, "InvoiceID")

    def lines(self, division):
        """Return the lines of all invoices by their own GUID."""
        return self._read(division, LINES, "ID")


@dataclass
class Organisation:
    """One company with its administration and the people who work there."""

    name: str
    company: int
    administration: int
    code: int
    login: str
    user: int = 0
    employee: int = 0
    item: str = ""
    journal: str = ""
    projects: list = field(default_factory=list)
    partners: list = field(default_factory=list)
    # Of each timesheet what its own people last made it, by id: none is lost, none is changed.
    hours: dict = field(default_factory=dict)
    # Timesheets that somebody asked to bill again on purpose.
    repeated: set = field(default_factory=set)
    # GUIDs of invoices that were deleted in Exact by its own people.
    deleted: set = field(default_factory=set)
    # Wizards that are open: (what to do with it, model, id).
    dialogs: list = field(default_factory=list)


class World:
    """Both sides, and how something is done at each of them.

    :param registry: of Odoo's database
    :param random.Random chance: what decides
    """

    def __init__(self, registry, chance, control_url, password):
        self.registry = registry
        self.chance = chance
        self.sandbox = SandboxProcess()
        self.sandbox.control_url, self.sandbox.password = control_url, password
        self.clock = Clock(self.sandbox)
        self.books = Books(self.sandbox)
        self._secrets = {}
        self.organisations = []
        # Up to where messages and calls were looked through.
        self.told = (0, 0)
        self._links, self._credits = {}, {}
        self._connections = []
        self.connect()

    # ------------------------------------------------------------------ Odoo's side

    @contextlib.contextmanager
    def system(self):
        """Have Odoo as the system itself, in a transaction that is committed at the end."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def act(self, organisation, work):
        """Have a user do something, as a request does: again after a conflict, then committed.

        :param work: a function of the environment
        """
        context = {"allowed_company_ids": [organisation.company], "lang": "en_US"}
        with self.registry.cursor() as cr:
            env = api.Environment(cr, organisation.user, context)
            return retrying(partial(work, env), env)

    def connect(self):
        """Have a connection for looking on; a process that was forked needs one of its own.

        That of before is kept: closing it would end it for the other process too.
        """
        _name, values = sql_db.connection_info_for(self.registry.db_name)
        self._connections.append(psycopg2.connect(**values))
        self._connections[-1].autocommit = True

    def pass_time(self, seconds):
        """Let time pass: for Odoo, for Exact, and for what PostgreSQL's clock has dated."""
        self.clock.pass_time(seconds)
        age_limits(self.sql, seconds)

    def sql(self, statement, *args):
        """Look at the database, beside Odoo; return the rows, if there are any."""
        named = args[0] if args and isinstance(args[0], dict) else args
        with self._connections[-1].cursor() as cursor:
            cursor.execute(statement, named)
            return cursor.fetchall() if cursor.description else []

    def find(self, organisation, *states, where="TRUE"):
        """Return the id of some invoice link in one of these states."""
        rows = self.sql(
            "SELECT id FROM keeping_exact_invoice link WHERE administration_id = %s"
            f" AND state = ANY(%s) AND {where} ORDER BY id",
            organisation.administration,
            list(states),
        )
        return self.choose([row[0] for row in rows][-25:])

    def choose(self, options):
        """Return one of them.

        :raise Nothing: there are none
        """
        options = list(options)
        if not options:
            raise Nothing
        return self.chance.choice(options)

    def look_anew(self):
        """Forget what was read of both sides before the last step."""
        self._links, self._credits = {}, {}
        self.books.look_anew()
        before, self._upto = getattr(self, "_upto", (0, 0)), self._newest()
        self.told = before

    def _newest(self):
        [row] = self.sql(
            "SELECT (SELECT coalesce(max(id), 0) FROM mail_message),"
            " (SELECT coalesce(max(id), 0) FROM keeping_exact_call)"
        )
        return row

    def links(self, own):
        """Return (state, GUID, whether we are deleting it) of each link by our reference."""
        if own.name not in self._links:
            rows = self.sql(
                "SELECT name, state, guid, EXISTS (SELECT FROM keeping_exact_deletion d"
                " WHERE d.invoice_id = link.id AND d.state IN ('sending', 'uncertain'))"
                " FROM keeping_exact_invoice link WHERE administration_id = %s",
                own.administration,
            )
            self._links[own.name] = {name: values for name, *values in rows}
        return self._links[own.name]

    def credits(self, own):
        """Return (state, GUID, False) of each credit note that was made from here."""
        if own.name not in self._credits:
            rows = self.sql(
                "SELECT name, state, guid, FALSE FROM keeping_exact_credit"
                " WHERE administration_id = %s AND origin = 'made'",
                own.administration,
            )
            self._credits[own.name] = {name: values for name, *values in rows}
        return self._credits[own.name]

    def secrets(self):
        """Return everything that must never be read anywhere, of now and of earlier."""
        from odoo.addons.keeping_exact_connector.tools import encryption  # noqa: PLC0415

        for row in self.sql(
            "SELECT client_secret, access_token, refresh_token FROM keeping_exact_grant"
        ):
            for value in row:
                # Without tokens it waits for a person who connects again.
                if value and value not in self._secrets:
                    self._secrets[value] = encryption.decrypt(value)
        return self._secrets.values()

    def refresh_all(self, own):
        """Read all links again, as a person does who selects them."""
        for (invoice,) in self.sql(
            "SELECT id FROM keeping_exact_invoice WHERE administration_id = %s"
            " AND state IN ('open', 'processed', 'paid', 'credited')",
            own.administration,
        ):
            self.act(own, lambda env, one=invoice: env[LINK].browse(one).action_refresh())

    # ------------------------------------------------------------------ Exact's side

    def call(self, organisation, work):
        """Have the bookkeeper do something in Exact.

        :param work: a function of the client
        """
        from odoo.addons.keeping_exact_connector import exact_online  # noqa: PLC0415

        with self.system() as env:
            administration = env["keeping.exact.administration"].browse(organisation.administration)
            try:
                with administration._get_client() as client:
                    return work(client)
            except exact_online.ExactError as error:
                # The bookkeeper is told, or has no answer, as we are.
                raise UserError(f"{type(error).__name__}: {error}") from error

    def rows_of(self, organisation, is_open, **values):
        """Return the GUIDs of invoices of Exact with these values, the latest last."""
        rows = self.books.invoices(organisation.code)
        return [
            key
            for key, row in rows.items()
            if (row["Status"] != PROCESSED) == is_open
            and all(row.get(name) == value for name, value in values.items())
        ]

    # ------------------------------------------------------------------ setting up

    def settle(self, name, company, administration, login):
        """Have people, customers, projects and a rate in an organisation."""
        with self.system() as env:
            env = env(context={"allowed_company_ids": [company]})
            books = env["keeping.exact.administration"].browse(administration)
            books._cron_sync()
            sales = [("administration_id", "=", administration), ("type", "=", 20)]
            journal = env["keeping.exact.journal"].search(
                [*sales, ("blocked", "=", False)], limit=1
            )
            books.journal_id = journal
            item = env["keeping.exact.item"].search(
                [
                    ("administration_id", "=", administration),
                    ("is_sales", "=", True),
                    ("fraction_allowed", "=", True),
                ],
                limit=1,
            )
            group = env.ref(f"{ADDON}.group_processing")
            user = env["res.users"].create(
                {
                    "name": name,
                    "login": name,
                    "company_id": company,
                    "company_ids": [Command.set([company])],
                    "group_ids": [Command.link(group.id)],
                }
            )
            employee = env["hr.employee"].create(
                {"name": name, "user_id": user.id, "company_id": company}
            )
            organisation = Organisation(
                name,
                company,
                administration,
                int(books.code),
                login,
                user.id,
                employee.id,
                item.guid,
                journal.code,
            )
            env["keeping.exact.rate"].create({"company_id": company, "hourly_rate": RATE})
            for number in range(CUSTOMERS):
                partner = env["res.partner"].create(
                    {"name": f"{name} {number}", "is_company": True, "email": "a@klant.example"}
                )
                organisation.partners.append(partner.id)
                projects = env["project.project"].create(
                    [
                        {
                            "name": f"{name} {number}{letter}",
                            "partner_id": partner.id,
                            "company_id": company,
                            "allow_timesheets": True,
                        }
                        for letter in "ab"[: 1 + number % 2]
                    ]
                )
                organisation.projects += projects.ids
        self.organisations.append(organisation)
        return organisation


__all__ = ["AccessError", "Nothing", "Organisation", "UserError", "World"]
