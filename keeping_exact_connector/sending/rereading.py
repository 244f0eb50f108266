"""Reads what the answers to POSTs did not hold: number, dates and totals, many in one call."""

import logging
from datetime import timedelta

from odoo import fields
from odoo.tools import split_every

from .. import exact_online
from ..tools.locks import CONFLICTS
from .waiting import Waiting

_logger = logging.getLogger(__name__)

LATER = timedelta(minutes=15)


class Rereading(Waiting):
    """The part of a sender that reads again."""

    def _reread(self, client):
        """Read again what is due. What goes wrong costs nothing but time: it stays due."""
        # What a call has brought is kept before the next one.
        for guids in split_every(exact_online.GUIDS_AT_ONCE, self._get_reread_due()):
            try:
                self._reread_some(client, guids)
            except CONFLICTS:
                # Somebody is at one of them just now; the next run sees how.
                self._reset()
            except exact_online.ExactError as error:
                _logger.info("Totals were not read: %s", error)
                self._put_off_reread(error)
                return

    def _get_reread_due(self):
        self._reset()
        due = self.env["keeping.exact.invoice"].search(
            [
                ("administration_id", "=", self.administration_id),
                ("reread_at", "<=", fields.Datetime.now()),
                ("guid", "!=", False),
            ],
            order="id",
        )
        guids = due.mapped("guid")
        self._commit()
        return guids

    def _reread_some(self, client, guids):
        Invoice = self.env["keeping.exact.invoice"]
        rows = client.rows_of(
            Invoice._exact_post_endpoint, "InvoiceID", guids, select=Invoice._get_select()
        )
        found = {row["InvoiceID"]: row for row in rows}
        self._reset()
        invoices = Invoice.search(
            [("administration_id", "=", self.administration_id), ("guid", "in", guids)]
        )
        for invoice in invoices:
            if invoice.guid in found:
                invoice._reread(found[invoice.guid])
            else:
                # Empty is not absent: a missing right gives an empty list too (chapter 5.2).
                invoice.reread_at = fields.Datetime.now() + LATER
        self._commit()

    def _put_off_reread(self, error):
        until = fields.Datetime.now() + LATER
        if isinstance(error, exact_online.LimitReached):
            until = error.over_at
        self._reset()
        self.env["keeping.exact.invoice"].search(
            [("administration_id", "=", self.administration_id), ("reread_at", "!=", False)]
        ).reread_at = until
        self._commit()
