"""``bulk/*``: the rows of another entity, 1000 a page (chapter 3.4)."""

from .accounts import Accounts
from .base import Entity
from .documents import DocumentAttachments, Documents
from .invoice_lines import SalesInvoiceLines
from .invoices import SalesInvoices
from .items import Items
from .receivables import Receivables
from .reference import GLAccounts


class Bulk(Entity):
    """A bulk list.

    ``$select`` is always needed. The filter that is mandatory on the entity itself is so here too:
    that was announced (Inv 3507), and is harder for a client than its absence.
    """

    base = ""
    needs_select = True
    always_select = True
    is_recent = True

    def column(self, context, name):
        """Return the SQL of a property, as the entity itself has it."""
        return self.registry[self.base].column(context, name)

    @property
    def source(self):
        """The entity whose stored rows are shown."""
        return self.base

    def value(self, context, row, name):
        """Return a property as the entity itself has it."""
        return self.registry[self.base].value(context, row, name)

    def get(self, context, key):
        """Return the row with a key, or None."""
        return self.registry[self.base].get(context, key)

    def children(self, context, row, name):
        """Return the collection of the entity itself."""
        return self.registry[self.base].children(context, row, name)


class BulkAccounts(Bulk):
    """``bulk/CRM/Accounts``."""

    name = "Bulk/CRM/Accounts"
    base = Accounts.name
    filter_fields = Accounts.filter_fields


class BulkItems(Bulk):
    """``bulk/Logistics/Items``."""

    name = "Bulk/Logistics/Items"
    base = Items.name
    filter_fields = Items.filter_fields


class BulkSalesInvoices(Bulk):
    """``bulk/SalesInvoice/SalesInvoices``."""

    name = "Bulk/SalesInvoice/SalesInvoices"
    base = SalesInvoices.name
    filter_fields = SalesInvoices.filter_fields


class BulkSalesInvoiceLines(Bulk):
    """``bulk/SalesInvoice/SalesInvoiceLines``."""

    name = "Bulk/SalesInvoice/SalesInvoiceLines"
    base = SalesInvoiceLines.name


class BulkGLAccounts(Bulk):
    """``bulk/Financial/GLAccounts``."""

    name = "Bulk/Financial/GLAccounts"
    base = GLAccounts.name


class BulkReceivables(Bulk):
    """``bulk/Cashflow/Receivables``, the list for volume (chapter 4.15)."""

    name = "Bulk/Cashflow/Receivables"
    base = Receivables.name


class BulkDocuments(Bulk):
    """``bulk/Documents/Documents``."""

    name = "Bulk/Documents/Documents"
    base = Documents.name
    filter_fields = Documents.filter_fields


class BulkDocumentAttachments(Bulk):
    """``bulk/Documents/DocumentAttachments``."""

    name = "Bulk/Documents/DocumentAttachments"
    base = DocumentAttachments.name
    filter_fields = DocumentAttachments.filter_fields
