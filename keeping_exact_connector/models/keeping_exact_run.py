from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.guards import check_invoicing
from .keeping_exact_invoice import UNDER_WAY

# What a run has to tell of an invoice, by its state; whatever else it is, it was made.
FAILED = ("failed",)
SKIPPED = ("draft", "cancelled")


class KeepingExactRun(models.Model):
    """Invoices that were asked for together, and how far the sender is with them.

    The invoices know everything; a run counts, and lets a person hold them back or stop them.
    """

    _name = "keeping.exact.run"
    _description = "Exact Online Run"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    administration_id = fields.Many2one(
        "keeping.exact.administration",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="administration_id.company_id", store=True, index=True, string="Organisation"
    )
    date_from = fields.Date(string="First day", readonly=True)
    date_to = fields.Date(string="Last day", readonly=True)
    invoice_ids = fields.One2many(
        "keeping.exact.invoice", "run_id", string="Invoices", readonly=True
    )
    left_out = fields.Char(
        string="Hours left out",
        readonly=True,
        help="Hours of the choice that are on none of these invoices, as it was when they were "
        "made.",
    )
    paused = fields.Boolean(readonly=True, tracking=True)
    state = fields.Selection(
        [("running", "Running"), ("paused", "Paused"), ("done", "Ended")],
        compute="_compute_counts",
        compute_sudo=True,
        search="_search_state",
    )
    total_count = fields.Integer(
        string="Invoices asked for", compute="_compute_counts", compute_sudo=True
    )
    made_count = fields.Integer(string="Made", compute="_compute_counts", compute_sudo=True)
    waiting_count = fields.Integer(string="To do", compute="_compute_counts", compute_sudo=True)
    failed_count = fields.Integer(string="Refused", compute="_compute_counts", compute_sudo=True)
    skipped_count = fields.Integer(
        string="Skipped",
        compute="_compute_counts",
        compute_sudo=True,
        help="Drafts that need a person first, and invoices that were given up.",
    )
    progress = fields.Float(
        compute="_compute_counts", compute_sudo=True, help="Percentage that is settled"
    )

    # ------------------------------------------------------------------ compute

    @api.depends("invoice_ids.state", "paused")
    def _compute_counts(self):
        counts = self.env["keeping.exact.invoice"]._count_states("run_id", self)
        for run in self:
            by_state = counts[run.id]
            total = by_state.total()
            waiting = sum(by_state[state] for state in UNDER_WAY)
            run.total_count = total
            run.waiting_count = waiting
            run.failed_count = sum(by_state[state] for state in FAILED)
            run.skipped_count = sum(by_state[state] for state in SKIPPED)
            run.made_count = total - waiting - run.failed_count - run.skipped_count
            run.progress = 100 * (total - waiting) / total if total else 100
            run.state = "done" if not waiting else "paused" if run.paused else "running"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        under_way = [("state", "in", UNDER_WAY)]
        busy = ("invoice_ids", "any", under_way)
        domains = {
            "running": [("paused", "=", False), busy],
            "paused": [("paused", "=", True), busy],
            "done": [("invoice_ids", "not any", under_way)],
        }
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("date_from", "date_to", "create_date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for run in self:
            if run.date_from and run.date_to:
                run.display_name = self.env._(
                    "%(first)s to %(last)s",
                    first=format_date(self.env, run.date_from),
                    last=format_date(self.env, run.date_to),
                )
            else:
                day = run.create_date and fields.Datetime.context_timestamp(run, run.create_date)
                run.display_name = self.env._("Run of %s", format_date(self.env, day))

    # ------------------------------------------------------------------ actions

    def action_pause(self):
        """Hold back what is not being sent yet; what is under way at this moment is finished."""
        self._check_may_steer()
        for run in self.filtered(lambda run: run.state == "running").sudo():
            run.paused = True
            run.invoice_ids.filtered(lambda invoice: invoice.state == "queued")._hold()
        return True

    def action_resume(self):
        """Go on with what was held back."""
        self._check_may_steer()
        for run in self.sudo():
            run.paused = False
            run.invoice_ids.filtered("held")._let_go()
        self.env["keeping.exact.operation"]._wake_sender()
        return True

    def action_cancel(self):
        """Give up what was not sent yet: its hours are free, what is in Exact stays.

        An organisation that has switched the integration off must get its hours free too.
        """
        self._check_may_steer(also_off=True)
        for run in self.sudo():
            given_up = run.invoice_ids.filtered(lambda invoice: invoice.state == "queued")
            for invoice in given_up:
                invoice._release()
            run.paused = False
            run._message_log(
                body=self.env._("%s invoices were given up before they were sent.", len(given_up))
            )
        return True

    def action_retry(self):
        """Send again what was refused; what still cannot be sent stays, and says why.

        :return: a notification where something stayed
        """
        self._check_may_steer()
        stayed = []
        for invoice in self.invoice_ids.filtered(lambda invoice: invoice.state == "failed"):
            try:
                with self.env.cr.savepoint():
                    invoice.action_retry()
            except UserError as error:
                stayed.append(f"{invoice.partner_id.display_name}: {error}")
        if not stayed:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": "\n".join(stayed),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_invoices(self):
        """Show the invoices of one kind: made, waiting, failed or skipped, by the context."""
        self.ensure_one()
        kind = self.env.context.get("keeping_exact_kind")
        settled = (*UNDER_WAY, *FAILED, *SKIPPED)
        domains = {
            "made": [("state", "not in", settled)],
            "waiting": [("state", "in", UNDER_WAY)],
            "failed": [("state", "in", FAILED)],
            "skipped": [("state", "in", SKIPPED)],
        }
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_invoice_action"
        )
        domain = [("run_id", "=", self.id), *domains.get(kind, [])]
        return {**action, "domain": domain, "context": {}}

    # ------------------------------------------------------------------ business

    def _check_may_steer(self, also_off=False):
        self.check_access("read")
        check_invoicing(self.env)
        self.invoice_ids.check_access("write")
        if not also_off:
            self.company_id._check_keeping_exact_enabled()
