import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import exact_online
from ..tools import encryption, identity, markers
from ..tools.call_log import CallLog
from ..tools.database_ledger import DatabaseLedger
from ..tools.sites import SITE_SELECTION
from ..tools.token_refusals import health_code_of, tells_nothing

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
    # The last renewal was not answered: Exact may have used up the refresh token.
    unanswered = fields.Boolean(export_string_translation=False)
    # The database that the tokens belong to: a copy is another one.
    database = fields.Char(export_string_translation=False)
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
            "unanswered": False,
            "database": identity.dump(identity.get_identity(self.env.cr)),
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
        secret, token = map(encryption.decrypt, (self.client_secret, self.refresh_token))
        site_url = self._site_url()
        log = CallLog(self.connection_ids[:1])
        try:
            with log.token_call():
                tokens = exact_online.refresh(site_url, self.client_id, secret, token)
        except (exact_online.NotConnected, exact_online.Refused) as error:
            if tells_nothing(error):
                self._note_unanswered(error)
            # Refused: Exact no longer knows the app or its secret.
            self._mark_broken(error)
            raise exact_online.NotConnected(str(error)) from error
        except exact_online.UnknownOutcome as error:
            self._note_unanswered(error)
        else:
            self._store_tokens(tokens)
            # Exact has rotated: from here on only the new token works, so it must not be lost.
            self._commit()
        finally:
            self._get_ledger(log).flush()

    def _note_unanswered(self, error):
        """Keep the token: the next try shows whether Exact has rotated.

        Then the old one is refused and a person has to connect again.

        :raise exact_online.Unreachable: whoever waits for a token has sent nothing yet
        """
        self.unanswered = True
        self._commit()
        raise exact_online.Unreachable(str(error)) from error

    def _commit(self):
        self.env.flush_all()
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _get_ledger(self, log):
        """Return what counts the calls of this app and user.

        :param CallLog log: what is written along
        """
        return DatabaseLedger(self.env.registry, self.site, self.client_id, self.exact_user, log)

    def _mark_broken(self, error):
        _logger.info("The grant of connections %s is refused: %s", self.connection_ids.ids, error)
        code = health_code_of(error, self.unanswered)
        text = "\n".join(error.messages)
        others = self._get_other_databases() if code == "replaced" else []
        if others:
            code, text = "replaced_here", ", ".join(others)
        self.write({"state": "broken", "access_token": False, "refresh_token": False})
        self.connection_ids._set_attention(code, text)
        self._commit()

    # ------------------------------------------------------------------ other databases

    def _site_url(self):
        return self.env["keeping.exact.connection"]._get_site_url(self.site)

    def _get_other_databases(self):
        """Return the names of databases on this server that use the same app and user."""
        self.ensure_one()
        return markers.others(
            self.env.cr, self._site_url(), self.client_id, exact_user=self.exact_user
        )

    def _put_marker(self):
        """Let other databases on this server see that this one uses the app and user."""
        self.ensure_one()
        markers.put(self.env.cr, self._site_url(), self.client_id, self.exact_user)

    def unlink(self):
        for grant in self:
            markers.remove(self.env.cr, grant._site_url(), grant.client_id, grant.exact_user)
        return super().unlink()

    @api.model
    def _get_of_other_database(self):
        """Return the grants that belong to another database: this one is a copy of it."""
        known = identity.get_identity(self.env.cr)
        grants = self.search([("database", "!=", False)])
        return grants.filtered(lambda grant: not identity.is_same(grant.database, known))

    def _claim(self):
        """A person says that this is the real database: the tokens are its own from here on."""
        self.database = identity.dump(identity.get_identity(self.env.cr))
        for grant in self:
            grant._put_marker()
        waiting = self.connection_ids.filtered(lambda c: c.health_code == "copied_database")
        broken = waiting.filtered(lambda c: c.grant_id.state != "active")
        broken._set_attention("reconnect")
        (waiting - broken)._work_again()
