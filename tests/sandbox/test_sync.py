"""``sync/*``, ``sync/Deleted`` and SyncTimestamp: chapter 4.19."""

from datetime import datetime, timedelta

import pytest
from client import Client, message

ACCOUNTS, ITEMS = "sync/CRM/Accounts", "sync/Logistics/Items"
INVOICES = "sync/SalesInvoice/SalesInvoices"
DAY = 86400


def since(client, path, timestamp, select="*", **query):
    """Return the rows of a sync list above a timestamp."""
    return client.rows(path, select=select, filter=f"Timestamp gt {timestamp}L", **query)


def newest(client, path):
    """Return the highest timestamp of a list."""
    rows = since(client, path, 1, "Timestamp")
    return max((int(row["Timestamp"]) for row in rows), default=1)


def test_new_and_changed_rows_come_last(anna):
    before = newest(anna, ACCOUNTS)
    account, other = anna.account(), anna.account()
    anna.put(f"crm/Accounts(guid'{account['ID']}')", City="Assen")
    rows = since(anna, ACCOUNTS, before)
    assert [row["ID"] for row in rows] == [other["ID"], account["ID"]]
    stamps = [row["Timestamp"] for row in rows]
    assert all(isinstance(item, str) for item in stamps) and stamps == sorted(stamps, key=int)
    assert since(anna, ACCOUNTS, stamps[-1]) == []
    assert rows[1]["City"] == "Assen" and rows[1]["IsSales"] is True
    before = newest(anna, ITEMS)
    item = anna.item()
    assert [row["ID"] for row in since(anna, ITEMS, before)] == [item["ID"]]


def test_header_and_lines_are_rows_of_one_list(anna):
    before = newest(anna, INVOICES)
    lines = [{"Item": anna.item()["ID"], "Quantity": n, "UnitPrice": 10} for n in (1, 2)]
    invoice = anna.invoice(lines=lines, YourRef="sync")
    rows = since(anna, INVOICES, before)
    assert sorted(row["LineNumber"] for row in rows) == [0, 1, 2]
    assert {row["InvoiceID"] for row in rows} == {invoice["InvoiceID"]}
    assert {row["YourRef"] for row in rows} == {"sync"}
    header = next(row for row in rows if row["LineNumber"] == 0)
    second = next(row for row in rows if row["LineNumber"] == 2)
    assert header["Item"] is None and header["AmountFC"] == invoice["AmountFC"]
    assert (second["Quantity"], second["AmountFC"]) == (2, 20)
    for path, values in (
        (f"salesinvoice/SalesInvoices(guid'{invoice['InvoiceID']}')", {"YourRef": "new"}),
        (f"salesinvoice/SalesInvoiceLines(guid'{second['ID']}')", {"Quantity": 5}),
    ):
        before = newest(anna, INVOICES)
        assert anna.put(path, **values).status_code == 204
        # A change in either gives both new timestamps.
        assert {row["LineNumber"] for row in since(anna, INVOICES, before)} == {0, 1, 2}


@pytest.mark.parametrize("path", [ACCOUNTS, ITEMS, INVOICES, "sync/Financial/GLAccounts"])
def test_only_timestamp_may_be_filtered_and_ordered(anna, path):
    for query in (
        {"filter": "Created ge datetime'2020-01-01T00:00:00'"},
        {"filter": "Timestamp gt 1L and Division eq 1"},
        {"filter": "Timestamp gt 1L", "orderby": "Created"},
        {"filter": "Timestamp gt 1L", "orderby": "Timestamp desc"},
    ):
        assert anna.get(path, select="Timestamp", **query).status_code == 400
    answer = anna.get(path, filter="Timestamp gt 1L")
    assert message(answer) == "Please add a $select or a $top=1 statement to the query string."
    rows = anna.rows(path, select="Timestamp", filter="Timestamp gt 1L", orderby="Timestamp")
    assert rows == since(anna, path, 1, "Timestamp")
    stamp = int(rows[0]["Timestamp"])
    for filter, number in (
        (f"Timestamp ge {stamp}L and Timestamp lt {stamp + 1}L", 1),
        (f"Timestamp eq {stamp}L", 1),
        (f"Timestamp gt {stamp}L and Timestamp le {stamp}L", 0),
    ):
        assert len(anna.rows(path, select="Timestamp", filter=filter)) == number
    assert anna.get(f"{path}({stamp}L)").json()["d"]["Timestamp"] == str(stamp)
    assert anna.get(f"{path}({stamp + 10**9}L)").status_code == 404


