"""Fills the books of an administration: ledger, VAT, journals, items, relations."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ..entities.periods import make_year
from ..rows import Row

# Types whose balance is on the credit side: suppliers, VAT, revenue (chapter 4.13).
_CREDIT = {22, 24, 110}
# What one of a currency is worth in euros.
_RATES = {"GBP": "1.15", "USD": "0.92"}


@dataclass(frozen=True)
class Books:
    """What stands in the books of an administration.

    :param division: properties of the administration
    :param ledger: (code, description, type, balance type)
    :param to_pay: ledger account of VAT to pay
    :param to_claim: ledger account of VAT to claim
    :param vat_codes: :class:`~exact_sandbox.demo.vat.Vat`
    :param journals: (code, description, type, ledger account or None, blocked)
    :param conditions: payment conditions: (code, description, days, ends of months); the first is
        the default
    :param units: (code, description, type, time unit or None, default)
    :param stock: ledger account of stock
    :param costs: ledger account of the cost of goods
    :param item_groups: (code, description, default, ledger account of revenue)
    :param items: (code, description, group, unit, price, VAT code, fractions allowed, sales item)
    :param currencies: (code, description); the first is the administration's own
    :param cost_centers: (code, description)
    :param cost_units: (code, description)
    :param customers: (name, city, country, further properties)
    :param others: (name, status) of relations that are no customers
    """

    division: dict
    ledger: tuple
    to_pay: str
    to_claim: str
    vat_codes: tuple
    journals: tuple
    default_journal: str
    conditions: tuple
    units: tuple
    stock: str
    costs: str
    item_groups: tuple
    items: tuple
    currencies: tuple
    cost_centers: tuple
    cost_units: tuple
    customers: tuple
    others: tuple


def seed_books(context, name, books):
    """Fill one administration, which has this name."""
    _administration(context, name, books)
    ledger = _ledger(context, books)
    _vat(context, books, ledger)
    _journals(context, books, ledger)
    _terms(context, books)
    _items(context, books, ledger)
    _relations(context, books)


def _save(context, entity, **values):
    handler = context.sandbox.entities[entity]
    return handler.save(context, handler.new_row(context, values))


def _administration(context, name, books):
    currency = books.currencies[0][0]
    context.sandbox.store.execute(
        "INSERT INTO administrations (code, name, currency, default_journal, "
        "default_payment_condition) VALUES (?, ?, ?, ?, ?)",
        context.division, name, currency, books.default_journal, books.conditions[0][0],
    )  # fmt: skip
    data = {
        "Code": context.division,
        "Hid": context.division + 5000,
        "Description": name,
        "CustomerName": "Keeping",
        "CustomerCode": " " * 12 + "104233",
        "Customer": context.sandbox.new_id(),
        "Currency": currency,
        "Status": 1,
        "BlockingStatus": 0,
        "StartDate": datetime(2019, 1, 1),
        "Created": context.now,
        "Modified": context.now,
        **books.division,
    }
    context.rows.save(Row(0, "System/Divisions", str(context.division), 0, data))


def _ledger(context, books):
    keys = {}
    for code, description, kind, balance in books.ledger:
        row = _save(
            context, "Financial/GLAccounts", Code=code, Description=description, Type=kind,
            BalanceType=balance, BalanceSide="C" if kind in _CREDIT else "D", IsBlocked=False,
            UseCostcenter=0, UseCostunit=0,
        )  # fmt: skip
        keys[code] = row.key
    for entity, pairs in (("Costcenters", books.cost_centers), ("Costunits", books.cost_units)):
        for code, description in pairs:
            values = {"Active": True} if entity == "Costcenters" else {}
            _save(context, f"HRM/{entity}", Code=code, Description=description, **values)
    return keys


def _vat(context, books, ledger):
    country = books.division["Country"].strip()
    for code in books.vat_codes:
        values = code.values(country, ledger[books.to_pay], ledger[books.to_claim])
        row = _save(context, "VAT/VATCodes", **values)
        for percentage in code.percentages():
            _save(context, "VAT/VatPercentages", VATCodeID=row.key, **percentage)


def _journals(context, books, ledger):
    for code, description, kind, account, blocked in books.journals:
        _save(
            context, "Financial/Journals", Code=code, Description=description, Type=kind,
            GLAccount=ledger.get(account), IsBlocked=blocked, Currency=books.currencies[0][0],
            AllowVAT=True, AllowVariableCurrency=True, AllowVariableExchangeRate=True,
        )  # fmt: skip


def _terms(context, books):
    for code, description, days, months in books.conditions:
        _save(
            context, "Cashflow/PaymentConditions", Code=code, Description=description,
            PaymentDays=days, PaymentEndOfMonths=months, PaymentMethod="B", Percentage=Decimal(1),
        )  # fmt: skip
    own = books.currencies[0][0]
    for code, description in books.currencies:
        row = Row(context.division, "General/Currencies", code, 0)
        row.data = {
            "Code": code, "Description": description, "AmountPrecision": Decimal("0.01"),
            "PricePrecision": Decimal("0.01"), "Created": context.now, "Modified": context.now,
        }  # fmt: skip
        context.rows.save(row)
        if code != own:
            _save(
                context, "Financial/ExchangeRates", SourceCurrency=code, TargetCurrency=own,
                Rate=Decimal(_RATES[code]), StartDate=datetime(2020, 1, 1),
            )  # fmt: skip
    for year in range(context.now.year - 1, context.now.year + 2):
        make_year(context, year)


def _items(context, books, ledger):
    for code, description, kind, time_unit, main in books.units:
        _save(
            context, "Logistics/Units", Code=code, Description=description, Type=kind,
            TimeUnit=time_unit, Main=main, Active=True,
        )  # fmt: skip
    groups = {}
    for code, description, default, revenue in books.item_groups:
        row = _save(
            context, "Logistics/ItemGroups", Code=code, Description=description, IsDefault=default,
            GLRevenue=ledger[revenue], GLCosts=ledger[books.costs], GLStock=ledger[books.stock],
        )  # fmt: skip
        groups[code] = row.key
    handler = context.sandbox.entities["Logistics/Items"]
    for code, description, group, unit, price, vat, fraction, sales in books.items:
        values = {
            "Code": code, "Description": description, "ItemGroup": groups[group], "Unit": unit,
            "SalesVatCode": vat, "IsFractionAllowedItem": fraction, "IsSalesItem": sales,
            "StandardSalesPrice": Decimal(price), "IsTime": int(unit == "hour"),
        }  # fmt: skip
        handler.create(context, values)


def _relations(context, books):
    handler = context.sandbox.entities["CRM/Accounts"]
    for index, (name, city, country, extra) in enumerate(books.customers):
        values = {
            "Name": name,
            "City": city,
            "Country": country,
            "Status": "C",
            "Email": f"administratie@relatie{index + 1}.example",
            "Language": "NL" if country in ("NL", "BE") else "EN",
            "SearchCode": "".join(item for item in name.upper() if item.isalnum())[:9],
            "VATNumber": f"NL80{1000000 + index * 7919}B01" if country == "NL" else None,
            "ChamberOfCommerce": f"{30000000 + index * 4099}" if country == "NL" else None,
            **extra,
        }
        handler.create(context, values)
    home = books.division["Country"].strip()
    for name, status in books.others:
        handler.create(context, {"Name": name, "Status": status, "Country": home})
