"""A field for rows that are written by the ten thousand."""

from odoo import fields


class ImpliedMany2one(fields.Many2one):
    """A record that another field of the row implies: without a foreign key of its own.

    PostgreSQL looks each row's record up and locks it, which for one and the same organisation in
    10,000 rows takes longer than to write them (docs/performance.md). The key of the field that
    implies it keeps the record from going.
    """

    def update_db_foreign_key(self, model, column):
        """Make no foreign key."""
