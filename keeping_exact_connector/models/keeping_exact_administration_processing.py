from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.guards import PROCESSING
from .keeping_exact_invoice_step import UNDER_WAY
from .keeping_exact_processing import WAYS


class KeepingExactAdministrationProcessing(models.Model):
    """What becomes of an invoice once it is in Exact: left open, or processed at once."""

    _inherit = "keeping.exact.administration"

    processing = fields.Selection(
        [("open", "Leave them open"), ("at_once", "Process at once")],
        string="After sending",
        default="open",
        required=True,
        tracking=True,
        help="Processing books an invoice, gives it its final date and cannot be undone. Left "
        "open, a person processes it: here, or in Exact Online.",
    )
    processing_way = fields.Selection(
        WAYS,
        string="Way out",
        default="book",
        required=True,
        tracking=True,
        help="What is proposed when a person processes, and done where invoices are processed at "
        "once.",
    )

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):
        may_process = self.env.su or self.env.user.has_group(PROCESSING)
        if not may_process and {"processing", "processing_way"} & set(vals):
            raise AccessError(
                self.env._("Only users who may process invoices may say how that is done.")
            )
        return super().write(vals)

    # ------------------------------------------------------------------ actions

    def action_unlink(self):
        """Stop using the administration, unless something is being processed there."""
        domain = [("administration_id", "in", self.ids), ("state", "in", UNDER_WAY)]
        if self.env["keeping.exact.processing"].sudo().search_count(domain, limit=1):
            raise UserError(
                self.env._("Invoices of this administration are being processed. Wait a moment.")
            )
        return super().action_unlink()

    # ------------------------------------------------------------------ business

    def _find_period(self, day):
        """Return the period that a day falls in, as last read; adjusting periods come last."""
        self.ensure_one()
        domain = [
            ("administration_id", "=", self.id),
            ("date_from", "<=", day),
            ("date_to", ">=", day),
        ]
        return self.env["keeping.exact.period"].search(domain, order="number", limit=1)

    def _explain_at_once(self, customer):
        """Return what happens by itself as soon as an invoice is in Exact, or False.

        :param customer: keeping.exact.customer; none when there may be several
        """
        if self.processing != "at_once":
            return False
        return self.env._(
            "As soon as it is in Exact Online it is processed, which cannot be undone: %s",
            self._explain_way(self.processing_way, customer),
        )

    def _explain_way(self, way, customer):
        """Return in words what is sent to whom, as far as is known here."""
        if way == "book":
            return self.env._("booked only, nothing is sent.")
        if way == "email":
            email = (customer and customer.email) or self.env._(
                "the address on the customer's card"
            )
            return self.env._("booked, and sent by e-mail to %s.", email)
        if way == "peppol":
            return self.env._("booked, and sent by Peppol.")
        return self.env._("booked, and sent as the customer prefers.")

    def _plan_checks(self):
        """Have the checks run soon: Exact refused something for a lacking right."""
        self.write({"check_at": False, "sync_at": fields.Datetime.now()})
        self.env.ref("keeping_exact_connector.ir_cron_sync")._trigger()
