"""Eight processes that use one grant while its token runs out, again and again.

Started by test_tokens.py in Odoo's environment: ``token_users.py DATABASE CONNECTION DIVISION
CONTROL_URL ROUNDS``. Odoo is loaded once and forked, so that eight real processes, each with
connections of its own to PostgreSQL, go through the product's own entry point at once. Prints
what became of the calls as JSON.
"""

import json
import multiprocessing
import random
import sys
import time
import urllib.request
from collections import Counter
from datetime import date

import psycopg2

import odoo
from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry

PROCESSES = 8
# Between the earliest refresh (570 s) and the end of the old token (600 s).
SHIFT = 575
STUCK_SECONDS = 60


def use(database, connection, division, served, begun, stop, outcomes):
    """Read one customer after another, each with a client of its own, until told to stop.

    :param served: for this process, the last round that a whole call was made in
    """
    number, table = served
    registry = Registry(database)
    seen = Counter()
    while not stop.is_set():
        moment = begun.value
        seen[_one_call(registry, connection, division)] += 1
        table[number] = moment
        time.sleep(random.uniform(0, 0.02))
    outcomes.put(seen)


def _one_call(registry, connection, division):
    from odoo.addons.keeping_exact_connector import exact_online  # noqa: PLC0415

    try:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            client = env["keeping.exact.connection"].browse(connection)._get_client(division)
            cr.commit()
            with client:
                found = exact_online.ge("Created", date(2000, 1, 1))
                client.first("crm/Accounts", select="ID", where=found)
        return "ok"
    except exact_online.ExactError as error:
        return f"{type(error).__name__}: {error}"


def shift(database, control_url):
    """Let 575 seconds pass: in Exact first, then for the times that Odoo wrote down."""
    body = json.dumps({"advance": SHIFT}).encode()
    request = urllib.request.Request(f"{control_url}/clock", body, method="POST")
    with urllib.request.urlopen(request, timeout=30):
        pass
    while True:
        try:
            with sql_db.db_connect(database).cursor() as cr:
                cr.execute(
                    "UPDATE keeping_exact_grant"
                    " SET refreshed_at = refreshed_at - %(by)s * interval '1 second',"
                    " access_expires_at = access_expires_at - %(by)s * interval '1 second'",
                    {"by": SHIFT},
                )
            return
        except psycopg2.errors.SerializationFailure:
            time.sleep(0.01)


def main(database, connection, division, control_url, rounds):
    """Fork, shift the time round by round, and print what was seen."""
    odoo.tools.config.parse_config(["--no-http", "--stop-after-init"])
    registry = Registry(database)
    # The token may be minutes old: nobody uses it while the first shift takes it past its end.
    shift(database, control_url)
    assert _one_call(registry, connection, division) == "ok"
    sql_db.close_all()
    fork = multiprocessing.get_context("fork")
    begun, stop, outcomes = fork.Value("i", 0), fork.Event(), fork.Queue()
    table = fork.Array("i", [-1] * PROCESSES)
    workers = [
        fork.Process(
            target=use,
            args=(database, connection, division, (number, table), begun, stop, outcomes),
        )
        for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    for current in range(1, rounds + 1):
        shift(database, control_url)
        begun.value = current
        end = time.monotonic() + STUCK_SECONDS
        while min(table) < current:
            assert time.monotonic() < end, f"round {current}: {list(table)}"
            assert all(worker.is_alive() for worker in workers), "a process has died"
            time.sleep(0.005)
    stop.set()
    total = sum((outcomes.get(timeout=STUCK_SECONDS) for _worker in workers), Counter())
    for worker in workers:
        worker.join()
    print(json.dumps(total))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
