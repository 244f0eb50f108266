"""Tables 5.1 and 5.2 through the client, against the sandbox; both profiles."""

import pytest
from organisation import (
    ACCOUNTS,
    DIVISION,
    INVOICES,
    ITEMS,
    Organisation,
)

from exact_online import NoRight, eq

SECOND = 1204377
SIX = [
    "sales.enter",
    "sales.process",
    "items.manage",
    "items.view",
    "accounts.manage",
    "accounts.view",
]


@pytest.fixture
def payload(organisation):
    return organisation.books.payload()


@pytest.fixture
def sem(organisation):
    """A client for the user with exactly the six rights, in English."""
    sandbox = organisation.sandbox
    sandbox.change_user("sem", rights=SIX, status="active")
    with Organisation(sandbox, "sem").connect().client() as client:
        yield client
    sandbox.change_user("sem", rights=SIX, status="active")


def no_right(call, *arguments, **options):
    with pytest.raises(NoRight) as caught:
        call(*arguments, **options)
    assert (caught.value.status, caught.value.took_effect) == (403, False)
    return caught.value


def test_the_six_rights_are_enough(sem, payload):
    assert sem.post(INVOICES, payload)["InvoiceID"]
    assert sem.has_right(INVOICES, "POST") and sem.has_right(ACCOUNTS, "GET")


def test_row_lacking_right(organisation, sem, payload):
    organisation.sandbox.change_user("sem", rights=["accounts.view", "items.view"])
    error = no_right(sem.post, INVOICES, payload)
    assert (error.cause, error.messages) == ("unknown", ["Forbidden"])
    assert sem.has_right(INVOICES, "POST") is False, "so it is the user's role"


def test_row_lacking_right_to_read(organisation, sem):
    """Chapter 5.2: as if there were nothing, of items for sure; others may be refused."""
    organisation.sandbox.change_user("sem", rights=[])
    where = eq("OrderedBy", organisation.books.customer)
    pages = sem.pages(INVOICES, select=["InvoiceID"], where=where)
    if organisation.sandbox.profile == "lenient":
        assert list(pages) == [[]]
    else:
        assert no_right(list, pages).cause == "unknown"
    assert list(sem.pages(ITEMS, select=["ID"], where=eq("Code", "UREN"))) == [[]]
    assert sem.has_right(INVOICES, "GET") is False, "so it is the user's role"


def test_row_licence_without_the_module(organisation, sem, payload):
    modules = {"modules": ["items", "relations", "financial"]}
    with organisation.having("licence", {"division": DIVISION, **modules}, {"division": DIVISION}):
        error = no_right(sem.post, INVOICES, payload)
        assert (error.cause, error.messages) == ("unknown", ["Forbidden"])
        assert sem.has_right(INVOICES, "POST") is True, "so it is not the user's role"
    assert sem.post(INVOICES, payload)


@pytest.mark.parametrize(
    ("licence", "reason", "cause"),
    [
        ({"expired": "header"}, "LicenseExpired", "license"),
        ({"expired": "text"}, "", "license"),
        ({"blocked": "customer"}, "BlockedCustomer", "blocked"),
        ({"blocked": "division"}, "DivisionBlocked", "blocked"),
    ],
    ids=["LicenseExpired", "Customer's license expired", "BlockedCustomer", "DivisionBlocked"],
)
def test_row_licence(organisation, sem, payload, licence, reason, cause):
    with organisation.having("licence", {"division": DIVISION, **licence}, {"division": DIVISION}):
        error = no_right(sem.post, INVOICES, payload)
        assert (error.reason, error.cause) == (reason, cause)
        assert no_right(sem.has_right, INVOICES, "GET").cause == cause


@pytest.mark.parametrize(
    ("status", "reason"), [("blocked", "BlockedUser"), ("inactive", "InactiveUser")]
)
def test_row_user(organisation, sem, status, reason):
    organisation.sandbox.change_user("sem", status=status)
    error = no_right(sem.me)
    assert (error.reason, error.cause) == (reason, "blocked")


def test_row_no_division_access(organisation, sem, payload):
    both = [DIVISION, SECOND]
    user = {"login": "sem", "divisions": [SECOND]}
    with organisation.having("users", user, {"login": "sem", "divisions": both}):
        error = no_right(sem.post, INVOICES, payload)
        told = {"strict": ("NoDivisionAccess", "Forbidden"), "lenient": ("", "Wrong Division")}
        assert (error.reason, error.messages[0]) == told[organisation.sandbox.profile]
        assert error.cause == "division"


def test_row_division_that_does_not_exist(sem, payload):
    assert no_right(sem.post, INVOICES, payload, division=999).cause == "division"


def test_row_app_not_granted_the_division(organisation, payload):
    """Who had access to one administration at the consent has access to two now."""
    sandbox = organisation.sandbox
    with organisation.having(
        "users",
        {"login": "sem", "divisions": [SECOND], "rights": SIX},
        {"login": "sem", "divisions": [DIVISION, SECOND]},
    ):
        other = Organisation(sandbox, "sem").connect()
    with other.client() as client:
        error = no_right(client.post, INVOICES, payload)
        assert error.cause == "division"
        assert error.messages == ["Forbidden - User division is not within division scope."]
        assert DIVISION not in {row["Code"] for row in client.divisions(SECOND)}


@pytest.mark.parametrize("granted", [None, "read"])
def test_row_app_scope(organisation, sem, payload, granted):
    scope = "Sales invoices"
    with organisation.having("scopes", {scope: granted}, {scope: "manage"}):
        error = no_right(sem.post, INVOICES, payload)
        assert error.cause == "scope"
        assert error.messages[0].startswith("Forbidden - Application Scope Violated. Cannot ")
    assert sem.post(INVOICES, payload)


def test_row_limited_account(organisation, sem, payload):
    """A user of the accountant's portal; the client does not know these texts, and shows them."""
    portal, back = ({"login": "sem", "portal": value} for value in (True, False))
    with organisation.having("users", portal, back):
        error = no_right(sem.post, INVOICES, payload)
        assert error.messages == ["This account type does not have enough rights."]
        assert error.cause == "unknown"
        error = no_right(sem.post, "documents/Documents", {"Subject": "x", "Type": 55})
        assert error.messages == ["Document Type not allowed"]
    assert sem.post(INVOICES, payload)
