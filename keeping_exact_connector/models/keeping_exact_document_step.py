from odoo import fields, models

#: Kinds of operations without which an invoice is as good: they never hold up what is needed.
DOCUMENT_KINDS = ("document", "attachment", "document_link")


class KeepingExactDocumentStep(models.AbstractModel):
    """One of the calls that bring an hours specification into Exact.

    A refused one costs nothing but the specification: the invoice is in Exact by then, and its
    processing goes on without.
    """

    _name = "keeping.exact.document.step"
    _description = "Step of an Hours Specification to Exact Online"
    _inherit = ["keeping.exact.invoice.step"]

    _exact_is_extra = True

    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sending", "Being sent"),
            ("uncertain", "Looking up"),
            ("failed", "Refused"),
            ("done", "In Exact"),
            ("cancelled", "Cancelled"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )

    # ------------------------------------------------------------------ business

    def _get_document(self):
        """Return the document that this is a step of."""
        raise NotImplementedError

    def _get_invoice(self):
        return self._get_document().invoice_id

    def _exact_order_key(self):
        # Of its own: what is not settled here must not hold up the next invoice of the customer.
        return ("document", self._get_document().id)

    def _exact_made(self, row):
        self._be_done({"guid": self._exact_key(row)})
        self._wake_processing()

    def _exact_refused(self, code, text):
        if code == "limit_errors":
            # Of this address of Exact's only, and a person tries again: it does not go on itself.
            code = "document_later"
        result = super()._exact_refused(code, text)
        self._get_document()._note_refused(self)
        self._wake_processing()
        return result

    def _wake_processing(self):
        # It may wait for this one, and was passed over in this run.
        self.env["keeping.exact.operation"]._wake_sender()

    def _exact_doubled(self, rows):
        self._get_document()._note_doubled(self)

    def _plan(self):
        """Send what is not in Exact yet: for the first time, or once more."""
        self.write({"state": "waiting", "error_code": False, "error_text": False})
        self.env["keeping.exact.operation"]._plan(self)
