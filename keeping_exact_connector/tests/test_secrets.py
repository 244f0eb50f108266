import contextlib
import json
import logging
import traceback
from urllib.parse import quote, urlencode

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .. import exact_online
from ..models.keeping_exact_connection import CALLBACK_PATH
from ..tools import encryption, logging_filter
from .sandbox_case import INVOICES, SandboxCase

TOKENS = "/api/oauth2/token"
TEXTS = ("text", "character varying", "jsonb", "json", "bytea", "character", "ARRAY")
# What is said on the wire; Odoo's own loggers are below the root.
NOISY = ("", "odoo", "urllib3", "requests", "werkzeug", "odoo.sql_db", "odoo.service.model")


class Listener(logging.Handler):
    """Keeps all that is logged, as a person would read it, arguments and traces included."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s: %(message)s"))
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@tagged("post_install", "-at_install")
class TestSecrets(SandboxCase, HttpCase):
    """Promise 5, from the first click to a dead connection, with everything logged there is."""

    def setUp(self):
        super().setUp()
        self.secrets = {"client secret": self.sandbox.client_secret}
        self.told = []
        self.sandbox.clear_faults()
        self.addCleanup(self.sandbox.clear_faults)

    @contextlib.contextmanager
    def _listening(self):
        listener = Listener()
        loggers = [logging.getLogger(name) for name in NOISY]
        # Those that were told to be quiet are the ones that would talk too much.
        loggers += [
            logger
            for logger in logging.root.manager.loggerDict.values()
            if isinstance(logger, logging.Logger) and logger.level > logging.DEBUG
        ]
        levels = [logger.level for logger in loggers]
        logging.root.addHandler(listener)
        for logger in loggers:
            logger.setLevel(logging.DEBUG)
        try:
            yield listener
        finally:
            logging.root.removeHandler(listener)
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)

    def _remember(self, **secrets):
        self.secrets.update(secrets)

    def _remember_tokens(self, when):
        grant = self.connection.sudo().grant_id
        for name in ("access_token", "refresh_token"):
            self._remember(**{f"{when} {name}": encryption.decrypt(grant[name])})

    def _assert_absent(self, text, where):
        for name, secret in self.secrets.items():
            spellings = {secret, quote(secret), quote(secret, safe="")}
            for spelling in spellings | {secret.replace("!", "%21")}:
                lines = [line for line in text.splitlines() if spelling in line]
                self.assertFalse(lines[:2], f"{name} in {where}")

    def _save_secret(self):
        """As the form does."""
        body = {
            "jsonrpc": "2.0",
            "method": "call",
            "params": {
                "model": "keeping.exact.connection",
                "method": "web_save",
                "args": [[self.connection.id], {"client_secret": self.sandbox.client_secret}],
                "kwargs": {
                    "specification": {"client_secret": {}, "has_client_secret": {}},
                    "context": {"allowed_company_ids": self.company.ids},
                },
            },
        }
        answer = self.url_open(
            "/web/dataset/call_kw/keeping.exact.connection/web_save",
            data=json.dumps(body),
            headers={"Content-Type": "application/json"},
        )
        self.assertNotIn("error", answer.json(), answer.text)
        self._assert_absent(answer.text, "the answer to whoever saved it")

    def _connect_over_http(self):
        base_url = self.base_url()
        self.env["ir.config_parameter"].set_param("web.base.url", base_url)
        self.sandbox.add_redirect_uri(base_url + CALLBACK_PATH)
        admin = self.env.ref("base.user_admin")
        admin.company_ids |= self.company
        self.authenticate("admin", "admin")
        self._save_secret()
        query = self._consent(self.connection.with_user(admin).with_company(self.company))
        self._remember(code=query["code"])
        for _again in range(2):
            self.url_open(f"{CALLBACK_PATH}?{urlencode(query)}", allow_redirects=False)
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.state, "connected")

    @contextlib.contextmanager
    def _hearing_errors(self):
        """Keep all that an error says, to whoever catches it and to whoever prints its trace."""
        try:
            yield
        except (exact_online.ExactError, UserError) as error:
            self.told += [*traceback.format_exception(error), repr(error), repr(vars(error))]

    def _expire(self):
        self.sandbox.advance(571)
        grant = self.connection.sudo().grant_id
        grant.refreshed_at = fields.Datetime.subtract(fields.Datetime.now(), seconds=571)

    def _check(self):
        with self._hearing_errors(), self._committing():
            self.connection.action_check()

    def _live_through_everything(self):
        self._connect_over_http()
        self._remember_tokens("first")
        self._expire()
        self._check()
        self._remember_tokens("second")
        administration = self.connection.administration_ids[:1]
        with administration._get_client() as client:
            for kind in ("html_after", "status", "cut_answer", "lose_answer", "wrong_type"):
                self.sandbox.add_fault(kind, method="POST", path=INVOICES, times=1)
                with self._hearing_errors():
                    client.post(INVOICES, {"Description": "x"})
            with self._hearing_errors():
                client.first("crm/Accounts", select=["Nothing"], where=exact_online.eq("A", 1))
        for kind in ("lose_answer", "status"):
            self._expire()
            self.sandbox.add_fault(kind, method="POST", path=TOKENS, times=1)
            self._check()
        self._check()

    def _be_refused_with_an_echo(self):
        """Connect once more; then Exact repeats the secrets that it was sent, in its refusal."""
        self._connect(self.connection)
        self._remember_tokens("third")
        words = f"{self.sandbox.client_secret} and {self.secrets['third refresh_token']}"
        refusal = {"error": "invalid_client", "error_description": f"No app has {words}"}
        self._expire()
        self.sandbox.add_fault(
            "status",
            method="POST",
            path=TOKENS,
            status=400,
            times=1,
            body=json.dumps(refusal),
            content_type="application/json",
            headers={"Reason": f"Unknown: {self.sandbox.client_secret}"},
        )
        self._check()
        self.assertEqual(self.connection.health_code, "app_refused")
        self.told.append(self.connection.health_message)
        self.assertIn("No app has", self.connection.health_message)

    def test_nothing_is_readable_in_log_database_or_errors(self):
        with self._listening() as listener:
            self._live_through_everything()
            self._be_refused_with_an_echo()
        # The test plays the browser too; what a browser notes down is not ours.
        heard = "\n".join(
            line
            for line in listener.lines
            if not (line.startswith("urllib3") and CALLBACK_PATH in line)
        )
        for name in ("urllib3.connectionpool", "/api/oauth2/token", CALLBACK_PATH, "web_save"):
            self.assertTrue(name in heard, f"{name} was not heard: the test listens to nothing")
        self.assertGreater(len(self.secrets), 4)
        self._assert_absent(heard, "the log")
        self.assertGreater(len(self.told), 20)
        self._assert_absent("\n".join(self.told), "an error")
        self._assert_absent(self._dump(*self.secrets.values()), "the database")
        # What is no secret is found, and so would be a secret.
        self.assertIn(self.sandbox.client_id, self._dump(self.sandbox.client_id))

    def _dump(self, *wanted):
        """All rows of this database that show one of these texts, as a dump would write them."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT c.table_name, c.column_name
              FROM information_schema.columns c
              JOIN information_schema.tables t USING (table_schema, table_name)
             WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
               AND c.data_type = ANY(%s)
            """,
            (list(TEXTS),),
        )
        columns = {}
        for table, column in self.env.cr.fetchall():
            columns.setdefault(table, []).append(column)
        self.assertIn("keeping_exact_grant", columns)
        found = []
        for table in columns:
            # Whole rows, as COPY writes them; what was there before is of no interest.
            self.env.cr.execute(
                f"""
                SELECT string_agg(t::text, E'\\n') FROM "{table}" t
                 WHERE t::text ~ %s
                """,  # pylint: disable=sql-injection
                ("|".join(map(_escaped, wanted)),),
            )
            found.append(self.env.cr.fetchone()[0] or "")
        return "\n".join(found)

    def test_the_filter_is_there_once_and_lets_everything_pass(self):
        logging_filter.install()
        for name in logging_filter._LOGGERS:
            filters = logging.getLogger(name).filters
            mine = [one for one in filters if type(one).__name__ == "RedactSecrets"]
            self.assertEqual(len(mine), 1, name)
        record = logging.makeLogRecord({"msg": "%s %d", "args": ("only one",)})
        self.assertTrue(mine[0].filter(record), "a broken record is not ours to judge")
        plain = logging.makeLogRecord({"msg": "GET %s", "args": ("/web?code=5",)})
        self.assertTrue(mine[0].filter(plain))
        self.assertEqual(plain.getMessage(), "GET /web?code=5")


def _escaped(text):
    return "".join(f"\\{char}" if not char.isalnum() else char for char in text)
