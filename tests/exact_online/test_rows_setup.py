"""Table 5.4 through the client, against the sandbox; both profiles.

Here in Dutch; tests of the sandbox hold each text in the three languages.
"""

import uuid
from datetime import date

import pytest
from organisation import (
    ACCOUNTS,
    DIVISION,
    INVOICES,
    ITEMS,
    NOBODY,
    Organisation,
)

from exact_online import NoRight, Refused, eq

GROUPS, LEDGERS = "logistics/ItemGroups", "financial/GLAccounts"
ENTRIES, PRINTED = "salesentry/SalesEntries", "salesinvoice/PrintedSalesInvoices"
YEAR = date.today().year


@pytest.fixture
def client(organisation):
    with organisation.client() as client:
        yield client


@pytest.fixture
def refused(organisation):
    """Check that a call is refused, with all its texts and without effect."""

    def check(call, *messages):
        with pytest.raises(Refused) as caught:
            call()
        error = caught.value
        assert error.messages == list(messages)
        assert str(error) == "; ".join(messages)
        assert error.status == {"strict": 500, "lenient": 400}[organisation.sandbox.profile]
        assert error.took_effect is False

    return check


def ledger(client, code):
    return uuid.UUID(client.first(LEDGERS, select=["ID"], where=eq("Code", code))["ID"])


def new_item(client, **values):
    return client.post(ITEMS, {"Code": str(uuid.uuid4())[:8], "Description": "x", **values})


HEADERS = {
    "journal missing": ({"Journal": None}, ["Verplicht: Dagboek"]),
    "journal unknown": ({"Journal": "X9"}, ["Ongeldige referentie: Journals"]),
    "journal by its GUID": ({"Journal": str(NOBODY)}, ["Ongeldige referentie: Journals"]),
    "journal of another type": ({"Journal": "90"}, ["Ongeldig: Dagboek (type)"]),
    "no financial year": ({"OrderDate": date(1999, 1, 1)}, ["Verplicht: Boekjaar"]),
    "customer missing": (
        {"OrderedBy": None, "InvoiceTo": None},
        ["Verplicht: Factuur voor", "Verplicht: Besteld door"],
    ),
    "account GUID wrong": ({"OrderedBy": NOBODY}, ["Ongeldige referentie: Besteld door"]),
    "payment condition unknown": (
        {"PaymentCondition": "X9"},
        ["Ongeldige referentie: Betalingsconditie"],
    ),
}


@pytest.mark.parametrize(("changes", "messages"), HEADERS.values(), ids=HEADERS)
def test_rows_of_a_header(organisation, client, books, refused, changes, messages):
    with organisation.administration({"default_journal": "70"}, default_journal=None):
        refused(lambda: client.post(INVOICES, books.payload(**changes)), *messages)


LINES = {
    "item missing": ({"Item": None, "UnitCode": "hour"}, ["Verplicht: Artikel"]),
    "unknown unit": ({"UnitCode": "ell"}, ["Ongeldige referentie: Eenheid"]),
    "VAT code unknown": ({"VATCode": "99"}, ["Ongeldige referentie: Btw-code"]),
    "VAT code of purchases": ({"VATCode": "V4"}, ["Niet toegestaan: Btw-code"]),
    "G/L account unknown": (
        {"GLAccount": NOBODY},
        ["Ongeldige referentie: Grootboekrekening"],
    ),
}


@pytest.mark.parametrize(("changes", "messages"), LINES.values(), ids=LINES)
def test_rows_of_a_line(organisation, client, books, refused, changes, messages):
    if changes.get("Item", True) is None and organisation.sandbox.profile == "lenient":
        # A line may do without an item there, but not without what an item would bring.
        messages = ["Verplicht: Grootboekrekening"]
    refused(lambda: client.post(INVOICES, books.payload(changes)), *messages)


def test_row_item_and_unit_missing(organisation, client, books, refused):
    if organisation.sandbox.profile == "strict":
        refused(
            lambda: client.post(INVOICES, books.payload({"Item": None})),
            "Verplicht: Artikel",
            "Verplicht: Eenheid",
        )
    with organisation.administration({"default_unit": "pc"}, default_unit=None):
        refused(lambda: new_item(client), "Verplicht: Eenheid")


def test_row_vat_percentage(client, books, refused):
    line = {"VATPercentage": 0.19}
    refused(lambda: client.post(INVOICES, books.payload(line)), "Ongeldig: Btw-percentage []")


def test_row_account_is_no_customer(client, books, refused):
    prospect = books.account(client, Status="P")
    payload = books.payload(OrderedBy=prospect, InvoiceTo=prospect)
    refused(lambda: client.post(INVOICES, payload), "Ongeldig: Klant (Type)")


def test_row_no_payment_condition(organisation, client, books, refused):
    back = {"default_payment_condition": "30"}
    with organisation.administration(back, default_payment_condition=None):
        refused(lambda: client.post(INVOICES, books.payload()), "Verplicht: Betalingsconditie")


