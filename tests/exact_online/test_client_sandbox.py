"""The client and the sandbox: two who learned Exact from the same page, over a real socket."""

import time
import uuid
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from organisation import ACCOUNTS, DIVISION, INVOICES, Organisation

from exact_online import (
    Int64,
    LimitReached,
    NotConnected,
    Refused,
    UnknownOutcome,
    Unreachable,
    all_of,
    any_of,
    eq,
    ge,
    gt,
    ne,
    negate,
    refresh,
    startswith,
    substringof,
    trimmed_eq,
)


@pytest.fixture(scope="module")
def organisation():
    from exact_sandbox.process import SandboxProcess

    with SandboxProcess() as sandbox:
        yield Organisation(sandbox).connect()


@pytest.fixture
def client(organisation, calls):
    # A minute further: each test has a budget of its own.
    organisation.sandbox.advance(60)
    organisation.sandbox.clear_faults()
    with organisation.client(DIVISION, observer=calls.append) as client:
        yield client


def some(client, endpoint, **options):
    row = client.first(endpoint, select=["ID", "Code"], **options)
    assert row, f"the demo data has no such row in {endpoint}"
    return row["ID"]


def invoice(client, quantity="2.25"):
    """Payload of an invoice for the first relation that is a customer and not blocked."""
    customer = some(client, ACCOUNTS, where=eq("Name", "Bakkerij Het Stoepje"))
    fits = all_of(eq("IsSalesItem", True), eq("IsFractionAllowedItem", True))
    item = some(client, "logistics/Items", where=fits)
    line = {"Item": uuid.UUID(item), "Quantity": Decimal(quantity), "UnitPrice": Decimal("87.10")}
    return {
        "OrderedBy": uuid.UUID(customer),
        "InvoiceTo": uuid.UUID(customer),
        "OrderDate": date.today(),
        "Journal": "70",
        "Description": "O'Neill & Zn. 100% — KX-1",
        "SalesInvoiceLines": [line],
    }


def test_who_is_connected(organisation, client):
    me = client.me()
    assert me["UserName"] == organisation.sandbox.login
    assert {row["Code"] for row in client.divisions(me["CurrentDivision"])} >= {DIVISION}
    assert client.has_right(INVOICES, "POST") is True


def test_tokens_work_once(organisation, client):
    old = organisation.tokens
    assert old.expires_in == 600
    with pytest.raises(LimitReached):
        organisation.refresh()
    organisation.sandbox.advance(590)
    organisation.refresh()
    assert organisation.tokens.access_token != old.access_token
    sandbox = organisation.sandbox
    with pytest.raises(NotConnected, match="Old refresh token"):
        refresh(sandbox.url, sandbox.client_id, sandbox.client_secret, old.refresh_token)
    organisation.connect()


def test_an_expired_token_is_renewed_on_the_way(organisation, client):
    organisation.connect()
    old = organisation.tokens
    organisation.sandbox.advance(700)
    assert client.me()["UserName"] == organisation.sandbox.login
    assert organisation.tokens != old


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_secret": "wrong"}, Refused),
        ({"client_id": str(uuid.uuid4())}, Refused),
        ({"refresh_token": "4dCx!IAAAAwrong"}, NotConnected),
    ],
)
def test_wrong_credentials(organisation, changes, error):
    sandbox = organisation.sandbox
    arguments = {
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "refresh_token": organisation.tokens.refresh_token,
        **changes,
    }
    with pytest.raises(error):
        refresh(sandbox.url, **arguments)


def test_pages_of_customers(organisation, client):
    where = startswith("Name", "")
    pages = list(client.pages(ACCOUNTS, select=["ID", "Code", "Name"], where=where))
    codes = [row["Code"] for page in pages for row in page]
    assert len(pages) > 1 and len(codes) == len(set(codes)) > 60
    assert all(code == code.strip() for code in codes)


def test_rows_of_many_guids_take_a_call_for_each_forty(client, calls):
    where = startswith("Name", "")
    known = [row["ID"] for row in client.rows(ACCOUNTS, select=["ID"], where=where)][:70]
    unknown = [str(uuid.uuid4()) for _row in range(81 - len(known))]
    assert len(known) > 60 and len(unknown) > 10
    calls.clear()
    found = client.rows_of(ACCOUNTS, "ID", [*unknown, *known], select=["ID", "Name"])
    assert sorted(row["ID"] for row in found) == sorted(known), "what is not there is left out"
    assert len(calls) == 3
    [row] = client.rows_of(ACCOUNTS, "ID", [uuid.UUID(known[0])], select=["ID"])
    assert row == {"ID": known[0]}


