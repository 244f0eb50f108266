from odoo import fields, models

from ..pricing.money import to_decimal
from ..tools.crediting import CREDIT_NOTE
from ..tools.reference import carries_reference


class KeepingExactCreditSending(models.Model):
    """A credit note that is made in Exact from here, once."""

    _inherit = "keeping.exact.credit"

    _exact_kind = "credit_note"
    _exact_post_endpoint = "salesinvoice/SalesInvoices"

    # ------------------------------------------------------------------ business

    def _plan_making(self):
        """Plan to make these credit notes; the sender does so after the commit."""
        self.administration_id._end_pause()
        self.env["keeping.exact.operation"]._plan(self.sorted("id"))
        self.env["keeping.exact.operation"]._wake_sender()

    def _exact_reference(self):
        return self.name

    def _exact_order_key(self):
        return self.invoice_id._exact_order_key()

    def _exact_needs(self):
        return [self.invoice_id.customer_id, *self.line_ids.invoice_line_id.item_id]

    def _prepare_exact_payload(self):
        """Return the body of POST salesinvoice/SalesInvoices for a credit note (chapter 4.3).

        Exact has no field that names the invoice which is credited: its number is in the text.
        """
        self.ensure_one()
        header = self.invoice_id._prepare_exact_header(
            self.description, self.name, self.credit_date
        )
        lines = [line._prepare_exact_payload() for line in self.line_ids]
        return {
            **header,
            "Type": CREDIT_NOTE,
            # Exact would take that of the card today: what is credited is what was billed.
            "Discount": to_decimal(self.invoice_id.discount, 4),
            "SalesInvoiceLines": lines,
        }

    def _exact_find(self, client, since):
        rows = self._read_made_since(client, since)
        ours = [row for row in rows if carries_reference(row["Description"], self.name)]
        return sorted(ours, key=lambda row: row["Created"])

    def _read_made_since(self, client, since):
        """Return the credit notes that the customer was given since a moment (UTC)."""
        invoice = self.invoice_id
        rows = client.rows(
            self._exact_post_endpoint,
            select=[*invoice._get_select(), "Creator"],
            where=invoice._where_made_since(since),
        )
        return [row for row in rows if row["Type"] == CREDIT_NOTE]

    def _exact_absence_proved(self, client):
        return self.invoice_id._exact_absence_proved(client)

    def _exact_alike(self, client, since):
        """Somebody may have changed its text, or deleted it, before it was looked up.

        For Exact a credit note is a sales invoice too (``_find_deleted``).
        """
        rows = self._read_made_since(client, since)
        guids = [row["InvoiceID"] for row in rows]
        known = self.invoice_id._get_known_guids(guids)
        alike = [row for row in rows if row["InvoiceID"] not in known and self._is_alike(row)]
        found = min(alike, key=lambda row: row["Created"], default=None)
        return found or self.invoice_id._find_deleted(client, since)

    def _is_alike(self, row):
        """Tell whether it credits the same amount, and was made by our user, as far as is known.

        Which sign Exact gives the amount of a credit note is not documented.
        """
        amount = abs(float(row.get("AmountFCExclVat") or 0))
        same = not self.currency_id.compare_amounts(amount, self.amount)
        return same and self.invoice_id._is_made_by_us(row)

    def _exact_note_alike(self, row):
        if "DeletedDate" in row:
            return self._exact_refused("credit_deleted", f"{row['DeletedDate']:%Y-%m-%d %H:%M}")
        number = row.get("OrderNumber") or row["InvoiceID"]
        return self._exact_refused("credit_alike", f"{number}, {row['Description'] or ''}")

    def _exact_key(self, row):
        return row["InvoiceID"]

    def _exact_doubled(self, rows):
        numbers = ", ".join(str(row.get("OrderNumber") or row["InvoiceID"]) for row in rows)
        text = self.env._(
            "Exact Online has credit note %(name)s more than once. Look at the others and delete "
            "them there: %(numbers)s",
            name=self.name,
            numbers=numbers,
        )
        self.invoice_id._tell(self.create_uid, text)

    def _exact_made(self, row):
        self.ensure_one()
        self._be_done(
            {
                "guid": row["InvoiceID"],
                "number": str(row["InvoiceNumber"]) if row.get("InvoiceNumber") else False,
                "credit_date": self.credit_date or fields.Date.context_today(self),
            }
        )
        self._settle()

    def _exact_refused(self, code, text):
        result = super()._exact_refused(code, text)
        message = self.error_message or ""
        self.invoice_id._tell(
            self.create_uid, self.env._("The credit note was not made: %s", message)
        )
        return result

    def _read_numbers(self):
        """Read the numbers that Exact gives credit notes when they are processed."""
        lacking = self.filtered(
            lambda credit: credit.origin == "made" and credit.state == "done" and not credit.number
        )
        administration = lacking.administration_id
        if not administration:
            return
        with administration.connection_id._user_errors(), administration._get_client() as client:
            rows = client.rows_of(
                self._exact_post_endpoint,
                "InvoiceID",
                lacking.mapped("guid"),
                select=["InvoiceID", "InvoiceNumber"],
            )
            numbers = {row["InvoiceID"]: row["InvoiceNumber"] for row in rows}
        for credit in lacking:
            if numbers.get(credit.guid):
                credit.number = str(numbers[credit.guid])
