"""Webhooks: who is told of a change, and the telling (chapter 4.17).

What is to be sent is stored in the transaction of the change itself and sent from threads of its
own: no call waits for a receiver, and a restart loses nothing.
"""

import hashlib
import hmac
import json
import secrets
import sqlite3
import sys
import threading
import traceback

from .odata.entries import entry_uri
from .posting import post

SUBSCRIPTIONS = "Webhooks/WebhookSubscriptions"
# Topics that were seen. The sandbox changes nothing that belongs to most of them.
TOPICS = frozenset((
    "Accounts", "BankAccounts", "BankEntries", "CashEntries", "Contacts", "CostTransactions",
    "Documents", "DocumentAttachments", "FinancialTransactions", "GeneralJournalEntries",
    "GLAccounts", "GoodsDeliveries", "Items", "JournalStatusList", "Opportunities",
    "PurchaseEntries", "PurchaseOrders", "Quotations", "SalesEntries", "SalesInvoices",
    "SalesItemPrices", "SalesOrders", "StockPositions", "Subscriptions", "TimeTransactions",
))  # fmt: skip
# A change of a line is one of what it belongs to: lines have no topic.
_PARENTS = {
    "SalesInvoice/SalesInvoiceLines": ("SalesInvoice/SalesInvoices", "InvoiceID"),
    "SalesEntry/SalesEntryLines": ("SalesEntry/SalesEntries", "EntryID"),
}
RETRIES = 10
ANSWERS = (200, 201)
PENDING, ACTIVE = "pending", "active"
# "About a second after the create call"; the other is for a process that dies inside the call.
_AFTER_SECONDS, _ABANDONED_SECONDS = 1, 60
_THREADS = 4
_POLL = 0.2
_NIGHT = "webhook_night"
_KEPT = 10_000


def _merged(before, action):
    """Return what two actions of one transaction come to; None when nothing is left to tell."""
    if before == "Create":
        return None if action == "Delete" else "Create"
    if before == "Delete":
        return "Update" if action == "Create" else "Delete"
    return action


