"""The state file: one SQLite database, one connection, one transaction at a time."""

import contextlib
import os
import sqlite3
import threading

APPLICATION_ID = 0x45584F53
SCHEMA_VERSION = 3

# Row versions given to changes begin above this one.
FIRST_TIMESTAMP = 1_000_000

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE users (
    id TEXT PRIMARY KEY, login TEXT NOT NULL UNIQUE, password TEXT NOT NULL,
    first_name TEXT NOT NULL, last_name TEXT NOT NULL, email TEXT NOT NULL,
    language TEXT NOT NULL, current_division INTEGER, rights TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'active');
CREATE TABLE user_divisions (
    user_id TEXT NOT NULL, division INTEGER NOT NULL, PRIMARY KEY (user_id, division));
CREATE TABLE apps (
    client_id TEXT PRIMARY KEY, client_secret TEXT NOT NULL, name TEXT NOT NULL,
    description TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('own', 'partner')),
    scopes TEXT NOT NULL, created REAL NOT NULL, site TEXT NOT NULL,
    third_parties TEXT NOT NULL);
CREATE TABLE app_redirects (
    client_id TEXT NOT NULL, uri TEXT NOT NULL, PRIMARY KEY (client_id, uri));
CREATE TABLE administrations (
    code INTEGER PRIMARY KEY, name TEXT NOT NULL, currency TEXT NOT NULL,
    default_journal TEXT, default_payment_condition TEXT);
CREATE TABLE sessions (
    token TEXT PRIMARY KEY, user_id TEXT NOT NULL, csrf TEXT NOT NULL, expires REAL NOT NULL);
CREATE TABLE consents (
    client_id TEXT NOT NULL, user_id TEXT NOT NULL, divisions TEXT NOT NULL,
    granted REAL NOT NULL, revoked INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (client_id, user_id));
CREATE TABLE codes (
    token TEXT PRIMARY KEY, client_id TEXT NOT NULL, user_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL, expires REAL NOT NULL, used INTEGER NOT NULL DEFAULT 0);
CREATE TABLE chains (
    id INTEGER PRIMARY KEY, client_id TEXT NOT NULL, user_id TEXT NOT NULL,
    issued REAL NOT NULL, alive INTEGER NOT NULL DEFAULT 1);
CREATE TABLE refresh_tokens (
    token TEXT PRIMARY KEY, chain INTEGER NOT NULL, expires REAL NOT NULL,
    used INTEGER NOT NULL DEFAULT 0);
CREATE TABLE access_tokens (
    token TEXT PRIMARY KEY, chain INTEGER NOT NULL, expires REAL NOT NULL);
CREATE TABLE entity_rows (
    division INTEGER NOT NULL, entity TEXT NOT NULL, key TEXT NOT NULL,
    timestamp INTEGER NOT NULL UNIQUE, data TEXT NOT NULL,
    PRIMARY KEY (division, entity, key)) WITHOUT ROWID;
CREATE INDEX entity_rows_timestamp ON entity_rows (division, entity, timestamp);
CREATE INDEX entity_rows_code
    ON entity_rows (division, entity, json_extract(data, '$.Code'));
CREATE INDEX entity_rows_invoice
    ON entity_rows (division, entity, json_extract(data, '$.InvoiceID'));
CREATE INDEX entity_rows_entry
    ON entity_rows (division, entity, json_extract(data, '$.EntryID'));
CREATE INDEX entity_rows_ordered_by
    ON entity_rows (division, entity, json_extract(data, '$.OrderedBy'));
CREATE INDEX entity_rows_order_number
    ON entity_rows (division, entity, json_extract(data, '$.OrderNumber'));
CREATE TABLE attachments (
    key TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE mails (
    id INTEGER PRIMARY KEY, time TEXT NOT NULL, division INTEGER NOT NULL,
    invoice TEXT NOT NULL, channel TEXT NOT NULL, address TEXT NOT NULL,
    subject TEXT NOT NULL, attachment TEXT NOT NULL);
CREATE TABLE webhook_secrets (client_id TEXT PRIMARY KEY, secret TEXT NOT NULL);
CREATE TABLE webhook_deliveries (
    id INTEGER PRIMARY KEY, subscription TEXT NOT NULL, kind TEXT NOT NULL, topic TEXT NOT NULL,
    division INTEGER NOT NULL, url TEXT NOT NULL, body TEXT NOT NULL, attempts INTEGER NOT NULL,
    due REAL, state TEXT NOT NULL, status INTEGER, error TEXT, made TEXT NOT NULL, tried TEXT);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due) WHERE state = 'waiting';
CREATE TABLE counters (
    client_id TEXT NOT NULL, division INTEGER NOT NULL, period TEXT NOT NULL,
    starts INTEGER NOT NULL, calls INTEGER NOT NULL,
    PRIMARY KEY (client_id, division, period)) WITHOUT ROWID;
CREATE TABLE errors (
    client_id TEXT NOT NULL, user_id TEXT NOT NULL, division INTEGER NOT NULL,
    endpoint TEXT NOT NULL, starts INTEGER NOT NULL, errors INTEGER NOT NULL,
    PRIMARY KEY (client_id, user_id, division, endpoint)) WITHOUT ROWID;
