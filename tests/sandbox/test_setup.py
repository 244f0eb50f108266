"""Set-up that is missing or wrong: table 5.4, in Dutch, English and French."""

from datetime import date

import pytest
from client import message
from languages import FIRST, NOBODY, Three

INVOICES, LINES = "salesinvoice/SalesInvoices", "salesinvoice/SalesInvoiceLines"
PRINTED, GROUPS = "salesinvoice/PrintedSalesInvoices", "logistics/ItemGroups"


@pytest.fixture(scope="module")
def three(renew):
    return Three(renew(day_limit=1_000_000))


def item(client, code="UREN"):
    return client.one("logistics/Items", f"Code eq '{code}'")["ID"]


def invoice(**values):
    """Return a call that posts an invoice with these values in its header."""
    return lambda client: client.try_invoice(
        client.account(), [{"Item": item(client)}], **values
    )  # fmt: skip


def line(**values):
    """Return a call that posts an invoice with these values in its line."""
    return lambda client: client.try_invoice(lines=[{"Item": item(client), **values}])


def new_item(**values):
    """Return a call that posts an item."""
    return lambda client: client.post(
        "logistics/Items", **{"Code": "SETUP", "Description": "x", **values}
    )  # fmt: skip


def ledger(client, code):
    return client.one("financial/GLAccounts", f"Code eq '{code}'")["ID"]


def test_no_journal_and_no_default(three):
    texts = ("Verplicht: Dagboek", "Mandatory: Journal", "Obligatoire: Journal")
    with three.administration({"default_journal": "70"}, default_journal=None):
        three.refused(invoice(), *texts)
        assert invoice(Journal="70")(three.anna).status_code == 201
    with three.settings(journal="mandatory"):
        three.refused(invoice(), *texts)
        assert invoice(Journal="70")(three.anna).status_code == 201
    assert invoice()(three.anna).json()["d"]["Journal"] == "70"


def test_journal_unknown_or_guid(three):
    texts = (
        "Ongeldige referentie: Journals", "Invalid reference: Journals",
        "Référence invalide: Journals",
    )  # fmt: skip
    guid = three.anna.one("financial/Journals", "Code eq '70'")["ID"]
    three.refused(invoice(Journal="X9"), *texts)
    three.refused(invoice(Journal=guid), *texts)


def test_journal_of_wrong_type(three):
    texts = "Ongeldig: Dagboek (type)", "Invalid: Journal (type)", "Invalide: Journal (type)"
    three.refused(invoice(Journal="90"), *texts)


def test_journal_blocked(three):
    three.refused(
        invoice(Journal="75"), "Niet toegestaan: Dagboek (geblokkeerd)",
        "Not allowed: Journal (blocked)", "Non autorisé: Journal (bloqué)",
    )  # fmt: skip


def test_no_financial_year(three):
    texts = "Verplicht: Boekjaar", "Mandatory: Financial year", "Obligatoire: Exercice"
    three.refused(invoice(OrderDate="1999-01-01"), *texts)
    year = date.today().year
    moved = three.anna.invoice(OrderDate=f"{year}-06-01")
    three.sandbox.control(
        "POST", "periods", {"division": FIRST, "year": year - 1, "exists": False}
    )  # fmt: skip
    for answer in ("entry", "processing"):
        with three.settings(closed_period=answer):
            three.refused(invoice(OrderDate=f"{year - 1}-03-01"), *texts)
    path = f"{INVOICES}(guid'{moved['InvoiceID']}')"
    assert message(three.anna.put(path, OrderDate=f"{year - 1}-06-01")) == texts[0]
    three.sandbox.control(
        "POST", "periods", {"division": FIRST, "year": year - 1, "exists": True}
    )  # fmt: skip
    assert invoice(OrderDate=f"{year - 1}-03-01")(three.anna).status_code == 201


def close(three, closed=True, **values):
    body = {"division": FIRST, "year": date.today().year, "closed": closed, **values}
    three.sandbox.control("POST", "periods", body)


