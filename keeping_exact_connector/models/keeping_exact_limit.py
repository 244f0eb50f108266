from odoo import fields, models

from ..tools.sites import SITE_SELECTION


class KeepingExactLimit(models.Model):
    """What is known of Exact's limits for one app in one administration.

    Written by ``tools/database_ledger.py`` only. Nobody but the system reads it.
    """

    _name = "keeping.exact.limit"
    _description = "Exact Online Limits"
    _log_access = False

    site = fields.Selection(SITE_SELECTION, required=True, export_string_translation=False)
    client_id = fields.Char(required=True, export_string_translation=False)
    # Number of the administration; 0 for calls without.
    code = fields.Integer(required=True, export_string_translation=False)
    # A state of exact_online.Ledger, as JSON.
    state = fields.Text(export_string_translation=False)

    _site_client_code_unique = models.Constraint(
        "UNIQUE (site, client_id, code)",
        "Limits are counted once per app and administration.",
    )
