"""``salesinvoice/SalesInvoiceLines``: chapter 4.4."""

from decimal import Decimal

from ..money import ZERO
from .base import Entity, reference
from .pricing import price_line

ITEMS, UNITS, VAT = "Logistics/Items", "Logistics/Units", "VAT/VATCodes"
INVOICES = "SalesInvoice/SalesInvoices"


class SalesInvoiceLines(Entity):
    """Lines of sales invoices; they change only while their invoice is open."""

    name = "SalesInvoice/SalesInvoiceLines"
    needs_select = True
    writable = ("POST", "PUT", "DELETE")
    derived = {
        "ItemCode": reference("Item", ITEMS, "Code"),
        "ItemDescription": reference("Item", ITEMS, "Description"),
        "UnitDescription": reference("UnitCode", UNITS, "Description", "Code"),
        "VATCodeDescription": reference("VATCode", VAT, "Description", "Code"),
        "GLAccountDescription": reference("GLAccount", "Financial/GLAccounts", "Description"),
    }

    @property
    def invoices(self):
        """The handler of invoices."""
        return self.registry[INVOICES]

    def create(self, context, values):
        """Add a line to an open invoice."""
        invoice = context.lookup(INVOICES, None, values.get("InvoiceID"))
        if invoice is None:
            kind = "reference" if values.get("InvoiceID") else "mandatory"
            raise context.refused((kind, "InvoiceID"))
        self.invoices.check_open(context, invoice)
        number = max((line.data["LineNumber"] for line in self.of(context, invoice)), default=0) + 1
        line = self.build(context, invoice, values, number)
        self.save(context, line)
        self.invoices.recalculate(context, invoice)
        return line

    def update(self, context, row, values):
        """Change a line of an open invoice."""
        invoice = self._open_invoice(context, row)
        if values.pop("InvoiceID", invoice.key) != invoice.key:
            raise context.refused(("not_allowed", "InvoiceID"))
        self._forget(row, values)
        row.data.update(self._sent(values))
        self._complete(context, invoice, row)
        self.touch(context, row)
        self.save(context, row)
        self.invoices.recalculate(context, invoice)

    def delete(self, context, row):
        """Remove a line of an open invoice."""
        invoice = self._open_invoice(context, row)
        context.rows.delete(row)
        self.invoices.recalculate(context, invoice)

    def _open_invoice(self, context, row):
        invoice = context.lookup(INVOICES, None, row.get("InvoiceID"))
        self.invoices.check_open(context, invoice)
        return invoice

    def of(self, context, invoice):
        """Return the lines of an invoice in their order."""
        lines = context.rows.find(context.division, self.name, {"InvoiceID": invoice.key})
        return sorted(lines, key=lambda line: line.data["LineNumber"])

    def build(self, context, invoice, values, number):
        """Return a new, complete, unsaved line."""
        line = self.new_row(context, self._sent(values))
        line.data.update(InvoiceID=invoice.key, LineNumber=number)
        self._complete(context, invoice, line)
        return line

    @staticmethod
    def _forget(row, values):
        """Drop what the change makes stale, so that it is worked out or defaulted anew."""
        stale = set()
        if {"VATCode", "UnitPrice", "AmountFC", "Quantity", "Item"} & set(values):
            stale.add("_VATAmountFC")
        if {"UnitPrice", "Discount", "AmountFC", "Item"} & set(values):
            stale.add("_NetPrice")
        if "AmountFC" in values:
            stale.add("UnitPrice")
        if values.get("Item", row.get("Item")) != row.get("Item"):
            stale |= {"UnitCode", "GLAccount", "VATCode", "Description", "UnitPrice", "AmountFC"}
        for name in stale:
            row.data.pop(name, None)

    @staticmethod
    def _sent(values):
        """Keep apart what the client fixed and what is worked out anew at every change."""
        kept = dict(values)
        for name in ("NetPrice", "VATAmountFC", "VATPercentage"):
            if name in kept:
                kept[f"_{name}"] = kept.pop(name)
        return kept

    def _complete(self, context, invoice, line):
        """Check a line, fill in its defaults and its amounts."""
        item = self._item(context, line)
        data = line.data
        for name, default in (("Quantity", Decimal(1)), ("Discount", ZERO)):
            data[name] = line.get(name, default)
        whole = data["Quantity"] == data["Quantity"].to_integral_value()
        if not whole and not item.get("IsFractionAllowedItem"):
            raise context.refused(("invalid", "Quantity"))
        data["Description"] = line.get("Description", item.get("Description"))
        data["UnitCode"] = self._unit(context, line, item)
        data["GLAccount"] = self._ledger(context, line, item)
        vat_code = self._vat_code(context, invoice, line, item)
        data["VATCode"] = vat_code.get("Code") if vat_code else None
        data["UnitPrice"] = self._unit_price(line, item)
        price_line(line, vat_code)
        sent = data.pop("_VATPercentage", None)
        if sent is not None and sent != data["VATPercentage"]:
            raise context.refused(("invalid", "VAT percentage"))

    @staticmethod
    def _unit_price(line, item):
        """The price sent, else what makes up the amount sent, else the item's (chapter 4.10)."""
        price, amount = line.get("UnitPrice"), line.get("AmountFC")
        if price is None and amount is not None and line.data["Quantity"]:
            return amount / line.data["Quantity"]
        return item.get("StandardSalesPrice", ZERO) if price is None else price

    @staticmethod
    def _item(context, line):
        if not line.get("Item"):
            raise context.refused(("mandatory", "Item"))
        item = context.lookup(ITEMS, None, line.get("Item"))
        if item is None:
            raise context.refused(("reference", "Item"))
        if not item.get("IsSalesItem"):
            raise context.refused(("not_allowed", "Item (Sales)"))
        return item

    @staticmethod
    def _unit(context, line, item):
        code = line.get("UnitCode") or item.get("Unit")
        if not code:
            raise context.refused(("mandatory", "Unit"))
        unit = context.lookup(UNITS, "Code", code)
        if unit is None:
            raise context.refused(("reference", "Unit"))
        return unit.get("Code")

    @staticmethod
    def _ledger(context, line, item):
        """The account sent, else the item's, else that of its group (chapter 4.4)."""
        key = line.get("GLAccount") or item.get("GLRevenue")
        if not key:
            group = context.lookup("Logistics/ItemGroups", None, item.get("ItemGroup"))
            key = group.get("GLRevenue") if group else None
        if not key:
            raise context.refused(("mandatory", "GLAccount"))
        if context.lookup("Financial/GLAccounts", None, key) is None:
            raise context.refused(("reference", "GLAccount"))
        return key

    @staticmethod
    def _vat_code(context, invoice, line, item):
        """The code sent, else the customer's, else the item's, else none (chapter 4.4).

        A blocked code, or one for purchases only, is not allowed in a sales journal.
        """
        account = context.lookup("CRM/Accounts", None, invoice.get("InvoiceTo"))
        code = line.get("VATCode") or account.get("SalesVATCode") or item.get("SalesVatCode")
        if not code or not code.strip():
            return None
        found = context.lookup(VAT, "Code", code)
        if found is None:
            raise context.refused(("reference", "VAT code"))
        if found.get("IsBlocked") or found.get("VATTransactionType") == "P":
            raise context.refused(("not_allowed", "VAT code"))
        return found
