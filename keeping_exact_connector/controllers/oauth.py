import re
import time

from werkzeug.exceptions import MethodNotAllowed

from odoo import api, http
from odoo.exceptions import UserError
from odoo.http import request

from .. import exact_online
from ..models.keeping_exact_connection import CALLBACK_PATH
from ..models.keeping_exact_connection_consent import ConsentBusy, ConsentEnd
from ..tools import consent, messages
from ..tools.locks import CONFLICTS

GROUP = "keeping_exact_connector.group_administrator"
PARAMETERS = ("state", "code", "error")
# Errors of RFC 6749, 4.1.2.1. Anything else that stands there may be anybody's text.
ERRORS = re.compile(
    "invalid_request|unauthorized_client|unsupported_response_type|invalid_scope|server_error"
    "|temporarily_unavailable"
)
# A renewal of tokens or a save by somebody else is over in a moment.
TRIES, PAUSE = 20, 0.5


class ExactOAuthController(http.Controller):
    """Where Exact sends the browser after the question for consent."""

    @http.route(CALLBACK_PATH, type="http", auth="user", methods=["GET"], save_session=False)
    def callback(self, **_params):
        """Exchange the code, or say what happened and what to do.

        Assumes an attacker: nothing is done unless the state was made for this user, this
        organisation and this connection, has not expired and has not been used
        (:mod:`..tools.consent`). Nothing of the address is shown, or followed.
        """
        if request.httprequest.method != "GET":
            # Werkzeug lets HEAD through with GET: a scanner of links must not use the answer up.
            raise MethodNotAllowed(["GET"])
        params = self._read_parameters()
        if params is None:
            return self._explain(ConsentEnd("no_question"))
        end, question, connection = self._find(params.get("state"))
        if end:
            return self._explain(end, connection)
        end = self._use_nonce(connection, question.nonce) or self._answer(
            connection, question, params
        )
        if end:
            return self._explain(end, connection)
        return self._private(request.redirect(f"/odoo/exact-connections/{connection.id}"))

    def _read_parameters(self):
        """Return the parameters by name, or None when they are not as Exact sends them."""
        found = {}
        for name in PARAMETERS:
            values = request.httprequest.args.getlist(name)
            # Each at most once (RFC 6749, 3.1): of two, nobody can tell which one was meant.
            if len(values) > 1 or any(len(value) > consent.MAX_LENGTH for value in values):
                return None
            found[name] = values[0] if values else None
        return found

    def _find(self, state):
        """Return how it ended if it did, else the question and the connection it was asked for."""
        env = request.env
        question = consent.read(env(su=True), state)
        if not question:
            return ConsentEnd("no_question"), None, None
        if question.user_id != env.uid:
            return ConsentEnd("other_user", env.user.name), None, None
        connection = env["keeping.exact.connection"].browse(question.connection_id)
        # The callback carries no choice of organisations: those of the user count.
        connection = connection.with_context(allowed_company_ids=env.user.company_ids.ids)
        if not env.user.has_group(GROUP):
            return ConsentEnd("no_right"), None, None
        if not connection.exists():
            return ConsentEnd("deleted"), None, None
        if not connection.has_access("write"):
            return ConsentEnd("no_right"), None, None
        if connection.company_id.id != question.company_id:
            return ConsentEnd("moved"), None, connection
        refusal = connection.company_id._get_keeping_exact_refusal()
        if refusal:
            return ConsentEnd("switched_off", refusal), None, connection
        if question.is_late:
            return ConsentEnd("late"), None, connection
        return None, question, connection

    def _use_nonce(self, connection, nonce):
        """Take the nonce, for good: in a cursor of its own, so that a retry cannot reuse it.

        :return: how it ended, when the nonce is not good any more
        """
        passing = (ConsentBusy, *CONFLICTS)
        try:
            taken = self._commit(connection, lambda own: own.sudo()._take_nonce(nonce), passing)
        except passing:
            return ConsentEnd("busy")
        return None if taken else ConsentEnd("stale")

    def _answer(self, connection, question, params):
        """Do what the answer asks for.

        :return: how it ended, when there is more to say than that it is connected
        """
        error, code = params["error"], params["code"]
        if error and error != "access_denied":
            known = ERRORS.fullmatch(error)
            return ConsentEnd("told_error", error if known else connection.env._("unknown"))
        if error or not code:
            # What Exact sends after a refusal is not known (chapter 1.2): perhaps nothing at all.
            return ConsentEnd("refused")
        try:
            end = self._accept(connection, question, code)
        except exact_online.ExactError as problem:
            return self._end_of(connection.env, problem)
        except ConsentBusy:
            return ConsentEnd("busy")
        except UserError as problem:
            return ConsentEnd("not_here", str(problem))
        if not end or end.code == "same_user":
            self._go_on(connection)
        return end

    def _accept(self, connection, question, code):
        # A code works once, so the exchange is committed as soon as Exact has answered.
        with connection.env.registry.cursor() as turn:
            connection._wait_for_consents(turn)
            return self._commit(
                connection,
                lambda own: own._accept_consent(code, question.redirect_uri, question.hand_over),
                (ConsentBusy,),
            )

    def _go_on(self, connection):
        """What follows once the tokens are kept."""
        self._commit(connection, lambda own: own._resume_work(), CONFLICTS)
        self._commit(connection, lambda own: own._try_administrations(), CONFLICTS)

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

    def _end_of(self, env, problem):
        """Return how it ended when Exact did not trade the code for tokens."""
        if isinstance(problem, exact_online.NotConnected):
            return ConsentEnd("code_refused")
        if isinstance(problem, exact_online.Refused):
            return ConsentEnd("app_refused", messages.text_of(problem))
        if isinstance(problem, exact_online.Unreachable):
            return ConsentEnd("unreachable")
        if isinstance(problem, exact_online.UnknownOutcome):
            return ConsentEnd("no_answer")
        return ConsentEnd("not_here", env["keeping.exact.operation"]._explain(problem))

    # ------------------------------------------------------------------ pages

    def _explain(self, end, connection=None):
        """Show how it ended, what to do now, and the way there."""
        env = request.env
        state = connection.state if connection else None
        works = state == "connected"
        again = works or state == "attention"
        button = env._("Connect again") if again else env._("Start connecting")
        ending = messages.explain_ending(env, end.code, button, text=end.text, user=end.user)
        is_fine = end.code == "same_user"
        values = {
            "ending": ending,
            "works_as": works and ending.unchanged and not is_fine and connection.exact_user_name,
            "is_fine": is_fine,
            "way": self._get_way(ending.step, connection),
        }
        response = request.render("keeping_exact_connector.oauth_problem", values)
        response.status_code = 200 if is_fine else 400
        return self._private(response)

    def _get_way(self, step, connection):
        """Return where the button leads to, and what it says."""
        env = request.env
        if step == "login":
            return "/web/session/logout?redirect=/odoo/exact-connections", env._(
                "Log in as another"
            )
        if step == "home" or not env.user.has_group(GROUP):
            return "/", env._("Back to Odoo")
        if step == "connection" and connection:
            return f"/odoo/exact-connections/{connection.id}", env._("Back to the connection")
        return "/odoo/exact-connections", env._("To the connections")

    def _private(self, response):
        """Have the address, which held a code, neither kept nor told to the next page."""
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
