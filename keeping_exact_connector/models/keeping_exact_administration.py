import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import exact_online
from ..checking.facts import Facts
from ..tools.guards import ADMINISTRATOR, check_administrator, check_editable
from ..tools.locks import SYNCING, try_administration_lock
from ..tools.sites import SITE_SELECTION
from .keeping_exact_invoice import UNDER_WAY
from .keeping_exact_journal import SALES

_logger = logging.getLogger(__name__)

DEFAULTS = ("journal_id", "item_id", "vat_code_id", "payment_condition_id")
EDITABLE = (
    *DEFAULTS,
    "your_ref_required",
    "customer_number_source",
    "line_template",
    "header_template",
    "processing",
    "processing_way",
    "hours_specification",
    "specification_person",
    "specification_task",
    "specification_text",
    "specification_amount",
)
SYNC_RETRY = timedelta(minutes=15)
SYNC_PAUSE = timedelta(days=1)


class KeepingExactAdministration(models.Model):
    _name = "keeping.exact.administration"
    _description = "Exact Online Administration"
    _inherit = ["mail.thread"]
    _order = "state desc, name"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True)
    code = fields.Integer(
        string="Number",
        required=True,
        readonly=True,
        aggregator=None,
        help="Exact calls it division; you see it in the addresses of your Exact Online.",
    )
    site = fields.Selection(SITE_SELECTION, required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", string="Organisation", required=True, readonly=True, index=True
    )
    connection_id = fields.Many2one(
        "keeping.exact.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        # Its name says who the Exact user is.
        groups=ADMINISTRATOR,
    )
    connection_state = fields.Selection(
        related="connection_id.state", string="State of the connection"
    )
    health_message = fields.Text(related="connection_id.health_message", groups=ADMINISTRATOR)
    country_code = fields.Char(string="Country", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    state = fields.Selection(
        [
            ("available", "Available"),
            ("linked", "Linked"),
            ("inaccessible", "No access"),
        ],
        default="available",
        required=True,
        readonly=True,
        tracking=True,
    )
    journal_id = fields.Many2one(
        "keeping.exact.journal",
        string="Sales journal",
        domain=f"[('administration_id', '=', id), ('type', '=', {SALES}), ('blocked', '=', False)]",
        check_company=True,
        help="The journal of your books in Exact in which the invoices are made: one of type "
        "Sales. Filled with the only one, else with that of the latest invoice in Exact; left "
        "empty, Exact takes its own.",
    )
    item_id = fields.Many2one(
        "keeping.exact.item",
        string="Hours item",
        domain="[('administration_id', '=', id), ('is_sales', '=', True)]",
        check_company=True,
        help="What Exact sells on the lines of an invoice: it decides on which account of the "
        "ledger they are booked. Left empty, an item for hours is made in Exact when the first "
        "invoice is sent.",
    )
    vat_code_id = fields.Many2one(
        "keeping.exact.vat.code",
        string="VAT code",
        domain="[('administration_id', '=', id), ('blocked', '=', False), ('type', '!=', 'I'), "
        "('transaction_type', 'in', ('B', 'S'))]",
        check_company=True,
        help="Used where neither the customer nor the item has a VAT code in Exact. Filled with "
        "the standard rate; choose another one if you mostly invoice at that.",
    )
    payment_condition_id = fields.Many2one(
        "keeping.exact.payment.condition",
        domain="[('administration_id', '=', id)]",
        string="Payment condition",
        check_company=True,
        help="Within how many days is to be paid. Used where the customer has none in Exact. Left "
        "empty, Exact takes its own default.",
    )
    customer_ids = fields.One2many("keeping.exact.customer", "administration_id")
    item_ids = fields.One2many("keeping.exact.item", "administration_id")
    invoice_ids = fields.One2many("keeping.exact.invoice", "administration_id")
    # Timestamps of Exact are 64 bits, more than an Integer column holds.
    customer_timestamp = fields.Char(default="1", copy=False)
    item_timestamp = fields.Char(default="1", copy=False)
    synced_at = fields.Datetime(string="Lists read on", readonly=True, copy=False)
    sync_at = fields.Datetime(string="Next reading", readonly=True, copy=False)
    sync_message = fields.Char(readonly=True, copy=False)

    _company_site_code_unique = models.Constraint(
        "UNIQUE (company_id, site, code)",
        "An administration of Exact is kept once per organisation.",
    )
    _linked_once = models.UniqueIndex(
        "(site, code) WHERE state = 'linked'",
        "This administration of Exact is linked to an organisation already.",
    )

    # ------------------------------------------------------------------ compute

    @api.depends("name", "code")
    def _compute_display_name(self):
        for administration in self:
            administration.display_name = f"{administration.name} ({administration.code})"

    # ------------------------------------------------------------------ constrains

    @api.constrains("journal_id", "item_id", "vat_code_id", "payment_condition_id")
    def _check_defaults(self):
        for administration in self.sudo():
            for name in DEFAULTS:
                if administration[name].administration_id not in (administration, self.browse()):
                    raise ValidationError(
                        self.env._("This default belongs to another administration.")
                    )

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):
        check_editable(self, vals, EDITABLE)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_invoices(self):
        domain = [("administration_id", "in", self.ids)]
        if self.env["keeping.exact.invoice"].sudo().search_count(domain, limit=1):
            raise UserError(self.env._("Invoices refer to this administration; unlink it instead."))
        if any(administration.state == "linked" for administration in self):
            raise UserError(self.env._("Unlink the administration before you delete it."))

    # ------------------------------------------------------------------ actions

    def action_link(self):
        """Link the administration: from now on hours may be invoiced in it.

        :raise UserError: it is linked elsewhere, or Exact cannot be read
        """
        check_administrator(self)
        for administration in self:
            administration._check_may_link()
            with administration.connection_id._user_errors():
                facts = administration._gather()
            administration._check_accessible(facts)
            administration.sudo().write({"state": "linked", "sync_at": fields.Datetime.now()})
            administration.sudo()._keep_lists(facts)
            administration._fill_defaults(facts)
            administration.sudo()._store_checks(facts)
        # Customers and items may be many: they are read in the background.
        self.env.ref("keeping_exact_connector.ir_cron_sync").sudo()._trigger()
        return True

    def action_unlink(self):
        """Stop using the administration; its links, hours and settings stay."""
        check_administrator(self, also_off=True)
        domain = [
            ("administration_id", "in", self.ids),
            ("state", "in", UNDER_WAY),
        ]
        if self.env["keeping.exact.invoice"].sudo().search_count(domain, limit=1):
            raise UserError(
                self.env._("Invoices of this administration are being sent. Wait or release them.")
            )
        self.sudo().state = "available"
        return True

    def action_sync(self):
        """Read lists, customers and items again, in the background."""
        check_administrator(self)
        self.sudo().write({"sync_at": fields.Datetime.now(), "check_at": False})
        self.env.ref("keeping_exact_connector.ir_cron_sync").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("Customers, items and settings are being read from Exact."),
            },
        }

    def _check_may_link(self):
        self.ensure_one()
        if self.state == "inaccessible":
            raise UserError(
                self.env._("The Exact user of this connection has no access to %s.", self.name)
            )
        domain = [
            ("site", "=", self.site),
            ("code", "=", self.code),
            ("state", "=", "linked"),
            ("id", "!=", self.id),
        ]
        other = self.sudo().search(domain, limit=1)
        if other:
            raise UserError(self._explain_linked_elsewhere(other.company_id))

    def _explain_linked_elsewhere(self, company):
        """Say why it cannot be linked; the name of an organisation is for who may enter it."""
        if company in self.env.user.company_ids:
            return self.env._(
                "%(name)s is linked to %(company)s already. Unlink it there first: an "
                "administration is used by one organisation.",
                name=self.display_name,
                company=company.name,
            )
        return self.env._(
            "%(name)s is linked to another organisation in this Odoo, which you may not open. Ask "
            "an administrator of that organisation to unlink it there first.",
            name=self.display_name,
        )

    # ------------------------------------------------------------------ business

    def _check_ready(self):
        """Tell in one sentence what is missing before hours can be invoiced.

        :raise UserError: the administration is not linked, or its organisation is switched off
        """
        self.company_id._check_keeping_exact_enabled()
        for administration in self:
            if administration.state != "linked":
                raise UserError(
                    self.env._("%s is not linked with this organisation.", administration.name)
                )

    # ------------------------------------------------------------------ cron

    @api.model
    def _cron_sync(self):
        """Read lists, customers and items of the administrations whose turn it is.

        Each administration works in a cursor of its own: one that fails stops no other.
        """
        self.env["keeping.exact.connection"]._finish_consents()
        for administration_id in self._get_sync_due().ids:
            try:
                self._sync_in_own_cursor(administration_id)
            except Exception as error:  # one administration's trouble never stops another's
                _logger.exception("Reading of administration %s stopped", administration_id)
                with self.env.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    env[self._name].browse(administration_id)._note_sync(str(error), SYNC_RETRY)

    @api.model
    def _sync_in_own_cursor(self, administration_id):
        registry = self.env.registry
        with registry.cursor() as lock_cr:
            if not try_administration_lock(lock_cr, SYNCING, administration_id):
                return
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                administration = env["keeping.exact.administration"].browse(administration_id)
                facts = administration._sync_and_note()
            if facts:
                self._check_in_own_cursor(administration_id, facts)

    def _sync_and_note(self):
        """Read, and note how it went.

        :return: a ``checking.facts.Facts`` for the checks to go on with, None when they are not
            to run: Exact cannot be called now
        """
        facts, message, wait = Facts(), False, SYNC_PAUSE
        try:
            self._sync(facts)
            self._note_reading()
        except exact_online.LimitReached as error:
            self.env.cr.rollback()
            wait = error.retry_at.replace(tzinfo=None) - fields.Datetime.now()
            facts = None
        except exact_online.ExactError as error:
            self.env.cr.rollback()
            self._note_reading(error)
            message, wait = str(error), self._note_not_read(error)
            _logger.info("Administration %s was not read: %s", self.code, error)
            if not isinstance(error, exact_online.NoRight | exact_online.Refused):
                facts = None
        else:
            self._note_open()
        self._note_sync(message, wait)
        self.env.cr.commit()  # pylint: disable=invalid-commit
        return facts

    def _note_sync(self, message, wait):
        """Say how the last reading ended, and plan the next.

        :param message: what went wrong, or False
        :param timedelta wait: until the next reading
        """
        vals = {"sync_message": message, "sync_at": fields.Datetime.now() + wait}
        if not message and wait == SYNC_PAUSE:
            vals["synced_at"] = fields.Datetime.now()
        self.write(vals)
        self.env.ref("keeping_exact_connector.ir_cron_sync")._trigger(at=vals["sync_at"])

    def _sync(self, facts):
        """Read everything; a list or page is committed as soon as it has been read.

        :param Facts facts: what was read of the short lists is noted here, for the checks
        """
        self.ensure_one()
        administration = self.with_company(self.company_id)
        with administration._get_client() as client:
            administration._read_lists(client, facts)
            self.env.cr.commit()  # pylint: disable=invalid-commit
            administration._read_booking_lists(client)
            administration._sync_pages(client, "keeping.exact.item", "item_timestamp")
            administration._sync_pages(client, "keeping.exact.customer", "customer_timestamp")
        administration._fill_defaults()

    def _sync_pages(self, client, model, timestamp_field):
        mirror = self.env[model]
        since = int(self[timestamp_field] or 1)
        for rows in client.sync(mirror._sync_endpoint, since, select=mirror._get_select()):
            if not rows:
                continue
            mirror._upsert(self, rows)
            self[timestamp_field] = str(max(int(row["Timestamp"]) for row in rows))
            self.env.cr.commit()  # pylint: disable=invalid-commit
