from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .. import exact_online
from ..tools import messages
from ..tools.guards import check_administrator
from .keeping_exact_administration import SYNC_RETRY

#: Codes of tools.messages for an administration that this user, or this app, may not open.
NO_ACCESS_CODES = ("no_division", "no_division_access")


class KeepingExactAdministrationAccess(models.Model):
    """Which connections can open an administration, and through which one it is used.

    A connection is one Exact user. An administration stays linked, with its defaults, customers,
    invoices and hours, when it is used through another one of the same organisation.
    """

    _inherit = "keeping.exact.administration"

    reach_ids = fields.Many2many(
        "keeping.exact.connection",
        "keeping_exact_administration_reach",
        "administration_id",
        "connection_id",
        string="Can be opened by",
        readonly=True,
        copy=False,
        check_company=True,
        groups="keeping_exact_connector.group_administrator",
    )
    # Linked, but the Exact user of its connection cannot open it any more.
    access_lost = fields.Boolean(readonly=True, copy=False, tracking=True)

    # ------------------------------------------------------------------ actions

    def action_use_connection(self):
        """Choose another connection to use the administration through; links and hours stay."""
        self.ensure_one()
        check_administrator(self)
        if not self._get_other_connections():
            raise UserError(
                self.env._(
                    "No other connection of %(company)s can open %(name)s. Add a connection for "
                    "another Exact user first, who may open this administration.",
                    company=self.company_id.name,
                    name=self.display_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Use another connection"),
            "res_model": "keeping.exact.use.connection",
            "view_mode": "form",
            "target": "new",
            "context": {"default_administration_id": self.id},
        }

    def _get_other_connections(self):
        """Return the connections that could take over, as far as Exact told last."""
        self.ensure_one()
        connections = self.reach_ids - self.connection_id
        return connections.filtered(lambda connection: connection.state == "connected")

    def _use_connection(self, connection):
        """Use the administration through another connection; nothing else of it changes.

        Asks Exact first, since what it told last may be old.

        :param connection: another keeping.exact.connection of the same organisation and site
        :raise UserError: that connection cannot open it, or Exact could not be read
        """
        self.ensure_one()
        check_administrator(self)
        connection.check_access("read")
        same = (connection.company_id, connection.site) == (self.company_id, self.site)
        if same and connection.state == "connected":
            with connection._user_errors():
                connection._read_administrations()
        if not same or connection not in self.reach_ids or connection.state != "connected":
            raise UserError(
                self.env._(
                    "The Exact user of %(connection)s cannot open %(name)s. Nothing was changed.",
                    connection=connection.name,
                    name=self.display_name,
                )
            )
        before = self.connection_id
        administration_sudo = self.sudo()
        administration_sudo.write({"connection_id": connection.id, "access_lost": False})
        administration_sudo._message_log(
            body=self.env._(
                "Used through another connection: from %(old)s to %(new)s.",
                old=before.name,
                new=connection.name,
            )
        )
        administration_sudo._go_on()

    # ------------------------------------------------------------------ business

    @api.model
    def _update_from_exact(self, connection, divisions):
        """Make, update and mark administrations after reading system/Divisions.

        :param connection: the keeping.exact.connection that read them
        :param list divisions: rows of system/Divisions
        """
        domain = [("company_id", "=", connection.company_id.id), ("site", "=", connection.site)]
        known = {administration.code: administration for administration in self.search(domain)}
        currencies = self._get_currencies(divisions)
        new, seen = [], self.browse()
        for row in divisions:
            vals = {
                "name": row.get("Description") or str(row["Code"]),
                "country_code": row.get("Country"),
                "currency_id": currencies.get(row.get("Currency"), False),
            }
            administration = known.get(row["Code"])
            if administration:
                seen |= administration
                administration._note_seen(connection, vals)
            else:
                key = {"company_id": connection.company_id.id, "site": connection.site}
                through = {"connection_id": connection.id, "reach_ids": connection.ids}
                new.append({**key, **through, "code": row["Code"], **vals})
        self.create(new)
        mine = self.browse([administration.id for administration in known.values()])
        mine = mine.filtered(lambda a: connection in a.reach_ids or a.connection_id == connection)
        (mine - seen)._note_unseen(connection)

    @api.model
    def _get_currencies(self, divisions):
        names = {row.get("Currency") for row in divisions} - {None}
        Currency = self.env["res.currency"].with_context(active_test=False)
        return {
            currency.name: currency.id for currency in Currency.search([("name", "in", [*names])])
        }

    def _note_seen(self, connection, vals):
        """The Exact user of a connection can open it."""
        self.ensure_one()
        if connection not in self.reach_ids:
            vals = {**vals, "reach_ids": [Command.link(connection.id)]}
        if self.state == "inaccessible":
            vals = {**vals, "state": "available"}
        # The connection in use is not replaced unasked, unless somebody put an end to it.
        if self.state != "linked" or self.connection_id.state == "disconnected":
            vals = {**vals, "connection_id": connection.id}
        self._write_changed(vals)
        if self.access_lost and self.connection_id == connection:
            self._regain_access()

    def _write_changed(self, vals):
        def before(name):
            value = self[name]
            return value.id if isinstance(value, models.BaseModel) else value

        changed = {
            name: value
            for name, value in vals.items()
            if name == "reach_ids" or before(name) != value
        }
        if changed:
            self.write(changed)

    def _note_unseen(self, connection):
        """The Exact user of a connection cannot open these (any more).

        What is linked stays linked: hours and invoices hang on it, and it may come back.
        """
        self.write({"reach_ids": [Command.unlink(connection.id)]})
        for administration in self.filtered(lambda a: a.connection_id == connection):
            others = administration._get_other_connections()
            if administration.state == "linked":
                administration._lose_access()
            elif others:
                administration.connection_id = others[0]
            else:
                administration.state = "inaccessible"

    def _note_reading(self, error=None):
        """Learn from a reading whether the connection in use can open it.

        :param exact_online.ExactError error: what stopped the reading
        """
        self.ensure_one()
        if not error and self.access_lost:
            self.reach_ids = [Command.link(self.connection_id.id)]
            self._regain_access()
        elif isinstance(error, exact_online.NoRight) and messages.code_of(error) in NO_ACCESS_CODES:
            self._note_unseen(self.connection_id)

    def _lose_access(self):
        # Read again soon and again: that is how it comes back by itself.
        soon = fields.Datetime.now() + SYNC_RETRY
        self.write({"access_lost": True, "sync_at": min(self.sync_at or soon, soon)})
        self.env.ref("keeping_exact_connector.ir_cron_sync")._trigger(at=soon)

    def _regain_access(self):
        self.access_lost = False
        self._go_on()

    def _go_on(self):
        """Go on with what waited for these administrations."""
        self._end_pause()
        self.env["keeping.exact.operation"]._resume_administrations(self)