def test_deleted_rows_leave_a_trace(anna):
    deleted = "sync/Deleted"
    account, invoice, item = anna.account(), anna.invoice(), anna.item()
    before = newest(anna, deleted)
    for path in (
        f"crm/Accounts(guid'{account['ID']}')",
        f"salesinvoice/SalesInvoices(guid'{invoice['InvoiceID']}')",
        f"logistics/Items(guid'{item['ID']}')",
    ):
        assert anna.delete(path).status_code == 204
    rows = since(anna, deleted, before)
    traces = {(row["EntityType"], row["EntityKey"]) for row in rows}
    assert {(2, account["ID"]), (13, invoice["InvoiceID"]), (9, item["ID"])} <= traces
    me = anna.get("/api/v1/current/Me").json()["d"]["results"][0]["UserID"]
    assert rows[0]["DeletedBy"] == me and rows[0]["Division"] == anna.division
    filter = f"Timestamp gt {before}L and EntityType eq 2"
    (only,) = anna.rows(deleted, select="*", filter=filter)
    assert only["EntityKey"] == account["ID"]
    assert anna.get(f"{deleted}({only['Timestamp']}L)").json()["d"]["ID"] == only["ID"]
    assert anna.get(deleted, select="ID", filter="DeletedBy ne null").status_code == 400
    assert account["ID"] not in {row["ID"] for row in since(anna, ACCOUNTS, 1, "ID")}


def test_deleted_is_kept_about_two_months(anew):
    client = Client(anew()).connect()
    account = client.account()
    client.delete(f"crm/Accounts(guid'{account['ID']}')")
    for days, kept in ((55, True), (10, False)):
        client.sandbox.advance(days * DAY)
        client.connect()
        assert bool(since(client, "sync/Deleted", 1)) is kept


@pytest.mark.parametrize("form", ["object", "bare"])
def test_timestamp_of_a_moment(anew, form):
    client = Client(anew()).connect()
    client.sandbox.settings(function_answer=form)

    def start_of(moment, name="Accounts"):
        path = f"read/sync/Sync/SyncTimestamp?modified=datetime'{moment}'&endPoint='{name}'"
        body = client.call("GET", path).json()["d"]
        row = body["results"][0] if form == "object" else body
        assert row["API"] == name and row["Modified"].startswith("/Date(")
        assert isinstance(row["TimeStampAsBigInt"], str)
        return int(row["TimeStampAsBigInt"])

    everything = since(client, ACCOUNTS, 1, "ID")
    assert since(client, ACCOUNTS, start_of("2020-01-01T00:00:00"), "ID") == everything
    client.sandbox.advance(600)
    client.connect()
    moment = datetime.fromisoformat(client.sandbox.clock()["wall"]) - timedelta(seconds=60)
    moment = moment.isoformat(timespec="seconds")
    assert since(client, ACCOUNTS, start_of(moment), "ID") == []
    account = client.account()
    assert [row["ID"] for row in since(client, ACCOUNTS, start_of(moment))] == [account["ID"]]
    invoice = client.invoice(account)
    rows = since(client, INVOICES, start_of(moment, "SalesInvoices"))
    assert {row["InvoiceID"] for row in rows} == {invoice["InvoiceID"]} and len(rows) == 2


@pytest.mark.parametrize(
    "query",
    [
        "", "modified=datetime'2026-01-01'", "endPoint='Accounts'",
        "modified='2026-01-01'&endPoint='Accounts'",
        "modified=datetime'2026-01-01'&endPoint='Nothing'",
        "modified=datetime'2026-01-01'&endPoint=Accounts",
    ],
)  # fmt: skip
def test_bad_questions_for_a_timestamp(anna, query):
    assert anna.call("GET", f"read/sync/Sync/SyncTimestamp?{query}").status_code == 400


