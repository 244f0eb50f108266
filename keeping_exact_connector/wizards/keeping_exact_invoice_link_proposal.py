import hashlib
import json
from datetime import timedelta
from uuid import UUID

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, date_utils

from .. import exact_online
from ..linking import Candidate, Day, choose
from ..models.keeping_exact_invoice import IN_EXACT
from ..tools.crediting import CREDIT_NOTE
from ..tools.periods import describe_days, describe_month
from ..tools.texts import clock
from .keeping_exact_invoice_create_making import KEYS
from .keeping_exact_invoice_link import CHOOSE
from .keeping_exact_invoice_link_row import OPEN, PROCESSED
from .keeping_exact_invoice_link_search import (
    ENDPOINT,
    INVOICE,
    SELECT,
    STATUS_PROCESSED,
)

# Breakdowns that are tried on the lines of the invoice, the plainest first.
TRIED = ("project_task", "project", "task", "employee", "project_employee", "month", "week")
# Beyond so many entries nobody breaks them down by trial.
MOST_TRIED = 5_000


def hundredths(number):
    """Return cents of an amount, or hundredths of a quantity, as a whole number."""
    return round(float(number or 0) * 100)


class KeepingExactInvoiceLinkProposal(models.TransientModel):
    """Reads the chosen invoice, and proposes the hours that most likely belong to it."""

    _inherit = "keeping.exact.invoice.link"

    # ------------------------------------------------------------------ actions

    def action_propose(self):
        """Propose hours for the chosen customer, in place of the choice that is there."""
        self.ensure_one()
        self._check_may_link()
        self._propose()
        return self._show_step()

    # ------------------------------------------------------------------ the invoice

    def _choose(self, guid):
        """Read an invoice with its lines, and go on to the hours.

        :param str guid: of the invoice in Exact
        :return: the action that shows the next step
        :raise UserError: it cannot be linked, or Exact cannot be read
        """
        self.ensure_one()
        self._check_may_link()
        header, lines, customer = self._read_invoice(guid)
        self._check_linkable(header, lines)
        self._show_invoice(header, lines, customer)
        if not self.partner_id or customer.partner_id:
            self.sudo().partner_id = customer.partner_id or self._propose_partner(customer)
        self._propose()
        self.sudo().write({"step": CHOOSE, "notice": False})
        return self._show_step()

    def _read_invoice(self, guid):
        """Return header and lines of an invoice as they are in Exact now, and its customer."""
        administration = self.administration_id.sudo()
        with (
            administration.connection_id._user_errors(),
            administration._get_client() as client,
        ):
            where = exact_online.eq("InvoiceID", UUID(guid))
            header = client.first(ENDPOINT, select=SELECT, where=where)
            if not header:
                raise UserError(
                    self.env._(
                        "Exact Online does not show this invoice any more: it was deleted, or the "
                        "right to read invoices is gone. Search again."
                    )
                )
            lines = self.env["keeping.exact.invoice"]._read_exact_lines(client, guid)
            customer = self._read_customer(client, header["OrderedBy"])
        return header, lines, customer

    def _read_customer(self, client, guid):
        """Return the customer of the invoice as superuser, read from Exact if it is new."""
        Customer = self.env["keeping.exact.customer"].sudo().with_context(active_test=False)
        domain = [("administration_id", "=", self.administration_id.id), ("guid", "=", guid)]
        known = Customer.search(domain)
        if known or not guid:
            return known
        row = client.first(
            Customer._exact_endpoint,
            select=Customer._get_select(),
            where=exact_online.eq("ID", UUID(guid)),
        )
        return Customer._upsert(self.administration_id, [row]) if row else known

    def _check_linkable(self, header, lines):
        """Refuse what is no invoice that hours can be linked with.

        :raise UserError: says why, and what to do instead
        """
        if header["Type"] == CREDIT_NOTE or (header["AmountFCExclVat"] or 0) < 0:
            raise UserError(
                self.env._(
                    "This is a credit note. Open the link of the invoice that it credits, and "
                    "choose there which hours become free."
                )
            )
        if header["Type"] != INVOICE:
            raise UserError(self.env._("Only sales invoices can be linked."))
        self.env["keeping.exact.invoice"]._check_not_linked(self.administration_id, header)
        if not lines:
            raise UserError(
                self.env._(
                    "Exact Online shows no lines of this invoice. Look at the checks of the "
                    "administration: a missing right looks the same."
                )
            )
        if header["Currency"] not in self._find_currencies({header["Currency"]}):
            raise UserError(
                self.env._(
                    "Odoo does not know the currency of this invoice: %s.", header["Currency"]
                )
            )

    def _show_invoice(self, header, lines, customer):
        """Keep what was read, to be looked at and to be compared when the link is made."""
        currency_id = self._find_currencies({header["Currency"]})[header["Currency"]]
        own = self.administration_id.currency_id
        self.sudo().write(
            {
                "guid": header["InvoiceID"],
                "number": self._get_shown_number(header),
                "exact_date": header["InvoiceDate"] and header["InvoiceDate"].date(),
                "exact_status": PROCESSED if header["Status"] == STATUS_PROCESSED else OPEN,
                "customer_id": customer.id,
                "currency_id": currency_id,
                "invoice_amount": sum(float(row["AmountFC"] or 0) for row in lines),
                "invoice_discount": float(header["Discount"] or 0),
                "invoice_quantity": sum(float(row["Quantity"] or 0) for row in lines),
                "shown": self._fingerprint(header, lines),
                "confirm_difference": False,
                # A rate card is in the currency of the books.
                **({"worth_by": "line_rate"} if own.id != currency_id else {}),
                "group_ids": [Command.clear()],
                "line_ids": [
                    Command.clear(),
                    *(
                        Command.create(self._prepare_shown_line(position, row))
                        for position, row in enumerate(lines, start=1)
                    ),
                ],
            }
        )

    @api.model
    def _prepare_shown_line(self, position, row):
        text = self.env["keeping.exact.invoice.line"]._get_exact_text(row)
        return {
            "guid": row["ID"],
            "sequence": row["LineNumber"] or position,
            "name": text,
            "quantity": float(row["Quantity"] or 0),
            "unit_price": float(row["UnitPrice"] or 0),
            "vat_code": (row["VATCode"] or "").strip(),
            "amount": float(row["AmountFC"] or 0),
        }

    @api.model
    def _fingerprint(self, header, lines):
        """Return what tells whether anything of an invoice is other than it was."""
        text = json.dumps([header, lines], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    # ------------------------------------------------------------------ the customer

    def _propose_partner(self, customer):
        """Return the contact that looks most like a customer of Exact, or none.

        By the rules of the mapping; of several nobody is proposed.
        """
        Partner = self.env["res.partner"]
        alike = Domain.OR(
            Domain(field, "=ilike", value)
            for field, value in (
                ("name", customer.name),
                ("vat", customer.vat),
                ("email", customer.email),
                ("company_registry", customer.chamber_of_commerce),
                ("ref", customer.code),
            )
            if value
        )
        mine = Domain("parent_id", "=", False) & Domain(
            "company_id", "in", (False, self.company_id.id)
        )
        partners = Partner.search(mine & alike, limit=10)
        matches = customer._match(self.administration_id.sudo(), partners.sudo(), link=False)
        fitting = [
            partner.id
            for partner in partners
            if any(customer == found for found, _reason in matches[partner.id][1])
        ]
        return Partner.browse(fitting) if len(fitting) == 1 else Partner

    # ------------------------------------------------------------------ the hours

    def _propose(self):
        """Choose the hours that most likely belong to the invoice, and say why."""
        if self.timesheet_ids:
            figures = self._describe(hundredths(self.found_hours), None)
            text = self.env._(
                "The %(count)s entries that you selected: %(figures)s.",
                count=self.found_count,
                figures=figures,
            )
            self.sudo().proposal = text
            return
        candidates = self._get_candidates()
        # Of all that is unbilled so far, whatever was chosen before.
        self.sudo().write(
            {
                "period": False,
                "date_from": False,
                "date_to": candidates[-1].last,
                "project_ids": [Command.clear()],
                "task_ids": [Command.clear()],
                "employee_ids": [Command.clear()],
            }
        )
        lines = [(hundredths(line.quantity), hundredths(line.amount)) for line in self.line_ids]
        found = choose(self._read_days(), candidates, lines, hundredths(self.invoice_amount))
        if not found:
            self.sudo().proposal = self.env._(
                "%s has no unbilled hours before the date of this invoice.",
                self.partner_id.name or self.env._("This customer"),
            )
            return
        self.sudo().write(
            {
                "date_from": found.candidate.first,
                "date_to": found.candidate.last,
                "project_ids": [Command.set([found.project] if found.project else [])],
                "proposal": self._explain_proposal(found),
            }
        )
        self.sudo().group_by = self._find_grouping() or self.group_by

    def _get_candidates(self):
        """Return the periods that the invoice may be of, the likeliest first."""
        day = self.exact_date or self.create_date.date()
        month = date_utils.start_of(day, "month")
        before = date_utils.subtract(month, months=1)
        candidates = [Candidate("month", before, month - timedelta(days=1))]
        since = self._get_last_billed(day)
        if since:
            candidates.append(Candidate("since", since + timedelta(days=1), day))
        candidates += [
            Candidate("until", month, day),
            Candidate("month", month, date_utils.end_of(month, "month")),
            Candidate("quarter", date_utils.subtract(month, months=3), month - timedelta(days=1)),
            Candidate("all", None, date_utils.end_of(month, "month")),
        ]
        return candidates

    def _get_last_billed(self, day):
        """Return the last day that an earlier invoice of this customer bills, or None."""
        last = (
            self.env["keeping.exact.invoice"]
            .sudo()
            .search(
                [
                    ("administration_id", "=", self.administration_id.id),
                    ("partner_id", "=", self._get_partner().id),
                    ("state", "in", IN_EXACT),
                    ("date_to", "<", day),
                ],
                order="date_to desc",
                limit=1,
            )
        )
        return last.date_to or None

    def _read_days(self):
        """Sum the chosen hours by project and day, in one query."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ts.project_id, ts.date, count(*), sum(chosen.hours),
                       CASE WHEN bool_and(rate.currency_id = %(currency)s IS TRUE)
                            THEN sum(chosen.hours * rate.hourly_rate) END
                  FROM (%(chosen)s) chosen
                  JOIN account_analytic_line ts ON ts.id = chosen.id
                  LEFT JOIN LATERAL (%(rate)s) rate ON TRUE
                 WHERE chosen.reason IS NULL
                 GROUP BY ts.project_id, ts.date
                 ORDER BY ts.date, ts.project_id
                """,
                currency=self.currency_id.id,
                chosen=self._sql_chosen(),
                rate=self.env["keeping.exact.rate"]._sql_rate(SQL("ts"), SQL("chosen.partner_id")),
            )
        )
        return [
            Day(
                project, day, count, hundredths(hours), None if worth is None else hundredths(worth)
            )
            for project, day, count, hours, worth in rows
        ]

    def _find_grouping(self):
        """Return the breakdown of which most groups are a line of the invoice, or None."""
        if self.found_count > MOST_TRIED:
            return None
        rows = self._fetch_entries(self._get_ids())
        amounts = {hundredths(line.amount) for line in self.line_ids} - {0}
        quantities = {hundredths(line.quantity) for line in self.line_ids} - {0}
        best, most = None, 0
        for group_by in TRIED:
            hours, worth = {}, {}
            for row in rows:
                key = tuple(row[name] for name in KEYS[group_by])
                entered = row["unit_amount"] * float(row["factor"])
                hours[key] = hours.get(key, 0) + entered
                worth[key] = worth.get(key, 0) + entered * (row["rate"] or 0)
            fitting = sum(
                hundredths(worth[key]) in amounts or hundredths(hours[key]) in quantities
                for key in hours
            )
            if fitting > most and fitting >= len(hours) - 1:
                best, most = group_by, fitting
        return best

    # ------------------------------------------------------------------ in words

    def _describe(self, hours, amount):
        """Return hours, and what they are worth at the rate card if that is known."""
        told = self.env._("%s hours", clock(hours / 100))
        return told if amount is None else f"{told}, {self._format(amount / 100)}"

    def _describe_period(self, candidate):
        if candidate.code in ("month", "quarter"):
            return self.env._("in %s", describe_month(self.env, candidate.first, candidate.last))
        if not candidate.first:
            return self.env._("until %s", describe_days(self.env, candidate.last, candidate.last))
        days = describe_days(self.env, candidate.first, candidate.last)
        return self.env._("of %s", days)

    def _explain_proposal(self, found):
        """Say in one sentence which hours are proposed, and why these."""
        whose = self.partner_id.name
        if found.project:
            project = self.env["project.project"].browse(found.project)
            whose = f"{whose}, {project.display_name}"
        told = {
            "count": found.count,
            "whose": whose,
            "period": self._describe_period(found.candidate),
            "figures": self._describe(found.hours, found.amount),
            "line": None if found.line is None else self.line_ids[found.line].sequence,
        }
        if found.kind == "amount":
            return self.env._(
                "All %(count)s unbilled entries of %(whose)s %(period)s: %(figures)s, exactly the "
                "amount of the invoice.",
                **told,
            )
        if found.kind == "line_amount":
            return self.env._(
                "All %(count)s unbilled entries of %(whose)s %(period)s: %(figures)s, exactly the "
                "amount of line %(line)s.",
                **told,
            )
        if found.kind == "hours":
            return self.env._(
                "All %(count)s unbilled entries of %(whose)s %(period)s: %(figures)s, exactly the "
                "hours of the invoice.",
                **told,
            )
        if found.kind == "line_hours":
            return self.env._(
                "All %(count)s unbilled entries of %(whose)s %(period)s: %(figures)s, exactly the "
                "hours of line %(line)s.",
                **told,
            )
        return self.env._(
            "All %(count)s unbilled entries of %(whose)s %(period)s: %(figures)s. Nothing adds up "
            "to the invoice of %(invoice)s: look well.",
            invoice=self._format(self.invoice_amount),
            **told,
        )
