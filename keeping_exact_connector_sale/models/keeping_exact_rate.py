from odoo import api, models
from odoo.tools import SQL

ORDER_LINE = ("order_line", "Sales order line")


class KeepingExactRate(models.Model):
    _inherit = "keeping.exact.rate"

    @api.model
    def _sql_rate(self, timesheet, customer):
        """Put the price of a confirmed order line before the rate card, where a company wants so.

        Item and VAT code stay those of the rate card: an order line has none of Exact.
        """
        return SQL(
            """
            SELECT CASE WHEN sold.id IS NULL THEN card.rate_id END AS rate_id,
                   COALESCE(sold.keeping_exact_hourly_rate, card.hourly_rate) AS hourly_rate,
                   CASE WHEN sold.id IS NULL THEN card.currency_id ELSE sold.currency_id END
                       AS currency_id,
                   CASE WHEN sold.id IS NULL THEN card.source ELSE %(source)s END AS source,
                   card.item_id, card.vat_code_id
              FROM (VALUES (1)) one
              LEFT JOIN LATERAL (%(card)s) card ON TRUE
              LEFT JOIN LATERAL (
                  SELECT line.id, line.keeping_exact_hourly_rate, line.currency_id
                    FROM sale_order_line line
                    JOIN res_company company ON company.id = line.company_id
                   WHERE line.id = %(timesheet)s.so_line
                     AND line.company_id = %(timesheet)s.company_id
                     AND line.state = 'sale'
                     AND line.keeping_exact_hourly_rate >= 0
                     AND company.keeping_exact_order_rates
              ) sold ON TRUE
            """,
            card=super()._sql_rate(timesheet, customer),
            timesheet=timesheet,
            source=ORDER_LINE[0],
        )
