"""Set-up data that an integration reads: chapters 4.11 to 4.14."""

from .base import Entity, reference


class ItemGroups(Entity):
    """Groups of items with their ledger accounts (chapter 4.11)."""

    name = "Logistics/ItemGroups"
    derived = {
        f"{own}{shown}": reference(own, "Financial/GLAccounts", shown)
        for own in ("GLRevenue", "GLCosts", "GLStock")
        for shown in ("Code", "Description")
    }


class Units(Entity):
    """Units of items (chapter 4.11)."""

    name = "Logistics/Units"


class VATCodes(Entity):
    """VAT codes; ``Percentage`` is a fraction (chapter 4.12)."""

    name = "VAT/VATCodes"

    def save(self, context, row):
        """Store with the code padded: ``4  `` (chapter 3.3)."""
        row.data["Code"] = row.data["Code"].strip().ljust(3)
        return super().save(context, row)


class Journals(Entity):
    """Journals; type 20 is sales (chapter 4.13)."""

    name = "Financial/Journals"
    derived = {
        "GLAccountCode": reference("GLAccount", "Financial/GLAccounts", "Code"),
        "GLAccountDescription": reference("GLAccount", "Financial/GLAccounts", "Description"),
    }


class GLAccounts(Entity):
    """Ledger accounts (chapter 4.13)."""

    name = "Financial/GLAccounts"
    needs_select = True
    derived = {"VATDescription": reference("VATCode", "VAT/VATCodes", "Description", "Code")}


class FinancialPeriods(Entity):
    """Periods; a date outside all of them has no financial year (chapter 4.13)."""

    name = "Financial/FinancialPeriods"


class PaymentConditions(Entity):
    """Payment conditions (chapter 4.14)."""

    name = "Cashflow/PaymentConditions"


class Currencies(Entity):
    """Currencies (chapter 4.14)."""

    name = "General/Currencies"


class ExchangeRates(Entity):
    """Rates of foreign currencies."""

    name = "Financial/ExchangeRates"
