from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_round

from .keeping_exact_invoice import IN_EXACT


class KeepingExactInvoiceFollowing(models.Model):
    """What becomes of an invoice once it is in Exact: processed or changed there, or gone.

    Empty is not absent: what Exact does not show is only gone when its list of deletions says so,
    or a person does (API reference, chapters 4.19 and 5.2).
    """

    _inherit = "keeping.exact.invoice"

    unseen_at = fields.Datetime(
        string="Not shown by Exact since",
        readonly=True,
        copy=False,
        help="Exact showed other invoices, and not this one. Whether it was deleted is for a "
        "person to say.",
    )
    removed_at = fields.Datetime(string="Known as removed since", readonly=True, copy=False)

    # ------------------------------------------------------------------ actions

    def action_refresh(self):
        """Read number, dates, amounts and state again from Exact, and whether it is still there."""
        self._check_invoicing()
        found = []
        linked = self.filtered("guid").sudo()
        for administration, invoices in linked.grouped("administration_id").items():
            with (
                administration.connection_id._user_errors(),
                administration._get_client() as client,
            ):
                found.append((invoices, *invoices._read_together(client)))
        for invoices, rows, believed in found:
            invoices._note_read(rows, believed)
        return True

    def action_confirm_removed(self):
        """Say that what Exact no longer shows was deleted there: the hours become free.

        Exact is asked once more before.

        :return: a notification when Exact shows one of them after all
        :raise UserError: one of them is not missing, or something is being done with it just now
        """
        self._check_invoicing()
        if not all(invoice.unseen_at and invoice.state in IN_EXACT for invoice in self):
            raise UserError(
                self.env._("Only invoices that Exact Online no longer shows can be removed.")
            )
        self._touch()
        self.action_refresh()
        gone = self.filtered("unseen_at").sudo()
        busy = gone._get_busy()
        if busy:
            names = ", ".join(busy.mapped("name"))
            raise UserError(self.env._("Exact Online is at work on %s. Wait a moment.", names))
        gone._note_removed("confirmed", self.env.user)
        found = self - gone.sudo(False)
        return not found or self._notify_found(found)

    def _notify_found(self, found):
        names = ", ".join(found.mapped("name"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._("Exact Online shows it after all: %s", names),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # ------------------------------------------------------------------ reading

    def _read_together(self, client):
        """Read invoices of one administration as they are now, up to 40 in a call.

        :param client: an exact_online.Client of their administration
        :return: (rows by GUID, whether the absence of the others may be believed)
        """
        rows = client.rows_of(
            self._exact_post_endpoint, "InvoiceID", self.mapped("guid"), select=self._get_select()
        )
        found = {row["InvoiceID"]: row for row in rows}
        missing = self.filtered(lambda one: one.state in IN_EXACT and one.guid not in found)
        return found, bool(missing) and missing._exact_absence_proved(client)

    def _note_read(self, rows, believed):
        """Take in what :meth:`_read_together` brought."""
        for invoice in self:
            if row := rows.get(invoice.guid):
                invoice._reread(row)
                if invoice.unseen_at:
                    invoice.unseen_at = False
            elif believed and invoice.state in IN_EXACT and not invoice.unseen_at:
                invoice._note_unseen()

    def _note_unseen(self):
        self.unseen_at = fields.Datetime.now()
        mine = self.with_context(lang=self.create_uid.lang)
        mine._tell_maker(
            mine.env._(
                "Exact Online no longer shows invoice %s. Look whether it was deleted there, and "
                "say so here: its hours stay on it until then.",
                self.number or self.name,
            )
        )

    # ------------------------------------------------------------------ removal

    def _get_steps(self):
        """Return what is done, or planned, in Exact for these invoices, as a list of steps."""
        steps = list(self.processing_ids)
        for document in self.document_ids:
            steps += filter(None, document._get_steps())
        return steps

    def _get_busy(self):
        """Return those for which a call to Exact is under way at this moment."""
        return self.filtered(
            lambda invoice: any(step.state == "sending" for step in invoice._get_steps())
        )

    def _note_removed(self, cause, by=None):
        """Exact has these no more: their hours become free, and whoever made them is told.

        :param str cause: one of ``CAUSES``
        :param by: the user who deleted it or said so; needs not be told what he knows
        """
        for invoice in self.filtered(lambda one: one.state in IN_EXACT):
            for step in invoice._get_steps():
                step._drop()
            hours = sum(invoice.hour_ids.filtered("live").mapped("hours"))
            known = {"unseen_at": False, "reread_at": False, "retry_at": False}
            invoice._move("removed", cause, {**known, "removed_at": fields.Datetime.now()})
            invoice.hour_ids._end()
            if by != invoice.create_uid:
                invoice._tell_removed(hours)

    def _tell_removed(self, hours):
        mine = self.with_context(lang=self.create_uid.lang)
        mine._tell_maker(
            mine.env._(
                "Invoice %(number)s was deleted in Exact Online. Its %(hours)s hours are free and "
                "can be billed again.",
                number=self.number or self.name,
                hours=float_round(hours, precision_digits=2),
            )
        )

    # ------------------------------------------------------------------ sending

    def _exact_alike(self, client, since):
        """Somebody may have deleted what was made, before it was looked up.

        Without its GUID nobody can tell: a deletion since it was sent, of an invoice that is on
        no link, may have been this one.
        """
        return super()._exact_alike(client, since) or self._find_deleted(client, since)

    def _find_deleted(self, client, since):
        """Return the row of the latest such deletion, or None."""
        self.ensure_one()
        rows = self.administration_id._read_kept_deletions(client)
        # DeletedDate is the wall clock of Exact's, ahead of UTC, as Created is.
        earliest = since - timedelta(hours=1)
        late = [row for row in rows if row["DeletedDate"] and row["DeletedDate"] >= earliest]
        known = self._get_known_guids([row["EntityKey"] for row in late])
        unknown = [row for row in late if row["EntityKey"] not in known]
        return max(unknown, key=lambda row: row["DeletedDate"], default=None)

    def _get_known_guids(self, guids):
        """Return which of these sales invoices of Exact something here is of, as a set."""
        return set(self._search_by_guid(self.administration_id, guids).mapped("guid"))

    @api.model
    def _search_by_guid(self, administration, guids):
        return self.search([("administration_id", "=", administration.id), ("guid", "in", guids)])

    def _exact_note_alike(self, row):
        if "DeletedDate" not in row:
            return super()._exact_note_alike(row)
        return self._exact_refused("invoice_deleted", f"{row['DeletedDate']:%Y-%m-%d %H:%M}")
