import logging

from odoo import models

from .. import exact_online

_logger = logging.getLogger(__name__)

BOOKING_LISTS = (
    "keeping.exact.item.group",
    "keeping.exact.ledger",
    "keeping.exact.cost.centre",
    "keeping.exact.cost.unit",
)


class KeepingExactAdministrationLists(models.Model):
    """The short lists that say on which cost centre and cost unit lines are booked."""

    _inherit = "keeping.exact.administration"

    def _read_booking_lists(self, client):
        """Read accounts with a rule for cost centres, and what there is to choose from.

        Who uses no cost centres need not grant the scopes for them: a refusal stops nothing.

        :param client: an exact_online.Client of this administration
        """
        self.ensure_one()
        for model in BOOKING_LISTS:
            try:
                Mirror = self.env[model].sudo()
                pages = client.everything(Mirror._exact_endpoint, select=Mirror._get_select())
                Mirror._keep_list(self, [row for rows in pages for row in rows])
            except exact_online.NoRight as error:
                _logger.info("Administration %s: %s not read: %s", self.code, model, error)
