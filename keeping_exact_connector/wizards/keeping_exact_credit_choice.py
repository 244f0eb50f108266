from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools.guards import check_editable


class KeepingExactCreditChoice(models.TransientModel):
    """Which lines and hours a credit note takes: one that was found, or that is to be made."""

    _name = "keeping.exact.credit.choice"
    _description = "Lines and Hours to Credit"

    mode = fields.Selection([("found", "Found"), ("made", "To make")], required=True, readonly=True)
    invoice_id = fields.Many2one(
        "keeping.exact.invoice", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="invoice_id.partner_id")
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    guid = fields.Char(string="Exact ID", readonly=True)
    source = fields.Char(readonly=True, export_string_translation=False)
    number = fields.Char(string="Credit note", readonly=True)
    note_date = fields.Date(string="Date", readonly=True)
    note_amount = fields.Monetary(string="Credits", readonly=True, help="Without VAT")
    note_used = fields.Monetary(
        string="Used already", readonly=True, help="By credits that were confirmed here"
    )
    reasons = fields.Text(string="Why this one", readonly=True)
    fingerprint = fields.Text(readonly=True, export_string_translation=False)
    credit_date = fields.Date(
        string="Date of the credit note", help="Left empty, Exact takes the day itself."
    )
    description = fields.Char(help="Header of the credit note; our reference is put behind it.")
    line_ids = fields.One2many("keeping.exact.credit.choice.line", "choice_id", string="Lines")
    hour_ids = fields.One2many("keeping.exact.credit.choice.hour", "choice_id", string="Hours")
    discount = fields.Float(related="invoice_id.discount", string="Discount of the customer")
    amount = fields.Monetary(
        string="Credited of this invoice",
        compute="_compute_amounts",
        help="Without VAT, less the discount of the customer",
    )
    hours = fields.Float(string="Hours that become free", compute="_compute_amounts")
    hour_amount = fields.Monetary(
        string="Amount of these hours",
        compute="_compute_amounts",
        help="As billed: without VAT, less the discount of the customer",
    )
    difference_message = fields.Text(compute="_compute_difference_message")
    accept_difference = fields.Boolean(
        string="I know that this differs, and that is right",
        help="Only the ticked hours become free, whatever the amounts say.",
    )

    # ------------------------------------------------------------------ compute

    @api.depends("line_ids.amount", "hour_ids.chosen")
    def _compute_amounts(self):
        for choice in self:
            chosen = choice.hour_ids.filtered("chosen")
            charged = choice.invoice_id._get_less_discount
            choice.amount = charged(choice._get_line_amount())
            choice.hours = sum(chosen.mapped("hours"))
            choice.hour_amount = charged(sum(chosen.mapped("amount")))

    @api.depends("line_ids.amount", "line_ids.hours_amount", "note_amount", "note_used")
    @api.depends_context("lang")
    def _compute_difference_message(self):
        for choice in self:
            choice.difference_message = "\n".join(choice._explain_differences()) or False

    def _explain_differences(self):
        said = [line._explain_difference() for line in self.line_ids]
        left = self.note_amount - self.note_used
        # Each part of a note is rounded, and so is the whole.
        parts = 1 + len(self._get_parts()) if self.discount else 0
        room = left + self.currency_id.rounding * parts
        if self.mode == "found" and self.currency_id.compare_amounts(self.amount, room) > 0:
            said.append(
                self.env._(
                    "%(amount)s is credited in all, and only %(left)s of the credit note is left.",
                    amount=f"{self.amount:.2f} {self.currency_id.name}",
                    left=f"{left:.2f} {self.currency_id.name}",
                )
            )
        return [text for text in said if text]

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):
        editable = {"line_ids", "hour_ids", "accept_difference", "credit_date", "description"}
        check_editable(self, vals, editable)
        return super().write(vals)

    # ------------------------------------------------------------------ actions

    def action_choose_all(self):
        """Tick all hours, and all lines without hours."""
        return self._tick(True)

    def action_choose_none(self):
        """Tick nothing."""
        return self._tick(False)

    def action_confirm(self):
        """Have the credit note that was found credit these lines, and free the ticked hours.

        :raise UserError: something differs and that was not accepted, or has changed meanwhile
        """
        self.ensure_one()
        invoice = self.invoice_id
        invoice._check_creditable()
        if self.mode != "found":
            raise UserError(self.env._("Look for credit notes again."))
        # Before anything is written: Exact is not asked with unsaved changes at hand.
        self._check_unchanged()
        self._check_difference()
        self._check_free()
        credit = self.env["keeping.exact.credit"].sudo().create(self._prepare_found())
        self._get_chosen().credit_id = credit
        credit._settle()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_make(self):
        """Have a credit note made in Exact for these lines and hours.

        :raise UserError: nothing is chosen, or an hour was credited or released meanwhile
        """
        self.ensure_one()
        self.invoice_id._check_creditable()
        if self.mode != "made":
            raise UserError(self.env._("Look for credit notes again."))
        self._check_free()
        if self.currency_id.compare_amounts(self._get_line_amount(), 0) <= 0:
            raise UserError(self.env._("Choose what is credited first: there is no amount yet."))
        self._check_left()
        self._check_difference()
        credit = self.env["keeping.exact.credit"].sudo().create(self._prepare_made())
        self._get_chosen().credit_id = credit
        credit._plan_making()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # ------------------------------------------------------------------ business

    @api.model
    def _ask_confirming(self, invoice, candidate):
        """Return the action that asks what a found credit note takes.

        :param candidate: one keeping.exact.credit.candidate
        """
        credited = {int(key): part for key, part in (candidate.credited or {}).items()}
        candidate_sudo = candidate.sudo()
        return self._ask(
            invoice,
            credited,
            {
                "mode": "found",
                "guid": candidate_sudo.guid,
                "source": candidate_sudo.source,
                "number": candidate_sudo.number,
                "note_date": candidate_sudo.date,
                "note_amount": candidate_sudo.amount,
                "note_used": candidate_sudo.used,
                "reasons": candidate_sudo.reasons,
                "fingerprint": candidate_sudo.fingerprint,
            },
            self.env._("What does %s credit?", candidate_sudo.number or self.env._("this")),
        )

    @api.model
    def _ask_making(self, invoice):
        """Return the action that asks what is to be credited."""
        text = self.env._("Credit of invoice %s", invoice.number or invoice.name)
        title = self.env._("Make a credit note")
        return self._ask(invoice, {}, {"mode": "made", "description": text}, title)

    @api.model
    def _ask(self, invoice, credited, values, title):
        invoice_sudo = invoice.sudo()
        before = invoice_sudo._get_credited_by_line()
        hours = invoice_sudo._get_creditable_hours()
        lefts = {line.id: line.amount - before.get(line.id, 0) for line in invoice_sudo.line_ids}
        compare = invoice_sudo.currency_id.compare_amounts
        # Credited in full: then its hours are too.
        full = {
            key for key, part in credited.items() if not compare(part, lefts.get(key, 0)) and part
        }
        all_full = full and full >= {key for key, left in lefts.items() if compare(left, 0)}
        choice = self.sudo().create(
            {
                **values,
                "invoice_id": invoice.id,
                "hour_ids": [
                    Command.create(
                        {
                            "hour_id": hour.id,
                            "chosen": hour.invoice_line_id.id in full
                            or bool(hour.covered and all_full),
                        }
                    )
                    for hour in hours
                ],
                "line_ids": [
                    Command.create(
                        {
                            "line_id": line.id,
                            "left": lefts[line.id],
                            "amount": credited.get(line.id, 0),
                            "has_hours": bool(line.hour_ids),
                        }
                    )
                    for line in invoice_sudo.line_ids
                ],
            }
        )
        return choice._reopen(title)

    def _reopen(self, title=None):
        return {
            "type": "ir.actions.act_window",
            "name": title or self.env._("Lines and hours to credit"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _tick(self, chosen):
        self.ensure_one()
        self.invoice_id._check_creditable()
        self.hour_ids.chosen = chosen
        if self.mode == "made":
            self.line_ids.filtered(lambda line: not line.has_hours).chosen = chosen
        return self._reopen()

    def _get_line_amount(self):
        """Return what is credited of the lines, before the discount of the customer."""
        return sum(self.line_ids.mapped("amount"))

    def _get_chosen(self):
        """Return the invoiced hours that are ticked, as superuser."""
        return self.sudo().hour_ids.filtered("chosen").hour_id

    def _check_unchanged(self):
        """Refuse what is not in Exact any more as it was shown.

        :raise UserError: says what to do
        """
        row = self.invoice_id.sudo()._read_credit(self.source, self.guid)
        if not row or row["fingerprint"] != self.fingerprint:
            raise UserError(
                self.env._(
                    "%s was changed or removed in Exact Online since you looked. Nothing is saved: "
                    "look for credit notes again.",
                    self.number,
                )
            )

    def _check_left(self):
        """Refuse to make a credit note of more than was billed.

        :raise UserError: says of which line
        """
        over = self.line_ids.filtered(lambda line: line._is_over())
        if over:
            raise UserError("\n".join(line._explain_difference() for line in over))

    def _check_difference(self):
        if self.difference_message and not self.accept_difference:
            raise UserError(
                self.env._(
                    "The amounts differ. Correct them, or tick that you know:\n%s",
                    self.difference_message,
                )
            )
        nothing = not self.currency_id.compare_amounts(self._get_line_amount(), 0)
        if nothing and not self._get_chosen():
            raise UserError(self.env._("Choose what is credited first: there is no amount yet."))

    def _check_free(self):
        """Serialise with whoever credits or releases the same, and look again at what is free.

        :raise UserError: an hour or the credit note was used meanwhile
        """
        invoice = self.invoice_id.sudo()
        invoice._touch()
        if self._get_chosen() - invoice._get_creditable_hours():
            raise UserError(
                self.env._(
                    "Some of these hours were credited or released meanwhile. Close this and look "
                    "again."
                )
            )
        before = invoice._get_credited_by_line()
        for line in self.line_ids.sudo():
            left = line.line_id.amount - before.get(line.line_id.id, 0)
            if self.currency_id.compare_amounts(left, line.left):
                raise UserError(
                    self.env._("%s was credited meanwhile. Close this and look again.", line.name)
                )
        used = invoice._get_used([self.guid]).get(self.guid, 0) if self.guid else 0
        if self.currency_id.compare_amounts(used, self.note_used):
            raise UserError(
                self.env._(
                    "Credit note %s was used meanwhile for another invoice. Close this and look "
                    "again.",
                    self.number,
                )
            )

    def _get_parts(self):
        """Return the credits in force of the note that was found."""
        domain = [
            ("administration_id", "=", self.invoice_id.administration_id.id),
            ("guid", "=", self.guid),
            ("state", "=", "done"),
        ]
        return self.env["keeping.exact.credit"].sudo().search(domain)

    def _prepare_found(self):
        return {
            **self._prepare_credit(),
            "origin": "found",
            "state": "done",
            "source": self.source,
            "guid": self.guid,
            "number": self.number,
            "credit_date": self.note_date,
            "note_amount": self.note_amount,
            "part_no": max(self._get_parts().mapped("part_no"), default=0) + 1,
            "difference_accepted": bool(self.difference_message),
            "reasons": self.reasons,
        }

    def _prepare_made(self):
        return {
            **self._prepare_credit(),
            "origin": "made",
            "note_amount": self.amount,
            "credit_date": self.credit_date,
            "description": self.description,
        }

    def _prepare_credit(self):
        lines = self.sudo().line_ids.filtered(
            lambda line: self.currency_id.compare_amounts(line.amount, 0)
        )
        return {
            "invoice_id": self.invoice_id.id,
            "amount": self.amount,
            "hour_amount": self.hour_amount,
            "line_ids": [Command.create(self._prepare_line(line)) for line in lines],
        }

    def _prepare_line(self, choice_line):
        """Return a credited line; quantity and price are those of the invoice where it is whole."""
        line = choice_line.line_id
        values = {"invoice_line_id": line.id, "amount": choice_line.amount}
        whole = not self.currency_id.compare_amounts(choice_line.amount, line.amount)
        # With a discount on the line, quantity times price is more than was billed.
        full = line._reckon_amount(line.quantity, line.unit_price, 0)
        if whole and not self.currency_id.compare_amounts(full, line.amount):
            return {**values, "quantity": line.quantity, "unit_price": line.unit_price}
        hours = self._get_chosen().filtered(lambda hour: hour.invoice_line_id == line)
        number = sum(hours.mapped("billed_hours")) or sum(hours.mapped("hours"))
        number = number or (whole and line.quantity) or 1
        fitted = line._fit_amount(number, choice_line.amount)
        price = fitted["unit_price"] * line._get_vat_in_price()
        return {**values, "quantity": fitted["quantity"], "unit_price": price}