def test_closed_period(three):
    year = date.today().year
    texts = (
        f"Periode is afgesloten: {year} - 2", f"Period is closed: {year} - 2",
        f"La période est clôturée: {year} - 2",
    )  # fmt: skip
    before = three.anna.invoice(OrderDate=f"{year}-02-10", Journal="70")
    close(three, journal="70", period=2)
    refused = invoice(OrderDate=f"{year}-02-10", Journal="70")
    try:
        three.refused(refused, *texts)
        assert invoice(OrderDate=f"{year}-02-10", Journal="71")(three.anna).status_code == 201
        assert invoice(OrderDate=f"{year}-03-10", Journal="70")(three.anna).status_code == 201
        path = f"{INVOICES}(guid'{before['InvoiceID']}')"
        assert three.anna.put(path, YourRef="still open").status_code == 204
        other = three.anna.invoice(OrderDate=f"{year}-03-10", Journal="70")
        moved = f"{INVOICES}(guid'{other['InvoiceID']}')"
        assert message(three.anna.put(moved, OrderDate=f"{year}-02-11")) == texts[0]
        with three.settings(closed_period="processing"):
            made = refused(three.anna)
            assert made.status_code == 201
            body = {
                "InvoiceID": made.json()["d"]["InvoiceID"],
                "InvoiceDate": f"{year}-02-12T00:00:00",
            }
            three.refused(lambda client: client.post(PRINTED, **body), *texts)
    finally:
        close(three, False, journal="70", period=2)
    assert three.anna.post(PRINTED, **body).status_code == 201
    assert refused(three.anna).status_code == 201


def test_journal_status_list_tells_what_is_closed(three):
    year = date.today().year
    path = "read/financial/JournalStatusList"
    where = f"Journal eq '71' and Year eq {year}"
    rows = three.anna.rows(path, filter=where)
    assert [row["Period"] for row in rows] == list(range(1, 13))
    assert {row["Status"] for row in rows} == {0}
    journals = three.anna.rows("financial/Journals", select="Code")
    everything = three.anna.rows(path)
    keys = {(row["Journal"], row["Year"], row["Period"]) for row in everything}
    assert len(everything) == len(keys) == len(journals) * 36
    address = rows[4]["__metadata"]["uri"]
    assert address.endswith(f"(Journal='71',Period=5,Year={year})")
    assert three.anna.call("GET", address).json()["d"]["Period"] == 5
    unknown = address.replace("Period=5", "Period=13")
    assert three.anna.call("GET", unknown).status_code == 404
    for wrong in ("'71'", "Journal='71'", f"Journal='71',Period='5',Year={year}", "Journal=71,"):
        assert three.anna.get(f"{path}({wrong})").status_code == 400, wrong
    close(three, journal="71", period=5)
    try:
        closed = three.anna.rows(path, filter="Status eq 1")
        assert [(row["Journal"], row["Year"], row["Period"]) for row in closed] == [("71", year, 5)]
        assert (closed[0]["StatusDescription"], closed[0]["JournalDescription"]) == (
            "Afgesloten", "Verkoopboek webwinkel",
        )  # fmt: skip
        assert (closed[0]["JournalType"], closed[0]["JournalTypeDescription"]) == (20, "Sales")
        close(three, journal=None, period=6)
        assert len(three.anna.rows(path, filter="Status eq 1")) == 1 + len(journals)
    finally:
        close(three, False)
    assert three.anna.rows(path, filter="Status eq 1") == []


def test_no_payment_condition_and_no_default(three):
    with three.administration({"default_payment_condition": "30"}, default_payment_condition=None):
        three.refused(
            invoice(), "Verplicht: Betalingsconditie", "Mandatory: Payment condition",
            "Obligatoire: Condition de paiement",
        )  # fmt: skip
        account = three.anna.account(PaymentConditionSales="14")
        assert three.anna.invoice(account)["PaymentCondition"] == "14"


