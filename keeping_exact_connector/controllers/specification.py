from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import content_disposition, request

from ..models.keeping_exact_invoice_specification import PATH
from ..tools.guards import INVOICING


class HoursSpecificationController(http.Controller):
    """Where the hours specification of an invoice is downloaded."""

    @http.route(f"{PATH}/<int:invoice_id>", type="http", auth="user", methods=["GET"])
    def download(self, invoice_id, **_params):
        """Return the PDF, to whoever sees the amounts of this invoice.

        Whoever does not is not told whether there is such an invoice.
        """
        invoice = request.env["keeping.exact.invoice"].browse(invoice_id)
        seen = request.env.user.has_group(INVOICING) and invoice.search(
            [("id", "=", invoice_id)], limit=1
        )
        if not seen or not seen.sudo()._get_specified_hours():
            raise NotFound
        content, name = seen._get_specification(), seen._get_specification_name()
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(name)),
            ("Cache-Control", "private, no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(content, headers)
