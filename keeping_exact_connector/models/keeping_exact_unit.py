from odoo import fields, models

TIME = "T"
# Exact's TimeUnit of an hour (API reference, chapter 4.11).
HOUR = "hh"


class KeepingExactUnit(models.Model):
    """Units of items and lines; what they measure is Exact's Type (API reference, chapter 4.11)."""

    _name = "keeping.exact.unit"
    _description = "Exact Online Unit"
    _inherit = ["keeping.exact.mirror"]

    _exact_endpoint = "logistics/Units"
    _exact_fields = {
        "Code": "code",
        "Description": "name",
        "Type": "type",
        "TimeUnit": "time_unit",
    }
    _exact_in_use = "Active"

    type = fields.Selection(
        [
            ("A", "Area"),
            ("L", "Length"),
            ("O", "Other"),
            (TIME, "Time"),
            ("V", "Volume"),
            ("W", "Weight"),
        ],
        readonly=True,
    )
    time_unit = fields.Char(readonly=True, help="Of a unit of time, in Exact's words: hh is hours")

    _administration_guid_unique = models.Constraint(
        "UNIQUE (administration_id, guid)", "A unit of Exact is kept once."
    )

    def _prepare_vals_from_exact(self, row):
        vals = super()._prepare_vals_from_exact(row)
        vals["name"] = vals["name"] or vals["code"]
        if vals["type"] not in dict(self._fields["type"].selection):
            vals["type"] = False
        return vals

    def _is_no_hour(self):
        """Tell whether it is known to be another unit than that of hours."""
        self.ensure_one()
        return bool(self.type and (self.type, self.time_unit) != (TIME, HOUR))
