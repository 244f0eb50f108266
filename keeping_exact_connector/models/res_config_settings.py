from odoo import api, fields, models

ADMINISTRATOR = "keeping_exact_connector.group_administrator"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

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
            domain = [("company_id", "=", settings.company_id.id)]
            settings.keeping_exact_connection_id = self.env["keeping.exact.connection"].search(
                domain, limit=1
            )

    def action_keeping_exact_connect(self):
        """Open the connection of the organisation, or a new one, to start connecting."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_connection_action"
        )
        action.update(views=[(False, "form")], res_id=self.keeping_exact_connection_id.id)
        return action
