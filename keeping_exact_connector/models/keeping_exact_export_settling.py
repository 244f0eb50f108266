from odoo import api, models
from odoo.tools import SQL

from ..tools.links_file import CREDITED
from ..tools.links_file.columns import CORRECTIONS, CREDIT_LINES, CREDITS


class KeepingExactExportSettling(models.AbstractModel):
    """What happened to billed hours afterwards: corrections, and credits."""

    _inherit = "keeping.exact.export.rows"

    @api.model
    def _get_queries(self, company):
        return {
            **super()._get_queries(company),
            CORRECTIONS.name: self._sql_corrections(company),
            CREDITS.name: self._sql_credits(company),
            CREDIT_LINES.name: self._sql_credit_lines(company),
        }

    @api.model
    def _sql_corrections(self, company):
        return SQL(
            """
            SELECT correction.id AS key, link.name AS reference, correction.hour_id AS hour,
                   correction.kind, correction.reason, correction.hours_before,
                   correction.hours_after, correction.billed_after, correction.amount_after,
                   partner.name AS person, date_trunc('second', correction.create_date) AS moment
              FROM keeping_exact_correction correction
              JOIN keeping_exact_hour hour ON hour.id = correction.hour_id
              JOIN keeping_exact_invoice link ON link.id = hour.invoice_id
              LEFT JOIN res_users maker ON maker.id = correction.create_uid
              LEFT JOIN res_partner partner ON partner.id = maker.partner_id
             WHERE hour.invoice_id IN (%s)
            """,
            self._sql_links(company),
        )

    @api.model
    def _sql_credits(self, company):
        """Those of which the credit note is in Exact, or was; a refused one is left behind."""
        return SQL(
            """
            SELECT credit.id AS key, link.name AS reference, credit.id AS credit, credit.name,
                   credit.state, credit.origin, credit.source, credit.guid, credit.number,
                   credit.description, credit.credit_date, credit.note_amount, credit.part_no,
                   credit.amount, credit.hour_amount,
                   COALESCE(credit.difference_accepted, FALSE) AS difference_accepted,
                   credit.reasons, credit.state_before,
                   date_trunc('second', credit.removed_at) AS removed_at,
                   partner.name AS person, date_trunc('second', credit.create_date) AS moment
              FROM keeping_exact_credit credit
              JOIN keeping_exact_invoice link ON link.id = credit.invoice_id
              LEFT JOIN res_users maker ON maker.id = credit.create_uid
              LEFT JOIN res_partner partner ON partner.id = maker.partner_id
             WHERE credit.state IN %(credited)s AND credit.invoice_id IN (%(links)s)
            """,
            credited=CREDITED,
            links=self._sql_links(company),
        )

    @api.model
    def _sql_credit_lines(self, company):
        return SQL(
            """
            SELECT part.id AS key, link.name AS reference, part.credit_id AS credit,
                   part.invoice_line_id AS line, COALESCE(part.amount, 0) AS amount,
                   part.quantity, part.unit_price
              FROM keeping_exact_credit_line part
              JOIN keeping_exact_credit credit ON credit.id = part.credit_id
              JOIN keeping_exact_invoice link ON link.id = credit.invoice_id
             WHERE credit.state IN %(credited)s AND credit.invoice_id IN (%(links)s)
            """,
            credited=CREDITED,
            links=self._sql_links(company),
        )