def test_rows_of_no_guids_take_no_call(client, calls):
    assert list(client.rows_of(ACCOUNTS, "ID", [], select=["ID"])) == []
    assert not calls


def test_filters_are_understood(client):
    code = client.first(ACCOUNTS, select=["Code"], where=eq("Name", "Gemeente Zeist"))["Code"]
    assert client.first(ACCOUNTS, select=["ID"], where=eq("Code", code)) is None
    for where in (
        trimmed_eq("Code", code),
        eq("Code", code.rjust(18)),
        all_of(startswith("Name", "Gemeente"), ne("Name", "Gemeente Houten")),
        all_of(substringof("meente Z", "Name"), negate(eq("Blocked", True))),
        any_of(eq("Name", "O'Neill"), eq("Name", "Gemeente Zeist")),
        all_of(
            any_of(eq("City", "Zeist"), eq("City", "Houten")),
            ge("Created", datetime(2000, 1, 1)),
            startswith("Name", "Gemeente"),
        ),
    ):
        names = [row["Name"] for row in client.rows(ACCOUNTS, select=["Name"], where=where)]
        assert names == ["Gemeente Zeist"], str(where)


def test_what_is_refused_in_a_query(client):
    with pytest.raises(Refused, match="mandatory filtering"):
        list(client.rows(ACCOUNTS, select=["ID"]))
    with pytest.raises(Refused, match="syntax"):
        list(client.rows(ACCOUNTS, select=["Nonsense"], where=startswith("Name", "")))


def test_sync(client):
    pages = list(client.sync("sync/CRM/Accounts", 1, select=["ID", "Name"]))
    stamps = [row["Timestamp"] for page in pages for row in page]
    assert stamps == sorted(stamps) and len(stamps) > 60
    assert list(client.sync("sync/CRM/Accounts", stamps[-1], select=["ID"])) == [[]]
    where = gt("Timestamp", Int64(stamps[-2]))
    last = list(client.rows("sync/CRM/Accounts", select=["Timestamp"], where=where))
    assert [row["Timestamp"] for row in last] == [str(stamps[-1])]


def test_an_invoice_from_the_first_to_the_last(client):
    made = client.post(INVOICES, invoice(client), reference="KX-1")
    key = uuid.UUID(made["InvoiceID"])
    where = eq("InvoiceID", key)
    found = client.first(
        INVOICES,
        select=[
            "AmountFCExclVat",
            "Created",
            "Description",
            "OrderDate",
            "Status",
            "SalesInvoiceLines/Quantity",
            "SalesInvoiceLines/AmountFC",
        ],
        where=where,
        expand="SalesInvoiceLines",
    )
    assert found["Description"] == "O'Neill & Zn. 100% — KX-1"
    assert found["OrderDate"] == datetime.combine(date.today(), datetime.min.time())
    assert isinstance(found["Created"], datetime) and found["Created"].tzinfo is None
    assert found["Status"] in (10, 20)
    (line,) = found["SalesInvoiceLines"]
    assert line["Quantity"] == Decimal("2.25")
    assert line["AmountFC"] == found["AmountFCExclVat"] == Decimal("195.98")
    client.put(INVOICES, key, {"Description": "changed"})
    assert client.first(INVOICES, select=["Description"], where=where) == {"Description": "changed"}
    client.delete(INVOICES, key)
    assert client.first(INVOICES, select=["InvoiceID"], where=where) is None


def test_refusals_of_the_books(client):
    payload = invoice(client)
    with pytest.raises(Refused) as caught:
        client.post(INVOICES, {**payload, "Journal": "nonsense"})
    assert caught.value.messages and caught.value.status in (400, 500)
    with pytest.raises(Refused) as caught:
        client.post(INVOICES, {**payload, "OrderedBy": uuid.uuid4()})
    assert caught.value.took_effect is False
    with pytest.raises(Refused) as caught:
        client.put(INVOICES, uuid.uuid4(), {"Description": "x"})
    assert caught.value.status == 404


def posts(organisation):
    return [call for call in organisation.sandbox.calls() if call["method"] == "POST"]


