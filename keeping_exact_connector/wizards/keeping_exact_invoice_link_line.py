from odoo import api, fields, models


class KeepingExactInvoiceLinkLine(models.TransientModel):
    """A line of the chosen invoice as it is in Exact, and the hours that are set against it."""

    _name = "keeping.exact.invoice.link.line"
    _description = "Line of an Exact Invoice to Link"
    _order = "sequence, id"

    link_id = fields.Many2one(
        "keeping.exact.invoice.link", required=True, readonly=True, ondelete="cascade", index=True
    )
    guid = fields.Char(string="Exact ID", required=True, readonly=True)
    sequence = fields.Integer(string="Line", readonly=True)
    name = fields.Char(string="Description", readonly=True)
    currency_id = fields.Many2one(related="link_id.currency_id")
    quantity = fields.Float(digits=(16, 2), readonly=True)
    unit_price = fields.Float(digits=(16, 2), readonly=True)
    vat_code = fields.Char(string="VAT code", readonly=True)
    amount = fields.Monetary(readonly=True)
    group_ids = fields.One2many("keeping.exact.invoice.link.group", "line_id")
    chosen_hours = fields.Float(string="Hours on it", compute="_compute_chosen", digits=(16, 2))
    chosen_amount = fields.Monetary(string="Their amount", compute="_compute_chosen")
    difference = fields.Monetary(
        compute="_compute_chosen",
        help="How much more the line is than its hours. Lines without hours have none.",
    )

    @api.depends("group_ids.billed_hours", "group_ids.worth", "amount", "link_id.rate_mode")
    def _compute_chosen(self):
        for line in self:
            groups = line.group_ids
            line.chosen_hours = sum(groups.mapped("billed_hours"))
            line.difference = line._get_difference(groups)
            line.chosen_amount = line.amount - line.difference if groups else 0

    @api.depends("sequence", "name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.sequence} · {line.name or ''}"

    def _get_difference(self, groups):
        """Return how much more the line is than groups of hours; without any nothing.

        :param groups: keeping.exact.invoice.link.group that are on it
        """
        self.ensure_one()
        if not groups or self._is_shared():
            return 0
        return self.currency_id.round(self.amount - sum(groups.mapped("worth")))

    def _is_shared(self):
        """Tell whether it is one piece: whatever hours are on it then share its amount."""
        self.ensure_one()
        return self.link_id.rate_mode == "line_rate" and self.quantity == 1

    def _price(self, hours):
        """Return what hours are worth at the price of this line.

        :param float hours: billed
        """
        self.ensure_one()
        if self._is_shared():
            whole = sum(self.group_ids.mapped("billed_hours"))
            return self.currency_id.round(self.amount * hours / whole) if whole else 0
        return self.currency_id.round(hours * self.unit_price)
