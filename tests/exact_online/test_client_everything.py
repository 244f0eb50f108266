"""Whole lists: paging, the cheapest way to read them, and 50,000 customers in little memory."""

import json
import subprocess
import sys
import uuid
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from organisation import DIVISION, Organisation
from scripted_server import ScriptedServer, json_reply

from exact_online import Client, UnexpectedAnswer, eq, fraction
from exact_online.siblings import bulk_filter, bulk_sibling, sync_sibling
from exact_sandbox.process import SandboxProcess

ROOT = Path(__file__).resolve().parents[2]
ACCOUNTS, ITEMS = "crm/Accounts", "logistics/Items"
ENTITIES = json.loads((ROOT / "exact_sandbox" / "exact-entities.json").read_text())["entities"]


ALL_ROWS = {
    "Created ge datetime'1753-01-01T00:00:00'",
    f"ID ne guid'{uuid.UUID(int=0)}'",
}


# Which way


@pytest.mark.parametrize(
    ("endpoint", "select", "where", "path"),
    [
        (ACCOUNTS, "ID", None, "sync/CRM/Accounts"),
        ("CRM/accounts", ["ID"], None, "sync/CRM/Accounts"),
        (ACCOUNTS, "ID", eq("Status", "C"), "bulk/CRM/Accounts"),
        (ITEMS, ["ID", "Code"], None, "sync/Logistics/Items"),
        (ITEMS, ["ID", "StandardSalesPrice"], None, "bulk/Logistics/Items"),
        (ITEMS, ["StandardSalesPrice"], eq("IsSalesItem", True), "bulk/Logistics/Items"),
        # The rows of its sync sibling are headers and lines mixed.
        (
            "salesinvoice/SalesInvoices",
            "InvoiceID",
            None,
            "bulk/SalesInvoice/SalesInvoices",
        ),
        (
            "salesinvoice/SalesInvoiceLines",
            "ID",
            None,
            "bulk/SalesInvoice/SalesInvoiceLines",
        ),
        (
            "salesinvoice/SalesInvoices",
            "InvoiceID",
            eq("Status", 20),
            "bulk/SalesInvoice/SalesInvoices",
        ),
        ("vat/VATCodes", "ID", None, "vat/VATCodes"),
        ("vat/VATCodes", "ID", eq("Code", "4"), "vat/VATCodes"),
    ],
)
def test_the_cheapest_way(server, client, endpoint, select, where, path):
    server.script(json_reply({"d": {"results": [{"ID": "1", "Timestamp": "5"}]}}))
    rows = [row for page in client.everything(endpoint, select=select, where=where) for row in page]
    assert [row["ID"] for row in rows] == ["1"]
    assert server.targets == [f"GET /api/v1/7/{path}"]
    query = server.requests[0].query
    if path.startswith("sync/"):
        assert query["$filter"] == "Timestamp gt 1L" and "Timestamp" in query["$select"]
    elif where is None and path.startswith("bulk/"):
        # A filter is mandatory where there is a sync sibling (ch. 3.4): one that all rows meet.
        assert query["$filter"] in ALL_ROWS
    else:
        assert query.get("$filter", "") == str(where or "")


@pytest.mark.parametrize("profile", ["strict", "lenient"])
def test_no_whole_list_is_refused(profile, anew):
    """Each that has a sibling, whatever is selected, in spite of mandatory filtering."""
    lists = {
        ACCOUNTS: "ID",
        ITEMS: "StandardSalesPrice",
        "documents/DocumentAttachments": "ID",
        "documents/Documents": "ID",
        "financial/GLAccounts": "ID",
        "cashflow/Receivables": "ID",
        "salesinvoice/SalesInvoices": "InvoiceID",
        "salesinvoice/SalesInvoiceLines": "ID",
    }
    sandbox = anew(profile=profile)
    with Organisation(sandbox).connect().client() as client:
        for endpoint, name in lists.items():
            pages = client.everything(endpoint, select=name)
            rows = sum(len(page) for page in pages)
            assert rows == len(sandbox.rows(DIVISION, endpoint)), endpoint


def test_only_endpoints(client):
    for endpoint in ("", "crm", "../x", None):
        with pytest.raises(ValueError):
            client.everything(endpoint, select="ID")


def names(entity):
    typed = [item["name"] for item in entity.get("properties", ())]
    return set(typed) | {item.partition(":")[0] for item in entity.get("names", ())}


def test_siblings_are_those_of_the_reference():
    """Each that the reference has, with the properties that it lacks, and no other."""
    paths = {
        entity["uri"].removeprefix("/api/v1/{division}/"): entity for entity in ENTITIES.values()
    }
    plain = {path.lower(): path for path in paths if path.count("/") == 1}
    # The one list whose service has another name than that of its siblings.
    moved = {"financialtransaction/transactionlines": "financial/transactionlines"}
    siblings = {path.lower(): path for path in paths}
    for low, path in plain.items():
        for prefix, find in (("sync", lambda name: sync_sibling(name, ())), ("bulk", bulk_sibling)):
            expected = siblings.get(f"{prefix}/{moved.get(low, low)}")
            if (prefix, low) == ("sync", "salesinvoice/salesinvoices"):
                expected = None
            assert find(path) == expected, path
            if expected and prefix == "sync":
                for name in names(paths[path]):
                    usable = name in names(paths[expected])
                    assert sync_sibling(path, [name]) == (expected if usable else None), name
            elif expected:
                assert bulk_filter(path) in names(paths[expected])
                lacking = names(paths[path]) - names(paths[expected])
                assert lacking <= {"SalesInvoiceOrderChargeLines"}, "a collection, not expanded"


