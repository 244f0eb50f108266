from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.guards import INVOICING


class KeepingExactInvoiceAlike(models.Model):
    """An invoice in Exact that may be ours although it lacks our reference.

    It was sent, no answer came, and a bookkeeper may have changed its description before it was
    looked up: sending again would double it, taking it over might take somebody else's.
    """

    _inherit = "keeping.exact.invoice"

    alike_guid = fields.Char(readonly=True, copy=False, groups=INVOICING)

    # ------------------------------------------------------------------ actions

    def action_take_over(self):
        """Say that the invoice found in Exact is this one: it is linked, nothing is sent.

        :raise UserError: it is not there any more or of another customer now, or there was none
        """
        self.ensure_one()
        self._check_invoicing()
        if self.state != "failed" or not self.alike_guid:
            raise UserError(self.env._("There is no invoice in Exact Online to take over."))
        administration = self.administration_id.sudo()
        with (
            administration.connection_id._user_errors(),
            administration._get_client() as client,
        ):
            row = self._read_in_exact(client, self.alike_guid, also=("OrderedBy",))
        if not row:
            raise UserError(self.env._("That invoice is not in Exact Online any more."))
        if row["OrderedBy"] != self.sudo().customer_id.guid:
            raise UserError(
                self.env._("That invoice is of another customer in Exact Online than here.")
            )
        # Exact was asked without a lock; who changed this link meanwhile ends this.
        self._touch()
        self.sudo()._exact_made(row)
        return True

    # ------------------------------------------------------------------ sending

    def _prepare_claim(self):
        return {**super()._prepare_claim(), "alike_guid": False}

    def _prepare_made(self, row):
        return {**super()._prepare_made(row), "alike_guid": False}

    def _exact_alike(self, client, since):
        """Look for the same customer, amount and maker, and no link of ours (design, Sending)."""
        self.ensure_one()
        select = [*self._get_select(), "Creator"]
        where = self._where_made_since(since)
        rows = client.rows(self._exact_post_endpoint, select=select, where=where)
        alike = [row for row in rows if self._is_alike(row)]
        guids = [row["InvoiceID"] for row in alike]
        known = set(self._search_by_guid(self.administration_id, guids).mapped("guid"))
        alike = [row for row in alike if row["InvoiceID"] not in known]
        return min(alike, key=lambda row: row["Created"], default=None)

    def _exact_note_alike(self, row):
        self.alike_guid = row["InvoiceID"]
        number = row.get("OrderNumber") or row["InvoiceID"]
        self._exact_refused("invoice_alike", f"{number}, {row['Description'] or ''}")

    def _is_alike(self, row):
        amount = float(row.get("AmountFCExclVat") or 0)
        same_amount = not self.currency_id.compare_amounts(amount, self.meant_untaxed)
        return same_amount and self._is_made_by_us(row)

    def _is_made_by_us(self, row):
        """Tell whether our user made a row of Exact, as far as it says."""
        maker = self.administration_id.connection_id.grant_id.exact_user
        return str(row.get("Creator") or "") in ("", maker)
