"""Refusals of invoice lines and of long texts: table 5.4 and what chapter 11 leaves open."""

from datetime import date

import pytest
from client import message
from languages import FIRST, NOBODY, Three
from test_setup import INVOICES, LINES, invoice, item, ledger, line, new_item

from exact_sandbox.users import RIGHTS

ENTRIES, PRINTED = "salesentry/SalesEntries", "salesinvoice/PrintedSalesInvoices"
LEDGERS, JOURNALS = "financial/GLAccounts", "financial/Journals"


@pytest.fixture(scope="module")
def three(renew):
    return Three(renew(day_limit=1_000_000))


def test_vat_code_unknown(three):
    texts = (
        "Ongeldige referentie: Btw-code", "Invalid reference: VAT code",
        "Référence invalide: Code TVA",
    )  # fmt: skip
    three.refused(line(VATCode="99"), *texts)
    three.refused(new_item(SalesVatCode="99"), *texts)
    three.refused(
        lambda client: client.post("crm/Accounts", Name="x", SalesVATCode="99"), *texts
    )  # fmt: skip


def test_vat_code_not_allowed_in_journal(three):
    texts = "Niet toegestaan: Btw-code", "Not allowed: VAT code", "Non autorisé: Code TVA"
    for code in ("V4", "19"):
        three.refused(line(VATCode=code), *texts)
    with three.rows(JOURNALS, {"Code": "71"}, {"AllowVAT": False}, {"AllowVAT": True}):
        three.refused(invoice(Journal="71"), *texts)
        without = [{"Item": item(three.anna), "VATCode": "0"}]
        assert three.anna.try_invoice(lines=without, Journal="71").status_code == 201
    blocked = {"IsBlocked": True}
    with three.rows("vat/VATCodes", {"Code": "2"}, blocked, {"IsBlocked": False}):
        three.refused(line(VATCode="2"), *texts)


def test_vat_percentage(three):
    three.refused(
        line(VATPercentage=0.19), "Ongeldig: Btw-percentage []", "Invalid: VAT percentage []",
        "Invalide: Pourcentage TVA []",
    )  # fmt: skip


def test_ledger_account_type(three):
    for code in ("1300", "1500"):
        key = ledger(three.anna, code)
        three.refused(
            line(GLAccount=key), "Ongeldig: Grootboekrekeningtype", "Invalid: G/L account type",
            "Invalide: Type de compte général",
        )  # fmt: skip


def test_ledger_account_unknown_or_blocked(three):
    three.refused(
        line(GLAccount=NOBODY), "Ongeldige referentie: Grootboekrekening",
        "Invalid reference: G/L Account", "Référence invalide: Compte général",
    )  # fmt: skip
    key = ledger(three.anna, "8100")
    with three.rows(LEDGERS, {"Code": "8100"}, {"IsBlocked": True}, {"IsBlocked": False}):
        three.refused(
            line(GLAccount=key), "Niet toegestaan: Grootboekrekening (Geblokkeerd)",
            "Not allowed: G/L Account (Blocked)", "Non autorisé: Compte général (Bloqué)",
        )  # fmt: skip
    assert line(GLAccount=key)(three.anna).status_code == 201


def test_cost_center_link(three):
    key = ledger(three.anna, "8100")
    rules = {"UseCostcenter": 2, "UseCostunit": 2}
    back = {"UseCostcenter": 0, "UseCostunit": 0}
    with three.rows(LEDGERS, {"Code": "8100"}, rules, back):
        three.refused(
            line(GLAccount=key, CostCenter="ADV"), "Ongeldig: Kostenplaatskoppeling",
            "Invalid: Cost center link", "Invalide: Lien du centre de frais",
        )  # fmt: skip
        three.refused(
            line(GLAccount=key, CostUnit="ZUID"), "Ongeldig: Kostendragerkoppeling",
            "Invalid: Cost unit link", "Invalide: Lien de l'unité de frais",
        )  # fmt: skip
        assert line(CostCenter="ADV")(three.anna).status_code == 201


def test_cost_center_mandatory_or_unknown(three):
    key = ledger(three.anna, "8100")
    with three.rows(LEDGERS, {"Code": "8100"}, {"UseCostcenter": 1}, {"UseCostcenter": 0}):
        three.refused(
            line(GLAccount=key), "Verplicht: Kostenplaats", "Mandatory: Cost center",
            "Obligatoire: Centre de frais",
        )  # fmt: skip
        made = line(GLAccount=key, CostCenter="OPL", CostUnit="NOORD")(three.anna).json()["d"]
        row = three.anna.lines(made)[0]
        assert row["CostCenterDescription"] == "Opleidingen"
        assert row["CostUnitDescription"] == "Regio Noord"
    three.refused(
        line(CostUnit="?"), "Ongeldige referentie: Kostendrager", "Invalid reference: Cost unit",
        "Référence invalide: Unité de frais",
    )  # fmt: skip


