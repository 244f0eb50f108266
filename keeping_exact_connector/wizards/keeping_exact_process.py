from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .. import exact_online
from ..models.keeping_exact_invoice_sending import PROCESSED
from ..models.keeping_exact_processing import WAYS
from ..tools.guards import check_processing

CARD = ["ID", "Name", "Email", "InvoicingMethod", "PeppolIdentifier"]


class KeepingExactProcess(models.TransientModel):
    """The question before invoices are processed in Exact: which way, and who gets what."""

    _name = "keeping.exact.process"
    _description = "Process Exact Online Invoices"

    way = fields.Selection(WAYS, string="Way out", default="book", required=True)
    invoice_date = fields.Date(
        string="Invoice date",
        help="Left empty, each invoice gets the date that was asked for it, and without one the "
        "day on which Exact processes it.",
    )
    line_ids = fields.One2many("keeping.exact.process.line", "wizard_id", string="Invoices")
    read_message = fields.Char(readonly=True)
    period_warning = fields.Char(compute="_compute_period_warning")

    # ------------------------------------------------------------------ compute

    @api.depends("invoice_date", "line_ids")
    @api.depends_context("lang")
    def _compute_period_warning(self):
        for wizard in self:
            found = [
                invoice.administration_id._check_period(wizard.invoice_date or invoice.meant_date)
                for invoice in wizard.line_ids.invoice_id
            ]
            wizard.period_warning = " ".join(dict.fromkeys(filter(None, found))) or False

    # ------------------------------------------------------------------ actions

    def action_confirm(self):
        """Process them: planned here, done in the background, and not to be undone.

        :raise UserError: a way out does not lead to one of the customers
        """
        self.ensure_one()
        invoices = self.line_ids.invoice_id
        invoices._touch()
        invoices._check_may_process()
        self._check_ways()
        shown = {line.invoice_id.id: line._prepare_shown() for line in self.line_ids}
        invoices_sudo = invoices.sudo()
        invoices_sudo.administration_id._end_pause()
        for own in invoices_sudo:
            own._plan_processing(self.way, self.invoice_date, shown)
        return {"type": "ir.actions.act_window_close"}

    def _check_ways(self):
        if not self.line_ids:
            raise UserError(self.env._("There is nothing left to process."))
        lost = self.line_ids.filtered("problem")
        if lost:
            raise UserError(
                "\n".join(
                    [
                        self.env._("Choose another way out, or take these off the list:"),
                        *(f"{line.partner_id.display_name}: {line.problem}" for line in lost),
                    ]
                )
            )

    # ------------------------------------------------------------------ business

    @api.model
    def _ask(self, invoices):
        """Read who would get what, and return the action that asks.

        :param invoices: keeping.exact.invoice, open in Exact
        """
        check_processing(self.env)
        cards, message = {}, False
        for administration, theirs in invoices.grouped("administration_id").items():
            try:
                cards.update(self._read_cards(administration.sudo(), theirs.sudo()))
            except exact_online.ExactError as error:
                Operation = self.env["keeping.exact.operation"]
                message = self.env._(
                    "Recipients are shown as last read, for Exact Online could not be asked: %s",
                    Operation._explain(error),
                )
        still_open = invoices.filtered(lambda invoice: invoice.state == "open")
        if not still_open:
            raise UserError(self.env._("These were processed in Exact Online already."))
        # What is shown is what was read: a person takes lines off, and makes none.
        wizard = self.sudo().create(
            {
                "way": invoices.administration_id[:1].processing_way,
                "read_message": message,
                "line_ids": [
                    Command.create(self._prepare_line(invoice, cards.get(invoice.id)))
                    for invoice in still_open
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Process in Exact Online"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _read_cards(self, administration, invoices):
        """Read the invoices, as they are now, and the cards of whom they go to.

        :return: rows of crm/Accounts by id of the invoice
        """
        rows, cards = {}, {}
        Invoice = self.env["keeping.exact.invoice"]
        with administration._get_client() as client:
            found = client.rows_of(
                Invoice._exact_post_endpoint,
                "InvoiceID",
                invoices.mapped("guid"),
                select=[*Invoice._get_select(), "InvoiceTo"],
            )
            rows = {row["InvoiceID"]: row for row in found}
            wanted = sorted({row["InvoiceTo"] for row in rows.values() if row["InvoiceTo"]})
            read = client.rows_of("crm/Accounts", "ID", wanted, select=CARD)
            cards = {card["ID"]: card for card in read}
        for invoice in invoices.filtered(lambda invoice: invoice.guid in rows):
            invoice._reread(rows[invoice.guid])
        return {
            invoice.id: cards.get(rows[invoice.guid]["InvoiceTo"])
            for invoice in invoices
            if invoice.guid in rows and rows[invoice.guid].get("Status") != PROCESSED
        }

    @api.model
    def _prepare_line(self, invoice, card):
        customer = invoice.sudo().customer_id.invoiced_id
        card = card or {}
        return {
            "invoice_id": invoice.id,
            "amount_total": invoice.amount_total,
            "recipient": card.get("Name") or customer.name,
            "email": card.get("Email") if card else customer.email,
            "peppol": card.get("PeppolIdentifier"),
            "method": card.get("InvoicingMethod") or 0,
            "card_read": bool(card),
        }
