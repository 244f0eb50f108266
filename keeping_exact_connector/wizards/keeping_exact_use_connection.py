from odoo import api, fields, models

from ..tools.guards import check_administrator


class KeepingExactUseConnection(models.TransientModel):
    _name = "keeping.exact.use.connection"
    _description = "Use an Administration through Another Connection"
    _check_company_auto = True

    administration_id = fields.Many2one(
        "keeping.exact.administration", required=True, readonly=True, check_company=True
    )
    company_id = fields.Many2one(related="administration_id.company_id", store=True)
    current_id = fields.Many2one(related="administration_id.connection_id", string="Used until now")
    candidate_ids = fields.Many2many("keeping.exact.connection", compute="_compute_candidate_ids")
    connection_id = fields.Many2one(
        "keeping.exact.connection",
        string="Use from now on",
        required=True,
        compute="_compute_connection_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', candidate_ids)]",
        check_company=True,
        help="Connections of the same organisation whose Exact user can open the administration.",
    )

    @api.depends("administration_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            administration = wizard.administration_id
            wizard.candidate_ids = administration and administration._get_other_connections()

    @api.depends("candidate_ids")
    def _compute_connection_id(self):
        for wizard in self:
            wizard.connection_id = wizard.candidate_ids[:1]

    def action_apply(self):
        """Use the chosen connection; links, hours and defaults stay as they are."""
        self.ensure_one()
        check_administrator(self.administration_id)
        self.administration_id._use_connection(self.connection_id)
        return {"type": "ir.actions.act_window_close"}
