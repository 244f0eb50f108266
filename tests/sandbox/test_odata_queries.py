"""``$select``, ``$filter`` and the other query options: chapter 3.4."""

import pytest
from client import message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SYNTAX = "Bad Request - Error in query syntax."
ACCOUNTS = "crm/Accounts"


def test_mandatory_select(anna):
    text = "Please add a $select or a $top=1 statement to the query string."
    answer = anna.get(ACCOUNTS, filter="Status eq 'C'")
    assert (answer.status_code, message(answer)) == (400, text)
    assert anna.get(ACCOUNTS, filter="Status eq 'C'", top="1").status_code == 200
    answer = anna.get("sync/CRM/Accounts", top="1")
    assert message(answer) == text


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
        (f"Type eq 1e{'9' * 20}", f"Unrecognized 'Edm.Double' literal '1e{'9' * 20}' in '8'."),
        ("Type eq 1e309", "Unrecognized 'Edm.Double' literal '1e309' in '8'."),
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


def test_skip_token_out_of_all_bounds(anna):
    answer = anna.get("sync/SalesInvoice/SalesInvoices", select="ID", skiptoken="1e999999999")
    text = "Unrecognized 'Edm.Double' literal '1e999999999' in '0'."
    assert (answer.status_code, message(answer)) == (400, text)


def test_order_skip_and_count(anna):
    rows = anna.rows("financial/Journals", orderby="Type desc,Code", select="Code")
    assert [row["Code"] for row in rows] == ["90", "60", "70", "71", "75", "20"]
    rows = anna.rows("financial/Journals", orderby="Code", skip="4", select="Code")
    assert [row["Code"] for row in rows] == ["75", "90"]
    body = anna.get("financial/Journals", inlinecount="allpages", top="1").json()["d"]
    assert body["__count"] == "6" and len(body["results"]) == 1
    answer = anna.call("GET", "crm/Accounts/$count", headers={"Accept": "*/*"})
    assert answer.headers["Content-Type"].startswith("text/plain") and int(answer.text) > 70


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


def test_count_follows_the_filter(anna):
    code = anna.account()["Code"]
    headers = {"Accept": "*/*"}
    for filter, number in ((f"Code eq '{code}'", "1"), ("IsSales eq true and Name eq 'x'", "0")):
        answer = anna.call(
            "GET", "crm/Accounts/$count", params={"$filter": filter}, headers=headers
        )
        assert answer.text == number
    body = anna.get(
        ACCOUNTS, select="ID", filter=f"endswith(Code,'{code.strip()}')", inlinecount="allpages"
    ).json()["d"]
    assert body["__count"] == str(len(body["results"]))


@pytest.mark.parametrize("path", ["sync/CRM/Accounts", "bulk/CRM/Accounts", "sync/Deleted"])
def test_skip_is_refused_on_recent_endpoints(anna, path):
    filter = "Timestamp gt 1L" if "sync" in path else "Status eq 'C'"
    assert anna.get(path, select="*", filter=filter, skip="0").status_code == 200
    answer = anna.get(path, select="*", filter=filter, skip="1")
    assert (answer.status_code, message(answer)) == (400, SYNTAX)


@pytest.mark.parametrize(
    "query",
    [
        {"expand": "SalesInvoiceLines($filter=Quantity gt 1)"},
        {"expand": "SalesInvoiceLines/Quantity"},
        {"expand": "SalesInvoiceLines", "filter": "SalesInvoiceLines/Quantity gt 1"},
    ],
)
def test_no_filter_inside_expand(anna, query):
    options = {"select": "InvoiceID", "filter": "Status eq 20", **query}
    answer = anna.get("salesinvoice/SalesInvoices", **options)
    assert (answer.status_code, message(answer)) == (400, SYNTAX)
