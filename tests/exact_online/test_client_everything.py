"""Whole lists: paging, the cheapest way to read them, and 50,000 customers in little memory."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from organisation import DIVISION, Organisation
from scripted_server import ScriptedServer, json_reply

from exact_online import Client, UnexpectedAnswer, eq, fraction
from exact_online.siblings import bulk_sibling, sync_sibling
from exact_sandbox.process import SandboxProcess

ROOT = Path(__file__).resolve().parents[2]
ACCOUNTS, ITEMS = "crm/Accounts", "logistics/Items"
ENTITIES = json.loads((ROOT / "exact_sandbox" / "exact-entities.json").read_text())["entities"]


# Which way


@pytest.mark.parametrize(
    ("endpoint", "select", "where", "path"),
    [
        (ACCOUNTS, "ID", None, "sync/CRM/Accounts"),
        ("CRM/accounts", ["ID"], None, "sync/CRM/Accounts"),
        (ACCOUNTS, "ID", eq("Status", "C"), "bulk/CRM/Accounts"),
        (ITEMS, ["ID", "Code"], None, "sync/Logistics/Items"),
        (ITEMS, ["ID", "StandardSalesPrice"], None, ITEMS),
        (ITEMS, ["StandardSalesPrice"], eq("IsSalesItem", True), "bulk/Logistics/Items"),
        # The rows of its sync sibling are headers and lines mixed.
        ("salesinvoice/SalesInvoices", "InvoiceID", None, "salesinvoice/SalesInvoices"),
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
    else:
        assert query.get("$filter", "") == str(where or "")


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
sys.path.insert(0, sys.argv[3])
from exact_online import Client

def kilobytes(name):
    for line in open("/proc/self/status"):
        if line.startswith(name):
            return int(line.split()[1])

with Client(sys.argv[1], lambda rejected=None: sys.argv[2], int(sys.argv[4])) as client:
    pages = client.everything("crm/Accounts", select=sys.argv[5].split(","))
    client.me()
    before, rows, count = kilobytes("VmRSS"), 0, 0
    for page in pages:
        rows, count = rows + len(page), count + 1
    print(json.dumps({"rows": rows, "pages": count, "more": kilobytes("VmHWM") - before}))
"""
SELECT = "ID,Code,Name,Email,Phone,AddressLine1,Postcode,City,Country,VATNumber,Status,Modified"


def read_customers(url, token, division):
    folder = str(ROOT / "keeping_exact_connector")
    command = [sys.executable, "-c", READER, url, token, folder, str(division), SELECT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout)


def test_fifty_thousand_customers():
    with SandboxProcess() as sandbox:
        before = len(sandbox.rows(DIVISION, ACCOUNTS))
        sandbox.seed_customers(DIVISION, 50_000)
        organisation = Organisation(sandbox).connect()
        told = read_customers(sandbox.url, organisation.tokens.access_token, DIVISION)
        calls = [call for call in sandbox.calls() if call["division"] == DIVISION]
    assert told["rows"] == before + 50_000
    assert {(call["path"], call["status"]) for call in calls} == {
        (f"/api/v1/{DIVISION}/sync/CRM/Accounts", 200)
    }
    assert len(calls) == told["pages"] == -(-told["rows"] // 1000)
    assert told["more"] < 50 * 1024, f"{told['more']} kB"


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
