import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import exact_online
from ..tools import encryption
from ..tools.sites import SITE_SELECTION

_logger = logging.getLogger(__name__)

# Exact answers "too early" to a refresh within 570 s of a token that lives for 600 s (API
# reference, chapter 1.4), so a token is used until that moment and renewed in what is left.
REFRESH_AFTER = timedelta(seconds=570)
REFRESH_TOKEN_LIFE = timedelta(days=30)


class KeepingExactGrant(models.Model):
    """Tokens and client secret of one app and one Exact user on one site.

    Exact keeps one chain of tokens per user and app: a second consent kills the first. So the
    connections of the same user and app share one grant. Nobody but the system reads it.
    """

    _name = "keeping.exact.grant"
    _description = "Exact Online Grant"

    site = fields.Selection(SITE_SELECTION, required=True)
    client_id = fields.Char(required=True)
    exact_user = fields.Char(required=True, help="UserID of the Exact user, a GUID")
    client_secret = fields.Char(groups=fields.NO_ACCESS, copy=False, prefetch=False)
    access_token = fields.Char(groups=fields.NO_ACCESS, copy=False, prefetch=False)
    refresh_token = fields.Char(groups=fields.NO_ACCESS, copy=False, prefetch=False)
    refreshed_at = fields.Datetime(help="When Exact gave the present tokens")
    access_expires_at = fields.Datetime()
    refresh_expires_at = fields.Datetime()
    state = fields.Selection(
        [("active", "Active"), ("broken", "Broken")], default="active", required=True
    )
    connection_ids = fields.One2many("keeping.exact.connection", "grant_id")

    _site_client_user_unique = models.Constraint(
        "UNIQUE (site, client_id, exact_user)",
        "Exact Online keeps one grant per app and user.",
    )

    def _store_tokens(self, tokens, client_secret=None):
        """Keep the tokens that Exact just gave; the caller commits before they are used.

        :param exact_online.Tokens tokens: access token, refresh token, life in seconds
        :param str client_secret: the secret they were obtained with, when it may be new
        """
        self.ensure_one()
        now = fields.Datetime.now()
        may_make_key = self._nothing_encrypted()
        vals = {
            "access_token": encryption.encrypt(tokens.access_token, may_make_key),
            "refresh_token": encryption.encrypt(tokens.refresh_token, may_make_key),
            "refreshed_at": now,
            "access_expires_at": now + timedelta(seconds=tokens.expires_in),
            "refresh_expires_at": now + REFRESH_TOKEN_LIFE,
            "state": "active",
        }
        if client_secret is not None:
            vals["client_secret"] = encryption.encrypt(client_secret, may_make_key)
        self.write(vals)

    @api.model
    def _nothing_encrypted(self):
        """Tell whether the database holds no encrypted value: only then a key may be made."""
        pending = [("client_secret_pending", "!=", False)]
        return not self.sudo().search_count(
            ["|", ("refresh_token", "!=", False), ("client_secret", "!=", False)], limit=1
        ) and not self.env["keeping.exact.connection"].sudo().search_count(pending, limit=1)

    @api.model
    def _check_encryption_key(self):
        """Refuse before a code of Exact is used up for tokens that could not be kept.

        :raise UserError: the key is not there
        """
        try:
            encryption.encrypt("", may_make_key=self._nothing_encrypted())
        except encryption.EncryptionKeyMissing as error:
            raise UserError(
                self.env._(
                    "The encryption key of this server is missing. Ask whoever runs the server to "
                    "put it back, or disconnect all connections to begin anew."
                )
            ) from error

    def _usable_token(self, rejected=None):
        """Return the access token if it may still be used, else None.

        :param str rejected: a token that Exact refused although it had not run out
        """
        if self.state != "active" or not self.access_token:
            return None
        if fields.Datetime.now() >= self._renew_from():
            return None
        token = encryption.decrypt(self.access_token)
        return token if token != rejected else None

    def _renew_from(self):
        return min(self.refreshed_at + REFRESH_AFTER, self.access_expires_at)

    def _refresh(self):
        """Renew the tokens. Call with this row locked and nothing else in the transaction.

        :raise exact_online.NotConnected: a person has to connect again; the state says so
        """
        self.ensure_one()
        try:
            tokens = exact_online.refresh(
                self.env["keeping.exact.connection"]._get_site_url(self.site),
                self.client_id,
                encryption.decrypt(self.client_secret),
                encryption.decrypt(self.refresh_token),
            )
        except (exact_online.NotConnected, exact_online.Refused) as error:
            # Refused: Exact no longer knows the app or its secret.
            self._mark_broken(error)
            raise exact_online.NotConnected(str(error)) from error
        except exact_online.UnknownOutcome as error:
            # Whoever waits for a token has sent nothing yet. The next try shows whether Exact
            # has rotated: then the old token is refused and a person has to connect again.
            raise exact_online.Unreachable(str(error)) from error
        self._store_tokens(tokens)
        # Exact has rotated: from here on only the new token works, so it must not be lost.
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _mark_broken(self, error):
        _logger.info("The grant of connections %s is refused: %s", self.connection_ids.ids, error)
        self.write({"state": "broken", "access_token": False, "refresh_token": False})
        self.connection_ids._set_attention("reconnect", str(error))
        self.env.cr.commit()  # pylint: disable=invalid-commit
