from odoo import api, fields, models

from ..checking.periods import Period


class KeepingExactPeriod(models.Model):
    """A period of a financial year in Exact, as last read, and where it is closed.

    Kept so that a date can be looked at without a call to Exact.
    """

    _name = "keeping.exact.period"
    _description = "Exact Online Financial Period"
    _order = "date_from, number"
    _check_company_auto = True

    administration_id = fields.Many2one(
        "keeping.exact.administration",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="administration_id.company_id", store=True, index=True, string="Organisation"
    )
    year = fields.Integer(required=True, readonly=True, aggregator=None)
    number = fields.Integer(required=True, readonly=True, aggregator=None)
    date_from = fields.Date(string="First day", required=True, readonly=True)
    date_to = fields.Date(string="Last day", required=True, readonly=True)
    closed_journals = fields.Char(
        readonly=True, help="Codes of the sales journals that are closed in it"
    )

    _administration_period_unique = models.Constraint(
        "UNIQUE (administration_id, year, number)", "A period of Exact is kept once."
    )

    # ------------------------------------------------------------------ compute

    @api.depends("year", "number")
    def _compute_display_name(self):
        for period in self:
            period.display_name = f"{period.year} - {period.number}"

    # ------------------------------------------------------------------ business

    @api.model
    def _keep(self, administration, periods):
        """Replace what is known of an administration; nothing read proves nothing (chapter 5.2).

        :param list periods: :class:`checking.periods.Period`
        """
        if not periods:
            return
        known = self.search([("administration_id", "=", administration.id)])
        by_key = {(period.year, period.number): period for period in known}
        new, seen = [], self.browse()
        for period in periods:
            record = by_key.get((period.year, period.number))
            if record is None:
                new.append({"administration_id": administration.id, **self._prepare_vals(period)})
                continue
            seen |= record
            if record._to_period() != period:
                record.write(self._prepare_vals(period))
        (known - seen).unlink()
        self.create(new)

    @api.model
    def _prepare_vals(self, period):
        return {
            "year": period.year,
            "number": period.number,
            "date_from": period.start,
            "date_to": period.end,
            "closed_journals": ",".join(sorted(period.closed)) or False,
        }

    def _to_period(self):
        self.ensure_one()
        closed = frozenset(filter(None, (self.closed_journals or "").split(",")))
        return Period(self.year, self.number, self.date_from, self.date_to, closed)
