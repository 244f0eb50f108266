from odoo import api, fields, models

from ..models.keeping_exact_invoice import IN_EXACT, UNDER_WAY
from ..tools.guards import check_administrator


class KeepingExactDisconnect(models.TransientModel):
    """The question before a connection or an administration is given up, with real numbers."""

    _name = "keeping.exact.disconnect"
    _description = "Disconnect from Exact Online"

    connection_id = fields.Many2one("keeping.exact.connection", readonly=True, ondelete="cascade")
    administration_id = fields.Many2one(
        "keeping.exact.administration", readonly=True, ondelete="cascade"
    )
    administration_names = fields.Char(compute="_compute_numbers")
    waiting_count = fields.Integer(string="Invoices that wait", compute="_compute_numbers")
    draft_count = fields.Integer(string="Drafts", compute="_compute_numbers")
    link_count = fields.Integer(string="Invoices in Exact", compute="_compute_numbers")
    hours = fields.Float(string="Hours billed", compute="_compute_numbers")
    may_go_on = fields.Boolean(compute="_compute_numbers")

    # ------------------------------------------------------------------ compute

    @api.depends("connection_id", "administration_id")
    def _compute_numbers(self):
        for wizard in self:
            # Numbers only: an administrator need not be one who sees the invoices themselves.
            administrations_sudo = wizard._get_administrations_sudo()
            found = wizard._count_links(administrations_sudo)
            wizard.waiting_count = sum(found.get(state, (0, 0))[0] for state in UNDER_WAY)
            wizard.draft_count = sum(found.get(state, (0, 0))[0] for state in ("draft", "failed"))
            wizard.link_count = sum(found.get(state, (0, 0))[0] for state in IN_EXACT)
            wizard.hours = sum(found.get(state, (0, 0))[1] for state in IN_EXACT)
            linked = administrations_sudo.filtered(lambda a: a.state == "linked")
            wizard.administration_names = ", ".join(linked.mapped("display_name"))
            wizard.may_go_on = not (wizard.administration_id and wizard.waiting_count)

    def _get_administrations_sudo(self):
        self.ensure_one()
        # What is counted past the user's rights belongs to a record that they may write.
        check_administrator(self.administration_id or self.connection_id, also_off=True)
        return self.administration_id.sudo() or self.connection_id.sudo().administration_ids

    def _count_links(self, administrations):
        groups = administrations.env["keeping.exact.invoice"]._read_group(
            [("administration_id", "in", administrations.ids)],
            ["state"],
            ["__count", "hours:sum"],
        )
        return {state: (count, hours) for state, count, hours in groups}

    # ------------------------------------------------------------------ actions

    def action_confirm(self):
        """Do it; the connection is shown afterwards, with the offer to connect again."""
        self.ensure_one()
        record = self.administration_id or self.connection_id
        check_administrator(record, also_off=True)
        if self.administration_id:
            record.action_unlink()
        else:
            record.action_disconnect()
        return {"type": "ir.actions.act_window_close"}

    def action_open_waiting(self):
        """Show the invoices that wait: they are sent or released first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_invoice_action"
        )
        domain = [
            ("administration_id", "in", self._get_administrations_sudo().ids),
            ("state", "in", UNDER_WAY),
        ]
        return {**action, "domain": domain, "context": {}}

    # ------------------------------------------------------------------ business

    @api.model
    def _ask(self, connection=None, administration=None):
        """Return the action that asks.

        :param connection: the keeping.exact.connection to disconnect, or
        :param administration: the keeping.exact.administration to unlink
        """
        check_administrator(connection or administration, also_off=True)
        wizard = self.create(
            {
                "connection_id": connection and connection.id,
                "administration_id": administration and administration.id,
            }
        )
        title = self.env._("Disconnect") if connection else self.env._("Unlink")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }
