"""``sync/*``: rows by timestamp, for clients that keep a copy (chapter 4.19)."""

from ..errors import syntax_error
from ..odata.filters import Compare, Constant, conjuncts
from ..rows import DELETED
from .base import Entity
from .invoice_lines import SalesInvoiceLines
from .invoices import SalesInvoices


def _after(condition):
    """Return the timestamp all wanted rows are above, as far as the filter says so."""
    lowest = 0
    for part in conjuncts(condition):
        low = isinstance(part, Compare) and part.operator in ("gt", "ge")
        if low and isinstance(part.right, Constant) and isinstance(part.right.value, int):
            lowest = max(lowest, part.right.value - (part.operator == "ge"))
    return lowest


class Sync(Entity):
    """A sync list over the rows of another entity."""

    base = ""
    needs_select = True
    always_select = True
    only_filter_fields = ("Timestamp",)

    def check_list(self, query):
        """Refuse another order than by Timestamp, and ``$skip`` (chapter 3.4)."""
        if query.skip or [name for name, _ in query.order if name != "Timestamp"]:
            raise syntax_error()
        super().check_list(query)

    def fetch(self, context, condition):
        """Return the rows above the timestamp of the filter."""
        return context.rows.find(context.division, self.base, after=_after(condition))

    def value(self, context, row, name):
        """Return a property as the entity itself has it."""
        if name == "Timestamp":
            return row.timestamp
        return self.registry[self.base].value(context, row, name)

    def get(self, context, key):
        """Return the row with a timestamp, or None."""
        return next((row for row in self.fetch(context, None) if row.timestamp == key), None)


class SyncAccounts(Sync):
    """``sync/CRM/Accounts``."""

    name = "Sync/CRM/Accounts"
    base = "CRM/Accounts"


class SyncItems(Sync):
    """``sync/Logistics/Items``."""

    name = "Sync/Logistics/Items"
    base = "Logistics/Items"


class SyncSalesInvoices(Sync):
    """``sync/SalesInvoice/SalesInvoices``: headers (LineNumber 0) and lines in one list."""

    name = "Sync/SalesInvoice/SalesInvoices"
    base = SalesInvoices.name

    def fetch(self, context, condition):
        """Return headers and lines by timestamp."""
        after = _after(condition)
        lines = context.rows.find(context.division, SalesInvoiceLines.name, after=after)
        return sorted(super().fetch(context, condition) + lines, key=lambda row: row.timestamp)

    def value(self, context, row, name):
        """Return a property of the line, or of its header where the line has no such property."""
        if row.entity == self.base:
            special = {"LineNumber": 0, "ID": row.key}
            return special[name] if name in special else super().value(context, row, name)
        lines = self.registry[row.entity]
        if name == "Timestamp" or name not in lines.type.properties:
            header = context.lookup(self.base, None, row.data["InvoiceID"])
            owner = row if name == "Timestamp" else header
            return super().value(context, owner, name)
        return lines.value(context, row, name)


class Deleted(Entity):
    """``sync/Deleted``: what was removed."""

    name = DELETED
    needs_select = True
    always_select = True
    only_filter_fields = ("Timestamp", "EntityType")

    def fetch(self, context, condition):
        """Return the traces above the timestamp of the filter."""
        return context.rows.find(context.division, self.name, after=_after(condition))

    def value(self, context, row, name):
        """Return a property; the key is the timestamp."""
        return row.timestamp if name == "Timestamp" else super().value(context, row, name)

    def get(self, context, key):
        """Return the trace with a timestamp, or None."""
        return next((row for row in self.fetch(context, None) if row.timestamp == key), None)
