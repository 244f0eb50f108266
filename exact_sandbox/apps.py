"""Registered apps: client id, secret, site, redirect addresses and scopes (1.1, 1.8, 4.0)."""

import json
import secrets
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

from .sites import SITES

KINDS = ("own", "partner")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class App:
    """An app; an ``own`` app has no choice of administrations in its consent (chapter 1.8).

    ``scopes`` maps the scope's name on the reference page to ``read`` or ``manage``.
    ``description`` is its purpose, and ``third_parties`` who else gets data, both for the consent
    page.
    """

    client_id: str
    client_secret: str
    name: str
    description: str
    kind: str
    scopes: dict
    redirect_uris: tuple
    site: str
    third_parties: str

    def has_scope(self, scope, method):
        """Whether a call with this verb is within the app's scopes; ``-`` needs none."""
        if scope == "-":
            return True
        granted = self.scopes.get(scope)
        return granted == "manage" or (granted == "read" and method == "GET")


def check_redirect_uri(uri):
    """Raise ValueError with a sentence unless an address may be registered.

    Exact wants HTTPS (chapter 1.2). Plain HTTP to this machine is allowed here, and only here.
    """
    parts = urlsplit(uri)
    secure = parts.scheme == "https" and parts.hostname
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not (secure or local) or parts.fragment or any(item.isspace() for item in uri):
        raise ValueError(
            f"The redirect address {uri!r} must be https, or http on this machine (loopback)."
        )


def _check_scopes(scopes):
    """Raise ValueError unless every scope is read or manage."""
    if not isinstance(scopes, dict) or set(scopes.values()) - {"read", "manage"}:
        raise ValueError("A scope is read, manage or null.")


class Apps:
    """Reads and writes apps."""

    def __init__(self, store):
        self._store = store

    def register(
        self, name, description, kind, scopes, redirect_uris, moment, site, third_parties=""
    ):  # fmt: skip
        """Store a new app with a made-up client id and secret; return it.

        :param moment: seconds since the epoch
        :param site: where it is registered, a key of :data:`~exact_sandbox.sites.SITES`
        :raises ValueError: with a sentence, when something of it is not possible
        """
        if kind not in KINDS or site not in SITES or not name:
            raise ValueError(f"An app has a name, is {' or '.join(KINDS)} and on a site.")
        _check_scopes(scopes)
        client_id, secret = str(uuid.uuid4()), secrets.token_urlsafe(24)
        with self._store.transaction():
            self._store.execute(
                "INSERT INTO apps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                client_id,
                secret,
                name,
                description,
                kind,
                json.dumps(scopes),
                moment,
                site,
                third_parties,
            )
            for uri in redirect_uris:
                self.add_redirect_uri(client_id, uri)
        return self.get(client_id)

    def add_redirect_uri(self, client_id, uri):
        """Register one more address; ValueError when it is not allowed."""
        check_redirect_uri(uri)
        self._store.execute("INSERT OR IGNORE INTO app_redirects VALUES (?, ?)", client_id, uri)

    def set_scopes(self, client_id, changes):
        """Give an app other scopes: name to ``read``, ``manage`` or None; return all of them."""
        scopes = {**self.get(client_id).scopes, **changes}
        scopes = {name: level for name, level in scopes.items() if level is not None}
        _check_scopes(scopes)
        self._store.execute(
            "UPDATE apps SET scopes = ? WHERE client_id = ?", json.dumps(scopes), client_id
        )
        return scopes

    def get(self, client_id, site=None):
        """Return an app by client id, with or without braces (chapter 3.3), or None.

        :param site: a site it must be registered on: it is unknown on others (chapter 1.1)
        """
        bare = (client_id or "").strip("{}").lower()
        record = self._store.one(
            "SELECT * FROM apps WHERE client_id = ? AND site = coalesce(?, site)", bare, site
        )
        return self._app(record) if record else None

    def all(self, site=None):
        """Return all apps, or those of one site; the oldest first."""
        records = self._store.execute(
            "SELECT * FROM apps WHERE site = coalesce(?, site) ORDER BY created, rowid", site
        )
        return [self._app(item) for item in records]

    def _app(self, record):
        uris = self._store.execute(
            "SELECT uri FROM app_redirects WHERE client_id = ? ORDER BY rowid", record["client_id"]
        )
        return App(
            record["client_id"],
            record["client_secret"],
            record["name"],
            record["description"],
            record["kind"],
            json.loads(record["scopes"]),
            tuple(item["uri"] for item in uris),
            record["site"],
            record["third_parties"],
        )
