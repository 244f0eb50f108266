"""Which fields satisfy mandatory filtering (chapter 3.4).

Exact's own list is known for accounts and, cut off, for items (picqer #591); for the others, and
for today, it is not (chapter 11, point 10). The setting ``filter_fields`` chooses between the long
lists, which stand with their entities, and these short ones: keys, numbers, parties and dates, but
no texts and no states.
"""

from ..errors import syntax_error
from ..odata.filters import fields_of

NARROW = {
    "CRM/Accounts": (
        "AccountManager", "ChamberOfCommerce", "Code", "Created", "EndDate", "ID",
        "InvoiceAccount", "MainContact", "Modified", "Parent", "StartDate", "VATNumber",
    ),
    "CRM/Contacts": ("Account", "Created", "HID", "ID", "Modified"),
    "Logistics/Items": (
        "Barcode", "Code", "Created", "EndDate", "ID", "ItemGroup", "Modified", "StartDate",
    ),
    "Documents/Documents": (
        "Account", "Created", "DocumentDate", "FinancialTransactionEntryID", "HID", "ID",
        "Modified", "SalesInvoiceNumber", "SalesOrderNumber",
    ),
    "Documents/DocumentAttachments": ("Document", "ID"),
    "SalesInvoice/SalesInvoices": (
        "Created", "DeliverTo", "DueDate", "InvoiceDate", "InvoiceID", "InvoiceNumber",
        "InvoiceTo", "Modified", "OrderDate", "OrderNumber", "OrderedBy",
    ),
}  # fmt: skip


def check_filter(entity, query, width):
    """Refuse a list whose filter has none of the fields that it must have.

    :param entity: the handler (:class:`~exact_sandbox.entities.base.Entity`)
    :param width: ``wide`` or ``narrow``
    :raises ApiError: 400
    """
    fields = entity.filter_fields
    if width == "narrow":
        fields = NARROW.get(entity.name.removeprefix("Bulk/"), fields)
    used = fields_of(query.filter) if query.filter is not None else set()
    if fields and not used & set(fields):
        raise syntax_error(
            "This endpoint has mandatory filtering applied. A GET request for this endpoint must "
            f"have a $filter parameter with one of the following fields in the url:"
            f"{','.join(fields)}."
        )
