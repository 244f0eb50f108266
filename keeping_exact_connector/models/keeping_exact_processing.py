from odoo import api, fields, models

from .keeping_exact_invoice_sending import PROCESSED
from .keeping_exact_sendable import CannotSend

WAYS = [
    ("book", "Book only, send nothing"),
    ("preference", "Send as the customer prefers"),
    ("email", "Send by e-mail"),
    ("peppol", "Send by Peppol"),
]
# What Exact tells of each way out, by the property of its answer (reference, chapter 4.5).
ANSWERS = {
    "DocumentCreationSuccess": "document_success",
    "DocumentCreationError": "document_error",
    "EmailCreationSuccess": "email_success",
    "EmailCreationError": "email_error",
    "PostboxMessageCreationSuccess": "postbox_success",
    "PostboxMessageCreationError": "postbox_error",
    "PeppolCreationSuccess": "peppol_success",
    "PeppolCreationError": "peppol_error",
}
SENT = ("email_success", "postbox_success", "peppol_success")
NOT_SENT = ("email_error", "postbox_error", "peppol_error")


class KeepingExactProcessing(models.Model):
    """One try to process an invoice in Exact: who asked, which way, and what Exact answered.

    It cannot be undone, so it goes through the queue like everything that must not happen twice.
    """

    _name = "keeping.exact.processing"
    _description = "Exact Online Processing"
    _inherit = ["keeping.exact.invoice.part"]
    _check_company_auto = True

    _exact_kind = "process"
    _exact_post_endpoint = "salesinvoice/PrintedSalesInvoices"

    way = fields.Selection(WAYS, string="Way out", required=True, readonly=True)
    recipient = fields.Char(readonly=True, help="As it was shown to whoever asked for it")
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    amount_shown = fields.Monetary(
        readonly=True, help="Including VAT, as it was shown to whoever asked for it"
    )
    invoice_date = fields.Date(
        string="Date asked for", readonly=True, help="Without one Exact takes the day itself."
    )
    automatic = fields.Boolean(
        readonly=True, help="By the setting of the administration, as soon as it was in Exact"
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sending", "Being processed"),
            ("uncertain", "Looking up"),
            ("failed", "Refused"),
            ("done", "Processed"),
            ("cancelled", "Cancelled"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )
    done_at = fields.Datetime(string="Processed on", readonly=True)
    delivery = fields.Selection(
        [
            ("none", "Nothing was to be sent"),
            ("sent", "Sent"),
            ("failed", "Not sent"),
            ("unknown", "Not known"),
            ("elsewhere", "Processed in Exact Online itself"),
        ],
        readonly=True,
    )
    document_guid = fields.Char(readonly=True)
    document_url = fields.Char(readonly=True)
    document_asked = fields.Boolean(readonly=True, help="Exact was asked where its document is")
    document_success = fields.Char(string="Document", readonly=True)
    document_error = fields.Char(string="No document", readonly=True)
    email_success = fields.Char(string="E-mail", readonly=True)
    email_error = fields.Char(string="No e-mail", readonly=True)
    postbox_success = fields.Char(string="Mailbox", readonly=True)
    postbox_error = fields.Char(string="Not to the mailbox", readonly=True)
    peppol_success = fields.Char(string="Peppol", readonly=True)
    peppol_error = fields.Char(string="Not by Peppol", readonly=True)

    _one_under_way = models.UniqueIndex(
        "(invoice_id) WHERE state IN ('waiting', 'sending', 'uncertain')",
        "This invoice is being processed already.",
    )

    # ------------------------------------------------------------------ compute

    def _compute_error_message(self):
        result = super()._compute_error_message()
        for processing in self:
            if processing.error_code in ("period_closed", "year_missing"):
                processing.error_remedy = self.env._(
                    "Process it again with another date, or ask the bookkeeper to open the "
                    "period in Exact Online."
                )
        return result

    @api.depends("invoice_id.name")
    def _compute_display_name(self):
        for processing in self:
            processing.display_name = processing.invoice_id.name

    # ------------------------------------------------------------------ business

    def _exact_order_key(self):
        return self.invoice_id._exact_order_key()

    def _exact_needs(self):
        return [self.invoice_id]

    def _exact_is_early(self):
        return self.invoice_id.document_ids._is_awaited()

    def _prepare_exact_payload(self):
        """Return the body of POST salesinvoice/PrintedSalesInvoices (reference, chapter 4.5).

        What is not to be sent is said too: defaults of Exact are not documented.
        """
        self.ensure_one()
        payload = {
            "InvoiceID": self.invoice_id.guid,
            "SendOutputBasedOnAccount": self.way == "preference",
            "SendEmailToCustomer": self.way == "email",
            "SendInvoiceToCustomerPostbox": False,
        }
        if self.way == "peppol":
            payload["SendInvoiceViaPeppol"] = True
        if self.invoice_date:
            payload["InvoiceDate"] = self.invoice_date
            period = self.administration_id._find_period(self.invoice_date)
            if period:
                payload.update(ReportingYear=period.year, ReportingPeriod=period.number)
        return payload

    def _exact_look_before(self, client):
        """Somebody may have processed it in Exact meanwhile: once more would be a second mail.

        Or have changed it: what somebody agreed to is not what would be booked.
        """
        row = self.invoice_id._read_in_exact(client)
        if row and row.get("Status") == PROCESSED:
            return row
        if row and not self.automatic:
            self._check_amount(row)
        return None

    def _check_amount(self, row):
        """Refuse to process another amount than was shown.

        :raise CannotSend: names both
        """
        amount = float(row.get("AmountFC") or 0)
        if self.currency_id.compare_amounts(amount, self.amount_shown):
            name = self.currency_id.name
            raise CannotSend(f"{self.amount_shown:.2f} → {amount:.2f} {name}", "processing_amount")

    def _exact_find(self, client, since):
        row = self.invoice_id._read_in_exact(client)
        return [row] if row and row.get("Status") == PROCESSED else []

    def _exact_absence_proved(self, client):
        # Not by an empty list, but by the invoice itself, which is read and not processed.
        row = self.invoice_id._read_in_exact(client)
        return bool(row) and row.get("Status") != PROCESSED

    def _exact_may_repeat(self):
        # Exact sends before it books (reference, chapter 4.5): what is not booked may be sent.
        return self.way == "book"

    def _exact_key(self, row):
        return row["InvoiceID"]

    def _exact_claimed(self):
        self.invoice_id._note_date_asked(self.invoice_date)
        return super()._exact_claimed()

    def _exact_made(self, row):
        self.ensure_one()
        read = "Status" in row
        self._be_done(
            {
                "delivery": self._get_delivery(row, read),
                "guid": row["InvoiceID"],
                "done_at": fields.Datetime.now(),
                "document_guid": row.get("Document") or False,
                **{field: row.get(name) or False for name, field in ANSWERS.items()},
            }
        )
        self.invoice_id._note_processed(row if read else None)
        if self.delivery in ("failed", "unknown"):
            # Whoever asked for it, and else who made the invoice.
            user = self.invoice_id.create_uid if self.automatic else self.create_uid
            self.invoice_id._tell(user, self.invoice_id._explain_delivery(self))

    def _get_delivery(self, row, read):
        """Return what became of the message.

        :param bool read: the row is that of the invoice, found processed
        """
        if read and self.state == "waiting":
            return "elsewhere"
        if self.way == "book":
            return "none"
        if any(row.get(name) for name, field in ANSWERS.items() if field in NOT_SENT):
            return "failed"
        if any(row.get(name) for name, field in ANSWERS.items() if field in SENT):
            return "sent"
        # The customer may prefer paper: then nothing is told.
        return "unknown" if read or self.way != "preference" else "none"

    def _exact_doubled(self, rows):
        """It was given up as unknown, and Exact did process it in the end."""
        if self.state == "failed" and self.invoice_id.state == "open":
            self.write({"state": "uncertain"})
            self._exact_made(rows[0])
