"""A ledger in a file, and a process that calls as fast as it lets it.

The file is what a database is to the add-on: all that a shared ledger has to replace.
"""

import contextlib
import json
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "keeping_exact_connector"))

from exact_online import Client, Ledger, LimitReached, Refused, State, eq  # noqa: E402


class FileLedger(Ledger):
    """Keeps the states in a SQLite file; only one process at a time is at one.

    :param path: the file, made when it is not there
    """

    def __init__(self, path, user=""):
        super().__init__(user)
        self._path = path
        with self._connected() as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS states (division PRIMARY KEY, state)")

    @contextlib.contextmanager
    def _connected(self):
        connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()

    def _change(self, division, function):
        with self._connected() as connection:
            row = connection.execute(
                "SELECT state FROM states WHERE division IS ?", [division]
            ).fetchone()
            before = State.from_json(row[0]) if row else State()
            after, result = function(before)
            if after != before:
                connection.execute(
                    "INSERT OR REPLACE INTO states VALUES (?, ?)", [division, after.to_json()]
                )
        return result


def main(site_url, token, division, path, seconds, name, threads="1"):
    """Call until time is up; print how the calls ended, a line for each thread.

    :param name: the property to ask for; one that does not exist is refused each time
    """
    values = (site_url, token, division, path, float(seconds), name)
    with ThreadPoolExecutor() as pool:
        for ended in pool.map(lambda _: use(*values), range(int(threads))):
            print(json.dumps(ended))


def use(site_url, token, division, path, seconds, name):
    """Call until time is up; return how the calls ended."""
    end = time.monotonic() + seconds
    made, told = 0, []
    where = eq("Code", "no such")
    ledger = FileLedger(path)
    with Client(site_url, lambda rejected=None: token, int(division), ledger=ledger) as client:
        while time.monotonic() < end:
            try:
                client.first("crm/Accounts", select=[name], where=where)
                made += 1
            except Refused:
                made += 1
            except LimitReached as error:
                told.append((error.cause, error.status))
                wait = (error.retry_at - datetime.now(timezone.utc)).total_seconds()
                time.sleep(min(max(wait, 0.001), max(end - time.monotonic(), 0)))
    return {"made": made, "told": sorted(set(told))}


if __name__ == "__main__":
    main(*sys.argv[1:])
