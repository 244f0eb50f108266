"""``sync/*``: rows by timestamp, for clients that keep a copy (chapter 4.19)."""

from datetime import timedelta
from heapq import merge

from ..errors import syntax_error
from ..odata.filters import Compare, Constant, conjuncts
from ..odata.pushdown import Condition
from ..rows import DELETED
from .base import Entity
from .documents import ATTACHMENTS, DOCUMENTS
from .invoice_lines import SalesInvoiceLines
from .invoices import SalesInvoices

# "About two months" (chapter 4.19).
KEPT = timedelta(days=61)


def _after(condition):
    """Return the timestamp all wanted rows are above, as far as the filter says so."""
    lowest = 0
    for part in conjuncts(condition):
        low = isinstance(part, Compare) and part.operator in ("gt", "ge")
        if low and isinstance(part.right, Constant) and isinstance(part.right.value, int):
            lowest = max(lowest, part.right.value - (part.operator == "ge"))
    return lowest


class ByTimestamp(Entity):
    """A list whose key is the timestamp of its rows, ascending."""

    needs_select = True
    always_select = True
    is_recent = True
    only_filter_fields = ("Timestamp",)
    has_key_order = True
    sources = ()

    def check_list(self, query):
        """Refuse another order than by Timestamp (chapter 4.19)."""
        if query.order not in ([], [("Timestamp", False)]):
            raise syntax_error()
        super().check_list(query)

    def scan(self, context, tree, after=None):
        """Yield the rows above the timestamp of the filter and of the page before."""
        lowest = max(_after(tree), after or 0)
        scans = (
            context.rows.scan(
                context.division, name, None, "timestamp", lowest, self.type.page_size
            )
            for name in self.sources
        )
        return merge(*scans, key=lambda row: row.timestamp)

    def get(self, context, key):
        """Return the row with a timestamp, or None."""
        found = next(self.scan(context, None, key - 1), None)
        return found if found and found.timestamp == key else None


class Sync(ByTimestamp):
    """A sync list over the rows of another entity."""

    base = ""

    @property
    def sources(self):
        """The entities whose rows are in the list."""
        return (self.base,)

    def value(self, context, row, name):
        """Return a property as the entity itself has it."""
        if name == "Timestamp":
            return row.timestamp
        return self.registry[self.base].value(context, row, name)


class SyncAccounts(Sync):
    """``sync/CRM/Accounts``."""

    name = "Sync/CRM/Accounts"
    base = "CRM/Accounts"


class SyncItems(Sync):
    """``sync/Logistics/Items``."""

    name = "Sync/Logistics/Items"
    base = "Logistics/Items"


class SyncGLAccounts(Sync):
    """``sync/Financial/GLAccounts``."""

    name = "Sync/Financial/GLAccounts"
    base = "Financial/GLAccounts"


class SyncSalesInvoices(Sync):
    """``sync/SalesInvoice/SalesInvoices``: headers (LineNumber 0) and lines in one list."""

    name = "Sync/SalesInvoice/SalesInvoices"
    base = SalesInvoices.name
    sources = (SalesInvoices.name, SalesInvoiceLines.name)

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


class SyncDocuments(Sync):
    """``sync/Documents/Documents``."""

    name = "Sync/Documents/Documents"
    base = DOCUMENTS


class SyncDocumentAttachments(Sync):
    """``sync/Documents/DocumentAttachments``."""

    name = "Sync/Documents/DocumentAttachments"
    base = ATTACHMENTS


class Deleted(ByTimestamp):
    """``sync/Deleted``: what was removed in about the last two months."""

    name = DELETED
    only_filter_fields = ("Timestamp", "EntityType")
    sources = (DELETED,)

    def scan(self, context, tree, after=None):
        """Yield the traces that are still kept."""
        oldest = context.now - KEPT
        column = context.rows.column(DELETED, "DeletedDate")
        context.rows.forget(
            context.division, DELETED, Condition(f"{column} < ?", (oldest.isoformat(),))
        )
        return super().scan(context, tree, after)

    def value(self, context, row, name):
        """Return a property; the key is the timestamp."""
        return row.timestamp if name == "Timestamp" else super().value(context, row, name)
