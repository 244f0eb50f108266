"""Sales entries and their lines: chapter 4.7."""

import pytest
from bookkeeping import (
    ENTRIES,
    ENTRY_LINES,
    NOBODY,
    OPEN_ITEMS,
    RECEIVABLES,
    address,
    entry_lines,
    entry_of,
    money,
    process,
)
from client import message


@pytest.fixture(scope="module")
def ledger(anna):
    """The key of a revenue account."""
    return anna.one("financial/GLAccounts", "Code eq '8000'")["ID"]


@pytest.fixture
def make(anna, ledger):
    """Make an entry of one line, or return the refusal."""

    def post(lines=None, refused=False, client=anna, **values):
        if "Customer" not in values:
            values["Customer"] = client.account()["ID"]
        if lines is None:
            lines = [{"GLAccount": ledger, "AmountFC": 100, "VATCode": "4"}]
        body = {"Journal": "71", "SalesEntryLines": lines, **values}
        answer = client.post(ENTRIES, **body)
        assert (answer.status_code == 201) is not refused, answer.text
        return message(answer) if refused else answer.json()["d"]

    return post


def entry(client, row):
    return client.get(address(row, ENTRIES, "EntryID")).json()["d"]


def test_entry_with_its_defaults(anna, make):
    row = make(EntryDate="2026-03-02", YourRef="PO 3", Description="Bookkeeping")
    assert (row["Type"], row["Status"], row["StatusDescription"]) == (20, 20, "Open")
    assert (row["ReportingYear"], row["ReportingPeriod"]) == (2026, 3)
    assert row["EntryNumber"] == row["InvoiceNumber"] > 26_710_000
    assert (row["Currency"], row["Rate"], row["PaymentCondition"]) == ("EUR", 1, "30")
    assert row["DueDate"] == "/Date(1775001600000)/"  # 2026-04-01
    assert money(row, "AmountFC", "VATAmountFC", "AmountDC", "VATAmountDC") == [121, 21, 121, 21]
    assert (row["JournalDescription"], row["YourRef"]) == ("Verkoopboek webwinkel", "PO 3")
    (line,) = entry_lines(anna, row)
    assert money(line, "AmountFC", "VATAmountFC", "VATBaseAmountFC") == [100, 21, 100]
    assert (line["VATCode"], line["GLAccountCode"], line["LineNumber"]) == ("4  ", "8000", 1)
    (item,) = anna.rows(OPEN_ITEMS, filter=f"AccountId eq guid'{row['Customer']}'")
    assert (item["Amount"], item["InvoiceNumber"]) == (121, row["EntryNumber"])
    receivable = anna.one(RECEIVABLES, f"TransactionEntryID eq guid'{row['EntryID']}'")
    assert (receivable["TransactionStatus"], receivable["Status"]) == (20, 20)


def test_own_number_once(anna, sem, make):
    taken = make()["EntryNumber"]
    row = make(EntryNumber=taken + 1000, InvoiceNumber=77, EntryDate="2026-02-03")
    assert (row["EntryNumber"], row["InvoiceNumber"]) == (taken + 1000, 77)
    (item,) = anna.rows(OPEN_ITEMS, filter=f"AccountId eq guid'{row['Customer']}'")
    assert item["InvoiceNumber"] == item["EntryNumber"] == taken + 1000
    text = make(refused=True, EntryNumber=taken + 1000)
    assert text == "In gebruik: Boekstuknummer"
    # Numbers are those of a journal.
    assert make(EntryNumber=taken, Journal="70")["EntryNumber"] == taken
    invoice = process(anna)
    assert make(refused=True, Journal="70", EntryNumber=invoice["InvoiceNumber"]) == text
    assert make()["EntryNumber"] == taken + 1001


def test_invoices_step_over_numbers_of_entries(anna, make):
    number = process(anna)["InvoiceNumber"] + 1
    make(Journal="70", EntryNumber=number)
    assert process(anna)["InvoiceNumber"] == number + 1


