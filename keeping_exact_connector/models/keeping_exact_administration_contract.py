import time
from datetime import timedelta

from odoo import fields, models

from .. import exact_online

# Calls of all apps in all administrations of a contract in a UTC day: fair use, which no header
# tells of. With a Premium licence an app is told the contract's own limit (API reference, ch. 2).
CONTRACT_CALLS = 20_000
CONTRACT_PARAMETER = "keeping_exact_connector.contract_calls"


class KeepingExactAdministrationContract(models.Model):
    """The calls that an organisation's contract with Exact allows in a day, over all its books."""

    _inherit = "keeping.exact.administration"

    def _get_contract_reset(self):
        """Return when the contract has calls again (UTC), or None as long as it has some.

        Counted from what is known of each administration's day; other programs' calls are among
        those that Exact told of.
        """
        self.ensure_one()
        days = self._get_contract_days()
        asked = self.env["ir.config_parameter"].sudo().get_param(CONTRACT_PARAMETER)
        most = int(asked or 0) or max([CONTRACT_CALLS, *(day.limit for day in days)])
        if sum(day.limit - day.left for day in days) < most:
            return None
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        return tomorrow.replace(hour=0, minute=0, second=1, microsecond=0)

    def _get_contract_days(self):
        """Return the running days of the organisation's administrations on this site."""
        books = self.sudo().search(
            [("company_id", "=", self.company_id.id), ("site", "=", self.site)]
        )
        limits = (
            self.env["keeping.exact.limit"]
            .sudo()
            .search([("site", "=", self.site), ("code", "in", books.mapped("code"))])
        )
        now = time.time()
        days = [exact_online.State.from_json(limit.state).day for limit in limits]
        return [day for day in days if day.over_at and day.over_at > now]
