from collections import defaultdict

from odoo import models
from odoo.tools import SQL, format_amount, format_date

from ..tools.texts import clock

# Told of one link; all of them are in the history of corrections, and among the credits.
MOST = 50


class KeepingExactImportHistory(models.TransientModel):
    """What the history of an imported link says of corrections and credits: who, when and why.

    Whoever it was may be unknown in this database, so it is a name.
    """

    _inherit = "keeping.exact.import"

    def _describe_what_came_after(self, links):
        texts = defaultdict(list, super()._describe_what_came_after(links))
        for link, *values in self._read_corrections():
            texts[link].append(self._describe_correction(*values))
        currencies = {link.id: link.currency_id for link in links}
        for link, *values in self._read_credits():
            texts[link].append(self._describe_credit(currencies[link], *values))
        return {link: self._shorten(said) for link, said in texts.items()}

    def _shorten(self, texts):
        rest = len(texts) - MOST
        return [*texts[:MOST], self.env._("And %s more.", rest)] if rest > 0 else texts

    # ------------------------------------------------------------------ corrections

    def _read_corrections(self):
        return self.env.execute_query(
            SQL(
                """
                SELECT link.invoice_id, correction.kind, correction.moment, correction.person,
                       correction.reason, correction.hours_before, correction.hours_after,
                       hour.date, hour.employee
                  FROM keeping_exact_import_corrections correction
                  JOIN keeping_exact_import_hours hour ON hour.hour = correction.hour
                  JOIN keeping_exact_import_invoices link ON link.reference = hour.reference
                 WHERE link.invoice_id IS NOT NULL ORDER BY correction.position
                """
            )
        )

    def _describe_correction(
        self, kind, moment, person, reason, before, after, day, employee
    ):  # fmt: skip
        what = {
            "moment": format_date(self.env, moment.date()),
            "person": person or self.env._("somebody"),
            "reason": reason,
            "before": clock(float(before or 0)),
            "after": clock(float(after or 0)),
            "day": format_date(self.env, day),
            "who": employee or "",
        }
        if kind == "waived":
            return self.env._(
                "%(moment)s, %(person)s: the difference of %(before)s on %(day)s of %(who)s is not "
                "settled: %(reason)s",
                **what,
            )
        return self.env._(
            "%(moment)s, %(person)s: %(day)s of %(who)s corrected from %(before)s to %(after)s "
            "after it was billed: %(reason)s",
            **what,
        )

    # ------------------------------------------------------------------ credits

    def _read_credits(self):
        return self.env.execute_query(
            SQL(
                """
                SELECT link.invoice_id, credit.state, credit.moment, credit.person,
                       COALESCE(credit.number, credit.name), credit.amount, credit.origin
                  FROM keeping_exact_import_credits credit
                  JOIN keeping_exact_import_invoices link USING (reference)
                 WHERE link.invoice_id IS NOT NULL ORDER BY credit.position
                """
            )
        )

    def _describe_credit(self, currency, state, moment, person, number, amount, origin):
        what = {
            "moment": format_date(self.env, moment.date()) if moment else "",
            "person": person or self.env._("somebody"),
            "number": number,
            "amount": format_amount(self.env, float(amount), currency),
        }
        if state == "undone":
            return self.env._(
                "%(moment)s, %(person)s: credit %(number)s of %(amount)s, undone since", **what
            )
        if origin == "made":
            return self.env._(
                "%(moment)s, %(person)s: credit %(number)s of %(amount)s, made from Odoo", **what
            )
        return self.env._(
            "%(moment)s, %(person)s: credit %(number)s of %(amount)s, confirmed", **what
        )