def made_invoices(organisation):
    return len(organisation.sandbox.rows(DIVISION, INVOICES))


@pytest.mark.parametrize(
    ("fault", "error", "effect"),
    [
        ({"kind": "lose_request"}, UnknownOutcome, 0),
        ({"kind": "lose_answer"}, UnknownOutcome, 1),
        ({"kind": "cut_answer"}, UnknownOutcome, 1),
        ({"kind": "late", "seconds": 3600}, UnknownOutcome, 0),
        ({"kind": "status", "status": 500}, UnknownOutcome, 0),
        ({"kind": "status", "status": 502, "body": "<h1>Bad Gateway</h1>"}, UnknownOutcome, 0),
        ({"kind": "status", "status": 200}, UnknownOutcome, 0),
        (
            {"kind": "status", "status": 429, "headers": {"X-RateLimit-Remaining": "0"}},
            LimitReached,
            0,
        ),
    ],
    ids=str,
)
def test_faults_of_a_write(organisation, client, calls, fault, error, effect):
    payload = invoice(client)
    before = made_invoices(organisation)
    organisation.sandbox.clear_calls()
    calls.clear()
    organisation.sandbox.add_fault(method="POST", path="SalesInvoices", **fault)
    with pytest.raises(error):
        client.post(INVOICES, payload)
    assert [call.outcome for call in calls] == [error.__name__], "a write is never repeated"
    # The sandbox writes its log after the connection is closed.
    end = time.monotonic() + 5
    while not (logged := posts(organisation)) and time.monotonic() < end:
        time.sleep(0.01)
    assert len(logged) == 1
    assert made_invoices(organisation) == before + effect


@pytest.mark.parametrize("kind", ["lose_request", "lose_answer", "cut_answer", "status"])
def test_faults_of_a_reading_call(organisation, client, kind):
    where = eq("Name", "Gemeente Zeist")
    for times, error in ((2, None), (3, Unreachable)):
        organisation.sandbox.add_fault(kind, method="GET", path="Accounts", times=times)
        if error:
            with pytest.raises(error):
                client.first(ACCOUNTS, select=["Name"], where=where)
        else:
            assert client.first(ACCOUNTS, select=["Name"], where=where)


def test_an_exhausted_minute(organisation, client, calls):
    where = eq("Name", "Gemeente Zeist")
    # To the beginning of a clock minute: the limit counts by those.
    second = datetime.fromisoformat(organisation.sandbox.clock()["now"]).second
    organisation.sandbox.advance(61 - second)
    client.me()  # not on the budget, and renews the token if that is due
    calls.clear()
    organisation.sandbox.settings(minute_limit=3)
    try:
        for _call in range(3):
            assert client.first(ACCOUNTS, select=["Name"], where=where)
        assert (client.budget.minute_limit, client.budget.minute_remaining) == (3, 0)
        with pytest.raises(LimitReached) as caught:
            client.first(ACCOUNTS, select=["Name"], where=where)
        wait = caught.value.retry_at - datetime.now(timezone.utc)
        # A minute at most, and a second for clocks that do not agree.
        assert timedelta(0) < wait <= timedelta(seconds=61)
        # Not even asked; one who does not know the budget is told by Exact.
        assert len(calls) == 3
        with organisation.client(DIVISION) as other, pytest.raises(LimitReached) as caught:
            other.first(ACCOUNTS, select=["Name"], where=where)
        assert caught.value.status == 429
    finally:
        organisation.sandbox.settings(minute_limit=60)


def test_row_premium_licence(anew):
    """An app has all that the contract has (ch. 2)."""
    sandbox = anew(minute_limit=1000, day_limit=30_000, contract_limit=30_000)
    with Organisation(sandbox).connect().client() as client:
        assert some(client, ACCOUNTS, where=eq("Name", "Gemeente Zeist"))
        assert (client.budget.day_limit, client.budget.day_remaining) == (30_000, 29_999)
        assert (client.budget.minute_limit, client.budget.minute_remaining) == (1000, 999)


def test_nothing_secret_is_in_what_is_recorded(organisation):
    records = []
    with organisation.client(DIVISION, observer=records.append) as client:
        client.me()
        client.post(INVOICES, invoice(client), reference="KX-7")
    assert records[-1].reference == "KX-7" and records[-1].status == 201
    assert organisation.tokens.access_token not in repr(records)
    assert "Stoepje" not in repr(records)
