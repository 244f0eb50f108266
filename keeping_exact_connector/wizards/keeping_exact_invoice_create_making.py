import functools
from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from ..pricing import Entry, Pricing, Rounding, exact_hours, make_lines
from ..pricing.lines import HOUR_DIGITS
from ..pricing.money import round_half_up, to_decimal
from .bookings import Bookings
from .header_values import HeaderValues
from .line_texts import Drafted, LineTexts, Recipient

RATE_DIGITS = 4
# How many invoices and entries one click may make: beyond it a request would time out.
MOST_ENTRIES = 50_000
# On one invoice, which is one call. No source tells a limit of Exact's; nobody reads more.
MOST_LINES = 1_000

# What keeps lines apart: columns of an entry, see _fetch_entries.
KEYS = {
    "project": ("project_id",),
    "task": ("project_id", "task_id"),
    "employee": ("employee_id",),
    "day": ("date",),
    "week": ("week",),
    "month": ("month",),
    "entry": ("id",),
    "project_task": ("project_id", "task_id"),
    "project_employee": ("project_id", "employee_id"),
    "task_employee": ("project_id", "task_id", "employee_id"),
}


@functools.lru_cache(maxsize=4096)
def _round_hours(hours):
    """Return a fraction as it is kept; people write down few different ones."""
    return float(round(hours, HOUR_DIGITS))


