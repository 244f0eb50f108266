from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.guards import INVOICING
from .keeping_exact_invoice_step import UNDER_WAY

CREDITABLE = ("processed", "paid")
# Of some, what has no hours is still billed.
PERHAPS_CREDITABLE = (*CREDITABLE, "credited")


class KeepingExactCreditInvoice(models.Model):
    """What credit notes take off an invoice: billed, credited and what is left."""

    _inherit = "keeping.exact.invoice"

    credit_ids = fields.One2many(
        "keeping.exact.credit", "invoice_id", string="Credits", readonly=True, groups=INVOICING
    )
    credit_state = fields.Selection(
        [("partly", "Partly credited"), ("whole", "Credited")],
        string="Credit",
        compute="_compute_credit_state",
        compute_sudo=True,
    )
    credited_hours = fields.Float(
        string="Credited hours",
        compute="_compute_credit_state",
        compute_sudo=True,
        digits=(16, 2),
        help="Freed by credit notes",
    )
    net_hours = fields.Float(
        string="Hours left",
        compute="_compute_credit_state",
        compute_sudo=True,
        digits=(16, 2),
        help="Billed and not credited",
    )
    credit_count = fields.Integer(
        string="Credits made", compute="_compute_credited_amount", groups=INVOICING
    )
    credited_amount = fields.Monetary(
        string="Credited excl. VAT", compute="_compute_credited_amount", groups=INVOICING
    )
    net_amount = fields.Monetary(
        string="Left excl. VAT",
        compute="_compute_credited_amount",
        groups=INVOICING,
        help="Billed, less what was credited, without VAT",
    )
    credit_message = fields.Text(compute="_compute_credit_message", groups=INVOICING)
    credit_remedy = fields.Text(compute="_compute_credit_message", groups=INVOICING)

    # ------------------------------------------------------------------ compute

    @api.depends(
        "state",
        "hours",
        "line_ids.amount",
        "credit_ids.state",
        "credit_ids.line_ids.amount",
        "hour_ids.credit_id",
        "hour_ids.live",
    )
    def _compute_credit_state(self):
        groups = self.env["keeping.exact.credit"]._read_group(
            [("invoice_id", "in", self.ids), ("state", "=", "done")], ["invoice_id"]
        )
        credited = {invoice.id for (invoice,) in groups}
        freed = {
            invoice.id: hours
            for invoice, hours in self.env["keeping.exact.hour"]._read_group(
                [
                    ("invoice_id", "in", self.ids),
                    ("credit_id.state", "=", "done"),
                    ("covered", "=", False),
                ],
                ["invoice_id"],
                ["hours:sum"],
            )
        }
        for invoice in self:
            whole = invoice.state == "credited" and not invoice._get_left()
            invoice.credit_state = "whole" if whole else invoice.id in credited and "partly"
            invoice.credited_hours = freed.get(invoice.id, 0)
            invoice.net_hours = invoice.hours - invoice.credited_hours

    @api.depends("amount_untaxed", "credit_ids.state", "credit_ids.amount")
    def _compute_credited_amount(self):
        groups = self.env["keeping.exact.credit"]._read_group(
            [("invoice_id", "in", self.ids), ("state", "not in", ("undone", "cancelled"))],
            ["invoice_id", "state"],
            ["amount:sum", "__count"],
        )
        for invoice in self:
            mine = [row[1:] for row in groups if row[0] == invoice]
            invoice.credit_count = sum(row[2] for row in mine)
            invoice.credited_amount = sum(row[1] for row in mine if row[0] == "done")
            invoice.net_amount = invoice.amount_untaxed - invoice.credited_amount

    @api.depends("credit_ids.state", "credit_ids.error_code", "credit_ids.retry_at")
    @api.depends_context("lang", "tz")
    def _compute_credit_message(self):
        for invoice in self:
            pending = invoice.credit_ids.filtered(lambda one: one.state in (*UNDER_WAY, "failed"))
            last = pending[:1]
            invoice.credit_remedy = last.error_remedy
            if not last:
                invoice.credit_message = False
            elif last.error_message:
                invoice.credit_message = self.env._(
                    "The credit note is not in Exact Online yet: %s", last.error_message
                )
            else:
                invoice.credit_message = self.env._(
                    "A credit note is on its way to Exact Online. Its hours become free as soon as "
                    "it is there."
                )

    # ------------------------------------------------------------------ actions

    def action_refresh(self):
        """Read the numbers of credit notes too: one that was made open gets its number later."""
        result = super().action_refresh()
        for invoice in self.sudo():
            invoice.credit_ids._read_numbers()
        return result

    def action_find_credits(self):
        """Read from Exact what may credit this invoice, for a person to confirm.

        :raise UserError: it is not processed, or Exact cannot be asked
        """
        self._check_creditable()
        return self.env["keeping.exact.credit.find"]._find(self)

    def action_make_credit(self):
        """Choose what is credited, and see the credit note before it is made in Exact.

        :raise UserError: it is not processed
        """
        self._check_creditable()
        return self.env["keeping.exact.credit.choice"]._ask_making(self)

    def action_open_credits(self):
        """Show the credits of this invoice."""
        self.ensure_one()
        self._check_invoicing(also_off=True)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_credit_action"
        )
        return {**action, "domain": [("invoice_id", "=", self.id)]}

    # ------------------------------------------------------------------ business

    def _check_creditable(self):
        """Refuse to credit what is not billed for good.

        :raise UserError: says what to do instead
        """
        self.ensure_one()
        self._check_invoicing()
        if self.state == "open":
            raise UserError(
                self.env._(
                    "%s is still open in Exact Online, so it takes no credit note. Change it "
                    "there, or release its hours here.",
                    self.name,
                )
            )
        if not self._is_creditable():
            raise UserError(
                self.env._("Only a processed invoice can be credited, and %s is not.", self.name)
            )

    def _is_creditable(self):
        """Tell whether something is billed for good; without hours is possible too."""
        left_over = self.state == "credited" and self.credit_state == "partly"
        return self.state in CREDITABLE or left_over

    def _get_left(self):
        """Return what credits in force leave of the lines, without VAT and before the discount."""
        self.ensure_one()
        done = self.credit_ids.filtered(lambda credit: credit.state == "done")
        credited = sum(done.line_ids.mapped("amount"))
        return self.currency_id.round(sum(self.line_ids.mapped("amount")) - credited)

    def _get_creditable_hours(self):
        """Return the hours in force that no credit takes or is about to take."""
        return self.hour_ids.filtered(lambda hour: hour.live and not hour.credit_id)

    def _get_credited_by_line(self):
        """Return what credits in force or under way take off each line: amounts by its id."""
        groups = self.env["keeping.exact.credit.line"]._read_group(
            [
                ("credit_id.invoice_id", "in", self.ids),
                ("credit_id.state", "not in", ("undone", "cancelled")),
            ],
            ["invoice_line_id"],
            ["amount:sum"],
        )
        return {line.id: amount for line, amount in groups}

    def _get_steps(self):
        made = self.credit_ids.filtered(lambda credit: credit.origin == "made")
        return [*super()._get_steps(), *made]

    def _release(self):
        self.ensure_one()
        pending = self.credit_ids.filtered(lambda one: one.state in (*UNDER_WAY, "failed"))
        if any(credit.state in ("sending", "uncertain") for credit in pending):
            raise UserError(
                self.env._(
                    "A credit note of %s is being made in Exact Online. Wait until that is known.",
                    self.name,
                )
            )
        pending._give_up()
        return super()._release()
