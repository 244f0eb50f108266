from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.accounts import INVOICING_METHODS
from ..tools.texts import MOST, list_some


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "keeping.exact.start"]

    _exact_wizard_field = "partner_ids"

    keeping_exact_invoice_count = fields.Integer(
        string="Exact invoices",
        compute="_compute_keeping_exact_invoice_count",
        groups="keeping_exact_connector.group_user",
        export_string_translation=False,
    )

    keeping_exact_your_ref = fields.Char(
        string="Reference on invoices",
        groups="keeping_exact_connector.group_user",
        help="The customer's order number or cost centre. It stands as Your reference on invoices "
        "in Exact, unless the project has its own.",
    )
    keeping_exact_your_ref_required = fields.Boolean(
        string="Wants a reference on invoices",
        groups="keeping_exact_connector.group_user",
        help="No invoice goes to Exact for this customer without Your reference.",
    )
    keeping_exact_invoicing_method = fields.Selection(
        INVOICING_METHODS,
        string="Sending of invoices",
        groups="keeping_exact_connector.group_user",
        help="For a customer that is made in Exact from here. Empty: as Exact decides. For one "
        "that is there already its card in Exact holds.",
    )
    keeping_exact_specification = fields.Selection(
        [("always", "Always"), ("never", "Never")],
        string="Hours specification",
        groups="keeping_exact_connector.group_user",
        help="A PDF with the hours, with the invoice in Exact. Empty: as the administration says. "
        "Always counts where the administration leaves it to the customer, never also where it "
        "adds one to each invoice.",
    )

    def _compute_keeping_exact_invoice_count(self):
        groups = self.env["keeping.exact.invoice"]._read_group(
            [("partner_id", "in", self.commercial_partner_id.ids)], ["partner_id"], ["__count"]
        )
        counts = {partner.id: count for partner, count in groups}
        for partner in self:
            partner.keeping_exact_invoice_count = counts.get(partner.commercial_partner_id.id, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_exact_invoice(self):
        invoices = (
            self.env["keeping.exact.invoice"]
            .sudo()
            .search([("partner_id", "in", self.ids)], limit=MOST + 1)
        )
        if invoices:
            raise UserError(
                self.env._(
                    "%(names)s has Exact invoices: %(links)s. Archive the contact instead.",
                    names=list_some(invoices.partner_id.mapped("display_name")),
                    links=list_some(invoices.mapped("name")),
                )
            )

    def action_open_keeping_exact_invoices(self):
        """Show the Exact invoices of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_invoice_action"
        )
        domain = [("partner_id", "=", self.commercial_partner_id.id)]
        return {**action, "domain": domain, "context": {}}