def test_item_without_fractions(three):
    whole = three.anna.item(IsFractionAllowedItem=False)["ID"]
    three.refused(
        line(Item=whole, Quantity=0.5), "Ongeldig: Aantal", "Invalid: Quantity",
        "Invalide: Quantité",
    )  # fmt: skip
    assert line(Item=whole, Quantity=3)(three.anna).status_code == 201


def test_item_not_sold_or_no_longer(three):
    own = three.anna.item(IsSalesItem=False)["ID"]
    three.refused(
        line(Item=own), "Niet toegestaan: Artikel (Verkoop)", "Not allowed: Item (Sales)",
        "Non autorisé: Article (Vente)",
    )  # fmt: skip
    old = three.anna.item(EndDate="2024-12-31")["ID"]
    three.refused(
        line(Item=old), "Niet toegestaan: Artikel (Geblokkeerd)", "Not allowed: Item (Blocked)",
        "Non autorisé: Article (Bloqué)",
    )  # fmt: skip
    assert line(Item=three.anna.item(EndDate="2099-12-31")["ID"])(three.anna).status_code == 201


def test_the_last_line_is_kept_or_removed(three):
    invoice = three.anna.invoice()
    [line] = three.anna.lines(invoice)
    path = f"{LINES}(guid'{line['ID']}')"
    with three.settings(last_line="kept"):
        three.refused(
            lambda client: client.delete(path),
            "Verplicht: Factuurregels", "Mandatory: Invoice lines",
            "Obligatoire: Lignes de facture",
        )  # fmt: skip
        values = {"InvoiceID": invoice["InvoiceID"], "Item": line["Item"], "UnitPrice": 5}
        another = three.anna.make(LINES, **values)
        assert three.anna.delete(path).status_code == 204
        assert [row["ID"] for row in three.anna.lines(invoice)] == [another["ID"]]
    last = f"{LINES}(guid'{another['ID']}')"
    with three.settings(last_line="removable"):
        assert three.anna.delete(last).status_code == 204
    assert three.anna.lines(invoice) == []


def test_a_line_of_text_when_items_are_optional(three):
    text = {"Description": "Hours of October", "Quantity": 0}
    lines = [{"Item": item(three.anna), "UnitPrice": 10}, text]
    assert three.anna.try_invoice(lines=lines).status_code == 500
    with three.settings(line_item="optional"):
        made = three.anna.invoice(lines=lines)
        rows = three.anna.lines(made)
        assert made["AmountFC"] == 12.1
        assert [row["Description"] for row in rows] == ["Uren", "Hours of October"]
        for name in ("Item", "ItemCode", "UnitCode", "GLAccount", "VATCode"):
            assert rows[1][name] is None
        three.refused(
            lambda client: client.try_invoice(lines=[{"Description": "x", "UnitPrice": 5}]),
            "Verplicht: Grootboekrekening", "Mandatory: G/L Account",
            "Obligatoire: Compte général",
        )  # fmt: skip
        priced = {
            "Description": "x", "UnitPrice": 5, "VATCode": "4",
            "GLAccount": ledger(three.anna, "8000"),
        }  # fmt: skip
        assert three.anna.invoice(lines=[priced])["AmountFC"] == 6.05


@pytest.mark.parametrize(
    "call, dutch, english, french",
    [
        (invoice(YourRef="x" * 31), "Uw ref.", "Your ref.", "Votre réf."),
        (invoice(Description="x" * 61), "Omschrijving", "Description", "Description"),
        (line(Description="x" * 101), "Omschrijving", "Description", "Description"),
        (new_item(Code="x" * 31), "Code", "Code", "Code"),
        (new_item(Description="x" * 61), "Omschrijving", "Description", "Description"),
        (new_item(ExtraDescription="x" * 256), "Extra omschrijving", "Extra description",
         "Description supplémentaire"),
    ],
)  # fmt: skip
def test_long_texts_are_refused(three, call, dutch, english, french):
    three.refused(call, f"Ongeldig: {dutch}", f"Invalid: {english}", f"Invalide: {french}")


def test_texts_of_full_length_are_taken(three):
    assert invoice(YourRef="x" * 30, Description="é" * 60)(three.anna).status_code == 201


def test_long_texts_can_be_cut(three):
    with three.settings(long_texts="cut"):
        made = invoice(YourRef="y" * 40, Description="z" * 80)(three.anna).json()["d"]
        assert (made["YourRef"], made["Description"]) == ("y" * 30, "z" * 60)
        row = three.anna.lines(line(Description="w" * 150)(three.anna).json()["d"])[0]
        assert row["Description"] == "w" * 100
        cut = new_item(Code="LONG" * 10, Description="v" * 70)(three.anna).json()["d"]
        assert (len(cut["Code"]), len(cut["Description"])) == (30, 60)
        path = f"{INVOICES}(guid'{made['InvoiceID']}')"
        assert three.anna.put(path, YourRef="u" * 40).status_code == 204
        assert three.anna.get(path).json()["d"]["YourRef"] == "u" * 30


