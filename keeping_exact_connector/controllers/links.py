import tempfile

from werkzeug.exceptions import NotFound
from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.http import content_disposition, request

from ..models.keeping_exact_export import PATH

# Bytes that stay in memory; a larger file goes to the disk.
IN_MEMORY = 2**22


class LinksController(http.Controller):
    """Where the file of an organisation's links is downloaded."""

    @http.route(f"{PATH}/<int:export_id>", type="http", auth="user", methods=["GET"])
    def download(self, export_id, **_params):
        """Return the file, once, to whoever asked for it.

        Others are not told whether there is such an export. An address alone therefore makes
        nobody believe that there is a file somewhere.
        """
        export = request.env["keeping.exact.export"].search(
            [
                ("id", "=", export_id),
                ("create_uid", "=", request.env.uid),
                ("made_at", "=", False),
            ]
        )
        if not export:
            raise NotFound
        export = export.with_context(allowed_company_ids=export.company_id.ids)
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer's
        export._write_file(file)
        file.seek(0, 2)
        size = file.tell()
        file.seek(0)
        headers = [
            ("Content-Type", "application/zip"),
            ("Content-Length", size),
            ("Content-Disposition", content_disposition(export._get_file_name())),
            ("Cache-Control", "private, no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return http.Response(
            wrap_file(request.httprequest.environ, file), headers=headers, direct_passthrough=True
        )
