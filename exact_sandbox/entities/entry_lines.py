"""``salesentry/SalesEntryLines``: chapter 4.7."""

from .base import reference
from .invoice_rules import LEDGER, VAT, check_ledger, check_vat_code
from .lines import Lines
from .pricing import price_entry_line

ENTRIES = "SalesEntry/SalesEntries"


class SalesEntryLines(Lines):
    """Lines of sales entries; they change only while their entry is open."""

    name = "SalesEntry/SalesEntryLines"
    parent = ENTRIES
    parent_key = "EntryID"
    parent_label = "Entry"
    fixed = ("AmountFC", "VATAmountFC", "VATPercentage")
    derived = {
        "GLAccountCode": reference("GLAccount", LEDGER, "Code"),
        "GLAccountDescription": reference("GLAccount", LEDGER, "Description"),
        "VATCodeDescription": reference("VATCode", VAT, "Description", "Code"),
    }

    def forget(self, row, values):
        """Drop a VAT amount that was sent for another code or amount."""
        if {"VATCode", "AmountFC"} & set(values):
            row.data.pop("_VATAmountFC", None)

    def complete(self, context, document, line):
        """Check amount, ledger account and VAT code of a line (chapters 4.7 and 5.4)."""
        data = line.data
        missing = [
            ("mandatory", label)
            for name, label in (("GLAccount", "GLAccount"), ("_AmountFC", "Amount"))
            if data.get(name) is None
        ]
        if missing:
            raise context.refused(*missing)
        check_ledger(context, data["GLAccount"])
        vat_code = check_vat_code(context, line.get("VATCode"), document.get("Journal"))
        if vat_code:
            data["VATCode"] = vat_code.get("Code")
        price_entry_line(line, vat_code)
        self.check_percentage(context, line)
