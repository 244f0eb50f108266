import logging
from urllib.parse import urlsplit
from uuid import UUID

from odoo import models

from .. import exact_online
from ..tools.guards import INVOICING
from ..tools.links import PARAMETER, make_link

_logger = logging.getLogger(__name__)


class KeepingExactInvoiceOpening(models.Model):
    """Where *Open in Exact* leads: by the template of the site, else the printed document, else
    the customer's card."""

    _inherit = "keeping.exact.invoice"

    def action_open_in_exact(self):
        """Open the invoice in Exact, as near to it as its pages are known (chapter 7)."""
        self.ensure_one()
        self.check_access("read")
        url = self._make_templated_url() or self._get_document_url()
        if not url:
            return super().action_open_in_exact()
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def _make_templated_url(self):
        site = self.administration_id.site
        template = self.env["ir.config_parameter"].sudo().get_param(PARAMETER % site)
        if not template:
            return None
        invoice = self.sudo()
        values = {
            "division": invoice.administration_id.code,
            "invoice": invoice.guid,
            "customer": invoice.customer_id.guid,
            "document": self._get_document(invoice).document_guid,
            "number": invoice.number,
        }
        site_url = self.env["keeping.exact.connection"]._get_site_url(site)
        return make_link(site_url, template, values)

    @staticmethod
    def _get_document(invoice):
        """Return the processing that made the document, if it was processed from here."""
        return invoice.processing_ids.filtered("document_guid")[:1]

    def _get_document_url(self):
        """Return the address that Exact itself gives its document, asked for once."""
        processing = self._get_document(self.sudo())
        off = self.company_id._get_keeping_exact_refusal()
        if processing and not processing.document_asked and not off:
            self._ask_document_url(processing)
        return processing.document_url

    def _ask_document_url(self, processing):
        if not self.env.user.has_group(INVOICING):
            return
        administration = processing.administration_id
        try:
            with administration._get_client() as client:
                row = client.first(
                    "documents/Documents",
                    select=["ID", "DocumentViewUrl"],
                    where=exact_online.eq("ID", UUID(processing.document_guid)),
                )
        except (exact_online.NoRight, exact_online.Refused):
            row = None
        except exact_online.ExactError as error:
            _logger.info("The document of %s was not asked for: %s", self.name, error)
            return
        url = (row or {}).get("DocumentViewUrl") or ""
        site_url = self.env["keeping.exact.connection"]._get_site_url(administration.site)
        known = urlsplit(url)[:2] == urlsplit(site_url)[:2]
        processing.write({"document_asked": True, "document_url": known and url})
