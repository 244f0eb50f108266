from odoo import fields, models

OUTCOMES = [
    ("new", "New"),
    ("part", "New, not all hours"),
    ("rest", "Here, hours to add"),
    ("here", "Here already"),
    ("not", "Cannot be imported"),
]


class KeepingExactImportRow(models.TransientModel):
    """One link of a file, and what becomes of it here."""

    _name = "keeping.exact.import.row"
    _description = "Link in a File of Exact Online Links"
    _order = "outcome desc, id"
    _rec_name = "reference"

    import_id = fields.Many2one(
        "keeping.exact.import", required=True, readonly=True, index=True, ondelete="cascade"
    )
    reference = fields.Char(string="Our reference", readonly=True)
    number = fields.Char(readonly=True)
    customer = fields.Char(readonly=True)
    invoice_date = fields.Date(string="Invoice date", readonly=True)
    hour_count = fields.Integer(string="Entries", readonly=True)
    matched_count = fields.Integer(string="Found here", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    explanation = fields.Text(string="Because", readonly=True)
