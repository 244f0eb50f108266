from uuid import UUID

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import formatLang

from .. import exact_online
from ..models.keeping_exact_invoice import IN_EXACT
from ..models.keeping_exact_line_removal import REMOVE
from .keeping_exact_adjust_line import CHANGED, GONE, LEFT, NEW, SAME
from .keeping_exact_invoice_link_search import ENDPOINT, SELECT, STATUS_PROCESSED


class KeepingExactAdjust(models.TransientModel):
    """The lines of a link, as they are stored and as they are in Exact.

    Which hours are on it does not change here: for that it is disconnected and linked again.
    """

    _name = "keeping.exact.adjust"
    _description = "Compare an Exact Invoice with Its Link"

    invoice_id = fields.Many2one(
        "keeping.exact.invoice", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="invoice_id.company_id", store=True)
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    is_open = fields.Boolean(readonly=True, help="In Exact Online it is not processed yet.")
    line_ids = fields.One2many("keeping.exact.adjust.line", "adjust_id")
    difference_count = fields.Integer(readonly=True, export_string_translation=False)
    has_discount = fields.Boolean(readonly=True, export_string_translation=False)
    # Hours are on a line that was taken over as gone.
    has_left = fields.Boolean(readonly=True, export_string_translation=False)
    amount_here = fields.Monetary(readonly=True, export_string_translation=False)
    # Lines of others that sending ours removes.
    removal_text = fields.Char(compute="_compute_removal_text", export_string_translation=False)
    amount_there = fields.Monetary(readonly=True, export_string_translation=False)
    notice = fields.Char(readonly=True, export_string_translation=False)
    # What was read, in one piece: whether it is still so is seen at once.
    shown = fields.Char(readonly=True, export_string_translation=False)

    # ------------------------------------------------------------------ compute

    @api.depends("line_ids.to_do")
    def _compute_removal_text(self):
        for adjust in self:
            removed = adjust.line_ids.filtered(lambda line: line.to_do == REMOVE)
            adjust.removal_text = "; ".join(map(self._describe, removed)) or False

    def _describe(self, line):
        amount = formatLang(self.env, line.exact_amount, currency_obj=line.currency_id)
        return f"{line.exact_name or '–'} ({amount})"

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):
        if not self.env.su and set(vals) - {"line_ids"}:
            raise AccessError(self.env._("Only the lines can be changed here."))
        return super().write(vals)

    # ------------------------------------------------------------------ actions

    @api.model
    def _open_for(self, invoice):
        """Read an invoice from Exact and open the comparison.

        :param invoice: one keeping.exact.invoice that the user may write
        """
        header, rows = self._read_from_exact(invoice)
        adjust_sudo = self.sudo().create({"invoice_id": invoice.id})
        adjust_sudo._show_rows(header, rows)
        return adjust_sudo.sudo(False)._show()

    def action_take_over(self):
        """Have the stored lines be as those in Exact; there is no difference any more then.

        :return: closes the dialog, or shows what has changed since
        :raise UserError: Exact cannot be read
        """
        self.ensure_one()
        invoice = self._check_may_adjust()
        header, rows = self._read_from_exact(invoice)
        if self._fingerprint(header, rows) != self.shown:
            return self._show_changed(header, rows)
        invoice._touch()
        invoice.sudo()._take_over_lines(header, rows)
        return self._close()

    def action_disconnect(self):
        """Free the hours, so that others can be linked with this invoice."""
        self.ensure_one()
        invoice = self._check_may_adjust()
        invoice.action_release()
        return self._close()

    def _check_may_adjust(self):
        """Return the invoice, which the user may change and which is in Exact."""
        invoice = self.invoice_id
        invoice._check_invoicing()
        if invoice.state not in IN_EXACT or not invoice.guid:
            raise UserError(self.env._("%s is not in Exact Online.", invoice.name))
        return invoice

    def _show(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare with Exact Online"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {**self.env.context, "dialog_size": "extra-large"},
        }

    def _close(self):
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # ------------------------------------------------------------------ reading

    @api.model
    def _read_from_exact(self, invoice):
        """Return header and lines of an invoice as they are in Exact now."""
        if invoice.state not in IN_EXACT or not invoice.guid:
            raise UserError(self.env._("%s is not in Exact Online.", invoice.name))
        administration = invoice.administration_id.sudo()
        with (
            administration.connection_id._user_errors(),
            administration._get_client() as client,
        ):
            where = exact_online.eq("InvoiceID", UUID(invoice.guid))
            header = client.first(ENDPOINT, select=[*SELECT, "Created"], where=where)
            rows = invoice._read_exact_lines(client, invoice.guid)
        if not header or not rows:
            raise UserError(
                self.env._(
                    "Exact Online does not show this invoice or its lines: it was deleted, or the "
                    "right to read invoices is gone. Nothing was changed."
                )
            )
        return header, rows

    @api.model
    def _fingerprint(self, header, rows):
        return self.env["keeping.exact.invoice.link"]._fingerprint(header, rows)

    def _show_changed(self, header, rows):
        self.sudo()._show_rows(header, rows)
        self.sudo().notice = self.env._(
            "Nothing was taken over yet: this invoice was changed in Exact Online since you "
            "looked. Below it stands as it is now."
        )
        return self._show()

    def _show_rows(self, header, rows):
        """Set the rows of Exact against the stored lines, by their Exact ID."""
        invoice = self.invoice_id
        pairs, gone = invoice._pair_lines(rows), invoice.line_ids
        for line in pairs.values():
            gone -= line
        prepared = [self._prepare_line(row, pairs.get(row["ID"])) for row in rows]
        # What was gone before and was taken over is worth nothing, and no difference any more; it
        # is shown where hours are on it, which are on no line of the invoice then.
        left = gone.filtered(lambda line: not line.guid and not line.amount)
        prepared += [self._prepare_gone(line, GONE) for line in gone - left]
        prepared += [
            self._prepare_gone(line, LEFT) for line in left if any(line.hour_ids.mapped("live"))
        ]
        differing = [vals for vals in prepared if vals["kind"] not in (SAME, LEFT)]
        self.write(
            {
                "is_open": header["Status"] != STATUS_PROCESSED,
                "shown": self._fingerprint(header, rows),
                "amount_here": invoice._get_less_discount(sum(invoice.line_ids.mapped("amount"))),
                "amount_there": float(header["AmountFCExclVat"] or 0),
                "difference_count": len(differing),
                "has_discount": any(vals.get("exact_discount") for vals in prepared)
                or any(invoice.line_ids.mapped("exact_discount")),
                "has_left": LEFT in [vals["kind"] for vals in prepared],
                "line_ids": [Command.clear(), *map(Command.create, prepared)],
            }
        )

    def _prepare_line(self, row, line):
        text = self.env["keeping.exact.invoice.line"]._get_exact_text(row)
        theirs = {
            "guid": row["ID"],
            "exact_name": text,
            "exact_quantity": float(row["Quantity"] or 0),
            "exact_unit_price": float(row["UnitPrice"] or 0),
            "exact_discount": self.env["keeping.exact.invoice.line"]._get_exact_discount(row),
            "exact_amount": float(row["AmountFC"] or 0),
        }
        LineChange = self.env["keeping.exact.line.change"]
        if not line:
            return {**theirs, "kind": NEW, "shown": LineChange._dump_whole(row)}
        theirs["shown"] = LineChange._dump(row)
        same = line._is_as_shown(row)
        return {**theirs, **self._prepare_stored(line), "kind": SAME if same else CHANGED}

    def _prepare_gone(self, line, kind):
        return {**self._prepare_stored(line), "kind": kind, "guid": line.guid}

    def _prepare_stored(self, line):
        return {
            "line_id": line.id,
            "name": line._split_text()[0],
            "hours": line.billed_hours,
            "quantity": line.quantity,
            "stored_quantity": line.quantity,
            "unit_price": line.unit_price,
            "stored_price": line.unit_price,
            "stored_amount": line.amount,
        }
