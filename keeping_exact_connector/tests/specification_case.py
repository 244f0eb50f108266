import base64
import io

import requests

from odoo.tools.pdf import PdfReader

from .sandbox_case import SendingCase

DOCUMENTS = "documents/Documents"
ATTACHMENTS = "documents/DocumentAttachments"


def read_pdf(content):
    """Return all that is written in a PDF, without line breaks."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


class SpecificationCase(SendingCase):
    """An administration that adds hours specifications to its invoices."""

    profile = "strict"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administration.sudo().hours_specification = "on"
        cls.processor = cls._make_user("processor", "processing")

    def _open(self, *hours, **vals):
        invoice = self._queued(*hours, **vals)
        self._send()
        return invoice

    def _settle(self, times=3):
        """Have the sender come back as often as it takes."""
        for _time in range(times):
            self._pass_time()
            self._send()

    def _process(self, invoice):
        invoice.sudo()._plan_processing("book")
        self._send()

    def _row(self, invoice):
        return next(row for row in self._rows() if row["InvoiceID"] == invoice.guid)

    def _documents(self, invoice):
        """The documents in Exact that carry our reference, without Exact's own."""
        return [
            row
            for row in self._rows(DOCUMENTS)
            if invoice.name in row["Subject"] and row["Type"] == 55
        ]

    def _fetch(self, file):
        """Fetch the bytes of a file from Exact, as a person's browser does."""
        path = f"/docs/SysAttachment.aspx?ID={file['ID']}&_Division_={self.administration.code}"
        token = self.connection._get_token_source()()
        answer = requests.get(
            f"{self.sandbox.url}{path}&Download=1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=(9, 9),
        )
        self.assertEqual(answer.status_code, 200)
        return answer.content

    def _fail(self, kind, path, **vals):
        self.sandbox.add_fault(kind=kind, path=path, times=1, **{"method": "POST", **vals})

    def _assert_arrived(self, invoice):
        """Once each: the document, its file, and the link from the invoice."""
        document = invoice.sudo().document_ids
        self.assertEqual(invoice.specification_state, "done", invoice.sudo().specification_message)
        [row] = self._documents(invoice)
        self.assertEqual(row["ID"], document.guid)
        [file] = [row for row in self._rows(ATTACHMENTS) if row["Document"] == document.guid]
        self.assertEqual(file["FileName"], document.file_name)
        self.assertEqual(self._fetch(file), base64.b64decode(document.content))
        self.assertEqual(self._row(invoice)["Document"], document.guid)
