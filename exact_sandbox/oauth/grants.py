"""Codes, token chains and consents; of tokens only hashes are stored (chapters 1.2 to 1.6)."""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

CODE_SECONDS = 180
ACCESS_SECONDS = 600
EARLIEST_REFRESH_SECONDS = 570
REFRESH_SECONDS = 30 * 86400

_KEY = "token_key"


def _hash(token):
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Bearer:
    """Whom an access token speaks for, or spoke for when it has ``ended``."""

    client_id: str
    user_id: str
    ended: bool


class Grants:
    """What users allowed apps to do.

    A consent (user and app: which administrations) outlives the chains of tokens made under it.
    """

    def __init__(self, store, settings, clock):
        self._store = store
        self._settings = settings
        self._clock = clock

    # Texts of tokens: opaque, long, with an exclamation mark (chapters 1.2 and 1.3). They are
    # signed, so that a damaged one is told apart from one that is merely unknown.

    def _sign(self, text):
        key = self._store.get_meta(_KEY)
        if key is None:
            key = secrets.token_hex(32)
            self._store.set_meta(_KEY, key)
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]

    def _new_token(self, length):
        text = f"{secrets.token_urlsafe(6)}!IAAAA{secrets.token_urlsafe(length)}"
        return text + self._sign(text)

    def is_intact(self, token):
        """Whether a code or refresh token arrived as it was given out."""
        return hmac.compare_digest(
            self._sign(token[:-32]).encode(), token[-32:].encode("utf-8", "replace")
        )

    # Consents

    def allow(self, client_id, user_id, divisions):
        """Record a consent: which administrations a user opens for an app."""
        self._store.execute(
            "INSERT OR REPLACE INTO consents VALUES (?, ?, ?, ?, 0)",
            client_id,
            user_id,
            json.dumps(sorted(divisions)),
            self._clock.timestamp(),
        )

    def choose(self, client_id, user_id, divisions):
        """Change the administrations of a consent; tokens stay good (chapter 5.1)."""
        self._store.execute(
            "UPDATE consents SET divisions = ? WHERE client_id = ? AND user_id = ?",
            json.dumps(sorted(divisions)),
            client_id,
            user_id,
        )

    def _consent(self, client_id, user_id):
        return self._store.one(
            "SELECT * FROM consents WHERE client_id = ? AND user_id = ?", client_id, user_id
        )

    def consented(self, client_id, user_id):
        """Return the administrations a user opened for an app, or None without a consent."""
        record = self._consent(client_id, user_id)
        if record is None or record["revoked"]:
            return None
        return frozenset(json.loads(record["divisions"]))

    def opened(self, client_id, user_id):
        """Return them for a token that is good, be it one that outlives its consent."""
        record = self._consent(client_id, user_id)
        return frozenset(json.loads(record["divisions"])) if record else frozenset()

    def consents_of(self, user_id):
        """Return pairs (client id, granted at) of a user's consents."""
        records = self._store.execute(
            "SELECT client_id, granted FROM consents WHERE user_id = ? AND NOT revoked "
            "ORDER BY granted",
            user_id,
        )
        return [(item["client_id"], item["granted"]) for item in records]

    def revoke(self, client_id, user_id):
        """Withdraw a consent: codes and the refresh chain end at once.

        Chapter 1.6 does not know whether a running access token dies too: a setting.
        """
        with self._store.transaction():
            self._store.execute(
                "UPDATE consents SET revoked = 1 WHERE client_id = ? AND user_id = ?",
                client_id,
                user_id,
            )
            self._store.execute(
                "DELETE FROM codes WHERE client_id = ? AND user_id = ?", client_id, user_id
            )
            self._end_chains(client_id, user_id)
            if self._settings["revoked_access_token"] == "dies":
                self._end_access("client_id = ? AND user_id = ?", client_id, user_id)

    def end_without(self, divisions):
        """End the connections that have none of these administrations (chapter 1.6)."""
        for item in self._store.execute("SELECT * FROM consents WHERE NOT revoked"):
            if divisions.isdisjoint(json.loads(item["divisions"])):
                whose = item["client_id"], item["user_id"]
                self._store.execute("DELETE FROM codes WHERE client_id = ? AND user_id = ?", *whose)
                self._end_chains(*whose)

    def end_user(self, user_id, access):
        """End the connections of a user who is blocked or has another password (chapter 1.6).

        Consents stay, so that who is unblocked finds them; tokens do not come back.

        :param access: whether running access tokens end as well
        """
        with self._store.transaction():
            self._store.execute("DELETE FROM codes WHERE user_id = ?", user_id)
            self._store.execute("DELETE FROM sessions WHERE user_id = ?", user_id)
            self._store.execute("UPDATE chains SET alive = 0 WHERE user_id = ?", user_id)
            if access:
                self._end_access("user_id = ?", user_id)

    def age(self, seconds):
        """Make all tokens older, while the clock, the limits and the books stay as they are."""
        with self._store.transaction():
            self._store.execute("UPDATE chains SET issued = issued - ?", seconds)
            for table in ("access_tokens", "refresh_tokens"):
                self._store.execute(f"UPDATE {table} SET expires = expires - ?", seconds)

    def _end_access(self, where, *values):
        """End access tokens now; they stay known, so that errors with them are counted."""
        self._store.execute(
            f"UPDATE access_tokens SET expires = min(expires, ?) "
            f"WHERE chain IN (SELECT id FROM chains WHERE {where})",
            self._clock.timestamp(),
            *values,
        )

    def _end_chains(self, client_id, user_id):
        self._store.execute(
            "UPDATE chains SET alive = 0 WHERE client_id = ? AND user_id = ?", client_id, user_id
        )

    # Codes

    def make_code(self, client_id, user_id, redirect_uri):
        """Return a new code, valid three minutes and once (chapter 1.2)."""
        code = self._new_token(24)
        self._store.execute(
            "INSERT INTO codes VALUES (?, ?, ?, ?, ?, 0)",
            _hash(code),
            client_id,
            user_id,
            redirect_uri,
            self._clock.timestamp() + CODE_SECONDS,
        )
        return code

    def take_code(self, code, client_id, redirect_uri):
        """Use a code up; return the user's id, or None when it is not good."""
        record = self._store.one("SELECT * FROM codes WHERE token = ?", _hash(code))
        good = (
            record is not None
            and not record["used"]
            and record["client_id"] == client_id
            and record["redirect_uri"] == redirect_uri
            and record["expires"] > self._clock.timestamp()
            and self.consented(client_id, record["user_id"]) is not None
        )
        if not good:
            return None
        self._store.execute("UPDATE codes SET used = 1 WHERE token = ?", record["token"])
        return record["user_id"]

    # Chains

    def start_chain(self, client_id, user_id):
        """Begin a chain; older chains of the same user and app end (chapter 1.4)."""
        self._end_chains(client_id, user_id)
        self._store.execute(
            "INSERT INTO chains (client_id, user_id, issued) VALUES (?, ?, ?)",
            client_id,
            user_id,
            self._clock.timestamp(),
        )
        return self._store.one("SELECT last_insert_rowid() AS id")["id"]

    def issue(self, chain):
        """Return a new access token and a new refresh token of a chain."""
        now = self._clock.timestamp()
        access = "AAEA" + secrets.token_urlsafe(240)
        refresh = self._new_token(60)
        self._store.execute("UPDATE chains SET issued = ? WHERE id = ?", now, chain)
        self._store.execute(
            "INSERT INTO access_tokens VALUES (?, ?, ?)", _hash(access), chain, now + ACCESS_SECONDS
        )
        self._store.execute(
            "INSERT INTO refresh_tokens VALUES (?, ?, ?, 0)",
            _hash(refresh),
            chain,
            now + REFRESH_SECONDS,
        )
        return access, refresh

    def find_refresh(self, token):
        """Return a refresh token with its chain (used, expires, issued, alive, ...), or None."""
        return self._store.one(
            "SELECT r.token, r.chain, r.expires, r.used, c.client_id, c.user_id, c.issued, c.alive "
            "FROM refresh_tokens r JOIN chains c ON c.id = r.chain WHERE r.token = ?",
            _hash(token),
        )

    def use_refresh(self, record):
        """Mark a refresh token, as :meth:`find_refresh` gives it, as used."""
        self._store.execute("UPDATE refresh_tokens SET used = 1 WHERE token = ?", record["token"])

    def bearer(self, token):
        """Return whom an access token speaks for, or None when it is unknown."""
        record = self._store.one(
            "SELECT a.expires, c.client_id, c.user_id FROM access_tokens a "
            "JOIN chains c ON c.id = a.chain WHERE a.token = ?",
            _hash(token),
        )
        if record is None:
            return None
        ended = record["expires"] <= self._clock.timestamp()
        return Bearer(record["client_id"], record["user_id"], ended)
