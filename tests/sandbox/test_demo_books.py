"""The books of the demo: set-up lists complete as chapters 4.11 to 4.14, in two countries."""

import pytest
from client import Client, message

BELGIAN = 3150442
VAT_PROPERTIES = (
    "Charged", "Country", "EUSalesListing", "GLToClaim", "GLToPay", "IntraStat", "IsBlocked",
    "Percentage", "TaxReturnType", "Type", "VatDocType", "VatMargin", "VATTransactionType",
)  # fmt: skip


@pytest.fixture(scope="module")
def lea(renew):
    client = Client(renew(), "lea")
    client.division = BELGIAN
    return client.connect()


@pytest.fixture(scope="module")
def vat(anna):
    return {row["Code"].strip(): row for row in anna.rows("vat/VATCodes")}


def test_dutch_vat_codes(anna, vat):
    high, low, reversed_, eu, goods, export = (vat[code] for code in ("4", "2", "6", "7", "9", "8"))
    assert (high["Type"], high["Percentage"], high["Code"]) == ("E", 0.21, "4  ")
    assert (vat["1"]["Type"], vat["1"]["Percentage"]) == ("I", 0.21)
    assert (low["Type"], low["Percentage"], vat["3"]["Type"]) == ("E", 0.09, "I")
    assert [vat[code]["Type"] for code in ("0", "5")] == ["N", "B"]
    assert (reversed_["Charged"], reversed_["LegalText"]) == (True, "Btw verlegd")
    assert reversed_["EUSalesListing"] == "N" and reversed_["VATTransactionType"] == "S"
    assert (eu["Charged"], eu["EUSalesListing"], eu["Percentage"]) == (True, "D", 0)
    assert (goods["Charged"], goods["EUSalesListing"], goods["IntraStat"]) == (False, "L", True)
    assert (export["Charged"], export["EUSalesListing"]) == (False, "N")
    assert {vat[code]["VATTransactionType"] for code in ("V4", "V2")} == {"P"}
    assert vat["19"]["IsBlocked"] is True
    for row in vat.values():
        assert all(row[name] is not None for name in VAT_PROPERTIES), row["Code"]
        assert row["GLToPayCode"] == "1500" and row["GLToClaimDescription"] == "Voorbelasting"


def test_vat_percentages_through_time(anna, vat):
    key = vat["2"]["ID"]
    rows = anna.rows(
        "vat/VatPercentages", filter=f"VATCodeID eq guid'{key}'", orderby="LineNumber"
    )  # fmt: skip
    assert [(row["LineNumber"], row["Percentage"]) for row in rows] == [(1, 0.06), (2, 0.09)]
    assert rows[0]["EndDate"] == "/Date(1546214400000)/" and rows[1]["EndDate"] is None
    inner = anna.rows(f"vat/VATCodes(guid'{key}')/VATPercentages", orderby="LineNumber")
    assert [row["ID"] for row in inner] == [row["ID"] for row in rows]
    expanded = anna.one(
        "vat/VATCodes", f"ID eq guid'{key}'", expand="VATPercentages", select="Code,VATPercentages"
    )
    found = [row["Percentage"] for row in expanded["VATPercentages"]["results"]]
    assert sorted(found) == [0.06, 0.09]


def test_domestic_reverse_charge_has_no_vat(anna, lea):
    builder = anna.account(SalesVATCode="6", VATNumber="NL801000000B01")
    invoice = anna.invoice(builder)
    assert (invoice["AmountFC"], invoice["VATAmountFC"]) == (200, 0)
    assert anna.lines(invoice)[0]["VATCodeDescription"] == "Btw verlegd binnenland"
    belgian = lea.one("crm/Accounts", "Name eq 'Bouwwerken Peeters BV'")
    invoice = lea.invoice(belgian, [{"Item": lea.item(SalesVatCode="1")["ID"], "UnitPrice": 100}])
    assert (invoice["AmountFC"], invoice["VATAmountFC"]) == (100, 0)
    assert lea.lines(invoice)[0]["VATCode"] == "5  "


def test_belgian_administration(lea):
    divisions = lea.rows("system/Divisions")
    assert [row["Code"] for row in divisions] == [BELGIAN]
    assert (divisions[0]["Legislation"], divisions[0]["Country"]) == ("Belgium", "BE ")
    me = lea.call("GET", "/api/v1/current/Me").json()["d"]["results"][0]
    assert (me["LanguageCode"], me["CurrentDivision"]) == ("fr-BE", BELGIAN)
    number = divisions[0]["VATNumber"]
    assert number[:2] == "BE" and 97 - int(number[2:10]) % 97 == int(number[10:])


