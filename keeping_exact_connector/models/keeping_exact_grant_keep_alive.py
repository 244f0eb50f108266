import logging
import time
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models

from .. import exact_online
from ..tools.locks import CONFLICTS
from ..tools.token_source import TokenSource

_logger = logging.getLogger(__name__)

# A refresh token that is not used for 30 days is dead (API reference, chapter 1.4). One that was
# not used for a week is renewed, so three more weeks are left for trying.
IDLE = timedelta(days=7)
WARN = timedelta(days=10)


class KeepingExactGrantKeepAlive(models.Model):
    """Grants of organisations that do not invoice every month stay alive."""

    _inherit = "keeping.exact.grant"

    # ------------------------------------------------------------------ business

    @api.model
    def _get_idle(self):
        """Return the grants to renew, the longest unused first; none that nobody uses."""
        domain = [
            ("state", "=", "active"),
            ("connection_ids", "!=", False),
            ("refreshed_at", "<", fields.Datetime.now() - IDLE),
        ]
        return self.search(domain, order="refreshed_at, id")

    @api.model
    def _keep_alive(self, grant_id):
        """Renew the tokens of one grant, as anybody would who needs one.

        :param int grant_id: id of the keeping.exact.grant
        """
        try:
            TokenSource(self.env.registry, grant_id)()
        except exact_online.NotConnected as error:
            # Known, and told on the connection.
            _logger.info("Grant %s was not kept alive: %s", grant_id, error)
        except exact_online.ExactError as error:
            _logger.info("Grant %s was not kept alive: %s", grant_id, error)
            self._warn_in_own_cursor(grant_id, str(error))

    @api.model
    def _warn_in_own_cursor(self, grant_id, text):
        with self.env.registry.cursor() as cr:
            grant = api.Environment(cr, SUPERUSER_ID, {})[self._name].browse(grant_id).exists()
            if grant and grant.refresh_expires_at - fields.Datetime.now() < WARN:
                grant.connection_ids._warn("expires_soon", text)

    @api.model
    def _tell_copied(self):
        """A database that nobody works in is a copy all the same: say so before it is used."""
        try:
            with self.env.registry.cursor() as cr:
                grants = api.Environment(cr, SUPERUSER_ID, {})[self._name]._get_of_other_database()
                grants.connection_ids._set_attention("copied_database")
        except CONFLICTS:
            _logger.info("Somebody else has noticed at this moment that this is a copy")

    # ------------------------------------------------------------------ cron

    @api.model
    def _cron_keep_alive(self):
        """Renew what was not used for a week, one after the other.

        Each grant has cursors of its own, and one that fails stops no other.
        """
        self._tell_copied()
        deadline = self.env["keeping.exact.operation"]._get_deadline()
        copied = self._get_of_other_database()
        for grant_id in (self._get_idle() - copied).ids:
            if time.monotonic() > deadline:
                # The others go on in a run with a limit of its own.
                self.env.ref("keeping_exact_connector.ir_cron_keep_alive")._trigger()
                return
            try:
                self._keep_alive(grant_id)
            except Exception:  # one grant's trouble never stops another's
                _logger.exception("Keeping grant %s alive stopped", grant_id)
