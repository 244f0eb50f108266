"""The shapes of answers: envelopes, types, Atom: chapters 3.1 to 3.3."""

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from client import message

ATOM = "{http://www.w3.org/2005/Atom}"
DATA = "{http://schemas.microsoft.com/ado/2007/08/dataservices}"
META = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"
INVOICES = "salesinvoice/SalesInvoices"


def test_list_envelope(anna):
    answer = anna.get("financial/Journals", filter="Code eq '70'")
    row = answer.json()["d"]["results"][0]
    base = f"{anna.sandbox.url}/api/v1/{anna.division}"
    assert row["__metadata"] == {
        "uri": f"{base}/financial/Journals(guid'{row['ID']}')",
        "type": "Exact.Web.Api.Models.Journal",
    }
    assert row["Division"] == anna.division and row["IsBlocked"] is False
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


def test_raw_text_has_crlf_and_escaped_dates(anna):
    text = anna.get("financial/Journals").text
    assert text.startswith('{\r\n"d" : {\r\n"results": [\r\n{\r\n"__metadata": {\r\n')
    assert re.search(r'"Created": "\\/Date\(\d{13}\)\\/"', text)


def test_single_row_and_unknown_key(anna):
    key = anna.one("financial/Journals", "Code eq '70'")["ID"]
    answer = anna.get(f"financial/Journals(guid'{key.upper()}')")
    assert answer.json()["d"]["Description"] == "Verkoopboek"
    missing = anna.get("financial/Journals(guid'00000000-0000-0000-0000-000000000000')")
    assert missing.status_code == 404 and message(missing)
    assert anna.get("general/Currencies('EUR')").json()["d"]["Description"] == "Euro"
    assert anna.get("financial/Journals('70')").status_code == 400


def test_deferred_and_expanded_lines(anna):
    invoice = anna.invoice()
    uri = invoice["SalesInvoiceLines"]["__deferred"]["uri"]
    assert uri.endswith(f"SalesInvoices(guid'{invoice['InvoiceID']}')/SalesInvoiceLines")
    assert len(anna.call("GET", uri).json()["d"]["results"]) == 1
    path = f"salesinvoice/SalesInvoices(guid'{invoice['InvoiceID']}')"
    row = anna.get(path, expand="SalesInvoiceLines").json()["d"]
    assert row["SalesInvoiceLines"]["results"][0]["AmountFC"] == 200
    row = anna.one(
        "salesinvoice/SalesInvoices", f"InvoiceID eq guid'{invoice['InvoiceID']}'",
        expand="SalesInvoiceLines", select="OrderNumber,SalesInvoiceLines/Quantity",
    )  # fmt: skip
    assert row["SalesInvoiceLines"]["results"][0].keys() == {"__metadata", "Quantity"}


def test_types(anna):
    row = anna.one("financial/FinancialPeriods", "FinPeriod eq 1 and FinYear eq 2026")
    assert row["StartDate"] == "/Date(1767225600000)/"  # 2026-01-01 read as UTC
    vat = anna.one("vat/VATCodes", "trim(Code) eq '4'")
    assert (vat["Code"], vat["Percentage"], vat["Type"]) == ("4  ", 0.21, "E")
    division = anna.rows("system/Divisions")[0]
    assert isinstance(division["Hid"], str) and isinstance(division["Code"], int)
    group = anna.one("logistics/ItemGroups", "IsDefault eq 1")
    assert group["IsDefault"] == 1 and group["GLRevenueCode"] == "8000"


def test_created_is_amsterdam_wall_clock(anna):
    account = anna.account()
    wall = anna.sandbox.clock()["wall"]
    milliseconds = int(re.search(r"\d+", account["Created"]).group())
    created = datetime(1970, 1, 1) + timedelta(milliseconds=milliseconds)
    assert abs(datetime.fromisoformat(wall) - created) < timedelta(seconds=30)


def test_top_gives_a_bare_array(anna, choose):
    assert isinstance(anna.get("financial/Journals", top="2").json()["d"], list)
    choose(top_envelopes={"financial/Journals": "results"})
    assert len(anna.get("financial/Journals", top="2").json()["d"]["results"]) == 2
    assert isinstance(anna.get("vat/VATCodes", top="2").json()["d"], list)
    choose(top_envelope="results", top_envelopes={"financial/Journals": "array"})
    assert isinstance(anna.get("financial/Journals", top="2").json()["d"], list)
    assert len(anna.get("vat/VATCodes", top="2").json()["d"]["results"]) == 2
    assert len(anna.get("vat/VATCodes", top="100").json()["d"]["results"]) > 5


def test_post_answers_nulls_unless_asked_to_represent(anna):
    bare = anna.post("crm/Accounts", represent=False, Name="Bare").json()["d"]
    filled = {name for name, value in bare.items() if value is not None}
    assert filled == {"__metadata", "ID", "BankAccounts"}
    assert anna.account(Name="Full")["Name"] == "Full"