def test_status_of_a_new_invoice(three):
    for status in (10, 20):
        with three.settings(invoice_status=status):
            assert invoice()(three.anna).json()["d"]["Status"] == status


def test_read_only_properties(three):
    made = invoice(InvoiceDate="2026-03-02", InvoiceNumber=7)(three.anna).json()["d"]
    assert made["InvoiceDate"] == made["OrderDate"] and made["InvoiceNumber"] is None
    with three.settings(read_only_properties="refuse"):
        answer = invoice(InvoiceDate="2026-03-02")(three.anna)
        assert (answer.status_code, message(answer)) == (
            400, "Error processing request stream. 'InvoiceDate' is read only.",
        )  # fmt: skip
        answer = line(LineNumber=3)(three.anna)
        assert answer.status_code == 400 and "LineNumber" in message(answer)
        assert invoice()(three.anna).status_code == 201


def test_refusals_can_be_400(three):
    with three.settings(refusal_status=400):
        three.refused(
            invoice(Journal="90"), "Ongeldig: Dagboek (type)", "Invalid: Journal (type)",
            "Invalide: Journal (type)", status=400,
        )  # fmt: skip


def test_lines_by_themselves_follow_the_same_rules(three):
    made = three.anna.invoice()
    texts = "Ongeldige referentie: Eenheid", "Invalid reference: Unit", "Référence invalide: Unité"
    body = {"InvoiceID": made["InvoiceID"], "Item": item(three.anna), "UnitCode": "ell"}
    three.refused(lambda client: client.post(LINES, **body), *texts)
    path = f"{LINES}(guid'{three.anna.lines(made)[0]['ID']}')"
    three.refused(lambda client: client.put(path, UnitCode="ell"), *texts)


@pytest.fixture
def bookkeepers(three):
    """All three may do everything: the six rights are not enough for sales entries."""
    three.sandbox.control("POST", "users", {"login": "sem", "rights": "all"})
    yield three
    three.sandbox.control("POST", "users", {"login": "sem", "rights": list(RIGHTS)})


def entry(client, **values):
    lines = [{"GLAccount": ledger(client, "8000"), "AmountFC": 100, "VATCode": "4"}]
    customer = client.account()["ID"]
    body = {"Journal": "71", "Customer": customer, "SalesEntryLines": lines, **values}
    return client.post(ENTRIES, **body)


def test_number_of_an_entry_exists(bookkeepers):
    taken = entry(bookkeepers.anna).json()["d"]["EntryNumber"]
    bookkeepers.refused(
        lambda client: entry(client, EntryNumber=taken), "In gebruik: Boekstuknummer",
        "In use: Document number", "Utilisé: Numéro de document",
    )  # fmt: skip


def test_year_of_an_entry_cannot_change(bookkeepers):
    year = date.today().year
    row = entry(bookkeepers.anna, EntryDate=f"{year}-01-15").json()["d"]
    path = f"{ENTRIES}(guid'{row['EntryID']}')"
    bookkeepers.refused(
        lambda client: client.put(path, ReportingYear=year - 1),
        "Het boekjaar kan niet worden gewijzigd.", "The financial year cannot be changed.",
        "L'exercice ne peut pas être modifié.",
    )  # fmt: skip


def test_account_with_documents_stays(three):
    account = three.anna.account()
    made = three.anna.invoice(account)
    printed = three.anna.post(PRINTED, InvoiceID=made["InvoiceID"])
    assert printed.status_code == 201, printed.text
    path = f"crm/Accounts(guid'{account['ID']}')"
    three.refused(
        lambda client: client.delete(path),
        "Kan niet verwijderen: Relatie - Gebruikt in: Documenten",
        "Cannot delete: Account - Used in: Documents",
        "Suppression impossible: Relation - Utilisé dans: Documents",
    )


def test_a_row_changed_by_control_is_seen_with_a_new_timestamp(three):
    row = three.anna.item(Code="STAMPED")
    before = three.sandbox.rows(FIRST, "logistics/Items")
    stamp = max(item["Timestamp"] for item in before)
    with three.rows(
        "logistics/Items", {"Code": "STAMPED"}, {"StandardSalesPrice": 12.5},
        {"StandardSalesPrice": 0},
    ):  # fmt: skip
        found = three.anna.one("logistics/Items", f"ID eq guid'{row['ID']}'")
        assert found["StandardSalesPrice"] == 12.5
        changed = [
            item for item in three.sandbox.rows(FIRST, "logistics/Items")
            if item["Timestamp"] > stamp
        ]  # fmt: skip
        assert [item["ID"] for item in changed] == [row["ID"]]