def test_row_closed_period(organisation, client, books, refused):
    """Noticed at the entry under one profile, at the processing under the other."""
    text = f"Periode is afgesloten: {YEAR} - 2"
    body = {"division": DIVISION, "year": YEAR, "journal": "70", "period": 2}
    payload = books.payload(OrderDate=date(YEAR, 2, 10))
    with organisation.having("periods", {**body, "closed": True}, {**body, "closed": False}):
        if organisation.sandbox.profile == "strict":
            refused(lambda: client.post(INVOICES, payload), text)
        else:
            made = client.post(INVOICES, payload)
            process = {"InvoiceID": made["InvoiceID"], "InvoiceDate": date(YEAR, 2, 10)}
            refused(lambda: client.post(PRINTED, process), text)
    assert client.post(INVOICES, payload)["InvoiceID"]


def test_row_default_item_group_missing(organisation, client, refused):
    with organisation.administration({"default_item_group": "DIENST"}, default_item_group=None):
        refused(lambda: new_item(client), "Verplicht: Artikelgroep")


def test_row_item_group_without_accounts(organisation, client, refused):
    select = ["GLStock", "GLCosts"]
    back = client.first(GROUPS, select=select, where=eq("Code", "DIENST"))
    with organisation.rows(GROUPS, {"Code": "DIENST"}, dict.fromkeys(select), back):
        refused(
            lambda: new_item(client),
            "Verplicht: Artikelgroep (Diensten) - Grootboekrekening: Voorraad / Kosten",
        )


def test_row_email(client, refused):
    body = {"Name": "x", "Email": "nobody"}
    refused(lambda: client.post(ACCOUNTS, body), "Ongeldig: Email []")


def test_row_ledger_account_type(client, books, refused):
    line = {"GLAccount": ledger(client, "1300")}
    refused(lambda: client.post(INVOICES, books.payload(line)), "Ongeldig: Grootboekrekeningtype")


def test_row_cost_centre_link(organisation, client, books, refused):
    line = {"GLAccount": ledger(client, "8100"), "CostCenter": "ADV"}
    with organisation.rows(LEDGERS, {"Code": "8100"}, {"UseCostcenter": 2}, {"UseCostcenter": 0}):
        refused(
            lambda: client.post(INVOICES, books.payload(line)), "Ongeldig: Kostenplaatskoppeling"
        )


def test_row_duplicate_key(client, books, refused):
    where = eq("ID", books.customer)
    code = client.first(ACCOUNTS, select=["Code"], where=where)["Code"]
    refused(lambda: client.post(ACCOUNTS, {"Name": "x", "Code": code}), "Gegeven bestaat reeds.")
    refused(lambda: new_item(client, Code="UREN"), "Gegeven bestaat reeds.")


def test_row_record_in_use(client, books, refused):
    client.post(INVOICES, books.payload())
    refused(
        lambda: client.delete(ACCOUNTS, books.customer),
        "Kan niet verwijderen: Relatie - Gebruikt in: Verkoopfacturen",
    )
    other = books.account(client)
    client.post("documents/Documents", {"Subject": "x", "Type": 55, "Account": other})
    refused(
        lambda: client.delete(ACCOUNTS, other),
        "Kan niet verwijderen: Relatie - Gebruikt in: Documenten",
    )


def entry(client, books, **values):
    """Payload of a sales entry, which takes the number and date it is given (4.7)."""
    return {
        "Customer": books.customer,
        "Journal": "70",
        "EntryDate": date(YEAR, 3, 2),
        "SalesEntryLines": [{"GLAccount": ledger(client, "8000"), "AmountFC": 100, "VATCode": "4"}],
        **values,
    }


def test_row_number_exists(client, books, refused):
    client.post(ENTRIES, entry(client, books, EntryNumber=26799999))
    again = entry(client, books, EntryNumber=26799999)
    refused(lambda: client.post(ENTRIES, again), "In gebruik: Boekstuknummer")


def test_row_year_of_an_entry(client, books, refused):
    made = client.post(ENTRIES, entry(client, books))
    moved = {"EntryDate": date(YEAR - 1, 3, 2)}
    refused(
        lambda: client.put(ENTRIES, made["EntryID"], moved),
        "Het boekjaar kan niet worden gewijzigd.",
    )


def test_row_vat_code_not_allowed_in_journal(organisation, client, books, refused):
    journal = ("financial/Journals", {"Code": "71"})
    with organisation.rows(*journal, {"AllowVAT": False}, {"AllowVAT": True}):
        payload = books.payload({"VATCode": "4"}, Journal="71")
        refused(lambda: client.post(INVOICES, payload), "Niet toegestaan: Btw-code")


def test_processed_invoices_stay(client, books, refused):
    """Exact's own text is not known (chapter 11, point 6)."""
    made = client.post(INVOICES, books.payload())
    key = uuid.UUID(made["InvoiceID"])
    client.post(PRINTED, {"InvoiceID": key})
    refused(
        lambda: client.put(INVOICES, key, {"Description": "x"}), "Niet toegestaan: Factuur (Status)"
    )
    refused(lambda: client.delete(INVOICES, key), "Niet toegestaan: Factuur (Status)")


def test_each_reader_has_a_language(organisation, books):
    word = {"strict": "Required", "lenient": "Mandatory"}[organisation.sandbox.profile]
    texts = {"sem": f"{word}: Financial year", "anna": "Verplicht: Boekjaar"}
    for login, text in texts.items():
        with Organisation(organisation.sandbox, login).connect().client() as client:
            with pytest.raises((Refused, NoRight)) as caught:
                client.post(INVOICES, books.payload(OrderDate=date(1999, 1, 1)))
            assert caught.value.messages == [text]
    organisation.connect()
