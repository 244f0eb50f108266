from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..linking import Group, InvoiceLine, match
from ..pricing.money import to_decimal
from .keeping_exact_invoice_create_making import MOST_ENTRIES, MOST_LINES
from .keeping_exact_invoice_link import COMPARE
from .keeping_exact_invoice_link_proposal import hundredths
from .line_texts import LineTexts, Recipient


class Unbooked:
    """Nothing but breakdown and price keeps hours apart: the invoice was booked already."""

    def get(self, _row):
        """Return what else keeps an entry apart."""
        return None


class KeepingExactInvoiceLinkCompare(models.TransientModel):
    """Sets the chosen hours against the lines of the invoice."""

    _inherit = "keeping.exact.invoice.link"

    group_ids = fields.One2many("keeping.exact.invoice.link.group", "link_id", string="Your hours")
    # What the hours are worth, and the lines with and without hours.
    chosen_amount = fields.Monetary(compute="_compute_difference", export_string_translation=False)
    against_amount = fields.Monetary(compute="_compute_difference", export_string_translation=False)
    without_amount = fields.Monetary(compute="_compute_difference", export_string_translation=False)
    difference = fields.Monetary(
        compute="_compute_difference", help="How much more the lines are than the hours on them"
    )
    # Lines that are too high and too low may be nothing together: this counts each of them.
    difference_size = fields.Monetary(
        compute="_compute_difference", export_string_translation=False
    )
    difference_message = fields.Char(
        compute="_compute_difference_message", export_string_translation=False
    )
    unassigned_count = fields.Integer(
        compute="_compute_difference", export_string_translation=False
    )
    confirm_difference = fields.Boolean(string="I know that it differs")
    confirmed_difference = fields.Monetary(readonly=True, export_string_translation=False)

    # ------------------------------------------------------------------ compute

    @api.depends(
        "group_ids.line_id",
        "group_ids.worth",
        "line_ids.amount",
        "line_ids.group_ids",
        "rate_mode",
    )
    def _compute_difference(self):
        for link in self:
            groups = link.group_ids
            link.unassigned_count = len(groups.filtered(lambda group: not group.line_id))
            shown = [
                (line, groups.filtered(lambda group: group.line_id._origin == line._origin))  # noqa: B023
                for line in link.line_ids
            ]
            differences = [line._get_difference(on_it) for line, on_it in shown if on_it]
            link.against_amount = sum(line.amount for line, on_it in shown if on_it)
            link.without_amount = sum(line.amount for line, on_it in shown if not on_it)
            link.difference = sum(differences)
            link.difference_size = sum(map(abs, differences))
            link.chosen_amount = link.against_amount - link.difference

    @api.depends("difference_size")
    @api.depends_context("lang")
    def _compute_difference_message(self):
        for link in self:
            link.difference_message = link.difference_size and link._explain_difference()

    def _explain_difference(self):
        if self.difference:
            return self.env._(
                "The lines are %(lines)s and the hours on them %(hours)s: a difference of "
                "%(difference)s.",
                lines=self._format(self.against_amount),
                hours=self._format(self.chosen_amount),
                difference=self._format(self.difference),
            )
        return self.env._(
            "Together lines and hours are the same, but by line they differ by %s.",
            self._format(self.difference_size),
        )

    @api.onchange("group_ids")
    def _onchange_group_ids(self):
        self.confirm_difference = False

    # ------------------------------------------------------------------ actions

    def action_compare(self):
        """Group the chosen hours, and find the line that each group is on.

        :return: the action that shows the next step
        :raise UserError: nothing was chosen, or it cannot be linked like this
        """
        self.ensure_one()
        self._check_may_link()
        self._check_choice()
        self._set_against(self._group(self._get_ids()))
        self.sudo().write({"step": COMPARE, "notice": False})
        return self._show_step()

    def _check_choice(self):
        """Refuse a choice that cannot be linked, before anything is locked.

        :raise UserError: says what is missing
        """
        if not self.guid:
            raise UserError(self.env._("Choose the invoice first."))
        if not self._get_partner():
            raise UserError(
                self.env._(
                    "%s is no customer in Odoo yet. Choose the contact whose hours these are.",
                    self.sudo().customer_id.name,
                )
            )
        if not self.found_count:
            raise UserError(self._explain_nothing())
        if self.found_count > MOST_ENTRIES:
            raise UserError(
                self.env._(
                    "These are %(count)s entries; at most %(most)s go on one invoice. Choose a "
                    "shorter period or fewer projects.",
                    count=self.found_count,
                    most=MOST_ENTRIES,
                )
            )
        self._check_rates()
        self._check_repeated()

    # ------------------------------------------------------------------ groups

    def _group(self, ids):
        """Return the chosen hours as lines by the breakdown, priced and named.

        :param list ids: of account.analytic.line
        :return: list of Drafted
        """
        priced = self._price(self._fetch_entries(ids))
        lines = [drafted for found in priced.values() for drafted in found]
        if len(lines) > MOST_LINES:
            raise UserError(
                self.env._(
                    "These hours would be %(count)s groups; at most %(most)s are set against an "
                    "invoice. Choose something coarser for One line per.",
                    count=len(lines),
                    most=MOST_LINES,
                )
            )
        lang = self.env.user.lang
        LineTexts(self, priced).name_lines(Recipient(self._get_partner(), lang, ""), lines)
        return lines

    def _price(self, rows):
        """Price the entries, all of them on this one invoice."""
        for row in rows:
            if self.rate_mode == "line_rate":
                row["rate"] = None
        lines = self._price_invoice(rows, self._get_pricing(), Unbooked())
        return {(self._get_partner().id, None): lines}

    def _get_group_key(self, drafted):
        """Return what a group of hours is known by: the same hours have the same one."""
        line = drafted.line
        return "|".join(str(part) for part in (*line.group, line.rate, *_figures(line)))

    def _set_against(self, lines):
        """Show groups of hours, each with the line of the invoice that it fits.

        :param list lines: of :meth:`_group`
        """
        shown = self.line_ids
        groups = [
            Group(
                hundredths(drafted.line.billed_hours),
                None if self.rate_mode == "line_rate" else hundredths(drafted.line.amount),
                drafted.text,
            )
            for drafted in lines
        ]
        theirs = [
            InvoiceLine(hundredths(line.quantity), hundredths(line.amount), line.name)
            for line in shown
        ]
        found = match(groups, theirs)
        self.sudo().write(
            {
                "confirm_difference": False,
                "group_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "key": self._get_group_key(drafted),
                                "name": drafted.text,
                                "count": len(drafted.rows),
                                "hours": float(drafted.line.hours),
                                "billed_hours": float(drafted.line.billed_hours),
                                "amount": float(drafted.line.amount),
                                "line_id": position is not None and shown[position].id,
                                "reason": reason,
                            }
                        )
                        for drafted, (position, reason) in zip(lines, found, strict=True)
                    ),
                ],
            }
        )

    def _check_compared(self):
        """Refuse hours that are on no line, and a difference that nobody agreed to.

        :raise UserError: names the groups, or tells the difference
        """
        if not self.group_ids:
            raise UserError(self.env._("Set the hours against the lines of the invoice first."))
        lost = self.group_ids.filtered(lambda group: not group.line_id)
        if lost:
            raise UserError(
                self.env._(
                    "Choose the line of the invoice for these hours: %s.",
                    ", ".join(lost.mapped("name")),
                )
            )
        agreed = self.currency_id.compare_amounts(self.confirmed_difference, self.difference_size)
        if self.difference_size and (not self.confirm_difference or agreed):
            raise UserError(
                self.env._(
                    "%s Tick that you know, or choose other hours.", self._explain_difference()
                )
            )


def _figures(line):
    """Return the figures of a group: ids tell whether hours were exchanged for others."""
    hours = to_decimal(float(line.billed_hours), 4)
    entries = hash(tuple(sorted(entry.id for entry in line.entries)))
    return (len(line.entries), hours, line.amount, entries)
