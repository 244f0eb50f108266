from odoo import api, fields, models


class KeepingExactMove(models.TransientModel):
    """The page to export the links of an organisation, or to import them."""

    _name = "keeping.exact.move"
    _description = "Move or Keep Exact Online Links"

    company_id = fields.Many2one(
        "res.company", string="Organisation", required=True, readonly=True, ondelete="cascade"
    )
    link_count = fields.Integer(compute="_compute_counts", export_string_translation=False)
    hour_count = fields.Integer(compute="_compute_counts", export_string_translation=False)
    left_out_count = fields.Integer(compute="_compute_counts", export_string_translation=False)
    last_id = fields.Many2one(
        "keeping.exact.export", compute="_compute_last", export_string_translation=False
    )
    last_made_at = fields.Datetime(related="last_id.made_at")
    last_by_id = fields.Many2one(related="last_id.create_uid", string="Exported by")
    last_digest = fields.Char(related="last_id.digest")
    is_kept = fields.Boolean(compute="_compute_last", export_string_translation=False)

    # ------------------------------------------------------------------ compute

    @api.depends("company_id")
    def _compute_counts(self):
        Export = self.env["keeping.exact.export"]
        for wizard in self:
            Export._check_may_move(wizard.company_id, also_off=True)
            counts = Export._count(wizard.company_id)
            wizard.link_count, wizard.hour_count, wizard.left_out_count = counts

    @api.depends("company_id")
    def _compute_last(self):
        Export = self.env["keeping.exact.export"]
        for wizard in self:
            Export._check_may_move(wizard.company_id, also_off=True)
            wizard.last_id = Export._get_last(wizard.company_id)
            wizard.is_kept = Export._is_kept(wizard.company_id)

    # ------------------------------------------------------------------ actions

    @api.model
    def action_open(self):
        """Open the page for the organisation that one works in."""
        company = self.env.company
        self.env["keeping.exact.export"]._check_may_move(company, also_off=True)
        wizard = self.create({"company_id": company.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move or keep links"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_export(self):
        """Download the file."""
        self.ensure_one()
        return self.env["keeping.exact.export"]._ask_file(self.company_id)

    def action_import(self):
        """Open the page where a file is imported."""
        self.ensure_one()
        return self.env["keeping.exact.import"]._open(self.company_id)

    def action_show_left_out(self):
        """Show the links that are not in the file."""
        self.ensure_one()
        Export = self.env["keeping.exact.export"]
        Export._check_may_move(self.company_id, also_off=True)
        found = self.env.execute_query(Export._sql_left_out(self.company_id))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_invoice_action"
        )
        return {**action, "domain": [("id", "in", [row[0] for row in found])], "context": {}}
