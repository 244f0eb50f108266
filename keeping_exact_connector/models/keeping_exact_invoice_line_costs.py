from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.costs import COSTS
from .keeping_exact_ledger import DEMANDED, REFUSED

MINE = "[('administration_id', '=', administration_id)]"


class KeepingExactInvoiceLineCosts(models.Model):
    """Cost centre and cost unit of lines, asked for where the ledger account demands them."""

    _inherit = "keeping.exact.invoice.line"

    cost_centre_id = fields.Many2one(
        "keeping.exact.cost.centre",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=MINE,
        help="Of the task, else the project, else the employee.",
    )
    cost_unit_id = fields.Many2one(
        "keeping.exact.cost.unit",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=MINE,
        help="Of the task, else the project, else the employee.",
    )

    # ------------------------------------------------------------------ constrains

    @api.constrains("cost_centre_id", "cost_unit_id", "invoice_id")
    def _check_costs_administration(self):
        for line in self.sudo():
            for cost in COSTS:
                chosen = line[cost.line_field]
                if chosen and chosen.administration_id != line.administration_id:
                    raise ValidationError(
                        self.env._("Cost centre and invoice belong to different administrations.")
                    )

    # ------------------------------------------------------------------ business

    def _get_ledger(self):
        """Return the ledger account with rules that this line is booked on, if it has any."""
        return self._get_item().ledger_id

    def _get_without_costs(self):
        """Return lines that lack a cost centre or cost unit which their ledger demands."""
        return self.filtered(lambda line: line._lacks_costs())

    def _lacks_costs(self):
        ledger = self._get_ledger()
        return any(
            ledger[cost.use_field] == DEMANDED and not self[cost.line_field] for cost in COSTS
        )

    def _check_costs(self):
        """Refuse lines without a cost centre or cost unit that their ledger demands.

        :raise UserError: names the invoices
        """
        missing = self._get_without_costs()
        if missing:
            raise UserError(
                self.env._(
                    "%(text)s Fill them in on the lines of %(invoices)s, and on the project for "
                    "the next time.",
                    text=missing._name_demands(),
                    invoices=", ".join(missing.invoice_id.mapped("name")),
                )
            )

    def _warn_of_costs(self):
        missing = self._get_without_costs()
        return missing and missing._name_demands()

    def _name_demands(self):
        ledgers = (
            self.env["keeping.exact.ledger"].sudo().union(*(line._get_ledger() for line in self))
        )
        return self.env._(
            "Ledger account %s demands a cost centre or cost unit in Exact Online.",
            ", ".join(ledgers.mapped("display_name")),
        )

    def _prepare_exact_payload(self):
        payload = super()._prepare_exact_payload()
        for cost in COSTS:
            chosen = self[cost.line_field]
            # An account that takes none refuses the line with it (API reference, chapter 5.4).
            if chosen and self._get_ledger()[cost.use_field] != REFUSED:
                payload[cost.exact] = chosen.code
        return payload
