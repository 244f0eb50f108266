"""The Belgian administration of the demo, in Dutch and French."""

from .books import Books
from .vat import BELGIAN


def _number(base):
    """Return a Belgian VAT number of eight digits and their check digits."""
    return f"BE{base:08d}{97 - base % 97:02d}"


# Name, city, country, further properties.
_CUSTOMERS = (
    ("Bouwwerken Peeters BV", "Gent", "BE", {
        "Language": "NL", "VATNumber": _number(4774727), "SalesVATCode": "5",
    }),
    ("Drukkerij De Schelde NV", "Antwerpen", "BE", {
        "Language": "NL", "VATNumber": _number(4031993), "PaymentConditionSales": "30",
    }),
    ("Boulangerie du Sablon SRL", "Bruxelles", "BE", {
        "Language": "FR", "VATNumber": _number(4620118),
    }),
    ("Menuiserie Lambert & Fils SRL", "Namur", "BE", {
        "Language": "FR", "VATNumber": _number(4456031), "SalesVATCode": "5",
    }),
    ("Commune d'Ixelles", "Ixelles", "BE", {"Language": "FR", "PaymentConditionSales": "60"}),
    ("Stad Leuven", "Leuven", "BE", {"Language": "NL", "PaymentConditionSales": "60"}),
    ("Garage Vandenberghe", "Kortrijk", "BE", {"Language": "NL", "Blocked": True}),
    ("Installatiebedrijf Van Dijk & Zn.", "Breda", "NL", {
        "Language": "NL", "SalesVATCode": "7", "VATNumber": "NL801234567B01",
    }),
    ("Imprimerie Moreau SARL", "Lille", "FR", {
        "Language": "FR", "SalesVATCode": "7", "VATNumber": "FR40303265045",
    }),
    ("Azure Interior", "Fremont", "US", {"Language": "EN", "SalesVATCode": "8"}),
)  # fmt: skip

BELGIAN_BOOKS = Books(
    division={
        "Country": "BE ",
        "Legislation": "Belgium",
        "City": "Bruxelles",
        "Postcode": "1000",
        "AddressLine1": "Rue Royale 18",
        "VATNumber": _number(7254401),
        "IsMainDivision": False,
        "Main": False,
    },
    ledger=(
        ("300000", "Handelsgoederen / Marchandises", 32, "B"),
        ("400000", "Handelsdebiteuren / Clients", 20, "B"),
        ("411000", "Terug te vorderen btw / TVA à récupérer", 24, "B"),
        ("440000", "Leveranciers / Fournisseurs", 22, "B"),
        ("451000", "Te betalen btw / TVA à payer", 24, "B"),
        ("550000", "Bank / Banque", 12, "B"),
        ("600000", "Aankopen / Achats", 111, "W"),
        ("700000", "Verkopen / Ventes", 110, "W"),
        ("705000", "Diensten / Prestations de services", 110, "W"),
    ),
    to_pay="451000",
    to_claim="411000",
    vat_codes=BELGIAN,
    journals=(
        ("A1", "Aankopen / Achats", 22, "440000", False),
        ("B1", "Bank / Banque", 12, "550000", False),
        ("M1", "Diversen / Opérations diverses", 90, None, False),
        ("V1", "Verkopen / Ventes", 20, "400000", False),
        ("V2", "Verkopen werven / Ventes chantiers", 20, "400000", False),
    ),
    default_journal="V1",
    conditions=(
        ("30", "30 dagen / 30 jours", 30, 0),
        ("60", "60 dagen / 60 jours", 60, 0),
        ("00", "Contant / Comptant", 0, 0),
        ("EM", "30 dagen einde maand / 30 jours fin de mois", 30, 1),
    ),
    units=(
        ("hour", "Uur / Heure", "T", "hh", 0),
        ("day", "Dag / Jour", "T", "dd", 0),
        ("pc", "Stuk / Pièce", "O", None, 1),
    ),
    stock="300000",
    costs="600000",
    item_groups=(
        ("DIENST", "Diensten / Services", 1, "705000"),
        ("HANDEL", "Handelsgoederen / Marchandises", 0, "700000"),
    ),
    items=(
        ("UUR", "Uren / Heures", "DIENST", "hour", "85", "1", True, True),
        ("DAG", "Dag op locatie / Journée sur place", "DIENST", "day", "640", "1", True, True),
        ("WERF", "Werfuren / Heures de chantier", "DIENST", "hour", "58", "3", True, True),
        ("BOEK", "Handboek / Manuel", "HANDEL", "pc", "31.80", "3I", False, True),
    ),
    currencies=(
        ("EUR", "Euro"),
        ("GBP", "Brits pond / Livre sterling"),
        ("USD", "Amerikaanse dollar / Dollar américain"),
    ),
    cost_centers=(("WERF", "Werven / Chantiers"), ("BUR", "Bureau")),
    cost_units=(("NOORD", "Vlaanderen / Flandre"), ("ZUID", "Wallonië / Wallonie")),
    customers=_CUSTOMERS,
    others=(("Proximus", "A"), ("Brasserie Cantillon", "P")),
)
