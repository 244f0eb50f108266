"""``salesinvoice/SalesInvoiceLines``: chapter 4.4."""

from decimal import Decimal

from ..money import ZERO
from .base import reference
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
from .lines import Lines
from .pricing import price_line

INVOICES = "SalesInvoice/SalesInvoices"


class SalesInvoiceLines(Lines):
    """Lines of sales invoices; they change only while their invoice is open."""

    name = "SalesInvoice/SalesInvoiceLines"
    parent = INVOICES
    parent_key = parent_label = "InvoiceID"
    fixed = ("NetPrice", "VATAmountFC", "VATPercentage")
    derived = {
        "ItemCode": reference("Item", ITEMS, "Code"),
        "ItemDescription": reference("Item", ITEMS, "Description"),
        "UnitDescription": reference("UnitCode", UNITS, "Description", "Code"),
        "VATCodeDescription": reference("VATCode", VAT, "Description", "Code"),
        "GLAccountDescription": reference("GLAccount", LEDGER, "Description"),
        "CostCenterDescription": reference("CostCenter", "HRM/Costcenters", "Description", "Code"),
        "CostUnitDescription": reference("CostUnit", "HRM/Costunits", "Description", "Code"),
    }

    def delete(self, context, row):
        """Remove a line; the last one as the setting ``last_line`` has it.

        :raises ApiError: ``Verplicht: Factuurregels``, as without lines on POST; the true text is
            not known
        """
        invoice = self._open_document(context, row)
        if context.sandbox.settings["last_line"] == "kept" and len(self.of(context, invoice)) == 1:
            raise context.refused(("mandatory", "Lines"))
        super().delete(context, row)

    def forget(self, row, values):
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

    def complete(self, context, invoice, line):
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
        self.check_percentage(context, line)

    @staticmethod
    def price(context, invoice, line):
        """Work out the amounts of a complete line again."""
        vat_code = context.lookup(VAT, "Code", line.get("VATCode"))
        price_line(line, vat_code, invoice.data["_Sign"])
