"""Numbers of invoices and sales entries, from the free numbers of a journal (chapter 4.3)."""

INVOICES, ENTRIES = "SalesInvoice/SalesInvoices", "SalesEntry/SalesEntries"
_NUMBERED = ((INVOICES, "InvoiceNumber"), (ENTRIES, "EntryNumber"))
_PER_YEAR = 1_000_000
_PER_JOURNAL = 10_000


def free_number(context, journal, year):
    """Return the number after the highest one a journal has given in a year.

    Year and journal stand in front: 26700001 is the first of journal 70 in 2026. The form is the
    sandbox's own; in Exact an administration chooses it.
    """
    code = journal.strip()
    own = int(code) if code.isdecimal() and len(code) <= 2 else 0
    before = year % 100 * _PER_YEAR + own * _PER_JOURNAL
    within = (before, year % 100 * _PER_YEAR + _PER_YEAR - 1)
    highest = (
        context.rows.highest(context.division, entity, name, within, Journal=journal)
        for entity, name in _NUMBERED
    )
    return max(before, *highest) + 1


def is_taken(context, journal, number):
    """Whether an invoice or an entry of a journal has a number."""
    return any(
        context.rows.first(context.division, entity, Journal=journal, **{name: number})
        for entity, name in _NUMBERED
    )