CREATE TABLE blocks (
    client_id TEXT NOT NULL, user_id TEXT NOT NULL, division INTEGER NOT NULL,
    endpoint TEXT NOT NULL, until REAL NOT NULL, times INTEGER NOT NULL,
    PRIMARY KEY (client_id, user_id, division, endpoint)) WITHOUT ROWID;
CREATE TABLE calls (
    id INTEGER PRIMARY KEY, time TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    query TEXT NOT NULL, status INTEGER, division INTEGER, user TEXT, duration REAL NOT NULL,
    request_bytes INTEGER NOT NULL, fault TEXT);
"""


class StateError(Exception):
    """The state file cannot be used; the text is one plain sentence for a person."""


class Store:
    """Everything the sandbox remembers.

    The file is locked for as long as it is open, so two sandboxes never share one. Write-ahead
    logging keeps it whole when the process is killed at any instant.
    """

    def __init__(self, path):
        self.path = str(path)
        self._lock = threading.RLock()
        self._depth = 0
        # Functions: the first run at the end of a transaction, as a part of it; the others when
        # one is undone.
        self.before_commit, self.after_rollback = [], []
        try:
            self._connection = sqlite3.connect(
                self.path, timeout=0.5, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            self.is_new = self._open()
        except sqlite3.Error as error:
            raise StateError(f"The state file {self.path} cannot be used: {error}.") from error

    def _open(self):
        """Lock and check the file; return whether it is new."""
        run = self._connection.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("BEGIN EXCLUSIVE")
        run("COMMIT")
        application = run("PRAGMA application_id").fetchone()[0]
        version = run("PRAGMA user_version").fetchone()[0]
        tables = run("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and application != APPLICATION_ID:
            raise StateError(f"The file {self.path} is not a state file of the sandbox.")
        if tables and version != SCHEMA_VERSION:
            raise StateError(
                f"The state file {self.path} is of schema version {version}, "
                f"this sandbox needs version {SCHEMA_VERSION}: remove the file to begin anew."
            )
        if tables and run("PRAGMA quick_check").fetchone()[0] != "ok":
            raise StateError(f"The state file {self.path} is damaged.")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")
        return not tables

    def create_schema(self):
        """Make the tables; called inside the transaction that seeds them, so both or none exist."""
        for statement in SCHEMA.split(";"):
            if statement.strip():
                self.execute(statement)
        self.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextlib.contextmanager
    def transaction(self):
        """Hold the database for one piece of work: all of it is kept, or none."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self
                if self._depth == 1:
                    for work in self.before_commit:
                        work()
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                    for work in self.after_rollback:
                        work()
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def execute(self, sql, *parameters):
        """Run one statement and return all rows it gives."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def one(self, sql, *parameters):
        """Return the first row of a query, or None."""
        rows = self.execute(sql, *parameters)
        return rows[0] if rows else None

    def get_meta(self, name, default=None):
        """Return a stored text, or the default."""
        row = self.one("SELECT value FROM meta WHERE name = ?", name)
        return row["value"] if row else default

    def set_meta(self, name, value):
        """Store a text under a name."""
        self.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, value)

    def execute_many(self, sql, parameters):
        """Run one statement for each tuple of parameters."""
        with self._lock:
            self._connection.executemany(sql, parameters)

    def next_timestamp(self, count=1):
        """Return the next row version, as Exact's sync ``Timestamp`` (chapter 4.19).

        :param count: how many are taken at once; the first of them is returned
        """
        with self.transaction():
            value = int(self.get_meta("timestamp", str(FIRST_TIMESTAMP))) + 1
            self.set_meta("timestamp", str(value + count - 1))
        return value

    def _tables(self):
        return [item["name"] for item in self.execute("SELECT name FROM main.sqlite_master "
                                                      "WHERE type = 'table'")]  # fmt: skip

    def keep(self):
        """Remember beside the file what all tables hold, for :meth:`go_back`."""
        with self._lock:
            self._attach_kept()
            with self.transaction():
                for table in self._tables():
                    self.execute(f"DROP TABLE IF EXISTS kept.{table}")
                    self.execute(f"CREATE TABLE kept.{table} AS SELECT * FROM main.{table}")

    def go_back(self):
        """Hold again what was remembered last; ValueError when nothing was."""
        if not os.path.exists(self._kept):
            raise ValueError("Nothing was kept to go back to.")
        self._attach_kept()
        with self.transaction():
            for table in self._tables():
                self.execute(f"DELETE FROM main.{table}")
                self.execute(f"INSERT INTO main.{table} SELECT * FROM kept.{table}")

    @property
    def _kept(self):
        return f"{self.path}.kept"

    def _attach_kept(self):
        if not any(item["name"] == "kept" for item in self.execute("PRAGMA database_list")):
            self.execute("ATTACH ? AS kept", self._kept)

    def close(self):
        """Close the file; the write-ahead log is folded into it."""
        with self._lock:
            self._connection.close()
