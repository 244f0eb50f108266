from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.guards import INVOICING, check_processing
from .keeping_exact_invoice_step import UNDER_WAY


class KeepingExactInvoiceProcessing(models.Model):
    """Processing an invoice in Exact: it is booked, gets its final date, and may be sent."""

    _inherit = "keeping.exact.invoice"

    processing_ids = fields.One2many(
        "keeping.exact.processing",
        "invoice_id",
        string="Tries to process",
        readonly=True,
        groups=INVOICING,
    )
    processing_id = fields.Many2one(
        "keeping.exact.processing",
        string="Last try to process",
        compute="_compute_processing_id",
        groups=INVOICING,
    )
    processing_state = fields.Selection(
        [
            ("under_way", "Being processed"),
            ("failed", "Refused"),
            ("not_sent", "Processed, not sent"),
            ("done", "Processed"),
        ],
        string="Processing",
        compute="_compute_processing_state",
        store=True,
    )
    processing_message = fields.Text(compute="_compute_processing_message", groups=INVOICING)
    processing_remedy = fields.Text(compute="_compute_processing_message", groups=INVOICING)
    # What the setting of the administration will do, before it is sent.
    at_once_message = fields.Char(compute="_compute_at_once_message")

    # ------------------------------------------------------------------ compute

    @api.depends("processing_ids")
    def _compute_processing_id(self):
        for invoice in self:
            invoice.processing_id = invoice._get_last_processing()

    @api.depends("processing_ids.state", "processing_ids.delivery")
    def _compute_processing_state(self):
        for invoice in self:
            last = invoice._get_last_processing()
            state = "under_way" if last.state in UNDER_WAY else last.state
            if state == "done" and last.delivery in ("failed", "unknown"):
                state = "not_sent"
            invoice.processing_state = state != "cancelled" and state

    @api.depends(
        "processing_ids.state",
        "processing_ids.delivery",
        "processing_ids.error_code",
        "processing_ids.error_text",
        "processing_ids.retry_at",
    )
    @api.depends_context("lang", "tz")
    def _compute_processing_message(self):
        for invoice in self:
            last = invoice.processing_id
            invoice.processing_remedy = False
            if last.state in ("waiting", "sending") and not last.error_message:
                invoice.processing_message = self.env._("It is being processed in Exact Online.")
            elif last.state in ("waiting", "uncertain", "failed"):
                invoice.processing_message = self.env._(
                    "It is not processed yet: %s", last.error_message or ""
                )
                invoice.processing_remedy = last.error_remedy
            else:
                invoice.processing_message = self._explain_delivery(last)

    @api.depends("state", "administration_id", "customer_id")
    @api.depends_context("lang")
    def _compute_at_once_message(self):
        for invoice in self:
            on_its_way = invoice.state in ("draft", "failed", "queued")
            invoice.at_once_message = on_its_way and invoice.administration_id._explain_at_once(
                invoice.sudo().customer_id.invoiced_id
            )

    def _get_last_processing(self):
        # One that was made just now stands last among those that are known, whatever their order.
        return self.processing_ids.sorted("id")[-1:]

    def _explain_delivery(self, processing):
        """Return what became of the message to the customer, Exact's own words included."""
        if processing.delivery == "unknown":
            return self.env._(
                "It is processed. Exact Online did not tell whether it was sent to the customer: "
                "look there. Nothing is sent again by itself."
            )
        if processing.delivery == "elsewhere":
            return self.env._(
                "It was processed in Exact Online already; nothing was sent from here."
            )
        errors = (
            processing.document_error,
            processing.email_error,
            processing.postbox_error,
            processing.peppol_error,
        )
        told = " ".join(filter(None, errors))
        if processing.delivery == "failed":
            return self.env._(
                "It is processed, but was not sent: %s Send it from Exact Online.", told
            )
        return told or False

    # ------------------------------------------------------------------ actions

    def action_process(self):
        """Ask for the way out, and show who gets what, before it is processed in Exact.

        :raise UserError: one of them is not open in Exact, or is being processed
        """
        self._check_may_process()
        return self.env["keeping.exact.process"]._ask(self)

    # ------------------------------------------------------------------ business

    def _check_may_process(self):
        self.check_access("write")
        check_processing(self.env)
        self.company_id._check_keeping_exact_enabled()
        wrong = self.filtered(lambda invoice: invoice.state != "open" or not invoice.guid)
        if wrong:
            raise UserError(
                self.env._(
                    "Only invoices that are open in Exact Online can be processed, and these are "
                    "not: %s",
                    ", ".join(wrong.mapped("name")),
                )
            )
        busy = self.filtered(lambda invoice: invoice.processing_state == "under_way")
        if busy:
            raise UserError(
                self.env._("These are being processed already: %s", ", ".join(busy.mapped("name")))
            )

    def _plan_processing(self, way, date=None, shown=None, automatic=False):
        """Plan the processing of invoices that are open in Exact, oldest first.

        :param str way: one of WAYS
        :param date date: for all of them; without one each keeps the date that was asked for
        :param dict shown: what was shown, by id of the invoice: values of the processing
        """
        Processing = self.env["keeping.exact.processing"]
        made = Processing.create(
            [
                {
                    "invoice_id": invoice.id,
                    "way": way,
                    "invoice_date": date or invoice.meant_date,
                    "automatic": automatic,
                    "amount_shown": invoice.amount_total,
                    **(shown or {}).get(invoice.id, {}),
                }
                for invoice in self.sorted("id")
            ]
        )
        self.env["keeping.exact.operation"]._plan(made)
        self.env["keeping.exact.operation"]._wake_sender()
        return made

    def _note_date_asked(self, date):
        """A date was asked for with the processing; what Exact makes of it is compared with it."""
        self.write({"meant_date": date, **({"invoice_date": date} if date else {})})

    def _note_processed(self, row):
        """It is processed in Exact.

        :param dict row: of the invoice, where it was read; else number and dates are read later
        """
        self.ensure_one()
        if self.state == "open":
            self._move("processed", "processed_there" if row else "processed")
        if row:
            self._reread(row)
        else:
            self._plan_reread()

    def _exact_made(self, row):
        result = super()._exact_made(row)
        administration = self.administration_id
        if administration.processing == "at_once" and self.state == "open":
            recipient = administration._explain_way(
                administration.processing_way, self.customer_id.invoiced_id
            )
            self._plan_processing(
                administration.processing_way,
                shown={self.id: {"recipient": recipient}},
                automatic=True,
            )
        return result

    def _release(self):
        self.ensure_one()
        under_way = self.processing_ids.filtered(lambda one: one.state in UNDER_WAY)
        if under_way.filtered(lambda one: one.state != "waiting"):
            raise UserError(
                self.env._(
                    "%s is being processed in Exact Online. Wait until that is known.", self.name
                )
            )
        under_way._cancel()
        return super()._release()
