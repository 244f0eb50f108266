"""``cashflow/Receivables``, ``ReceivablesList`` and sync/Cashflow/PaymentTerms: chapter 4.15."""

from datetime import datetime
from decimal import Decimal

from ..money import ZERO, cents
from ..rows import Row
from .base import Entity, reference
from .sync import Sync

RECEIVABLES, OPEN_ITEMS = "Cashflow/Receivables", "Financial/ReceivablesList"
ACCOUNTS = "CRM/Accounts"
OPEN, MATCHED = 20, 50
_RECEIPT = 20
_TRACE = 10
_NEXT_HID = "receivable_hid"
_FIRST_HID = 480001


def _signed(name):
    """Return a derived amount: whether a receivable is negative is not known (chapter 4.15)."""

    def derive(context, row):
        amount = row.get(f"_{name}", ZERO)
        return -amount if context.sandbox.settings["receivable_sign"] == "negative" else amount

    return derive


class Receivables(Entity):
    """What customers owe. ``AmountDC`` is the open part, ``TransactionAmountDC`` the whole.

    Stored amounts (with an underscore in front) are above zero for what a customer owes.
    """

    name = RECEIVABLES
    needs_select = True
    writable = ("PUT",)
    derived = {
        **{
            name: _signed(name)
            for name in ("AmountDC", "AmountFC", "TransactionAmountDC", "TransactionAmountFC")
        },
        "AccountName": reference("Account", ACCOUNTS, "Name"),
        "AccountCode": reference("Account", ACCOUNTS, "Code"),
        "AccountCountry": reference("Account", ACCOUNTS, "Country"),
        "JournalDescription": reference("Journal", "Financial/Journals", "Description", "Code"),
        "GLAccountCode": reference("GLAccount", "Financial/GLAccounts", "Code"),
        "GLAccountDescription": reference("GLAccount", "Financial/GLAccounts", "Description"),
        "PaymentConditionDescription": reference(
            "PaymentCondition", "Cashflow/PaymentConditions", "Description", "Code"
        ),
        "DocumentNumber": reference("Document", "Documents/Documents", "HID"),
        "DocumentSubject": reference("Document", "Documents/Documents", "Subject"),
    }

    def update(self, context, row, values):
        """Change what a person writes beside it; amounts follow from payments."""
        row.data.update(values)
        self.touch(context, row)
        self.save(context, row)

    def open_for(self, context, entry, owed):
        """Make the receivable of a sales entry and return it.

        :param owed: 1 when the amounts of the entry are owed, -1 when they are owed back
        """
        row = self.new_row(context, {})
        hid = int(context.sandbox.store.get_meta(_NEXT_HID, str(_FIRST_HID)))
        context.sandbox.store.set_meta(_NEXT_HID, str(hid + 1))
        row.data.update(_HID=hid, _Payments=[], EntryID=entry.key, TransactionEntryID=entry.key)
        self.follow(context, row, entry, owed)
        return row

    def follow(self, context, row, entry, owed):
        """Take over what an entry says about what is owed, and store the receivable."""
        data, said = row.data, entry.data
        journal = context.lookup("Financial/Journals", "Code", said["Journal"])
        data.update(
            Account=said["Customer"],
            Currency=said["Currency"],
            RateFC=said["Rate"],
            GLAccount=journal.get("GLAccount"),
            InvoiceDate=said["EntryDate"],
            TransactionDueDate=said["DueDate"],
            TransactionStatus=said["Status"],
            TransactionType=said["Type"],
            TransactionReportingYear=said["ReportingYear"],
            TransactionReportingPeriod=said["ReportingPeriod"],
            TransactionIsReversal=False,
            _TransactionAmountDC=said["AmountDC"] * owed,
            _TransactionAmountFC=said["AmountFC"] * owed,
        )
        for name in _COPIED:
            data[name] = said.get(name)
        settle(data)
        self.touch(context, row)
        self.save(context, row)

    def of_entry(self, context, key):
        """Return the receivable of a sales entry, or None."""
        return context.rows.first(context.division, self.name, EntryID=key)

    def drop(self, context, row):
        """Remove a receivable with its entry; sync/Deleted has it as a payment term."""
        self.remove(context, row, _TRACE)


_COPIED = (
    "Description", "Document", "DueDate", "EntryDate", "EntryNumber", "InvoiceNumber", "Journal",
    "OrderNumber", "PaymentCondition", "PaymentReference", "YourRef",
)  # fmt: skip


def settle(data):
    """Work out what is open after the payments of a receivable.

    Status 50 is matched and 20 open; a payment that is undone makes it open again (picqer #618).
    """
    whole, whole_dc = data["_TransactionAmountFC"], data["_TransactionAmountDC"]
    left = whole - paid(data) * (-1 if whole < 0 else 1)
    data["_AmountFC"] = left
    data["_AmountDC"] = whole_dc if left == whole else cents(whole_dc * left / whole)
    data["IsFullyPaid"] = left == 0
    data["Status"] = MATCHED if left == 0 else OPEN
    dates = [datetime.fromisoformat(item["date"]) for item in data["_Payments"]]
    data["LastPaymentDate"] = max(dates, default=None)
    data["EndDate"] = data["LastPaymentDate"] if left == 0 else None


def paid(data):
    """Return the sum of the payments of a receivable, above zero in both directions."""
    return sum((Decimal(item["amount"]) for item in data["_Payments"]), ZERO)


class ReceivablesList(Entity):
    """Open items only: who is processed and not here has been paid (chapter 4.15)."""

    name = OPEN_ITEMS
    # "Filtering is limited" (picqer #503); by what is not known. These are keys and numbers.
    only_filter_fields = (
        "AccountCode", "AccountId", "EntryNumber", "HID", "Id", "InvoiceNumber", "JournalCode",
    )  # fmt: skip
    # InvoiceNumber holds the entry number, also when an entry has another invoice number.
    _FROM = {
        "InvoiceNumber": "EntryNumber",
        "AccountId": "Account",
        "CurrencyCode": "Currency",
        "Id": "ID",
        "JournalCode": "Journal",
    }

    def fetch(self, context, condition):
        """Return a row for each receivable of which something is open."""
        handler = self.registry[RECEIVABLES]
        found = context.rows.find(context.division, RECEIVABLES, {"Status": OPEN})
        return [self._item(context, handler, row) for row in found]

    def _item(self, context, handler, row):
        data = {
            name: handler.value(context, row, self._FROM.get(name, name))
            for name in self.type.properties
            if self._FROM.get(name, name) in handler.type.properties
        }
        data.update(HID=row.data["_HID"], Amount=row.get("_AmountFC"), AmountInTransit=ZERO)
        return Row(row.division, self.name, str(row.data["_HID"]), row.timestamp, data)

    def get(self, context, key):
        """Return the open item with a number, or None."""
        return next((row for row in self.fetch(context, None) if row.data["HID"] == key), None)


class PaymentTerms(Sync):
    """``sync/Cashflow/PaymentTerms``: receipts by timestamp; there are no payments to suppliers."""

    name = "Sync/Cashflow/PaymentTerms"
    base = RECEIVABLES

    def value(self, context, row, name):
        """Return a property of the receivable; LineType tells that it is one."""
        return _RECEIPT if name == "LineType" else super().value(context, row, name)
