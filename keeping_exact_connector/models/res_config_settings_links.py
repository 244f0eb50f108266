from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.links import NAMES, PARAMETER, check_template
from ..tools.sites import SITE_SELECTION

SITES = [site for site, _name in SITE_SELECTION]


class ResConfigSettingsLinks(models.TransientModel):
    """Where *Open in Exact* leads, for each site of Exact Online."""

    _inherit = "res.config.settings"

    keeping_exact_open_url_nl = fields.Char(string="Netherlands", config_parameter=PARAMETER % "nl")
    keeping_exact_open_url_be = fields.Char(string="Belgium", config_parameter=PARAMETER % "be")
    keeping_exact_open_url_uk = fields.Char(
        string="United Kingdom", config_parameter=PARAMETER % "uk"
    )
    keeping_exact_open_url_us = fields.Char(
        string="United States", config_parameter=PARAMETER % "us"
    )

    @api.constrains(*(f"keeping_exact_open_url_{site}" for site in SITES))
    def _check_keeping_exact_open_url(self):
        for settings in self:
            for site in SITES:
                settings._check_template(settings[f"keeping_exact_open_url_{site}"])

    def _check_template(self, template):
        if not template:
            return
        try:
            check_template(template)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "An address in Exact Online begins with a slash, and may hold %(names)s. "
                    "Not this: %(wrong)s",
                    names=", ".join(f"{{{name}}}" for name in NAMES),
                    wrong=str(error),
                )
            ) from error
