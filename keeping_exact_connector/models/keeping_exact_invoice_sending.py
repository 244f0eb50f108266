from uuid import UUID

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import exact_online
from ..tools.reference import append_reference, carries_reference
from .keeping_exact_invoice import IN_EXACT, UNDER_WAY
from .keeping_exact_sendable import CONTROLS

# Maximum lengths are not in Exact's reference (chapter 4.3); 60 is the shortest anyone reports.
DESCRIPTION_LENGTH = 60
PROCESSED = 50
# Type of a credit note, also of a direct one (reference, chapter 4.3).
CREDIT_NOTES = (8021, 8024)


class KeepingExactInvoiceSending(models.Model):
    """From a draft to the queue of the sender, what it says to Exact, and what is answered."""

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

    # ------------------------------------------------------------------ queue

    def _queue(self):
        """Plan customers, items and invoices, in this order, in one transaction."""
        self.administration_id._check_ready()
        self._check_lines()
        self._settle_customers()
        self._check_customers()
        for invoice in self:
            invoice._settle_items()
        self.line_ids._check_vat_code()
        self._check_prices()
        self._check_your_refs()
        self.line_ids._check_costs()
        self._check_known_refusals()
        for state, invoices in self.grouped("state").items():
            cause = "sent" if state == "draft" else "sent_again"
            invoices._move("queued", cause, {"error_code": False, "error_text": False})
        Operation = self.env["keeping.exact.operation"]
        Operation._plan(self.sorted("id"))
        Operation._wake_sender()

    def _check_lines(self):
        """Refuse invoices of which all lines were dropped.

        :raise UserError: names them
        """
        empty = self.filtered(lambda invoice: not invoice.line_ids)
        if empty:
            raise UserError(
                self.env._(
                    "%s has no lines. Add one, or cancel it.", ", ".join(empty.mapped("name"))
                )
            )

    def _get_unpriced(self):
        """Return those with a line that nobody has priced yet."""
        return self.filtered(lambda invoice: any(invoice.line_ids.mapped("needs_price")))

    def _get_unready(self):
        """Return those for which a person has to choose or fill in something first."""
        lacking = self.line_ids._get_without_costs().invoice_id
        return self._get_undecided() | self._get_unpriced() | self._get_without_ref() | lacking

    def _check_prices(self):
        """Refuse lines that nobody has priced.

        :raise UserError: names the invoices
        """
        unpriced = self._get_unpriced()
        if unpriced:
            raise UserError(
                self.env._(
                    "Fill in the prices of %s first. A line at no charge says so with the button "
                    "beside its price.",
                    ", ".join(unpriced.mapped("name")),
                )
            )

    def _check_customers(self):
        """Refuse customers whom Exact would refuse, or bill in another currency."""
        for invoice in self:
            invoiced = invoice.customer_id.invoiced_id
            for customer in invoice.customer_id | invoiced:
                if unusable := customer._explain_unusable():
                    raise UserError(unusable)
            currency = invoiced.sales_currency
            if currency and currency != invoice.currency_id.name:
                raise UserError(
                    self.env._(
                        "%(customer)s is invoiced in %(theirs)s in Exact Online, and this invoice "
                        "is in %(ours)s.",
                        customer=invoiced.display_name,
                        theirs=currency,
                        ours=invoice.currency_id.name,
                    )
                )

    def _get_undecided(self):
        """Return those for which a person has to choose the customer in Exact.

        The others get theirs: the one that is beyond doubt, or the one they have.
        """
        Customer = self.env["keeping.exact.customer"]
        self._forget_lost_customers()
        undecided = self.browse()
        without = self.filtered(lambda invoice: not invoice.customer_id)
        for administration, invoices in without.grouped("administration_id").items():
            matches = Customer._match(administration, invoices.partner_id)
            others = Customer._match_others(administration, invoices.partner_id)
            for invoice in invoices:
                customer, proposals = matches[invoice.partner_id.id]
                invoice.customer_id = customer
                alike = proposals or others[invoice.partner_id.id]
                if not customer and alike and not invoice.create_customer:
                    undecided |= invoice
        return undecided

    def _forget_lost_customers(self):
        """A customer whose making was refused or given up is no customer any more."""
        planned = self.customer_id.filtered(lambda customer: not customer.guid)
        coming = self.env["keeping.exact.operation"]._get_open(planned).mapped("record")
        lost = planned.filtered(lambda customer: customer not in coming)
        self.filtered(lambda invoice: invoice.customer_id in lost).customer_id = False
        lost._give_up()

    def _settle_customers(self):
        """See to it that each invoice has a customer, in Exact already or planned.

        :raise UserError: for some a person has to choose
        """
        undecided = self._get_undecided()
        if undecided:
            raise UserError(
                self.env._(
                    "In Exact Online there are customers that look like: %s. Open each draft and "
                    "choose the customer, or have a new one made.",
                    ", ".join(undecided.partner_id.mapped("display_name")),
                )
            )
        for invoice in self:
            if invoice.customer_id:
                invoice.customer_id._link_partner(invoice.partner_id, "person")
            else:
                invoice._plan_customer()

    def _plan_customer(self):
        """Plan a new customer, once for all invoices of the same partner."""
        self.ensure_one()
        Customer = self.env["keeping.exact.customer"]
        planned = Customer.search(
            [
                ("administration_id", "=", self.administration_id.id),
                ("partner_id", "=", self.partner_id.id),
            ]
        )
        self.customer_id = planned or Customer._plan_creation(
            self.administration_id, self.partner_id, confirmed=self.create_customer
        )

    def _settle_items(self):
        self.ensure_one()
        missing = self.line_ids.filtered(lambda line: not line.item_id)
        if not missing:
            self._plan_again(self.line_ids.item_id)
            return
        item = self.administration_id.item_id
        if not item:
            item = self.env["keeping.exact.item"]._plan_hours_item(self.administration_id)
        self._plan_again(item)
        missing.item_id = item

    def _plan_again(self, items):
        """An item whose making was refused is tried again with the invoice that needs it."""
        lost = items.filtered(lambda item: not item.guid)
        Operation = self.env["keeping.exact.operation"]
        planned = Operation._get_open(lost).mapped("record")
        Operation._plan(lost.filtered(lambda item: item not in planned))

    def _release(self):
        self.ensure_one()
        if self.state in ("sending", "uncertain"):
            raise UserError(
                self.env._(
                    "%s is being sent or looked up in Exact Online. Wait until that is known.",
                    self.name,
                )
            )
        operation = self.env["keeping.exact.operation"]._get_open(self)
        operation.state = "cancelled"
        in_exact = self.state in IN_EXACT
        if not in_exact and self.state not in ("draft", "queued", "failed"):
            raise UserError(self.env._("The hours of %s are free already.", self.name))
        state, cause = ("disconnected", "released") if in_exact else ("cancelled", "given_up")
        self._move(state, cause, {"retry_at": False})
        self.hour_ids._end()
        if not in_exact:
            self._give_up_needs()

    def _give_up_needs(self):
        """Nothing is made in Exact any more for the sake of an invoice that was given up."""
        Operation = self.env["keeping.exact.operation"]
        for need in self._exact_needs():
            planned = Operation._get_open(need).filtered(lambda o: o.state == "planned")
            if not need or need.guid or not planned or need._is_needed():
                continue
            planned.state = "cancelled"
            need._give_up()

    # ------------------------------------------------------------------ sending

    def _exact_needs(self):
        self.ensure_one()
        return [self.customer_id, *self.line_ids.item_id]

    def _exact_reference(self):
        return self.name

    def _exact_order_key(self):
        return ("customer", self.customer_id.id)

    def _prepare_exact_payload(self):
        """Return the body of POST salesinvoice/SalesInvoices (reference, chapter 4.3)."""
        self.ensure_one()
        administration, customer = self.administration_id, self.customer_id
        payload = {
            "OrderedBy": customer.guid,
            "InvoiceTo": customer.invoice_account or customer.guid,
            "Description": append_reference(self.description, self.name, DESCRIPTION_LENGTH),
            "SalesInvoiceLines": [line._prepare_exact_payload() for line in self.line_ids],
        }
        if administration.journal_id:
            payload["Journal"] = administration.journal_id.code
        if self.currency_id != administration.currency_id:
            payload["Currency"] = self.currency_id.name
        if self.invoice_date:
            # InvoiceDate is read only; an open invoice shows OrderDate there.
            payload["OrderDate"] = self.invoice_date
        if self.your_ref:
            payload["YourRef"] = self.your_ref
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
        # Not those that were released: people delete them in Exact, as we ask them to.
        domain = [
            ("administration_id", "=", self.administration_id.id),
            ("state", "in", IN_EXACT),
            ("guid", "!=", False),
            ("id", "not in", self.ids),
        ]
        controls = self.search(domain, limit=CONTROLS).mapped("guid")
        if controls:
            return self._exact_is_shown(client, self._exact_post_endpoint, "InvoiceID", controls)
        # The first invoice of these books: the customer has to do as a control.
        customers = self.customer_id.filtered("guid")[:1].mapped("guid")
        return self._exact_is_shown(client, "crm/Accounts", "ID", customers)

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
        self._move("sending", "claimed", {"error_code": False, "retry_at": False})

    def _exact_made(self, row):
        self.ensure_one()
        self._move(
            "open",
            {"uncertain": "found", "failed": "taken_over"}.get(self.state, "made"),
            {
                "guid": row["InvoiceID"],
                "sent_at": fields.Datetime.now(),
                "error_code": False,
                "error_text": False,
                "retry_at": False,
            },
        )
        self._take_in(row)
        for line, made in zip(self.line_ids, row.get("SalesInvoiceLines") or [], strict=False):
            line.guid = made.get("ID")

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