def test_default_item_group_missing(three):
    with three.administration({"default_item_group": "DIENST"}, default_item_group=None):
        three.refused(
            new_item(), "Verplicht: Artikelgroep", "Mandatory: Item group",
            "Obligatoire: Groupe d'articles",
        )  # fmt: skip
        group = three.anna.one(GROUPS, "Code eq 'ADVIES'")["ID"]
        made = new_item(Code="GROUPED", ItemGroup=group)(three.anna)
        assert made.json()["d"]["ItemGroupCode"] == "ADVIES"


def test_item_group_without_accounts(three):
    group = three.anna.one(GROUPS, "Code eq 'DIENST'")
    names = ("GLStock", "GLCosts")
    back = {name: group[name] for name in names}
    with three.rows(GROUPS, {"Code": "DIENST"}, dict.fromkeys(names), back):
        three.refused(
            new_item(),
            "Verplicht: Artikelgroep (Diensten) - Grootboekrekening: Voorraad / Kosten",
            "Mandatory: Item group (Diensten) - G/L Account: Stock / Costs",
            "Obligatoire: Groupe d'articles (Diensten) - Compte général: Stock / Coûts",
        )


def test_item_and_unit_missing(three):
    three.refused(
        line(Item=None), "Verplicht: Artikel\r\nVerplicht: Eenheid",
        "Mandatory: Item\r\nMandatory: Unit", "Obligatoire: Article\r\nObligatoire: Unité",
    )  # fmt: skip
    three.refused(
        line(Item=None, UnitCode="hour"), "Verplicht: Artikel", "Mandatory: Item",
        "Obligatoire: Article",
    )  # fmt: skip


def test_required_is_the_other_word_for_mandatory(three):
    """ "Required: Journal" and "Required: Article Required: Unit" were seen beside it (5.4)."""
    with three.settings(mandatory_text="required", journal="mandatory"):
        three.refused(
            invoice(), "Verplicht: Dagboek", "Required: Journal", "Obligatoire: Journal"
        )  # fmt: skip
    with three.settings(mandatory_text="required"):
        three.refused(
            line(Item=None), "Verplicht: Artikel\r\nVerplicht: Eenheid",
            "Required: Article\r\nRequired: Unit", "Obligatoire: Article\r\nObligatoire: Unité",
        )  # fmt: skip


def test_unit_missing(three):
    texts = "Verplicht: Eenheid", "Mandatory: Unit", "Obligatoire: Unité"
    with three.administration({"default_unit": "pc"}, default_unit=None):
        three.refused(new_item(), *texts)
    bare = three.anna.item(Code="NOUNIT")
    with three.rows("logistics/Items", {"Code": "NOUNIT"}, {"Unit": None}, {"Unit": "hour"}):
        three.refused(line(Item=bare["ID"]), *texts)
        assert line(Item=bare["ID"], UnitCode="day")(three.anna).status_code == 201


def test_unknown_unit(three):
    texts = "Ongeldige referentie: Eenheid", "Invalid reference: Unit", "Référence invalide: Unité"
    three.refused(line(UnitCode="ell"), *texts)
    three.refused(new_item(Unit="ell"), *texts)


def test_customer_missing_is_two_lines(three):
    three.refused(
        invoice(OrderedBy=None), "Verplicht: Factuur voor\r\nVerplicht: Besteld door",
        "Mandatory: Invoice to\r\nMandatory: Ordered by",
        "Obligatoire: Facture pour\r\nObligatoire: Commandé par",
    )  # fmt: skip


def test_invoice_to_can_be_mandatory(three):
    account = three.anna.account()
    assert three.anna.invoice(account)["InvoiceTo"] == account["ID"]
    with three.settings(invoice_to="mandatory"):
        three.refused(
            invoice(), "Verplicht: Factuur voor", "Mandatory: Invoice to",
            "Obligatoire: Facture pour",
        )  # fmt: skip
        assert three.anna.invoice(account, InvoiceTo=account["ID"])["InvoiceTo"] == account["ID"]


@pytest.mark.parametrize(
    "name, dutch, english, french",
    [
        ("OrderedBy", "Besteld door", "Ordered by", "Commandé par"),
        ("InvoiceTo", "Factuur voor", "Invoice to", "Facture pour"),
        ("DeliverTo", "Leveren aan", "Deliver to", "Livrer à"),
    ],
)
def test_account_guid_wrong(three, name, dutch, english, french):
    three.refused(
        invoice(**{name: NOBODY}), f"Ongeldige referentie: {dutch}",
        f"Invalid reference: {english}", f"Référence invalide: {french}",
    )  # fmt: skip


