"""What a line needs to be invoiced: chapters 4.4 and 5.4."""

from ..money import ZERO

ACCOUNTS, ITEMS, UNITS, VAT = (
    "CRM/Accounts",
    "Logistics/Items",
    "Logistics/Units",
    "VAT/VATCodes",
)
LEDGER, JOURNALS = "Financial/GLAccounts", "Financial/Journals"
_PURCHASE, _WITHOUT_VAT = "P", "N"
# Which types of account the text of picqer #121 is about is not known. Here: those that journals,
# customers, suppliers and VAT post to by themselves (types of chapter 4.13).
_OWN_POSTINGS = {10, 12, 16, 20, 22, 24}
# Property of a line, its entity, and the property of the ledger account that rules its use.
_COSTS = (
    ("CostCenter", "HRM/Costcenters", "UseCostcenter"),
    ("CostUnit", "HRM/Costunits", "UseCostunit"),
)
_MANDATORY, _NOT_USED = 1, 2


def line_item(context, invoice, line):
    """Return the item of a line, or None for a line of text.

    The reference says Item is mandatory, and does not know about lines of text (chapter 4.4); the
    setting ``line_item`` has both. Item and unit are asked for together (combidesk).

    :raises ApiError: ``Verplicht: Artikel``, with ``Verplicht: Eenheid`` when that is absent too
    """
    if not line.get("Item"):
        if context.sandbox.settings["line_item"] == "optional":
            return None
        missing = [("mandatory", "Item")]
        if not line.get("UnitCode"):
            missing.append(("mandatory", "Unit"))
        raise context.refused(*missing)
    item = context.lookup(ITEMS, None, line.get("Item"))
    if item is None:
        raise context.refused(("reference", "Item"))
    if not item.get("IsSalesItem"):
        raise context.refused(("not_allowed", "Item (Sales)"))
    # The true text for an item out of use is unknown (chapter 11, point 6).
    if item.get("EndDate") and item.get("EndDate") < invoice.data["OrderDate"]:
        raise context.refused(("not_allowed", "Item (Blocked)"))
    return item


def check_quantity(context, line, item):
    """Refuse half a piece of an item sold whole; the true text is unknown (chapter 11, point 6)."""
    quantity = line.data["Quantity"]
    whole = quantity == quantity.to_integral_value()
    if item is not None and not whole and not item.get("IsFractionAllowedItem"):
        raise context.refused(("invalid", "Quantity"))


def line_unit(context, line, item):
    """Return the code of the unit sent, else the item's; a line of text needs none."""
    code = line.get("UnitCode") or (item.get("Unit") if item else None)
    if not code:
        if item is None:
            return None
        raise context.refused(("mandatory", "Unit"))
    unit = context.lookup(UNITS, "Code", code)
    if unit is None:
        raise context.refused(("reference", "Unit"))
    return unit.get("Code")


def is_priced(line):
    """Whether a line was given a price or an amount."""
    return any(line.get(name, ZERO) for name in ("UnitPrice", "AmountFC", "_NetPrice"))


def line_ledger(context, line, item):
    """Return the account sent, else the item's, else that of its group (chapter 4.4).

    A line of text needs one only when it has a price.
    """
    key = line.get("GLAccount")
    if not key and item is not None:
        key = item.get("GLRevenue") or _group_ledger(context, item)
    if not key:
        if item is None and not is_priced(line):
            return None
        raise context.refused(("mandatory", "GLAccount"))
    check_ledger(context, key)
    return key


def _group_ledger(context, item):
    group = context.lookup("Logistics/ItemGroups", None, item.get("ItemGroup"))
    return group.get("GLRevenue") if group else None


def check_ledger(context, key):
    """Return the ledger account with a key, which must be one that can be invoiced on.

    :raises ApiError: ``Ongeldige referentie: Grootboekrekening``, ``Ongeldig:
        Grootboekrekeningtype``; the text for a blocked account is ours
    """
    ledger = context.lookup(LEDGER, None, key)
    if ledger is None:
        raise context.refused(("reference", "GLAccount"))
    if ledger.get("Type") in _OWN_POSTINGS:
        raise context.refused(("invalid", "G/L account type"))
    if ledger.get("IsBlocked"):
        raise context.refused(("not_allowed", "GLAccount (Blocked)"))
    return ledger


def check_costs(context, line):
    """Check cost centre and cost unit: they exist, and the ledger account wants or takes them.

    ``Invalid: Cost center link`` (chapter 5.4) is the text for an account that takes none.
    """
    ledger = context.lookup(LEDGER, None, line.get("GLAccount"))
    for name, entity, rule in _COSTS:
        code, use = line.get(name), ledger.get(rule) if ledger else None
        if not code:
            if use == _MANDATORY:
                raise context.refused(("mandatory", name))
            continue
        if context.lookup(entity, "Code", code) is None:
            raise context.refused(("reference", name))
        if use == _NOT_USED:
            raise context.refused(("invalid", f"{name} link"))


def line_vat_code(context, invoice, line, item):
    """Return the code sent, else the customer's, else the item's, else None (chapter 4.4)."""
    code = line.get("VATCode")
    if not code and (item is not None or is_priced(line)):
        account = context.lookup(ACCOUNTS, None, invoice.get("InvoiceTo"))
        code = account.get("SalesVATCode") or (item.get("SalesVatCode") if item else None)
    return check_vat_code(context, code, invoice.get("Journal"))


def check_vat_code(context, code, journal_code):
    """Return the VAT code with a code, or None without one.

    A blocked code, one for purchases only, or one with VAT in a journal without is not allowed.

    :raises ApiError: ``Ongeldige referentie: Btw-code``, ``Niet toegestaan: Btw-code``
    """
    if not code or not code.strip():
        return None
    found = context.lookup(VAT, "Code", code)
    if found is None:
        raise context.refused(("reference", "VAT code"))
    journal = context.lookup(JOURNALS, "Code", journal_code)
    without = journal is not None and not journal.get("AllowVAT", True)
    if (
        found.get("IsBlocked")
        or found.get("VATTransactionType") == _PURCHASE
        or (without and found.get("Type") != _WITHOUT_VAT)
    ):
        raise context.refused(("not_allowed", "VAT code"))
    return found


def unit_price(line, item, sign):
    """Return the price sent, else what makes up the amount sent, else the item's (4.10)."""
    price, amount = line.get("UnitPrice"), line.get("AmountFC")
    if price is None and amount is not None and line.data["Quantity"]:
        return sign * amount / line.data["Quantity"]
    if price is None and item is not None:
        price = item.get("StandardSalesPrice")
    return ZERO if price is None else price
