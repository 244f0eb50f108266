"""Rights of users: the six of the seed, and what they open (chapters 5.2 and 5.3).

Exact publishes no table of endpoints and rights. Chapter 5.3 has what is reported. Of what it does
not name, divisions, documents and receivables need no right to be read. Set-up lists (journals,
VAT codes, payment conditions, periods, item groups) are open to everyone, or to users with every
right only: the setting ``set_up_reading``, which is ours. So is ``view_right``: whether those who
may manage items or accounts see them without the right to view, which help pages list beside it.
"""

from .users import ALL_RIGHTS

_VIEWS = {"items.view", "accounts.view"}
_ITEMS = {"items.manage", "items.view"}
_ACCOUNTS = {"accounts.manage", "accounts.view"}
_SALES = {"sales.enter", "sales.process"}


def _everywhere(rights, *paths):
    """An address and the copies of it under ``sync/`` and ``bulk/`` take the same rights."""
    return {
        f"{prefix}{path}": rights for prefix in ("", "sync/", "bulk/") for path in paths
    }  # fmt: skip


# Any one of the rights is enough; what is not here needs none.
_READ = {
    **_everywhere(_SALES, "salesinvoice/SalesInvoices", "salesinvoice/SalesInvoiceLines"),
    **_everywhere(_ACCOUNTS, "crm/Accounts", "crm/Contacts", "crm/Addresses", "crm/BankAccounts"),
    **_everywhere(_ITEMS, "logistics/Items", "logistics/ItemGroups", "logistics/Units"),
}
# Those whose reading chapter 5.3 leaves open.
_SET_UP = {
    "cashflow/PaymentConditions",
    "financial/FinancialPeriods",
    "financial/GLAccounts",
    "financial/Journals",
    "logistics/ItemGroups",
    "read/financial/JournalStatusList",
    "vat/VATCodes",
    "vat/VatPercentages",
}
# Any one of the rights is enough; what is not here needs all rights.
_WRITE = {
    "salesinvoice/SalesInvoices": {"sales.enter"},
    "salesinvoice/SalesInvoiceLines": {"sales.enter"},
    "salesinvoice/PrintedSalesInvoices": {"sales.process"},
    "crm/Accounts": {"accounts.manage"},
    "crm/Contacts": {"accounts.manage"},
    "logistics/Items": {"items.manage"},
    # Who may enter an invoice may put a paper with it; nothing is documented about documents.
    "documents/Documents": {"sales.enter"},
    "documents/DocumentAttachments": {"sales.enter"},
}
# No right of a user was found for these (chapter 5.3).
_FREE = {"webhooks/WebhookSubscriptions"}


def has_right(user, route, method, settings):
    """Whether a user may do this: the answer of UserHasRights (chapter 4.18).

    :param route: an address as :func:`~exact_sandbox.metadata.route_of` gives it
    :param method: GET, POST, PUT or DELETE
    :param settings: ``set_up_reading`` and ``view_right`` are looked at
    """
    if user.rights == ALL_RIGHTS or route in _FREE:
        return True
    if method != "GET":
        return bool(_WRITE.get(route, set()) & user.rights)
    if route in _SET_UP and settings["set_up_reading"] == "full":
        return False
    needed = _READ.get(route)
    if needed and needed & _VIEWS and settings["view_right"] == "own":
        needed = needed & _VIEWS
    return needed is None or bool(needed & user.rights)
