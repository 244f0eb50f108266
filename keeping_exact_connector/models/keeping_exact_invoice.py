from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import locks, messages
from ..tools.billing import RATE_MODES, ROUNDING_LEVELS, ROUNDING_METHODS, ROUNDINGS
from ..tools.guards import INVOICING, check_editable, check_invoicing
from ..tools.reference import make_reference

# What a person may change, and only while it is a draft or was refused.
EDITABLE = {
    "invoice_date",
    "your_ref",
    "description",
    "contact_id",
    "customer_id",
    "create_customer",
    "line_ids",
}
EDITABLE_STATES = ("draft", "failed")
UNDER_WAY = ("queued", "sending", "uncertain")
IN_EXACT = ("open", "processed", "paid")
# Hours are live in these states: reserved for, or billed on, this link.
LIVE_STATES = (*EDITABLE_STATES, *UNDER_WAY, *IN_EXACT)


class KeepingExactInvoice(models.Model):
    """One invoice in Exact and the hours it bills.

    Which state may follow which is in ``tools/invoice_states.py``.
    """

    _name = "keeping.exact.invoice"
    _description = "Exact Online Invoice Link"
    _inherit = ["mail.thread", "mail.activity.mixin", "keeping.exact.sendable"]
    _order = "id desc"
    _rec_names_search = ["name", "number", "description", "partner_id"]
    _check_company_auto = True

    _exact_kind = "invoice"
    _exact_post_endpoint = "salesinvoice/SalesInvoices"

    name = fields.Char(
        string="Our reference",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: make_reference(),
        help="Stands at the end of the description of the invoice in Exact.",
    )
    administration_id = fields.Many2one(
        "keeping.exact.administration",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="administration_id.company_id", store=True, index=True, string="Organisation"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    customer_id = fields.Many2one(
        "keeping.exact.customer",
        string="Customer in Exact",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        groups=INVOICING,
        domain="[('administration_id', '=', administration_id), ('status', '=', 'C'),"
        " ('blocked', '=', False), ('partner_id', 'in', (False, partner_id))]",
    )
    origin = fields.Selection(
        [("created", "Made from hours"), ("linked", "Linked to an existing invoice")],
        default="created",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("queued", "Waiting"),
            ("sending", "Sending"),
            ("uncertain", "Looking up"),
            ("failed", "Refused"),
            ("open", "Open in Exact"),
            ("processed", "Processed"),
            ("paid", "Paid"),
            ("credited", "Credited"),
            ("removed", "Removed in Exact"),
            ("disconnected", "Disconnected"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    guid = fields.Char(string="Exact ID", readonly=True, copy=False, index="btree_not_null")
    number = fields.Char(readonly=True, copy=False, help="Given by Exact when it is processed")
    invoice_date = fields.Date(
        string="Invoice date",
        help="The date you wish; Exact sets the date when the invoice is processed there.",
    )
    due_date = fields.Date(string="Due date", readonly=True, copy=False)
    your_ref = fields.Char(string="Your reference", help="The customer's order number")
    description = fields.Char(help="Header of the invoice; our reference is put behind it.")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount_untaxed = fields.Monetary(
        string="Excl. VAT", compute="_compute_amounts", store=True, groups=INVOICING
    )
    amount_total = fields.Monetary(
        string="Incl. VAT",
        compute="_compute_amounts",
        store=True,
        groups=INVOICING,
        help="Including VAT; an estimate until sent",
    )
    hours = fields.Float(compute="_compute_amounts", store=True, digits=(16, 2))
    line_ids = fields.One2many(
        "keeping.exact.invoice.line", "invoice_id", string="Lines", groups=INVOICING
    )
    hour_ids = fields.One2many("keeping.exact.hour", "invoice_id", string="Hours billed")
    billed_hours = fields.Float(compute="_compute_amounts", store=True, digits=(16, 2))
    covered_hours = fields.Float(
        compute="_compute_covered_hours",
        digits=(16, 2),
        help="Hours that this invoice pays for without having them on a line: an advance, or a "
        "fixed price",
    )
    rate_mode = fields.Selection(
        RATE_MODES, string="Price", readonly=True, copy=False, groups=INVOICING
    )
    rounding = fields.Selection(ROUNDINGS, readonly=True, copy=False)
    rounding_method = fields.Selection(
        ROUNDING_METHODS, string="Rounded", readonly=True, copy=False
    )
    rounding_level = fields.Selection(
        ROUNDING_LEVELS, string="What is rounded", readonly=True, copy=False
    )
    date_from = fields.Date(string="First day", readonly=True)
    date_to = fields.Date(string="Last day", readonly=True)
    sent_at = fields.Datetime(string="In Exact since", readonly=True, copy=False)

    _name_unique = models.Constraint("UNIQUE (name)", "Our reference must be unique.")
    # One that was disconnected can be linked again, with other hours.
    _guid_unique = models.UniqueIndex(
        "(administration_id, guid) WHERE guid IS NOT NULL"
        " AND state NOT IN ('disconnected', 'removed')",
        "This invoice of Exact is linked already.",
    )

    # ------------------------------------------------------------------ compute

    @api.depends(
        "line_ids.amount",
        "line_ids.hours",
        "line_ids.billed_hours",
        "line_ids.vat_code_id.percentage",
    )
    def _compute_amounts(self):
        for invoice in self:
            invoice.hours = sum(invoice.line_ids.mapped("hours"))
            invoice.billed_hours = sum(invoice.line_ids.mapped("billed_hours"))
            if invoice.guid:
                # Exact's own figures hold from here on.
                invoice.amount_untaxed = invoice.amount_untaxed
                invoice.amount_total = invoice.amount_total
                continue
            invoice.amount_untaxed = sum(invoice.line_ids.mapped("amount"))
            invoice.amount_total = invoice.amount_untaxed + sum(
                line._reckon_vat() for line in invoice.line_ids
            )

    @api.depends("hour_ids.covered", "hour_ids.live")
    def _compute_covered_hours(self):
        groups = self.env["keeping.exact.hour"]._read_group(
            [("invoice_id", "in", self.ids), ("covered", "=", True), ("live", "=", True)],
            ["invoice_id"],
            ["hours:sum"],
        )
        hours = {invoice.id: number for invoice, number in groups}
        for invoice in self:
            invoice.covered_hours = hours.get(invoice.id, 0)

    # ------------------------------------------------------------------ constrains

    @api.constrains("customer_id", "administration_id")
    def _check_customer_administration(self):
        for invoice in self.sudo():
            if invoice.customer_id.administration_id not in (
                invoice.administration_id,
                invoice.administration_id.browse(),
            ):
                raise ValidationError(
                    self.env._("Customer and invoice belong to different administrations.")
                )

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):
        names = check_editable(self, vals, EDITABLE)
        if not self.env.su and names:
            self._check_editable()
        return super().write(vals)

    def unlink(self):
        self._unlink_except_sent()
        # The hours have no foreign keys of their line and invoice.
        self.sudo().hour_ids.unlink()
        return super().unlink()

    def _check_editable(self):
        """Refuse to change what is on its way or in Exact.

        :raise UserError: one of them is
        """
        if any(invoice.state not in EDITABLE_STATES for invoice in self):
            raise UserError(self.env._("An invoice can only be changed before it is sent."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(invoice.state not in ("draft", "cancelled") for invoice in self):
            raise UserError(
                self.env._("Only drafts and cancelled links can be deleted; release it instead.")
            )

    # ------------------------------------------------------------------ actions

    def action_send(self):
        """Queue drafts to be made in Exact; the sender does so after the commit.

        :raise UserError: a draft is not ready; none of them is queued then
        """
        self._check_invoicing()
        self._touch()
        if any(invoice.state != "draft" for invoice in self):
            raise UserError(self.env._("Only drafts can be sent."))
        self.sudo()._queue()
        return True

    def action_retry(self):
        """Send again what was refused, or at once what waits for a later moment."""
        self._check_invoicing()
        if any(invoice.state not in ("failed", "queued", "uncertain") for invoice in self):
            raise UserError(self.env._("Only invoices that wait or were refused can be retried."))
        invoices = self.sudo()
        invoices.administration_id._end_pause()
        invoices.filtered(lambda invoice: invoice.state == "failed")._queue()
        Operation = self.env["keeping.exact.operation"].sudo()
        # A limit of Exact does not give way to impatience: each call too many counts.
        hasty = invoices.filtered(lambda invoice: not messages.is_limit(invoice.error_code))
        Operation._get_open(hasty).due_at = False
        Operation._get_open(hasty.customer_id).due_at = False
        Operation._get_open(hasty.line_ids.item_id).due_at = False
        Operation._wake_sender()
        return True

    def action_release(self):
        """Free the hours. What is in Exact stays there.

        An organisation that has switched the integration off must get its hours free too.

        :raise UserError: it is being sent at this moment, or its outcome is not known yet
        """
        self._check_invoicing(also_off=True)
        for invoice in self.sudo():
            invoice._release()
        return True

    def action_give_up(self):
        """Give up drafts, as many as are selected: their hours are free at once.

        :raise UserError: one of them is no draft
        """
        if any(invoice.state != "draft" for invoice in self):
            raise UserError(self.env._("Only drafts can be given up."))
        return self.action_release()

    def action_open_in_exact(self):
        """Open the customer's card in Exact: it lists the invoice (reference, chapter 7)."""
        self.ensure_one()
        self.check_access("read")
        url = self.administration_id._get_card_url(self.sudo().customer_id)
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def action_open_partner(self):
        """Open the contact, to correct what Exact does not accept of it."""
        return self._open_form(self.partner_id)

    def action_open_administration(self):
        """Open the administration with its defaults."""
        return self._open_form(self.administration_id)

    def action_open_connection(self):
        """Open the connection, where it says what is the matter with it."""
        return self._open_form(self.administration_id.connection_id)

    def _open_form(self, record):
        self.ensure_one()
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def action_open_hours(self):
        """Show the hours that this link bills."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_hour_action"
        )
        return {**action, "domain": [("invoice_id", "=", self.id)]}

    def _touch(self):
        """Serialise with whoever works on the same invoices (:func:`locks.touch`)."""
        locks.touch(self.env, self._table, "write_date", locks.these(self.ids))

    def _check_invoicing(self, also_off=False):
        self.check_access("write")
        check_invoicing(self.env)
        if not also_off:
            self.company_id._check_keeping_exact_enabled()
