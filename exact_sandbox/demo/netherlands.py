"""The Dutch administrations of the demo."""

from dataclasses import replace

from .books import Books
from .names import CUSTOMERS, OTHERS, SMALL_CUSTOMERS
from .vat import DUTCH

_MAIN = Books(
    division={
        "Country": "NL ",
        "Legislation": "Netherlands",
        "City": "Utrecht",
        "Postcode": "3511 LX",
        "AddressLine1": "Oudegracht 12",
        "VATNumber": "NL804412377B01",
        "ChamberOfCommerceNumber": "30112233",
        "IsMainDivision": True,
        "Main": True,
    },
    ledger=(
        ("1100", "Bank", 12, "B"),
        ("1300", "Debiteuren", 20, "B"),
        ("1500", "Btw hoog", 24, "B"),
        ("1510", "Btw laag", 24, "B"),
        ("1520", "Voorbelasting", 24, "B"),
        ("1600", "Crediteuren", 22, "B"),
        ("3000", "Voorraad", 32, "B"),
        ("7000", "Kostprijs van de omzet", 111, "W"),
        ("8000", "Omzet diensten", 110, "W"),
        ("8010", "Omzet advies", 110, "W"),
        ("8020", "Omzet laag tarief", 110, "W"),
        ("8100", "Omzet binnen de EU", 110, "W"),
    ),
    to_pay="1500",
    to_claim="1520",
    vat_codes=DUTCH,
    journals=(
        ("20", "Rabobank", 12, "1100", False),
        ("60", "Inkoopboek", 22, "1600", False),
        ("70", "Verkoopboek", 20, "1300", False),
        ("71", "Verkoopboek webwinkel", 20, "1300", False),
        ("75", "Verkoopboek tot 2020", 20, "1300", True),
        ("90", "Memoriaal", 90, None, False),
    ),
    default_journal="70",
    conditions=(
        ("30", "Betaling binnen 30 dagen", 30, 0),
        ("14", "Betaling binnen 14 dagen", 14, 0),
        ("08", "Betaling binnen 8 dagen", 8, 0),
        ("00", "Contant", 0, 0),
        ("EM", "Einde van de maand", 0, 1),
    ),
    units=(
        ("hour", "Uur", "T", "hh", 0),
        ("day", "Dag", "T", "dd", 0),
        ("week", "Week", "T", "wk", 0),
        ("min", "Minuut", "T", "mi", 0),
        ("pc", "Stuk", "O", None, 1),
    ),
    stock="3000",
    costs="7000",
    item_groups=(
        ("DIENST", "Diensten", 1, "8000"),
        ("ADVIES", "Advies", 0, "8010"),
        ("HANDEL", "Handelsgoederen", 0, "8020"),
    ),
    items=(
        ("UREN", "Uren", "DIENST", "hour", "95", "4", True, True),
        ("ADVIES", "Advies per uur", "ADVIES", "hour", "125", "4", True, True),
        ("DAG", "Dagdeel op locatie", "ADVIES", "day", "480", "4", True, True),
        ("CURSUS", "Cursus, per deelnemer", "DIENST", "pc", "302.50", "1", False, True),
        ("BOEK", "Handboek urenregistratie", "HANDEL", "pc", "27.25", "2", False, True),
        ("REIS", "Reiskosten", "DIENST", "pc", "0.23", "4", True, True),
        ("LAPTOP", "Laptop voor eigen gebruik", "HANDEL", "pc", "0", None, False, False),
    ),
    currencies=(("EUR", "Euro"), ("GBP", "Brits pond"), ("USD", "Amerikaanse dollar")),
    cost_centers=(("ADV", "Advies"), ("OPL", "Opleidingen")),
    cost_units=(("NOORD", "Regio Noord"), ("ZUID", "Regio Zuid")),
    customers=CUSTOMERS,
    others=OTHERS,
)

# In the order the administrations were opened: the first has the long list of customers.
DUTCH_BOOKS = (
    _MAIN,
    replace(
        _MAIN,
        division={
            **_MAIN.division,
            "City": "Groningen",
            "Postcode": "9711 AA",
            "AddressLine1": "Grote Markt 3",
            "VATNumber": "NL851203344B01",
            "ChamberOfCommerceNumber": "02099887",
            "IsMainDivision": False,
            "Main": False,
        },
        items=_MAIN.items[1:3],
        customers=SMALL_CUSTOMERS,
    ),
)
