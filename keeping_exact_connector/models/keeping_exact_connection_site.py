from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import exact_online


class KeepingExactConnectionSite(models.Model):
    """Which of Exact's country sites a connection is for, told from an address too."""

    _inherit = "keeping.exact.connection"

    # Not stored: only the site is kept. What is copied from a browser may hold more than it shows.
    exact_address = fields.Char(
        string="Address of your Exact Online",
        compute="_compute_exact_address",
        inverse="_inverse_exact_address",
        help="Not sure which one you use? Log in to Exact Online, copy the address from your "
        "browser and paste it here.",
    )

    # ------------------------------------------------------------------ compute and inverse

    @api.depends("site")
    def _compute_exact_address(self):
        for connection in self:
            # A new one is asked for it; nothing that is there already looks like an answer.
            known = connection._origin and connection.site
            connection.exact_address = known and self._get_site_url(connection.site)

    def _inverse_exact_address(self):
        for connection in self.filtered("exact_address"):
            try:
                site = connection._recognise_site(connection.exact_address)
            except exact_online.UnsupportedSite as error:
                raise UserError(connection._explain_unsupported(error)) from error
            if site != connection.site:
                connection.site = site

    @api.onchange("exact_address")
    def _onchange_exact_address(self):
        if not self.exact_address:
            return None
        try:
            self.site = self._recognise_site(self.exact_address)
        except exact_online.UnsupportedSite as error:
            self.exact_address = False
            return {
                "warning": {
                    "title": self.env._("This Exact Online cannot be connected"),
                    "message": self._explain_unsupported(error),
                    "type": "dialog",
                }
            }
        return None

    @api.onchange("site")
    def _onchange_site(self):
        # The last choice counts: an address that was pasted before must not undo it.
        try:
            pasted = self.exact_address and self._recognise_site(self.exact_address)
        except exact_online.UnsupportedSite:
            pasted = None
        if pasted != self.site:
            self.exact_address = False

    # ------------------------------------------------------------------ business

    @api.model
    def _recognise_site(self, address):
        """Return the site of a pasted address.

        :raise exact_online.UnsupportedSite: see :func:`exact_online.recognise_site`
        """
        addresses = {code: self._get_site_url(code) for code in exact_online.SITES}
        return exact_online.recognise_site(address, addresses)

    @api.model
    def _explain_unsupported(self, error):
        """Say which sites there are, and how to ask for another one."""
        website = self.env.ref("base.module_keeping_exact_connector").sudo().website
        labels = self._fields["site"]._description_selection(self.env)
        supported = self.env._(
            "These are supported: %(sites)s. Do you use another one? Ask for it at %(website)s.",
            sites=", ".join(label for _code, label in labels),
            website=website,
        )
        country = error.country and self.env["res.country"].search([("code", "=", error.country)])
        if country:
            return self.env._(
                "Exact Online of %(country)s is not supported yet. %(supported)s",
                country=country.name,
                supported=supported,
            )
        return self.env._(
            "This is not an address of an Exact Online that is supported. Log in to Exact Online "
            "and copy the address from your browser: it begins with start.exactonline. "
            "%(supported)s",
            supported=supported,
        )
