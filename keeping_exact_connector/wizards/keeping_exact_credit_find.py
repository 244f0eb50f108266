from odoo import Command, api, fields, models


class KeepingExactCreditFind(models.TransientModel):
    """What may credit an invoice, as Exact shows it at this moment."""

    _name = "keeping.exact.credit.find"
    _description = "Credit Notes to Choose from"

    invoice_id = fields.Many2one(
        "keeping.exact.invoice", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="invoice_id.partner_id")
    number = fields.Char(related="invoice_id.number")
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    net_amount = fields.Monetary(related="invoice_id.net_amount")
    entries_read = fields.Boolean(readonly=True)
    candidate_ids = fields.One2many("keeping.exact.credit.candidate", "find_id", readonly=True)

    @api.model
    def _find(self, invoice):
        """Read the candidates, and return the action that shows them.

        :param invoice: one keeping.exact.invoice; rights are checked
        """
        invoice_sudo = invoice.sudo()
        administration = invoice_sudo.administration_id
        with administration.connection_id._user_errors(), administration._get_client() as client:
            found, entries_read = invoice_sudo._read_credit_candidates(client)
        # What is shown is what was read: a person chooses, and makes none.
        wizard = self.sudo().create(
            {
                "invoice_id": invoice.id,
                "entries_read": entries_read,
                "candidate_ids": [Command.create(values) for values in found],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit notes for %s", invoice.number or invoice.name),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
