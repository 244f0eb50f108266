from uuid import UUID

from odoo import api, models

from .. import exact_online

ENDPOINT = "salesinvoice/SalesInvoiceLines"


class KeepingExactInvoiceExactLines(models.Model):
    """The lines of an invoice as they are in Exact at this moment."""

    _inherit = "keeping.exact.invoice"

    @api.model
    def _get_line_select(self):
        """Return the properties of a line that are set against ours (reference, chapter 4.4)."""
        return [
            "ID",
            "LineNumber",
            "Item",
            "ItemCode",
            "ItemDescription",
            "Description",
            "Notes",
            "Quantity",
            "UnitCode",
            "UnitPrice",
            "NetPrice",
            "Discount",
            "AmountFC",
            "VATCode",
            "VATPercentage",
            "CostCenter",
            "CostUnit",
        ]

    @api.model
    def _read_exact_lines(self, client, guid):
        """Return the lines of an invoice in Exact, in their order there.

        Empty is not absent: a missing right gives an empty list too (reference, chapter 5.2).

        :param client: an exact_online.Client of its administration
        :param str guid: of the invoice in Exact
        :return: a list of rows; codes are padded with blanks as Exact gives them (chapter 3.3)
        """
        rows = client.rows(
            ENDPOINT,
            select=self._get_line_select(),
            where=exact_online.eq("InvoiceID", UUID(guid)),
        )
        return sorted(rows, key=lambda row: row["LineNumber"] or 0)
