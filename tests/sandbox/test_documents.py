"""Documents and their attachments: chapter 4.16."""

import base64
import re

import pytest
import requests
from bookkeeping import ATTACHMENTS, DOCUMENTS, INVOICES, NOBODY, address, process
from client import Client, message
from hypothesis import given
from hypothesis import strategies as st

from exact_sandbox.pdf import make_pdf

LIMIT = 10 * 1000 * 1000


def attach(client, document, content=b"hello", name="note.txt"):
    """Post an attachment and return the answer."""
    text = base64.b64encode(content).decode()
    return client.post(ATTACHMENTS, Document=document["ID"], FileName=name, Attachment=text)


def test_document_is_made_changed_and_deleted(anna):
    account = anna.account()
    row = anna.make(DOCUMENTS, Subject="Timesheet", Type=55, Account=account["ID"], Body="x")
    assert (row["Subject"], row["TypeDescription"]) == ("Timesheet", "Diversen")
    assert row["AccountName"] == account["Name"] and row["HasEmptyBody"] is False
    assert row["HID"] > 0 and row["DocumentDate"] and row["Creator"]
    assert anna.make(DOCUMENTS, Subject="Next", Type=55)["HID"] == row["HID"] + 1
    assert row["DocumentViewUrl"].startswith(f"{anna.sandbox.url}/docs/")
    path = address(row, DOCUMENTS, "ID")
    assert anna.put(path, Subject="Hours").status_code == 204
    assert anna.get(path).json()["d"]["Subject"] == "Hours"
    assert message(anna.put(path, Subject=" ")) == "Verplicht: Onderwerp"
    assert anna.delete(path).status_code == 204
    assert anna.get(path).status_code == 404


@pytest.mark.parametrize(
    "values, text",
    [
        ({"Type": 55}, "Verplicht: Onderwerp"),
        ({"Subject": "x"}, "Verplicht: Type"),
        ({"Subject": "x", "Type": 55, "Account": NOBODY}, "Ongeldige referentie: Klant"),
    ],
)
def test_rules_of_documents(anna, values, text):
    answer = anna.post(DOCUMENTS, **values)
    assert (answer.status_code, message(answer)) == (500, text)


def test_number_of_a_document_once(anna):
    number = anna.make(DOCUMENTS, Subject="x", Type=55)["HID"] + 500
    assert anna.make(DOCUMENTS, Subject="x", Type=55, HID=number)["HID"] == number
    answer = anna.post(DOCUMENTS, Subject="x", Type=55, HID=number)
    assert message(answer) == "Gegeven bestaat reeds."


def test_a_document_keeps_its_number(anna):
    document = anna.make(DOCUMENTS, Subject="x", Type=55)
    path = f"{DOCUMENTS}(guid'{document['ID']}')"
    for values in ({"HID": None}, {"Subject": "y"}):
        assert anna.put(path, **values).status_code == 204
    assert anna.get(path).json()["d"]["HID"] == document["HID"]


def test_attachment_comes_back_as_it_went(anna):
    document = anna.make(DOCUMENTS, Subject="Timesheet", Type=55)
    content = bytes(range(256)) * 40
    row = attach(anna, document, content, "hours ü.bin").json()["d"]
    assert (row["FileName"], row["FileSize"]) == ("hours ü.bin", len(content))
    assert row["Attachment"] is None
    division = anna.division
    url = f"{anna.sandbox.url}/docs/SysAttachment.aspx?ID={row['ID']}&_Division_={division}"
    assert row["Url"] == url
    answer = anna.call("GET", f"{url}&Download=1")
    assert answer.content == content
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "hours%20%C3%BC.bin" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    (listed,) = anna.rows(ATTACHMENTS, select="*", filter=f"Document eq guid'{document['ID']}'")
    assert listed["ID"] == row["ID"]


def test_who_may_fetch_an_attachment(anna, sem, anew):
    document = anna.make(DOCUMENTS, Subject="Timesheet", Type=55)
    row = attach(anna, document, b"secret", "a.txt").json()["d"]
    assert sem.call("GET", row["Url"]).content == b"secret"
    wrong = requests.get(row["Url"], headers={"Authorization": "Bearer no"}, timeout=9)
    assert wrong.status_code == 401
    stranger = requests.get(row["Url"], timeout=9)
    assert b"secret" not in stranger.content and "Password" in stranger.text
    status, text, _ = anna.person.visit(row["Url"])
    assert (status, text) == (200, "secret")
    other = anna.sandbox.administrations[1]["code"]
    url = row["Url"].replace(str(anna.division), str(other))
    assert anna.call("GET", url).status_code == 404
    assert anna.call("GET", row["Url"].replace(row["ID"], NOBODY)).status_code == 404
    assert anna.call("GET", row["Url"].replace(str(anna.division), "999")).status_code == 403
    away = anew()
    partial = Client(away).connect([away.administrations[1]["code"]])
    url = f"/docs/SysAttachment.aspx?ID={NOBODY}&_Division_={away.administrations[0]['code']}"
    assert partial.call("GET", url).status_code == 403
    away.control("POST", "scopes", {"Organization documents": None})
    url = url.replace(str(away.administrations[0]["code"]), str(away.administrations[1]["code"]))
    assert partial.call("GET", url).status_code == 403


def test_attachments_cannot_be_changed(anna):
    row = attach(anna, anna.make(DOCUMENTS, Subject="x", Type=55)).json()["d"]
    assert anna.put(address(row, ATTACHMENTS, "ID"), FileName="y").status_code == 403


