"""``salesentry/SalesEntries``: bookkeeping without items, documents or mails (chapter 4.7)."""

from ..errors import STREAM, ApiError, business_error
from .base import Entity, reference
from .entry_lines import ENTRIES, SalesEntryLines
from .numbers import free_number, is_taken
from .periods import check_period
from .pricing import convert_line, total_entry
from .receivables import RECEIVABLES
from .terms import due_date, exchange_rate, midnight, payment_condition, sales_journal

ACCOUNTS, JOURNALS = "CRM/Accounts", "Financial/Journals"
CONDITIONS, DOCUMENTS = "Cashflow/PaymentConditions", "Documents/Documents"
OPEN, PROCESSED = 20, 50
ENTRY, CREDIT = 20, 21
_DATED = ("EntryDate", "ReportingYear", "ReportingPeriod")


class SalesEntries(Entity):
    """Entries in a sales journal. Those of invoices are processed (50) and fixed; those made
    here stay open (20), as no call of the API processes them."""

    name = ENTRIES
    needs_select = True
    writable = ("POST", "PUT", "DELETE")
    inner = {"SalesEntryLines": SalesEntryLines.name}
    derived = {
        "CustomerName": reference("Customer", ACCOUNTS, "Name"),
        "JournalDescription": reference("Journal", JOURNALS, "Description", "Code"),
        "PaymentConditionDescription": reference(
            "PaymentCondition", CONDITIONS, "Description", "Code"
        ),
        "PaymentConditionPaymentMethod": reference(
            "PaymentCondition", CONDITIONS, "PaymentMethod", "Code"
        ),
        "DocumentNumber": reference("Document", DOCUMENTS, "HID"),
        "DocumentSubject": reference("Document", DOCUMENTS, "Subject"),
        "StatusDescription": lambda context, row: context.sentence(f"status {row.data['Status']}"),
        "TypeDescription": lambda context, row: context.sentence(f"entry type {row.data['Type']}"),
    }

    @property
    def lines(self):
        """The handler of lines."""
        return self.registry[SalesEntryLines.name]

    @property
    def receivables(self):
        """The handler of receivables."""
        return self.registry[RECEIVABLES]

    def children(self, context, row, name):
        """Return the lines of an entry."""
        return self.lines, self.lines.of(context, row)

    # Writing

    def create(self, context, values):
        """Make an entry with its lines; number and date may be chosen (chapter 4.7)."""
        lines = values.pop("SalesEntryLines", None)
        row = self.new_row(context, values)
        row.data.update(Status=OPEN, Type=ENTRY)
        self._complete(context, row)
        if not lines:
            raise context.refused(("mandatory", "Entry lines"))
        built = [
            self.lines.build(context, row, item, number) for number, item in enumerate(lines, 1)
        ]
        self.store(context, row, built)
        return row

    def update(self, context, row, values):
        """Change the header of an open entry, within its financial year."""
        self.check_open(context, row)
        if "SalesEntryLines" in values:
            raise ApiError(400, STREAM)
        year, journal, number = (
            row.data[name] for name in ("ReportingYear", "Journal", "EntryNumber")
        )
        if set(_DATED) & set(values):
            for name in ("ReportingYear", "ReportingPeriod"):
                row.data.pop(name)
        if {"EntryDate", "PaymentCondition"} & set(values):
            row.data.pop("DueDate", None)
        if values.get("Currency", row.get("Currency")) != row.get("Currency"):
            row.data.pop("Rate")
        row.data.update(values)
        if row.get("Journal", journal) != journal and "EntryNumber" not in values:
            number = row.data["EntryNumber"] = None
        self._complete(context, row, number)
        # Chapter 5.4, picqer #515.
        if row.data["ReportingYear"] != year:
            raise business_error(context.sentence("year"))
        self.touch(context, row)
        self.recalculate(context, row)

    def delete(self, context, row):
        """Remove an open entry with its lines and its receivable."""
        self.check_open(context, row)
        for line in self.lines.of(context, row):
            context.rows.delete(line)
        self.receivables.drop(context, self.receivables.of_entry(context, row.key))
        # The list of kinds in sync/Deleted has none for entries (chapter 4.19).
        context.rows.delete(row)
        context.cache.clear()

    def check_open(self, context, row):
        """Refuse a change of a processed entry, or of one on which something was paid.

        The true text is unknown (chapter 11, point 6).
        """
        receivable = self.receivables.of_entry(context, row.key)
        if row.data["Status"] == PROCESSED or receivable.data["_Payments"]:
            raise context.refused(("not_allowed", "Entry (Status)"))

    def recalculate(self, context, row):
        """Work out totals again, and what is owed by them."""
        self.store(context, row, self.lines.of(context, row))

    def store(self, context, row, lines, owed=None):
        """Store an entry with its lines and its receivable.

        :param owed: 1 or -1, whether the amounts are owed or owed back; None goes by the type,
            which is that of a credit when the total is below zero
        """
        for line in lines:
            convert_line(line, row.data["Rate"])
        total_entry(row, lines, row.data["Rate"])
        if owed is None:
            row.data["Type"] = CREDIT if row.data["AmountFC"] < 0 else ENTRY
        self.save(context, row)
        for line in lines:
            line.data["Type"] = row.data["Type"]
            line.data["VATBaseAmountFC"] = line.data["AmountFC"]
            line.data["VATBaseAmountDC"] = line.data["AmountDC"]
            self.lines.save(context, line)
        receivable = self.receivables.of_entry(context, row.key)
        if receivable is None:
            self.receivables.open_for(context, row, owed or 1)
        else:
            self.receivables.follow(context, receivable, row, owed or 1)

    # Checks and defaults

    def _complete(self, context, row, own_number=None):
        """Check customer, journal, period and number; fill in what was not sent.

        :param own_number: the number the entry has already
        """
        data = row.data
        account = self._customer(context, row)
        data["Journal"] = sales_journal(context, row.get("Journal"))
        data["EntryDate"] = midnight(row.get("EntryDate", context.now))
        period = check_period(
            context, data["Journal"], data["EntryDate"],
            row.get("ReportingYear"), row.get("ReportingPeriod"),
        )  # fmt: skip
        data["ReportingYear"] = period.data["FinYear"]
        data["ReportingPeriod"] = period.data["FinPeriod"]
        condition = payment_condition(context, row.get("PaymentCondition"), account)
        data["PaymentCondition"] = condition.get("Code")
        data["DueDate"] = midnight(row.get("DueDate") or due_date(data["EntryDate"], condition))
        administration = context.sandbox.administration(context.division)
        data["Currency"] = row.get("Currency") or account.get(
            "SalesCurrency", administration["currency"]
        )
        if not context.lookup("General/Currencies", "Code", data["Currency"]):
            raise context.refused(("reference", "Currency"))
        if row.get("Rate") is None:
            data["Rate"] = exchange_rate(context, data["Currency"], data["EntryDate"])
        if row.get("Document") and not context.lookup(DOCUMENTS, None, row.get("Document")):
            raise context.refused(("reference", "Document"))
        self._number(context, row, own_number)

    @staticmethod
    def _customer(context, row):
        if not row.get("Customer"):
            raise context.refused(("mandatory", "Customer"))
        account = context.lookup(ACCOUNTS, None, row.get("Customer"))
        if account is None:
            raise context.refused(("reference", "Customer"))
        if account.get("Status") != "C":
            raise context.refused(("invalid", "Customer (Type)"))
        if account.get("Blocked"):
            raise context.refused(("not_allowed", "Customer (Blocked)"))
        return account

    @staticmethod
    def _number(context, row, own_number):
        """The number sent, which must be free (chapter 4.7), else the next one."""
        data, wanted = row.data, row.get("EntryNumber")
        if wanted is None:
            wanted = free_number(context, data["Journal"], data["ReportingYear"])
        elif wanted != own_number and is_taken(context, data["Journal"], wanted):
            raise context.refused(("in_use", "EntryNumber"))
        if data.get("InvoiceNumber") in (None, own_number):
            data["InvoiceNumber"] = wanted
        data["EntryNumber"] = wanted
