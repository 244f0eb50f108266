"""Entities with rules. What is not here is answered with 501 and says so: nothing pretends."""

from . import accounts, invoice_lines, invoices, items, reference, sync, system

HANDLERS = (
    system.Me,
    system.Divisions,
    system.HrmDivisions,
    accounts.Accounts,
    items.Items,
    reference.ItemGroups,
    reference.Units,
    reference.VATCodes,
    reference.Journals,
    reference.GLAccounts,
    reference.FinancialPeriods,
    reference.PaymentConditions,
    reference.Currencies,
    reference.ExchangeRates,
    invoices.SalesInvoices,
    invoice_lines.SalesInvoiceLines,
    sync.SyncAccounts,
    sync.SyncItems,
    sync.SyncSalesInvoices,
    sync.Deleted,
)


def make_registry(metadata):
    """Return the handlers by entity name."""
    registry = {}
    for handler in HANDLERS:
        registry[handler.name] = handler(metadata, registry)
    return registry
