from odoo import api, fields, models


class KeepingExactInvoiceLineRates(models.Model):
    """Where the price of a line comes from, for whoever checks the draft."""

    _inherit = "keeping.exact.invoice.line"

    rate_because = fields.Char(
        string="Rate because",
        compute="_compute_rate_because",
        help="Which rate applied to these hours: that of their task, project, customer or "
        "organisation, or what was filled in by hand.",
    )

    @api.depends("hour_ids.rate_source")
    @api.depends_context("lang")
    def _compute_rate_because(self):
        Hour = self.env["keeping.exact.hour"]
        groups = Hour._read_group(
            [("invoice_line_id", "in", self.ids), ("rate_source", "!=", False)],
            ["invoice_line_id", "rate_source"],
        )
        words = dict(Hour._fields["rate_source"]._description_selection(self.env))
        found = {}
        for line, source in groups:
            found.setdefault(line.id, []).append(words[source])
        for line in self:
            line.rate_because = ", ".join(found.get(line.id, [])) or False
