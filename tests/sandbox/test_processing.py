"""Processing of invoices by PrintedSalesInvoices: chapter 4.5."""

import threading
from datetime import date

import pytest
from bookkeeping import (
    ATTACHMENTS,
    DOCUMENTS,
    ENTRIES,
    INVOICES,
    LINES,
    NOBODY,
    PRINTED,
    address,
    entry_lines,
    entry_of,
    mails,
    money,
    process,
    read,
    receivable_of,
)
from client import Client, message


@pytest.fixture
def choose(sandbox):
    """Choose settings for one test."""
    before = sandbox.settings()
    yield sandbox.settings
    sandbox.settings(**{name: before[name] for name in ("invoice_number", "vat_rounding")})


def milliseconds(text):
    """Return a date as it stands in an answer."""
    days = (date.fromisoformat(text) - date(1970, 1, 1)).days
    return f"/Date({days * 86_400_000})/"


def test_invoice_becomes_processed_and_fixed(sem):
    invoice = sem.invoice(OrderDate="2026-03-02", PaymentCondition="14")
    assert (invoice["Status"], invoice["InvoiceNumber"]) == (20, None)
    answer = sem.post(PRINTED, InvoiceID=invoice["InvoiceID"], InvoiceDate="2026-03-09")
    assert answer.status_code == 201
    row = answer.json()["d"]
    assert row["InvoiceID"] == invoice["InvoiceID"] and row["Document"]
    assert row["DocumentCreationSuccess"].startswith("Document ")
    assert row["DocumentCreationError"] is row["EmailCreationSuccess"] is None
    processed = read(sem, invoice)
    assert (processed["Status"], processed["StatusDescription"]) == (50, "Processed")
    assert processed["InvoiceNumber"] > 26_000_000
    assert processed["InvoiceDate"] == milliseconds("2026-03-09")
    assert processed["DueDate"] == milliseconds("2026-03-23")
    assert processed["OrderDate"] == invoice["OrderDate"]
    assert processed["Document"] == row["Document"]
    assert processed["Modified"] > invoice["Modified"]
    assert message(sem.put(address(invoice), YourRef="x")) == "Not allowed: Invoice (Status)"
    assert message(sem.delete(address(invoice))) == "Not allowed: Invoice (Status)"


def test_date_is_today_unless_sent_and_a_due_date_sent_stays(anna):
    today = anna.sandbox.clock()["wall"][:10]
    invoice = anna.invoice(OrderDate="2026-03-02", DueDate="2026-12-24")
    processed = process(anna, invoice)
    assert processed["InvoiceDate"] == milliseconds(today)
    assert processed["DueDate"] == milliseconds("2026-12-24")


def test_answer_is_full_without_prefer(anna):
    answer = anna.post(PRINTED, False, InvoiceID=anna.invoice()["InvoiceID"])
    assert answer.status_code == 201
    assert answer.json()["d"]["Document"] and answer.json()["d"]["DocumentCreationSuccess"]


def test_there_is_nothing_to_get(anna):
    for path in (PRINTED, f"{PRINTED}(guid'{NOBODY}')"):
        assert anna.get(path, select="InvoiceID").status_code == 403


def test_what_cannot_be_processed(sem):
    assert message(sem.post(PRINTED)) == "Mandatory: Invoice"
    answer = sem.post(PRINTED, InvoiceID=NOBODY)
    assert (answer.status_code, message(answer)) == (500, "Invalid reference: Invoice")
    invoice = process(sem)
    answer = sem.post(PRINTED, InvoiceID=invoice["InvoiceID"], SendEmailToCustomer=True)
    assert (answer.status_code, message(answer)) == (500, "Not allowed: Invoice (Status)")
    assert mails(sem, invoice) == []
    bare = sem.invoice()
    sem.delete(address(sem.lines(bare)[0], LINES, "ID"))
    assert message(sem.post(PRINTED, InvoiceID=bare["InvoiceID"])) == "Mandatory: Invoice lines"
    account = sem.account()
    blocked = sem.invoice(account)
    sem.put(address(account, "crm/Accounts", "ID"), Blocked=True)
    answer = sem.post(PRINTED, InvoiceID=blocked["InvoiceID"])
    assert message(answer) == "Not allowed: Customer (Blocked)"
    assert read(sem, blocked)["Status"] == 20


def test_right_to_process(anew):
    sandbox = anew()
    client = Client(sandbox, "sem").connect()
    invoice = client.invoice()
    rights = [
        "sales.enter", "items.manage", "items.view", "accounts.manage", "accounts.view",
    ]  # fmt: skip
    sandbox.control("POST", "users", {"login": "sem", "rights": rights})
    answer = client.post(PRINTED, InvoiceID=invoice["InvoiceID"])
    assert (answer.status_code, message(answer)) == (403, "Forbidden")
    assert read(client, invoice)["Status"] == 20


