"""A field for rows that are written by the ten thousand."""

from odoo import fields


class KeylessMany2one(fields.Many2one):
    """A record without a foreign key: PostgreSQL does not see to it that it stays.

    PostgreSQL looks each row's record up and locks it, which for 10,000 rows takes longer than to
    write them (docs/performance.md). Only for a record that the key of another field implies, or
    whose own model looks for the rows before it goes.
    """

    def update_db_foreign_key(self, model, column):
        """Make no foreign key."""