class KeepingExactInvoiceCreateMaking(models.TransientModel):
    """From chosen hours to drafts, in one transaction."""

    _inherit = "keeping.exact.invoice.create"

    # ------------------------------------------------------------------ drafts

    def _make_drafts(self):
        """Lock and reserve the chosen hours, and write the drafts that bill them.

        :return: keeping.exact.invoice in state draft
        :raise UserError: says what stands in the way; nothing is reserved then
        """
        self._check_may_invoice()
        self._check_still_as_shown()
        Hour = self.env["keeping.exact.hour"].sudo()
        ids = Hour._lock_timesheets(
            SQL("SELECT id FROM (%s) chosen WHERE taken", self._sql_chosen())
        )
        if not ids:
            raise UserError(self._explain_nothing())
        if len(ids) > MOST_ENTRIES:
            raise UserError(
                self.env._(
                    "These are %(count)s entries; at most %(most)s go at once. Choose a shorter "
                    "period or fewer customers.",
                    count=len(ids),
                    most=MOST_ENTRIES,
                )
            )
        priced = self._price(self._fetch_entries(ids))
        self._check_sizes(priced)
        invoices, lines = self._create_invoices(priced)
        Hour._reserve(self.administration_id.sudo(), lines)
        return invoices.sudo(False)

    def _check_sizes(self, priced):
        """Refuse invoices of more lines than anybody reads.

        :param dict priced: of :meth:`_price`
        :raise UserError: names the customer
        """
        for (partner_id, _project_id), lines in priced.items():
            if len(lines) > MOST_LINES:
                raise UserError(
                    self.env._(
                        "The invoice for %(customer)s would have %(count)s lines; at most "
                        "%(most)s go on one. Choose something coarser for One line per, or a "
                        "shorter period.",
                        customer=self.env["res.partner"].browse(partner_id).sudo().display_name,
                        count=len(lines),
                        most=MOST_LINES,
                    )
                )

    def _check_still_as_shown(self):
        """Refuse when others have taken some of the hours since the person looked.

        :raise UserError: says on which invoices they are
        """
        if not self.shown_count or self.shown_count == self.found_count:
            return
        shown, self.shown_count = self.shown_count, self.found_count
        taken = self.left_billed_where
        raise UserError(
            self.env._(
                "You had %(shown)s entries in view, and now there are %(found)s. Look again.",
                shown=shown,
                found=self.found_count,
            )
            + (" " + self.env._("Billed already: %s.", taken) if taken else "")
        )

    def _explain_nothing(self):
        text = self.env._("There are no hours to invoice in this choice.")
        if self.left_out:
            text += " " + self.env._("Left out: %s.", self.left_out)
        return text

    # ------------------------------------------------------------------ entries

    def _fetch_entries(self, ids):
        """Read what pricing and texts need of the locked timesheets, in one query.

        :return: list of dicts, in the order of date and id
        """
        Rate = self.env["keeping.exact.rate"]
        columns = (
            "id", "partner_id", "project_id", "task_id", "employee_id", "date", "week", "month",
            "name", "unit_amount", "factor", "rate", "currency_id", "source", "item_id",
            "vat_code_id",
        )  # fmt: skip
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ts.id, partner.commercial_partner_id, ts.project_id, ts.task_id,
                       ts.employee_id, ts.date, date_trunc('week', ts.date)::date,
                       date_trunc('month', ts.date)::date, ts.name, ts.unit_amount,
                       COALESCE(uom.factor, %(hour)s) / %(hour)s, rate.hourly_rate,
                       rate.currency_id, rate.source, rate.item_id, rate.vat_code_id
                  FROM account_analytic_line ts
                  JOIN res_partner partner ON partner.id = ts.partner_id
                  LEFT JOIN uom_uom uom ON uom.id = ts.product_uom_id
                  LEFT JOIN LATERAL (%(rate)s) rate ON TRUE
                 WHERE ts.id = ANY(%(ids)s)
                 ORDER BY ts.date, ts.id
                """,
                rate=Rate._sql_rate(SQL("ts"), SQL("partner.commercial_partner_id")),
                hour=self.env.ref("uom.product_uom_hour").factor,
                ids=ids,
            )
        )
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def _price(self, rows):
        """Group and price the entries.

        :param list rows: of :meth:`_fetch_entries`
        :return: dict (partner id, project id or None) -> list of :class:`Drafted`
        """
        pricing = self._get_pricing()
        self._find_terms_here(rows)
        bookings = Bookings(self, rows)
        by_invoice = defaultdict(list)
        per_project = self.invoice_per == "project"
        for row in rows:
            project = row["project_id"] if per_project else None
            by_invoice[row["partner_id"], project].append(row)
        return {
            key: self._price_invoice(found, pricing, bookings) for key, found in by_invoice.items()
        }

    def _price_invoice(self, rows, pricing, bookings):
        keys, source = KEYS[self.group_by], self._get_source()
        by_id = {row["id"]: row for row in rows}
        entries = []
        for row in rows:
            rate = None if row["rate"] is None else to_decimal(row["rate"], RATE_DIGITS)
            row["source"] = source or row["source"]
            group = tuple(row[name] for name in keys)
            hours = exact_hours(row["unit_amount"], row["factor"])
            entries.append(Entry(row["id"], group, hours, rate, bookings.get(row)))
        return [
            Drafted(line, [by_id[entry.id] for entry in line.entries])
            for line in make_lines(entries, pricing)
        ]

    def _get_pricing(self):
        currency = self._get_own_currency()
        return Pricing(
            self.rate_mode,
            to_decimal(self.rate, RATE_DIGITS),
            to_decimal(self.amount, currency.decimal_places),
            Rounding(
                0 if self.rounding == "none" else int(self.rounding),
                self.rounding_method,
                self.rounding_level,
            ),
            currency.decimal_places,
        )

    def _get_source(self):
        """Return why hours have their rate, None where each has one of the rate card."""
        return {
            "invoice_rate": "invoice",
            "line_rate": "line",
            "line_amount": "amount",
            "invoice_amount": "amount",
        }.get(self.rate_mode)

    def _find_terms_here(self, rows):
        """Find items and VAT codes of the rate card in this administration, by their code."""
        for name, model in (
            ("item_id", "keeping.exact.item"),
            ("vat_code_id", "keeping.exact.vat.code"),
        ):
            wanted = self.env[model].sudo().browse({row[name] for row in rows} - {None})
            found = self._find_here(wanted)
            for row in rows:
                row[name] = found.get(row[name])

    def _find_here(self, records):
        """Return the id of this administration's record for each of the records: dict by ids."""
        if not records:
            return {}
        here = records.search(
            [
                ("administration_id", "=", self.administration_id.id),
                ("code", "in", records.mapped("code")),
            ]
        )
        by_code = {record.code: record.id for record in here}
        return {record.id: by_code.get(record.code) for record in records}

    # ------------------------------------------------------------------ writing

    def _create_invoices(self, priced):
        """Write links and lines in this transaction.

        :param dict priced: of :meth:`_price`
        :return: the invoices, and for the reservation a list of dicts, one per timesheet
        """
        partners = self.env["res.partner"].sudo().browse(dict.fromkeys(key[0] for key in priced))
        matches = (
            self.env["keeping.exact.customer"]
            .sudo()
            ._match(self.administration_id.sudo(), partners)
        )
        texts, headers = LineTexts(self, priced), HeaderValues(self, priced)
        prepared = []
        for (partner_id, _project_id), lines in priced.items():
            partner = partners.browse(partner_id)
            customer = matches[partner.id][0]
            head = headers.get(partner, lines)
            recipient = Recipient(partner, customer._get_lang(partner), head["your_ref"])
            texts.name_lines(recipient, lines)
            if self.line_order == "name":
                lines.sort(key=lambda drafted: drafted.text)
            if not head["description"]:
                head["description"] = texts.name_header(recipient, lines)
            prepared.append(self._prepare_invoice(partner, head, customer, lines))
        invoices = self.env["keeping.exact.invoice"].sudo().create(prepared)
        reserved = []
        for invoice, lines in zip(invoices, priced.values(), strict=True):
            made = invoice.line_ids.sorted("sequence")
            for line, drafted in zip(made, lines, strict=True):
                reserved += self._prepare_hours(line, drafted)
        return invoices, reserved

    def _prepare_invoice(self, partner, head, customer, lines):
        days = [row["date"] for drafted in lines for row in (drafted.rows[0], drafted.rows[-1])]
        first, last = min(days), max(days)
        currency = self._get_currency(customer)
        self._check_currency(customer, currency, lines)
        return {
            "administration_id": self.administration_id.id,
            "partner_id": partner.id,
            "customer_id": customer.id,
            "currency_id": currency.id,
            "invoice_date": self.invoice_date,
            **head,
            "date_from": self.date_from or first,
            "date_to": self.date_to or last,
            "rate_mode": self.rate_mode,
            "rounding": self.rounding,
            "rounding_method": self.rounding_method,
            "rounding_level": self.rounding_level,
            "line_ids": [
                Command.create(self._prepare_line(position, drafted))
                for position, drafted in enumerate(lines, start=1)
            ],
        }

    def _get_own_currency(self):
        return self.administration_id.currency_id or self.company_id.currency_id

    def _get_currency(self, customer):
        """Return the currency of an invoice: the one on the customer's card, else of the books."""
        own = self._get_own_currency()
        currency = customer.invoiced_id.sales_currency
        if currency in (False, own.name):
            return own
        Currency = self.env["res.currency"].sudo().with_context(active_test=False)
        return Currency.search([("name", "=", currency)], limit=1) or own

    def _check_currency(self, customer, currency, lines):
        """Refuse amounts that were agreed in another currency than the invoice has.

        :raise UserError: the journal does not allow it, or rates are in another currency
        """
        own = self._get_own_currency()
        journal = self.administration_id.sudo().journal_id
        if currency != own and journal and not journal.variable_currency:
            raise UserError(
                self.env._(
                    "%(customer)s is invoiced in %(theirs)s in Exact Online, and journal "
                    "%(journal)s takes %(ours)s only. Allow other currencies in that journal in "
                    "Exact, or choose another journal for the administration.",
                    customer=customer.display_name,
                    theirs=currency.name,
                    journal=journal.display_name,
                    ours=own.name,
                )
            )
        if self.rate_mode == "rate_card":
            found = {row["currency_id"] for drafted in lines for row in drafted.rows} - {None}
            wrong = self.env["res.currency"].browse(found) - currency
        else:
            by_hand = self.rate_mode in ("line_rate", "line_amount")
            wrong = self.env["res.currency"] if by_hand else own - currency
        if wrong:
            raise UserError(
                self.env._(
                    "This invoice for %(customer)s is in %(theirs)s, and its price is in %(ours)s. "
                    "Set a rate in %(theirs)s for this customer, or fill in the prices by line.",
                    customer=customer.display_name or self.env._("this customer"),
                    theirs=currency.name,
                    ours=", ".join(wrong.mapped("name")),
                )
            )

    def _prepare_line(self, position, drafted):
        line = drafted.line
        item_id, vat_code_id, cost_centre_id, cost_unit_id = line.terms
        return {
            "cost_centre_id": cost_centre_id,
            "cost_unit_id": cost_unit_id,
            "sequence": position,
            "name": drafted.text,
            "item_id": item_id or self.administration_id.item_id.id,
            "chosen_vat_code_id": vat_code_id,
            "quantity": float(line.quantity),
            "unit_price": float(line.unit_price),
            "whole": line.whole,
            "needs_price": self.rate_mode in ("line_rate", "line_amount"),
            "hours": float(round_half_up(line.hours, HOUR_DIGITS)),
            "billed_hours": float(round_half_up(line.billed_hours, HOUR_DIGITS)),
        }

    def _prepare_hours(self, line, drafted):
        priced = drafted.line
        entered = [_round_hours(entry.hours) for entry in priced.entries]
        billed = priced.kept(priced.billed)
        return [
            {
                "timesheet": row["id"],
                "line": line.id,
                "hours": hours,
                "billed": float(part),
                "rate": float(priced.rate or 0),
                "amount": float(amount),
                "source": row["source"],
            }
            for row, hours, part, amount in zip(
                drafted.rows, entered, billed, priced.amounts, strict=True
            )
        ]