@pytest.mark.parametrize(
    "values, text",
    [
        ({"Customer": None}, "Verplicht: Klant"),
        ({"Customer": NOBODY}, "Ongeldige referentie: Klant"),
        ({"Journal": None}, "Verplicht: Dagboek"),
        ({"Journal": NOBODY}, "Ongeldige referentie: Journals"),
        ({"Journal": "60"}, "Ongeldig: Dagboek (type)"),
        ({"EntryDate": "1999-05-05"}, "Verplicht: Boekjaar"),
        ({"ReportingYear": 1999, "ReportingPeriod": 1}, "Verplicht: Boekjaar"),
        ({"PaymentCondition": "99"}, "Ongeldige referentie: Betalingsconditie"),
        ({"Currency": "XYZ"}, "Ongeldige referentie: Valuta"),
        ({"Document": NOBODY}, "Ongeldige referentie: Document"),
        ({"lines": []}, "Verplicht: Boekingsregels"),
        ({"lines": [{}]}, "Verplicht: Grootboekrekening\r\nVerplicht: Bedrag"),
        ({"lines": [{"GLAccount": NOBODY, "AmountFC": 1}]},
         "Ongeldige referentie: Grootboekrekening"),
    ],
)  # fmt: skip
def test_rules(make, values, text):
    assert make(refused=True, **values) == text


@pytest.mark.parametrize(
    "code, text", [("99", "Ongeldige referentie: Btw-code"), ("V4", "Niet toegestaan: Btw-code")]
)
def test_vat_codes_of_lines(make, ledger, code, text):
    lines = [{"GLAccount": ledger, "AmountFC": 1, "VATCode": code}]
    assert make(lines, refused=True) == text


def test_customer_must_be_one(anna, make):
    other = anna.account(Status="P")["ID"]
    assert make(refused=True, Customer=other) == "Ongeldig: Klant (Type)"


def test_amounts(anna, make, ledger):
    lines = [
        {"GLAccount": ledger, "AmountFC": 121, "VATCode": "1"},
        {"GLAccount": ledger, "AmountFC": 50},
        {"GLAccount": ledger, "AmountFC": 100, "VATCode": "4", "VATAmountFC": 20.99},
    ]
    row = make(lines)
    assert (row["VATAmountFC"], row["AmountFC"]) == (41.99, 291.99)
    assert [line["AmountFC"] for line in entry_lines(anna, row)] == [100, 50, 100]
    credit = make([{"GLAccount": ledger, "AmountFC": -10}])
    assert (credit["Type"], credit["AmountFC"]) == (21, -10)
    dollars = make(Currency="USD")
    assert (dollars["AmountFC"], dollars["AmountDC"], dollars["Rate"]) == (121, 111.32, 0.92)
    assert make(Currency="USD", Rate=0.5)["AmountDC"] == 60.5


def test_open_entry_changes(anna, make):
    row = make(EntryDate="2026-03-02")
    path = address(row, ENTRIES, "EntryID")
    assert anna.put(path, EntryDate="2026-05-04", YourRef="x").status_code == 204
    changed = entry(anna, row)
    assert (changed["ReportingPeriod"], changed["YourRef"]) == (5, "x")
    assert changed["DueDate"] > row["DueDate"] and changed["Modified"] > row["Modified"]
    assert changed["EntryNumber"] == row["EntryNumber"]
    assert anna.put(path, EntryNumber=row["EntryNumber"]).status_code == 204
    assert anna.put(path, SalesEntryLines=[]).status_code == 400
    other = make()
    assert message(anna.put(path, EntryNumber=other["EntryNumber"])) == (
        "In gebruik: Boekstuknummer"
    )
    assert anna.put(path, Journal="70").status_code == 204
    assert entry(anna, row)["EntryNumber"] != row["EntryNumber"]


