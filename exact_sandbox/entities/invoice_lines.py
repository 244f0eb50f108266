"""``salesinvoice/SalesInvoiceLines``: chapter 4.4."""

from decimal import Decimal

from ..money import ZERO
from .base import Entity, reference
from .invoice_rules import (
    ITEMS,
    LEDGER,
    UNITS,
    VAT,
    check_costs,
    check_quantity,
    line_item,
    line_ledger,
    line_unit,
    line_vat_code,
    unit_price,
)
from .lengths import fit_texts
from .pricing import price_line

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
        "GLAccountDescription": reference("GLAccount", LEDGER, "Description"),
        "CostCenterDescription": reference("CostCenter", "HRM/Costcenters", "Description", "Code"),
        "CostUnitDescription": reference("CostUnit", "HRM/Costunits", "Description", "Code"),
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
        item = line_item(context, invoice, line)
        data = line.data
        for name, default in (("Quantity", Decimal(1)), ("Discount", ZERO)):
            data[name] = line.get(name, default)
        check_quantity(context, line, item)
        data["Description"] = line.get("Description", item.get("Description") if item else None)
        fit_texts(context, line)
        data["UnitCode"] = line_unit(context, line, item)
        data["GLAccount"] = line_ledger(context, line, item)
        check_costs(context, line)
        vat_code = line_vat_code(context, invoice, line, item)
        data["VATCode"] = vat_code.get("Code") if vat_code else None
        sign = invoice.data["_Sign"]
        data["UnitPrice"] = unit_price(line, item, sign)
        price_line(line, vat_code, sign)
        sent = data.pop("_VATPercentage", None)
        if sent is not None and sent != data["VATPercentage"]:
            raise context.refused(("invalid", "VAT percentage"))

    @staticmethod
    def price(context, invoice, line):
        """Work out the amounts of a complete line again."""
        vat_code = context.lookup(VAT, "Code", line.get("VATCode"))
        price_line(line, vat_code, invoice.data["_Sign"])
