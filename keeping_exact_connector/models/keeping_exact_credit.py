from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import messages
from ..tools.reference import make_reference


class KeepingExactCredit(models.Model):
    """What one credit note takes off one invoice link, and which hours it frees.

    waiting → sending → done; beside them uncertain, failed, cancelled. A note that was found in
    Exact begins as done, by a person's word. done → undone, when that was a mistake.
    One note may credit several links: each has a record of its own.
    """

    _name = "keeping.exact.credit"
    _description = "Credit of an Exact Online Invoice"
    _inherit = ["keeping.exact.invoice.part"]
    _check_company_auto = True

    name = fields.Char(
        string="Our reference",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: make_reference(),
        help="Stands at the end of the description of a credit note that was made from here.",
    )
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    origin = fields.Selection(
        [("found", "Found in Exact"), ("made", "Made from here")], required=True, readonly=True
    )
    source = fields.Selection(
        [
            ("note", "Credit note"),
            ("invoice", "Lines below zero on an invoice"),
            ("entry", "Sales entry"),
        ],
        string="Kind",
        default="note",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sending", "Sending"),
            ("uncertain", "Looking up"),
            ("failed", "Refused"),
            ("done", "Credited"),
            ("undone", "Undone"),
            ("cancelled", "Cancelled"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )
    number = fields.Char(readonly=True, copy=False)
    description = fields.Char(readonly=True)
    credit_date = fields.Date(string="Date", readonly=True)
    note_amount = fields.Monetary(
        string="Whole credit note", readonly=True, help="Of all that it credits, without VAT"
    )
    # Counts the links that a note credits: two people who use the rest of one at the same moment
    # would have the same part.
    part_no = fields.Integer(readonly=True, default=1, export_string_translation=False)
    amount = fields.Monetary(
        readonly=True,
        help="Credited of this invoice, without VAT, less the discount of the customer",
    )
    hours = fields.Float(compute="_compute_hours", digits=(16, 2), help="Freed, as entered")
    hour_amount = fields.Monetary(
        string="Amount of the hours",
        readonly=True,
        help="For which the hours were billed, less the discount of the customer",
    )
    difference_accepted = fields.Boolean(
        string="Difference accepted",
        readonly=True,
        help="The amounts differ, and that was accepted when it was confirmed.",
    )
    reasons = fields.Text(string="Why this one", readonly=True)
    state_before = fields.Char(readonly=True, export_string_translation=False)
    line_ids = fields.One2many("keeping.exact.credit.line", "credit_id", readonly=True)
    hour_ids = fields.One2many("keeping.exact.hour", "credit_id", readonly=True)

    _part_once = models.UniqueIndex(
        "(administration_id, guid, part_no) WHERE state = 'done' AND guid IS NOT NULL",
        "Somebody else has just used this credit note. Look for credit notes again.",
    )

    # ------------------------------------------------------------------ compute

    @api.depends("hour_ids.hours")
    def _compute_hours(self):
        for credit in self:
            credit.hours = sum(credit.hour_ids.mapped("hours"))

    @api.depends("number", "name")
    def _compute_display_name(self):
        for credit in self:
            credit.display_name = credit.number or credit.name

    # ------------------------------------------------------------------ actions

    def action_retry(self):
        """Send again what was refused, or at once what waits for a later moment."""
        self._check_may_change()
        if any(credit.state not in ("failed", "waiting", "uncertain") for credit in self):
            raise UserError(self.env._("Only what waits or was refused can be tried again."))
        for invoice in self.invoice_id:
            invoice._check_creditable()
        credits_sudo = self.sudo()
        credits_sudo.administration_id._end_pause()
        failed = credits_sudo.filtered(lambda credit: credit.state == "failed")
        failed.write({"state": "waiting", "error_code": False, "error_text": False})
        Operation = self.env["keeping.exact.operation"].sudo()
        Operation._plan(failed.sorted("id"))
        # A limit of Exact does not give way to impatience: each call too many counts.
        hasty = credits_sudo.filtered(lambda credit: not messages.is_limit(credit.error_code))
        Operation._get_open(hasty).due_at = False
        Operation._wake_sender()
        return True

    def action_give_up(self):
        """Make no credit note after all: its hours stay billed.

        :raise UserError: it is being sent or looked up, or is in Exact
        """
        self._check_may_change(also_off=True)
        for credit in self.sudo():
            if credit.state not in ("waiting", "failed"):
                raise UserError(
                    self.env._("Only a credit note that was not sent yet can be given up.")
                )
            credit._give_up()
        return True

    def action_undo(self):
        """Undo a credit that was confirmed by mistake: its hours are billed again as before.

        The credit note stays in Exact.

        :raise UserError: an hour is billed again since, is never billed or is gone
        """
        self._check_may_change(also_off=True)
        for credit in self.sudo():
            credit._undo()
        return True

    def action_open_invoice(self):
        """Open the invoice link that is credited."""
        self.ensure_one()
        return self.invoice_id._open_form(self.invoice_id)

    def action_open_hours(self):
        """Show the hours that this credit frees."""
        self.ensure_one()
        return {**self.invoice_id.action_open_hours(), "domain": [("credit_id", "=", self.id)]}

    # ------------------------------------------------------------------ business

    def _check_may_change(self, also_off=False):
        self.check_access("read")
        self.invoice_id._check_invoicing(also_off=also_off)
        self.invoice_id._touch()

    def _give_up(self):
        """Make none of what was not sent yet: its hours stay billed."""
        self.env["keeping.exact.operation"].sudo()._get_open(self).state = "cancelled"
        self.write({"state": "cancelled", "retry_at": False})
        self.hour_ids.credit_id = False

    def _drop(self):
        # Nor is what was refused tried again: there is nothing any more that it would credit.
        ending = self.filtered(lambda one: one.state in ("waiting", "uncertain", "failed"))
        result = super()._drop()
        ending._give_up()
        return result

    def _settle(self):
        """It is certain: free its hours, and have the link follow."""
        self.ensure_one()
        invoice = self.invoice_id
        self.hour_ids._end()
        if not invoice.hour_ids.filtered("live") and invoice.state in ("processed", "paid"):
            self.state_before = invoice.state
            invoice._move("credited", "credited" if self.origin == "found" else "credited_here")
        invoice._message_log(body=self._explain_settled())

    def _explain_settled(self):
        said = {
            "number": self.display_name,
            "hours": f"{self.hours:.2f}",
            "user": self.create_uid.display_name,
        }
        if self.origin == "made":
            return self.env._(
                "Credit note %(number)s is in Exact Online, made from here by %(user)s: %(hours)s "
                "hours are free again.",
                **said,
            )
        return self.env._(
            "%(user)s confirmed that %(number)s in Exact Online credits this invoice: %(hours)s "
            "hours are free again.",
            **said,
        )

    def _undo(self):
        self.ensure_one()
        invoice = self.invoice_id
        if self.state != "done":
            raise UserError(self.env._("Only a credit in force can be undone."))
        if invoice.state not in ("processed", "paid", "credited"):
            raise UserError(
                self.env._("%s is not in force any more, so nothing can be undone.", invoice.name)
            )
        hours = self.hours
        if self.hour_ids:
            self.hour_ids._revive()
        # Where another credit still takes all hours, the link stays credited.
        left = invoice.hour_ids.filtered("live")
        if invoice.state == "credited" and left:
            before = filter(None, invoice.credit_ids.mapped("state_before"))
            invoice._move(next(before, "processed"), "uncredited")
            invoice.credit_ids.state_before = False
        self.state = "undone"
        invoice._message_log(body=self._explain_undone(hours))

    def _explain_undone(self, hours):
        return self.env._(
            "The credit by %(number)s was undone by %(user)s: %(hours)s hours are billed on "
            "this invoice again. The credit note stays in Exact Online.",
            number=self.display_name,
            hours=f"{hours:.2f}",
            user=self.env.user.display_name,
        )
