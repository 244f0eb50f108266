from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq, hash_sign

from .. import exact_online
from ..tools import encryption, locks, markers
from ..tools.call_log import CallLog
from ..tools.database_ledger import DatabaseLedger, LoggedClient
from ..tools.settings import get_setting
from ..tools.token_source import TokenSource
from .keeping_exact_connection import CONSENT_LIFE, STATE_SCOPE


class ConsentBusy(UserError):
    """Others are at the rows that a consent is going to write; Exact was not called yet."""


class KeepingExactConnectionUse(models.Model):
    """Consent, tokens and clients: what a connection does once it is described."""

    _inherit = "keeping.exact.connection"

    @api.model
    def _get_site_url(self, site):
        return get_setting(f"site_url_{site}") or exact_online.SITES[site].url

    def _get_own_client_id(self):
        """Return the client id that was filled in, without what is copied along with it."""
        return (self.client_id or "").strip().strip("{}")

    def _get_app(self):
        """Return client id and secret: those of the connection, else the server's.

        :raise UserError: there is none
        """
        connection_sudo = self.sudo()
        client_id = self._get_own_client_id()
        if client_id:
            encrypted = connection_sudo.client_secret_pending
            if not encrypted and connection_sudo.grant_id.client_id == client_id:
                encrypted = connection_sudo.grant_id.client_secret
            try:
                secret = encrypted and encryption.decrypt(encrypted)
            except encryption.EncryptionKeyMissing:
                secret = None
        else:
            client_id = get_setting(f"client_id_{self.site}")
            secret = get_setting(f"client_secret_{self.site}")
        if not client_id or not secret:
            raise UserError(
                self.env._(
                    "Fill in the client ID and the client secret of your Exact app first. You "
                    "find both at apps.exactonline.com, Manage my apps."
                )
            )
        return client_id, secret

    def _make_state(self):
        """Sign what the callback has to find again; the nonce makes it good for one use.

        Exact offers no PKCE. What replaces it: the state is bound to user, organisation and
        connection, expires and works once.
        """
        nonce = self.env["keeping.exact.operation"]._make_nonce()
        self.sudo().consent_nonce = nonce
        values = [self.id, self.env.uid, self.company_id.id, nonce]
        return hash_sign(self.sudo().env, STATE_SCOPE, values, expiration=CONSENT_LIFE)

    def _take_nonce(self, nonce):
        """Use up the nonce of the question; tell whether it was there to be used.

        :raise ConsentBusy: somebody is at this connection; to be tried again
        """
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True):
            raise self._make_busy()
        if not self.consent_nonce or not consteq(self.consent_nonce, nonce):
            return False
        self.consent_nonce = False
        return True

    def _make_busy(self):
        return ConsentBusy(
            self.env._("This connection is being renewed at this moment; try again.")
        )

    def _get_token_source(self):
        """Return what gives a client of this connection its access token."""
        self.ensure_one()
        return TokenSource(self.env.registry, self.sudo().grant_id.id)

    def _get_client(self, division=None, token_source=None, administration=None):
        """Return a client of this connection, to be used in a ``with``.

        :param int division: number of the administration, for all but ``current/Me``
        :param TokenSource token_source: one that the caller keeps using
        :param administration: the keeping.exact.administration of that number, for the log
        """
        self.ensure_one()
        # Whoever forgot to ask is stopped here, before anything goes out.
        self.company_id._check_keeping_exact_enabled()
        grant_sudo = self.sudo().grant_id
        log = CallLog(self, administration)
        ledger = grant_sudo._get_ledger(log) if grant_sudo else None
        return self._make_client(
            token_source or self._get_token_source(),
            ledger or DatabaseLedger(self.env.registry, self.site, "", "", log),
            log,
            division,
        )

    def _make_client(self, token_source, ledger, log, division=None):
        module = self.env.ref("base.module_keeping_exact_connector").sudo()
        return LoggedClient(
            self._get_site_url(self.site),
            token_source,
            division,
            user_agent=f"KeepingExactConnector/{module.installed_version} (Odoo 19.0)",
            ledger=ledger,
            log=log,
        )

    def _user_errors(self):
        return ExactErrorsForUsers(self.env)

    def _set_connected(self, me):
        self.write(
            {
                "state": "connected",
                "health_code": False,
                "health_text": False,
                "exact_user_name": me.get("FullName") or me.get("UserName"),
                "exact_user_email": me.get("Email"),
            }
        )

    def _wait_for_consents(self, cr):
        """Wait until nobody else is connecting the same app.

        Of two at once the tokens of the last one count for both, and they share a grant.

        :param cr: a cursor of its own, that is kept open for as long as the consent takes
        """
        locks.wait_for_consents(cr, f"{self.site} {self._get_own_client_id()}")

    def _accept_consent(self, code):
        """Exchange the code for tokens and keep them. Runs in a cursor of its own.

        The connection is changed only when all of it worked.

        :param str code: the authorization code, decoded
        :raise ConsentBusy: the code was not used yet, so it may be tried again
        :raise exact_online.ExactError: Exact refused it
        """
        self.ensure_one()
        self.company_id._check_keeping_exact_enabled()
        self._check_not_copied()
        client_id, secret = self._get_app()
        self.env["keeping.exact.grant"].sudo()._check_encryption_key()
        self._lock_for_consent(client_id)
        tokens, me = self._exchange(client_id, secret, code)
        connection_sudo = self.sudo()
        old_grant = connection_sudo.grant_id
        grant = connection_sudo._get_or_make_grant(client_id, me["UserID"])
        grant._store_tokens(tokens, client_secret=secret)
        connection_sudo.write(
            {
                "grant_id": grant.id,
                "client_secret_pending": False,
                "connected_at": fields.Datetime.now(),
                "connected_by_id": self.env.uid,
            }
        )
        grant.connection_ids._set_connected(me)
        grant._put_marker()
        if old_grant != grant and not old_grant.connection_ids:
            old_grant.unlink()

    def _exchange(self, client_id, secret, code):
        """Trade the code for tokens and ask whose they are.

        :return: exact_online.Tokens, and the row of current/Me
        """
        log = CallLog(self)
        ledger = DatabaseLedger(self.env.registry, self.site, client_id, "", log)
        try:
            with log.token_call():
                tokens = exact_online.exchange_code(
                    self._get_site_url(self.site), client_id, secret, code, self.redirect_uri
                )
            with self._make_client(
                lambda rejected=None: tokens.access_token, ledger, log
            ) as client:
                return tokens, client.me()
        finally:
            ledger.flush()

    def _lock_for_consent(self, client_id):
        """Lock all that the new tokens will be written to, before the code is used up.

        The other connections of the same app too: a conflict at their rows would undo the rest.

        :raise ConsentBusy: somebody is at one of them; to be tried again in a new transaction
        """
        busy = self._make_busy()
        grants_sudo = self.env["keeping.exact.grant"].sudo()
        grants_sudo = grants_sudo.search([("site", "=", self.site), ("client_id", "=", client_id)])
        try:
            for records in (self.sudo() | grants_sudo.connection_ids, grants_sudo):
                if records.try_lock_for_update(allow_referencing=True) != records:
                    raise busy
        except locks.CONFLICTS as error:
            raise busy from error

    def _get_or_make_grant(self, client_id, exact_user):
        Grant = self.env["keeping.exact.grant"]
        key = {"site": self.site, "client_id": client_id, "exact_user": exact_user}
        grant = Grant.search([(name, "=", value) for name, value in key.items()])
        return grant or Grant.create(key)

    def _check_not_copied(self):
        """Refuse to call Exact from a copy until a person says which database is the real one.

        :raise UserError: this is a copy, or it was moved or restored
        """
        if self.env["keeping.exact.grant"].sudo()._get_of_other_database():
            raise UserError(
                self.env._(
                    "This database was copied, moved or restored. Confirm first that it is the "
                    "real one; the other one must then be disconnected."
                )
            )

    def _get_other_databases(self):
        """Return the names of databases on this server that connecting might disconnect.

        For an app that the hosting partner set up for all, only those of the same Exact user:
        what others do is not this organisation's business.
        """
        self.ensure_one()
        grant_sudo = self.sudo().grant_id
        if grant_sudo:
            return grant_sudo._get_other_databases()
        client_id = self._get_own_client_id()
        if not client_id:
            return []
        return markers.others(self.env.cr, self._get_site_url(self.site), client_id)

    def _resume_work(self):
        """Go on with what waited for this connection, or for another one of the same grant."""
        connections = self.sudo().grant_id.connection_ids | self.sudo()
        connections._work_again()

    def _read_administrations(self):
        """Bring the administrations up to date with what Exact says the user allowed."""
        self.ensure_one()
        with self._get_client() as client:
            me = client.me()
            # Any number will do in this address; the user's current one always exists
            # (API reference, chapter 4.2).
            divisions = client.divisions(me["CurrentDivision"])
        self.sudo()._set_connected(me)
        self.env["keeping.exact.administration"].sudo()._update_from_exact(self, divisions)


class ExactErrorsForUsers:
    """Context manager: what Exact refuses becomes a sentence for the person at the button."""

    def __init__(self, env):
        self.env = env

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if isinstance(error, exact_online.ExactError):
            raise UserError(self.env["keeping.exact.operation"]._explain(error)) from error
