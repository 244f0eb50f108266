from odoo import api, models
from odoo.exceptions import UserError

from .. import exact_online
from ..tools import encryption, markers
from ..tools.call_log import CallLog
from ..tools.database_ledger import DatabaseLedger, LoggedClient
from ..tools.settings import get_setting
from ..tools.token_source import TokenSource


class KeepingExactConnectionUse(models.Model):
    """Tokens and clients: what a connection does once it is there."""

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


class ExactErrorsForUsers:
    """Context manager: what Exact refuses becomes a sentence for the person at the button."""

    def __init__(self, env):
        self.env = env

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if isinstance(error, exact_online.ExactError):
            raise UserError(self.env["keeping.exact.operation"]._explain(error)) from error
