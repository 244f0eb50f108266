from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# What a sales order bills in another way than by the hour.
OTHERWISE = ("billable_fixed", "billable_milestones", "billable_manual")


class AccountAnalyticLine(models.Model):
    """Hours that Odoo bills are not billed in Exact, and the other way round.

    On an invoice in Odoo are hours that sale_timesheet would not put on the next one: whose invoice
    is not cancelled or reversed (``_timesheet_domain_get_invoiced_lines``). That stands here three
    times: for records, for searches and for SQL.
    """

    _inherit = "account.analytic.line"

    # ------------------------------------------------------------------ billed by Odoo

    def _is_in_odoo(self):
        """Tell whether hours are on an invoice in Odoo that stands."""
        invoice = self.timesheet_invoice_id
        given_up = invoice.state == "cancel" and invoice.payment_state != "invoicing_legacy"
        return bool(invoice) and not given_up and invoice.payment_state != "reversed"

    def _is_for_odoo(self):
        """Tell whether Odoo bills or has billed hours, by the hour or otherwise."""
        return self.timesheet_invoice_type in OTHERWISE or self._is_in_odoo()

    @api.model
    def _domain_in_odoo(self):
        """Return the domain of :meth:`_is_in_odoo`."""
        stands = Domain("state", "!=", "cancel") | Domain("payment_state", "=", "invoicing_legacy")
        invoice = stands & Domain("payment_state", "!=", "reversed")
        return Domain("timesheet_invoice_id", "any!", invoice)

    @api.model
    def _sql_in_odoo(self, timesheet, as_of=None):
        """Return the SQL of :meth:`_is_in_odoo`.

        :param SQL timesheet: alias of account_analytic_line
        :param as_of: only invoices of this day and before; None for all
        """
        day = SQL("TRUE")
        if as_of:
            day = SQL("COALESCE(move.invoice_date, move.create_date::date) <= %s", as_of)
        return SQL(
            """EXISTS (
            SELECT FROM account_move move
             WHERE move.id = %s.timesheet_invoice_id
               AND (move.state != 'cancel' OR move.payment_state = 'invoicing_legacy')
               AND move.payment_state IS DISTINCT FROM 'reversed'
               AND %s
            )""",
            timesheet,
            day,
        )

    @api.model
    def _sql_otherwise(self, timesheet):
        """Return SQL that is true for hours whose sales order bills a price, not hours."""
        return SQL("COALESCE(%s.timesheet_invoice_type IN %s, FALSE)", timesheet, OTHERWISE)

    # ------------------------------------------------------------------ the state

    @api.depends(
        "timesheet_invoice_type", "timesheet_invoice_id.state", "timesheet_invoice_id.payment_state"
    )
    def _compute_keeping_exact_state(self):
        return super()._compute_keeping_exact_state()

    def _is_billable(self):
        return super()._is_billable() and not self._is_for_odoo()

    @api.model
    def _domain_billable(self):
        by_the_hour = Domain("timesheet_invoice_type", "not in", OTHERWISE)
        return super()._domain_billable() & by_the_hour & ~self._domain_in_odoo()

    # ------------------------------------------------------------------ billed in Exact

    @api.model
    def _domain_in_exact(self):
        """Return the domain of hours that are reserved for or billed on an Exact invoice.

        For superusers: not everybody may use the field in it. A plain list, as in sale_timesheet.
        """
        return [("keeping_exact_hour_ids", "any", [("live", "=", True)])]

    @api.model
    def _domain_not_in_exact(self):
        """Return the opposite of :meth:`_domain_in_exact`."""
        return [("keeping_exact_hour_ids", "not any", [("live", "=", True)])]

    @api.model
    def _get_frozen_fields(self):
        # The order line is what an hour was billed for, and its price may be what it was billed at.
        return super()._get_frozen_fields() | {"so_line"}

    def _check_can_write(self, values):
        result = super()._check_can_write(values)
        # Taking an invoice of Odoo away is no harm: it is cancelled or reversed.
        if values.get("timesheet_invoice_id"):
            self._check_not_billed(values, {"timesheet_invoice_id"})
        return result

    def _compute_so_line(self):
        return super(AccountAnalyticLine, self._without_billed())._compute_so_line()

    def _is_updatable_timesheet(self):
        # The state is computed for all of them at once; a search here would be one a line.
        state = self.sudo().keeping_exact_state
        return super()._is_updatable_timesheet() and state in ("to_invoice", "not_billable", False)
