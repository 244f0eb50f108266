"""Set-up data that an integration reads: chapters 4.11 to 4.14."""

from .base import Entity, reference

LEDGER = "Financial/GLAccounts"
_GROUP_LEDGERS = (
    "GLCosts", "GLCostsWorkInProgress", "GLPurchaseAccount", "GLRevenue", "GLRevenueWorkInProgress",
    "GLStock", "GLStockVariance",
)  # fmt: skip
_VAT_LEDGERS = ("GLDiscountPurchase", "GLDiscountSales", "GLToClaim", "GLToPay")
# Those of chapter 4.13; the reference has the full list only by number.
_LEDGER_TYPES = {
    10: "Cash", 12: "Bank", 20: "Accounts receivable", 22: "Accounts payable", 24: "VAT",
    32: "Inventory", 110: "Revenue", 111: "Cost of goods", 120: "Other costs",
}  # fmt: skip


def _ledgers(names):
    return {
        f"{own}{shown}": reference(own, LEDGER, shown)
        for own in names
        for shown in ("Code", "Description")
    }


class ItemGroups(Entity):
    """Groups of items with their ledger accounts (chapter 4.11)."""

    name = "Logistics/ItemGroups"
    derived = {
        **_ledgers(_GROUP_LEDGERS),
        "GLPurchasePriceDifferenceCode": reference("GLPurchasePriceDifference", LEDGER, "Code"),
        # The one name that is cut off (chapter 4.11).
        "GLPurchasePriceDifferenceDescr": reference(
            "GLPurchasePriceDifference", LEDGER, "Description"
        ),
    }


class Units(Entity):
    """Units of items (chapter 4.11)."""

    name = "Logistics/Units"


class VATCodes(Entity):
    """VAT codes; ``Percentage`` is a fraction (chapter 4.12)."""

    name = "VAT/VATCodes"
    derived = {
        **_ledgers(_VAT_LEDGERS),
        "AccountCode": reference("Account", "CRM/Accounts", "Code"),
        "AccountName": reference("Account", "CRM/Accounts", "Name"),
    }

    def children(self, context, row, name):
        """Return the percentages of a code, the oldest first."""
        rates = self.registry["VAT/VatPercentages"]
        return rates, context.rows.find(context.division, rates.name, {"VATCodeID": row.key})

    def save(self, context, row):
        """Store with the code padded: ``4  `` (chapter 3.3)."""
        row.data["Code"] = row.data["Code"].strip().ljust(3)
        return super().save(context, row)


class VatPercentages(Entity):
    """What a VAT code amounted to in the course of time (chapter 4.12)."""

    name = "VAT/VatPercentages"


class Journals(Entity):
    """Journals; type 20 is sales (chapter 4.13)."""

    name = "Financial/Journals"
    derived = {
        **_ledgers(["GLAccount"]),
        "GLAccountType": reference("GLAccount", LEDGER, "Type"),
        "CurrencyDescription": reference("Currency", "General/Currencies", "Description", "Code"),
    }


class GLAccounts(Entity):
    """Ledger accounts (chapter 4.13)."""

    name = LEDGER
    needs_select = True
    derived = {
        "VATDescription": reference("VATCode", "VAT/VATCodes", "Description", "Code"),
        "TypeDescription": lambda context, row: _LEDGER_TYPES.get(row.get("Type")),
        "CostcenterDescription": reference("Costcenter", "HRM/Costcenters", "Description", "Code"),
        "CostunitDescription": reference("Costunit", "HRM/Costunits", "Description", "Code"),
    }


class Costcenters(Entity):
    """Cost centres of invoice lines (chapter 4.4)."""

    name = "HRM/Costcenters"


class Costunits(Entity):
    """Cost units of invoice lines (chapter 4.4)."""

    name = "HRM/Costunits"


class PaymentConditions(Entity):
    """Payment conditions (chapter 4.14)."""

    name = "Cashflow/PaymentConditions"


class Currencies(Entity):
    """Currencies (chapter 4.14)."""

    name = "General/Currencies"


class ExchangeRates(Entity):
    """Rates of foreign currencies."""

    name = "Financial/ExchangeRates"
