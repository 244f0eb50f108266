from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..sending.telling import TELL_LATER
from ..tools.guards import INVOICING


class KeepingExactInvoiceRun(models.Model):
    """Invoices that are sent together, and can be held back together."""

    _inherit = "keeping.exact.invoice"

    run_id = fields.Many2one(
        "keeping.exact.run",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        groups=INVOICING,
    )
    held = fields.Boolean(string="Held back", readonly=True, copy=False, help="Its run is paused")
    skip_reason = fields.Text(
        string="Why it was skipped", readonly=True, copy=False, groups=INVOICING
    )
    run_remark = fields.Text(string="Remark", compute="_compute_run_remark", groups=INVOICING)

    # ------------------------------------------------------------------ compute

    @api.depends("state", "skip_reason", "error_message", "difference_message")
    def _compute_run_remark(self):
        for invoice in self:
            skipped = invoice.state == "draft" and invoice.skip_reason
            invoice.run_remark = skipped or invoice.error_message or invoice.difference_message

    @api.depends("held")
    def _compute_error_message(self):
        return super()._compute_error_message()

    def _get_error_code(self):
        code = super()._get_error_code()
        held = self.held and self.state == "queued" and code != "switched_off"
        return "run_paused" if held else code

    # ------------------------------------------------------------------ actions

    def action_send(self):
        """Queue drafts; several of one administration become a run."""
        result = super().action_send()
        alone = self.sudo().filtered(lambda invoice: not invoice.run_id)
        for invoices in alone.grouped("administration_id").values():
            if len(invoices) > 1:
                invoices._start_run()
        return result

    # ------------------------------------------------------------------ business

    def _send_together(self, left_out):
        """Queue drafts that were made together; those that cannot be sent stay, and say why.

        One alone is queued as by :meth:`action_send`, and what stands in its way is raised.

        :param str left_out: which hours of the choice are on none of them
        :raise UserError: the only one is not ready
        """
        unready = self.sudo()._get_unready()
        ready = self - unready.sudo(False)
        if len(self) == 1:
            ready.action_send()
            return
        self._check_invoicing()
        self._start_run(left_out)
        unready._note_unready()
        ready.sudo()._queue_each()

    def _start_run(self, left_out=False):
        run = (
            self.env["keeping.exact.run"]
            .sudo()
            .create(
                {
                    "administration_id": self.administration_id.id,
                    "date_from": min(self.mapped("date_from")),
                    "date_to": max(self.mapped("date_to")),
                    "left_out": left_out,
                }
            )
        )
        self.sudo().run_id = run
        return run

    def _note_unready(self):
        """Keep with drafts what a person has to do before they can be sent."""
        undecided, unpriced = self._get_undecided(), self._get_unpriced()
        without_ref = self._get_without_ref()
        texts = (
            (undecided, self.env._("Choose the customer in Exact, or have a new one made.")),
            (unpriced, self.env._("Fill in the prices.")),
            (without_ref, self.env._("Fill in the customer's reference.")),
        )
        for invoice in self:
            found = [text for invoices, text in texts if invoice in invoices]
            invoice.skip_reason = " ".join(found) or self.env._("Fill in the cost centres.")

    def _queue_each(self):
        """Queue all that can be queued; the others stay drafts, and keep what was said."""
        try:
            with self.env.cr.savepoint():
                self._queue()
        except UserError:
            for invoice in self:
                try:
                    with self.env.cr.savepoint():
                        invoice._queue()
                except UserError as error:
                    invoice.skip_reason = str(error)

    def _queue(self):
        self.write({"held": False, "skip_reason": False})
        result = super()._queue()
        # Another run that needs the same new customer may be held back.
        self._get_new_needs().held = False
        return result

    def _hold(self):
        """Hold back invoices, and the new customers and items that only they need."""
        self.held = True
        Operation = self.env["keeping.exact.operation"]
        own = Operation._get_open(self)
        needs = self._get_new_needs()
        (own | needs).filtered(lambda operation: operation.state == "planned").held = True
        for operation in needs.filtered("held"):
            operation.held = not operation.record._is_needed()

    def _let_go(self):
        """Send what was held back."""
        self.held = False
        Operation = self.env["keeping.exact.operation"]
        (Operation._get_open(self) | self._get_new_needs()).held = False

    def _get_new_needs(self):
        """Return the open operations of the customers and items that are still to be made."""
        Operation = self.env["keeping.exact.operation"]
        found = Operation
        for needs in (self.customer_id, self.line_ids.item_id):
            new = needs.filtered(lambda need: not need.guid)
            found |= Operation._get_open(new) if new else found
        return found

    @api.model
    def _count_states(self, name, records, domain=()):
        """Count invoices by state, for each of the records of a field.

        :param str name: a field that points to the records
        :param domain: of the invoices that count
        :return: dict id -> Counter of states
        """
        counts = defaultdict(Counter)
        for record, state, count in self._read_group(
            [(name, "in", records.ids), *domain], [name, "state"], ["__count"]
        ):
            counts[record.id][state] = count
        return counts

    # ------------------------------------------------------------------ following

    def write(self, vals):
        result = super().write(vals)
        # Being sent lasts as long as one call, and what follows is told.
        if {"state", "error_code", "retry_at"} & vals.keys() and vals.get("state") != "sending":
            self._tell_change()
        if not self.env.su:
            # Somebody is at it: what was said before need not hold any more.
            self.sudo().filtered("skip_reason").skip_reason = False
        return result

    def _tell_change(self):
        """Have the pages of whoever made these look again; ids only, of what they may see."""
        changed = self.env.context.get(TELL_LATER)
        later = defaultdict(set) if changed is None else changed
        for user, invoices in self.sudo().grouped("create_uid").items():
            # Of a user with its many columns nothing else is needed.
            partner = user.with_context(prefetch_fields=False).partner_id
            later[partner.id].update(invoices.ids)
        if changed is None:
            self._tell_partners(later)

    @api.model
    def _tell_partners(self, changed):
        """Have pages look again.

        :param dict changed: ids of invoices by id of the contact who is told
        """
        for partner_id, ids in changed.items():
            partner = self.env["res.partner"].sudo().browse(partner_id)
            partner._bus_send("keeping_exact_connector/changed", {"ids": sorted(ids)})
