import logging

from odoo import fields, models

from .. import exact_online
from ..tools.costs import COSTS
from .keeping_exact_ledger import DEMANDED

_logger = logging.getLogger(__name__)

# What may bear the code of a cost centre or cost unit.
BEARERS = ("project.project", "project.task", "hr.employee")


class KeepingExactAdministrationLists(models.Model):
    """The lists for lines: units, and on which cost centre and cost unit they are booked.

    Item groups belong to them; the checks read and keep those (``_store_checks``).
    """

    _inherit = "keeping.exact.administration"

    # Models of the lists that Exact refused to show last time, with commas between.
    unread_lists = fields.Char(readonly=True, copy=False, export_string_translation=False)

    def _read_booking_lists(self, client):
        """Read units, accounts with a rule for cost centres, and what there is to choose from.

        Each list is committed before the next is asked for.

        :param client: an exact_online.Client of this administration
        """
        self.ensure_one()
        self._read_booking_list(client, "keeping.exact.unit")
        self._read_booking_list(client, "keeping.exact.ledger")
        for cost in COSTS:
            # Their scope is needed for nothing else: who uses none need not grant it, and each
            # refusal would count as an error (API reference, chapter 2).
            if self._uses(cost):
                self._read_booking_list(client, cost.model)

    def _read_booking_list(self, client, model):
        """Read one list and keep it; a refusal stops nothing.

        After a refusal the right is asked for first: that counts as no error, reading without it
        does (API reference, chapter 2).
        """
        Mirror = self.env[model].sudo()
        endpoint = Mirror._exact_endpoint
        unread = set((self.unread_lists or "").split(",")) - {""}
        try:
            if model in unread and not client.has_right(endpoint, "GET"):
                return
            pages = client.everything(endpoint, select=Mirror._get_select())
            Mirror._keep_list(self, [row for rows in pages for row in rows])
            unread.discard(model)
        except exact_online.NoRight as error:
            _logger.info("Administration %s: %s not read: %s", self.code, model, error)
            unread.add(model)
        found = ",".join(sorted(unread)) or False
        if found != self.unread_lists:
            self.unread_lists = found
        # The next call may take a minute, and nothing is to be unsaved or locked meanwhile.
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _uses(self, cost):
        """Tell whether a ledger account demands a cost centre or cost unit, or a code is filled in.

        :param Cost cost: one of COSTS
        """
        demanded = [("administration_id", "=", self.id), (cost.use_field, "=", DEMANDED)]
        if self.env["keeping.exact.ledger"].sudo().search_count(demanded, limit=1):
            return True
        borne = [
            ("company_id", "in", (False, self.company_id.id)),
            (cost.code_field, "!=", False),
        ]
        return any(self.env[model].sudo().search_count(borne, limit=1) for model in BEARERS)
