from odoo import fields, models


class KeepingExactDocumentPart(models.AbstractModel):
    """A step that comes after the document itself, and belongs to it."""

    _name = "keeping.exact.document.part"
    _description = "Part of an Hours Specification in Exact Online"
    _inherit = ["keeping.exact.document.step"]
    _order = "id desc"

    document_id = fields.Many2one(
        "keeping.exact.document", required=True, readonly=True, index=True, ondelete="cascade"
    )
    administration_id = fields.Many2one(related="document_id.administration_id", store=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)

    # ------------------------------------------------------------------ business

    def _get_document(self):
        return self.document_id
