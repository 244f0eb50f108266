"""The client ``exactonline`` against the sandbox; it is told the sandbox's address."""

import json

import pytest

CLIENT = "exactonline"
SITE = "nl"
TOKEN = ("POST", "oauth2/token", 200)
ME = ("GET", "current/Me", 200)


def test_authorise_refresh_in_time_and_refresh_late(client, tmp_path):
    seen = client.run("authorise", tmp_path)
    assert seen == {"users": [client.sandbox.login] * 3, "tokens": 3}
    # First in time, then with a clock that is behind: the refusal makes the client refresh.
    late = ("GET", "current/Me", 401)
    assert client.calls() == [TOKEN, ME, TOKEN, ME, late, TOKEN, ME]


def test_it_finds_the_administrations(client, tmp_path):
    seen = client.run("divisions", tmp_path)
    expected = {str(item["code"]): item["name"] for item in client.sandbox.administrations}
    assert seen == {"choices": expected, "current": client.division}
    assert client.calls() == [TOKEN, ME, ("GET", "hrm/Divisions", 200)]


def test_it_chooses_one_by_a_filter_on_the_name(client, tmp_path):
    """A name does not satisfy the strict profile's short list (chapter 3.4; 11, point 10)."""
    seen = client.run("choose_division", tmp_path)
    assert client.calls() == [TOKEN, ("GET", "crm/Accounts", seen["status"])]
    if client.profile == "strict":
        assert seen["status"] == 400
        assert "mandatory filtering applied" in seen["answer"]
    else:
        assert seen == {"status": 200, "chosen": client.division}


def test_it_pages_through_customers(client, tmp_path):
    seen = client.run("customers", tmp_path)
    held = {row["ID"]: row for row in client.rows("crm/Accounts") if row["Status"] == "C"}
    read = [row["ID"] for row in seen["rows"]]
    assert len(read) == len(set(read)) and set(read) == set(held)
    assert sum(row["Name"].startswith("Third party ") for row in seen["rows"]) == 70
    assert seen["one"]["ID"] == seen["rows"][0]["ID"]
    assert all(row["Code"] == held[row["ID"]]["Code"] for row in seen["rows"])
    calls = client.calls()
    # Pages of 60 (chapter 3.4), then one customer by its code, filled up with blanks.
    pages = len(read) // 60 + 1
    assert pages >= 2
    assert calls == [
        TOKEN, *[("POST", "crm/Accounts", 201)] * 70, *[("GET", "crm/Accounts", 200)] * (pages + 1)
    ]  # fmt: skip


def test_it_changes_and_deletes_a_customer(client, tmp_path):
    seen = client.run("change", tmp_path)
    assert seen["found"]["Code"].strip() == "88000"
    assert seen["changed"]["Name"] == "Daffy Duck & zonen"
    guid = seen["made"]["ID"]
    assert all(row["ID"] != guid for row in client.rows("crm/Accounts"))
    assert client.calls() == [
        TOKEN,
        ("POST", "crm/Accounts", 201),
        ("GET", "crm/Accounts", 200),
        ("PUT", f"crm/Accounts(guid'{guid}')", 204),
        ("GET", "crm/Accounts", 200),
        ("DELETE", f"crm/Accounts(guid'{guid}')", 204),
    ]


def test_it_makes_and_reads_an_invoice(client, tmp_path):
    seen = client.run("invoice", tmp_path)
    guid = seen["made"]["InvoiceID"]
    (held,) = [row for row in client.rows("salesinvoice/SalesInvoices") if row["InvoiceID"] == guid]
    assert held["YourRef"] == seen["read"]["YourRef"] == "F0005555"
    assert seen["read"]["AmountFC"] == held["AmountFC"] == 242
    assert [(line["Quantity"], line["NetPrice"], line["AmountFC"]) for line in seen["lines"]] == [
        (2.5, 80, 200)
    ]
    assert client.calls()[-3:] == [
        ("POST", "salesinvoice/SalesInvoices", 201),
        ("GET", "salesinvoice/SalesInvoices", 200),
        ("GET", f"salesinvoice/SalesInvoices(guid'{guid}')/SalesInvoiceLines", 200),
    ]
    assert {status for _method, _path, status in client.calls()} == {200, 201}


def test_it_finds_a_processed_invoice_by_the_reference(client, tmp_path):
    """Its own helpers: the entry with lines, the number by reference, what is still owed."""
    seen = client.run("processed", tmp_path)
    entry = seen["entry"]
    (held,) = [
        row for row in client.rows("salesentry/SalesEntries") if row["EntryID"] == entry["EntryID"]
    ]
    (invoice,) = [
        row
        for row in client.rows("salesinvoice/SalesInvoices")
        if row["InvoiceID"] == seen["made"]["InvoiceID"]
    ]
    assert invoice["Status"] == 50 and held["AmountDC"] == entry["AmountDC"] == 242
    assert entry["EntryNumber"] == entry["InvoiceNumber"] == invoice["InvoiceNumber"]
    assert [line["AmountFC"] for line in entry["SalesEntryLines"]] == [200]
    assert seen["numbers"] == {"F0005555": invoice["InvoiceNumber"], "F0000000": None}
    assert [row["InvoiceNumber"] for row in seen["owed"]] == [invoice["InvoiceNumber"]]
    assert {status for _method, _path, status in client.calls()} == {200, 201}


def test_it_makes_an_entry_as_its_readme_does(client, tmp_path):
    """It posts AmountDC, which is read only (chapter 4.7): ignored or refused (11, point 5)."""
    seen = client.run("entry", tmp_path)
    made = ("POST", "salesentry/SalesEntries", seen["status"])
    assert made in client.calls()
    held = [
        row
        for row in client.rows("salesentry/SalesEntries")
        if str(row["InvoiceNumber"]).endswith("700099")
    ]
    if client.profile == "strict":
        message = json.loads(seen["answer"])["error"]["message"]["value"]
        assert seen["status"] == 400 and "'AmountDC' is read only" in message
        assert held == []
    else:
        assert seen["read"]["EntryID"] == held[0]["EntryID"] and len(held) == 1
        assert seen["read"]["AmountDC"] == held[0]["AmountDC"] == pytest.approx(121)
        assert [line["AmountFC"] for line in seen["read"]["SalesEntryLines"]] == [100]
