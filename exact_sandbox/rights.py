"""Rights of users: the six of the seed, and what they open (chapters 5.2 and 5.3).

Exact publishes no table of endpoints and rights. Chapter 5.3 has what is reported; calls it does
not name (journals, VAT codes, payment conditions, divisions) need no right to be read here, since
a user with exactly the six rights is enough for an integration that reads them.
"""

from .users import ALL_RIGHTS

_ITEMS = {"items.manage", "items.view"}
_ACCOUNTS = {"accounts.manage", "accounts.view"}
_SALES = {"sales.enter", "sales.process"}

# Any one of the rights is enough.
_READ = {
    "salesinvoice/SalesInvoices": _SALES,
    "salesinvoice/SalesInvoiceLines": _SALES,
    "sync/salesinvoice/SalesInvoices": _SALES,
    "crm/Accounts": _ACCOUNTS,
    "sync/crm/Accounts": _ACCOUNTS,
    "logistics/Items": _ITEMS,
    "logistics/ItemGroups": _ITEMS,
    "logistics/Units": _ITEMS,
    "sync/logistics/Items": _ITEMS,
}
_WRITE = {
    "salesinvoice/SalesInvoices": {"sales.enter"},
    "salesinvoice/SalesInvoiceLines": {"sales.enter"},
    "salesinvoice/PrintedSalesInvoices": {"sales.process"},
    "crm/Accounts": {"accounts.manage"},
    "logistics/Items": {"items.manage"},
}


def has_right(user, route, method):
    """Whether a user may do this: the answer of UserHasRights (chapter 4.18).

    :param route: an address as :func:`~exact_sandbox.metadata.route_of` gives it
    :param method: GET, POST, PUT or DELETE
    """
    if user.rights == ALL_RIGHTS:
        return True
    if method == "GET":
        needed = _READ.get(route)
        return needed is None or bool(needed & user.rights)
    return bool(_WRITE.get(route, set()) & user.rights)
