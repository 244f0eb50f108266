from odoo import api, fields, models

from ..tools.guards import ADMINISTRATOR


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    keeping_exact_enabled = fields.Boolean(
        related="company_id.keeping_exact_enabled", readonly=False, groups=ADMINISTRATOR
    )
    keeping_exact_connection_id = fields.Many2one(
        "keeping.exact.connection",
        compute="_compute_keeping_exact_connection_id",
        groups=ADMINISTRATOR,
    )
    keeping_exact_connection_state = fields.Selection(
        related="keeping_exact_connection_id.state", groups=ADMINISTRATOR
    )

    @api.depends("company_id")
    def _compute_keeping_exact_connection_id(self):
        for settings in self:
            connections = settings.company_id.keeping_exact_connection_ids
            # The one that works says most about the organisation.
            settings.keeping_exact_connection_id = (
                connections.filtered(lambda c: c.state in ("connected", "attention"))[:1]
                or connections[:1]
            )

    def action_keeping_exact_connect(self):
        """Open the integrations page, to start connecting or to see what is connected."""
        self.ensure_one()
        Connection = self.env["keeping.exact.connection"].with_company(self.company_id)
        return Connection.action_open_integrations()
