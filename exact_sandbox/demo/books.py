"""The books of an administration in the Netherlands: ledger, VAT, journals, relations, items."""

from datetime import datetime, timedelta
from decimal import Decimal

from ..rows import Row
from .names import CUSTOMERS, OTHERS, SMALL_CUSTOMERS

LEDGER = (
    ("1100", "Bank", 12, "B"),
    ("1300", "Debiteuren", 20, "B"),
    ("1500", "Btw hoog", 24, "B"),
    ("1510", "Btw laag", 24, "B"),
    ("1600", "Crediteuren", 22, "B"),
    ("3000", "Voorraad", 32, "B"),
    ("7000", "Kostprijs van de omzet", 111, "W"),
    ("8000", "Omzet diensten", 110, "W"),
    ("8010", "Omzet advies", 110, "W"),
    ("8020", "Omzet laag tarief", 110, "W"),
    ("8100", "Omzet binnen de EU", 110, "W"),
)
# Code, description, type, fraction, for sales/purchase/both, blocked, charged (chapter 4.12).
VAT_CODES = (
    ("0", "Geen btw", "N", "0", "B", False, False),
    ("1", "Btw hoog tarief, inclusief", "I", "0.21", "B", False, False),
    ("2", "Btw laag tarief, exclusief", "E", "0.09", "B", False, False),
    ("3", "Btw laag tarief, inclusief", "I", "0.09", "B", False, False),
    ("4", "Btw hoog tarief, exclusief", "E", "0.21", "B", False, False),
    ("5", "Btw 0%", "B", "0", "B", False, False),
    ("6", "Btw verlegd binnenland", "B", "0", "S", False, True),
    ("7", "Diensten binnen de EU, btw verlegd", "B", "0", "S", False, True),
    ("8", "Export buiten de EU", "B", "0", "S", False, False),
    ("V4", "Voorbelasting hoog tarief", "E", "0.21", "P", False, False),
    ("V2", "Voorbelasting laag tarief", "E", "0.09", "P", False, False),
    ("19", "Btw hoog tarief tot 2012", "E", "0.19", "B", True, False),
)
JOURNALS = (
    ("20", "Rabobank", 12, "1100", False),
    ("60", "Inkoopboek", 22, "1600", False),
    ("70", "Verkoopboek", 20, "1300", False),
    ("71", "Verkoopboek webwinkel", 20, "1300", False),
    ("75", "Verkoopboek tot 2020", 20, "1300", True),
    ("90", "Memoriaal", 90, None, False),
)
PAYMENT_CONDITIONS = (
    ("30", "Betaling binnen 30 dagen", 30, 0),
    ("14", "Betaling binnen 14 dagen", 14, 0),
    ("08", "Betaling binnen 8 dagen", 8, 0),
    ("00", "Contant", 0, 0),
    ("EM", "Einde van de maand", 0, 1),
)
UNITS = (
    ("hour", "Uur", "T", "hh", 0),
    ("day", "Dag", "T", "dd", 0),
    ("pc", "Stuk", "O", None, 1),
)
ITEM_GROUPS = (
    ("DIENST", "Diensten", 1, "8000"),
    ("ADVIES", "Advies", 0, "8010"),
    ("HANDEL", "Handelsgoederen", 0, "8020"),
)
# Code, description, group, unit, price, VAT code, fractions allowed, sales item.
ITEMS = (
    ("UREN", "Uren", "DIENST", "hour", "95", "4", True, True),
    ("ADVIES", "Advies per uur", "ADVIES", "hour", "125", "4", True, True),
    ("DAG", "Dagdeel op locatie", "ADVIES", "day", "480", "4", True, True),
    ("CURSUS", "Cursus, per deelnemer", "DIENST", "pc", "302.50", "1", False, True),
    ("BOEK", "Handboek urenregistratie", "HANDEL", "pc", "27.25", "2", False, True),
    ("REIS", "Reiskosten", "DIENST", "pc", "0.23", "4", True, True),
    ("LAPTOP", "Laptop voor eigen gebruik", "HANDEL", "pc", "0", None, False, False),
)
CURRENCIES = (("EUR", "Euro"), ("GBP", "Brits pond"), ("USD", "Amerikaanse dollar"))
RATES = (("GBP", "1.15"), ("USD", "0.92"))


def seed_books(context, name, main):
    """Fill one administration.

    :param main: whether it has the long list of customers and all items
    """
    _administration(context, name, main)
    ledger = _ledger(context)
    _vat_and_journals(context, ledger)
    _terms(context)
    groups = _items(context, ledger, ITEMS if main else ITEMS[1:3])
    _relations(context, CUSTOMERS if main else SMALL_CUSTOMERS)
    return groups


def _save(context, entity, **values):
    handler = context.sandbox.entities[entity]
    return handler.save(context, handler.new_row(context, values))