def test_account_is_no_customer(three):
    account = three.anna.account(Status="P")
    three.refused(
        invoice(OrderedBy=account["ID"]), "Ongeldig: Klant (Type)", "Invalid: Customer (Type)",
        "Invalide: Client (Type)",
    )  # fmt: skip


def test_customer_blocked(three):
    account = three.anna.account(Blocked=True)
    three.refused(
        invoice(OrderedBy=account["ID"]), "Niet toegestaan: Klant (Geblokkeerd)",
        "Not allowed: Customer (Blocked)", "Non autorisé: Client (Bloqué)",
    )  # fmt: skip


def test_email(three):
    three.refused(
        lambda client: client.post("crm/Accounts", Name="x", Email="nobody"),
        "Ongeldig: Email []", "Invalid: Email []", "Invalide: Email []",
    )  # fmt: skip


def test_duplicate_key(three):
    code = three.anna.account()["Code"]
    texts = "Gegeven bestaat reeds.", "Data already exists", "Donnée existe déjà."
    three.refused(lambda client: client.post("crm/Accounts", Name="x", Code=code), *texts)
    three.refused(new_item(Code="UREN"), *texts)


def test_record_in_use_on_delete(three):
    account = three.anna.account()
    three.anna.invoice(account)
    path = f"crm/Accounts(guid'{account['ID']}')"
    three.refused(
        lambda client: client.delete(path),
        "Kan niet verwijderen: Relatie - Gebruikt in: Verkoopfacturen",
        "Cannot delete: Account - Used in: Sales invoices",
        "Suppression impossible: Relation - Utilisé dans: Factures de vente",
    )
    used = f"logistics/Items(guid'{item(three.anna)}')"
    three.refused(
        lambda client: client.delete(used),
        "Kan niet verwijderen: Artikel - Gebruikt in: Verkoopfacturen",
        "Cannot delete: Item - Used in: Sales invoices",
        "Suppression impossible: Article - Utilisé dans: Factures de vente",
    )


@pytest.mark.parametrize(
    "path, body",
    [
        ("periods", {"division": FIRST, "year": 2026}),
        ("periods", {"division": FIRST, "year": 1901, "closed": True}),
        ("periods", {"division": FIRST, "year": "x", "exists": True}),
        ("periods", {"division": FIRST, "year": date.today().year, "journal": "?", "closed": True}),
        ("periods", {"division": 1, "year": 2026, "exists": False}),
        ("administrations", {"code": 1}),
        ("administrations", {"code": FIRST, "default_journal": "X9"}),
        ("administrations", {"code": FIRST, "default_item_group": "X9"}),
        ("administrations", {"code": FIRST, "anything": "else"}),
        ("licence", {"division": FIRST, "modules": ["anything"]}),
        ("licence", {"division": FIRST, "expired": "perhaps"}),
        ("licence", {"division": FIRST, "blocked": "perhaps"}),
        ("licence", {"division": 1}),
        (f"rows/{FIRST}/logistics/Items", {"where": {"Code": "no such"}, "values": {"Unit": "pc"}}),
        (f"rows/{FIRST}/logistics/Items", {"where": {"Code": "UREN"}, "values": {"Nothing": 1}}),
        (f"rows/{FIRST}/logistics/Items", {"where": {"Code": "UREN"}, "values": {"IsTime": "x"}}),
        (f"rows/{FIRST}/no/Entity", {"where": {"Code": "x"}, "values": {"Code": "y"}}),
        ("rows/x/logistics/Items", {"where": {"Code": "x"}, "values": {"Code": "y"}}),
    ],
)
def test_control_refuses_what_makes_no_sense(three, path, body):
    with pytest.raises(Exception, match=r"\S"):
        three.sandbox.control("POST", path, body)
    assert invoice()(three.anna).status_code == 201
