from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import float_round

from .. import exact_online
from ..tools.guards import check_editable
from ..tools.reference import append_reference, carries_reference, make_reference

# Maximum lengths are not in Exact's reference (chapter 4.3); 60 is the shortest anyone reports.
DESCRIPTION_LENGTH = 60
# What a person may change, and only while it is a draft or was refused.
EDITABLE = {"invoice_date", "your_ref", "description", "customer_id", "create_customer", "line_ids"}
EDITABLE_STATES = ("draft", "failed")
CUSTOMER = "C"
PROCESSED = 50
# How many known invoices are asked for before their absence is taken for a missing right.
CONTROLS = 3
INVOICING = "keeping_exact_connector.group_invoicing"
# Hours are live in these states: reserved for, or billed on, this link.
LIVE_STATES = ("draft", "queued", "sending", "uncertain", "failed", "open", "processed", "paid")


class KeepingExactInvoice(models.Model):
    """One invoice in Exact and the hours it bills.

    draft → queued → sending → open → processed → paid
               ↑        ↓ ↘ uncertain → open | queued
               └── failed
    draft, queued, failed → cancelled; open and later → disconnected, credited, removed
    """

    _name = "keeping.exact.invoice"
    _description = "Exact Online Invoice Link"
    _inherit = ["mail.thread", "mail.activity.mixin", "keeping.exact.sendable"]
    _order = "id desc"
    _rec_names_search = ["name", "number", "description", "partner_id"]
    _check_company_auto = True

    _exact_kind = "invoice"
    _exact_post_endpoint = "salesinvoice/SalesInvoices"

    name = fields.Char(
        string="Our reference",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: make_reference(),
        help="Stands at the end of the description of the invoice in Exact.",
    )
    administration_id = fields.Many2one(
        "keeping.exact.administration",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="administration_id.company_id", store=True, index=True, string="Organisation"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    customer_id = fields.Many2one(
        "keeping.exact.customer",
        string="Customer in Exact",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        groups=INVOICING,
        domain="[('administration_id', '=', administration_id), ('status', '=', 'C'),"
        " ('blocked', '=', False), ('partner_id', 'in', (False, partner_id))]",
    )
    create_customer = fields.Boolean(
        string="Make a new customer in Exact",
        copy=False,
        groups=INVOICING,
        help="None of the customers that look alike is meant.",
    )
    proposed_customer_id = fields.Many2one(
        "keeping.exact.customer", compute="_compute_proposed_customer_id", groups=INVOICING
    )
    proposal_reason = fields.Selection(
        [
            ("vat", "the VAT number is the same"),
            ("chamber", "the Chamber of Commerce number is the same"),
            ("code", "the number is the same"),
            ("email", "the e-mail address is the same"),
            ("name", "the name is the same"),
        ],
        compute="_compute_proposed_customer_id",
        groups=INVOICING,
    )
    proposal_count = fields.Integer(compute="_compute_proposed_customer_id", groups=INVOICING)
    origin = fields.Selection(
        [("created", "Made from hours"), ("linked", "Linked to an existing invoice")],
        default="created",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("queued", "Waiting"),
            ("sending", "Sending"),
            ("uncertain", "Looking up"),
            ("failed", "Refused"),
            ("open", "Open in Exact"),
            ("processed", "Processed"),
            ("paid", "Paid"),
            ("credited", "Credited"),
            ("removed", "Removed in Exact"),
            ("disconnected", "Disconnected"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    guid = fields.Char(string="Exact ID", readonly=True, copy=False, index="btree_not_null")
    number = fields.Char(readonly=True, copy=False, help="Given by Exact when it is processed")
    invoice_date = fields.Date(
        string="Invoice date",
        help="The date you wish; Exact sets the date when the invoice is processed there.",
    )
    due_date = fields.Date(string="Due date", readonly=True, copy=False)
    your_ref = fields.Char(string="Your reference", help="The customer's order number")
    description = fields.Char(help="Header of the invoice; our reference is put behind it.")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount_untaxed = fields.Monetary(
        string="Excl. VAT", compute="_compute_amounts", store=True, groups=INVOICING
    )
    amount_total = fields.Monetary(
        string="Incl. VAT",
        compute="_compute_amounts",
        store=True,
        groups=INVOICING,
        help="Including VAT; an estimate until sent",
    )
    hours = fields.Float(compute="_compute_amounts", store=True, digits=(16, 2))
    line_ids = fields.One2many(
        "keeping.exact.invoice.line", "invoice_id", string="Lines", groups=INVOICING
    )
    hour_ids = fields.One2many("keeping.exact.hour", "invoice_id", string="Hours billed")
    date_from = fields.Date(string="First day", readonly=True)
    date_to = fields.Date(string="Last day", readonly=True)
    sent_at = fields.Datetime(string="In Exact since", readonly=True, copy=False)

    _name_unique = models.Constraint("UNIQUE (name)", "Our reference must be unique.")
    _guid_unique = models.UniqueIndex(
        "(administration_id, guid) WHERE guid IS NOT NULL",
        "This invoice of Exact is linked already.",
    )

    # ------------------------------------------------------------------ compute

    @api.depends("line_ids.amount", "line_ids.hours", "line_ids.vat_code_id.percentage")
    def _compute_amounts(self):
        for invoice in self:
            invoice.hours = sum(invoice.line_ids.mapped("hours"))
            if invoice.guid:
                # Exact's own figures hold from here on.
                invoice.amount_untaxed = invoice.amount_untaxed
                invoice.amount_total = invoice.amount_total
                continue
            rounding = invoice.currency_id.rounding or 0.01
            invoice.amount_untaxed = sum(invoice.line_ids.mapped("amount"))
            invoice.amount_total = invoice.amount_untaxed + sum(
                float_round(line.amount * line.vat_code_id.percentage, precision_rounding=rounding)
                for line in invoice.line_ids
            )

    @api.depends("customer_id", "create_customer", "state")
    def _compute_proposed_customer_id(self):
        self.proposed_customer_id = self.proposal_reason = False
        self.proposal_count = 0
        undecided = self.filtered(
            lambda i: i.state in EDITABLE_STATES and not i.customer_id and not i.create_customer
        )
        for administration, invoices in undecided.grouped("administration_id").items():
            matches = (
                self.env["keeping.exact.customer"]
                .sudo()
                ._match(administration.sudo(), invoices.sudo().partner_id, link=False)
            )
            for invoice in invoices:
                _customer, proposals = matches[invoice.partner_id.id]
                invoice.proposal_count = len(proposals)
                if proposals:
                    invoice.proposed_customer_id, invoice.proposal_reason = proposals[0]

    # ------------------------------------------------------------------ constrains

    @api.constrains("customer_id", "administration_id")
    def _check_customer_administration(self):
        for invoice in self.sudo():
            if invoice.customer_id.administration_id not in (
                invoice.administration_id,
                invoice.administration_id.browse(),
            ):
                raise ValidationError(
                    self.env._("Customer and invoice belong to different administrations.")
                )

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):
        names = check_editable(self, vals, EDITABLE)
        if not self.env.su and names and any(i.state not in EDITABLE_STATES for i in self):
            raise UserError(self.env._("An invoice can only be changed before it is sent."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(invoice.state not in ("draft", "cancelled") for invoice in self):
            raise UserError(
                self.env._("Only drafts and cancelled links can be deleted; release it instead.")
            )

    # ------------------------------------------------------------------ actions

    def action_send(self):
        """Queue drafts to be made in Exact; the sender does so after the commit.

        :raise UserError: a draft is not ready; none of them is queued then
        """
        self._check_invoicing()
        self._touch()
        if any(invoice.state != "draft" for invoice in self):
            raise UserError(self.env._("Only drafts can be sent."))
        self.sudo()._queue()
        return True

    def action_retry(self):
        """Send again what was refused, or at once what waits for a later moment."""
        self._check_invoicing()
        if any(invoice.state not in ("failed", "queued", "uncertain") for invoice in self):
            raise UserError(self.env._("Only invoices that wait or were refused can be retried."))
        invoices = self.sudo()
        invoices.filtered(lambda invoice: invoice.state == "failed")._queue()
        Operation = self.env["keeping.exact.operation"].sudo()
        # A limit of Exact does not give way to impatience: each call too many counts.
        hasty = invoices.filtered(lambda invoice: invoice.error_code != "limit")
        Operation._get_open(hasty).due_at = False
        Operation._get_open(hasty.customer_id).due_at = False
        Operation._get_open(hasty.line_ids.item_id).due_at = False
        Operation._wake_sender()
        return True

    def action_release(self):
        """Free the hours. What is in Exact stays there.

        :raise UserError: it is being sent at this moment, or its outcome is not known yet
        """
        self._check_invoicing()
        for invoice in self.sudo():
            invoice._release()
        return True

    def action_use_proposal(self):
        """Accept the customer in Exact that looks like this one."""
        self._check_invoicing()
        for invoice in self.filtered("proposed_customer_id"):
            invoice.customer_id = invoice.proposed_customer_id
        return True

    def action_new_customer(self):
        """Have a new customer made in Exact, although some look alike."""
        self._check_invoicing()
        self.create_customer = True
        return True

    def action_refresh(self):
        """Read number, dates and amounts again from Exact."""
        self._check_invoicing()
        for invoice in self.filtered("guid"):
            administration = invoice.administration_id.sudo()
            with (
                administration.connection_id._user_errors(),
                administration._get_client() as client,
            ):
                row = client.first(
                    self._exact_post_endpoint,
                    select=self._get_select(),
                    where=exact_online.eq("InvoiceID", UUID(invoice.guid)),
                )
            # Empty is not absent: a missing right gives an empty list too (chapter 5.2).
            if row:
                invoice.sudo().write(invoice._prepare_vals_from_exact(row))
        return True

    def action_open_in_exact(self):
        """Open the customer's card in Exact: it lists the invoice (reference, chapter 7)."""
        self.ensure_one()
        self.check_access("read")
        site_url = self.env["keeping.exact.connection"]._get_site_url(self.administration_id.site)
        guid = self.sudo().customer_id.guid
        page = "MenuPortal.aspx" if not guid else "CRMAccountCard.aspx"
        url = f"{site_url}/docs/{page}?_Division_={self.administration_id.code}"
        if guid:
            url += f"&AccountID={quote('{' + guid + '}')}"
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def action_open_hours(self):
        """Show the hours that this link bills."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_hour_action"
        )
        return {**action, "domain": [("invoice_id", "=", self.id)]}

    def _touch(self):
        """Make new versions of the rows, in the order of their id.

        Whoever has read them earlier and writes them later, a second click or the sender, then
        ends in a serialization failure and looks again.
        """
        self.env.cr.execute(
            """
            WITH mine AS (
                SELECT id FROM keeping_exact_invoice WHERE id = ANY(%s) ORDER BY id FOR UPDATE
            )
            UPDATE keeping_exact_invoice link SET write_date = link.write_date
              FROM mine WHERE mine.id = link.id
            """,
            (self.ids,),
        )

    def _check_invoicing(self):
        self.check_access("write")
        if not self.env.user.has_group("keeping_exact_connector.group_invoicing"):
            raise AccessError(self.env._("Only users who may invoice in Exact may do this."))

    # ------------------------------------------------------------------ business

    def _queue(self):
        """Plan customers, items and invoices, in this order, in one transaction."""
        self.administration_id._check_ready()
        self._settle_customers()
        self._check_customers()
        for invoice in self:
            invoice._settle_items()
        self.line_ids._check_vat_code()
        self.write({"state": "queued", "error_code": False, "error_text": False})
        Operation = self.env["keeping.exact.operation"]
        Operation._plan(self.sorted("id"))
        Operation._wake_sender()

    def _check_customers(self):
        """Refuse customers whom Exact would refuse, or bill in another currency."""
        for invoice in self:
            customer = invoice.customer_id
            if customer.blocked or customer.status != CUSTOMER:
                raise UserError(
                    self.env._(
                        "%s is blocked in Exact Online, or no customer there.",
                        customer.display_name,
                    )
                )
            currency = customer.sales_currency
            if currency and currency != invoice.currency_id.name:
                raise UserError(
                    self.env._(
                        "%(customer)s is invoiced in %(theirs)s in Exact Online, and this invoice "
                        "is in %(ours)s.",
                        customer=customer.display_name,
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
            for invoice in invoices:
                customer, proposals = matches[invoice.partner_id.id]
                invoice.customer_id = customer
                if not customer and proposals and not invoice.create_customer:
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
        in_exact = self.state in ("open", "processed", "paid")
        if not in_exact and self.state not in ("draft", "queued", "failed"):
            raise UserError(self.env._("The hours of %s are free already.", self.name))
        self.write({"state": "disconnected" if in_exact else "cancelled", "retry_at": False})
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

    def _exact_order_key(self):
        return ("customer", self.customer_id.id)

    def _prepare_exact_payload(self):
        """Return the body of POST salesinvoice/SalesInvoices (reference, chapter 4.3)."""
        self.ensure_one()
        administration, customer = self.administration_id, self.customer_id
        payload = {
            "OrderedBy": customer.guid,
            "InvoiceTo": customer.guid,
            "Description": append_reference(self.description, self.name, DESCRIPTION_LENGTH),
            "SalesInvoiceLines": [line._prepare_exact_payload() for line in self.line_ids],
        }
        if administration.journal_id:
            payload["Journal"] = administration.journal_id.code
        if self.invoice_date:
            # InvoiceDate is read only; an open invoice shows OrderDate there.
            payload["OrderDate"] = self.invoice_date
        if self.your_ref:
            payload["YourRef"] = self.your_ref
        if administration.payment_condition_id and not customer.payment_condition:
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
        ]

    def _exact_find(self, client, since):
        if not self.customer_id.guid:
            return []
        # Created is in CET, ahead of UTC: an hour before our own clock is early enough for any
        # skew. The reference is compared here: a filter on text may be refused (chapter 11).
        where = exact_online.all_of(
            exact_online.eq("OrderedBy", UUID(self.customer_id.guid)),
            exact_online.ge("Created", since - timedelta(hours=1)),
        )
        rows = client.rows(self._exact_post_endpoint, select=self._get_select(), where=where)
        ours = [row for row in rows if carries_reference(row["Description"], self.name)]
        return sorted(ours, key=lambda row: row["Created"])

    def _exact_absence_proved(self, client):
        if not client.has_right(self._exact_post_endpoint, "GET"):
            return False
        # Not those that were released: people delete them in Exact, as we ask them to.
        domain = [
            ("administration_id", "=", self.administration_id.id),
            ("state", "in", ("open", "processed", "paid")),
            ("guid", "!=", False),
        ]
        controls = self.search(domain, limit=CONTROLS).mapped("guid")
        if controls:
            found = (
                client.first(
                    self._exact_post_endpoint,
                    select=["InvoiceID"],
                    where=exact_online.eq("InvoiceID", UUID(guid)),
                )
                for guid in controls
            )
            return any(row is not None for row in found)
        # The first invoice of these books: the customer has to do as a control.
        where = exact_online.eq("ID", UUID(self.customer_id.guid))
        return client.first("crm/Accounts", select=["ID"], where=where) is not None

    def _exact_key(self, row):
        return row["InvoiceID"]

    def _exact_doubled(self, rows):
        numbers = ", ".join(str(row.get("OrderNumber") or row["InvoiceID"]) for row in rows)
        text = self.env._(
            "Exact Online has this invoice more than once. Look at the others and delete them "
            "there: %s",
            numbers,
        )
        self._message_log(body=text)
        self.activity_schedule(
            "mail.mail_activity_data_todo", summary=text, user_id=self.create_uid.id
        )

    def _exact_claimed(self):
        self.write({"state": "sending", "error_code": False, "retry_at": False})

    def _exact_made(self, row):
        self.ensure_one()
        self.write(
            {
                "state": "open",
                "guid": row["InvoiceID"],
                "sent_at": fields.Datetime.now(),
                "error_code": False,
                "error_text": False,
                "retry_at": False,
            }
        )
        self.write(self._prepare_vals_from_exact(row))
        for line, made in zip(self.line_ids, row.get("SalesInvoiceLines") or [], strict=False):
            line.guid = made.get("ID")

    def _prepare_vals_from_exact(self, row):
        vals = {
            "number": str(row["InvoiceNumber"]) if row.get("InvoiceNumber") else False,
            "due_date": row["DueDate"].date() if row.get("DueDate") else False,
        }
        if row.get("Status") == PROCESSED and self.state == "open":
            vals["state"] = "processed"
        # Totals come back empty from a POST now and then (reference, chapter 4.3).
        if row.get("AmountFCExclVat"):
            vals["amount_untaxed"] = float(row["AmountFCExclVat"])
        if row.get("AmountFC"):
            vals["amount_total"] = float(row["AmountFC"])
        return vals

    def _exact_refused(self, code, text):
        self.env["keeping.exact.operation"]._get_open(self).state = "refused"
        self.state = "failed"
        return super()._exact_refused(code, text)

    def _exact_waiting(self, code, text, until):
        self.state = "queued"
        return super()._exact_waiting(code, text, until)

    def _exact_uncertain(self, code, until):
        self.state = "uncertain"
        return super()._exact_uncertain(code, until)
