from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..tools.links import PARAMETER
from .processing_case import ProcessingCase


@tagged("post_install", "-at_install")
class TestOpening(ProcessingCase):
    """Open in Exact leads as near to the invoice as is known."""

    def _url(self, invoice, user=None):
        return invoice.with_user(user or self.processor).action_open_in_exact()["url"]

    def test_the_printed_document_where_known_else_the_card_and_the_template_first(self):
        invoice = self._open(1)
        self.assertIn("CRMAccountCard", self._url(invoice))
        processing = self._process(invoice)
        self.sandbox.clear_calls()
        # Who only looks makes no call.
        self.assertIn("CRMAccountCard", self._url(invoice, self.viewer))
        self.assertFalse(self.sandbox.calls())
        for _click in range(2):
            url = self._url(invoice)
            self.assertTrue(url.startswith(self.sandbox.url))
            self.assertIn(processing.document_guid, url)
        self.assertEqual(len(self.sandbox.calls()), 1, "asked for once")
        self.assertIn(processing.document_guid, self._url(invoice, self.viewer))
        settings = self.env["res.config.settings"]
        settings.create(
            {"keeping_exact_open_url_nl": "/docs/Invoice.aspx?d={division}&n={number}"}
        ).execute()
        code = self.administration.code
        self.assertEqual(
            self._url(invoice),
            f"{self.sandbox.url}/docs/Invoice.aspx?d={code}&n={invoice.number}",
        )
        unprocessed = self._open(2)
        self.assertIn("CRMAccountCard", self._url(unprocessed), "it has no number yet")
        for wrong in ("https://elsewhere.example/{number}", "//elsewhere", "/docs/{password}"):
            with self.assertRaises(ValidationError):
                settings.create({"keeping_exact_open_url_nl": wrong})
        self.env["ir.config_parameter"].set_param(PARAMETER % "nl", "javascript:alert(1)")
        self.assertIn(processing.document_guid, self._url(invoice))

    def test_a_document_that_may_not_be_read_is_asked_for_once(self):
        invoice = self._open(1)
        self._process(invoice)
        self.sandbox.add_fault(
            method="GET", path="documents/Documents", kind="status", status=403, times=5
        )
        self.sandbox.clear_calls()
        for _click in range(2):
            self.assertIn("CRMAccountCard", self._url(invoice))
        self.assertEqual(len(self.sandbox.calls()), 1)
