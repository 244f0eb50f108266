"""Entities with rules. What is not here is answered with 501 and says so: nothing pretends."""

from . import (
    accounts,
    bulk,
    contacts,
    documents,
    entry_lines,
    invoice_lines,
    invoices,
    items,
    periods,
    printed,
    receivables,
    reference,
    roles,
    sales_entries,
    sync,
    system,
    webhooks,
)

HANDLERS = (
    system.Me,
    system.Divisions,
    system.AllDivisions,
    system.HrmDivisions,
    accounts.Accounts,
    contacts.Contacts,
    items.Items,
    reference.ItemGroups,
    reference.Units,
    reference.VATCodes,
    reference.VatPercentages,
    reference.Journals,
    reference.GLAccounts,
    reference.Costcenters,
    reference.Costunits,
    periods.FinancialPeriods,
    periods.JournalStatusList,
    roles.UserRoles,
    reference.PaymentConditions,
    reference.Currencies,
    reference.ExchangeRates,
    invoices.SalesInvoices,
    invoice_lines.SalesInvoiceLines,
    printed.PrintedSalesInvoices,
    sales_entries.SalesEntries,
    entry_lines.SalesEntryLines,
    receivables.Receivables,
    receivables.ReceivablesList,
    receivables.PaymentTerms,
    documents.Documents,
    documents.DocumentAttachments,
    sync.SyncDocuments,
    sync.SyncDocumentAttachments,
    sync.SyncAccounts,
    sync.SyncItems,
    sync.SyncSalesInvoices,
    sync.SyncGLAccounts,
    sync.Deleted,
    bulk.BulkAccounts,
    bulk.BulkItems,
    bulk.BulkSalesInvoices,
    bulk.BulkSalesInvoiceLines,
    bulk.BulkReceivables,
    bulk.BulkDocuments,
    bulk.BulkDocumentAttachments,
    bulk.BulkGLAccounts,
    webhooks.WebhookSubscriptions,
)


def make_registry(metadata):
    """Return the handlers by entity name."""
    registry = {}
    for handler in HANDLERS:
        registry[handler.name] = handler(metadata, registry)
    return registry
