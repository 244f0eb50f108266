"""The access token of a grant, for a client of Exact Online (promise 4: one refresh at a time)."""

import random
import time
from contextlib import suppress

import psycopg2

from odoo import SUPERUSER_ID, api, fields

from .. import exact_online
from . import encryption
from .locks import CONFLICTS
from .messages.health import PASSING

# How long a caller waits for another process that is renewing the token right now, seconds.
PATIENCE = 150


class TokenSource:
    """Gives an access token to a client, and renews it, one process at a time.

    Works in cursors of its own, so that a rollback of the caller's work never loses a token.
    Kept for as long as one client: the token is then read from the database once.

    :param odoo.modules.registry.Registry registry: the database
    :param int grant_id: id of the keeping.exact.grant
    """

    def __init__(self, registry, grant_id):
        self._registry = registry
        self._grant_id = grant_id
        self._token = None
        self._valid_until = None
        self._passing = False

    def __call__(self, rejected=None):
        """Return an access token that Exact should accept.

        :param str rejected: the token that Exact just refused with 401
        :raise exact_online.NotConnected: there is no grant, or it is refused
        :raise exact_online.Unreachable: another process held the grant for too long
        """
        fresh = self._token and fields.Datetime.now() < self._valid_until
        if not fresh or self._token == rejected:
            self._token = self._obtain(rejected)
        return self._token

    def _obtain(self, rejected):
        deadline = time.monotonic() + PATIENCE
        while True:
            # A new cursor for each try: in REPEATABLE READ an old one would go on seeing the
            # token that another process has already used up.
            try:
                with self._registry.cursor() as cr:
                    token = self._try(cr, rejected)
            except psycopg2.errors.SerializationFailure:
                token = None
            except encryption.EncryptionKeyMissing as error:
                self._tell_key_missing()
                raise exact_online.NotConnected("The encryption key is missing.") from error
            if token:
                if self._passing:
                    self._tell_passed()
                return token
            if time.monotonic() > deadline:
                raise exact_online.Unreachable("Another process is renewing the connection.")
            time.sleep(random.uniform(0.1, 0.4))  # noqa: S311 - only to spread the tries

    def _tell_key_missing(self):
        # Whoever comes second at the same moment finds it told.
        with suppress(*CONFLICTS), self._registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            grant = env["keeping.exact.grant"].browse(self._grant_id)
            grant.connection_ids._set_attention("encryption_key")

    def _tell_passed(self):
        """There is a token: what was the matter and passes by itself is over."""
        with suppress(*CONFLICTS), self._registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["keeping.exact.grant"].browse(self._grant_id).connection_ids._pass()

    def _try(self, cr, rejected):
        env = api.Environment(cr, SUPERUSER_ID, {})
        grant = env["keeping.exact.grant"].browse(self._grant_id).exists()
        if not grant or grant.state != "active":
            raise exact_online.NotConnected("This connection has no valid permission.")
        if grant in grant._get_of_other_database():
            # Exact is not called at all: two databases would end the connection for each other.
            grant.connection_ids._set_attention("copied_database")
            cr.commit()  # pylint: disable=invalid-commit
            raise exact_online.NotConnected("This database is a copy, or was moved.")
        token = grant._usable_token(rejected)
        if not token and grant.try_lock_for_update(allow_referencing=True):
            # No second look is needed under the lock: had the row changed since it was read,
            # locking it would have ended in a serialization failure.
            grant._refresh()
            token = grant._usable_token()
        self._valid_until = grant._renew_from()
        self._passing = bool(set(grant.connection_ids.mapped("health_code")) & set(PASSING))
        return token
