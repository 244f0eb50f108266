"""Pages and how they follow each other: chapter 3.4."""

import os
import re

import pytest
from client import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ACCOUNTS = "crm/Accounts"


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


def pages(client, path, **query):
    """Yield the bodies of all pages."""
    answer = client.get(path, **query)
    while True:
        body = answer.json()["d"]
        yield body
        if "__next" not in body:
            return
        answer = client.call("GET", body["__next"])


def test_pages_hold_60_and_1000(anew):
    client = Client(anew()).connect()
    first = client.sandbox.seed_customers(client.division, 2000)
    filter = f"trim(Code) ne '0' and Code ge '{str(first).rjust(18)}'"
    for path, size in ((ACCOUNTS, 60), ("bulk/CRM/Accounts", 1000)):
        sizes, keys = [], []
        for body in pages(client, path, select="ID", filter=filter):
            sizes.append(len(body["results"]))
            keys += [row["ID"] for row in body["results"]]
        assert set(sizes[:-1]) == {size} and sizes[-1] == 2000 % size
        assert len(set(keys)) == 2000 and keys == sorted(keys)
    # 2,000 fill two pages of 1,000: the third is empty.
    assert sizes == [1000, 1000, 0]


def test_skiptokens_of_sync(anew):
    client = Client(anew()).connect()
    client.sandbox.seed_customers(client.division, 1000)
    bodies = list(pages(client, "sync/CRM/Accounts", select="Timestamp", filter="Timestamp gt 1L"))
    last = bodies[0]["results"][-1]["Timestamp"]
    assert bodies[0]["__next"].endswith(f"%24skiptoken={last}L")
    stamps = [int(row["Timestamp"]) for body in bodies for row in body["results"]]
    assert len(stamps) > 1000 and stamps == sorted(set(stamps))


def test_a_page_is_the_same_with_and_without_the_database(anna):
    """The order by key is read in pieces, any other is not: both give the same rows."""
    for filter in (
        "Status eq 'C' and IsSales eq true",
        "startswith(Name,'A') or Country eq 'BE '",
        "not substringof('a',Name) and Blocked eq false",
        "not (startswith(City,'U') or SalesVATCode ne null)",
        "DiscountSales gt 0.01 and Status eq 'C'",
        "Created ge datetime'2020-01-01T00:00:00' and Name lt 'M'",
        "trim(Country) ne 'NL'",
        "City ne 'Utrecht'",
        "'B' le Name and Status ne 'A'",
    ):
        streamed = anna.rows(ACCOUNTS, select="ID,Name", filter=filter)
        sorted_rows = anna.rows(ACCOUNTS, select="ID,Name", filter=filter, orderby="Name")
        assert streamed and {row["ID"] for row in streamed} == {row["ID"] for row in sorted_rows}
        answer = anna.call(
            "GET", f"{ACCOUNTS}/$count", params={"$filter": filter}, headers={"Accept": "*/*"}
        )
        assert answer.text == str(len(streamed))


_PARTS = st.sampled_from((
    "Status eq 'C'", "Status ne 'C'", "Name lt 'M'", "'M' le Name", "Country eq 'NL '",
    "SalesVATCode eq null", "SalesVATCode ne null", "SalesVATCode ne '8  '", "Blocked eq true",
    "startswith(Name,'G')", "endswith(Name,'r')", "substringof('de',Name) eq true",
    "substringof('de',Name) eq false", "trim(Country) eq 'BE'", "trim(Code) ne '3'",
    "IsSales eq true", "DiscountSales gt 0.01", "Created ge datetime'2020-01-01T00:00:00'",
    "Division eq 1", "Type eq 'A'", "AddressLine1 lt 'x'", "IsMailing eq 0", "null eq City",
))  # fmt: skip
_FILTERS = st.recursive(
    _PARTS,
    lambda inner: st.one_of(
        inner.map("not ({})".format),
        st.tuples(inner, inner).map(lambda two: "({} and {})".format(*two)),
        st.tuples(inner, inner).map(lambda two: "({} or {})".format(*two)),
    ),
    max_leaves=6,
)


# Each example reads all customers some times over: many of them are for the long form.
_EXAMPLES = 200 if os.environ.get("KEEPING_SOAK") == "1" else 25


@pytest.fixture
def few(anew):
    """A client of the demo data alone: two pages of customers."""
    return Client(anew()).connect()


@pytest.mark.soak
@settings(
    max_examples=_EXAMPLES, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(_FILTERS)
def test_any_filter_is_the_same_in_pieces_and_sorted(few, filter):
    """Read in pieces the database helps to filter, for another order it all happens in Python."""
    filter = f"Code ne 'x' and {filter}"
    headers = {"Accept": "*/*"}
    streamed = [row["ID"] for row in few.rows(ACCOUNTS, select="ID", filter=filter)]
    wanted = few.rows(ACCOUNTS, select="ID", filter=filter, orderby="Name desc")
    assert streamed == sorted(row["ID"] for row in wanted)
    answer = few.call("GET", f"{ACCOUNTS}/$count", params={"$filter": filter}, headers=headers)
    assert answer.text == str(len(streamed))


def test_a_row_that_comes_between_two_pages(anna):
    query = {"select": "ID", "filter": "Status eq 'C'"}
    first = anna.get(ACCOUNTS, **query).json()["d"]
    anna.account()
    rest = []
    answer = first
    while "__next" in answer:
        answer = anna.call("GET", answer["__next"]).json()["d"]
        rest += [row["ID"] for row in answer["results"]]
    shown = {row["ID"] for row in first["results"]}
    assert not shown & set(rest) and len(rest) == len(set(rest))


def test_odd_skiptokens(anna):
    query = {"select": "Timestamp", "filter": "Timestamp gt 1L"}
    for token, rows in (("1e30", 0), ("0L", None), ("12.5", None), ("null", None)):
        answer = anna.get("sync/Logistics/Items", skiptoken=token, **query)
        found = answer.json()["d"]["results"]
        assert answer.status_code == 200 and (rows is None) == bool(found)
    assert anna.get(ACCOUNTS, select="ID", filter="Status eq 'C'", top="0").json()["d"] == []
    assert len(anna.rows(ACCOUNTS, select="ID", filter="Status eq 'C'", skip="5", top="3")) == 3
