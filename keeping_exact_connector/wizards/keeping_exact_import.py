import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.guards import check_editable
from ..tools.links_file.reading import LARGEST_FILE

EDITABLE = {"file", "file_name", "also_parts", "company_id"}


class KeepingExactImport(models.TransientModel):
    """A file of links from another database: what is in it is shown before anything is written."""

    _name = "keeping.exact.import"
    _description = "Import Exact Online Links"
    _rec_name = "file_name"

    company_id = fields.Many2one(
        "res.company",
        string="Organisation",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    step = fields.Selection(
        [("file", "Choose the file"), ("preview", "Check"), ("done", "Imported")],
        default="file",
        required=True,
        readonly=True,
    )
    file = fields.Binary(attachment=True)
    file_name = fields.Char(export_string_translation=False)
    notice = fields.Text(readonly=True, export_string_translation=False)
    database = fields.Char(string="From database", readonly=True)
    organisation = fields.Char(string="From organisation", readonly=True)
    exported_at = fields.Char(string="Exported on", readonly=True)
    # Of what was shown: what is written is what the person saw.
    shown = fields.Char(readonly=True, export_string_translation=False)
    new_count = fields.Integer(string="New", readonly=True)
    part_count = fields.Integer(string="New, not all hours found", readonly=True)
    rest_count = fields.Integer(string="Here, hours to add", readonly=True)
    here_count = fields.Integer(string="Here already", readonly=True)
    not_count = fields.Integer(string="Cannot be imported", readonly=True)
    hour_count = fields.Integer(string="Hours found", readonly=True)
    unmatched_count = fields.Integer(string="Hours not found", readonly=True)
    correction_count = fields.Integer(string="Corrections", readonly=True)
    credit_count = fields.Integer(string="Credits", readonly=True)
    also_parts = fields.Boolean(
        string="Also import links of which not all hours were found",
        help="Hours that were not found are kept with the link as they were billed, but hold no "
        "timesheet here: nothing keeps those hours from being billed again.",
    )
    imported_count = fields.Integer(readonly=True, export_string_translation=False)
    row_ids = fields.One2many(
        "keeping.exact.import.row", "import_id", readonly=True, export_string_translation=False
    )
    hour_ids = fields.One2many(
        "keeping.exact.import.hour", "import_id", readonly=True, export_string_translation=False
    )

    # ------------------------------------------------------------------ CRUD

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            check_editable(self, vals, EDITABLE)
        return super().create(vals_list)

    def write(self, vals):
        check_editable(self, vals, EDITABLE - {"company_id"})
        return super().write(vals)

    # ------------------------------------------------------------------ actions

    def action_preview(self):
        """Show what importing the file would do; nothing is written.

        :raise UserError: says what is wrong with the file
        """
        self._check_importing()
        self._show_preview(self._plan(), False)
        return True

    def action_import(self):
        """Import the links as they were shown.

        Where it would not be that any more, it is shown anew and nothing is written.
        """
        self._check_importing()
        if self.step != "preview":
            raise UserError(self.env._("Look first at what this file would do."))
        manifest = self._plan()
        if self._get_plan_digest(manifest) != self.shown:
            text = self.env._(
                "Nothing is imported yet: hours, links or administrations here changed since you "
                "looked. Below it is as it would be now. Look again."
            )
            self._show_preview(manifest, text)
            return True
        links = self._save()
        self.sudo().write({"step": "done", "imported_count": len(links), "notice": False})
        return True

    def action_back(self):
        """Choose another file."""
        self._check_importing()
        self.sudo().write({"step": "file", "file": False, "file_name": False, "notice": False})
        return True

    def action_open_links(self):
        """Show the links that are here now."""
        self._check_importing()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_invoice_action"
        )
        names = self.row_ids.mapped("reference")
        return {**action, "domain": [("name", "in", names)], "context": {}, "target": "main"}

    # ------------------------------------------------------------------ business

    @api.model
    def _open(self, company):
        """Return the action that imports into an organisation."""
        self.env["keeping.exact.export"]._check_may_move(company)
        return self.create({"company_id": company.id})._get_page()

    def _get_page(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import links"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _check_importing(self):
        self.ensure_one()
        self.check_access("write")
        self.env["keeping.exact.export"]._check_may_move(self.company_id)

    def _get_content(self):
        """Return the bytes of the file.

        :raise UserError: there is none, or too many
        """
        encoded = self.with_context(bin_size=False).file
        if not encoded:
            raise UserError(self.env._("Choose a file first."))
        if len(encoded) > LARGEST_FILE * 4 // 3 + 4:
            raise UserError(self.env._("This file is too large to be an export of links."))
        try:
            return base64.b64decode(encoded)
        except binascii.Error as error:
            raise UserError(self.env._("This file did not arrive whole. Choose it again.")) from (
                error
            )

    def _plan(self):
        """Find out what the file would do, in temporary tables.

        :return: its manifest
        """
        manifest = self._stage()
        self._find_existing()
        self._match_hours(manifest)
        self._judge(manifest)
        return manifest
