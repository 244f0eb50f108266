"""Envelopes, types, filters, paging: chapter 3."""

import re
from datetime import datetime, timedelta

import pytest
import requests
from client import Client, message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SYNTAX = "Bad Request - Error in query syntax."
ACCOUNTS = "crm/Accounts"


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


def test_service_in_any_case_entity_in_its_own(anna):
    query = {"select": "InvoiceID", "filter": "Status eq 20"}
    assert anna.get("SalesInvoice/SalesInvoices", **query).status_code == 200
    assert anna.get("salesinvoice/SalesInvoices", **query).status_code == 200
    assert anna.get("salesinvoice/salesinvoices", **query).status_code == 404


def test_without_asking_for_json_the_answer_is_atom(anna):
    headers = {"Accept": "*/*"}
    answer = anna.call("GET", "financial/Journals", headers=headers)
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert "Verkoopboek" in answer.text
    answer = anna.call("GET", "financial/Nothing", headers=headers)
    assert answer.status_code == 404 and answer.text.startswith("<?xml")
    key = anna.one("financial/Journals", "Code eq '70'")["ID"]
    answer = anna.call("GET", f"financial/Journals(guid'{key}')", headers=headers)
    assert "entry" in answer.text


def test_not_modelled_says_so(anna):
    answer = anna.get("hrm/Costcenters", select="ID")
    assert answer.status_code in (403, 501)
    answer = anna.get("cashflow/Receivables", select="ID")
    assert answer.status_code == 501 and "does not model" in message(answer)


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


def test_mandatory_select(anna):
    text = "Please add a $select or a $top=1 statement to the query string."
    answer = anna.get(ACCOUNTS, filter="Status eq 'C'")
    assert (answer.status_code, message(answer)) == (400, text)
    assert anna.get(ACCOUNTS, filter="Status eq 'C'", top="1").status_code == 200
    answer = anna.get("sync/CRM/Accounts", top="1")
    assert message(answer) == text


@pytest.mark.parametrize("path", [ACCOUNTS, "logistics/Items", "salesinvoice/SalesInvoices"])
def test_mandatory_filter(anna, path):
    for query in ({"select": "*"}, {"select": "*", "top": "1"}):
        answer = anna.get(path, **query)
        assert answer.status_code == 400
        assert message(answer).startswith(
            "This endpoint has mandatory filtering applied. A GET request for this endpoint must "
            "have a $filter parameter with one of the following fields"
        )
    assert anna.get(path, select="*", filter="Created ge datetime'2020-01-01'").status_code == 200


@pytest.mark.parametrize(
    "path, filter",
    [
        (ACCOUNTS, "VATNumber eq 'NL801000000B01'"),
        (ACCOUNTS, "ChamberOfCommerce eq '30000000'"),
        (ACCOUNTS, "trim(Code) eq '1'"),
        (ACCOUNTS, "substringof('Azure',Name)"),
        (ACCOUNTS, "Modified ge datetime'2020-01-01T00:00:00'"),
        ("logistics/Items", "Code eq 'UREN'"),
        ("salesinvoice/SalesInvoices", "InvoiceID eq guid'00000000-0000-0000-0000-000000000000'"),
        (
            "salesinvoice/SalesInvoices",
            "OrderedBy eq guid'00000000-0000-0000-0000-000000000000' and "
            "Created ge datetime'2026-01-01T00:00:00'",
        ),
    ],
)
def test_lookups_satisfy_the_mandatory_filter(anna, path, filter):
    assert anna.get(path, select="*", filter=filter).status_code == 200


def test_account_code_is_padded(anna):
    code = anna.account()["Code"]
    assert len(code) == 18 and code[0] == " "
    bare = code.strip()
    assert anna.rows(ACCOUNTS, select="ID", filter=f"Code eq '{bare}'") == []
    assert len(anna.rows(ACCOUNTS, select="ID", filter=f"Code eq '{code}'")) == 1
    assert len(anna.rows(ACCOUNTS, select="ID", filter=f"trim(Code) eq '{bare}'")) == 1


