"""Which lists have a sibling that tells the same in pages of 1,000 (API reference ch. 3.4, 4.19).

From docs/exact-online-api.md ch. 3.4 and the list of entities that belongs to it
(exact-entities.json): every ``sync/*`` and ``bulk/*`` with the entity it repeats.
"""

# Endpoint in lower case: its sync sibling, and the properties that this one lacks.
# sync/SalesInvoice/SalesInvoices is left out: its rows are headers and lines mixed (ch. 4.19).
_SYNC = {
    "crm/accounts": ("sync/CRM/Accounts", ()),
    "crm/contacts": ("sync/CRM/Contacts", ()),
    "documents/documentattachments": ("sync/Documents/DocumentAttachments", ()),
    "documents/documents": ("sync/Documents/Documents", ()),
    "financial/glaccounts": ("sync/Financial/GLAccounts", ("DeductibilityPercentages",)),
    "financialtransaction/transactionlines": ("sync/Financial/TransactionLines", ("ShopOrder",)),
    "logistics/items": (
        "sync/Logistics/Items",
        ("IsBatchNumberItem", "IsSerialNumberItem", "StandardSalesPrice"),
    ),
}

_BULK = {
    "cashflow/receivables": "bulk/Cashflow/Receivables",
    "crm/accounts": "bulk/CRM/Accounts",
    "crm/contacts": "bulk/CRM/Contacts",
    "documents/documentattachments": "bulk/Documents/DocumentAttachments",
    "documents/documents": "bulk/Documents/Documents",
    "financial/glaccounts": "bulk/Financial/GLAccounts",
    "financialtransaction/transactionlines": "bulk/Financial/TransactionLines",
    "logistics/items": "bulk/Logistics/Items",
    "salesinvoice/salesinvoicelines": "bulk/SalesInvoice/SalesInvoiceLines",
    "salesinvoice/salesinvoices": "bulk/SalesInvoice/SalesInvoices",
}


# Bulk lists without a date of creation; their key stands in for it.
_UNDATED = {"documents/documentattachments", "salesinvoice/salesinvoicelines"}


def sync_sibling(endpoint, names):
    """The sync endpoint with the rows of a list, ``None`` where there is none.

    :param endpoint: ``service/Entity``.
    :param names: the properties that are to be read.
    """
    sibling, lacking = _SYNC.get(endpoint.lower(), (None, ()))
    return None if set(names) & set(lacking) else sibling


def bulk_sibling(endpoint):
    """The bulk endpoint of a list, ``None`` where there is none."""
    return _BULK.get(endpoint.lower())


def bulk_filter(endpoint):
    """The property of a bulk list for a condition that all its rows are to meet."""
    return "ID" if endpoint.lower() in _UNDATED else "Created"
