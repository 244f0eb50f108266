"""What an administration's licence allows: chapters 5.1 and 4.18.

A licence that ran out, a blocked customer and a blocked administration close every call in the
administration. A licence without a module closes the module's addresses with the bare 403 that
also stands for a missing right; only UserHasRights, which knows nothing of licences, tells the two
apart.
"""

import json

from .errors import FORBIDDEN, ApiError
from .metadata import route_of

# Services by module. Which module holds which service is not documented; a licence for invoices
# or for items is the one the sources speak of, the rest is divided by the names of services.
MODULES = {
    "invoicing": {"salesinvoice"},
    "items": {"logistics"},
    "relations": {"crm"},
    "documents": {"documents"},
    "financial": {"financial", "vat", "cashflow", "general", "salesentry", "hrm"},
}
# The header and the text were seen, each on its own (chapter 5.1).
EXPIRED = {
    "header": ApiError(403, FORBIDDEN, {"reason": "LicenseExpired"}),
    "text": ApiError(403, "Forbidden - Customer's license expired."),
}
BLOCKED = {
    "division": ApiError(403, FORBIDDEN, {"reason": "DivisionBlocked"}),
    "customer": ApiError(403, FORBIDDEN, {"reason": "BlockedCustomer"}),
}
# These answer without a module: they tell who one is and where one may go.
_FREE = {"hrm/Divisions"}
_PREFIXES = ("sync/", "bulk/", "read/")


def _place(division):
    return f"licence/{division}"


def get_licence(store, division):
    """Return the licence of an administration: modules, expired, blocked."""
    full = {"modules": sorted(MODULES), "expired": None, "blocked": None}
    return {**full, **json.loads(store.get_meta(_place(division), "{}"))}


def set_licence(store, division, modules=None, expired=None, blocked=None):
    """Give an administration a licence; what is left out is as in a licence in order.

    :param modules: names of :data:`MODULES`, all when None
    :param expired: None, ``header`` or ``text``: how an expired licence shows
    :param blocked: None, ``division`` or ``customer``: who is blocked
    :raises ValueError: when one of them is not possible
    """
    modules = sorted(MODULES if modules is None else modules)
    if set(modules) - set(MODULES):
        raise ValueError(f"Modules are {', '.join(MODULES)}.")
    if expired not in (None, *EXPIRED):
        raise ValueError(f"An expired licence shows as {' or '.join(EXPIRED)}.")
    if blocked not in (None, *BLOCKED):
        raise ValueError(f"Blocked can be {' or '.join(BLOCKED)}.")
    licence = {"modules": modules, "expired": expired, "blocked": blocked}
    store.set_meta(_place(division), json.dumps(licence))


def check_licence(store, division):
    """Refuse any call in an administration that is blocked or no longer paid for.

    :raises ApiError: 403, with a ``reason`` header or a text that tells why
    """
    licence = get_licence(store, division)
    refusal = BLOCKED.get(licence["blocked"]) or EXPIRED.get(licence["expired"])
    if refusal:
        raise ApiError(refusal.status, refusal.message, refusal.headers)


def check_module(store, division, path):
    """Refuse a call to an address that is in no module of the licence.

    :param path: the address of an entity below the administration
    :raises ApiError: 403 without a reason
    """
    route = route_of(path)
    for prefix in _PREFIXES:
        route = route.removeprefix(prefix)
    if route in _FREE:
        return
    service = route.partition("/")[0]
    owners = {name for name, services in MODULES.items() if service in services}
    if owners and not owners & set(get_licence(store, division)["modules"]):
        raise ApiError(403, FORBIDDEN)
