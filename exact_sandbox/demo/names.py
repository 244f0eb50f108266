"""Names of the demo's relations."""

from decimal import Decimal

# Name, city, country, further properties. The first ones carry names of Odoo's own demo companies.
_NAMED = (
    ("YourCompany", "Utrecht", "NL", {}),
    ("Azure Interior", "Fremont", "US", {"SalesVATCode": "8"}),
    ("Deco Addict", "Pleasant Hill", "US", {"SalesVATCode": "8"}),
    ("Gemini Furniture", "Fairfield", "US", {"SalesVATCode": "8", "SalesCurrency": "USD"}),
    ("Ready Mat", "San Francisco", "US", {"SalesVATCode": "8"}),
    ("Lumber Inc", "Stockton", "US", {"SalesVATCode": "8"}),
    ("The Jackson Group", "Vacaville", "US", {"SalesVATCode": "8"}),
    ("Wood Corner", "Antwerpen", "BE", {"SalesVATCode": "7", "VATNumber": "BE0477472701"}),
    ("Bakkerij Het Stoepje", "Utrecht", "NL", {"PaymentConditionSales": "14"}),
    ("Installatiebedrijf Van Dijk & Zn.", "Amersfoort", "NL", {"SalesVATCode": "6"}),
    ("Gemeente Zeist", "Zeist", "NL", {"PaymentConditionSales": "30"}),
    ("Stichting De Brug", "Houten", "NL", {"DiscountSales": Decimal("0.05")}),
    ("Garage Postma", "Leeuwarden", "NL", {"Blocked": True}),
    ("Müller Maschinenbau GmbH", "Köln", "DE", {"SalesVATCode": "7", "VATNumber": "DE811569869"}),
)
_TRADES = (
    "Administratiekantoor", "Architectenbureau", "Bouwbedrijf", "Drukkerij", "Fysiotherapie",
    "Hoveniersbedrijf", "Notariskantoor", "Schildersbedrijf", "Tandartspraktijk", "Uitgeverij",
)  # fmt: skip
_FAMILIES = (
    ("Bakker", "Alkmaar"), ("De Boer", "Zwolle"), ("Hendriks", "Nijmegen"), ("Kuipers", "Assen"),
    ("Mulder", "Deventer"), ("Smit", "Breda"),
)  # fmt: skip

CUSTOMERS = _NAMED + tuple(
    (f"{trade} {family}", city, "NL", {}) for trade in _TRADES for family, city in _FAMILIES
)
SMALL_CUSTOMERS = _NAMED[8:12] + CUSTOMERS[20:24]
OTHERS = (
    ("KPN B.V.", "A"),
    ("Greenchoice", "A"),
    ("Dierenkliniek Overvecht", "P"),
    ("Slagerij Bosch", "S"),
)
