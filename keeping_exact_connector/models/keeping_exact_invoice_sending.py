from uuid import UUID

from odoo import api, fields, models

from .. import exact_online
from ..tools.crediting import CREDIT_NOTES
from ..tools.reference import append_reference, carries_reference
from .keeping_exact_invoice import IN_EXACT, UNDER_WAY
from .keeping_exact_sendable import CONTROLS

# Maximum lengths are not in Exact's reference (chapter 4.3); 60 is the shortest anyone reports.
DESCRIPTION_LENGTH = 60
PROCESSED = 50


class KeepingExactInvoiceSending(models.Model):
    """What an invoice says to Exact, and what is answered."""

    _inherit = "keeping.exact.invoice"

    # ------------------------------------------------------------------ messages

    @api.depends("state", "company_id.keeping_exact_enabled")
    def _compute_error_message(self):
        return super()._compute_error_message()

    def _get_error_code(self):
        # Not stored: it ends when the organisation is switched on, and what was said before
        # still holds then.
        if self.state in UNDER_WAY and self.company_id._get_keeping_exact_refusal():
            return "switched_off"
        return super()._get_error_code()

    # ------------------------------------------------------------------ sending

    def _exact_needs(self):
        self.ensure_one()
        return [self.customer_id, *self.line_ids.item_id]

    def _exact_reference(self):
        return self.name

    def _exact_order_key(self):
        return ("customer", self.customer_id.id)

    def _prepare_exact_header(self, description, reference, date):
        """Return what an invoice and its credit notes say alike (reference, chapter 4.3).

        :param description: of the header; *reference* stands at its end
        :param date: wished for, or nothing
        """
        self.ensure_one()
        customer = self.customer_id
        header = {
            "OrderedBy": customer.guid,
            "InvoiceTo": customer.invoice_account or customer.guid,
            "Description": append_reference(description, reference, DESCRIPTION_LENGTH),
        }
        if journal := self.administration_id.journal_id:
            header["Journal"] = journal.code
        if self.currency_id != self.administration_id.currency_id:
            header["Currency"] = self.currency_id.name
        if date:
            # InvoiceDate is read only; an open invoice shows OrderDate there.
            header["OrderDate"] = date
        if self.your_ref:
            header["YourRef"] = self.your_ref
        return header

    def _prepare_exact_payload(self):
        """Return the body of POST salesinvoice/SalesInvoices (reference, chapter 4.3)."""
        payload = self._prepare_exact_header(self.description, self.name, self.invoice_date)
        payload["SalesInvoiceLines"] = [line._prepare_exact_payload() for line in self.line_ids]
        administration, customer = self.administration_id, self.customer_id
        if administration.payment_condition_id and not customer.invoiced_id.payment_condition:
            # A default never overrules the customer's card (promise 9).
            payload["PaymentCondition"] = administration.payment_condition_id.code
        return payload

    @api.model
    def _get_select(self):
        return [
            "InvoiceID",
            "InvoiceNumber",
            "OrderNumber",
            "Description",
            "DueDate",
            "AmountFC",
            "AmountFCExclVat",
            "Created",
            "Status",
            "Type",
        ]

    def _read_in_exact(self, client, guid=None, also=()):
        """Return the row of this invoice in Exact as it is now, or None.

        Empty is not absent: a missing right gives an empty list too (chapter 5.2).

        :param client: an exact_online.Client of its administration
        :param guid: of another invoice of the same administration
        :param also: names of properties to read besides
        """
        self.ensure_one()
        return client.first(
            self._exact_post_endpoint,
            select=[*self._get_select(), *also],
            where=exact_online.eq("InvoiceID", UUID(guid or self.guid)),
        )

    def _where_made_since(self, since):
        """Return the filter on what was made for this customer since a moment (UTC)."""
        return exact_online.all_of(
            exact_online.eq("OrderedBy", UUID(self.customer_id.guid)),
            self._exact_created_since(since),
        )

    def _exact_find(self, client, since):
        if not self.customer_id.guid:
            return []
        # The reference is compared here: a filter on text may be refused (chapter 11).
        where = self._where_made_since(since)
        rows = client.rows(self._exact_post_endpoint, select=self._get_select(), where=where)
        # A credit note that was made as a copy of it carries the reference too.
        ours = [
            row
            for row in rows
            if carries_reference(row["Description"], self.name) and row["Type"] not in CREDIT_NOTES
        ]
        return sorted(ours, key=lambda row: row["Created"])

    def _exact_absence_proved(self, client):
        if not client.has_right(self._exact_post_endpoint, "GET"):
            return False
        controls = self._get_controls()
        if controls:
            return self._exact_is_shown(client, self._exact_post_endpoint, "InvoiceID", controls)
        # The first invoice of these books: the customer has to do as a control.
        customers = self.customer_id.filtered("guid")[:1].mapped("guid")
        return self._exact_is_shown(client, "crm/Accounts", "ID", customers)

    def _get_controls(self):
        """Return GUIDs of other invoices of these books that are in Exact, a few.

        Not those that were released: people delete them in Exact, as we ask them to.
        """
        domain = [
            ("administration_id", "=", self.administration_id.id),
            ("state", "in", IN_EXACT),
            ("guid", "!=", False),
            ("id", "not in", self.ids),
        ]
        return self.search(domain, limit=CONTROLS).mapped("guid")

    def _exact_key(self, row):
        return row["InvoiceID"]

    def _exact_doubled(self, rows):
        numbers = ", ".join(str(row.get("OrderNumber") or row["InvoiceID"]) for row in rows)
        text = self.env._(
            "Exact Online has this invoice more than once. Look at the others and delete them "
            "there: %s",
            numbers,
        )
        self._tell_maker(text)

    def _tell_maker(self, text):
        """Leave whoever made this link something to do, and keep it in the history."""
        self._tell(self.create_uid, text)

    def _tell(self, user, text):
        self._message_log(body=text)
        self.activity_schedule("mail.mail_activity_data_todo", summary=text, user_id=user.id)

    def _exact_claimed(self):
        self._move("sending", "claimed", self._prepare_claim())

    def _prepare_claim(self):
        """Return what is written with the claim, at once: each write of a record has its price."""
        self.ensure_one()
        return {"error_code": False, "retry_at": False}

    def _exact_made(self, row):
        self.ensure_one()
        cause = {"uncertain": "found", "failed": "taken_over"}.get(self.state, "made")
        self._move("open", cause, self._prepare_made(row))
        self._follow_processed(row)
        # Exact may answer without them (reference, chapter 4.3).
        if made_lines := row.get("SalesInvoiceLines"):
            for line, made in zip(self.line_ids, made_lines, strict=False):
                line.guid = made.get("ID")

    def _prepare_made(self, row):
        """Return what is written, at once, of an invoice that is in Exact now."""
        return {
            "guid": row["InvoiceID"],
            "sent_at": fields.Datetime.now(),
            "error_code": False,
            "error_text": False,
            "retry_at": False,
            **self._prepare_vals_from_exact(row),
        }

    def _prepare_vals_from_exact(self, row):
        vals = {
            "number": str(row["InvoiceNumber"]) if row.get("InvoiceNumber") else False,
            "due_date": row["DueDate"].date() if row.get("DueDate") else False,
        }
        # Totals come back empty from a POST now and then (reference, chapter 4.3).
        if row.get("AmountFCExclVat"):
            vals["amount_untaxed"] = float(row["AmountFCExclVat"])
        if row.get("AmountFC"):
            vals["amount_total"] = float(row["AmountFC"])
        return vals

    def _take_in(self, row, vals=None):
        """Keep what a row of Exact says of this invoice, its state included.

        :param dict vals: what is written with it
        """
        self.write({**self._prepare_vals_from_exact(row), **(vals or {})})
        self._follow_processed(row)

    def _follow_processed(self, row):
        if row.get("Status") == PROCESSED and self.state == "open":
            self._move("processed", "processed_there")

    def _exact_refused(self, code, text):
        self.env["keeping.exact.operation"]._get_open(self).state = "refused"
        self._move("failed", "unclear" if self.state == "uncertain" else "refused")
        return super()._exact_refused(code, text)

    def _exact_waiting(self, code, text, until):
        self._move("queued", "absent" if self.state == "uncertain" else "not_sent")
        return super()._exact_waiting(code, text, until)

    def _exact_uncertain(self, code, until):
        self._move("uncertain", "unanswered")
        return super()._exact_uncertain(code, until)