def test_other_padding(anna):
    row = anna.account(Country="NL", Language="NL", SearchCode="ALBEX", SalesVATCode="4")
    assert (row["Country"], row["Language"]) == ("NL ", "NL        ")
    assert (row["SearchCode"], row["SalesVATCode"]) == ("ALBEX    ", "4  ")


@pytest.mark.parametrize(
    "filter, names",
    [
        ("Code eq '70'", {"70"}),
        ("'70' eq Code", {"70"}),
        ("Code ne '70' and Type eq 20", {"71", "75"}),
        ("Type eq 20 and IsBlocked eq false", {"70", "71"}),
        ("Type lt 20 or Type ge 90", {"20", "90"}),
        ("not (Type eq 20) and Type gt 12", {"60", "90"}),
        ("not startswith(Code,'7') and Type gt 12L", {"60", "90"}),
        ("startswith(Description,'Verkoop') eq true", {"70", "71", "75"}),
        ("endswith(Description,'winkel')", {"71"}),
        ("substringof('koop',Description) and Type le 20", {"70", "71", "75"}),
        ("trim(Code) eq '60'", {"60"}),
        ("GLAccount eq null", {"90"}),
        ("GLAccount ne null and Type eq 12.0", {"20"}),
        ("(Code eq '20' or Code eq '60') and Type eq 22", {"60"}),
        ("Created gt datetime'2020-01-01T00:00:00.123' and Code eq '20'", {"20"}),
        ("Description eq 'it''s'", set()),
    ],
)
def test_filters(anna, filter, names):
    assert {row["Code"] for row in anna.rows("financial/Journals", filter=filter)} == names


def test_and_binds_before_or(anna):
    rows = anna.rows("financial/Journals", filter="Code eq '20' or Code eq '60' and Type eq 1")
    assert [row["Code"] for row in rows] == ["20"]


@pytest.mark.parametrize(
    "filter, text",
    [
        (
            "Code eq 25",
            "Operator 'eq' incompatible with operand types 'System.String' and 'System.Int32' "
            "at position 5.",
        ),
        (
            "GLAccount eq 'x'",
            "Operator 'eq' incompatible with operand types 'System.Nullable`1[System.Guid]' and "
            "'System.String' at position 10.",
        ),
        ("ID eq guid'dsadsds'", "Unrecognized 'Edm.Guid' literal 'guid'dsadsds'' in '6'."),
        ("Nothing eq 1", SYNTAX),
        (
            "Type eq 99999999999999999999L",
            "Unrecognized 'Edm.Int64' literal '99999999999999999999L' in '8'.",
        ),
        ("Type eq " + "9" * 5000, f"Unrecognized 'Edm.Int64' literal '{'9' * 5000}' in '8'."),
        ("Code eq", SYNTAX),
        ("Code eq 'a", SYNTAX),
        ("Code eq '70' and", SYNTAX),
        ("(Code eq '70'", SYNTAX),
        ("Code", SYNTAX),
        ("Code eq Description", SYNTAX),
        ("tolower(Code) eq 'a'", SYNTAX),
        ("substringof('a')", SYNTAX),
        ("trim(Type) eq 'a'", SYNTAX),
        ("Code eq '70' eq", SYNTAX),
        ("Type eq 1 + 1", SYNTAX),
    ],
)
def test_bad_filters(anna, filter, text):
    answer = anna.get("financial/Journals", filter=filter)
    assert (answer.status_code, message(answer)) == (400, text)


@pytest.mark.parametrize(
    "query",
    [
        {"select": "Nothing"}, {"select": "Code,,ID"}, {"orderby": "Nothing"}, {"top": "x"},
        {"orderby": "Code down"}, {"skiptoken": "x"}, {"skiptoken": "'a'"}, {"expand": "Code"},
        {"inlinecount": "some"}, {"top": "²"}, {"other": "1"}, {"top": "-1"},
        {"skiptoken": "1,2,3"},
    ],
)  # fmt: skip
def test_bad_options(anna, query):
    answer = anna.get("financial/Journals", **query)
    assert (answer.status_code, message(answer)) == (400, SYNTAX)


