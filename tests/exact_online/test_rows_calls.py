"""Table 3.5 and its texts through the client, against the sandbox; both profiles."""

import uuid

import pytest
from organisation import (
    ACCOUNTS,
    DIVISION,
    INVOICES,
    ITEMS,
    NOBODY,
    Organisation,
)

from exact_online import NoRight, NotConnected, Refused, UnknownOutcome, Unreachable, eq

PROBLEM = (
    '{"error":{"code":"","message":{"lang":"","value":"A problem has occurred. The cause of '
    'this issue will be investigated as soon as possible."}}}'
)


@pytest.fixture
def client(organisation):
    organisation.sandbox.clear_faults()
    with organisation.client() as client:
        yield client


def refusal(error, call, *arguments, **options):
    with pytest.raises(error) as caught:
        call(*arguments, **options)
    assert type(caught.value) is error
    return caught.value


def test_row_get(client, books):
    where = eq("ID", books.customer)
    found = client.first(ACCOUNTS, select=["ID", "Country"], where=where)
    assert found == {"ID": str(books.customer), "Country": None}
    assert client.first(ACCOUNTS, select=["ID"], where=eq("ID", NOBODY)) is None
    assert list(client.pages(ACCOUNTS, select=["ID"], where=eq("ID", NOBODY))) == [[]]


def test_row_post_put_delete(client, books):
    made = client.post(INVOICES, books.payload(Description="x"))
    key = uuid.UUID(made["InvoiceID"])
    assert client.put(INVOICES, key, {"Description": "y"}) is None
    where = eq("InvoiceID", key)
    assert client.first(INVOICES, select=["Description"], where=where) == {"Description": "y"}
    assert client.delete(INVOICES, key) is None
    assert client.first(INVOICES, select=["Description"], where=where) is None


def test_row_unknown_key(client):
    error = refusal(Refused, client.put, INVOICES, NOBODY, {"Description": "x"})
    assert error.status == 404 and error.messages
    assert refusal(Refused, client.delete, INVOICES, NOBODY).status == 404


@pytest.mark.parametrize(
    ("endpoint", "select", "where", "text"),
    [
        (ACCOUNTS, ["Nonsense"], eq("Code", "x"), "Bad Request - Error in query syntax."),
        (
            ACCOUNTS,
            ["ID"],
            eq("Code", 25),
            "Operator 'eq' incompatible with operand types 'System.String' and 'System.Int32' "
            "at position",
        ),
        (ACCOUNTS, [], eq("Code", "x"), "Please add a $select or a $top=1 statement"),
        (ACCOUNTS, ["ID"], None, "This endpoint has mandatory filtering applied."),
        (ITEMS, ["ID"], None, "This endpoint has mandatory filtering applied."),
        (INVOICES, ["InvoiceID"], None, "This endpoint has mandatory filtering applied."),
    ],
    ids=["property", "operand", "select", "accounts", "items", "invoices"],
)
def test_row_bad_query(client, endpoint, select, where, text):
    error = refusal(Refused, client.rows(endpoint, select=select, where=where).__next__)
    assert error.status == 400 and error.messages[0].startswith(text)


def test_row_bad_body(client, books):
    payload = {**books.payload(), "SalesInvoiceLines": {"Item": books.item}}
    error = refusal(Refused, client.post, INVOICES, payload)
    assert error.status == 400
    assert error.messages == [
        "Error processing request stream. The request should be a valid top-level resource object."
    ]


def test_row_value_of_the_wrong_type(client, books):
    error = refusal(Refused, client.post, INVOICES, books.payload(InvoiceTo="nobody"))
    assert error.status in (400, 500)
    assert error.messages == ["Error in converting value for property 'InvoiceTo' to type 'Guid'"]


def test_row_business_rule(organisation, client, books):
    error = refusal(Refused, client.post, INVOICES, books.payload(OrderedBy=None, InvoiceTo=None))
    assert error.messages == ["Verplicht: Factuur voor", "Verplicht: Besteld door"]
    assert error.status == {"strict": 500, "lenient": 400}[organisation.sandbox.profile]
    assert error.took_effect is False


def test_row_no_rights(organisation):
    sandbox = organisation.sandbox
    sandbox.change_user("sem", rights=["accounts.view"])
    with Organisation(sandbox, "sem").connect().client() as client:
        error = refusal(NoRight, client.post, ACCOUNTS, {"Name": "x"})
        assert (error.status, error.messages, error.cause) == (403, ["Forbidden"], "unknown")


def test_row_wrong_verb(organisation, client):
    """Both are definite: nothing was changed."""
    strict = organisation.sandbox.profile == "strict"
    expected, status = (Refused, 405) if strict else (NoRight, 403)
    for call in (
        client.rows("salesinvoice/PrintedSalesInvoices", select=["InvoiceID"]).__next__,
        lambda: client.post("sync/CRM/Accounts", {"Name": "x"}),
    ):
        error = refusal(expected, call)
        assert error.status == status and error.took_effect is False


def test_row_too_broad(organisation, client, books):
    """408: the reading may be tried again, a write may have taken effect."""
    organisation.sandbox.add_fault("too_broad", times=6)
    where = eq("ID", books.customer)
    error = refusal(Unreachable, client.first, ACCOUNTS, select=["ID"], where=where)
    assert error.status == 408
    organisation.sandbox.clear_faults()
    organisation.sandbox.add_fault("too_broad")
    error = refusal(UnknownOutcome, client.post, INVOICES, books.payload())
    assert error.status == 408 and error.took_effect is None


def test_row_system_users_with_an_administration(client):
    error = refusal(Refused, client.rows("system/Users", select=["UserID"]).__next__)
    assert error.status == 501


def test_row_a_problem_has_occurred(organisation, client, books):
    """The one text of Exact that says nothing: no refusal, and no proof of anything."""
    fault = {"status": 500, "body": PROBLEM, "content_type": "application/json"}
    organisation.sandbox.add_fault("status", **fault)
    error = refusal(UnknownOutcome, client.post, INVOICES, books.payload())
    assert (error.status, error.messages) == (500, [])
    organisation.sandbox.add_fault("status", times=3, **fault)
    where = eq("ID", books.customer)
    refusal(Unreachable, client.first, ACCOUNTS, select=["ID"], where=where)
    assert client.first(ACCOUNTS, select=["ID"], where=where)


def test_row_expired_access_token(organisation):
    """Chapter 1.7; the token source has no other."""
    organisation.sandbox.advance(601)
    token = organisation.tokens.access_token
    with organisation.client() as client:
        client._delivery._access_token = lambda rejected=None: token
        assert refusal(NotConnected, client.me).status == 401
    with organisation.client() as client:
        assert client.me(), "it is renewed on the way"


def test_both_envelopes_and_functions(organisation, client, books):
    """Bare arrays with $top and bare values under one profile, objects under the other."""
    where = eq("ID", books.customer)
    assert client.first(ACCOUNTS, select=["ID"], where=where) == {"ID": str(books.customer)}
    assert client.has_right(INVOICES, "POST") is True
    organisation.sandbox.change_user("sem", rights=[])
    with Organisation(organisation.sandbox, "sem").connect().client() as other:
        assert other.has_right(INVOICES, "POST", division=DIVISION) is False


def test_percentages(client):
    from exact_online import fraction

    rows = client.rows("vat/VATCodes", select=["Code", "Percentage"])
    found = {row["Code"]: fraction(row["Percentage"]) for row in rows}
    assert all(0 <= share <= 1 for share in found.values()) and max(found.values()) > 0
    assert {str(share) for share in found.values()} >= {"0.21", "0.09"}
