from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from ..pricing import spread
from ..pricing.lines import HOUR_DIGITS
from ..pricing.money import round_half_up, to_decimal, total_of
from .keeping_exact_invoice_link_row import OPEN, PROCESSED
from .keeping_exact_invoice_link_search import STATUS_PROCESSED


class KeepingExactInvoiceLinkSaving(models.TransientModel):
    """Makes the link: Exact is read once more, hours are locked, all in one transaction."""

    _inherit = "keeping.exact.invoice.link"

    def action_save(self):
        """Link the invoice with the hours that were set against it.

        Reads first, then locks and writes: no call to Exact while hours are held.

        :return: the action that shows the link; or this wizard again, with what has changed since
        :raise UserError: says what stands in the way; nothing is linked then
        """
        self.ensure_one()
        self._check_may_link()
        self._check_choice()
        self._check_compared()
        header, rows, customer = self._read_invoice(self.guid)
        self._check_linkable(header, rows)
        if self._fingerprint(header, rows) != self.shown:
            return self._show_changed_invoice(header, rows, customer)
        groups = self._group(self._lock_chosen())
        if not self._is_as_grouped(groups):
            return self._show_changed_hours(groups)
        invoice = self._make_link(header, rows, customer, groups)
        return self._show(invoice.sudo(False))

    # ------------------------------------------------------------------ what has changed

    def _show_changed_invoice(self, header, rows, customer):
        """Show the invoice as it is now; nothing is linked."""
        self._show_invoice(header, rows, customer)
        self._set_against(self._group(self._get_ids()))
        self.sudo().notice = self.env._(
            "Nothing is linked yet: this invoice was changed in Exact Online since you looked. "
            "Below it stands as it is now. Look again."
        )
        return self._show_step()

    def _lock_chosen(self):
        """Lock the chosen timesheets, and choose among them once more.

        :return: their ids
        :raise UserError: none is left
        """
        ids = (
            self.env["keeping.exact.hour"]
            .sudo()
            ._lock_timesheets(SQL("SELECT id FROM (%s) chosen WHERE taken", self._sql_chosen()))
        )
        if not ids:
            raise UserError(self._explain_nothing())
        return ids

    def _is_as_grouped(self, groups):
        shown = sorted(self.group_ids.mapped("key"))
        return shown == sorted(self._get_group_key(drafted) for drafted in groups)

    def _show_changed_hours(self, groups):
        """Show the hours as they are now; nothing is linked."""
        self._set_against(groups)
        taken = self.left_billed_where
        text = self.env._(
            "Nothing is linked yet: these hours were changed or billed by others since you looked. "
            "Below they stand as they are now. Look again."
        )
        if taken:
            text += " " + self.env._("Billed already: %s.", taken)
        self.sudo().notice = text
        return self._show_step()

    # ------------------------------------------------------------------ the link

    def _make_link(self, header, rows, customer, groups):
        """Write link, lines and hours in this transaction.

        :param dict header: of SalesInvoices, as read just now
        :param list rows: its lines
        :param customer: keeping.exact.customer that it is for
        :param list groups: Drafted, of the locked timesheets
        :return: the keeping.exact.invoice
        """
        partner = self._get_partner()
        self._link_customer(customer, partner)
        on_line = self._get_groups_by_line(groups)
        days = [row["date"] for drafted in groups for row in drafted.rows]
        Invoice = self.env["keeping.exact.invoice"].sudo()
        invoice = Invoice.create(
            {
                **self._prepare_link(header, customer, partner),
                "date_from": min(days),
                "date_to": max(days),
                "line_ids": self._prepare_linked_lines(rows, on_line),
            }
        )
        # In the order in which they were made: that of the rows.
        lines = invoice.line_ids.sorted("id")
        reserved = []
        for line in lines:
            reserved += self._prepare_linked_hours(line, on_line[line.guid])
        self.env["keeping.exact.hour"].sudo()._reserve(self.administration_id.sudo(), reserved)
        invoice._note_linked(len(reserved))
        return invoice

    def _link_customer(self, customer, partner):
        """Have the customer of Exact and the contact belong together, if neither has another.

        :raise UserError: the contact is another customer in Exact
        """
        if customer.partner_id == partner:
            return
        other = customer._find_mapped(self.administration_id, partner)
        if other:
            raise UserError(
                self.env._(
                    "%(partner)s is %(other)s in this administration, and the invoice is for "
                    "%(customer)s. Correct that under Link customers, or choose another contact.",
                    partner=partner.display_name,
                    other=other.display_name,
                    customer=customer.display_name,
                )
            )
        customer._link_partner(partner, "person")

    def _get_groups_by_line(self, groups):
        """Return the groups that are on each line: lists by the line's Exact ID."""
        guids = {group.key: group.line_id.guid for group in self.group_ids}
        found = defaultdict(list)
        for drafted in groups:
            found[guids[self._get_group_key(drafted)]].append(drafted)
        return found

    def _prepare_link(self, header, customer, partner):
        processed = header["Status"] == STATUS_PROCESSED
        untaxed, total = (float(header[name] or 0) for name in ("AmountFCExclVat", "AmountFC"))
        day, due = (header[name] and header[name].date() for name in ("InvoiceDate", "DueDate"))
        return {
            "origin": "linked",
            "administration_id": self.administration_id.id,
            "partner_id": partner.id,
            "customer_id": customer.id,
            "currency_id": self.currency_id.id,
            "guid": header["InvoiceID"],
            "number": str(header["InvoiceNumber"]) if header["InvoiceNumber"] else False,
            "state": PROCESSED if processed else OPEN,
            "invoice_date": day,
            "due_date": due,
            "your_ref": header["YourRef"],
            "description": header["Description"],
            "amount_untaxed": untaxed,
            "amount_total": total,
            "discount": float(round(header["Discount"] or 0, 4)),
            # From here on a change in Exact is a difference; what was accepted is none.
            "meant_untaxed": untaxed,
            "meant_total": total,
            "meant_date": processed and day,
            "meant_known": True,
            "accepted_difference": self.difference,
            "rate_mode": self.rate_mode,
            "rounding": self.rounding,
            "rounding_method": self.rounding_method,
            "rounding_level": self.rounding_level,
        }

    def _prepare_linked_lines(self, rows, on_line):
        Line = self.env["keeping.exact.invoice.line"]
        prepared = Line._prepare_vals_from_exact(self.administration_id, rows)
        for vals in prepared:
            mine = [drafted.line for drafted in on_line[vals["guid"]]]
            for name in ("hours", "billed_hours"):
                number = total_of(getattr(line, name) for line in mine) if mine else 0
                vals[name] = float(round_half_up(number, HOUR_DIGITS))
        return [Command.create(vals) for vals in prepared]

    def _prepare_linked_hours(self, line, groups):
        """Return what ``_reserve`` takes: each hour has its part of what the line is.

        Where line and hours are the same to the cent, each keeps its rate and why it has it.
        """
        if not groups:
            return []
        digits = self.currency_id.decimal_places
        amount = to_decimal(line.amount, digits)
        same = self.rate_mode != "line_rate" and amount == sum(d.line.amount for d in groups)
        billed = [part for drafted in groups for part in drafted.line.billed]
        worked = [entry.hours for drafted in groups for entry in drafted.line.entries]
        parts = iter(spread(amount, billed if any(billed) else worked, digits))
        by_hour = to_decimal(line.quantity, 2) == round_half_up(total_of(billed), 2)
        rate = line.unit_price if by_hour else 0
        reserved = []
        for drafted in groups:
            for hours in self._prepare_hours(line, drafted):
                part = next(parts)
                if not same:
                    hours.update(amount=float(part), rate=rate, source="linked")
                reserved.append(hours)
        return reserved