def test_totals_after_a_post(anna, choose):
    filled = anna.invoice()
    assert (filled["AmountFC"], filled["VATAmountFC"]) == (242, 42)
    for represent in (False, True):
        choose(post_totals="empty" if represent else "filled")
        row = anna.try_invoice(represent=represent).json()["d"]
        assert (row["AmountFC"], row["AmountDC"]) == (0, 0)
        assert row["VATAmountFC"] is None and row["AmountFCExclVat"] is None
        path = f"{INVOICES}(guid'{row['InvoiceID']}')"
        assert anna.get(path).json()["d"]["AmountFC"] == 242


def test_percentages_are_fractions_or_whole(anna, choose):
    lines = [{"Item": anna.item()["ID"], "Quantity": 1, "UnitPrice": 100, "VATPercentage": 0.21}]
    invoice = anna.invoice(lines=lines, Discount=0.1)
    (line,) = anna.lines(invoice)
    assert line["VATPercentage"] == 0.21
    choose(percentage_form="whole")
    assert anna.lines(invoice)[0]["VATPercentage"] == 21
    assert anna.one("vat/VATCodes", "Percentage eq 21 and Code eq '4  '")["Percentage"] == 21
    assert anna.get(f"{INVOICES}(guid'{invoice['InvoiceID']}')").json()["d"]["Discount"] == 0.1
    lines[0]["VATPercentage"] = 21
    assert anna.invoice(lines=lines)["AmountFC"] == 121
    path = f"salesinvoice/SalesInvoiceLines(guid'{line['ID']}')"
    assert anna.put(path, VATPercentage=21).status_code == 204
    assert anna.put(path, VATPercentage=0.21).status_code in (400, 500)


@pytest.mark.parametrize("form, answer", [("object", {"UserHasRights": True}), ("bare", True)])
def test_function_answers(anna, choose, form, answer):
    choose(function_answer=form)
    path = "users/UserHasRights?endpoint='crm/Accounts'&action='GET'"
    assert anna.call("GET", path).json() == {"d": answer}
    text = anna.call("GET", path, headers={"Accept": "*/*"}).text
    assert ElementTree.fromstring(text).tag == f"{DATA}UserHasRights"


def test_atom_without_asking_for_json(anna):
    headers = {"Accept": "*/*"}
    answer = anna.call("GET", "financial/Journals?$inlinecount=allpages", headers=headers)
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.text)
    entries = feed.findall(f"{ATOM}entry")
    assert feed.find(f"{META}count").text == str(len(entries))
    fields = entries[0].find(f"{ATOM}content/{META}properties")
    assert fields.find(f"{DATA}Division").get(f"{META}type") == "Edm.Int32"
    assert fields.find(f"{DATA}IsBlocked").text in ("true", "false")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT.*", fields.find(f"{DATA}Created").text)
    key = anna.one("financial/Journals", "Code eq '70'")["ID"]
    answer = anna.call("GET", f"financial/Journals(guid'{key}')", headers=headers)
    assert ElementTree.fromstring(answer.text).tag == f"{ATOM}entry"


def test_atom_refusals_and_pages(anna):
    headers = {"Accept": "application/atom+xml"}
    answer = anna.call("GET", "financial/Nothing", headers=headers)
    error = ElementTree.fromstring(answer.text)
    assert answer.status_code == 404 and error.find(f"{META}message").text
    address = "crm/Accounts?$select=Name&$filter=Status eq 'C'"
    feed = ElementTree.fromstring(anna.call("GET", address, headers=headers).text)
    link = feed.find(f"{ATOM}link[@rel='next']")
    assert ElementTree.fromstring(anna.call("GET", link.get("href"), headers=headers).text)
    assert anna.call("GET", "financial/Journals?$format=json", headers=headers).json()["d"]


def test_atom_lines(anna):
    invoice = anna.invoice()
    path = f"{INVOICES}(guid'{invoice['InvoiceID']}')"
    for query, lines in (("", 0), ("?$expand=SalesInvoiceLines", 1)):
        text = anna.call("GET", path + query, headers={"Accept": "*/*"}).text
        link = ElementTree.fromstring(text).find(f"{ATOM}link[@title='SalesInvoiceLines']")
        assert link.get("href").endswith("/SalesInvoiceLines")
        assert len(link.findall(f"{META}inline/{ATOM}feed/{ATOM}entry")) == lines


def test_language_is_that_of_the_user(anna, sem):
    headers = {"Accept-Language": "fr-FR"}
    texts = [
        message(someone.call("POST", "crm/Accounts", json={"Name": ""}, headers=headers))
        for someone in (anna, sem)
    ]
    assert texts == ["Verplicht: Naam", "Mandatory: Name"]