def test_belgian_vat_codes(lea):
    rows = {row["Code"].strip(): row for row in lea.rows("vat/VATCodes")}
    found = {row["Percentage"] for row in rows.values() if row["Type"] == "E"}
    assert {0.21, 0.12, 0.06} <= found
    assert [rows[code]["Type"] for code in ("1I", "2I", "3I", "4")] == ["I", "I", "I", "B"]
    partner = rows["5"]
    assert "Medecontractant" in partner["Description"] and partner["Charged"] is True
    assert "Verlegging van heffing" in partner["LegalText"]
    assert [rows[code]["EUSalesListing"] for code in ("5", "6", "7", "8")] == ["N", "L", "D", "N"]
    assert {row["Country"] for row in rows.values()} == {"BE "}
    assert rows["20"]["IsBlocked"] and rows["A1"]["VATTransactionType"] == "P"


def test_belgian_invoices_and_texts(lea):
    account = lea.one("crm/Accounts", "Name eq 'Boulangerie du Sablon SRL'")
    item = lea.one("logistics/Items", "Code eq 'UUR'")
    line = {"Item": item["ID"], "Quantity": 2}
    invoice = lea.invoice(account, [line])
    assert (invoice["Journal"], invoice["AmountFC"], invoice["VATAmountFC"]) == ("V1", 205.7, 35.7)
    inclusive = lea.invoice(account, [{**line, "UnitPrice": 106, "VATCode": "3I"}])
    assert (inclusive["AmountFC"], inclusive["VATAmountFC"]) == (212, 12)
    answer = lea.try_invoice(account, [line], Journal="A1")
    assert message(answer) == "Invalide: Journal (type)"
    answer = lea.try_invoice(account, [line], Journal="70")
    assert message(answer) == "Référence invalide: Journals"
    languages = {row["Language"].strip() for row in lea.rows(
        "crm/Accounts", select="Language", filter="Country eq 'BE ' and Status eq 'C'"
    )}  # fmt: skip
    assert languages == {"NL", "FR"}


def test_only_lea_sees_the_belgian_books(anna, sem, lea):
    for client in (anna, sem):
        assert BELGIAN not in [row["Code"] for row in client.rows("system/Divisions")]
        answer = client.get("vat/VATCodes", BELGIAN)
        assert (answer.status_code, answer.headers["reason"]) == (403, "NoDivisionAccess")
    assert lea.get("vat/VATCodes", 241806).status_code == 403


def test_units_tell_the_time(anna):
    rows = {row["Code"]: row for row in anna.rows("logistics/Units")}
    times = {code: row["TimeUnit"] for code, row in rows.items() if row["Type"] == "T"}
    assert times == {"hour": "hh", "day": "dd", "week": "wk", "min": "mi"}
    assert [code for code, row in rows.items() if row["Main"] == 1] == ["pc"]
    assert (rows["pc"]["Type"], rows["pc"]["TimeUnit"], rows["pc"]["Active"]) == ("O", None, True)


def test_financial_periods_cover_three_years(anna):
    rows = anna.rows("financial/FinancialPeriods", orderby="FinYear,FinPeriod")
    years = sorted({row["FinYear"] for row in rows})
    assert len(rows) == 36 and years == list(range(years[0], years[0] + 3))
    ends = [int(row["EndDate"][6:-2]) for row in rows]
    starts = [int(row["StartDate"][6:-2]) for row in rows]
    day = 24 * 3600 * 1000
    assert starts[1:] == [end + day for end in ends[:-1]]
    assert all(row["ID"] and row["Created"] and row["Division"] for row in rows)


def test_item_groups_show_their_accounts(anna):
    rows = {row["Code"]: row for row in anna.rows("logistics/ItemGroups")}
    assert [code for code, row in rows.items() if row["IsDefault"] == 1] == ["DIENST"]
    group = rows["ADVIES"]
    assert (group["GLRevenueCode"], group["GLRevenueDescription"]) == ("8010", "Omzet advies")
    assert (group["GLStockCode"], group["GLCostsCode"]) == ("3000", "7000")
    assert group["GLStockVariance"] is None and group["GLStockVarianceCode"] is None


def test_currencies_and_journals(anna):
    currencies = {row["Code"]: row for row in anna.rows("general/Currencies")}
    assert set(currencies) == {"EUR", "GBP", "USD"}
    assert currencies["EUR"]["AmountPrecision"] == 0.01 and currencies["EUR"]["Description"]
    journal = anna.one("financial/Journals", "Code eq '70'")
    assert (journal["GLAccountCode"], journal["GLAccountType"]) == ("1300", 20)
    assert journal["CurrencyDescription"] == "Euro"


def test_cost_centers_need_their_own_scope(sandbox, anna):
    answer = anna.get("hrm/Costcenters")
    assert answer.status_code == 403 and "financial.costcenters" in message(answer)
    sandbox.control("POST", "scopes", {"Financial costcenters": "read"})
    try:
        rows = anna.rows("hrm/Costcenters", orderby="Code")
        assert [(row["Code"], row["Active"]) for row in rows] == [("ADV", True), ("OPL", True)]
        assert [row["Code"] for row in anna.rows("hrm/Costunits", orderby="Code")] == [
            "NOORD",
            "ZUID",
        ]
    finally:
        sandbox.control("POST", "scopes", {"Financial costcenters": None})