def test_year_of_an_entry_cannot_change(anna, sem, make):
    row = make(EntryDate="2026-03-02")
    path = address(row, ENTRIES, "EntryID")
    for change in ({"EntryDate": "2027-03-02"}, {"ReportingYear": 2027}):
        answer = anna.put(path, **change)
        assert answer.status_code == 500
        assert message(answer) == "Het boekjaar kan niet worden gewijzigd."
    assert entry(anna, row)["ReportingYear"] == 2026
    anna.sandbox.control("POST", "users", {"login": "anna", "language": "en-GB"})
    try:
        assert message(anna.put(path, ReportingYear=2027)) == (
            "The financial year cannot be changed."
        )
    finally:
        anna.sandbox.control("POST", "users", {"login": "anna", "language": "nl-NL"})


def test_lines_change_totals_and_what_is_owed(anna, make, ledger):
    row = make()
    line = anna.make(ENTRY_LINES, EntryID=row["EntryID"], GLAccount=ledger, AmountFC=50)
    assert (line["LineNumber"], line["AmountFC"]) == (2, 50)
    path = address(line, ENTRY_LINES, "ID")
    assert anna.put(path, AmountFC=60, VATCode="2").status_code == 204
    assert entry(anna, row)["AmountFC"] == 186.4
    filter = f"TransactionEntryID eq guid'{row['EntryID']}'"
    assert abs(anna.one(RECEIVABLES, filter)["TransactionAmountDC"]) == 186.4
    assert anna.delete(path).status_code == 204
    assert entry(anna, row)["AmountFC"] == 121
    assert message(anna.post(ENTRY_LINES, GLAccount=ledger, AmountFC=1)) == "Verplicht: Boeking"
    answer = anna.post(ENTRY_LINES, EntryID=NOBODY, GLAccount=ledger, AmountFC=1)
    assert message(answer) == "Ongeldige referentie: Boeking"


def test_entry_is_deleted_with_what_is_owed(anna, make):
    row = make()
    assert anna.delete(address(row, ENTRIES, "EntryID")).status_code == 204
    assert anna.get(address(row, ENTRIES, "EntryID")).status_code == 404
    assert entry_lines(anna, row) == []
    assert anna.rows(OPEN_ITEMS, filter=f"AccountId eq guid'{row['Customer']}'") == []
    traces = anna.rows("sync/Deleted", select="EntityType", filter="Timestamp gt 1L")
    assert 10 in {trace["EntityType"] for trace in traces}


def test_processed_entries_are_fixed(anna, ledger):
    row = entry_of(anna, process(anna))
    line = entry_lines(anna, row)[0]
    for answer in (
        anna.put(address(row, ENTRIES, "EntryID"), YourRef="x"),
        anna.delete(address(row, ENTRIES, "EntryID")),
        anna.put(address(line, ENTRY_LINES, "ID"), AmountFC=1),
        anna.delete(address(line, ENTRY_LINES, "ID")),
        anna.post(ENTRY_LINES, EntryID=row["EntryID"], GLAccount=ledger, AmountFC=1),
    ):
        text = "Niet toegestaan: Boeking (Status)"
        assert (answer.status_code, message(answer)) == (500, text)


def test_paid_entries_are_fixed(anna, make):
    row = make()
    body = {"division": anna.division, "invoice": row["EntryID"], "amount": 21}
    anna.sandbox.control("POST", "payments", body)
    answer = anna.delete(address(row, ENTRIES, "EntryID"))
    assert message(answer) == "Niet toegestaan: Boeking (Status)"
    anna.sandbox.control("DELETE", "payments", {k: body[k] for k in ("division", "invoice")})
    assert anna.delete(address(row, ENTRIES, "EntryID")).status_code == 204


def test_select_right_and_scope(anna, sem, make):
    assert anna.get(ENTRIES).status_code == 400
    assert anna.get(ENTRY_LINES).status_code == 400
    answer = sem.post(ENTRIES, Customer=NOBODY, Journal="70")
    assert (answer.status_code, message(answer)) == (403, "Forbidden")
