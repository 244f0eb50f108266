from functools import partial
from uuid import UUID

from odoo import models

from .keeping_exact_invoice_sending import PROCESSED
from .keeping_exact_sendable import CannotSend


class KeepingExactDocumentLink(models.Model):
    """The link from an open invoice in Exact to its hours specification.

    The one thing that is changed in Exact and not made: ``Document`` of a sales invoice that was
    made from here and is still open (reference, chapter 4.3). What somebody has put there stays.
    """

    _name = "keeping.exact.document.link"
    _description = "Link of an Hours Specification in Exact Online"
    _inherit = ["keeping.exact.document.part"]

    _exact_kind = "document_link"
    _exact_post_endpoint = "salesinvoice/SalesInvoices"

    # ------------------------------------------------------------------ business

    def _exact_needs(self):
        # An empty document is no help to anybody.
        return [self.document_id, *self.document_id.attachment_ids]

    def _read_invoice(self, client):
        """Return the row of the invoice in Exact with its document, or None."""
        invoice = self.document_id.invoice_id
        return invoice._read_in_exact(client, also=("Document", "DocumentSubject"))

    def _exact_look_before(self, client):
        row = self._read_invoice(client)
        if not row or self._is_linked(row):
            return row
        if row["Status"] == PROCESSED:
            raise CannotSend(self.document_id.subject, "document_late")
        if row.get("Document"):
            raise CannotSend(row.get("DocumentSubject") or row["Document"], "document_other")
        return None

    def _is_linked(self, row):
        return row.get("Document") == self.document_id.guid

    def _exact_request(self, client):
        key = UUID(self.document_id.invoice_id.guid)
        reference = self._exact_reference()
        return partial(client.put, self._exact_post_endpoint, key, reference=reference)

    def _prepare_exact_payload(self):
        """Return the body of PUT salesinvoice/SalesInvoices (reference, chapter 4.3)."""
        return {"Document": self.document_id.guid}

    def _exact_find(self, client, since):
        row = self._read_invoice(client)
        return [row] if row and self._is_linked(row) else []

    def _exact_absence_proved(self, client):
        # Not by an empty list, but by the invoice itself, which is read and not linked.
        row = self._read_invoice(client)
        return bool(row) and not self._is_linked(row)

    def _exact_key(self, row):
        # A PUT answers nothing.
        return self.document_id.guid
