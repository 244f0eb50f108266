import re
from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal
from uuid import UUID

from odoo import models
from odoo.exceptions import UserError

from .. import exact_online
from ..pricing import round_half_up
from ..pricing.money import to_decimal
from ..tools.crediting import CREDIT_NOTE, ENTRY_CREDIT, REFERENCE, Line, credit_lines, match
from ..tools.reference import carries_reference

INVOICES, INVOICE_LINES = "salesinvoice/SalesInvoices", "salesinvoice/SalesInvoiceLines"
ENTRIES, ENTRY_LINES = "salesentry/SalesEntries", "salesentry/SalesEntryLines"
LINE_VALUES = ["ID", "Description", "Notes", "Quantity", "AmountFC"]
# Texts in which bookkeepers name what they credit.
TEXTS = ("Description", "YourRef", "Remarks", "Notes")
NEWEST = 200


class KeepingExactCreditReading(models.Model):
    """What may credit an invoice, read from Exact, which links neither with the other."""

    _inherit = "keeping.exact.invoice"

    # ------------------------------------------------------------------ reading

    def _read_credit_candidates(self, client):
        """Return what may credit this invoice, the most likely first.

        :param client: an exact_online.Client of its administration
        :return: (list of dicts: values of keeping.exact.credit.candidate, whether entries were
            read: their right may be missing)
        """
        self.ensure_one()
        since = self._read_day_in_exact(client)
        invoices = self._read_notes(client, since)
        entries, readable = self._read_entries(client, since)
        numbers = {row["InvoiceNumber"] for row in invoices if row["InvoiceNumber"]}
        # Processing a credit note makes an entry with its number: that is the same credit.
        found = invoices + [row for row in entries if row["InvoiceNumber"] not in numbers]
        own = self._prepare_own_lines()
        candidates = [self._weigh(row, own) for row in found]
        used = self._get_used([row["guid"] for row in candidates if row])
        candidates = [{**row, "used": used.get(row["guid"], 0)} for row in candidates if row]
        return sorted(candidates, key=lambda row: (-row["score"], row["guid"])), readable

    def _read_day_in_exact(self, client):
        """Return the day from which a credit may be, as a moment.

        :raise UserError: Exact does not show the invoice; then an empty list would say nothing
        """
        row = self._read_in_exact(client, also=("InvoiceDate",))
        if not row:
            raise UserError(
                self.env._(
                    "Exact Online does not show invoice %s. Check the rights of the connected "
                    "user, and whether the invoice is still there.",
                    self.number or self.name,
                )
            )
        return row["InvoiceDate"] or datetime.combine(self.sent_at or self.create_date, time())

    def _read_notes(self, client, since, guid=None):
        """Return invoices and credit notes of the customer since a day, each with its lines.

        :param str guid: only this one
        """
        where = (
            exact_online.eq("InvoiceID", UUID(guid))
            if guid
            else exact_online.all_of(
                exact_online.eq("OrderedBy", UUID(self.customer_id.guid)),
                exact_online.ge("InvoiceDate", since),
            )
        )
        rows = list(client.rows(INVOICES, select=self._get_credit_select(), where=where))
        rows = [row for row in rows if row["InvoiceID"] != self.guid]
        # Credit notes first, then the newest: lines of very many are not read.
        rows.sort(key=lambda row: (row["Type"] == CREDIT_NOTE, row["Created"]), reverse=True)
        rows = rows[:NEWEST]
        self._add_invoice_lines(client, rows)
        return rows

    def _get_credit_select(self):
        """Return the properties of an invoice by which it is weighed as a credit."""
        also = ["InvoiceDate", "YourRef", "Remarks", "OrderedBy", "Currency"]
        return [*self._get_select(), *also]

    def _add_invoice_lines(self, client, rows):
        wanted = [*LINE_VALUES, "InvoiceID", "Item", "UnitPrice", "NetPrice"]
        self._add_lines(client, rows, INVOICE_LINES, "InvoiceID", wanted)

    def _read_entries(self, client, since, guid=None):
        """Return (credits among the sales entries with their lines, whether they may be read).

        Entries are another scope of Exact than invoices: "Financial accounting" (chapter 4.0).
        """
        if not client.has_right(ENTRIES, "GET"):
            return [], False
        where = (
            exact_online.eq("EntryID", UUID(guid))
            if guid
            else exact_online.all_of(
                exact_online.eq(
                    "Customer", UUID(self.customer_id.invoice_account or self.customer_id.guid)
                ),
                exact_online.eq("Type", ENTRY_CREDIT),
                exact_online.ge("EntryDate", since),
            )
        )
        select = [
            "EntryID",
            "InvoiceNumber",
            "EntryDate",
            "Description",
            "YourRef",
            "Type",
            "Status",
            "Customer",
            "Created",
            "Currency",
        ]
        try:
            rows = list(client.rows(ENTRIES, select=select, where=where))[:NEWEST]
        except exact_online.NoRight:
            # The user has the right, and the app lacks the scope.
            return [], False
        self._add_lines(client, rows, ENTRY_LINES, "EntryID", [*LINE_VALUES, "EntryID"])
        return rows, True

    def _add_lines(self, client, rows, endpoint, key, select):
        by_guid = {row[key]: row for row in rows}
        for row in rows:
            row["lines"] = []
        for line in client.rows_of(endpoint, key, list(by_guid), select=select):
            by_guid[line[key]]["lines"].append(line)

    def _read_credit(self, source, guid):
        """Read one candidate again.

        :param str source: of keeping.exact.credit
        :return: values as :meth:`_read_credit_candidates` has them, or None
        """
        administration = self.administration_id
        with administration.connection_id._user_errors(), administration._get_client() as client:
            if source == "entry":
                rows, _readable = self._read_entries(client, None, guid)
            else:
                rows = self._read_notes(client, None, guid)
        return self._weigh(rows[0], self._prepare_own_lines()) if rows else None

    # ------------------------------------------------------------------ weighing

    def _prepare_own_lines(self):
        """Return our lines with what can still be credited of them."""
        credited = self._get_credited_by_line()
        digits = self.currency_id.decimal_places
        return [
            Line(
                key=line.id,
                amount=Decimal(f"{line.amount - credited.get(line.id, 0):.{digits}f}"),
                item=line.item_id.guid or "",
                quantity=abs(Decimal(f"{line.quantity:.4f}")).normalize(),
                price=abs(Decimal(f"{line.unit_price:.4f}")).normalize(),
                text=line._split_text()[0],
            )
            for line in self.line_ids
        ]

    def _weigh(self, row, own):
        """Return a document of Exact as a candidate, or None when it credits nothing.

        :param dict row: with its ``lines``
        :param list own: our lines, see :meth:`_prepare_own_lines`
        """
        lines = credit_lines(row["lines"], row["Type"])
        if not lines or row.get("Currency", self.currency_id.name) != self.currency_id.name:
            return None
        is_entry = "EntryID" in row
        # An invoice has its discount beside its lines; entries are booked less the discount.
        charged = self._charge(own) if is_entry else own
        found = match(charged, lines)
        credited = found.credited
        if is_entry:
            credited = self._before_discount(credited, own, charged)
        reasons = [self.env._("Same customer"), *self._explain_pairs(found.pairs)]
        named = self._find_named(row)
        if named:
            reasons.append(self.env._("it names %s", named))
        day = row["EntryDate"] if is_entry else row["InvoiceDate"]
        plain = "note" if row["Type"] == CREDIT_NOTE else "invoice"
        return {
            "guid": row["EntryID"] if is_entry else row["InvoiceID"],
            "source": "entry" if is_entry else plain,
            "number": str(row["InvoiceNumber"] or row.get("OrderNumber") or ""),
            "date": day.date() if day else False,
            "description": row["Description"] or False,
            "processed": row["Status"] == 50,
            "amount": self._get_charged(lines, row),
            "score": found.score + (REFERENCE if named else 0),
            "reasons": ",\n".join(reasons),
            "fingerprint": self._make_fingerprint(row),
            "credited": {key: float(part) for key, part in credited.items()},
        }

    def _charge(self, own):
        """Return our lines less the customer's discount, as an entry has them."""
        digits = self.currency_id.decimal_places
        charged = [to_decimal(self._get_less_discount(float(line.amount)), digits) for line in own]
        return [replace(line, amount=part) for line, part in zip(own, charged, strict=True)]

    def _before_discount(self, credited, own, charged):
        """Return what an entry credits as our lines have it; what it credits whole is whole.

        :param dict credited: parts less the discount by the key of our line
        :param list charged: our lines less the discount, in the order of *own*
        """
        share, digits = 1 - Decimal(f"{self.discount:.4f}"), self.currency_id.decimal_places
        # An entry spreads the cents of rounding over its lines.
        cent = to_decimal(self.currency_id.rounding, digits)
        before = {}
        for line, less in zip(own, charged, strict=True):
            if (part := credited.get(line.key)) is not None:
                whole = abs(less.amount - part) <= cent
                before[line.key] = line.amount if whole else round_half_up(part / share, digits)
        return before

    def _get_charged(self, lines, row):
        """Return what lines of a document in Exact come to, less its discount if it has one."""
        amount = sum(line.amount for line in lines)
        return self._take_off(float(amount), float(row.get("Discount") or 0))

    def _explain_pairs(self, pairs):
        for own, line in [pair for pair in pairs if pair[1].amount > 0][:5]:
            said = {"amount": f"{line.amount:.2f} {self.currency_id.name}", "text": line.text}
            if own.quantity == line.quantity and own.price == line.price and own.item == line.item:
                yield self.env._(
                    "minus %(amount)s on a line with the same item, quantity and price", **said
                )
            elif line.text and own.text.casefold() in line.text.casefold():
                yield self.env._("minus %(amount)s on a line with the same text", **said)
            else:
                yield self.env._("minus %(amount)s on a line with the same item", **said)

    def _make_fingerprint(self, row):
        """Return what must be the same when a person confirms what was shown."""
        customer = row.get("OrderedBy") or row.get("Customer")
        lines = sorted(
            f"{line['ID']} {line['AmountFC']} {line['Quantity']} {line['Description']}"
            for line in row["lines"]
        )
        return "\n".join([f"{row['Type']} {customer} {row.get('Discount')}", *lines])

    def _find_named(self, row):
        """Return which of our marks a document carries in one of its texts, or nothing."""
        texts = [row.get(name) for name in TEXTS]
        texts += [line.get(name) for line in row["lines"] for name in TEXTS]
        text = " ".join(filter(None, texts))
        if carries_reference(text, self.name):
            return self.name
        # A number is not named by a longer one that it is a part of.
        number = self.number and re.search(rf"(?<!\w){re.escape(self.number)}(?!\w)", text)
        return number and self.number

    def _get_used(self, guids):
        """Return how much of documents in Exact is used by credits in force, by their GUID."""
        groups = self.env["keeping.exact.credit"]._read_group(
            [
                ("administration_id", "=", self.administration_id.id),
                ("guid", "in", guids),
                ("state", "=", "done"),
            ],
            ["guid"],
            ["amount:sum"],
        )
        return dict(groups)
