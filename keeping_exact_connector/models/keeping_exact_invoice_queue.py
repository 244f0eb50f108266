from odoo import models
from odoo.exceptions import UserError

from .keeping_exact_invoice import IN_EXACT


class KeepingExactInvoiceQueue(models.Model):
    """From a draft to the queue of the sender, and out of it again."""

    _inherit = "keeping.exact.invoice"

    def _queue(self):
        """Plan customers, items and invoices, in this order, in one transaction."""
        self.administration_id._check_ready()
        self._check_lines()
        self._settle_customers()
        self._check_customers()
        self._settle_items()
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
        """Give lines without an item that of the administration, planned if it is not there."""
        for administration, invoices in self.grouped("administration_id").items():
            missing = invoices.line_ids.filtered(lambda line: not line.item_id)
            items = invoices.line_ids.item_id
            if missing:
                item = administration.item_id
                if not item:
                    item = self.env["keeping.exact.item"]._plan_hours_item(administration)
                missing.item_id = item
                items |= item
            self._plan_again(items)

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
