"""``crm/Accounts``: chapter 4.8."""

import re

from ..errors import business_error
from .base import Entity, reference
from .lengths import fit_texts

EMAIL = re.compile(r"[^@\s;,]+@[^@\s;,]+\.[^@\s;,]+")
_STATUSES = {"A", "C", "P", "S"}
_CODE_WIDTH = 18
INVOICES = "SalesInvoice/SalesInvoices"

# The list as Exact gave it in 2022 (picqer #591).
FILTER_FIELDS = (
    "Accountant", "AccountManager", "AddressLine1", "AddressLine2", "AddressLine3", "Blocked",
    "BRIN", "BSN", "ChamberOfCommerce", "City", "Classification1", "Classification2",
    "Classification3", "Classification4", "Classification5", "Classification6",
    "Classification7", "Classification8", "Classification", "Code", "CodeAtSupplier", "Country",
    "Created", "Email", "EndDate", "Fax", "ID", "InvoiceAccount", "IsAccountant", "IsReseller",
    "IsSales", "IsSupplier", "MainContact", "Modified", "Name", "Parent", "Phone", "Postcode",
    "PriceList", "Reseller", "RSIN", "SearchCode", "StartDate", "Status", "Type", "VATNumber",
)  # fmt: skip
_COUNTRIES = {
    "AT": "Austria", "BE": "Belgium", "CH": "Switzerland", "DE": "Germany", "DK": "Denmark",
    "ES": "Spain", "FR": "France", "GB": "United Kingdom", "IE": "Ireland", "IT": "Italy",
    "LU": "Luxembourg", "NL": "Netherlands", "NO": "Norway", "PL": "Poland", "PT": "Portugal",
    "SE": "Sweden", "US": "United States",
}  # fmt: skip
_CODED = (
    ("PaymentConditionSales", "Cashflow/PaymentConditions", "PaymentCondition"),
    ("PaymentConditionPurchase", "Cashflow/PaymentConditions", "PaymentCondition"),
    ("SalesVATCode", "VAT/VATCodes", "VAT code"),
    ("PurchaseVATCode", "VAT/VATCodes", "VAT code"),
    ("SalesCurrency", "General/Currencies", "Currency"),
    ("PurchaseCurrency", "General/Currencies", "Currency"),
)

# Of several uses the first is told: an account with documents was refused for these (5.4).
_USES = (
    ("Documents/Documents", "Documents", ("Account",)),
    (INVOICES, "Sales invoices", ("OrderedBy", "InvoiceTo", "DeliverTo")),
)


def padded_code(code):
    """Return an account code filled up with blanks in front (chapter 3.3)."""
    return code.strip().rjust(_CODE_WIDTH)


class Accounts(Entity):
    """Relations; a customer is one with Status ``C``."""

    name = "CRM/Accounts"
    needs_select = True
    filter_fields = FILTER_FIELDS
    writable = ("POST", "PUT", "DELETE")
    derived = {
        "IsSales": lambda context, row: row.get("Status") == "C",
        "CountryName": lambda context, row: _COUNTRIES.get(row.get("Country", "").strip()),
        "InvoiceAccountName": reference("InvoiceAccount", "CRM/Accounts", "Name"),
        "InvoiceAccountCode": reference("InvoiceAccount", "CRM/Accounts", "Code"),
        **{
            f"{own}Description": reference(own, entity, "Description", "Code")
            for own, entity, _label in _CODED
        },
    }

    def create(self, context, values):
        """Make an account: only Name is mandatory; Code is the next number (chapter 4.8)."""
        administration = context.sandbox.administration(context.division)
        values.setdefault("Status", "A")
        values.setdefault("SalesCurrency", administration["currency"])
        values.setdefault("PurchaseCurrency", administration["currency"])
        defaults = {"Type": "A", "Blocked": False, "IsSupplier": False}
        row = self.new_row(context, {**defaults, "StartDate": context.today(), **values})
        self._check(context, row)
        code = (values.get("Code") or "").strip() or self._next_code(context)
        self._set_code(context, row, code)
        self._set_status(context, row, None)
        return self.save(context, row)

    def update(self, context, row, values):
        """Change an account; sending Code is refused when it exists, also unchanged (#416)."""
        before = row.get("Status")
        code = values.pop("Code", None)
        row.data.update(values)
        self._check(context, row)
        if code is not None:
            self._set_code(context, row, code)
        self._set_status(context, row, before)
        self.touch(context, row)
        self.save(context, row)

    def delete(self, context, row):
        """Remove an account that no document and no invoice uses (chapter 4.8)."""
        for entity, label, names in _USES:
            for name in names:
                if context.rows.first(context.division, entity, **{name: row.key}):
                    what, where = context.sentence("Account"), context.sentence(label)
                    raise business_error(context.sentence("delete", what=what, where=where))
        self.remove(context, row, 2)

    def _check(self, context, row):
        if not (row.get("Name") or "").strip():
            raise context.refused(("mandatory", "Name"))
        fit_texts(context, row)
        if row.get("Status") not in _STATUSES:
            raise context.refused(("invalid", "Status"))
        if row.get("Email") and not EMAIL.fullmatch(row.get("Email")):
            raise context.refused(("invalid", "Email"))
        if row.get("Country") and row.get("Country").strip() not in _COUNTRIES:
            raise context.refused(("reference", "Country"))
        for name, entity, label in _CODED:
            if row.get(name) and not context.lookup(entity, "Code", row.get(name)):
                raise context.refused(("reference", label))
        other = row.get("InvoiceAccount")
        if other and not self.get(context, other):
            raise context.refused(("reference", "InvoiceTo"))

    def _set_code(self, context, row, code):
        wanted = padded_code(code)
        if not wanted.strip() or len(wanted) > _CODE_WIDTH:
            raise context.refused(("invalid", "Code"))
        if context.rows.first(context.division, self.name, Code=wanted):
            raise business_error(context.sentence("exists"))
        row.data["Code"] = wanted

    def _next_code(self, context):
        """Return the highest number plus one (KB-tips)."""
        values = context.rows.values(context.division, self.name, "Code")
        codes = (code.strip() for code in values)
        return str(max((int(code) for code in codes if code.isdigit()), default=0) + 1)

    @staticmethod
    def _set_status(context, row, before):
        if row.get("Status") != before:
            row.data["StatusSince"] = context.today()
            if row.get("Status") == "C":
                row.data.setdefault("CustomerSince", context.today())
