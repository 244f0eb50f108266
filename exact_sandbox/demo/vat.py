"""VAT codes of the demo's administrations with all their properties (chapter 4.12).

What the values of EUSalesListing, TaxReturnType and VatDocType mean is not in the reference: N, L
and D (none, goods, services) and 0 are ours, so that there is something to read.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

_NONE, _GOODS, _SERVICES = "N", "L", "D"


@dataclass(frozen=True)
class Vat:
    """A VAT code.

    :param kind: B 0 % base only, E excluding, I including, N no VAT
    :param rates: fractions by the year they began, the last one is today's
    :param use: B both, P purchase, S sales
    :param charged: whether the customer owes the VAT: reverse charge
    :param listing: how it stands on the list of sales to the EU
    :param legal: the sentence the law wants on the invoice
    """

    code: str
    description: str
    kind: str
    rates: tuple = ((2001, "0"),)
    use: str = "B"
    blocked: bool = False
    charged: bool = False
    listing: str = _NONE
    legal: str | None = None

    def values(self, country, to_pay, to_claim):
        """Return the properties of the row, by name."""
        return {
            "Code": self.code,
            "Description": self.description,
            "Type": self.kind,
            "Percentage": Decimal(self.rates[-1][1]),
            "VATTransactionType": self.use,
            "IsBlocked": self.blocked,
            "Charged": self.charged,
            "Country": country,
            "EUSalesListing": self.listing,
            "IntraStat": self.listing == _GOODS,
            "LegalText": self.legal,
            "TaxReturnType": 0,
            "VatDocType": "P" if self.use == "P" else "S",
            "VatMargin": 0,
            "VATPartialRatio": 0,
            "CalculationBasis": 0,
            "ExcludeVATListing": 0,
            "GLToPay": to_pay,
            "GLToClaim": to_claim,
        }

    def percentages(self):
        """Return the properties of its percentages but for the code's key, the oldest first."""
        rows = []
        for number, (year, percentage) in enumerate(self.rates, 1):
            following = self.rates[number][0] if number < len(self.rates) else None
            rows.append(
                {
                    "LineNumber": number,
                    "Percentage": Decimal(percentage),
                    "StartDate": datetime(year, 1, 1),
                    "EndDate": datetime(following - 1, 12, 31) if following else None,
                    "Type": 0,
                }
            )
        return rows


_HIGH = ((2001, "0.19"), (2013, "0.21"))
_LOW = ((2001, "0.06"), (2019, "0.09"))
_REVERSED = "Btw verlegd"

DUTCH = (
    Vat("0", "Geen btw", "N"),
    Vat("1", "Btw hoog tarief, inclusief", "I", _HIGH),
    Vat("2", "Btw laag tarief, exclusief", "E", _LOW),
    Vat("3", "Btw laag tarief, inclusief", "I", _LOW),
    Vat("4", "Btw hoog tarief, exclusief", "E", _HIGH),
    Vat("5", "Btw 0%", "B"),
    Vat("6", "Btw verlegd binnenland", "B", use="S", charged=True, legal=_REVERSED),
    Vat(
        "7", "Diensten binnen de EU, btw verlegd", "B", use="S", charged=True, listing=_SERVICES,
        legal="Btw verlegd / VAT reverse charged",
    ),
    Vat("8", "Export buiten de EU", "B", use="S", legal="0% btw wegens uitvoer"),
    Vat(
        "9", "Goederen binnen de EU, intracommunautair", "B", use="S", listing=_GOODS,
        legal="Intracommunautaire levering",
    ),
    Vat("V4", "Voorbelasting hoog tarief", "E", _HIGH, use="P"),
    Vat("V2", "Voorbelasting laag tarief", "E", _LOW, use="P"),
    Vat("19", "Btw hoog tarief tot 2012", "E", ((2001, "0.19"),), blocked=True),
)  # fmt: skip

BELGIAN = (
    Vat("0", "Geen btw / Sans TVA", "N"),
    Vat("1", "Btw 21 % / TVA 21 %", "E", ((1996, "0.21"),)),
    Vat("1I", "Btw 21 % inclusief / TVA 21 % comprise", "I", ((1996, "0.21"),)),
    Vat("2", "Btw 12 % / TVA 12 %", "E", ((1992, "0.12"),)),
    Vat("2I", "Btw 12 % inclusief / TVA 12 % comprise", "I", ((1992, "0.12"),)),
    Vat("3", "Btw 6 % / TVA 6 %", "E", ((1992, "0.06"),)),
    Vat("3I", "Btw 6 % inclusief / TVA 6 % comprise", "I", ((1992, "0.06"),)),
    Vat("4", "Btw 0 % / TVA 0 %", "B"),
    Vat(
        "5", "Medecontractant / Cocontractant", "B", use="S", charged=True,
        legal="Verlegging van heffing / Autoliquidation",
    ),
    Vat(
        "6", "Intracommunautaire levering / Livraison intracommunautaire", "B", use="S",
        listing=_GOODS, legal="Vrijgesteld, artikel 39bis WBTW / Exonéré, article 39bis CTVA",
    ),
    Vat(
        "7", "Intracommunautaire dienst / Service intracommunautaire", "B", use="S",
        charged=True, listing=_SERVICES, legal="Btw verlegd / Autoliquidation",
    ),
    Vat(
        "8", "Uitvoer buiten de EU / Exportation", "B", use="S",
        legal="Vrijgesteld, artikel 39 WBTW / Exonéré, article 39 CTVA",
    ),
    Vat("A1", "Aankopen 21 % / Achats 21 %", "E", ((1996, "0.21"),), use="P"),
    Vat("20", "Btw 20,5 % tot 1995 / TVA 20,5 %", "E", ((1994, "0.205"),), blocked=True),
)  # fmt: skip
