"""``salesinvoice/SalesInvoices``: chapter 4.3."""

from decimal import Decimal

from ..errors import STREAM, ApiError
from .base import Entity, reference
from .contacts import Contacts
from .documents import DOCUMENTS
from .invoice_lines import INVOICES, SalesInvoiceLines
from .lengths import fit_texts
from .numbers import free_number
from .periods import check_entry
from .pricing import convert_line, total_invoice
from .terms import due_date, exchange_rate, midnight, payment_condition, sales_journal

ACCOUNTS = "CRM/Accounts"
LINES = SalesInvoiceLines.name
PROCESSED = 50
INVOICE, CREDIT_NOTE = 8020, 8021
_ACCOUNT_FIELDS = ("OrderedBy", "InvoiceTo", "DeliverTo")
CONTACTS = "CRM/Contacts"
_TOTALS = (
    "AmountDC", "AmountFC", "AmountFCExclVat", "AmountDiscount", "AmountDiscountExclVat",
    "VATAmountDC", "VATAmountFC",
)  # fmt: skip

# Not known (chapter 11, point 10): the fields an invoice can be looked up by, as in the list
# of crm/Accounts: keys, numbers, parties, dates, texts. Amounts and derived names are not in it.
FILTER_FIELDS = (
    "Created", "Creator", "DeliverTo", "Description", "DueDate", "InvoiceDate", "InvoiceID",
    "InvoiceNumber", "InvoiceTo", "Journal", "Modified", "OrderDate", "OrderNumber", "OrderedBy",
    "Status", "Type", "YourRef",
)  # fmt: skip


def _status_text(context, row):
    return context.sentence(f"status {row.data['Status']}")


def _contact_name(own):
    def derive(context, row):
        contact = context.lookup(CONTACTS, None, row.get(f"{own}ContactPerson"))
        return Contacts.derived["FullName"](context, contact) if contact else None

    return derive


