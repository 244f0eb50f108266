"""What goes wrong in a storm: Odoo's processes are killed, PostgreSQL ends, Exact loses things."""

import contextlib
import time

import psutil
import psycopg2

from devtools import cluster

# What is raised when a connection ends, or is ended in the middle of a transaction.
GONE_AWAY = (
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
    psycopg2.errors.SerializationFailure,
)
API = "/api/v1/"
INVOICES = "salesinvoice/SalesInvoices"
# Exact does the work of its own 504 this much later. The looks for it last longer than that.
LATE_SECONDS = 2
# Minutes of ten seconds, with the calls that Exact allows in one.
MINUTE_SECONDS = 10
LOOK_UP_MINUTES = "0.05,0.15"
REFUSAL = '{"error":{"code":"","message":{"lang":"","value":"%s"}}}'
# Share of the calls that each kind of trouble strikes.
TROUBLE = (
    ("lose_request", 0.03, {}),
    ("lose_answer", 0.05, {}),
    ("cut_answer", 0.03, {}),
    ("late", 0.03, {"seconds": LATE_SECONDS}),
    ("bad_gateway", 0.02, {}),
    ("maintenance", 0.01, {}),
    ("delay", 0.1, {"seconds": 0.5}),
)


def make_exact_unreliable(sandbox, chance, refusals):
    """Have Exact lose requests and answers, cut them, be late, and refuse some invoices for good.

    Tokens are spared: a token whose answer is lost costs a person one reconnect.

    :param random.Random chance: what the seeds of the faults are taken from
    :param int refusals: how many invoices are refused
    """
    for number in range(refusals):
        sandbox.add_fault(
            "status",
            "POST",
            INVOICES,
            status=500,
            content_type="application/json",
            body=REFUSAL % f"Ongeldige waarde {number}",
            skip=chance.randrange(3, 9) + 7 * number,
        )
    for kind, share, values in TROUBLE:
        sandbox.add_fault(
            kind, "", API, times=None, chance=share, seed=chance.randrange(2**31), **values
        )


class Storm:
    """Kills what runs, one at a time and at random.

    :param office: of conftest.py, with an Odoo that has workers
    :param random.Random chance: what decides
    :param bool whole_server: whether PostgreSQL itself is killed, and not only its connections
    """

    def __init__(self, office, chance, whole_server):
        self.office = office
        self.chance = chance
        self.whole_server = whole_server
        self.done = []

    def blow(self, seconds):
        """Kill something now and then, for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(self.chance.uniform(0.5, 2.5))
            blows = [self.kill_worker] * 6 + [self.kill_odoo, self.end_postgresql, self.age_token]
            blow = self.chance.choice(blows)
            blow()
            self.done.append(blow.__name__)
            self.watch_over_odoo()

    def watch_over_odoo(self):
        """Start Odoo when it has ended, as systemd would: it ends when PostgreSQL goes away."""
        if not self.office.odoo.running:
            self.kill_odoo()

    def kill_worker(self):
        """End one process of Odoo: it may be answering, sending, or doing nothing."""
        with contextlib.suppress(psutil.NoSuchProcess):
            # There are none while Odoo starts, or when it is just ending.
            children = psutil.Process(self.office.odoo.pid).children()
            for child in self.chance.sample(children, min(1, len(children))):
                child.kill()

    def kill_odoo(self):
        """End all of Odoo as a power cut would, and start it again."""
        children = []
        with contextlib.suppress(psutil.NoSuchProcess):
            children = psutil.Process(self.office.odoo.pid).children(recursive=True)
        self.office.odoo.kill()
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        psutil.wait_procs(children, timeout=10)
        self.office.odoo.start()

    def end_postgresql(self):
        """Kill PostgreSQL and start it again, or have it end all connections."""
        if self.whole_server:
            server = psutil.Process(cluster.server_pid())
            children = server.children()
            server.kill()
            psutil.wait_procs([server, *children], timeout=20)
            cluster.start()
            return
        self.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    def age_token(self):
        """Let the access token run out, in Exact and in what Odoo wrote down.

        At once on both sides, with the grant locked: were it renewed in between, Odoo would take
        the new one for old, and Exact would refuse to renew that for ten minutes.
        """
        self._work(self._age_token)

    def _age_token(self, cursor):
        cursor.execute(
            "UPDATE keeping_exact_grant SET refreshed_at = refreshed_at - interval '600 s',"
            " access_expires_at = access_expires_at - interval '600 s'"
        )
        self.office.sandbox.age_tokens(600)

    def pass_time(self, seconds=60):
        """Let time pass for what waits, and have Odoo look for jobs.

        Not for what waits for Exact's minute, which is short and really passes here: the sender
        is at those all the time, and would find that somebody had changed them.
        """
        self.sql(
            "UPDATE keeping_exact_operation SET due_at = due_at - %s * interval '1 s'"
            " WHERE due_at > now() AT TIME ZONE 'UTC' + %s * interval '1 s'",
            seconds,
            MINUTE_SECONDS + 2,
        )
        self.sql(
            "INSERT INTO ir_cron_trigger (cron_id, call_at) SELECT res_id, now() AT TIME ZONE 'UTC'"
            " FROM ir_model_data WHERE module = 'keeping_exact_connector' AND name = 'ir_cron_send'"
        )
        self.sql("SELECT pg_notify('cron_trigger', %s)", self.office.name, database="postgres")

    def sql(self, statement, *args, database=None):
        """Run SQL and return its rows, if it has any."""

        def run(cursor):
            cursor.execute(statement, args)
            return cursor.fetchall() if cursor.description else []

        return self._work(run, database)

    def _work(self, function, database=None):
        """Do something in a transaction; once more after a conflict or a restart."""
        dsn = {**self.office.dsn, "dbname": database or self.office.name}
        for _attempt in range(200):
            try:
                with (
                    contextlib.closing(psycopg2.connect(**dsn)) as connection,
                    connection,
                    connection.cursor() as cursor,
                ):
                    return function(cursor)
            except GONE_AWAY:
                time.sleep(0.1)
        raise AssertionError("PostgreSQL did not come back")