def test_top_gives_a_bare_array(anna):
    assert isinstance(anna.get("financial/Journals", top="2").json()["d"], list)
    anna.sandbox.settings(top_envelopes={"financial/Journals": "results"})
    assert len(anna.get("financial/Journals", top="2").json()["d"]["results"]) == 2
    anna.sandbox.settings(top_envelopes={})


def test_order_skip_and_count(anna):
    rows = anna.rows("financial/Journals", orderby="Type desc,Code", select="Code")
    assert [row["Code"] for row in rows] == ["90", "60", "70", "71", "75", "20"]
    rows = anna.rows("financial/Journals", orderby="Code", skip="4", select="Code")
    assert [row["Code"] for row in rows] == ["75", "90"]
    body = anna.get("financial/Journals", inlinecount="allpages", top="1").json()["d"]
    assert body["__count"] == "6" and len(body["results"]) == 1
    answer = anna.call("GET", "crm/Accounts/$count", headers={"Accept": "*/*"})
    assert answer.headers["Content-Type"].startswith("text/plain") and int(answer.text) > 70


def test_paging_keeps_the_query(anna):
    query = {"select": "Name", "filter": "Status eq 'C'", "orderby": "Name desc"}
    first = anna.get(ACCOUNTS, **query).json()["d"]
    assert len(first["results"]) == 60
    assert "$skiptoken='" in first["__next"] and "$filter=Status%20eq%20'C'" in first["__next"]
    rows = anna.rows(ACCOUNTS, **query)
    names = [row["Name"] for row in rows]
    assert len(names) > 70 and names == sorted(names, reverse=True)
    assert len({row["__metadata"]["uri"] for row in rows}) == len(rows)


def test_exactly_full_page_leads_to_an_empty_one(anna):
    group = anna.one("logistics/ItemGroups", "Code eq 'HANDEL'")["ID"]
    search = "EXACT60"
    for _ in range(60):
        anna.item(ItemGroup=group, SearchCode=search)
    query = {"select": "ID", "filter": f"SearchCode eq '{search:<9}'"}
    first = anna.get("logistics/Items", **query).json()["d"]
    assert len(first["results"]) == 60
    assert re.search(r"\$skiptoken=guid'[0-9a-f-]{36}'", first["__next"])
    last = anna.call("GET", first["__next"]).json()["d"]
    assert last == {"results": []}
    anna.item(ItemGroup=group, SearchCode=search)
    assert len(anna.rows("logistics/Items", **query)) == 61
    more = anna.rows("logistics/Items", **query, top="61")
    assert len(more) == 61


def test_me_and_divisions(sem):
    body = sem.get("/api/v1/current/Me", select="CurrentDivision,FullName").json()["d"]
    assert body["results"][0]["FullName"] == "Sem Jansen"
    codes = {item["code"] for item in sem.sandbox.administrations}
    for path in ("system/Divisions", "hrm/Divisions"):
        assert {row["Code"] for row in sem.rows(path, select="Code")} == codes
    assert {row["Code"] for row in sem.rows("system/Divisions", division=123456)} == codes
    assert sem.rows("hrm/Divisions", select="HID")[0]["HID"].isdigit()


def test_current_division_follows_the_browser(fresh):
    client = Client(fresh()).connect()
    other = client.sandbox.administrations[1]["code"]
    client.person.visit(f"/docs/MenuPortal.aspx?_Division_={other}")
    row = client.get("/api/v1/current/Me").json()["d"]["results"][0]
    assert row["CurrentDivision"] == other
    current = {row["Code"]: row["Current"] for row in client.rows("system/Divisions")}
    assert current[other] and not current[client.division]


def test_wrong_verbs(anna):
    assert anna.post("logistics/ItemGroups", Code="X").status_code == 403
    assert anna.call("PATCH", "crm/Accounts").status_code == 405
    assert anna.put("crm/Accounts", Name="x").status_code == 400
    answer = anna.post("financial/GLAccounts", Code="1", Description="x")
    assert answer.status_code == 501


