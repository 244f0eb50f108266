"""Bodies of POST and PUT, as JSON and as XML: chapters 3.1, 3.3 and 3.5."""

import pytest
import requests
from client import message

ACCOUNTS = "crm/Accounts"
STREAM = "Error processing request stream. The request should be a valid top-level resource object."


@pytest.mark.parametrize(
    "body",
    ["", "no json", "[]", '"x"', '{"Name": "a"', '{"SalesInvoiceLines": {}}',
     '{"SalesInvoiceLines": [1]}', "\xff", '{"Discount": 1e99999999999999999999}', "[" * 100_000],
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
        ("IsMailing", 256, "Byte"), ("IsMailing", "one", "Byte"), ("SecurityLevel", 1.5, "Int32"),
        ("DiscountSales", "much", "Double"), ("DiscountSales", "NaN", "Double"),
        ("DiscountSales", 1e13, "Double"), ("Name", "\ud800", "String"),
        ("StartDate", "/Date(1767225600000)/", "DateTime"), ("StartDate", 5, "DateTime"),
        ("StartDate", "2026-02-30", "DateTime"), ("DiscountSales", False, "Double"),
        ("StartDate", "9999-12-31T23:59:59Z", "DateTime"),
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


ENTRY = """<?xml version="1.0" encoding="utf-8"?>
<entry xmlns="http://www.w3.org/2005/Atom"
    xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"
    xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">{links}
  <content type="application/xml"><m:properties>{properties}</m:properties></content></entry>"""
LINK = """<link rel="http://schemas.microsoft.com/ado/2007/08/dataservices/related/{name}"
    type="application/atom+xml;type=feed" title="{name}"><m:inline><feed>{entries}</feed></m:inline>
</link>"""


def send_xml(client, method, path, properties, links="", kind="application/atom+xml"):
    """Send an entry; the answer is JSON with all properties."""
    headers = {"Content-Type": kind, "Prefer": "return=representation"}
    body = ENTRY.format(properties=properties, links=links)
    return client.call(method, path, data=body.encode(), headers=headers)


@pytest.mark.parametrize("kind", ["application/atom+xml", "application/xml; charset=utf-8"])
def test_xml_makes_and_changes_a_row(anna, kind):
    answer = send_xml(
        anna, "POST", ACCOUNTS,
        "<d:Name>M\u00fcller &amp; Zn</d:Name><d:Status>C</d:Status>"
        '<d:Blocked m:type="Edm.Boolean">true</d:Blocked>'
        '<d:DiscountSales m:type="Edm.Double">0.05</d:DiscountSales>'
        '<d:SecurityLevel m:type="Edm.Int32">100</d:SecurityLevel>'
        '<d:StartDate m:type="Edm.DateTime">2026-01-31T00:00:00</d:StartDate>'
        '<d:Website m:null="true"/>', kind=kind,
    )  # fmt: skip
    row = answer.json()["d"]
    assert (answer.status_code, row["Name"], row["Blocked"]) == (201, "M\u00fcller & Zn", True)
    assert (row["DiscountSales"], row["SecurityLevel"], row["Website"]) == (0.05, 100, None)
    assert row["StartDate"] == "/Date(1769817600000)/"
    path = f"{ACCOUNTS}(guid'{row['ID']}')"
    assert send_xml(anna, "PUT", path, "<d:Name>Other</d:Name>").status_code == 204
    assert anna.get(path).json()["d"]["Name"] == "Other"


def test_xml_makes_an_invoice_with_lines(anna):
    line = ENTRY.partition("?>")[2].format(
        links="", properties=f"<d:Item>{anna.item()['ID']}</d:Item><d:Quantity>3</d:Quantity>"
        "<d:UnitPrice>10</d:UnitPrice>",
    )  # fmt: skip
    answer = send_xml(
        anna, "POST", "salesinvoice/SalesInvoices",
        f"<d:OrderedBy>{anna.account()['ID']}</d:OrderedBy>",
        LINK.format(name="SalesInvoiceLines", entries=line),
    )  # fmt: skip
    assert answer.status_code == 201 and answer.json()["d"]["AmountFCExclVat"] == 30


@pytest.mark.parametrize(
    "body",
    [
        "", "<a/>", "<entry/>", ENTRY.format(links="", properties="<Name>x</Name>"),
        ENTRY.format(links="", properties="<d:Name>x"),
        '<!DOCTYPE e [<!ENTITY a "b">]>' + ENTRY.partition("?>")[2].format(
            links="", properties="<d:Name>&a;</d:Name>"
        ),
        ENTRY.replace("utf-8", "nothing").format(links="", properties="<d:Name>x</d:Name>"),
        ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE e [<!ENTITY a "b">]>'
         + ENTRY.partition("?>")[2].format(links="", properties="<d:Name>&a;</d:Name>")
         ).encode("utf-16"),
    ],
)  # fmt: skip
def test_bad_xml(anna, body):
    headers = {"Content-Type": "application/xml"}
    data = body.encode() if isinstance(body, str) else body
    answer = anna.call("POST", ACCOUNTS, data=data, headers=headers)
    assert (answer.status_code, message(answer)) == (400, STREAM)


