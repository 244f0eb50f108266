from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..tools.guards import INVOICING
from .keeping_exact_invoice import IN_EXACT
from .keeping_exact_invoice_step import UNDER_WAY


class KeepingExactInvoiceDeletion(models.Model):
    """Releasing what is in Exact: it stays there and that is said, or it is deleted along."""

    _inherit = "keeping.exact.invoice"

    deletion_ids = fields.One2many(
        "keeping.exact.deletion",
        "invoice_id",
        string="Tries to delete",
        readonly=True,
        groups=INVOICING,
    )
    deletion_state = fields.Selection(
        [("under_way", "Being deleted"), ("failed", "Refused")],
        string="Deletion",
        compute="_compute_deletion",
        compute_sudo=True,
    )
    deletion_message = fields.Text(compute="_compute_deletion", compute_sudo=True, groups=INVOICING)
    deletion_remedy = fields.Text(compute="_compute_deletion", compute_sudo=True, groups=INVOICING)

    # ------------------------------------------------------------------ compute

    @api.depends(
        "state",
        "deletion_ids.state",
        "deletion_ids.error_code",
        "deletion_ids.error_text",
        "deletion_ids.retry_at",
    )
    @api.depends_context("lang", "tz")
    def _compute_deletion(self):
        for invoice in self:
            last = invoice.deletion_ids.sorted("id")[-1:]
            state = "under_way" if last.state in UNDER_WAY else last.state
            in_exact = invoice.state in IN_EXACT
            invoice.deletion_state = in_exact and state in ("under_way", "failed") and state
            invoice.deletion_message = invoice.deletion_state and last.error_message
            invoice.deletion_remedy = invoice.deletion_state and last.error_remedy

    # ------------------------------------------------------------------ actions

    def action_ask_release(self):
        """Say what releasing means for each of these, and offer to delete what is open in Exact.

        The page that asks; :meth:`action_release` does it at once and leaves all in Exact.
        """
        self._check_invoicing(also_off=True)
        return self.env["keeping.exact.release"]._ask(self)

    # ------------------------------------------------------------------ business

    def _check_may_delete(self):
        """Refuse to delete what is not open in Exact, or is being worked at.

        :raise UserError: names them
        """
        self.company_id._check_keeping_exact_enabled()
        wrong = self.filtered(lambda invoice: not invoice._is_deletable())
        if wrong:
            raise UserError(
                self.env._(
                    "Only invoices that are open in Exact Online, and not being worked at, can "
                    "be deleted there: %s",
                    ", ".join(wrong.mapped("name")),
                )
            )

    def _is_deletable(self):
        self.ensure_one()
        ready = self.state == "open" and self.guid and self.administration_id.state == "linked"
        return ready and not self._is_under_way()

    def _is_under_way(self):
        """Tell whether something is done with it in Exact: processed, deleted, a document added."""
        states = (self.processing_state, self.deletion_state, self.specification_state)
        return "under_way" in states

    def _plan_deletion(self, shown):
        """Plan to delete open invoices in Exact; their hours become free once that is certain.

        :param dict shown: by id of the invoice, what was shown of it: values of the deletion
        """
        self._check_may_delete()
        made = self.env["keeping.exact.deletion"].create(
            [{"invoice_id": invoice.id, **shown[invoice.id]} for invoice in self.sorted("id")]
        )
        self.administration_id._end_pause()
        self.env["keeping.exact.operation"]._plan(made)
        self.env["keeping.exact.operation"]._wake_sender()
        return made

    def _get_steps(self):
        return [*super()._get_steps(), *self.deletion_ids]

    def _check_may_process(self):
        result = super()._check_may_process()
        busy = self.filtered(lambda invoice: invoice.deletion_state == "under_way")
        if busy:
            raise UserError(
                self.env._(
                    "These are being deleted in Exact Online: %s", ", ".join(busy.mapped("name"))
                )
            )
        return result

    def _release(self):
        self.ensure_one()
        under_way = self.deletion_ids.filtered(lambda one: one.state in UNDER_WAY)
        if under_way.filtered(lambda one: one.state != "waiting"):
            raise UserError(
                self.env._(
                    "%s is being deleted in Exact Online. Wait until that is known.", self.name
                )
            )
        under_way._cancel()
        in_exact = self.state in IN_EXACT
        result = super()._release()
        if in_exact:
            self._message_log(body=self._explain_staying())
        return result

    def _explain_staying(self):
        """Return what stays in Exact of an invoice that was released, and the way back."""
        return self.env._(
            "What stays in Exact Online: invoice %(number)s of %(amount)s for %(customer)s, as it "
            "was. Nothing is done with it from here any more. To bill hours on it again, choose "
            "Link existing invoice in the menu of Exact Online.",
            number=self.number or self.name,
            amount=format_amount(self.env, self.amount_total, self.currency_id),
            customer=self.partner_id.display_name,
        )
