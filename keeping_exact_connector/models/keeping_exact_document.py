import base64
from datetime import timedelta
from uuid import UUID

from odoo import api, fields, models
from odoo.tools import human_size

from .. import exact_online
from ..tools.reference import append_reference, carries_reference
from .keeping_exact_sendable import CONTROLS, CannotSend

# Miscellaneous (API reference, chapter 4.16): 10 is for Exact's own document of the invoice.
MISCELLANEOUS = 55
# Not documented; that of the description of an invoice, where the reference stands too.
SUBJECT_LENGTH = 60
# A POST may hold 10 MB; of an attachment the bytes count, not their base64 (chapter 2).
MAX_BYTES = 10 * 1000 * 1000


class KeepingExactDocument(models.Model):
    """The hours specification of one invoice, as a document in Exact.

    The sources do not tell of one call that hangs a file on an open sales invoice. What they do
    tell (chapters 4.3 and 4.16): documents have an account and a subject, attachments have a
    document, and ``Document`` of a sales invoice "links an existing document" and may be PUT as
    long as it is open. So there are three steps: the document with the customer as its account
    and our reference in its subject, its file, and last the link from the invoice. Should the
    last one be refused, the document is still found with the customer, by our reference.
    """

    _name = "keeping.exact.document"
    _description = "Hours Specification in Exact Online"
    _inherit = ["keeping.exact.document.step"]
    _order = "id desc"
    _rec_name = "subject"
    _check_company_auto = True

    _exact_kind = "document"
    _exact_post_endpoint = "documents/Documents"

    invoice_id = fields.Many2one(
        "keeping.exact.invoice",
        required=True,
        readonly=True,
        ondelete="cascade",
        check_company=True,
    )
    administration_id = fields.Many2one(
        related="invoice_id.administration_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="invoice_id.company_id", store=True, index=True, string="Organisation"
    )
    subject = fields.Char(readonly=True, export_string_translation=False)
    file_name = fields.Char(readonly=True, export_string_translation=False)
    # Made once, just before it is sent for the first time: who tries again sends the same bytes.
    content = fields.Binary(attachment=True, readonly=True, export_string_translation=False)
    # A person tries again: it is sent even if others were refused lately.
    insisted = fields.Boolean(readonly=True, export_string_translation=False)
    attachment_ids = fields.One2many(
        "keeping.exact.document.attachment", "document_id", export_string_translation=False
    )
    link_ids = fields.One2many(
        "keeping.exact.document.link", "document_id", export_string_translation=False
    )

    _one_per_invoice = models.Constraint(
        "UNIQUE (invoice_id)", "This invoice has an hours specification already."
    )

    # ------------------------------------------------------------------ steps

    def _get_document(self):
        return self

    def _get_steps(self):
        """Return the records to be made in Exact, in their order, as a list."""
        self.ensure_one()
        return [self, self.attachment_ids[:1], self.link_ids[:1]]

    def _get_failed(self):
        """Return the first step that was refused: the others were not sent because of it."""
        return next((step for step in self._get_steps() if step.state == "failed"), None)

    @api.model
    def _plan_for(self, invoices):
        """Plan the specifications of invoices that are open in Exact."""
        documents = self.create([{"invoice_id": invoice.id} for invoice in invoices])
        for document in documents:
            mine = {"document_id": document.id}
            self.env["keeping.exact.document.attachment"].create(mine)
            self.env["keeping.exact.document.link"].create(mine)
            document._plan_rest()
        return documents

    def _plan_rest(self):
        """Plan the steps that are not in Exact yet."""
        Operation = self.env["keeping.exact.operation"]
        for document in self:
            for step in document._get_steps():
                if step.state != "done" and not Operation._get_open(step):
                    step._plan()
        Operation._wake_sender()

    def _cancel_steps(self):
        for document in self:
            for step in document._get_steps():
                step._cancel()

    def _is_awaited(self):
        """Tell whether processing has to wait: for a while, for what is on its way to Exact."""
        steps = [step for document in self for step in document._get_steps()]
        Operation = self.env["keeping.exact.operation"]
        under_way = Operation.browse().union(*map(Operation._get_open, steps))
        # The last look-up is half an hour after the claim: what is unknown then may stay so.
        hour_ago = fields.Datetime.now() - timedelta(hours=1)
        lost = under_way.filtered(
            lambda operation: operation.first_claimed_at and operation.first_claimed_at < hour_ago
        )
        return bool(under_way - lost) and not lost

    # ------------------------------------------------------------------ messages

    def _in_words_of_maker(self):
        """Return the invoice, to write to its chatter in the language of who made it."""
        invoice = self.invoice_id
        return invoice.with_context(lang=invoice.create_uid.lang)

    def _note_refused(self, step):
        """Tell in the history of the invoice, once for all steps."""
        if step != self._get_failed():
            return
        step = step.with_context(lang=self.invoice_id.create_uid.lang)
        invoice = self._in_words_of_maker()
        text = invoice.env._(
            "The hours specification is not with the invoice in Exact Online: %(reason)s "
            "%(remedy)s",
            reason=step.error_message or "",
            remedy=step.error_remedy or "",
        )
        invoice._message_log(body=text)

    def _note_doubled(self, step):
        invoice = self._in_words_of_maker()
        invoice._tell_maker(
            invoice.env._(
                "Exact Online has the hours specification of this invoice more than once. Look at "
                "the documents of the customer and delete the others there."
            )
        )

    # ------------------------------------------------------------------ sending

    def _exact_needs(self):
        return [self.invoice_id]

    def _exact_look_before(self, client):
        """Make what is sent, and refuse it before Exact would."""
        administration = self.administration_id
        if not self.insisted:
            administration._check_documents_accepted()
        if not self.content:
            self._make_content()
        size = len(base64.b64decode(self.content))
        if size > MAX_BYTES:
            raise CannotSend(human_size(size), "document_large")
        return None

    def _make_content(self):
        invoice = self.invoice_id
        self.write(
            {
                "content": base64.b64encode(invoice._draw_specification()),
                "file_name": invoice._get_specification_name(),
                "subject": append_reference(
                    invoice._get_specification_title(), invoice.name, SUBJECT_LENGTH
                ),
            }
        )

    def _prepare_exact_payload(self):
        """Return the body of POST documents/Documents (reference, chapter 4.16)."""
        self.ensure_one()
        return {
            "Subject": self.subject,
            "Type": MISCELLANEOUS,
            "Account": self._get_account(),
        }

    def _get_account(self):
        """Return the GUID of who gets the invoice, as Exact's own document has it."""
        customer = self.invoice_id.customer_id
        return customer.invoice_account or customer.guid

    def _exact_find(self, client, since):
        # As with invoices: a filter on text may be refused.
        where = exact_online.all_of(
            exact_online.eq("Account", UUID(self._get_account())),
            self._exact_created_since(since),
        )
        rows = client.rows(
            self._exact_post_endpoint, select=["ID", "Subject", "Type", "Created"], where=where
        )
        ours = [
            row
            for row in rows
            if row["Type"] == MISCELLANEOUS
            and carries_reference(row["Subject"], self.invoice_id.name)
        ]
        return sorted(ours, key=lambda row: row["Created"])

    def _exact_absence_proved(self, client):
        if not client.has_right(self._exact_post_endpoint, "GET"):
            return False
        domain = [
            ("administration_id", "=", self.administration_id.id),
            ("guid", "!=", False),
        ]
        controls = self.search(domain, limit=CONTROLS).mapped("guid")
        if controls:
            return self._exact_is_shown(client, self._exact_post_endpoint, "ID", controls)
        # The first document of these books: its account has to do as a control.
        return self._exact_is_shown(client, "crm/Accounts", "ID", [self._get_account()])
