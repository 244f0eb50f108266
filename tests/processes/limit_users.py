"""Processes that call one administration until its minute is used up.

Started by test_limits.py in Odoo's environment: ``limit_users.py DATABASE CONNECTION DIVISION``.
Odoo is loaded once and forked, as in token_users.py. Prints what became of the calls as JSON.
"""

import json
import multiprocessing
import sys
from collections import Counter
from datetime import date

import odoo
from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry

PROCESSES = 8
# More than a minute holds, for each of them: only the limit ends their work.
CALLS = 100


def use(database, connection, division, start, outcomes):
    """Read one customer after another with one client, until the limit says stop."""
    from odoo.addons.keeping_exact_connector import exact_online  # noqa: PLC0415

    registry = Registry(database)
    seen = Counter()
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        client = env["keeping.exact.connection"].browse(connection)._get_client(division)
        cr.commit()
        start.wait()
        with client:
            for _call in range(CALLS):
                try:
                    found = exact_online.ge("Created", date(2000, 1, 1))
                    client.first("crm/Accounts", select="ID", where=found)
                    seen["ok"] += 1
                except exact_online.ExactError as error:
                    seen[f"{type(error).__name__} {getattr(error, 'cause', '')} {error.status}"] = 1
                    break
    outcomes.put(seen)


def main(database, connection, division):
    """Fork, let all of them call at once, and print what was seen."""
    odoo.tools.config.parse_config(["--no-http", "--stop-after-init"])
    Registry(database)
    sql_db.close_all()
    fork = multiprocessing.get_context("fork")
    start, outcomes = fork.Barrier(PROCESSES), fork.Queue()
    workers = [
        fork.Process(target=use, args=(database, connection, division, start, outcomes))
        for _number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    total = sum((outcomes.get(timeout=120) for _worker in workers), Counter())
    for worker in workers:
        worker.join()
    print(json.dumps(total))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