def _administration(context, name, main):
    context.sandbox.store.execute(
        "INSERT INTO administrations VALUES (?, ?, 'EUR', '70', '30')", context.division, name
    )
    data = {
        "Code": context.division,
        "Hid": context.division + 5000,
        "Description": name,
        "CustomerName": "Keeping",
        "CustomerCode": " " * 12 + "104233",
        "Customer": context.sandbox.new_id(),
        "Country": "NL ",
        "Currency": "EUR",
        "Legislation": "Netherlands",
        "City": "Utrecht" if main else "Groningen",
        "Postcode": "3511 LX" if main else "9711 AA",
        "AddressLine1": "Oudegracht 12" if main else "Grote Markt 3",
        "VATNumber": "NL804412377B01" if main else "NL851203344B01",
        "ChamberOfCommerceNumber": "30112233" if main else "02099887",
        "IsMainDivision": main,
        "Main": main,
        "Status": 1,
        "BlockingStatus": 0,
        "StartDate": datetime(2019, 1, 1),
        "Created": context.now,
        "Modified": context.now,
    }
    context.rows.save(Row(0, "System/Divisions", str(context.division), 0, data))


def _ledger(context):
    keys = {}
    for code, description, kind, balance in LEDGER:
        row = _save(
            context, "Financial/GLAccounts", Code=code, Description=description, Type=kind,
            BalanceType=balance, BalanceSide="C" if code[0] in "568" else "D", IsBlocked=False,
            UseCostcenter=0, UseCostunit=0,
        )  # fmt: skip
        keys[code] = row.key
    return keys


def _vat_and_journals(context, ledger):
    for code, description, kind, percentage, use, blocked, charged in VAT_CODES:
        _save(
            context, "VAT/VATCodes", Code=code, Description=description, Type=kind,
            Percentage=Decimal(percentage), VATTransactionType=use, IsBlocked=blocked,
            Charged=charged, Country="NL", GLToPay=ledger["1500"],
        )  # fmt: skip
    for code, description, kind, account, blocked in JOURNALS:
        _save(
            context, "Financial/Journals", Code=code, Description=description, Type=kind,
            GLAccount=ledger.get(account), IsBlocked=blocked, Currency="EUR", AllowVAT=True,
        )  # fmt: skip


def _terms(context):
    for code, description, days, months in PAYMENT_CONDITIONS:
        _save(
            context, "Cashflow/PaymentConditions", Code=code, Description=description,
            PaymentDays=days, PaymentEndOfMonths=months, PaymentMethod="B", Percentage=Decimal(1),
        )  # fmt: skip
    for code, description in CURRENCIES:
        row = Row(context.division, "General/Currencies", code, 0)
        row.data = {
            "Code": code, "Description": description, "AmountPrecision": Decimal("0.01"),
            "PricePrecision": Decimal("0.01"), "Created": context.now, "Modified": context.now,
        }  # fmt: skip
        context.rows.save(row)
    for code, rate in RATES:
        _save(
            context, "Financial/ExchangeRates", SourceCurrency=code, TargetCurrency="EUR",
            Rate=Decimal(rate), StartDate=datetime(2020, 1, 1),
        )  # fmt: skip
    this_year = context.now.year
    for year in range(this_year - 1, this_year + 2):
        for month in range(1, 13):
            following = datetime(year + month // 12, month % 12 + 1, 1)
            _save(
                context, "Financial/FinancialPeriods", FinYear=year, FinPeriod=month,
                StartDate=datetime(year, month, 1), EndDate=following - timedelta(days=1),
            )  # fmt: skip


def _items(context, ledger, items):
    for code, description, kind, time_unit, main in UNITS:
        _save(
            context, "Logistics/Units", Code=code, Description=description, Type=kind,
            TimeUnit=time_unit, Main=main, Active=True,
        )  # fmt: skip
    groups = {}
    for code, description, default, revenue in ITEM_GROUPS:
        row = _save(
            context, "Logistics/ItemGroups", Code=code, Description=description, IsDefault=default,
            GLRevenue=ledger[revenue], GLCosts=ledger["7000"], GLStock=ledger["3000"],
        )  # fmt: skip
        groups[code] = row.key
    handler = context.sandbox.entities["Logistics/Items"]
    for code, description, group, unit, price, vat, fraction, sales in items:
        values = {
            "Code": code, "Description": description, "ItemGroup": groups[group], "Unit": unit,
            "SalesVatCode": vat, "IsFractionAllowedItem": fraction, "IsSalesItem": sales,
            "StandardSalesPrice": Decimal(price), "IsTime": int(unit == "hour"),
        }  # fmt: skip
        handler.create(context, values)
    return groups


def _relations(context, customers):
    handler = context.sandbox.entities["CRM/Accounts"]
    for index, (name, city, country, extra) in enumerate(customers):
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
    for name, status in OTHERS:
        handler.create(context, {"Name": name, "Status": status, "Country": "NL"})
