from uuid import UUID

from odoo import fields, models

from .keeping_exact_invoice_sending import PROCESSED
from .keeping_exact_invoice_step import UNDER_WAY
from .keeping_exact_sendable import CannotSend

KIND = "invoice_delete"


class KeepingExactDeletion(models.Model):
    """One try to delete an open invoice in Exact: who asked, and what was shown to them.

    The hours stay on the invoice until its deletion is certain: nobody bills them twice.
    """

    _name = "keeping.exact.deletion"
    _description = "Exact Online Deletion"
    _inherit = ["keeping.exact.invoice.part"]
    _check_company_auto = True

    _exact_kind = KIND
    _exact_post_endpoint = "salesinvoice/SalesInvoices"

    currency_id = fields.Many2one(related="invoice_id.currency_id")
    amount_shown = fields.Monetary(
        readonly=True, help="Including VAT, as it was shown to whoever asked for it"
    )
    modified_shown = fields.Datetime(
        readonly=True, help="When Exact had it changed last, by Exact's own clock"
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sending", "Being deleted"),
            ("uncertain", "Looking up"),
            ("failed", "Refused"),
            ("done", "Deleted"),
            ("cancelled", "Cancelled"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )

    _one_under_way = models.UniqueIndex(
        "(invoice_id) WHERE state IN ('waiting', 'sending', 'uncertain')",
        "This invoice is being deleted already.",
    )

    # ------------------------------------------------------------------ business

    def _is_unchanged(self, row):
        """Tell whether a row of Exact is what was shown to whoever asked."""
        amount = float(row.get("AmountFC") or 0)
        same_amount = not self.currency_id.compare_amounts(amount, self.amount_shown)
        return same_amount and whole_second(row.get("Modified")) == (self.modified_shown or None)

    def _drop(self):
        # What it was to bring about is so.
        under_way = self.filtered(lambda one: one.state in UNDER_WAY)
        self.env["keeping.exact.operation"]._get_open(under_way).state = "done"
        under_way.write({"state": "done", "error_code": False, "retry_at": False})

    # ------------------------------------------------------------------ sending

    def _exact_needs(self):
        return [self.invoice_id]

    def _read(self, client):
        return self.invoice_id._read_in_exact(client, also=("Modified",))

    def _exact_look_before(self, client):
        """Somebody may have processed, changed or deleted it since it was shown."""
        row = self._read(client)
        if not row:
            if self._is_gone(client):
                return {}
            raise CannotSend(self.invoice_id.name, "delete_unseen")
        if row.get("Status") == PROCESSED:
            raise CannotSend(str(row.get("InvoiceNumber") or ""), "delete_processed")
        if not self._is_unchanged(row):
            raise CannotSend(str(row.get("OrderNumber") or ""), "delete_changed")
        return None

    def _prepare_exact_payload(self):
        """Return None: a DELETE says nothing but which (reference, chapter 4.3)."""
        return None

    def _exact_request(self, client):
        endpoint, key = self._exact_post_endpoint, UUID(self.invoice_id.guid)
        reference = self._exact_reference()
        return lambda _nothing: client.delete(endpoint, key, reference=reference)

    def _is_gone(self, client):
        """Tell whether it is proved that Exact has the invoice no more."""
        invoice = self.invoice_id
        if invoice._exact_absence_proved(client):
            return True
        rows = self.administration_id._read_kept_deletions(client)
        return any(row["EntityKey"] == invoice.guid for row in rows)

    def _exact_find(self, client, since):
        # What is looked for is that it is gone.
        gone = not self._read(client) and self._is_gone(client)
        return [{}] if gone else []

    def _exact_absence_proved(self, client):
        # That it was not deleted is proved by the invoice itself, which is read.
        return bool(self._read(client))

    def _exact_key(self, row):
        # A DELETE answers nothing.
        return self.invoice_id.guid

    def _exact_made(self, row):
        self.ensure_one()
        self._be_done({"guid": self.invoice_id.guid})
        self.invoice_id._note_removed("deleted", self.create_uid)

    def _exact_refused(self, code, text):
        result = super()._exact_refused(code, text)
        invoice = self.invoice_id.with_context(lang=self.create_uid.lang)
        reason = self.with_context(lang=self.create_uid.lang).error_message
        invoice._tell(
            self.create_uid,
            invoice.env._(
                "Invoice %(number)s was not deleted in Exact Online, and its hours stay on it: "
                "%(reason)s",
                number=invoice.number or invoice.name,
                reason=reason,
            ),
        )
        # Somebody has been at it: have the link show how it is now.
        invoice._plan_reread()
        return result


def whole_second(moment):
    return moment.replace(microsecond=0) if moment else None


class KeepingExactOperation(models.Model):
    _inherit = "keeping.exact.operation"

    kind = fields.Selection(
        selection_add=[(KIND, "Deletion of an invoice")], ondelete={KIND: "cascade"}
    )
    record = fields.Reference(
        selection_add=[("keeping.exact.deletion", "Deletion of an invoice")],
        ondelete={"keeping.exact.deletion": "cascade"},
    )
