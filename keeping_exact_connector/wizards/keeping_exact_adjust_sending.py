import json

from odoo import models
from odoo.exceptions import UserError

from ..models.keeping_exact_invoice_line import split_text
from ..models.keeping_exact_line_making import MAKE
from ..models.keeping_exact_line_removal import REMOVE
from .keeping_exact_adjust_line import CHANGE, IN_EXACT

# A line of theirs is removed last: what is made again stands beside it by then.
ORDER = (CHANGE, MAKE, REMOVE)


class KeepingExactAdjustSending(models.TransientModel):
    """Having the lines in Exact be as they are here, each as the screen says."""

    _inherit = "keeping.exact.adjust"

    # ------------------------------------------------------------------ actions

    def action_send(self):
        """Have the lines in Exact be what stands here. The sender does so after the commit.

        Lines are changed, made again or removed, as the screen says of each. Each is looked at
        first: what is not as it was shown is neither overwritten nor removed.

        :raise UserError: it is not open, there is nothing to send, or no line would be left
        """
        self.ensure_one()
        invoice = self._check_may_adjust()
        lines = self.line_ids.filtered(lambda line: line.to_do in ORDER)
        if not lines:
            raise UserError(
                self.env._("There is nothing to send: these lines are the same in Exact Online.")
            )
        self._check_some_are_left()
        invoice._touch()
        lines = lines.sorted(lambda line: (ORDER.index(line.to_do), line.id))
        invoice.sudo()._change_lines([self._prepare_step(line) for line in lines])
        return self._close()

    def _check_some_are_left(self):
        there = self.line_ids.filtered(lambda line: line.kind in IN_EXACT)
        kept = there.filtered(lambda line: line.to_do != REMOVE)
        if not kept and MAKE not in self.line_ids.mapped("to_do"):
            raise UserError(
                self.env._(
                    "An invoice keeps at least one line. Leave one of them in Exact Online, or "
                    "release the hours and delete the invoice there."
                )
            )

    # ------------------------------------------------------------------ values

    def _prepare_step(self, line):
        """Return values of keeping.exact.line.change."""
        if line.to_do == MAKE:
            vals = self._prepare_making(line)
        elif line.to_do == CHANGE:
            vals = self._prepare_change(line)
        else:
            vals = {"name": line.exact_name, "shown": line.shown, "wanted": "{}"}
        return {"what": line.to_do, "guid": line.guid, **vals}

    def _prepare_change(self, line):
        shown, text = json.loads(line.shown), line._get_text()
        wanted = {
            "Quantity": line.quantity,
            "UnitPrice": line.unit_price,
            "Discount": line.line_id.exact_discount,
            "Description": shown["Description"] if text == (line.exact_name or "") else text,
            "Notes": shown["Notes"],
        }
        wanted = self.env["keeping.exact.line.change"]._dump(wanted)
        return {"name": text, "shown": line.shown, "wanted": wanted}

    def _prepare_making(self, line):
        stored, text = line.line_id, line._get_text()
        as_stored = not text or text == stored._split_text()[0]
        name = stored.name if as_stored else text
        description, notes = split_text(name, stored.notes)
        wanted = {
            "Quantity": line.quantity,
            "UnitPrice": line.unit_price,
            "Discount": stored.exact_discount,
            "Description": description,
            "Notes": notes,
        }
        wanted = self.env["keeping.exact.line.change"]._dump(wanted)
        there = self.line_ids.filtered(lambda one: one.kind in IN_EXACT)
        shown = json.dumps({"lines": there.mapped("guid")})
        return {"name": description, "line_id": stored.id, "shown": shown, "wanted": wanted}
