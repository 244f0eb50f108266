from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import float_compare

from ..models.keeping_exact_invoice_line import PRECISION
from ..models.keeping_exact_invoice_line_as_in_exact import DISCOUNT_DIGITS
from ..models.keeping_exact_line_making import MAKE
from ..models.keeping_exact_line_removal import REMOVE

SAME, CHANGED, NEW, GONE, LEFT = "same", "changed", "new", "gone", "left"
IN_EXACT = (SAME, CHANGED, NEW)
# What sending ours does to a line: see keeping.exact.line.change.
CHANGE, STAY = "change", "stay"
EDITABLE = {"name", "quantity", "unit_price", "send"}


class KeepingExactAdjustLine(models.TransientModel):
    """A line as it is stored here, beside what it is in Exact."""

    _name = "keeping.exact.adjust.line"
    _description = "Line of an Exact Invoice to Compare"
    _order = "id"

    adjust_id = fields.Many2one(
        "keeping.exact.adjust", required=True, readonly=True, ondelete="cascade", index=True
    )
    guid = fields.Char(string="Exact ID", readonly=True)
    currency_id = fields.Many2one(related="adjust_id.currency_id")
    kind = fields.Selection(
        string="Compared",
        selection=[
            (SAME, "The same"),
            (CHANGED, "Changed in Exact"),
            (NEW, "New in Exact"),
            (GONE, "Gone in Exact"),
            (LEFT, "Gone, taken over"),
        ],
        readonly=True,
    )
    line_id = fields.Many2one(
        "keeping.exact.invoice.line",
        string="Stored line",
        readonly=True,
        ondelete="cascade",
        export_string_translation=False,
    )
    send = fields.Boolean(
        default=True,
        help="Cleared, this line stays in Exact Online as it is when ours is sent.",
    )
    to_do = fields.Selection(
        string="When sent",
        selection=[
            (STAY, "Stays as it is"),
            (CHANGE, "Changed"),
            (MAKE, "Made again"),
            (REMOVE, "Removed"),
        ],
        compute="_compute_to_do",
        help="What becomes of this line in Exact Online.",
    )
    hours = fields.Float(string="Hours on it", digits=(16, 2), readonly=True)
    name = fields.Char(string="Here")
    quantity = fields.Float(digits=(16, 4))
    unit_price = fields.Float(string="Price", digits=(16, 4))
    amount = fields.Monetary(compute="_compute_amount")
    stored_quantity = fields.Float(digits=(16, 4), readonly=True, export_string_translation=False)
    stored_price = fields.Float(digits=(16, 4), readonly=True, export_string_translation=False)
    # It may have a discount in it: quantity times price does not tell.
    stored_amount = fields.Monetary(readonly=True, export_string_translation=False)
    exact_name = fields.Char(string="In Exact", readonly=True)
    exact_quantity = fields.Float(string="Quantity in Exact", digits=(16, 4), readonly=True)
    exact_unit_price = fields.Float(string="Price in Exact", digits=(16, 4), readonly=True)
    exact_discount = fields.Float(string="Discount in Exact", digits=DISCOUNT_DIGITS, readonly=True)
    exact_amount = fields.Monetary(string="Amount in Exact", readonly=True)
    # What is in Exact, as the sender compares it.
    shown = fields.Text(readonly=True, export_string_translation=False)

    @api.depends("quantity", "unit_price", "stored_amount")
    def _compute_amount(self):
        for line in self:
            figures = (line.quantity, line.unit_price)
            if not line.line_id or figures == (line.stored_quantity, line.stored_price):
                line.amount = line.stored_amount
            else:
                line.amount = line.line_id._reckon_amount(*figures, line.line_id.exact_discount)

    @api.depends("kind", "send", "name", "quantity", "unit_price")
    def _compute_to_do(self):
        for line in self:
            doing = {
                NEW: REMOVE,
                # Without a quantity it would bill nothing there.
                GONE: MAKE if line.quantity else STAY,
                LEFT: MAKE if line.quantity else STAY,
            }.get(line.kind, CHANGE if line._is_other_there() else STAY)
            line.to_do = doing if line.send else STAY

    def _is_other_there(self):
        """Tell whether what stands here is other than in Exact, as far as it can be changed."""

        def other(mine, theirs, digits=PRECISION[1]):
            return float_compare(mine, theirs, precision_digits=digits)

        return bool(
            self._get_text() != (self.exact_name or "")
            or other(self.quantity, self.exact_quantity)
            or other(self.unit_price, self.exact_unit_price)
            or other(self.line_id.exact_discount, self.exact_discount, DISCOUNT_DIGITS[1])
        )

    def _get_text(self):
        return " ".join((self.name or "").split())

    def write(self, vals):
        if not self.env.su and set(vals) - EDITABLE:
            raise AccessError(self.env._("Only texts, quantities and prices can be changed here."))
        return super().write(vals)
