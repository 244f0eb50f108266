from odoo import fields, models

SALES = 20


class KeepingExactJournal(models.Model):
    _name = "keeping.exact.journal"
    _description = "Exact Online Journal"
    _inherit = ["keeping.exact.typed"]

    _unread_field = "journals_unread"
    _typed_vals = {"type": SALES}
    _exact_endpoint = "financial/Journals"
    _exact_fields = {
        "Code": "code",
        "Description": "name",
        "Type": "type",
        "IsBlocked": "blocked",
        "Currency": "currency",
        "AllowVariableCurrency": "variable_currency",
    }

    type = fields.Integer(readonly=True, help="Exact's number of the kind; 20 is sales")
    blocked = fields.Boolean(readonly=True)
    currency = fields.Char(readonly=True)
    variable_currency = fields.Boolean(
        string="Other currencies", readonly=True, help="Whether entries may be in another currency"
    )

    _administration_guid_unique = models.Constraint(
        "UNIQUE (administration_id, guid)", "A journal of Exact is kept once."
    )
