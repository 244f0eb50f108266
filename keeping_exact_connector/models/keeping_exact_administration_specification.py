from odoo import fields, models

from .keeping_exact_administration_sending import PAUSE, SAME_REFUSALS
from .keeping_exact_document_step import DOCUMENT_KINDS
from .keeping_exact_sendable import CannotSend


class KeepingExactAdministrationSpecification(models.Model):
    """Whose invoices get an hours specification, and what stands on it."""

    _inherit = "keeping.exact.administration"

    hours_specification = fields.Selection(
        [("off", "Off"), ("on", "With each invoice"), ("customer", "Per customer")],
        string="Attach it",
        default="off",
        required=True,
        tracking=True,
        help="A PDF with the hours that an invoice bills, added to it in Exact Online as a "
        "document before it is processed. With each invoice: except for customers who never get "
        "one. Per customer: for those who always get one. You can always download it.",
    )
    specification_person = fields.Boolean(string="Person", default=True)
    specification_task = fields.Boolean(string="Task", default=True)
    specification_text = fields.Boolean(string="Description of the hours", default=True)
    specification_amount = fields.Boolean(string="Amount", default=True)

    # Refused documents are counted apart: they must never pause the sending of invoices.
    document_refusal_kind = fields.Char(readonly=True, copy=False, export_string_translation=False)
    document_refusal_code = fields.Char(readonly=True, copy=False, export_string_translation=False)
    document_refusal_text = fields.Text(readonly=True, copy=False, export_string_translation=False)
    document_refusal_count = fields.Integer(
        readonly=True, copy=False, aggregator=None, export_string_translation=False
    )
    document_refused_at = fields.Datetime(
        readonly=True, copy=False, export_string_translation=False
    )

    # ------------------------------------------------------------------ business

    def _wants_specification(self, partner):
        """Tell whether an invoice to this customer gets its hours specification in Exact.

        :param partner: the commercial res.partner that is invoiced
        """
        self.ensure_one()
        if self.hours_specification == "off":
            return False
        # Of a contact with its many columns nothing else is needed.
        wish = partner.with_context(prefetch_fields=False).keeping_exact_specification
        return wish != "never" if self.hours_specification == "on" else wish == "always"

    def _note_refusal(self, kind, code, text):
        if kind not in DOCUMENT_KINDS:
            return super()._note_refusal(kind, code, text)
        same = (self.document_refusal_kind, self.document_refusal_code) == (kind, code)
        return self.write(
            {
                "document_refusal_kind": kind,
                "document_refusal_code": code,
                "document_refusal_text": text,
                "document_refusal_count": self.document_refusal_count + 1 if same else 1,
                "document_refused_at": fields.Datetime.now(),
            }
        )

    def _note_success(self, kind):
        if self.document_refusal_count and self.document_refusal_kind == kind:
            self.document_refusal_count = 0
        return super()._note_success(kind)

    def _check_documents_accepted(self):
        """Refuse to send another one while Exact refuses them all: each call too many counts.

        :raise CannotSend: three in a row were refused for the same reason within the hour
        """
        self.ensure_one()
        since = self.document_refused_at
        if self.document_refusal_count < SAME_REFUSALS or not since:
            return
        if since > fields.Datetime.now() - PAUSE:
            raise CannotSend(self.document_refusal_text, self.document_refusal_code)
