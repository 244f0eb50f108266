import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.guards import INVOICING, check_invoicing
from .keeping_exact_invoice_step import UNDER_WAY

PATH = "/keeping_exact/specification"


class KeepingExactInvoiceSpecification(models.Model):
    """The hours specification of an invoice: to download, and as a document in Exact."""

    _inherit = "keeping.exact.invoice"

    document_ids = fields.One2many(
        "keeping.exact.document",
        "invoice_id",
        string="Hours specification in Exact",
        readonly=True,
        groups=INVOICING,
    )
    specification_state = fields.Selection(
        [("under_way", "On its way"), ("failed", "Refused"), ("done", "In Exact")],
        string="Hours specification",
        compute="_compute_specification_state",
        store=True,
    )
    specification_message = fields.Text(
        compute="_compute_specification_message", groups=INVOICING, export_string_translation=False
    )
    specification_remedy = fields.Text(
        compute="_compute_specification_message", groups=INVOICING, export_string_translation=False
    )

    # ------------------------------------------------------------------ compute

    @api.depends(
        "document_ids.state", "document_ids.attachment_ids.state", "document_ids.link_ids.state"
    )
    def _compute_specification_state(self):
        for invoice in self:
            steps = invoice.document_ids and invoice.document_ids[0]._get_steps()
            invoice.specification_state = self._merge_states({step.state for step in steps})

    @staticmethod
    def _merge_states(states):
        if "failed" in states:
            return "failed"
        if states & set(UNDER_WAY):
            return "under_way"
        return states == {"done"} and "done"

    @api.depends("specification_state", "document_ids.error_code")
    @api.depends_context("lang", "tz")
    def _compute_specification_message(self):
        for invoice in self:
            failed = invoice.document_ids and invoice.document_ids[0]._get_failed()
            invoice.specification_message = bool(failed) and failed.error_message
            invoice.specification_remedy = bool(failed) and failed.error_remedy

    # ------------------------------------------------------------------ actions

    def action_download_specification(self):
        """Download the hours specification; of an invoice in Exact, the one that is there.

        :raise AccessError: amounts are not for this user
        :raise UserError: there are no hours on it
        """
        self.ensure_one()
        self.check_access("read")
        check_invoicing(self.env)
        if not self.sudo()._get_specified_hours():
            raise UserError(self.env._("There are no hours on this invoice."))
        return {"type": "ir.actions.act_url", "url": f"{PATH}/{self.id}", "target": "download"}

    def action_retry_specification(self):
        """Send the hours specification to Exact again after it was refused."""
        self._check_invoicing()
        if any(invoice.specification_state != "failed" for invoice in self):
            raise UserError(
                self.env._("Only hours specifications that were refused can be retried.")
            )
        documents = self.sudo().document_ids
        documents.insisted = True
        documents._plan_rest()
        return True

    # ------------------------------------------------------------------ business

    def _get_specification(self):
        """Return the PDF: that which is in Exact, else as it would be now.

        As superuser: the caller has checked that the user may see the amounts of this invoice.
        """
        self.ensure_one()
        content = self.sudo().document_ids.content
        return base64.b64decode(content) if content else self._draw_specification()

    def _exact_made(self, row):
        result = super()._exact_made(row)
        wanted = self.administration_id._wants_specification(self.partner_id)
        wanted = wanted and self.state == "open" and not self.document_ids
        if wanted and self._get_specified_hours():
            self.env["keeping.exact.document"]._plan_for(self)
        return result

    def _release(self):
        self.ensure_one()
        self.document_ids._cancel_steps()
        return super()._release()
