from odoo import fields, models


class KeepingExactAdministrationCustomers(models.Model):
    """What an administration says about its customers and their invoices."""

    _inherit = "keeping.exact.administration"

    your_ref_required = fields.Boolean(
        string="Demand a reference",
        help="No invoice goes to Exact without Your reference. A single customer can be demanded "
        "to have one on its contact.",
    )
    customer_number_source = fields.Selection(
        [("exact", "Given by Exact"), ("odoo", "Reference of the contact")],
        string="Numbers of new customers",
        default="exact",
        required=True,
        help="Of customers that are made in Exact from here.",
    )

    ignored_partner_ids = fields.Many2many(
        "res.partner",
        "keeping_exact_ignored_partner",
        "administration_id",
        "partner_id",
        string="Ignored customers",
        readonly=True,
        groups="keeping_exact_connector.group_invoicing,keeping_exact_connector.group_administrator",
        help="Not invoiced in this administration, so not asked for.",
    )
