import logging
import time
from contextlib import contextmanager
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq

from .. import exact_online
from ..tools import consent, locks
from ..tools.call_log import CallLog
from ..tools.database_ledger import DatabaseLedger
from ..tools.guards import check_administrator

_logger = logging.getLogger(__name__)


class ConsentBusy(UserError):
    """Others are at the rows that a consent is going to write; Exact was not called yet."""


class ConsentEnd(NamedTuple):
    """How a consent ended, when there is something to tell.

    :param str code: of tools.messages.consent.ENDINGS
    :param str text: what that sentence names
    :param str user: the Exact user
    """

    code: str
    text: str = ""
    user: str = ""


class KeepingExactConnectionConsent(models.Model):
    """The consent of an Exact user: asked for, answered, and handed over to another one."""

    _inherit = "keeping.exact.connection"

    # UserID of the Exact user, kept when the connection ends: to know whether another one comes.
    exact_user = fields.Char(groups=fields.NO_ACCESS, copy=False)
    lost_administrations = fields.Char(
        compute="_compute_lost_administrations", export_string_translation=False
    )

    # ------------------------------------------------------------------ compute

    @api.depends("administration_ids.access_lost", "administration_ids.state")
    def _compute_lost_administrations(self):
        for connection in self:
            lost = connection.administration_ids.filtered(
                lambda a: a.access_lost and a.state == "linked"
            )
            connection.lost_administrations = ", ".join(lost.mapped("display_name")) or False

    # ------------------------------------------------------------------ actions

    def action_connect(self):
        """Send the browser to Exact Online to ask the user for consent.

        :return: an ``ir.actions.act_url`` to Exact's consent page
        :raise UserError: something is missing or not as Exact demands it
        """
        return self._ask_consent()

    def action_hand_over(self):
        """Ask another Exact user for consent, whose permission then takes the place of this one.

        :return: an ``ir.actions.act_url`` to Exact's login page
        :raise UserError: there is nothing to hand over, or as :meth:`action_connect`
        """
        self.ensure_one()
        check_administrator(self)
        if self.state not in ("connected", "attention"):
            raise UserError(
                self.env._("This connection is not connected: click Start connecting instead.")
            )
        return self._ask_consent(hand_over=True)

    def _ask_consent(self, hand_over=False):
        self.ensure_one()
        check_administrator(self)
        self._check_not_copied()
        client_id, _secret = self._get_app()
        if self.redirect_problem:
            raise UserError(self.redirect_problem)
        url = exact_online.authorization_url(
            self._get_site_url(self.site),
            client_id,
            self.redirect_uri,
            self._make_state(hand_over),
            # Whoever is logged in to Exact in this browser would be taken unasked (chapter 1.2).
            force_login=hand_over,
        )
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    # ------------------------------------------------------------------ business

    def _make_state(self, hand_over=False):
        """Sign what the callback has to find again; see :mod:`..tools.consent` for why."""
        nonce = self.env["keeping.exact.operation"]._make_nonce()
        self.sudo().consent_nonce = nonce
        question = consent.Question(
            connection_id=self.id,
            user_id=self.env.uid,
            company_id=self.company_id.id,
            nonce=nonce,
            expires=int(time.time()) + consent.LIFE,
            redirect_uri=self.redirect_uri,
            hand_over=hand_over,
        )
        return consent.sign(self.sudo().env, question)

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

    def _wait_for_consents(self, cr):
        """Wait until nobody else is connecting the same app.

        Of two at once the tokens of the last one count for both, and they share a grant.

        :param cr: a cursor of its own, that is kept open for as long as the consent takes
        """
        locks.wait_for_consents(cr, f"{self.site} {self._get_own_client_id()}")

    def _accept_consent(self, code, redirect_uri=None, hand_over=False):
        """Exchange the code for tokens and keep them. Runs in a cursor of its own.

        The connection is changed only when all of it worked.

        :param str code: the authorization code, decoded
        :param str redirect_uri: the one that the consent was asked with
        :param bool hand_over: another Exact user was asked for
        :return: a :class:`ConsentEnd` when there is more to say than that it is connected
        :raise ConsentBusy: the code was not used yet, so it may be tried again
        :raise exact_online.ExactError: Exact refused it
        """
        self.ensure_one()
        self.company_id._check_keeping_exact_enabled()
        self._check_not_copied()
        client_id, secret = self._get_app()
        self.env["keeping.exact.grant"].sudo()._check_encryption_key()
        self._lock_for_consent(client_id)
        tokens = self._exchange(client_id, secret, code, redirect_uri or self.redirect_uri)
        grant_sudo = self.env["keeping.exact.grant"].sudo()
        try:
            with self._make_consent_client(client_id, tokens) as client:
                me = client.me()
                grant_sudo = self.sudo()._get_grant(client_id, me["UserID"])
                if grant_sudo.connection_ids:
                    # Exact has ended the older chain of this user and app (chapter 1.4): the new
                    # one is kept for those who share it, whatever comes of this consent.
                    grant_sudo._store_tokens(tokens, client_secret=secret)
                    grant_sudo.connection_ids._set_connected(me)
                missing = self._get_left_behind(client, me)
        except exact_online.ExactError as error:
            return ConsentEnd("unfinished", self.env["keeping.exact.operation"]._explain(error))
        if missing:
            # Without a connection that shares them the tokens are dropped: nobody needs them.
            return ConsentEnd(
                "cannot_open",
                text=", ".join(missing.mapped("display_name")),
                user=me.get("FullName") or me.get("UserName"),
            )
        if not grant_sudo.connection_ids:
            grant_sudo = grant_sudo or self.sudo()._make_grant(client_id, me["UserID"])
            grant_sudo._store_tokens(tokens, client_secret=secret)
        is_other = self._is_other_user(me["UserID"])
        self._use_grant(grant_sudo, me, is_other)
        if hand_over and not is_other:
            return ConsentEnd("same_user", user=self.exact_user_name)
        return None

    def _use_grant(self, grant_sudo, me, is_other):
        connection_sudo = self.sudo()
        old_grant, old_name = connection_sudo.grant_id, connection_sudo.exact_user_name
        connection_sudo.write(
            {
                "grant_id": grant_sudo.id,
                "client_secret_pending": False,
                "connected_at": fields.Datetime.now(),
                "connected_by_id": self.env.uid,
                "exact_user": me["UserID"],
            }
        )
        connection_sudo._set_connected(me)
        grant_sudo._put_marker()
        if old_grant != grant_sudo and not old_grant.connection_ids:
            old_grant.unlink()
        if is_other:
            # By whom is the author of the message.
            self._message_log(
                body=self.env._(
                    "Handed over from the Exact user %(old)s to %(new)s.",
                    old=old_name,
                    new=connection_sudo.exact_user_name,
                )
            )
        else:
            self._message_log(
                body=self.env._("Connected as the Exact user %s.", connection_sudo.exact_user_name)
            )

    def _is_other_user(self, exact_user):
        """Tell whether the connection was another Exact user's until now."""
        connection_sudo = self.sudo()
        before = connection_sudo.exact_user or connection_sudo.grant_id.exact_user
        return bool(before) and before != exact_user

    def _exchange(self, client_id, secret, code, redirect_uri):
        """Trade the code for tokens.

        :return: exact_online.Tokens
        """
        log = CallLog(self)
        ledger = DatabaseLedger(self.env.registry, self.site, client_id, "", log)
        try:
            with log.token_call():
                return exact_online.exchange_code(
                    self._get_site_url(self.site), client_id, secret, code, redirect_uri
                )
        finally:
            ledger.flush()

    @contextmanager
    def _make_consent_client(self, client_id, tokens):
        """Give a client for tokens that are not kept yet."""
        log = CallLog(self)
        ledger = DatabaseLedger(self.env.registry, self.site, client_id, "", log)
        try:
            with self._make_client(
                lambda rejected=None: tokens.access_token, ledger, log
            ) as client:
                yield client
        finally:
            ledger.flush()

    def _get_left_behind(self, client, me):
        """Return the linked administrations that another Exact user could not open.

        :param client: with the tokens of that user
        :param dict me: the row of current/Me
        """
        linked = self.sudo().administration_ids.filtered(lambda a: a.state == "linked")
        if not linked or not self._is_other_user(me["UserID"]):
            return linked.browse()
        codes = {row["Code"] for row in client.divisions(me["CurrentDivision"])}
        return linked.filtered(lambda a: a.code not in codes)

    def _lock_for_consent(self, client_id):
        """Lock all that the new tokens will be written to, before the code is used up.

        The other connections of the same app too: a conflict at their rows would undo the rest.

        :raise ConsentBusy: somebody is at one of them; to be tried again in a new transaction
        """
        busy = self._make_busy()
        grants_sudo = self.env["keeping.exact.grant"].sudo()
        grants_sudo = grants_sudo.search([("site", "=", self.site), ("client_id", "=", client_id)])
        # Of another app, if that was changed: it goes when nothing uses it any more.
        grants_sudo |= self.sudo().grant_id
        try:
            for records in (self.sudo() | grants_sudo.connection_ids, grants_sudo):
                if records.try_lock_for_update(allow_referencing=True) != records:
                    raise busy
        except locks.CONFLICTS as error:
            raise busy from error

    def _get_grant(self, client_id, exact_user):
        key = self._prepare_grant_key(client_id, exact_user)
        domain = [(name, "=", value) for name, value in key.items()]
        return self.env["keeping.exact.grant"].search(domain)

    def _make_grant(self, client_id, exact_user):
        return self.env["keeping.exact.grant"].create(
            self._prepare_grant_key(client_id, exact_user)
        )

    def _prepare_grant_key(self, client_id, exact_user):
        return {"site": self.site, "client_id": client_id, "exact_user": exact_user}

    def _resume_work(self):
        """Go on with what waited for this connection, or for another one of the same grant."""
        connections = self.sudo().grant_id.connection_ids | self.sudo()
        connections._work_again()

    def _try_administrations(self):
        """Read the administrations; without them the connection is there, and says what is wrong.

        What Exact's limit was in the way of is tried again when that is over, other things by the
        next reading of lists.

        :return: whether they were read
        """
        try:
            self._read_administrations()
        except exact_online.ExactError as error:
            text = self.env["keeping.exact.operation"]._explain(error)
            self.sudo()._set_attention("no_administrations", text)
            if isinstance(error, exact_online.LimitReached):
                cron = self.env.ref("keeping_exact_connector.ir_cron_sync").sudo()
                cron._trigger(at=error.over_at)
            return False
        return True

    @api.model
    def _finish_consents(self):
        """Read the administrations that could not be read when somebody connected.

        Each connection works in a cursor of its own: one that fails stops no other.
        """
        for connection in self.search([("health_code", "=", "no_administrations")]):
            try:
                with self.env.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    own = connection.with_env(env)
                    if own._try_administrations():
                        own._resume_work()
            except (UserError, *locks.CONFLICTS) as error:
                # Switched off, a copy, or somebody is at it just now: the next time, perhaps.
                _logger.info("Administrations of %s were not read: %s", connection.id, error)
            except Exception:  # one connection's trouble never stops another's
                _logger.exception("Reading the administrations of %s stopped", connection.id)

    def _read_administrations(self):
        """Bring the administrations up to date with what Exact says the user allowed.

        Those of other organisations too that share the grant: a consent is the user's, for all.
        """
        self.ensure_one()
        with self._get_client() as client:
            me = client.me()
            # Any number will do in this address; the user's current one always exists
            # (API reference, chapter 4.2).
            divisions = client.divisions(me["CurrentDivision"])
        self.sudo()._set_connected(me)
        Administration = self.env["keeping.exact.administration"].sudo()
        for connection in self.sudo().grant_id.connection_ids:
            Administration._update_from_exact(connection, divisions)
