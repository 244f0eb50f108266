"""``logistics/Items``: chapter 4.10."""

from ..errors import business_error
from ..money import ZERO
from .base import Entity, reference
from .lengths import fit_texts

# The list begins as Exact gave it in 2022 (picqer #591, where it is cut off after the free
# fields); the rest is what a catalogue is searched by.
FILTER_FIELDS = (
    "Barcode",
    *(f"Class_{number:02}" for number in range(1, 11)),
    *("Code", "CostPriceNew", "Created", "Description", "EndDate", "ExtraDescription"),
    *(f"FreeBoolField_{number:02}" for number in range(1, 6)),
    *(f"FreeDateField_{number:02}" for number in range(1, 6)),
    *(f"FreeNumberField_{number:02}" for number in range(1, 9)),
    *(f"FreeTextField_{number:02}" for number in range(1, 11)),
    *("ID", "IsSalesItem", "ItemGroup", "Modified", "SearchCode", "StartDate", "Unit"),
)
# In the order of the documented text, Stock before Costs (chapter 5.4).
_LEDGERS = ("GLRevenue", "GLStock", "GLCosts")


class Items(Entity):
    """Items; one that can be invoiced has ``IsSalesItem``."""

    name = "Logistics/Items"
    needs_select = True
    filter_fields = FILTER_FIELDS
    writable = ("POST", "PUT", "DELETE")
    derived = {
        "ItemGroupCode": reference("ItemGroup", "Logistics/ItemGroups", "Code"),
        "ItemGroupDescription": reference("ItemGroup", "Logistics/ItemGroups", "Description"),
        "UnitDescription": reference("Unit", "Logistics/Units", "Description", "Code"),
        "UnitType": reference("Unit", "Logistics/Units", "Type", "Code"),
        "SalesVatCodeDescription": reference("SalesVatCode", "VAT/VATCodes", "Description", "Code"),
        **{
            f"{own}{shown}": reference(own, "Financial/GLAccounts", shown)
            for own in _LEDGERS
            for shown in ("Code", "Description")
        },
    }

    def create(self, context, values):
        """Make an item; group and unit default to those of the administration (chapter 4.11)."""
        defaults = {
            "StartDate": context.today(),
            "IsSalesItem": False,
            "IsFractionAllowedItem": False,
            "IsStockItem": False,
            "IsPurchaseItem": False,
            "IsTime": 0,
            "StandardSalesPrice": ZERO,
        }
        row = self.new_row(context, {**defaults, **values})
        row.data["ItemGroup"] = row.get("ItemGroup") or self._default_key(context)
        row.data["Unit"] = row.get("Unit") or self._default_unit(context)
        fit_texts(context, row)
        self._check(context, row, row.get("Code"))
        return self.save(context, row)

    def update(self, context, row, values):
        """Change an item."""
        before = row.get("Code")
        row.data.update(values)
        fit_texts(context, row)
        changed = row.get("Code") if row.get("Code") != before else None
        self._check(context, row, changed)
        self.touch(context, row)
        self.save(context, row)

    def delete(self, context, row):
        """Remove an item that no invoice uses."""
        if context.rows.first(context.division, "SalesInvoice/SalesInvoiceLines", Item=row.key):
            what, where = context.sentence("Item"), context.sentence("Sales invoices")
            raise business_error(context.sentence("delete", what=what, where=where))
        self.remove(context, row, 9)

    @staticmethod
    def _default_key(context):
        group = context.rows.first(context.division, "Logistics/ItemGroups", IsDefault=1)
        return group.key if group else None

    @staticmethod
    def _default_unit(context):
        unit = context.rows.first(context.division, "Logistics/Units", Main=1)
        return unit.get("Code") if unit else None

    def _check(self, context, row, new_code):
        missing = [
            ("mandatory", label)
            for label in ("Code", "Description")
            if not (row.get(label) or "").strip()
        ]
        if missing:
            raise context.refused(*missing)
        if new_code and context.rows.first(context.division, self.name, Code=new_code):
            raise business_error(context.sentence("exists"))
        self._check_group(context, row)
        if not row.get("Unit"):
            raise context.refused(("mandatory", "Unit"))
        if not context.lookup("Logistics/Units", "Code", row.get("Unit")):
            raise context.refused(("reference", "Unit"))
        vat_code = row.get("SalesVatCode")
        if vat_code and not context.lookup("VAT/VATCodes", "Code", vat_code):
            raise context.refused(("reference", "VAT code"))
        for name in _LEDGERS:
            if row.get(name) and not context.lookup("Financial/GLAccounts", None, row.get(name)):
                raise context.refused(("reference", "GLAccount"))

    @staticmethod
    def _check_group(context, row):
        """An item needs a group with accounts (chapter 5.4)."""
        if not row.get("ItemGroup"):
            raise context.refused(("mandatory", "Item group"))
        group = context.lookup("Logistics/ItemGroups", None, row.get("ItemGroup"))
        if not group:
            raise context.refused(("reference", "Item group"))
        missing = [name.removeprefix("GL") for name in _LEDGERS if not group.get(name)]
        if missing:
            accounts = " / ".join(context.sentence(name) for name in missing)
            name = group.get("Description")
            raise business_error(context.sentence("group accounts", name=name, accounts=accounts))