class SalesInvoices(Entity):
    """Sales invoices, made open (Status 20) and changed only while they are."""

    name = INVOICES
    needs_select = True
    filter_fields = FILTER_FIELDS
    writable = ("POST", "PUT", "DELETE")
    inner = {"SalesInvoiceLines": LINES}
    derived = {
        **{f"{own}Name": reference(own, ACCOUNTS, "Name") for own in _ACCOUNT_FIELDS},
        **{f"{own}ContactPersonFullName": _contact_name(own) for own in _ACCOUNT_FIELDS},
        "JournalDescription": reference("Journal", "Financial/Journals", "Description", "Code"),
        "PaymentConditionDescription": reference(
            "PaymentCondition", "Cashflow/PaymentConditions", "Description", "Code"
        ),
        "SalespersonFullName": lambda context, row: row.data.get("_SalespersonFullName"),
        "StatusDescription": _status_text,
        "TypeDescription": lambda context, row: context.sentence(f"type {row.data['Type']}"),
        "DocumentNumber": reference("Document", DOCUMENTS, "HID"),
        "DocumentSubject": reference("Document", DOCUMENTS, "Subject"),
    }

    @property
    def lines(self):
        """The handler of lines."""
        return self.registry[LINES]

    def children(self, context, row, name):
        """Return the lines of an invoice; it has no order charge lines."""
        if name == "SalesInvoiceLines":
            return self.lines, self.lines.of(context, row)
        return self.lines, []

    # Writing

    def create(self, context, values):
        """Make an invoice with its lines, and return it."""
        lines = values.pop("SalesInvoiceLines", None)
        row = self.new_row(context, values)
        row.data["Status"] = context.sandbox.settings["invoice_status"]
        self.check_parties(context, row)
        if not lines:
            raise context.refused(("mandatory", "Lines"))
        self._complete(context, row, values)
        row.data["OrderNumber"] = self._order_number(context, row.get("OrderNumber"))
        if context.sandbox.settings["invoice_number"] == "entry":
            self.give_number(context, row)
        built = [
            self.lines.build(context, row, item, number) for number, item in enumerate(lines, 1)
        ]
        self._store(context, row, built)
        return row

    def update(self, context, row, values):
        """Change the header of an open invoice; lines have their own address (chapter 4.3)."""
        self.check_open(context, row)
        if "SalesInvoiceLines" in values:
            raise ApiError(400, STREAM)
        number = values.pop("OrderNumber", None)
        if number is not None and number != row.get("OrderNumber"):
            row.data["OrderNumber"] = self._order_number(context, number)
        if {"PaymentCondition", "OrderDate"} & set(values):
            row.data.pop("DueDate", None)
            row.data.pop("_DueDate", None)
        before = dict(row.data)
        row.data.update(values)
        self.check_parties(context, row)
        self._complete(context, row, values)
        if before.get("InvoiceNumber") and before["Journal"] != row.data["Journal"]:
            self.give_number(context, row)
        lines = self.lines.of(context, row)
        if before["_Sign"] != row.data["_Sign"]:
            for line in lines:
                self.lines.price(context, row, line)
        self.touch(context, row)
        self._store(context, row, lines)

    def delete(self, context, row):
        """Remove an invoice that is not processed; sync/Deleted tells of it (chapter 4.19)."""
        self.check_open(context, row)
        for line in self.lines.of(context, row):
            context.rows.delete(line)
        self.remove(context, row, 13)

    def check_open(self, context, row):
        """Refuse a change of a processed invoice; the true text is unknown (chapter 11)."""
        if row.data["Status"] == PROCESSED:
            raise context.refused(("not_allowed", "Invoice (Status)"))

    def recalculate(self, context, row):
        """Work out totals again, and give header and lines new timestamps (chapter 4.19)."""
        self._store(context, row, self.lines.of(context, row))

    def give_number(self, context, row):
        """Take the next free number of the journal (chapter 4.3)."""
        row.data["InvoiceNumber"] = free_number(
            context, row.data["Journal"], row.data["InvoiceDate"].year
        )

    def _store(self, context, row, lines):
        rate = exchange_rate(context, row.data["Currency"], row.data["OrderDate"])
        for line in lines:
            convert_line(line, rate)
        total_invoice(row, lines, rate, context.sandbox.settings["vat_rounding"])
        self.save(context, row)
        for line in lines:
            self.lines.save(context, line)

    # Checks and defaults

    def check_parties(self, context, row):
        """Customers must exist and be customers; InvoiceTo defaults to who ordered, or whom that
        card names as the one to invoice."""
        missing = [
            ("mandatory", name) for name in ("InvoiceTo", "OrderedBy") if not row.get(name)
        ]  # fmt: skip
        strict = context.sandbox.settings["invoice_to"] == "mandatory"
        if not row.get("OrderedBy") or (strict and missing):
            raise context.refused(*missing)
        wrong = [
            ("reference", name)
            for name in _ACCOUNT_FIELDS
            if row.get(name) and not context.lookup(ACCOUNTS, None, row.get(name))
        ]
        if wrong:
            raise context.refused(*wrong)
        self._check_contacts(context, row)
        ordered_by = context.lookup(ACCOUNTS, None, row.get("OrderedBy"))
        row.data["InvoiceTo"] = row.get("InvoiceTo") or ordered_by.get(
            "InvoiceAccount", ordered_by.key
        )
        row.data["DeliverTo"] = row.get("DeliverTo") or ordered_by.key
        for name in ("OrderedBy", "InvoiceTo"):
            account = context.lookup(ACCOUNTS, None, row.get(name))
            if account.get("Status") != "C":
                raise context.refused(("invalid", "Customer (Type)"))
            if account.get("Blocked"):
                raise context.refused(("not_allowed", "Customer (Blocked)"))

    @staticmethod
    def _check_contacts(context, row):
        """Contact persons must exist; whether they must be of the account is unknown."""
        for own in _ACCOUNT_FIELDS:
            key = row.get(f"{own}ContactPerson")
            if key and not context.lookup(CONTACTS, None, key):
                raise context.refused(("reference", "Contact"))

    def _complete(self, context, row, sent):
        """Check journal, period, payment condition and currency; fill in their defaults."""
        fit_texts(context, row)
        account = context.lookup(ACCOUNTS, None, row.get("InvoiceTo"))
        administration = context.sandbox.administration(context.division)
        data = row.data
        data["Type"] = row.get("Type", INVOICE)
        data["Salesperson"] = row.get("Salesperson", context.user.id)
        data["OrderDate"] = midnight(row.get("OrderDate", context.now))
        if data["Type"] not in (INVOICE, CREDIT_NOTE):
            raise context.refused(("invalid", "Type"))
        negative = context.sandbox.settings["credit_sign"] == "negative"
        data["_Sign"] = -1 if data["Type"] == CREDIT_NOTE and negative else 1
        if row.get("Document") and not context.lookup(DOCUMENTS, None, row.get("Document")):
            raise context.refused(("reference", "Document"))
        optional = context.sandbox.settings["journal"] == "optional"
        default = administration["default_journal"] if optional else None
        data["Journal"] = sales_journal(context, row.get("Journal") or default)
        # A journal closed after the entry stands in the way of a new date, not of a new text.
        if not row.timestamp or {"Journal", "OrderDate"} & set(sent):
            check_entry(context, data["Journal"], data["OrderDate"])
        # Equal to the entry date while open (chapter 4.3).
        data["InvoiceDate"] = data["OrderDate"]
        condition = payment_condition(context, row.get("PaymentCondition"), account)
        data["PaymentCondition"] = condition.get("Code")
        due = row.get("DueDate") or due_date(data["OrderDate"], condition)
        data["DueDate"] = midnight(due)
        if "DueDate" in sent:
            data["_DueDate"] = sent["DueDate"]
        data["Currency"] = row.get("Currency") or account.get(
            "SalesCurrency", administration["currency"]
        )
        if not context.lookup("General/Currencies", "Code", data["Currency"]):
            raise context.refused(("reference", "Currency"))
        if "Discount" not in sent and data.get("Discount") is None:
            data["Discount"] = account.get("DiscountSales", Decimal(0))
        seller = context.sandbox.users.get(data["Salesperson"])
        if seller is None:
            raise context.refused(("reference", "Salesperson"))
        data["_SalespersonFullName"] = seller.full_name

    def _order_number(self, context, wanted):
        if wanted is None:
            return context.rows.highest(context.division, self.name, "OrderNumber") + 1
        if context.rows.first(context.division, self.name, OrderNumber=wanted):
            raise context.refused(("in_use", "OrderNumber"))
        return wanted

    # The answer of a POST

    def bare_answer(self, row):
        """Return the row as POST shows it without ``Prefer: return=representation``: without totals
        rather than with nulls, as in the official sample (chapter 4.3)."""
        return self.without_totals(row)

    def without_totals(self, row):
        """Return the row as in the official sample, which has no totals although lines were sent
        (chapters 4.3 and 10)."""
        for name in _TOTALS:
            row.data.pop(name, None)
        row.data["AmountFC"] = row.data["AmountDC"] = Decimal(0)
        return row
