from markupsafe import escape

from odoo import api, fields, models

from ..tools.guards import check_administrator
from ..tools.messages.health import ENDED, PASSING

ACTIVITY = "keeping_exact_connector.mail_activity_type_connection"


class KeepingExactConnectionHealth(models.Model):
    """How a connection asks for attention, once, and how its work goes on afterwards."""

    _inherit = "keeping.exact.connection"

    state_since = fields.Datetime(string="Since", readonly=True, copy=False)
    # Who allowed access last is the one to ask when it ends.
    connected_by_id = fields.Many2one(
        "res.users", string="Connected by", readonly=True, copy=False, ondelete="set null"
    )
    # Seen at once, also before anybody called Exact and was told.
    is_copied = fields.Boolean(compute="_compute_is_copied", export_string_translation=False)
    last_contact_at = fields.Datetime(
        string="Last contact",
        compute="_compute_last_contact_at",
        compute_sudo=True,
        help="When Exact Online answered last.",
    )

    # ------------------------------------------------------------------ compute

    @api.depends("health_code", "grant_id.database")
    def _compute_is_copied(self):
        copied = self.env["keeping.exact.grant"].sudo()._get_of_other_database().connection_ids
        for connection in self:
            told = connection.health_code == "copied_database"
            connection.is_copied = told or connection in copied

    def _compute_last_contact_at(self):
        answers = self.env["keeping.exact.call"]._get_last_answers("connection_id", self.ids)
        for connection in self:
            # Connections of one grant share its tokens, and only one of them is in the log.
            moments = (answers.get(connection.id), connection.grant_id.refreshed_at)
            connection.last_contact_at = max(filter(None, moments), default=False)

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):
        changed = self.filtered(lambda connection: connection.state != vals.get("state"))
        result = super().write(vals)
        if "state" in vals and changed:
            super(KeepingExactConnectionHealth, changed).write(
                {"state_since": fields.Datetime.now()}
            )
        return result

    # ------------------------------------------------------------------ actions

    def action_disconnect(self):
        result = super().action_disconnect()
        self.sudo()._close_activities()
        return result

    def action_ask_disconnect(self):
        """Say what disconnecting means for links, hours and what waits, and ask."""
        self.ensure_one()
        check_administrator(self, also_off=True)
        return self.env["keeping.exact.disconnect"]._ask(connection=self)

    # ------------------------------------------------------------------ business

    def _set_attention(self, code, text=None):
        """Ask for attention: the state, why, and one thing to do for an administrator.

        Told once for as long as it lasts. Of a crowd of workers that find out at the same moment
        one writes; the others end in a serialization failure, or find it told.

        :param str code: of messages.HEALTH
        :param str text: what belongs in its sentence
        """
        news = self.filtered(lambda connection: not connection._is_told(code, text))
        news.write({"state": "attention", "health_code": code, "health_text": text})
        news._tell_administrator()

    def _is_told(self, code, text):
        if self.state != "attention":
            return False
        if self.health_code == "user_blocked" and code in ENDED:
            return True
        return (self.health_code, self.health_text or None) == (code, text or None)

    def _warn(self, code, text=None):
        """Say that something has to be done soon; the connection works meanwhile."""
        news = self.filtered(lambda c: c.state == "connected" and c.health_code != code)
        news.write({"health_code": code, "health_text": text})
        news._tell_administrator()

    def _pass(self):
        """There is a token: what passes by itself has passed."""
        self.filtered(lambda connection: connection.health_code in PASSING)._work_again()

    def _work_again(self):
        """Go on at once with all that waited for these connections."""
        healed = self.filtered(lambda connection: connection.health_code or connection._is_ill())
        healed.write({"state": "connected", "health_code": False, "health_text": False})
        self._close_activities()
        administrations = self.administration_ids
        administrations.filtered("closed_code").closed_code = False
        administrations._sync_again()
        self.env["keeping.exact.operation"]._resume(self)

    def _is_ill(self):
        return self.state == "attention"

    # ------------------------------------------------------------------ activity

    def _tell_administrator(self):
        """Leave one thing to do, for whoever connected; who works with invoices sees the banner.

        No e-mail: what is told by a job at night must not become a storm of them.
        """
        for connection in self:
            user = connection._get_responsible()
            # A job runs without a language; the text is kept as it is written here.
            speaking = connection.with_context(lang=user.lang, mail_activity_quick_update=True)
            vals = {
                "summary": speaking.env._("The connection with Exact Online needs attention"),
                "note": escape(speaking.health_message or ""),
            }
            open_one = speaking.activity_search([ACTIVITY])
            if open_one:
                open_one.write(vals)
            elif user:
                speaking.activity_schedule(ACTIVITY, user_id=user.id, **vals)

    def _get_responsible(self):
        """Return who connected, if that is still an administrator here, else the first who is."""
        self.ensure_one()
        administrators = self._get_administrators()
        return self.connected_by_id & administrators or administrators[:1]

    def _get_administrators(self):
        """Return the active people who may mend this connection, the longest here first."""
        group = self.env.ref("keeping_exact_connector.group_administrator").sudo()
        domain = [
            ("all_group_ids", "in", group.ids),
            ("company_ids", "in", self.company_id.ids),
            ("share", "=", False),
        ]
        return self.env["res.users"].sudo().search(domain, order="id")

    def _close_activities(self):
        """What was to be done is done; also when it was left open by hand."""
        self.activity_search([ACTIVITY]).unlink()