@pytest.mark.parametrize(
    "body",
    ["", "no json", "[]", '"x"', '{"Name": "a"', '{"SalesInvoiceLines": {}}',
     '{"SalesInvoiceLines": [1]}', "\xff"],
)  # fmt: skip
def test_bad_bodies(anna, body):
    answer = anna.call(
        "POST", "salesinvoice/SalesInvoices", data=body.encode("latin-1"),
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    assert answer.status_code == 400
    assert message(answer) == (
        "Error processing request stream. The request should be a valid top-level resource object."
    )


@pytest.mark.parametrize(
    "name, value, kind",
    [
        ("InvoiceAccount", "x", "Guid"), ("InvoiceAccount", 1, "Guid"), ("Name", 1, "String"),
        ("Blocked", 1, "Boolean"), ("Blocked", "true", "Boolean"), ("IsMailing", True, "Byte"),
        ("IsMailing", 256, "Byte"), ("IsMailing", "1", "Byte"), ("SecurityLevel", 1.5, "Int32"),
        ("DiscountSales", "much", "Double"), ("DiscountSales", "NaN", "Double"),
        ("DiscountSales", 1e13, "Double"), ("Name", "\ud800", "String"),
        ("StartDate", "/Date(1767225600000)/", "DateTime"), ("StartDate", 5, "DateTime"),
        ("StartDate", "2026-02-30", "DateTime"), ("DiscountSales", False, "Double"),
    ],
)  # fmt: skip
def test_values_of_the_wrong_type(anna, name, value, kind):
    answer = anna.post(ACCOUNTS, **{"Name": "x", name: value})
    text = f"Error in converting value for property '{name}' to type '{kind}'"
    assert (answer.status_code, message(answer)) == (500, text)


@pytest.mark.parametrize(
    "text, milliseconds",
    [
        ("2026-01-31", 1769817600000), ("2026-01-31T00:00:00", 1769817600000),
        ("01/31/2026 00:00:00", 1769817600000), ("2026-01-30T23:30:00Z", 1769819400000),
        ("2026-07-01T22:00:00Z", 1782950400000), ("2026-01-31T10:00:00.5", 1769853600500),
    ],
)  # fmt: skip
def test_dates_that_are_accepted(anna, text, milliseconds):
    assert anna.account(StartDate=text)["StartDate"] == f"/Date({milliseconds})/"


def test_unknown_and_read_only_properties(anna):
    answer = anna.post(ACCOUNTS, Name="x", Nothing=1)
    assert answer.status_code == 400 and "'Nothing'" in message(answer)
    row = anna.account(IsSales=False, __metadata={"type": "x"})
    assert row["IsSales"] is True
    anna.sandbox.settings(read_only_properties="refuse")
    assert anna.post(ACCOUNTS, Name="x", IsSales=True).status_code == 400
    anna.sandbox.settings(read_only_properties="ignore")


def test_body_must_be_json_and_not_too_big(anna):
    headers = {"Content-Type": "application/xml"}
    assert anna.call("POST", ACCOUNTS, data=b"<a/>", headers=headers).status_code == 415
    try:
        answer = anna.call("POST", ACCOUNTS, data=b" " * 10_000_001)
        assert answer.status_code == 413
    except requests.ConnectionError:
        pass  # refused before all of it was read


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=60))
def test_any_text_as_filter_is_an_answer(anna, text):
    assert anna.get("financial/Journals", filter=text).status_code in (200, 400)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_any_name_can_be_found_again(anna, name):
    answer = anna.post(ACCOUNTS, Name=name)
    if not name.strip():
        assert answer.status_code == 500
        return
    quoted = name.replace("'", "''")
    rows = anna.rows(ACCOUNTS, select="Name", filter=f"Name eq '{quoted}'")
    assert rows and {row["Name"] for row in rows} == {name}