def test_a_move_gives_all_rows_other_timestamps(anew):
    client = Client(anew()).connect()
    other = client.sandbox.administrations[1]["code"]

    def moved(code):
        rows = client.rows("system/Divisions", select="Code,DivisionMoveDate")
        return next(row["DivisionMoveDate"] for row in rows if row["Code"] == code)

    before, invoices = since(client, ACCOUNTS, 1), since(client, INVOICES, 1)
    elsewhere = client.rows(ACCOUNTS, other, select="*", filter="Timestamp gt 1L")
    assert moved(client.division) is None
    client.sandbox.move_division(client.division)
    assert moved(client.division).startswith("/Date(") and moved(other) is None
    high = before[-1]["Timestamp"]
    # Whoever goes on where they were sees none of what was there.
    assert since(client, ACCOUNTS, high) == []
    after = since(client, ACCOUNTS, 0)
    assert [row["ID"] for row in after] == [row["ID"] for row in before]
    assert not {row["Timestamp"] for row in after} & {row["Timestamp"] for row in before}
    assert len(since(client, INVOICES, 0)) == len(invoices)
    assert client.rows(ACCOUNTS, other, select="*", filter="Timestamp gt 1L") == elsewhere
    account = client.account()
    assert [row["ID"] for row in since(client, ACCOUNTS, high)] == [account["ID"]]
    date = moved(client.division)
    client.sandbox.advance(5)
    client.sandbox.move_division(client.division)
    assert moved(client.division) != date
    assert len(since(client, ACCOUNTS, 0)) == len(before) + 1


def test_sync_follows_the_rights(anna):
    sandbox = anna.sandbox
    sandbox.control("POST", "users", {"login": "sem", "rights": ["items.view"]})
    try:
        reader = Client(sandbox, "sem").connect()
        assert since(reader, ITEMS, 1) and since(reader, ACCOUNTS, 1) == []
    finally:
        six = [
            "sales.enter", "sales.process", "items.manage", "items.view", "accounts.manage",
            "accounts.view",
        ]  # fmt: skip
        sandbox.control("POST", "users", {"login": "sem", "rights": six})


def test_bulk_shows_what_the_list_shows(anna):
    created = "Created ge datetime'2020-01-01T00:00:00'"
    for path, bulk, key in (
        ("crm/Accounts", "bulk/CRM/Accounts", "ID"),
        ("logistics/Items", "bulk/Logistics/Items", "ID"),
        ("salesinvoice/SalesInvoices", "bulk/SalesInvoice/SalesInvoices", "InvoiceID"),
        ("salesinvoice/SalesInvoiceLines", "bulk/SalesInvoice/SalesInvoiceLines", "ID"),
        ("cashflow/Receivables", "bulk/Cashflow/Receivables", "ID"),
        ("financial/GLAccounts", "bulk/Financial/GLAccounts", "ID"),
    ):
        filter = "Quantity gt 0" if "Lines" in path else created
        rows = anna.rows(path, select="*", filter=filter)
        many = anna.rows(bulk, select="*", filter=filter)
        assert rows and [row[key] for row in rows] == [row[key] for row in many]
        shared = set(rows[0]) & set(many[0]) - {"__metadata"}
        shared = {name for name in shared if not isinstance(rows[0][name], dict)}
        assert {name: rows[-1][name] for name in shared} == {
            name: many[-1][name] for name in shared
        }
        one = anna.get(f"{bulk}(guid'{rows[0][key]}')").json()["d"]
        assert one[key] == rows[0][key]


def test_many_customers_are_read_in_no_more_calls_than_pages(anew):
    client = Client(anew()).connect()
    there = len(since(client, ACCOUNTS, 1, "ID"))
    client.sandbox.seed_customers(client.division, 5000)
    client.sandbox.clear_calls()
    rows = since(client, ACCOUNTS, 1, "ID,Code,Name")
    calls = client.sandbox.calls()
    assert len(rows) == 5000 + there and len({row["Code"] for row in rows}) == len(rows)
    assert len(calls) == 6 and max(call["duration"] for call in calls) < 5
