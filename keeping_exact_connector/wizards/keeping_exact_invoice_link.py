from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, format_amount

from ..tools.guards import check_editable

SEARCH, CHOOSE, COMPARE = "search", "choose", "compare"
# What only the flow sets: read from Exact, or worked out from it.
FIXED = {
    "guid",
    "number",
    "exact_date",
    "exact_status",
    "customer_id",
    "currency_id",
    "invoice_amount",
    "invoice_discount",
    "invoice_quantity",
    "shown",
    "notice",
    "proposal",
    "following",
    "search_message",
    "confirmed_difference",
    "step",
    "line_ids",
    "row_ids",
}


class KeepingExactInvoiceLink(models.TransientModel):
    """Links an invoice that was made in Exact with the hours it bills. Nothing is written there.

    Hours are chosen, priced and grouped as for a new invoice, so it is that wizard with another
    end. The invoice is found in ``…_search``, hours are proposed in ``…_proposal`` and set against
    its lines in ``…_compare``; ``…_saving`` makes the link.
    """

    _name = "keeping.exact.invoice.link"
    _description = "Link an Exact Invoice with Hours"
    _inherit = ["keeping.exact.invoice.create"]

    step = fields.Selection(
        [(SEARCH, "Invoice"), (CHOOSE, "Hours"), (COMPARE, "Compare")],
        default=SEARCH,
        required=True,
        readonly=True,
    )
    notice = fields.Char(readonly=True, export_string_translation=False)
    # Of the chosen invoice, as it was read.
    guid = fields.Char(string="Exact ID", readonly=True)
    number = fields.Char(readonly=True)
    exact_date = fields.Date(string="Date of the invoice", readonly=True)
    exact_status = fields.Selection(
        [("open", "Open, may still change"), ("processed", "Processed")],
        string="Status",
        readonly=True,
    )
    customer_id = fields.Many2one("keeping.exact.customer", string="In Exact", readonly=True)
    currency_id = fields.Many2one("res.currency", related=None, store=True, readonly=True)
    invoice_amount = fields.Monetary(
        string="Excl. VAT", readonly=True, help="Of its lines: hours are compared with these"
    )
    invoice_discount = fields.Float(
        readonly=True, help="Of the customer, off the whole invoice", digits=(16, 4)
    )
    invoice_quantity = fields.Float(string="Quantity on its lines", digits=(16, 2), readonly=True)
    # What was read, in one piece: whether it is still so is seen at once.
    shown = fields.Char(readonly=True, export_string_translation=False)
    # What hours are chosen.
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        domain="[('parent_id', '=', False), ('company_id', 'in', (False, company_id))]",
        help="Whose hours the invoice bills. An invoice has one customer.",
    )
    partner_known = fields.Boolean(
        compute="_compute_partner_known", export_string_translation=False
    )
    proposal = fields.Char(readonly=True)
    left_stranger_count = fields.Integer(compute="_compute_found", export_string_translation=False)
    worth_by = fields.Selection(
        [
            ("rate_card", "Rate card"),
            ("invoice_rate", "One hourly rate"),
            ("line_rate", "The prices of the invoice"),
        ],
        string="Hours are worth",
        default=lambda self: self._default_worth_by(),
        required=True,
        help="When they are set against the lines. What each hour is billed for follows from the "
        "line it is on.",
    )
    # Of the ways to price a new invoice these three are left: its lines are there already.
    rate_mode = fields.Selection(compute="_compute_rate_mode", store=True, readonly=True)
    found_difference = fields.Monetary(
        compute="_compute_found_difference", export_string_translation=False
    )
    line_ids = fields.One2many(
        "keeping.exact.invoice.link.line", "link_id", string="Lines in Exact", readonly=True
    )

    # ------------------------------------------------------------------ defaults

    def _default_worth_by(self):
        mode = self._default_rate_mode()
        return mode if mode == "rate_card" else "line_rate"

    @api.model
    def _open_for(self, timesheets):
        """Open the wizard for hand-picked timesheets: the invoice is still to be found.

        :param timesheets: account.analytic.line that the user may read
        """
        company = timesheets.company_id[:1] or self.env.company
        vals = {"timesheet_ids": [Command.set(timesheets.ids)], "period": False}
        partner = timesheets.partner_id.commercial_partner_id
        if len(partner) == 1:
            vals["partner_id"] = partner.id
        link = self.with_company(company)
        return link._open_with({**vals, "date_from": False, "date_to": False})

    @api.model
    def _open_with(self, vals):
        link = self.create({"company_id": self.env.company.id, **vals})
        link._prepare_search()
        return link._show_step()

    @api.model
    def action_open(self):
        """Open the wizard without a choice of hours, from the menu or the list of invoices."""
        return self._open_with({"period": False, "date_from": False, "date_to": False})

    def _show_step(self):
        """Return the action that shows the wizard as it is now."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Link an existing invoice"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {**self.env.context, "dialog_size": "extra-large"},
        }

    # ------------------------------------------------------------------ compute

    @api.depends("worth_by")
    def _compute_rate_mode(self):
        for link in self:
            link.rate_mode = link.worth_by

    @api.depends("customer_id")
    def _compute_partner_known(self):
        for link in self:
            link.partner_known = bool(link.sudo().customer_id.partner_id)

    @api.depends("partner_id")
    def _compute_found(self):
        return super()._compute_found()

    @api.depends("found_amount", "invoice_amount", "rate_mode")
    def _compute_found_difference(self):
        for link in self:
            priced = link.rate_mode != "line_rate"
            link.found_difference = priced and link.invoice_amount - link.found_amount

    # ------------------------------------------------------------------ CRUD

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            check_editable(self, vals, set(self._fields) - FIXED)
        return super().create(vals_list)

    def write(self, vals):
        check_editable(self, vals, set(self._fields) - FIXED)
        result = super().write(vals)
        if "confirm_difference" in vals:
            # Agreed to is what was in view, with the lines that were chosen along with the tick.
            for link in self:
                size = link.difference_size if link.confirm_difference else 0
                link.sudo().confirmed_difference = size
        return result

    # ------------------------------------------------------------------ choice of hours

    @api.model
    def _get_reasons(self):
        """Hours of another customer come before all other reasons: nothing helps them."""
        reasons = super()._get_reasons()
        return {"stranger": self.env._("of another customer"), **reasons}

    def _sql_reasons(self):
        # Hours without a customer have a reason of their own.
        return {
            **super()._sql_reasons(),
            "stranger": SQL(
                "partner.commercial_partner_id != %s", self._get_partner()._origin.id or 0
            ),
        }

    def _get_chosen_domain(self):
        domain = super()._get_chosen_domain()
        if self.timesheet_ids:
            return domain
        partner = self._get_partner()._origin
        return domain & Domain("partner_id.commercial_partner_id", "=", partner.id or 0)

    def _get_partner(self):
        return self.partner_id.commercial_partner_id

    # ------------------------------------------------------------------ actions

    def action_back(self):
        """Go back one step; what was chosen stays."""
        self.ensure_one()
        step = CHOOSE if self.step == COMPARE else SEARCH
        self.sudo().write({"step": step, "notice": False})
        return self._show_step()

    def action_preview(self):
        """There is no draft of an invoice that is there already."""
        raise UserError(self.env._("An invoice that is in Exact Online already is only linked."))

    def action_create(self):
        """Nothing is made in Exact here."""
        return self.action_preview()

    # ------------------------------------------------------------------ checks

    def _check_may_link(self):
        """Refuse whoever may not invoice in this administration.

        :raise UserError: says what is missing
        """
        self._check_invoicing()
        administration = self.administration_id
        if not administration:
            raise UserError(self.env._("Choose the administration first."))
        # Read as the user: another organisation's administration is refused here.
        administration.check_access("read")
        if self.company_id != administration.company_id:
            raise UserError(self.env._("This administration belongs to another organisation."))
        administration._check_ready()

    def _get_own_currency(self):
        return self.currency_id or super()._get_own_currency()

    def _format(self, amount):
        return format_amount(self.env, amount, self.currency_id)