def test_xml_values_of_the_wrong_type(anna):
    for name, text, kind in (
        ("Blocked", "ja", "Boolean"), ("SecurityLevel", "1.5", "Int32"),
        ("SecurityLevel", "--5", "Int32"), ("IsMailing", "--5", "Byte"),
    ):  # fmt: skip
        answer = send_xml(anna, "POST", ACCOUNTS, f"<d:Name>x</d:Name><d:{name}>{text}</d:{name}>")
        text = f"Error in converting value for property '{name}' to type '{kind}'"
        assert (answer.status_code, message(answer)) == (500, text)


def test_xml_may_hold_comments_and_raw_text(anna):
    name = "<!-- a remark --><d:Name><![CDATA[a <!b]]></d:Name>"
    assert send_xml(anna, "POST", ACCOUNTS, name).json()["d"]["Name"] == "a <!b"


@pytest.mark.parametrize("text, number", [("1e-999999", 0), ("0.1" + "0" * 5000, 0.1)])
def test_doubles_are_no_more_precise_than_doubles(anna, text, number):
    answer = anna.call(
        "POST", ACCOUNTS, data=f'{{"Name": "x", "DiscountSales": {text}}}',
        headers={"Content-Type": "application/json", "Prefer": "return=representation"},
    )  # fmt: skip
    assert answer.status_code == 201 and len(answer.content) < 50_000
    assert answer.json()["d"]["DiscountSales"] == number


def test_other_kinds_of_body(anna):
    headers = {"Content-Type": "text/plain"}
    assert anna.call("POST", ACCOUNTS, data=b"{}", headers=headers).status_code == 415
    answer = anna.call("POST", ACCOUNTS, data=b'{"Name": "No type"}')
    assert answer.status_code == 201


def try_size(client, data):
    """Return the status of a large body; None when the connection was closed before its end."""
    try:
        return client.call("POST", ACCOUNTS, data=data).status_code
    except requests.ConnectionError:
        return None


def test_ten_megabytes(anna):
    assert try_size(anna, b'{"Name": "x", "Remarks": "' + b"x" * 10_000_000 + b'"}') == 413
    assert try_size(anna, b" " * 10_000_001) == 413
    assert try_size(anna, b" " * 15_000_000) in (413, None)
    # Of a binary property the bytes count: this is 12 MB of base64 for 9.
    assert try_size(anna, b'{"Name": "x", "Logo": "' + b"AAAA" * 3_000_000 + b'"}') == 201
    assert try_size(anna, b'{"Name": "x", "Logo": "' + b"AAAA" * 3_400_000 + b'"}') == 413
