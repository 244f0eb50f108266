"""``salesentry/SalesEntryLines``: chapter 4.7."""

from .base import Entity, reference
from .pricing import price_entry_line

ENTRIES = "SalesEntry/SalesEntries"
LEDGER, VAT = "Financial/GLAccounts", "VAT/VATCodes"


class SalesEntryLines(Entity):
    """Lines of sales entries; they change only while their entry is open."""

    name = "SalesEntry/SalesEntryLines"
    needs_select = True
    writable = ("POST", "PUT", "DELETE")
    derived = {
        "GLAccountCode": reference("GLAccount", LEDGER, "Code"),
        "GLAccountDescription": reference("GLAccount", LEDGER, "Description"),
        "VATCodeDescription": reference("VATCode", VAT, "Description", "Code"),
    }

    @property
    def entries(self):
        """The handler of entries."""
        return self.registry[ENTRIES]

    def of(self, context, entry):
        """Return the lines of an entry in their order."""
        lines = context.rows.find(context.division, self.name, {"EntryID": entry.key})
        return sorted(lines, key=lambda line: line.data["LineNumber"])

    def create(self, context, values):
        """Add a line to an open entry."""
        entry = context.lookup(ENTRIES, None, values.get("EntryID"))
        if entry is None:
            kind = "reference" if values.get("EntryID") else "mandatory"
            raise context.refused((kind, "Entry"))
        self.entries.check_open(context, entry)
        number = max((line.data["LineNumber"] for line in self.of(context, entry)), default=0) + 1
        line = self.build(context, entry, values, number)
        self.save(context, line)
        self.entries.recalculate(context, entry)
        return line

    def update(self, context, row, values):
        """Change a line of an open entry."""
        entry = self._open_entry(context, row)
        if values.pop("EntryID", entry.key) != entry.key:
            raise context.refused(("not_allowed", "Entry"))
        if {"VATCode", "AmountFC"} & set(values):
            row.data.pop("_VATAmountFC", None)
        row.data.update(self._sent(values))
        self._complete(context, row)
        self.touch(context, row)
        self.save(context, row)
        self.entries.recalculate(context, entry)

    def delete(self, context, row):
        """Remove a line of an open entry."""
        entry = self._open_entry(context, row)
        context.rows.delete(row)
        self.entries.recalculate(context, entry)

    def _open_entry(self, context, row):
        entry = context.lookup(ENTRIES, None, row.get("EntryID"))
        self.entries.check_open(context, entry)
        return entry

    def build(self, context, entry, values, number):
        """Return a new, complete, unsaved line."""
        line = self.new_row(context, self._sent(values))
        line.data.update(EntryID=entry.key, LineNumber=number)
        self._complete(context, line)
        return line

    @staticmethod
    def _sent(values):
        """Keep apart what the client fixed and what is worked out anew at every change."""
        kept = dict(values)
        for name in ("AmountFC", "VATAmountFC", "VATPercentage"):
            if name in kept:
                kept[f"_{name}"] = kept.pop(name)
        return kept

    @staticmethod
    def _complete(context, line):
        """Check amount, ledger account and VAT code of a line (chapters 4.7 and 5.4)."""
        data = line.data
        missing = [
            ("mandatory", label)
            for name, label in (("GLAccount", "GLAccount"), ("_AmountFC", "Amount"))
            if data.get(name) is None
        ]
        if missing:
            raise context.refused(*missing)
        if context.lookup(LEDGER, None, data["GLAccount"]) is None:
            raise context.refused(("reference", "GLAccount"))
        vat_code = None
        if (line.get("VATCode") or "").strip():
            vat_code = context.lookup(VAT, "Code", data["VATCode"])
            if vat_code is None:
                raise context.refused(("reference", "VAT code"))
            if vat_code.get("IsBlocked") or vat_code.get("VATTransactionType") == "P":
                raise context.refused(("not_allowed", "VAT code"))
            data["VATCode"] = vat_code.get("Code")
        price_entry_line(line, vat_code)
        sent = data.pop("_VATPercentage", None)
        if sent is not None and sent != data["VATPercentage"]:
            raise context.refused(("invalid", "VAT percentage"))
