from odoo import api, fields, models

HOURS = [("direct", "Direct (billable)"), ("indirect", "Indirect (not billed)")]


class ProjectProject(models.Model):
    _name = "project.project"
    _inherit = ["project.project", "keeping.exact.start"]

    _exact_wizard_field = "project_ids"

    keeping_exact_hours = fields.Selection(
        HOURS,
        string="Hours on the project are",
        compute="_compute_keeping_exact_hours",
        store=True,
        readonly=False,
        groups="keeping_exact_connector.group_user",
        help="Direct hours are billed in Exact Online, indirect hours are not. A task can say "
        "otherwise. Internal projects, that of time off among them, start as indirect.",
    )
    keeping_exact_your_ref = fields.Char(
        string="Reference on invoices",
        groups="keeping_exact_connector.group_user",
        help="The customer's order number for this project. It stands as Your reference on "
        "invoices in Exact. Empty: that of the customer.",
    )
    keeping_exact_item_id = fields.Many2one(
        "keeping.exact.item",
        string="Item in Exact",
        ondelete="set null",
        index="btree_not_null",
        # A project may be of all organisations.
        domain="[('is_sales', '=', True)]"
        " + (company_id and [('company_id', '=', company_id)] or [])",
        groups="keeping_exact_connector.group_invoicing",
        help="Hours of this project are booked on it, unless the rate card has another item for "
        "them. Empty: the hours item of the administration. In another administration it is the "
        "item of the same code.",
    )
    keeping_exact_cost_centre = fields.Char(
        string="Cost centre in Exact",
        groups="keeping_exact_connector.group_user",
        help="Its code. The task goes before the project, the project before the employee.",
    )
    keeping_exact_cost_unit = fields.Char(
        string="Cost unit in Exact",
        groups="keeping_exact_connector.group_user",
        help="Its code. The task goes before the project, the project before the employee.",
    )
    keeping_exact_invoice_count = fields.Integer(
        string="Exact invoices",
        compute="_compute_keeping_exact_invoice_count",
        groups="keeping_exact_connector.group_user",
        export_string_translation=False,
    )

    # ------------------------------------------------------------------ compute

    @api.depends("company_id.internal_project_id")
    def _compute_keeping_exact_hours(self):
        for project in self:
            internal = project.sudo().company_id.internal_project_id
            known = project.keeping_exact_hours or "direct"
            project.keeping_exact_hours = "indirect" if project.sudo() == internal else known

    def _compute_keeping_exact_invoice_count(self):
        groups = self.env["keeping.exact.hour"]._read_group(
            [("project_id", "in", self.ids)], ["project_id"], ["invoice_id:count_distinct"]
        )
        counts = {project.id: count for project, count in groups}
        for project in self:
            project.keeping_exact_invoice_count = counts.get(project.id, 0)

    # ------------------------------------------------------------------ CRUD

    @api.ondelete(at_uninstall=False)
    def _unlink_from_invoiced_hours(self):
        self.env["keeping.exact.hour"]._forget("project_id", self)

    # ------------------------------------------------------------------ actions

    def action_open_keeping_exact_invoices(self):
        """Show the Exact invoices with hours of this project."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_invoice_action"
        )
        domain = [("hour_ids.project_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}
