import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.guards import INVOICING
from .keeping_exact_invoice_step import UNDER_WAY
from .keeping_exact_line_change import NUMBERS


class KeepingExactInvoiceAdjusting(models.Model):
    """What follows when lines are no longer the same here and in Exact."""

    _inherit = "keeping.exact.invoice"

    line_change_ids = fields.One2many(
        "keeping.exact.line.change",
        "invoice_id",
        string="Changes of lines",
        readonly=True,
        groups=INVOICING,
    )
    line_change_state = fields.Selection(
        [("under_way", "Under way"), ("failed", "Refused")],
        string="Change of lines",
        compute="_compute_line_change_state",
        groups=INVOICING,
    )
    line_change_message = fields.Text(
        compute="_compute_line_change_state", groups=INVOICING, export_string_translation=False
    )

    # ------------------------------------------------------------------ compute

    @api.depends("line_change_ids.state", "line_change_ids.error_code")
    @api.depends_context("lang", "tz")
    def _compute_line_change_state(self):
        for invoice in self:
            failed = invoice.line_change_ids.filtered(lambda step: step.state == "failed")
            going = invoice.line_change_ids.filtered(lambda step: step.state in UNDER_WAY)
            invoice.line_change_state = (failed and "failed") or (going and "under_way")
            told = [step.error_message or "" for step in failed or going]
            told += [step.error_remedy or "" for step in failed[:1]]
            invoice.line_change_message = "\n".join(filter(None, told)) or False

    # ------------------------------------------------------------------ actions

    def action_compare_lines(self):
        """Read the lines in Exact, and set them against those that are stored.

        :raise UserError: it is not in Exact, or Exact cannot be read
        """
        self.ensure_one()
        self._check_invoicing()
        return self.env["keeping.exact.adjust"]._open_for(self)

    def action_retry_line_changes(self):
        """Try again to change the lines that were refused; each is looked at first.

        :raise UserError: it is not open, or is being processed, deleted or changed
        """
        self._check_invoicing()
        for invoice in self.sudo():
            invoice._check_may_change_lines()
        failed = self.sudo().line_change_ids.filtered(lambda step: step.state == "failed")
        failed.write({"state": "waiting", "error_code": False, "error_text": False})
        Operation = self.env["keeping.exact.operation"].sudo()
        Operation._plan(failed.sorted("id"))
        Operation._wake_sender()
        return True

    def action_cancel_line_changes(self):
        """Give up what was refused: the lines stay as they are in Exact."""
        return self.line_change_ids.filtered(lambda step: step.state == "failed").action_cancel()

    # ------------------------------------------------------------------ business

    def _get_steps(self):
        return [*super()._get_steps(), *self.line_change_ids]

    def _release(self):
        self.ensure_one()
        under_way = self.line_change_ids.filtered(lambda step: step.state in UNDER_WAY)
        if under_way.filtered(lambda step: step.state != "waiting"):
            raise UserError(
                self.env._(
                    "A line of %s is being changed in Exact Online. Wait until that is known.",
                    self.name,
                )
            )
        under_way._cancel()
        # Nor is what was refused tried again, on an invoice that is nothing to us.
        self.line_change_ids.filtered(lambda step: step.state == "failed").state = "cancelled"
        return super()._release()

    def _pair_lines(self, rows):
        """Return which stored line each row of Exact is: dict of records by the row's Exact ID.

        Exact may answer a new invoice without its lines (reference, chapter 4.3), so lines may
        have no Exact ID yet: they get it here. Such a line is the row that reads the same, else
        the one at the same place as long as there are equally many. A line that is gone and was
        put back there by hand has another ID: it too is the row that reads the same.

        :param list rows: of ``_read_exact_lines``
        """
        self.ensure_one()
        lines = self.line_ids.sorted(lambda line: (line.sequence, line.id))
        found = {line.guid: line for line in lines if line.guid}
        pairs = {row["ID"]: found[row["ID"]] for row in rows if row["ID"] in found}
        # What was taken over as gone has no ID either, and no place.
        unknown = [line for line in lines if not line.guid and not line.as_in_exact]
        for line in lines:
            if line.guid and line.guid in pairs:
                continue
            free = (row for row in rows if row["ID"] not in pairs)
            same = next((row for row in free if line._is_as_shown(row)), None)
            if same:
                pairs[same["ID"]] = line
                unknown = [other for other in unknown if other != line]
        if len(lines) == len(rows):
            places = dict(zip(lines, rows, strict=True))
            for line in unknown:
                pairs.setdefault(places[line]["ID"], line)
        for guid, line in pairs.items():
            if line.guid != guid:
                line.guid = guid
        return pairs

    def _change_lines(self, changes):
        """Plan to change lines in Exact.

        :param list changes: values of keeping.exact.line.change
        :raise UserError: it is not open, or is being processed, deleted or changed
        """
        self._check_may_change_lines()
        self.action_cancel_line_changes()
        steps = self.env["keeping.exact.line.change"].create(
            [{"invoice_id": self.id, **change} for change in changes]
        )
        Operation = self.env["keeping.exact.operation"]
        Operation._plan(steps)
        Operation._wake_sender()

    def _check_may_change_lines(self):
        self.ensure_one()
        if self.state != "open":
            raise UserError(
                self.env._("Lines can only be changed while the invoice is open in Exact Online.")
            )
        if "under_way" in (self.processing_state, self.deletion_state):
            # Else it is booked without them, or they are changed for nothing.
            raise UserError(
                self.env._(
                    "%s is being processed or deleted in Exact Online. Wait until that is known.",
                    self.name,
                )
            )
        self._check_no_line_under_way()

    def _check_no_line_under_way(self):
        if self.line_change_ids.filtered(lambda step: step.state in UNDER_WAY):
            raise UserError(self.env._("Lines of this invoice are being changed. Wait for that."))

    def _check_may_process(self):
        result = super()._check_may_process()
        # Else it is booked without them.
        invoices = self.sudo()
        invoices._check_no_line_under_way()
        changes = invoices.line_change_ids
        refused = changes.filtered(lambda step: step.state == "failed").invoice_id
        if refused:
            raise UserError(
                self.env._(
                    "Changes of lines were refused. Try again or give them up first: %s",
                    ", ".join(refused.mapped("name")),
                )
            )
        return result

    def _note_line_changed(self, step):
        """A line is in Exact as it was meant: it is so here too, and totals are read again."""
        self.ensure_one()
        wanted = json.loads(step.wanted)
        line = self.line_ids.filtered(lambda line: line.guid == step.guid)
        if line:
            self._have_line_as_sent(line, wanted)
        self._tell_lines_sent(
            self.env._(
                "%(user)s changed line %(line)s in Exact Online: %(figures)s.",
                user=step.create_uid.name,
                line=step.name,
                figures=self._describe_figures(wanted),
            )
        )

    def _have_line_as_sent(self, line, wanted):
        """Have a stored line be what was sent, and what is meant of totals follow it.

        :param dict wanted: of ``_dump`` of keeping.exact.line.change
        """
        before = self._reckon_totals()
        figures = [float(wanted[name]) for name in NUMBERS]
        quantity, price, discount = figures
        same = figures == [line.quantity, line.unit_price, line.exact_discount]
        line.write(
            {
                "name": wanted["Description"] or line.name,
                "notes": wanted["Notes"],
                "quantity": quantity,
                "unit_price": price,
                "exact_amount": line.amount if same else line._reckon_amount(*figures),
                "exact_discount": discount,
                "as_in_exact": True,
            }
        )
        after = self._reckon_totals()
        self.write(
            {
                "meant_untaxed": self.meant_untaxed + after[0] - before[0],
                "meant_total": self.meant_total + after[1] - before[1],
            }
        )

    def _describe_figures(self, wanted):
        """Return the figures of a line that was sent, for the history."""
        said = f"{wanted['Quantity']} x {wanted['UnitPrice']}"
        discount = float(wanted["Discount"]) * 100
        return f"{said} (-{discount:g} %)" if discount else said

    def _tell_lines_sent(self, text):
        """Keep what was done in Exact in the history, and read the totals again."""
        self._message_log(body=text)
        self._plan_reread()
        self.env["keeping.exact.operation"]._wake_sender()

    def _take_over_lines(self, header, rows):
        """Have the stored lines follow Exact. What each hour was billed for stays.

        A line that is gone there is worth nothing here any more; hours on it stay on the link.

        :param dict header: of SalesInvoices, as read just now
        :param list rows: its lines
        :raise UserError: changes of its lines are under way
        """
        self.ensure_one()
        # A line that is being made there would become one of its own here.
        self._check_no_line_under_way()
        self.action_cancel_line_changes()
        Line = self.env["keeping.exact.invoice.line"]
        pairs, gone = self._pair_lines(rows), self.line_ids
        for vals in Line._prepare_vals_from_exact(self.administration_id, rows):
            if line := pairs.get(vals["guid"]):
                line.write(vals)
                gone -= line
            else:
                Line.create({"invoice_id": self.id, **vals})
        gone.write({"guid": False, "quantity": 0, "exact_amount": 0, "as_in_exact": True})
        self.write(self._prepare_vals_from_exact(header))
        untaxed, total = (float(header[name] or 0) for name in ("AmountFCExclVat", "AmountFC"))
        self.write(
            {
                "amount_untaxed": untaxed,
                "amount_total": total,
                "meant_untaxed": untaxed,
                "meant_total": total,
                "meant_date": self.meant_date and self.invoice_date,
                "meant_known": True,
            }
        )
        self._message_log(
            body=self.env._(
                "%s took over the lines as they are in Exact Online.", self.env.user.name
            )
        )
