"""Which lines of a credit note belong to which lines of an invoice, without Odoo.

Exact links neither a credit note nor its lines with the invoice that they credit, and the texts
of bookkeepers vary: what is found here is a proposal, for a person to confirm.
"""

from dataclasses import dataclass, field
from decimal import Decimal

CREDIT_NOTE, ENTRY_CREDIT = 8021, 21
#: Those of the editions with a warehouse too (API reference, chapter 4.3).
CREDIT_NOTES = (CREDIT_NOTE, 8024)
# Scores only order the proposals; the reasons are what a person reads.
SAME_LINE, SAME_TEXT, SAME_AMOUNT, REFERENCE, WHOLE = 40, 20, 15, 30, 25


@dataclass(frozen=True)
class Line:
    """A line of ours, or of a credit note, without VAT; quantity and price without a sign.

    The amount is above zero, but of a line that went the other way: a correction that took
    something off an invoice, and is now taken off itself.
    """

    key: object
    amount: Decimal
    item: str = ""
    quantity: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    text: str = ""


@dataclass
class Match:
    """What a credit note has in common with an invoice.

    :param dict credited: amount by key of our line
    :param Decimal left: what fits no line of ours
    """

    score: int = 0
    credited: dict = field(default_factory=dict)
    pairs: list = field(default_factory=list)
    left: Decimal = Decimal(0)


def credit_lines(rows, note_type):
    """Return what the lines of a document in Exact credit.

    Whether amounts of a type 8021 or 21 are above or below zero is not in Exact's reference
    (chapter 4.3: unknown); there the sign of the total counts as "credited", and lines of the
    other sign are counted off. On an invoice of type 8020 only lines below zero credit.

    :param rows: of SalesInvoiceLines or SalesEntryLines
    :param int note_type: of the document
    :return: list of :class:`Line`
    """
    amounts = [_decimal(row.get("AmountFC")) for row in rows]
    is_note = note_type in (CREDIT_NOTE, ENTRY_CREDIT)
    turned = is_note and sum(amounts) > 0
    found = []
    for row, amount in zip(rows, amounts, strict=True):
        credited = amount if turned else -amount
        if credited > 0 or (is_note and credited):
            found.append(
                Line(
                    key=row.get("ID"),
                    amount=credited,
                    item=row.get("Item") or "",
                    quantity=abs(_decimal(row.get("Quantity"))),
                    price=abs(_decimal(row.get("NetPrice") or row.get("UnitPrice"))),
                    text=row.get("Description") or "",
                )
            )
    return found


def _decimal(value):
    return Decimal(str(value or 0))


def match(ours, theirs):
    """Give each line of a credit note to the line of ours that it most likely credits.

    :param ours: lines with what can still be credited of them
    :param theirs: lines of the credit note
    :return: :class:`Match`
    """
    found = Match()
    rest = {line.key: line.amount for line in ours}
    for way, score in ((_same_line, SAME_LINE), (_same_text, SAME_TEXT), (_same_item, 0)):
        for line in [line for line in theirs if line not in [pair[1] for pair in found.pairs]]:
            fitting = [own for own in ours if rest[own.key] * line.amount > 0 and way(own, line)]
            # The one whose rest is nearest: a whole line rather than a part of a larger one.
            fitting.sort(
                key=lambda own: (abs(rest[own.key]) < abs(line.amount), abs(rest[own.key]))
            )
            if fitting:
                _pair(found, rest, fitting[0], line)
                found.score += score
    paired = [pair[1] for pair in found.pairs]
    found.left += sum(line.amount for line in theirs if line not in paired)
    if found.credited and any(line.amount == found.credited.get(line.key) for line in ours):
        found.score += SAME_AMOUNT
    if sum(line.amount for line in ours) == sum(line.amount for line in theirs):
        found.score += WHOLE
    return found


def _pair(found, rest, own, line):
    part = min(rest[own.key], line.amount, key=abs)
    rest[own.key] -= part
    found.credited[own.key] = found.credited.get(own.key, Decimal(0)) + part
    found.left += line.amount - part
    found.pairs.append((own, line))


def _same_line(own, line):
    return (
        bool(own.item)
        and own.item == line.item
        and own.quantity == line.quantity
        and own.price == line.price
    )


def _same_text(own, line):
    return bool(own.text.strip()) and _plain(own.text) in _plain(line.text)


def _plain(text):
    return " ".join(text.casefold().split())


def _same_item(own, line):
    return bool(own.item) and own.item == line.item
