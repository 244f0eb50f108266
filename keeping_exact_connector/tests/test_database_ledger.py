import threading
import time
from types import SimpleNamespace

import psycopg2

from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .. import exact_online
from ..tools import call_log
from ..tools.call_log import CallLog
from ..tools.database_ledger import DatabaseLedger

SITE, APP = "nl", "app of test_database_ledger"
ENDPOINT = "crm/Accounts"
WORKERS = 8
LEDGER = "odoo.addons.keeping_exact_connector.tools.database_ledger"


class NoLog(CallLog):
    """A log of a connection that the other cursors cannot see."""

    def __init__(self):
        nothing = SimpleNamespace(id=None, site=SITE, company_id=SimpleNamespace(id=None))
        super().__init__(nothing)


@tagged("post_install", "-at_install")
class TestDatabaseLedger(TransactionCase):
    """With real cursors, each on a connection of its own, as processes have them."""

    def setUp(self):
        super().setUp()
        self.database = db_connect(self.env.cr.dbname)
        self.addCleanup(self._clean)
        self._clean()

    def _clean(self):
        with self.database.cursor() as cr:
            cr.execute("DELETE FROM keeping_exact_limit WHERE client_id = %s", (APP,))

    def _make(self, user="user", app=APP):
        return DatabaseLedger(self.database, SITE, app, user, NoLog())

    def _together(self, work):
        """Let workers do something at the same moment; return what they gave or raised."""
        start, results = threading.Barrier(WORKERS), []

        def run(number):
            start.wait()
            try:
                results.append(work(number))
            except Exception as error:  # noqa: BLE001 - the test looks at it
                results.append(error)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(WORKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def test_workers_share_one_minute(self):
        def reserve(number):
            ledger, done = self._make(), 0
            for _i in range(10):
                try:
                    # Of one endpoint 10 may be without an answer, and there are none here.
                    ledger.reserve(1, "GET", f"{ENDPOINT}{number}")
                    done += 1
                except exact_online.LimitReached as error:
                    self.assertEqual(error.cause, "minute")
            return done

        while True:
            self._clean()
            minute = time.time() // 60
            with mute_logger("odoo.sql_db"):
                results = self._together(reserve)
            # Near the end of a minute two of them count.
            if time.time() // 60 == minute:
                break
        self.assertEqual(sum(results), 60, results)

    def test_workers_share_the_count_of_errors(self):
        def fail(_number):
            ledger = self._make()
            ledger.reserve(1, "POST", ENDPOINT)
            ledger.record(1, "POST", ENDPOINT, 400, {})

        with mute_logger("odoo.sql_db"):
            self.assertEqual(self._together(fail), [None] * WORKERS)
        with self.assertRaises(exact_online.LimitReached) as caught:
            self._make().reserve(1, "POST", ENDPOINT)
        self.assertEqual(caught.exception.cause, "errors")
        # Other endpoints, administrations, users and apps go on.
        self._make().reserve(1, "POST", "logistics/Items")
        self._make().reserve(2, "POST", ENDPOINT)
        self._make("another").reserve(1, "POST", ENDPOINT)

    def test_what_exact_tells_one_holds_for_all(self):
        reset = (int(time.time()) // 60 + 1) * 60_000
        headers = {
            "X-RateLimit-Minutely-Limit": "60",
            "X-RateLimit-Minutely-Remaining": "0",
            "X-RateLimit-Minutely-Reset": str(reset),
        }
        first = self._make()
        first.reserve(1, "GET", ENDPOINT)
        budget = first.record(1, "GET", ENDPOINT, 200, headers)
        self.assertEqual(budget.minute_remaining, 0)
        with self.assertRaises(exact_online.LimitReached):
            self._make("another").reserve(1, "GET", ENDPOINT)
        self.assertEqual(self._make().budget(1), budget)

    def test_a_damaged_state_begins_anew(self):
        self._make().reserve(1, "GET", ENDPOINT)
        with self.database.cursor() as cr:
            cr.execute("UPDATE keeping_exact_limit SET state = 'x' WHERE client_id = %s", (APP,))
        self._make().reserve(1, "GET", ENDPOINT)

    def test_what_can_not_be_counted_is_not_sent_and_an_answer_is_never_lost(self):
        class Broken:
            def cursor(self):
                raise psycopg2.OperationalError("gone")

        ledger = DatabaseLedger(Broken(), SITE, APP, "user", NoLog())
        with mute_logger(LEDGER):
            with self.assertRaises(exact_online.Unreachable) as caught:
                ledger.reserve(1, "POST", ENDPOINT)
            self.assertIs(caught.exception.took_effect, False)
            self.assertIsNone(ledger.record(1, "POST", ENDPOINT, 201, {}))
            ledger._log(exact_online.Call("GET", "/api/v1/1/x/Y", 200, 0.1, None, "ok"))
            ledger.flush()

    def test_lines_go_along_with_a_count_some_at_a_time(self):
        ledger = self._make()

        def written():
            with self.database.cursor() as cr:
                cr.execute("DELETE FROM keeping_exact_call WHERE endpoint = 'test/Ledger'")
                return cr.rowcount

        def call(times):
            for _i in range(times):
                ledger.reserve(1, "GET", ENDPOINT)
                ledger.record(1, "GET", ENDPOINT, 200, {})
                path = "/api/v1/1/test/Ledger"
                ledger._log(exact_online.Call("GET", path, 200, 0.1, None, "ok"))

        call(call_log.BATCH)
        self.assertEqual(written(), 0)
        call(1)
        self.assertEqual(written(), call_log.BATCH)
        ledger._log._oldest -= call_log.SECONDS + 1
        ledger.reserve(1, "GET", ENDPOINT)
        self.assertEqual(written(), 1, "none waits for long")
        call(1)
        ledger.flush()
        self.assertEqual(written(), 1, "nor after the end")
        ledger.flush()
        self.assertEqual(written(), 0)