# Paging


@settings(max_examples=50)
@given(
    st.lists(st.integers(0, 7), min_size=1, max_size=12),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["?$skiptoken=guid'%s'", "?%%24skiptoken=%sL", "?a=b&$skiptoken='%s'"]),
)
def test_any_pages(sizes, bare_last, absolute, form):
    """Pages of any size, empty ones among them, in any of the forms that were seen."""
    with ScriptedServer() as server:
        number = 0
        expected = []
        for place, size in enumerate(sizes):
            rows = [{"ID": str(number + index)} for index in range(size)]
            number += size
            expected.append(rows)
            last = place + 1 == len(sizes)
            body = {"results": rows}
            if not last:
                body["__next"] = f"{server.url}/api/v1/7/crm/Accounts{form % place}"
            server.script(json_reply({"d": rows if last and bare_last else body}))
        with Client(server.url, lambda rejected=None: "AAEA", 7) as client:
            pages = client.pages(ACCOUNTS, select="ID")
            for place, rows in enumerate(expected):
                assert next(pages) == rows
                assert len(server.requests) == place + 1, "one page is asked for at a time"
            assert list(pages) == []
        assert len(server.requests) == len(sizes)


def test_a_next_page_of_another_site_in_the_middle(server, client):
    server.script(
        json_reply({"d": {"results": [{"ID": "1"}], "__next": f"{server.url}/api/v1/7/x?1"}}),
        json_reply({"d": {"results": [{"ID": "2"}], "__next": "https://elsewhere.example/api/"}}),
    )
    pages = client.pages(ACCOUNTS, select="ID")
    assert next(pages) == [{"ID": "1"}]
    with pytest.raises(UnexpectedAnswer, match="outside"):
        next(pages)


# 50,000 customers

READER = """
import json, sys
from datetime import date
sys.path.insert(0, sys.argv[3])
from exact_online import Client, ge

def kilobytes(name):
    for line in open("/proc/self/status"):
        if line.startswith(name):
            return int(line.split()[1])

where = ge("Created", date(2000, 1, 1)) if sys.argv[6] == "bulk" else None
with Client(sys.argv[1], lambda rejected=None: sys.argv[2], int(sys.argv[4])) as client:
    pages = client.everything("crm/Accounts", select=sys.argv[5].split(","), where=where)
    client.me()
    before, rows, count = kilobytes("VmRSS"), 0, 0
    for page in pages:
        rows, count = rows + len(page), count + 1
    print(json.dumps({"rows": rows, "pages": count, "more": kilobytes("VmHWM") - before}))
"""
SELECT = "ID,Code,Name,Email,Phone,AddressLine1,Postcode,City,Country,VATNumber,Status,Modified"


def read_customers(url, token, division, way):
    folder = str(ROOT / "keeping_exact_connector")
    command = [sys.executable, "-c", READER, url, token, folder, str(division), SELECT, way]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def many():
    """An organisation with 50,000 customers more than the demo data has, and their number."""
    # Read twice within a minute.
    with SandboxProcess(minute_limit=1000) as sandbox:
        before = len(sandbox.rows(DIVISION, ACCOUNTS))
        sandbox.seed_customers(DIVISION, 50_000)
        yield Organisation(sandbox).connect(), before + 50_000


@pytest.mark.parametrize("way", ["sync", "bulk"])
def test_fifty_thousand_customers(many, way):
    organisation, number = many
    sandbox = organisation.sandbox
    sandbox.clear_calls()
    told = read_customers(sandbox.url, organisation.tokens.access_token, DIVISION, way)
    calls = [call for call in sandbox.calls() if call["division"] == DIVISION]
    assert told["rows"] == number
    assert {(call["path"], call["status"]) for call in calls} == {
        (f"/api/v1/{DIVISION}/{way}/CRM/Accounts", 200)
    }
    assert len(calls) == told["pages"] == -(-told["rows"] // 1000)
    assert told["more"] < 50 * 1024, f"{told['more']} kB"
    print(f"{way}: {len(calls)} calls, {told['more']} kB more")


# Percentages


@pytest.mark.parametrize(
    ("value", "share"),
    [
        (Decimal("0.21"), "0.21"),
        (21, "0.21"),
        (Decimal("21.0"), "0.21"),
        (Decimal("5.5"), "0.055"),
        (0, "0"),
        (1, "1"),
        (100, "1"),
        (Decimal("1.5"), "0.015"),
    ],
)
def test_percentages_in_both_forms(value, share):
    assert fraction(value) == Decimal(share) and isinstance(fraction(value), Decimal)


def test_what_is_no_percentage():
    assert fraction(None) is None
    for value in (-1, 101, Decimal("-0.21")):
        with pytest.raises(ValueError):
            fraction(value)
    for value in (0.21, True):
        with pytest.raises(TypeError):
            fraction(value)


@given(st.decimals(min_value=Decimal("1.01"), max_value=100, places=2))
def test_both_forms_mean_the_same(percent):
    assert fraction(percent) == fraction(percent / 100)
