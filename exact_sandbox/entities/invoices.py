"""``salesinvoice/SalesInvoices``: chapter 4.3."""

from calendar import monthrange
from datetime import timedelta
from decimal import Decimal

from ..errors import STREAM, ApiError
from .base import Entity, reference
from .invoice_lines import INVOICES, SalesInvoiceLines
from .pricing import convert_line, total_invoice

ACCOUNTS = "CRM/Accounts"
LINES = SalesInvoiceLines.name
PROCESSED = 50
SALES_JOURNAL = 20
_TYPES = {8020, 8021}
_ACCOUNT_FIELDS = ("OrderedBy", "InvoiceTo", "DeliverTo")
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


def _midnight(moment):
    """Dates of invoices have no time of day (chapter 3.3)."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


class SalesInvoices(Entity):
    """Sales invoices, made open (Status 20) and changed only while they are."""

    name = INVOICES
    needs_select = True
    filter_fields = FILTER_FIELDS
    writable = ("POST", "PUT", "DELETE")
    inner = {"SalesInvoiceLines": LINES}
    derived = {
        **{f"{own}Name": reference(own, ACCOUNTS, "Name") for own in _ACCOUNT_FIELDS},
        "JournalDescription": reference("Journal", "Financial/Journals", "Description", "Code"),
        "PaymentConditionDescription": reference(
            "PaymentCondition", "Cashflow/PaymentConditions", "Description", "Code"
        ),
        "SalespersonFullName": lambda context, row: row.data.get("_SalespersonFullName"),
        "StatusDescription": _status_text,
        "TypeDescription": lambda context, row: "Normal",
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
        self._check_parties(context, row)
        if not lines:
            raise context.refused(("mandatory", "Lines"))
        self._complete(context, row, values)
        row.data["OrderNumber"] = self._order_number(context, row.get("OrderNumber"))
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
        row.data.update(values)
        self._check_parties(context, row)
        self._complete(context, row, values)
        self.touch(context, row)
        self.recalculate(context, row)

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

    def _store(self, context, row, lines):
        rate = self._rate(context, row)
        for line in lines:
            convert_line(line, rate)
        total_invoice(row, lines, rate)
        self.save(context, row)
        for line in lines:
            self.lines.save(context, line)

    # Checks and defaults

    def _check_parties(self, context, row):
        """Customers must exist and be customers; InvoiceTo defaults to who ordered, or whom that
        card names as the one to invoice."""
        missing = [
            ("mandatory", name) for name in ("InvoiceTo", "OrderedBy") if not row.get(name)
        ]  # fmt: skip
        if not row.get("OrderedBy"):
            raise context.refused(*missing)
        wrong = [
            ("reference", name)
            for name in _ACCOUNT_FIELDS
            if row.get(name) and not context.lookup(ACCOUNTS, None, row.get(name))
        ]
        if wrong:
            raise context.refused(*wrong)
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

    def _complete(self, context, row, sent):
        """Check journal, period, payment condition and currency; fill in their defaults."""
        account = context.lookup(ACCOUNTS, None, row.get("InvoiceTo"))
        administration = context.sandbox.administration(context.division)
        data = row.data
        data["Type"] = row.get("Type", 8020)
        data["Salesperson"] = row.get("Salesperson", context.user.id)
        data["OrderDate"] = _midnight(row.get("OrderDate", context.now))
        if data["Type"] not in _TYPES:
            raise context.refused(("invalid", "Type"))
        data["Journal"] = self._journal(context, row, administration["default_journal"])
        self._check_period(context, data["OrderDate"])
        # Equal to the entry date while open (chapter 4.3).
        data["InvoiceDate"] = data["OrderDate"]
        condition = self._condition(context, row, account, administration)
        data["PaymentCondition"] = condition.get("Code")
        due = row.get("DueDate") or self._due_date(data["OrderDate"], condition)
        data["DueDate"] = _midnight(due)
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

    @staticmethod
    def _journal(context, row, default):
        """A journal is given by its code; a GUID is an unknown code (picqer #31)."""
        code = row.get("Journal") or default
        if not code:
            raise context.refused(("mandatory", "Journal"))
        journal = context.lookup("Financial/Journals", "Code", code)
        if journal is None:
            raise context.refused(("reference", "Journals"))
        if journal.get("Type") != SALES_JOURNAL:
            raise context.refused(("invalid", "Journal (type)"))
        if journal.get("IsBlocked"):
            raise context.refused(("not_allowed", "Journal (blocked)"))
        return journal.get("Code")

    @staticmethod
    def _check_period(context, moment):
        """A date outside every period has no financial year (chapter 4.13)."""
        periods = context.rows.find(context.division, "Financial/FinancialPeriods")
        if not any(item.data["StartDate"] <= moment <= item.data["EndDate"] for item in periods):
            raise context.refused(("mandatory", "Financial year"))

    @staticmethod
    def _condition(context, row, account, administration):
        """The condition sent, else the customer's, else the administration's (chapter 4.3)."""
        code = (
            row.get("PaymentCondition")
            or account.get("PaymentConditionSales")
            or administration["default_payment_condition"]
        )
        if not code:
            raise context.refused(("mandatory", "PaymentCondition"))
        found = context.lookup("Cashflow/PaymentConditions", "Code", code)
        if found is None:
            raise context.refused(("reference", "PaymentCondition"))
        return found

    @staticmethod
    def _due_date(moment, condition):
        """Days after the date; with months, from the end of that many months on."""
        months = condition.get("PaymentEndOfMonths", 0)
        if months:
            index = moment.year * 12 + moment.month - 1 + months - 1
            year, month = divmod(index, 12)
            moment = moment.replace(year=year, month=month + 1, day=monthrange(year, month + 1)[1])
        return moment + timedelta(days=condition.get("PaymentDays", 0))

    def _order_number(self, context, wanted):
        if wanted is None:
            return context.rows.highest(context.division, self.name, "OrderNumber") + 1
        if context.rows.first(context.division, self.name, OrderNumber=wanted):
            raise context.refused(("in_use", "OrderNumber"))
        return wanted

    @staticmethod
    def _rate(context, row):
        """The newest rate of the currency on the order date; 1 in the administration's own."""
        currency = row.data["Currency"]
        own = context.sandbox.administration(context.division)["currency"]
        if currency == own:
            return Decimal(1)
        rates = [
            item
            for item in context.rows.find(
                context.division, "Financial/ExchangeRates", {"SourceCurrency": currency}
            )
            if item.data["StartDate"] <= row.data["OrderDate"]
        ]
        if not rates:
            raise context.refused(("reference", "Currency"))
        return max(rates, key=lambda item: item.data["StartDate"]).data["Rate"]

    # The answer of a POST

    def bare_answer(self, row):
        """Return the row as POST shows it without ``Prefer: return=representation``.

        The official sample has no totals although lines were sent (chapters 4.3 and 10).
        """
        for name in _TOTALS:
            row.data.pop(name, None)
        row.data["AmountFC"] = row.data["AmountDC"] = Decimal(0)
        return row