@pytest.mark.parametrize(
    "values, text",
    [
        ({}, "Verplicht: Document\r\nVerplicht: Bestandsnaam\r\nVerplicht: Bijlage"),
        ({"Document": NOBODY, "FileName": "a", "Attachment": "aGk="},
         "Ongeldige referentie: Document"),
        ({"Document": NOBODY, "FileName": "a", "Attachment": "not base64!"},
         "Error in converting value for property 'Attachment' to type 'Binary'"),
        ({"Document": NOBODY, "FileName": "a", "Attachment": "aGk"},
         "Error in converting value for property 'Attachment' to type 'Binary'"),
    ],
)  # fmt: skip
def test_rules_of_attachments(anna, values, text):
    answer = anna.post(ATTACHMENTS, **values)
    assert (answer.status_code, message(answer)) == (500, text)


def test_ten_megabytes_of_bytes(anna):
    document = anna.make(DOCUMENTS, Subject="Large", Type=55)
    answer = attach(anna, document, b"x" * (LIMIT - 1000))
    assert answer.status_code == 201
    assert answer.json()["d"]["FileSize"] == LIMIT - 1000
    assert attach(anna, document, b"x" * (LIMIT + 1)).status_code == 413


def test_deleting_leaves_traces(anna):
    document = anna.make(DOCUMENTS, Subject="x", Type=55)
    first, second = (attach(anna, document).json()["d"] for _ in range(2))
    path = "sync/Deleted"

    def traces():
        rows = anna.rows(path, select="EntityKey,EntityType", filter="Timestamp gt 1L")
        return {(row["EntityKey"], row["EntityType"]) for row in rows}

    assert anna.delete(address(first, ATTACHMENTS, "ID")).status_code == 204
    assert (first["ID"], 4) in traces()
    assert anna.call("GET", first["Url"]).status_code == 404
    assert anna.delete(address(document, DOCUMENTS, "ID")).status_code == 204
    assert {(second["ID"], 4), (document["ID"], 6)} <= traces()
    assert anna.call("GET", second["Url"]).status_code == 404
    invoice = anna.invoice()
    anna.delete(address(invoice))
    assert (invoice["InvoiceID"], 13) in traces()


def test_document_of_an_invoice_stays(anna):
    invoice = process(anna)
    answer = anna.delete(f"{DOCUMENTS}(guid'{invoice['Document']}')")
    assert answer.status_code == 500
    assert message(answer) == "Kan niet verwijderen: Document - Gebruikt in: Verkoopfacturen"
    own = anna.make(DOCUMENTS, Subject="x", Type=55)
    open_one = anna.invoice(Document=own["ID"])
    assert anna.delete(address(own, DOCUMENTS, "ID")).status_code == 500
    anna.delete(address(open_one, INVOICES))
    assert anna.delete(address(own, DOCUMENTS, "ID")).status_code == 204


def test_customer_with_documents_stays(anna):
    account = anna.account()
    document = anna.make(DOCUMENTS, Subject="x", Type=55, Account=account["ID"])
    path = address(account, "crm/Accounts", "ID")
    text = "Kan niet verwijderen: Relatie - Gebruikt in: Documenten"
    assert message(anna.delete(path)) == text
    anna.delete(address(document, DOCUMENTS, "ID"))
    assert anna.delete(path).status_code == 204


def test_lists_need_select_and_filter(anna):
    for path in (DOCUMENTS, ATTACHMENTS):
        assert "$select" in message(anna.get(path, filter=f"ID eq guid'{NOBODY}'"))
        assert "mandatory filtering" in message(anna.get(path, select="ID"))


def test_which_filters_are_enough(anna):
    before = anna.sandbox.settings()["filter_fields"]
    for width, status in (("wide", 200), ("narrow", 400)):
        anna.sandbox.settings(filter_fields=width)
        assert anna.get(DOCUMENTS, select="ID", filter="Type eq 10").status_code == status
        assert anna.get(DOCUMENTS, select="ID", filter="HID eq 1").status_code == 200
        found = anna.get(ATTACHMENTS, select="ID", filter="FileName eq 'x'")
        assert found.status_code == status
    anna.sandbox.settings(filter_fields=before)


def test_sync_lists(anna):
    document = anna.make(DOCUMENTS, Subject="Synced", Type=55)
    row = attach(anna, document).json()["d"]
    found = anna.rows(
        "sync/Documents/Documents", select="Timestamp,ID,Subject", filter="Timestamp gt 1L"
    )
    assert (document["ID"], "Synced") in {(item["ID"], item["Subject"]) for item in found}
    found = anna.rows(
        "sync/Documents/DocumentAttachments", select="Timestamp,ID,Url", filter="Timestamp gt 1L"
    )
    assert (row["ID"], row["Url"]) in {(item["ID"], item["Url"]) for item in found}


@given(st.lists(st.text(max_size=60), max_size=120))
def test_pdf_is_whole(lines):
    data = make_pdf(lines)
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", data).group(1))
    table = data[start:].splitlines()
    count = int(table[1].split()[1])
    assert table[0] == b"xref" and table[2] == b"0000000000 65535 f "
    for number, record in enumerate(table[3 : 2 + count], 1):
        place = int(record[:10])
        assert data[place:].startswith(b"%d 0 obj\n" % number)
    for match in re.finditer(rb"/Length (\d+) >>\nstream\n", data):
        end = match.end() + int(match.group(1))
        assert data[end:].startswith(b"\nendstream")
    assert data.count(b"/Type /Page /Parent") == max(1, -(-len(lines) // 52))
