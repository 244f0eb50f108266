import time

from odoo import api, http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import verify_hash_signed

from .. import exact_online
from ..models.keeping_exact_connection import CALLBACK_PATH, STATE_SCOPE
from ..models.keeping_exact_connection_use import ConsentBusy
from ..tools.locks import CONFLICTS

GROUP = "keeping_exact_connector.group_administrator"
# A renewal of tokens or a save by somebody else is over in a moment.
TRIES, PAUSE = 20, 0.5


class ExactOAuthController(http.Controller):
    """Where Exact sends the browser after the question for consent."""

    @http.route(CALLBACK_PATH, type="http", auth="user", methods=["GET"], save_session=False)
    def callback(self, state=None, code=None, error=None, **_params):
        """Exchange the code, or say what happened and what to do.

        Assumes an attacker: nothing is done unless the state was made for this user, this
        organisation and this connection, has not expired and has not been used.

        :param str state: what :meth:`KeepingExactConnection._make_state` signed
        :param str code: the authorization code, good for three minutes and once
        :param str error: set by Exact when the user refused
        """
        env = request.env
        connection, nonce = self._read_state(env, state)
        if not connection:
            return self._explain(
                env._("This page was not opened from a question of yours, or too late."),
                env._("Go back to the connection and click Start connecting again."),
            )
        refusal = connection.company_id._get_keeping_exact_refusal()
        if refusal:
            return self._explain(
                refusal,
                env._("Nothing was changed. Click Start connecting again when it is on."),
                connection,
            )
        if not self._use_nonce(connection, nonce):
            return self._explain(
                env._("This answer of Exact Online was used before."),
                env._("If the connection is not there, click Start connecting again."),
                connection,
            )
        if error or not code:
            return self._explain(
                env._("You did not allow access, so nothing was changed."),
                env._("Click Start connecting again when you want to connect."),
                connection,
            )
        try:
            self._accept(connection, code)
        except (exact_online.ExactError, UserError) as problem:
            return self._explain(
                env._("Exact Online did not make the connection: %s", self._text(env, problem)),
                env._("Click Start connecting again. Nothing else was changed."),
                connection,
            )
        return request.redirect(f"/odoo/exact-connections/{connection.id}")

    def _read_state(self, env, state):
        try:
            values = verify_hash_signed(env(su=True), STATE_SCOPE, state or "")
            connection_id, user_id, company_id, nonce = values
        except (TypeError, ValueError):
            return None, None
        connection = env["keeping.exact.connection"].browse(connection_id).exists()
        mine = connection and user_id == env.uid and env.user.has_group(GROUP)
        # The callback carries no choice of organisations: those of the user count.
        connection = connection.with_context(allowed_company_ids=env.user.company_ids.ids)
        if not mine or not connection.has_access("write") or connection.company_id.id != company_id:
            return None, None
        return connection, nonce

    def _use_nonce(self, connection, nonce):
        """Take the nonce, for good: in a cursor of its own, so that a retry cannot reuse it."""
        passing = (ConsentBusy, *CONFLICTS)
        return self._commit(connection, lambda own: own.sudo()._take_nonce(nonce), passing)

    def _accept(self, connection, code):
        # A code works once, so the exchange is committed as soon as Exact has answered.
        with connection.env.registry.cursor() as turn:
            connection._wait_for_consents(turn)
            self._commit(connection, lambda own: own._accept_consent(code), (ConsentBusy,))
        self._commit(connection, lambda own: own._resume_work(), CONFLICTS)
        self._commit(connection, self._read_administrations, CONFLICTS)

    def _read_administrations(self, connection):
        try:
            connection._read_administrations()
        except exact_online.ExactError as problem:
            # The connection is there all the same; what is wrong is said on it.
            text = self._text(connection.env, problem)
            connection.sudo()._set_attention("no_administrations", text)

    def _commit(self, connection, work, passing):
        """Do something with the connection in a cursor of its own.

        Odoo would repeat the whole request after a conflict, and the question is used up by now.

        :param passing: errors after which it is tried again
        """
        for tries_left in reversed(range(TRIES)):
            try:
                with connection.env.registry.cursor() as cr:
                    return work(self._in_cursor(connection, cr))
            except passing:
                if not tries_left:
                    raise
                time.sleep(PAUSE)
        return None

    def _in_cursor(self, connection, cr):
        env = api.Environment(cr, connection.env.uid, connection.env.context)
        return env["keeping.exact.connection"].browse(connection.id)

    def _text(self, env, problem):
        if isinstance(problem, exact_online.ExactError):
            return env["keeping.exact.operation"]._explain(problem)
        return str(problem)

    def _explain(self, what, remedy, connection=None):
        values = {
            "what": what,
            "remedy": remedy,
            "url": f"/odoo/exact-connections/{connection.id}"
            if connection
            else "/odoo/exact-connections",
        }
        response = request.render("keeping_exact_connector.oauth_problem", values)
        response.status_code = 400
        return response
