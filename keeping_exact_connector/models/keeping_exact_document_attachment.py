from uuid import UUID

from odoo import models

from .. import exact_online


class KeepingExactDocumentAttachment(models.Model):
    """The file of an hours specification, added to its document in Exact."""

    _name = "keeping.exact.document.attachment"
    _description = "File of an Hours Specification in Exact Online"
    _inherit = ["keeping.exact.document.part"]

    _exact_kind = "attachment"
    _exact_post_endpoint = "documents/DocumentAttachments"

    # ------------------------------------------------------------------ business

    def _exact_needs(self):
        return [self.document_id]

    def _prepare_exact_payload(self):
        """Return the body of POST documents/DocumentAttachments (reference, chapter 4.16)."""
        self.ensure_one()
        content = self.document_id.content
        return {
            "Document": self.document_id.guid,
            "FileName": self.document_id.file_name,
            "Attachment": content.decode() if isinstance(content, bytes) else content,
        }

    def _exact_find(self, client, since):
        # The document is ours alone, and lists its files without a date.
        rows = client.rows(
            self._exact_post_endpoint,
            select=["ID", "FileName"],
            where=exact_online.eq("Document", UUID(self.document_id.guid)),
        )
        return [row for row in rows if row["FileName"] == self.document_id.file_name]

    def _exact_absence_proved(self, client):
        if not client.has_right(self._exact_post_endpoint, "GET"):
            return False
        # Files of documents are shown to whom their document is.
        document = self.document_id
        return self._exact_is_shown(client, document._exact_post_endpoint, "ID", [document.guid])
