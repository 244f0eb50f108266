from odoo import fields, models

REASONS = [
    ("missing", "Not found here"),
    ("ambiguous", "Several look the same"),
    ("taken", "On another invoice here"),
    ("corrected", "Corrects an hour that is not imported"),
]


class KeepingExactImportHour(models.TransientModel):
    """An hour of a file that no timesheet here is known to be."""

    _name = "keeping.exact.import.hour"
    _description = "Hour Not Found in a File of Exact Online Links"
    _order = "id"
    _rec_name = "name"

    import_id = fields.Many2one(
        "keeping.exact.import", required=True, readonly=True, index=True, ondelete="cascade"
    )
    reference = fields.Char(string="Our reference", readonly=True)
    date = fields.Date(readonly=True)
    employee = fields.Char(readonly=True)
    project = fields.Char(readonly=True)
    task = fields.Char(readonly=True)
    name = fields.Char(string="Description", readonly=True)
    hours = fields.Float(readonly=True)
    reason = fields.Selection(REASONS, string="Because", readonly=True)