def test_financial_year_and_closed_period(sem):
    answer = sem.post(PRINTED, InvoiceID=sem.invoice()["InvoiceID"], InvoiceDate="1999-01-01")
    assert message(answer) == "Mandatory: Financial year"
    invoice = sem.invoice()
    answer = sem.post(PRINTED, InvoiceID=invoice["InvoiceID"], InvoiceDate="9999-12-31")
    assert message(answer) == "Mandatory: Financial year"
    wrong = {"ReportingYear": 1999, "ReportingPeriod": 1}
    answer = sem.post(PRINTED, InvoiceID=invoice["InvoiceID"], **wrong)
    assert message(answer) == "Mandatory: Financial year"
    closed = {"division": sem.division, "year": 2027, "period": 11, "journal": "71"}
    sem.sandbox.control("POST", "periods", {**closed, "closed": True})
    invoice = sem.invoice(Journal="71")
    answer = sem.post(PRINTED, InvoiceID=invoice["InvoiceID"], InvoiceDate="2027-11-30")
    assert message(answer) == "Period is closed: 2027 - 11"
    assert read(sem, invoice)["InvoiceNumber"] is None
    sem.sandbox.control("POST", "periods", {**closed, "closed": False})
    assert process(sem, invoice, InvoiceDate="2027-11-30")["Status"] == 50


def test_last_date_there_is(anna):
    period = {"ReportingYear": 2026, "ReportingPeriod": 12}
    invoice = process(anna, anna.invoice(), InvoiceDate="9999-12-31", **period)
    assert invoice["DueDate"] == invoice["InvoiceDate"] == "/Date(253402214400000)/"


def test_reporting_period_may_be_chosen(anna):
    invoice = process(
        anna, InvoiceDate="2026-03-31", ReportingYear=2026, ReportingPeriod=4
    )  # fmt: skip
    entry = entry_of(anna, invoice)
    assert (entry["ReportingYear"], entry["ReportingPeriod"]) == (2026, 4)
    assert entry["EntryDate"] == milliseconds("2026-03-31")


def test_entry_of_an_invoice(anna):
    item = anna.item()["ID"]
    account = anna.account()
    lines = [
        {"Item": item, "Quantity": 2, "UnitPrice": 100, "Notes": "n", "Description": "hours"},
        {"Item": item, "Quantity": 1, "UnitPrice": 54.5, "VATCode": "2"},
    ]
    invoice = anna.invoice(account, lines, YourRef="PO 1", Description="Work")
    invoice = process(anna, invoice, InvoiceDate="2026-05-04")
    entry = entry_of(anna, invoice)
    assert entry["InvoiceNumber"] == entry["EntryNumber"] == invoice["InvoiceNumber"]
    assert (entry["Type"], entry["Status"]) == (20, 50)
    assert (entry["Customer"], entry["CustomerName"]) == (account["ID"], account["Name"])
    assert (entry["YourRef"], entry["Description"]) == ("PO 1", "Work")
    assert (entry["ReportingYear"], entry["ReportingPeriod"]) == (2026, 5)
    assert entry["Document"] == invoice["Document"]
    assert entry["OrderNumber"] == invoice["OrderNumber"]
    assert money(entry, "AmountFC", "VATAmountFC") == money(invoice, "AmountFC", "VATAmountFC")
    rows = entry_lines(anna, entry)
    assert [(row["AmountFC"], row["VATCode"], row["LineNumber"]) for row in rows] == [
        (200, "4  ", 1), (54.5, "2  ", 2),
    ]  # fmt: skip
    assert (rows[0]["Description"], rows[0]["Notes"], rows[0]["Quantity"]) == ("hours", "n", 2)
    assert rows[0]["GLAccount"] == anna.lines(invoice)[0]["GLAccount"]
    expanded = anna.get(address(entry, ENTRIES, "EntryID"), expand="SalesEntryLines").json()["d"]
    assert len(expanded["SalesEntryLines"]["results"]) == 2
    assert message(anna.put(address(entry, ENTRIES, "EntryID"), YourRef="x")) == (
        "Niet toegestaan: Boeking (Status)"
    )


def test_document_of_an_invoice(anna):
    invoice = process(anna)
    document = anna.one(
        DOCUMENTS, f"FinancialTransactionEntryID eq guid'{invoice['InvoiceID']}'"
    )  # fmt: skip
    assert document["ID"] == invoice["Document"] and document["Type"] == 10
    assert document["Account"] == invoice["InvoiceTo"]
    assert document["SalesInvoiceNumber"] == invoice["InvoiceNumber"]
    assert document["AmountFC"] == invoice["AmountFC"]
    assert document["Subject"] == f"Verkoopfactuur {invoice['InvoiceNumber']}"
    assert invoice["DocumentSubject"] == document["Subject"]
    assert invoice["DocumentNumber"] == document["HID"]
    file = anna.one(ATTACHMENTS, f"Document eq guid'{document['ID']}'")
    assert file["FileName"] == f"{invoice['InvoiceNumber']}.pdf"
    answer = anna.call("GET", file["Url"] + "&Download=1")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.4") and answer.content.endswith(b"%%EOF\n")
    assert len(answer.content) == file["FileSize"]
    assert str(invoice["InvoiceNumber"]).encode() in answer.content


