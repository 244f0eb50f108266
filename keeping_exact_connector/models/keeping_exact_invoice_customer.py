from odoo import api, fields, models

from ..tools.guards import INVOICING
from .keeping_exact_customer import MATCH_REASONS
from .keeping_exact_invoice import EDITABLE_STATES


class KeepingExactInvoiceCustomer(models.Model):
    """Which customer in Exact a draft is for, as long as a person has to say so."""

    _inherit = "keeping.exact.invoice"

    create_customer = fields.Boolean(
        string="Make a new customer in Exact",
        copy=False,
        groups=INVOICING,
        help="None of the customers that look alike is meant.",
    )
    proposed_customer_id = fields.Many2one(
        "keeping.exact.customer", compute="_compute_proposed_customer_id", groups=INVOICING
    )
    proposal_reason = fields.Selection(
        MATCH_REASONS, compute="_compute_proposed_customer_id", groups=INVOICING
    )
    proposal_count = fields.Integer(compute="_compute_proposed_customer_id", groups=INVOICING)
    lookalike_note = fields.Text(compute="_compute_proposed_customer_id", groups=INVOICING)
    invoice_to_id = fields.Many2one(
        "keeping.exact.customer",
        string="Invoice goes to",
        compute="_compute_invoice_to_id",
        groups=INVOICING,
        help="The card of the customer in Exact names another one as who gets its invoices.",
    )

    # ------------------------------------------------------------------ compute

    @api.depends("customer_id", "create_customer", "state")
    @api.depends_context("lang")
    def _compute_proposed_customer_id(self):
        self.proposed_customer_id = self.proposal_reason = self.lookalike_note = False
        self.proposal_count = 0
        undecided = self.filtered(
            lambda i: i.state in EDITABLE_STATES and not i.customer_id and not i.create_customer
        )
        Customer = self.env["keeping.exact.customer"].sudo()
        for administration, invoices in undecided.grouped("administration_id").items():
            proposals = Customer._propose(administration.sudo(), invoices.sudo().partner_id)
            for invoice in invoices:
                proposal = proposals[invoice.partner_id.id]
                invoice.proposed_customer_id = proposal.customer
                invoice.proposal_reason = proposal.reason
                invoice.proposal_count = proposal.count
                invoice.lookalike_note = "\n".join(proposal.notes) or False

    @api.depends("customer_id.invoice_account")
    def _compute_invoice_to_id(self):
        for invoice in self:
            invoiced = invoice.customer_id.invoiced_id
            invoice.invoice_to_id = invoiced if invoiced != invoice.customer_id else False

    # ------------------------------------------------------------------ actions

    def action_use_proposal(self):
        """Accept the customer in Exact that looks like this one."""
        self._check_invoicing()
        for invoice in self.filtered("proposed_customer_id"):
            invoice.customer_id = invoice.proposed_customer_id
        return True

    def action_new_customer(self):
        """Have a new customer made in Exact, although some look alike."""
        self._check_invoicing()
        self.create_customer = True
        return True

    def action_read_lookalikes(self):
        """Read from Exact again those that look alike and could not be invoiced."""
        self._check_invoicing()
        Customer = self.env["keeping.exact.customer"]
        for administration, invoices in self.grouped("administration_id").items():
            Customer._find_others(administration, invoices.sudo().partner_id).action_read_again()
        self.invalidate_recordset()
        return True