class Webhooks:
    """Notes changes, keeps what is to be sent, and sends it."""

    def __init__(self, sandbox):
        self._sandbox = sandbox
        self._store = sandbox.store
        self._changes, self._night = {}, None
        self._busy, self._lock = set(), threading.Lock()
        self._wake, self._stopped = threading.Event(), threading.Event()
        self._threads = []
        self._store.before_commit.append(self._publish)
        self._store.after_rollback.append(self._changes.clear)
        sandbox.rows.watcher = self._note

    # Secrets

    def secret(self, client_id):
        """Return the webhook secret of an app, made up at the first question."""
        with self._store.transaction():
            record = self._store.one(
                "SELECT secret FROM webhook_secrets WHERE client_id = ?", client_id
            )
            if record:
                return record["secret"]
            made = secrets.token_urlsafe(30)
            self._store.execute("INSERT INTO webhook_secrets VALUES (?, ?)", client_id, made)
        return made

    # Changes

    def _note(self, action, row):
        """Remember a change until its transaction ends."""
        entity, key = row.entity, row.key
        if entity in _PARENTS:
            entity, name = _PARENTS[entity]
            key, action = row.get(name), "Update"
        if self._sandbox.metadata.entities[entity].set_name not in TOPICS:
            return
        place = (row.division, entity, key)
        merged = _merged(self._changes[place], action) if place in self._changes else action
        if merged is None:
            del self._changes[place]
        else:
            self._changes[place] = merged

    def _publish(self):
        """Store one notification for each changed row and each subscription to it."""
        changes = dict(self._changes)
        self._changes.clear()
        subscriptions = {}
        for (division, entity, key), action in changes.items():
            if division not in subscriptions:
                subscriptions[division] = self._sandbox.rows.find(division, SUBSCRIPTIONS)
            entity_type = self._sandbox.metadata.entities[entity]
            for row in subscriptions[division]:
                if row.get("_State") == ACTIVE and row.get("Topic") == entity_type.set_name:
                    body = self._notification(row, entity_type, key, action)
                    self._queue(row, "notification", body, 0)

    def _notification(self, row, entity_type, key, action):
        """Return the text of a notification: compact, Content first, HashCode second."""
        client_id = row.get("_ClientID")
        base = f"{row.get('_Host')}/api/v1/{row.division}"
        content = {
            "Topic": row.get("Topic"),
            "ClientId": client_id,
            "Division": row.division,
            "Action": action,
            "Key": key,
            "ExactOnlineEndpoint": entry_uri(base, entity_type, key),
            # The form of this one is not known.
            "EventCreatedOn": self._sandbox.clock.wall().isoformat(timespec="milliseconds"),
        }
        text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
        secret = self.secret(client_id).encode()
        code = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest().upper()
        return f'{{"Content":{text},"HashCode":"{code}"}}'

    def _queue(self, row, kind, body, seconds):
        """Store something to be sent; return its number."""
        clock = self._sandbox.clock
        self._store.execute(
            "INSERT INTO webhook_deliveries (subscription, kind, topic, division, url, body, "
            "attempts, due, state, made) VALUES (?, ?, ?, ?, ?, ?, 0, ?, 'waiting', ?)",
            row.key,
            kind,
            row.get("Topic"),
            row.division,
            row.get("CallbackURL"),
            body,
            clock.timestamp() + seconds,
            clock.now().isoformat(),
        )
        number = self._store.one("SELECT last_insert_rowid() AS id")["id"]
        self._store.execute(
            "DELETE FROM webhook_deliveries WHERE state != 'waiting' AND id <= ?", number - _KEPT
        )
        self._wake.set()
        return number

    # Subscriptions

    def validate(self, row):
        """Have the callback of a new subscription tried; called in the transaction that stores it.

        :return: a function that does it at once, to be called after the transaction; it returns
            whether the callback is good. None when it is tried later.
        """
        if self._sandbox.settings["webhook_validation"] == "after":
            self._queue(row, "validation", "", _AFTER_SECONDS)
            return None
        number = self._queue(row, "validation", "", _ABANDONED_SECONDS)

        def validate_now():
            with self._lock:
                self._busy.add(number)
            return self._deliver(self._record(number))

        return validate_now

    def _all(self):
        """Return the subscriptions in all administrations."""
        codes = [item["code"] for item in self._sandbox.administrations()]
        return [row for code in codes for row in self._sandbox.rows.find(code, SUBSCRIPTIONS)]

    def drop(self, row):
        """Remove a subscription and what waits to be sent to it."""
        self._sandbox.rows.delete(row)
        self._store.execute(
            "UPDATE webhook_deliveries SET state = 'dropped', due = NULL "
            "WHERE subscription = ? AND state = 'waiting'",
            row.key,
        )

    def orphan(self, client_id, user_id):
        """Take the subscriptions of a revoked app out of its hands; they are removed at night."""
        with self._store.transaction():
            for row in self._all():
                if (row.get("_ClientID"), row.get("Creator")) == (client_id, user_id):
                    row.data["_Orphan"] = True
                    self._sandbox.rows.save(row)

    def clean_up(self):
        """Remove orphans, once after each midnight (chapter 4.17: "at night")."""
        today = self._sandbox.clock.wall().date().isoformat()
        if today == self._night:
            return
        self._night = today
        with self._store.transaction():
            before = self._store.get_meta(_NIGHT)
            if before == today:
                return
            self._store.set_meta(_NIGHT, today)
            for row in self._all() if before else ():
                if row.get("_Orphan"):
                    self.drop(row)

    def log(self):
        """Return subscriptions and deliveries, the oldest first."""
        rows = self._all()
        shown = ("ID", "CallbackURL", "Topic", "_ClientID", "_State", "_Orphan")
        return {
            "subscriptions": [
                {"division": row.division, **{name: row.get(name) for name in shown}}
                for row in rows
            ],
            "deliveries": [
                dict(item)
                for item in self._store.execute("SELECT * FROM webhook_deliveries ORDER BY id")
            ],
        }

    # Sending

    def start(self):
        """Begin to send, in threads of its own."""
        for _ in range(_THREADS):
            thread = threading.Thread(target=self._work, daemon=True)
            self._threads.append(thread)
            thread.start()

    def wake(self):
        """Look at once for what is due: the clock moved."""
        self._wake.set()

    def stop(self):
        """End sending; what was not sent waits for the next start."""
        self._stopped.set()
        self._wake.set()
        for thread in self._threads:
            thread.join(1)

    def _work(self):
        while not self._stopped.is_set():
            try:
                self.clean_up()
                record = self._claim()
                if record is not None:
                    self._deliver(record)
                    continue
            except sqlite3.ProgrammingError:
                return  # closed meanwhile
            except Exception:
                traceback.print_exc(file=sys.stderr)
            self._wake.wait(_POLL)
            self._wake.clear()

    def _claim(self):
        """Return something that is due and that no other thread sends, or None."""
        now = self._sandbox.clock.timestamp()
        # In one transaction: what is taken is known as such before the state can go back.
        with self._store.transaction():
            due = self._store.execute(
                "SELECT * FROM webhook_deliveries WHERE state = 'waiting' AND due <= ? "
                "ORDER BY due, id LIMIT ?",
                now,
                _THREADS + 1,
            )
            with self._lock:
                for record in due:
                    if record["id"] not in self._busy:
                        self._busy.add(record["id"])
                        return record
        return None

    def is_idle(self):
        """Whether nothing is being sent."""
        with self._lock:
            return not self._busy

    def reload(self):
        """Forget what was known of a state that is no more."""
        self._night = None

    def _record(self, number):
        return self._store.one("SELECT * FROM webhook_deliveries WHERE id = ?", number)

    def _deliver(self, record):
        """Send one, with nothing held, and store how it went; return whether it arrived."""
        status, error = post(record["url"], record["body"])
        with self._store.transaction():
            arrived = status in ANSWERS
            if record["kind"] == "validation":
                self._end_validation(record, arrived)
            self._store_outcome(record, arrived, status, error)
        with self._lock:
            self._busy.discard(record["id"])
        return arrived

    def _end_validation(self, record, arrived):
        """Open a subscription, or remove it: what Exact does with one it cannot reach afterwards is
        not known."""
        row = self._sandbox.rows.get(record["division"], SUBSCRIPTIONS, record["subscription"])
        if row is None or row.get("_State") != PENDING:
            return
        if arrived:
            row.data["_State"] = ACTIVE
            self._sandbox.rows.save(row)
        else:
            self.drop(row)

    def _store_outcome(self, record, arrived, status, error):
        """Retries come after 2, 4, ... 1024 minutes, 34 hours in all."""
        attempts = record["attempts"] + 1
        final = record["kind"] == "validation" or attempts > RETRIES
        state = "delivered" if arrived else "failed" if final else "waiting"
        clock = self._sandbox.clock
        self._store.execute(
            "UPDATE webhook_deliveries SET attempts = ?, due = ?, state = ?, status = ?, "
            "error = ?, tried = ? WHERE id = ?",
            attempts,
            clock.timestamp() + 60 * 2**attempts if state == "waiting" else None,
            state,
            status,
            error,
            clock.now().isoformat(),
            record["id"],
        )
