import json
from functools import partial

from odoo import api, fields, models

from ..pricing.money import to_decimal
from .keeping_exact_line_change import NUMBERS, TEXTS
from .keeping_exact_sendable import CannotSend

MAKE = "make"
# What tells a line besides its text; its discount does not: it may be given afterwards.
FIGURES = ("Quantity", "UnitPrice")


class KeepingExactLineMaking(models.Model):
    """A line that is gone from an open invoice in Exact, and is made there again.

    The stored line takes over the ID of the new one. Of two alike lines of Exact none says which
    of ours it is, so a line that another of ours has as its own never counts as the one made.
    """

    _inherit = "keeping.exact.line.change"

    what = fields.Selection(selection_add=[(MAKE, "Made again")], ondelete={MAKE: "cascade"})
    line_id = fields.Many2one(
        "keeping.exact.invoice.line",
        string="Line that is made again",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
    )

    # ------------------------------------------------------------------ values

    @api.model
    def _dump_stored(self, line):
        """Return a stored line as :meth:`_dump` does a row of Exact: as it would be there.

        :param line: one keeping.exact.invoice.line
        """
        description, notes = line._split_text()
        figures = {
            "Quantity": line.quantity,
            "UnitPrice": line.unit_price,
            "Discount": line.exact_discount,
        }
        return self._dump({**figures, "Description": description, "Notes": notes})

    # ------------------------------------------------------------------ business

    def _exact_needs(self):
        return [item] if self.what == MAKE and (item := self.line_id.item_id) else []

    def _exact_look_before(self, client):
        if self.what != MAKE:
            return super()._exact_look_before(client)
        rows = self._read_lines(client)
        if found := self._find_made(rows):
            return found[0]
        if not rows:
            raise CannotSend(self.name, "lines_unseen")
        if any(row["ID"] == self.line_id.guid for row in rows):
            # It came back, and is another one.
            raise CannotSend(self.name, "line_changed")
        if self._find_unknown(rows):
            # Somebody may have put it back in other words since the person looked.
            raise CannotSend(self.name, "line_changed")
        self._check_still_open(client)
        if not self.line_id.item_id:
            raise CannotSend(self.name, "line_no_item")
        return None

    def _find_made(self, rows):
        """Return the rows that are this line as it is to be, and no other line of ours."""
        others = set((self.invoice_id.line_ids - self.line_id).mapped("guid"))
        item = self.line_id.item_id.guid
        return [
            row
            for row in rows
            if row["ID"] not in others and row["Item"] == item and self._dump(row) == self.wanted
        ]

    def _find_unknown(self, rows):
        """Return the rows that nobody was shown and that are no other lines of ours."""
        known = set(json.loads(self.shown).get("lines", ()))
        known |= set((self.invoice_id.line_ids - self.line_id).mapped("guid"))
        return [row for row in rows if row["ID"] not in known]

    def _find_made_in_any_words(self, rows):
        """Return the rows that are this line, else those that came since and are like it.

        Whether Exact keeps a text letter by letter is not known, and somebody may have changed
        the line before it is looked up. It stands there once, and is shown as a difference: made
        again, or refused as somebody else's, it would be billed twice. What is another line of
        ours letter by letter is not this one.
        """
        if made := self._find_made(rows):
            return made
        item, others = self.line_id.item_id.guid, self._get_others_as_wanted()
        new = [
            row
            for row in self._find_unknown(rows)
            if row["Item"] == item and (item, self._dump(row)) not in others
        ]
        return self._find_alike(new, "Description") or self._find_alike(new, *FIGURES)

    def _find_alike(self, rows, *names):
        """Return the rows in which these values, none of them empty, are as they are wanted."""
        wanted = json.loads(self.wanted)
        if not all(wanted[name] for name in names):
            return []
        there = ((row, json.loads(self._dump(row))) for row in rows)
        return [row for row, got in there if all(got[name] == wanted[name] for name in names)]

    def _get_others_as_wanted(self):
        """Return item and values of the other lines, as stored and as they are to be made."""
        others = self.invoice_id.line_ids - self.line_id
        steps = self.invoice_id.line_change_ids.filtered(lambda step: step.line_id in others)
        wanted = {(step.line_id.item_id.guid, step.wanted) for step in steps}
        return wanted | {(line.item_id.guid, self._dump_stored(line)) for line in others}

    def _exact_request(self, client):
        if self.what != MAKE:
            return super()._exact_request(client)
        return partial(client.post, self._exact_post_endpoint, reference=self._exact_reference())

    def _prepare_exact_payload(self):
        if self.what != MAKE:
            return super()._prepare_exact_payload()
        return self.line_id._prepare_payload_alone(json.loads(self.wanted))

    def _exact_find(self, client, since):
        if self.what != MAKE:
            return super()._exact_find(client, since)
        return self._find_made_in_any_words(self._read_lines(client))

    def _exact_absence_proved(self, client):
        if self.what != MAKE:
            return super()._exact_absence_proved(client)
        # The other lines of the invoice are seen, and this one is not among them.
        rows = self._read_lines(client)
        made = self._find_made_in_any_words(rows)
        return not made and self._are_lines_believed(client, rows)

    def _exact_key(self, row):
        return row["ID"] if self.what == MAKE else super()._exact_key(row)

    def _exact_made(self, row):
        if self.what != MAKE:
            return super()._exact_made(row)
        self._be_done({"guid": row["ID"]})
        return self.invoice_id._note_line_made(self)

    def _exact_doubled(self, rows):
        if self.what != MAKE:
            return super()._exact_doubled(rows)
        return self.invoice_id._tell_maker(
            self.env._(
                "Exact Online has line %s more than once. Compare with Exact, and have the others "
                "removed.",
                self.name,
            )
        )


class KeepingExactInvoiceLine(models.Model):
    _inherit = "keeping.exact.invoice.line"

    def _prepare_payload_alone(self, wanted):
        """Return the body of POST salesinvoice/SalesInvoiceLines (reference, chapter 4.4).

        :param dict wanted: texts and figures, of ``_dump`` of keeping.exact.line.change
        """
        self.ensure_one()
        payload = {
            **self._prepare_exact_payload(),
            "InvoiceID": self.invoice_id.guid,
            **{name: to_decimal(float(wanted[name]), digits) for name, digits in NUMBERS.items()},
        }
        if not payload["Discount"]:
            del payload["Discount"]
        for name in TEXTS:
            # An empty one too is as the person wants it: not the old text of the line.
            payload.pop(name, None)
            if wanted[name]:
                payload[name] = wanted[name]
        if self.as_in_exact and self.vat_code_id:
            # Not a default of ours, but what the line had there.
            payload["VATCode"] = self.vat_code_id.code
        return payload


class KeepingExactInvoice(models.Model):
    _inherit = "keeping.exact.invoice"

    def _note_line_made(self, step):
        """A line that was gone is in Exact again: it is that one from here on.

        What each hour on it was billed for stays, also where the line is another one now.
        """
        self.ensure_one()
        wanted, line = json.loads(step.wanted), step.line_id
        if step._dump_stored(line) != step.wanted:
            self._have_line_as_sent(line, wanted)
        line.guid = step.guid
        self._tell_lines_sent(
            self.env._(
                "Line %(line)s, which was gone in Exact Online, is there again, as %(user)s asked: "
                "%(figures)s.",
                line=step.name,
                user=step.create_uid.name,
                figures=self._describe_figures(wanted),
            )
        )