def test_document_of_the_client_stays(anna):
    own = anna.make(DOCUMENTS, Subject="Timesheet", Type=55)
    invoice = anna.invoice(Document=own["ID"])
    assert (invoice["DocumentSubject"], invoice["DocumentNumber"]) == ("Timesheet", own["HID"])
    answer = anna.make(PRINTED, InvoiceID=invoice["InvoiceID"])
    assert read(anna, invoice)["Document"] == own["ID"] != answer["Document"]
    assert message(anna.try_invoice(Document=NOBODY)) == "Ongeldige referentie: Document"


def test_numbers_follow_each_other_in_a_journal_and_year(anna):
    first, second = (process(anna, InvoiceDate="2026-06-01") for _ in range(2))
    assert second["InvoiceNumber"] == first["InvoiceNumber"] + 1
    other = process(anna, anna.invoice(Journal="71"), InvoiceDate="2026-06-01")
    assert other["InvoiceNumber"] - second["InvoiceNumber"] != 1
    later = process(anna, InvoiceDate="2027-01-04")
    assert str(later["InvoiceNumber"]).startswith("27")
    assert process(anna, InvoiceDate="2026-06-02")["InvoiceNumber"] == second["InvoiceNumber"] + 1


def test_number_at_entry(anna, choose):
    choose(invoice_number="entry")
    first, second = anna.invoice(), anna.invoice()
    assert second["InvoiceNumber"] == first["InvoiceNumber"] + 1
    assert process(anna, second)["InvoiceNumber"] == second["InvoiceNumber"]
    assert anna.put(address(first), Journal="71").status_code == 204
    moved = read(anna, first)
    assert moved["InvoiceNumber"] != first["InvoiceNumber"]
    choose(invoice_number="printing")
    assert anna.invoice()["InvoiceNumber"] is None
    assert process(anna, first)["InvoiceNumber"] == moved["InvoiceNumber"]


def test_many_at_once_have_one_number_each(sandbox, anna):
    invoices = [anna.invoice() for _ in range(6)]
    done = []

    def run(invoice):
        client = Client(sandbox)
        client.access = anna.access
        done.append(client.post(PRINTED, InvoiceID=invoice["InvoiceID"]).status_code)

    threads = [threading.Thread(target=run, args=(item,)) for item in invoices * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [201] * 6 + [500] * 6
    numbers = [read(anna, item)["InvoiceNumber"] for item in invoices]
    assert len(set(numbers)) == 6
    for invoice in invoices:
        assert receivable_of(anna, read(anna, invoice))["IsFullyPaid"] is False


def test_killed_after_processing_everything_or_nothing(fresh):
    sandbox = fresh()
    client = Client(sandbox).connect()
    invoice = process(client)
    sandbox.kill()
    sandbox.start()
    again = read(client, invoice)
    assert again == invoice
    assert entry_of(client, again)["AmountFC"] == again["AmountFC"]
    assert receivable_of(client, again)["TransactionAmountFC"] == -again["AmountFC"]


def test_processing_gives_new_timestamps(anna):
    invoice = anna.invoice()
    path = "sync/SalesInvoice/SalesInvoices"
    before = max(
        int(row["Timestamp"])
        for row in anna.rows(path, select="Timestamp", filter="Timestamp gt 1L")
    )
    process(anna, invoice)
    rows = anna.rows(
        path, select="Timestamp,InvoiceID,Status,LineNumber", filter=f"Timestamp gt {before}L"
    )  # fmt: skip
    assert sorted((row["InvoiceID"], row["LineNumber"], row["Status"]) for row in rows) == [
        (invoice["InvoiceID"], 0, 50), (invoice["InvoiceID"], 1, 50),
    ]  # fmt: skip


def test_draft_of_status_ten_is_processed_too(sandbox, anna):
    sandbox.settings(invoice_status=10)
    invoice = anna.invoice()
    sandbox.settings(invoice_status=20)
    assert process(anna, invoice)["Status"] == 50


def test_demo_holds_what_a_bookkeeper_did(anna):
    rows = anna.rows(INVOICES, select="*", filter="Status eq 50 and YourRef eq 'PO-1187'")
    assert receivable_of(anna, rows[0])["IsFullyPaid"] is True
