from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .. import exact_online
from ..models.keeping_exact_deletion import whole_second
from ..models.keeping_exact_invoice import LIVE_STATES


class KeepingExactRelease(models.TransientModel):
    """The question before hours are released: what becomes free, and what stays in Exact."""

    _name = "keeping.exact.release"
    _description = "Release Hours of Exact Online Invoices"

    line_ids = fields.One2many("keeping.exact.release.line", "wizard_id", string="Invoices")
    what = fields.Selection(
        [
            ("keep", "Leave them in Exact Online"),
            ("delete", "Delete the open ones in Exact Online too"),
        ],
        string="Invoices in Exact Online",
        default="keep",
        required=True,
    )
    read_message = fields.Char(readonly=True)
    hours = fields.Float(compute="_compute_figures")
    open_count = fields.Integer(compute="_compute_figures")
    staying_count = fields.Integer(compute="_compute_figures")

    # ------------------------------------------------------------------ compute

    @api.depends("line_ids.kind", "line_ids.hours")
    def _compute_figures(self):
        for wizard in self:
            going = wizard.line_ids.filtered(lambda line: line.kind != "busy")
            wizard.hours = sum(going.mapped("hours"))
            wizard.open_count = len(going.filtered(lambda line: line.kind == "open"))
            staying = going.filtered(lambda line: line.kind != "free")
            wizard.staying_count = len(staying)

    # ------------------------------------------------------------------ actions

    def action_confirm(self):
        """Release them; what is to be deleted in Exact is planned, and released once it is gone.

        :raise UserError: nothing is left to release, or one of them changed here meanwhile
        """
        self.ensure_one()
        going = self.line_ids.filtered(lambda line: line.kind != "busy")
        invoices = going.invoice_id
        if not invoices:
            raise UserError(self.env._("There is nothing left to release."))
        invoices._touch()
        invoices._check_invoicing(also_off=True)
        self._check_as_shown(going)
        deleted = going.filtered(lambda line: line._is_deleted())
        for invoice in (going - deleted).invoice_id.sudo():
            invoice._release()
        shown = {line.invoice_id.id: line._prepare_shown() for line in deleted}
        for own in deleted.invoice_id.sudo().grouped("administration_id").values():
            own._plan_deletion(shown)
        return {"type": "ir.actions.act_window_close"}

    # ------------------------------------------------------------------ business

    def _check_as_shown(self, lines):
        """Refuse what was sent or processed since: what the person was told of it does not hold.

        :raise UserError: names them
        """
        changed = lines.filtered(lambda line: line.shown_state != line.invoice_id.state)
        if changed:
            raise UserError(
                self.env._(
                    "%s changed since you looked, and nothing is released. Close this and look "
                    "again.",
                    ", ".join(changed.invoice_id.mapped("name")),
                )
            )

    @api.model
    def _ask(self, invoices):
        """Read how they are in Exact now, and return the action that asks.

        :param invoices: keeping.exact.invoice
        :raise UserError: the hours of all of them are free already
        """
        live = invoices.filtered(lambda invoice: invoice.state in LIVE_STATES)
        if not live:
            raise UserError(self.env._("These hours are free already."))
        rows, message = {}, False
        linked = live.filtered("guid").sudo()
        for administration, theirs in linked.grouped("administration_id").items():
            try:
                rows.update(self._read_rows(administration, theirs))
            except (exact_online.ExactError, UserError) as error:
                message = self._explain_unread(error)
        for invoice in linked.filtered(lambda invoice: invoice.guid in rows):
            invoice._reread(rows[invoice.guid])
        # What is shown is what was read: a person makes no lines, and changes none.
        wizard = self.sudo().create(
            {
                "read_message": message,
                "line_ids": [
                    Command.create(self._prepare_line(invoice, rows.get(invoice.guid)))
                    for invoice in live
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Release hours"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _read_rows(self, administration, invoices):
        """Return the rows of Exact by GUID; none where the integration is switched off."""
        if administration.company_id._get_keeping_exact_refusal():
            return {}
        with administration._get_client() as client:
            rows = client.rows_of(
                invoices._exact_post_endpoint,
                "InvoiceID",
                invoices.mapped("guid"),
                select=[*invoices._get_select(), "Modified"],
            )
            return {row["InvoiceID"]: row for row in rows}

    def _explain_unread(self, error):
        exact = isinstance(error, exact_online.ExactError)
        told = self.env["keeping.exact.operation"]._explain(error) if exact else str(error)
        return self.env._(
            "Exact Online could not be asked how they are now, so nothing can be deleted there: %s",
            told,
        )

    @api.model
    def _prepare_line(self, invoice, row):
        invoice_sudo = invoice.sudo()
        values = {
            "invoice_id": invoice.id,
            "kind": self._get_kind(invoice_sudo, row),
            "shown_state": invoice_sudo.state,
            "amount_total": invoice_sudo.amount_total,
            "number": invoice_sudo.number,
        }
        if row:
            values["changed_at"] = whole_second(row["Modified"])
            values["number"] = str(row.get("InvoiceNumber") or row.get("OrderNumber") or "")
        return values

    @api.model
    def _get_kind(self, invoice, row):
        """Return one of the kinds of a line: what there is to say about it."""
        if invoice.state in ("sending", "uncertain") or invoice._is_under_way():
            return "busy"
        if not invoice.guid:
            return "free"
        if not row:
            return "unread"
        if invoice.state != "open":
            return "processed"
        return "open" if invoice._is_deletable() else "unread"
