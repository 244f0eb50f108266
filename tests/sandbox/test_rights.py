"""Who may do what: tables 5.1 and 5.3, chapters 5.2 and 4.18."""

import pytest
from client import Client, message

from exact_sandbox.metadata import Metadata
from exact_sandbox.users import RIGHTS

INVOICES, LINES = "salesinvoice/SalesInvoices", "salesinvoice/SalesInvoiceLines"
PRINTED = "salesinvoice/PrintedSalesInvoices"
NOBODY = "00000000-0000-0000-0000-000000000000"
FIRST, SECOND, BELGIAN = 241806, 1204377, 3150442
NO_LIMITS = {"minute_limit": 100_000, "day_limit": 1_000_000, "error_limit": 100_000}
EVERYTHING = {"select": "*", "filter": "Created ge datetime'2000-01-01'"}


@pytest.fixture(scope="module")
def sandbox(renew):
    return renew(**NO_LIMITS)


@pytest.fixture(scope="module")
def anna(sandbox):
    return Client(sandbox).connect()


@pytest.fixture(scope="module")
def sem(sandbox):
    return Client(sandbox, "sem").connect()


@pytest.fixture(autouse=True)
def _as_before(sandbox):
    yield
    sandbox.control("POST", "licence", {"division": FIRST})
    for login, rights in (("anna", "all"), ("sem", list(RIGHTS))):
        sandbox.control(
            "POST", "users",
            {"login": login, "rights": rights, "divisions": [FIRST, SECOND], "status": "active"},
        )  # fmt: skip


def read(client):
    return client.get("crm/Accounts", select="ID", filter="Status eq 'C'")


def has_right(client, endpoint, action):
    params = {"endpoint": f"'{endpoint}'", "action": f"'{action}'"}
    answer = client.call("GET", "users/UserHasRights", params=params)
    return answer.json()["d"]["UserHasRights"]


# Table 5.1


@pytest.mark.parametrize(
    "reason, path, body",
    [
        ("BlockedUser", "users", {"login": "sem", "status": "blocked"}),
        ("InactiveUser", "users", {"login": "sem", "status": "inactive"}),
        ("BlockedCustomer", "licence", {"division": FIRST, "blocked": "customer"}),
        ("LicenseExpired", "licence", {"division": FIRST, "expired": "header"}),
        ("DivisionBlocked", "licence", {"division": FIRST, "blocked": "division"}),
        ("NoDivisionAccess", "users", {"login": "sem", "divisions": [SECOND]}),
    ],
)
def test_reason_header(sandbox, reason, path, body):
    client = Client(sandbox, "sem").connect()
    sandbox.control("POST", path, body)
    for answer in (read(client), client.post("crm/Accounts", Name="x"), client.get(LINES)):
        assert (answer.status_code, message(answer)) == (403, "Forbidden")
        assert answer.headers["reason"] == reason


def test_a_lost_administration_can_be_told_in_the_text(sandbox):
    client = Client(sandbox, "sem").connect()
    sandbox.settings(lost_division="text")
    sandbox.control("POST", "users", {"login": "sem", "divisions": [SECOND]})
    try:
        answer = read(client)
    finally:
        sandbox.settings(lost_division="reason")
    assert (answer.status_code, message(answer)) == (403, "Wrong Division")
    assert "reason" not in answer.headers


def test_expired_licence_can_be_told_in_the_text(sandbox, sem):
    sandbox.control("POST", "licence", {"division": FIRST, "expired": "text"})
    answer = read(sem)
    assert (answer.status_code, message(answer)) == (403, "Forbidden - Customer's license expired.")
    assert "reason" not in answer.headers
    other = sem.get("crm/Accounts", SECOND, select="ID", filter="Status eq 'C'")
    assert other.status_code == 200


@pytest.mark.parametrize(
    "language, text",
    [
        ("nl-NL", "Dit account type heeft niet genoeg rechten."),
        ("en-GB", "This account type does not have enough rights."),
        ("fr-BE", "Ce type de compte n'a pas assez de droits."),
    ],
)
def test_limited_account(sandbox, sem, language, text):
    """A user of the accountant's portal: reads, and is told so when writing."""
    user = {"login": "sem", "portal": True, "language": language}
    sandbox.control("POST", "users", user)
    try:
        me = sem.get("/api/v1/current/Me").json()["d"]["results"][0]
        answer = sem.post("crm/Accounts", Name="x")
        paper = sem.post("documents/Documents", Subject="x", Type=55)
        assert read(sem).status_code == 200
    finally:
        sandbox.control("POST", "users", {"login": "sem", "portal": False, "language": "en-GB"})
    assert me["IsMyFirmPortalUser"] is True
    assert (answer.status_code, message(answer)) == (403, text)
    assert (paper.status_code, message(paper)) == (403, "Document Type not allowed")
    assert "reason" not in answer.headers
    assert sem.get("/api/v1/current/Me").json()["d"]["results"][0]["IsMyFirmPortalUser"] is False
    assert sem.post("crm/Accounts", Name="x").status_code == 201


def test_division_that_was_not_granted_to_the_app(sandbox):
    client = Client(sandbox, "sem").connect([FIRST])
    answer = client.get("crm/Accounts", SECOND, select="ID", filter="Status eq 'C'")
    assert (answer.status_code, message(answer)) == (
        403, "Forbidden - User division is not within division scope.",
    )  # fmt: skip
    assert read(client).status_code == 200


def test_division_that_does_not_exist(anna):
    for path in ("crm/Accounts", "financial/Journals", "users/UserHasRights"):
        answer = anna.get(path, 999)
        assert (answer.status_code, message(answer)) == (403, "Forbidden")
    assert anna.get("system/Divisions", 999, select="Code").status_code == 200


@pytest.mark.parametrize(
    "scope, dotted, path",
    [
        ("Organization administration", "organization.administration", "system/Divisions"),
        ("Sales invoices", "sales.invoices", INVOICES),
        ("Financial accounting", "financial.accounting", "vat/VATCodes"),
    ],
)
def test_app_without_the_scope(sandbox, anna, scope, dotted, path):
    sandbox.control("POST", "scopes", {scope: None})
    try:
        answer = anna.get(path, **EVERYTHING)
        assert (answer.status_code, message(answer)) == (
            403, f"Forbidden - Application Scope Violated. Cannot read '{dotted}' scope.",
        )  # fmt: skip
    finally:
        sandbox.control("POST", "scopes", {scope: "manage"})
    assert anna.get(path, **EVERYTHING).status_code == 200


# A licence without a module


@pytest.mark.parametrize(
    "module, path, sync, others",
    [
        ("invoicing", INVOICES, "sync/SalesInvoice/SalesInvoices", ("crm/Accounts",)),
        ("items", "logistics/Items", "sync/Logistics/Items", ("crm/Accounts", INVOICES)),
    ],
)
def test_licence_without_a_module(sandbox, anna, sem, module, path, sync, others):
    modules = {"invoicing", "items", "relations", "documents", "financial"} - {module}
    sandbox.control("POST", "licence", {"division": FIRST, "modules": sorted(modules)})
    for client in (anna, sem):
        for answer in (
            client.get(path, **EVERYTHING), client.post(path, Description="x"),
            client.get(sync, select="Timestamp"),
        ):  # fmt: skip
            assert (answer.status_code, message(answer)) == (403, "Forbidden")
            assert "reason" not in answer.headers
        # What tells it from a missing right: chapter 5.1.
        assert has_right(client, path, "POST") is True and has_right(client, path, "GET") is True
        for other in others:
            assert client.get(other, **EVERYTHING).status_code == 200
        assert client.get("hrm/Divisions").status_code == 200
    sandbox.control("POST", "licence", {"division": FIRST})
    assert anna.get(path, **EVERYTHING).status_code == 200


# Chapters 5.2 and 5.3: each of the six rights alone, and the six without it

CALLS = {
    "invoices read": lambda client: client.get(INVOICES, **EVERYTHING),
    "invoices write": lambda client: client.post(INVOICES),
    "lines read": lambda client: client.get(LINES, select="ID"),
    "lines write": lambda client: client.post(LINES),
    "print": lambda client: client.post(PRINTED, InvoiceID=NOBODY),
    "items read": lambda client: client.get("logistics/Items", **EVERYTHING),
    "items write": lambda client: client.post("logistics/Items", Notes="x"),
    "groups read": lambda client: client.get("logistics/ItemGroups", select="ID"),
    "units read": lambda client: client.get("logistics/Units", select="ID"),
    "accounts read": lambda client: client.get("crm/Accounts", **EVERYTHING),
    "accounts write": lambda client: client.post("crm/Accounts", City="x"),
    "accounts sync": lambda client: client.get("sync/CRM/Accounts", select="ID"),
    "items sync": lambda client: client.get("sync/Logistics/Items", select="ID"),
    "invoices sync": lambda client: client.get("sync/SalesInvoice/SalesInvoices", select="ID"),
}
_INVOICES_SEEN = {"invoices read", "lines read", "invoices sync"}
_ITEMS_SEEN = {"items read", "groups read", "units read", "items sync"}
_ACCOUNTS_SEEN = {"accounts read", "accounts sync"}
OPENS = {
    "sales.enter": {"invoices write", "lines write", *_INVOICES_SEEN},
    "sales.process": {"print", *_INVOICES_SEEN},
    "items.manage": {"items write", *_ITEMS_SEEN},
    "items.view": _ITEMS_SEEN,
    "accounts.manage": {"accounts write", *_ACCOUNTS_SEEN},
    "accounts.view": _ACCOUNTS_SEEN,
}


def opened(client):
    """Return the calls that are let through; a list without the right is empty (5.2)."""
    found = set()
    for name, call in CALLS.items():
        answer = call(client)
        if name.endswith(("read", "sync")):
            assert answer.status_code == 200, (name, answer.text)
            if answer.json()["d"]["results"]:
                found.add(name)
        elif answer.status_code == 403:
            assert message(answer) == "Forbidden" and "reason" not in answer.headers
        else:
            assert answer.status_code in (400, 404, 500, 501), (name, answer.text)
            found.add(name)
    return found


@pytest.mark.parametrize("right", RIGHTS)
def test_one_right_alone(sandbox, sem, right):
    sandbox.control("POST", "users", {"login": "sem", "rights": [right]})
    assert opened(sem) == OPENS[right]


@pytest.mark.parametrize("right", RIGHTS)
def test_all_but_one_right(sandbox, sem, right):
    rest = [name for name in RIGHTS if name != right]
    sandbox.control("POST", "users", {"login": "sem", "rights": rest})
    assert opened(sem) == set().union(*(OPENS[name] for name in rest))


def test_the_six_open_everything_an_invoice_needs(sem):
    assert opened(sem) == set(CALLS)
    invoice = sem.invoice()
    path = f"{INVOICES}(guid'{invoice['InvoiceID']}')"
    assert sem.put(path, YourRef="x").status_code == 204
    for other in ("financial/Journals", "vat/VATCodes", "cashflow/PaymentConditions"):
        assert sem.rows(other, select="Code")
    assert sem.delete(path).status_code == 204


def test_a_row_by_key_is_unknown_without_the_right(sandbox, sem, anna):
    account = anna.account()
    path = f"crm/Accounts(guid'{account['ID']}')"
    assert sem.get(path).status_code == 200
    sandbox.control("POST", "users", {"login": "sem", "rights": ["sales.enter"]})
    assert sem.get(path).status_code == 404
    for answer in (sem.put(path, City="x"), sem.delete(path)):
        assert (answer.status_code, message(answer)) == (403, "Forbidden")


def test_reading_without_the_right_can_be_refused(sandbox, sem, anna):
    """Chapter 5.2: several addresses answer an empty list, items for sure; not all are known."""
    account = anna.account()
    sandbox.control("POST", "users", {"login": "sem", "rights": ["sales.enter"]})
    accounts = {"select": "ID", "filter": f"ID eq guid'{account['ID']}'"}
    calls = [
        sem.get("crm/Accounts", **accounts),
        sem.get("crm/Accounts/$count"),
        sem.get(f"crm/Accounts(guid'{account['ID']}')"),
        sem.get("sync/CRM/Accounts", select="ID", filter="Timestamp gt 0L"),
    ]
    assert [answer.status_code for answer in calls] == [200, 200, 404, 200]
    sandbox.settings(unreadable="forbidden")
    try:
        for call in calls:
            answer = sem.call("GET", call.url)
            assert (answer.status_code, message(answer)) == (403, "Forbidden")
        assert sem.rows("logistics/Items", select="ID", filter="Code eq 'UREN'") == []
    finally:
        sandbox.settings(unreadable="empty")


# UserHasRights over everything the reference names


ENDPOINTS = sorted(
    entity.path
    for entity in Metadata().entities.values()
    if entity.has_division and not entity.path.startswith(("sync/", "bulk/", "read/"))
)


def test_all_rights_have_a_right_to_everything(anna):
    for path in ENDPOINTS:
        for action in ("GET", "POST", "PUT", "DELETE"):
            assert has_right(anna, path, action) is True, (path, action)


def test_user_has_rights_says_what_calls_do(sandbox, sem):
    guarded = {
        INVOICES: "sales.enter", LINES: "sales.enter", PRINTED: "sales.process",
        "logistics/Items": "items.manage", "crm/Accounts": "accounts.manage",
    }  # fmt: skip
    for path, right in guarded.items():
        assert has_right(sem, path, "POST") is True
        rest = [name for name in RIGHTS if name != right]
        sandbox.control("POST", "users", {"login": "sem", "rights": rest})
        assert has_right(sem, path, "POST") is False
        assert sem.post(path).status_code == 403
        sandbox.control("POST", "users", {"login": "sem", "rights": list(RIGHTS)})
    sandbox.control("POST", "users", {"login": "sem", "rights": []})
    for path in ENDPOINTS:
        closed = path.startswith("crm/") or path in (
            INVOICES, LINES, "logistics/Items", "logistics/ItemGroups", "logistics/Units",
        )  # fmt: skip
        assert has_right(sem, path, "GET") is not closed, path
        webhooks = path == "webhooks/WebhookSubscriptions"
        assert has_right(sem, path, "POST") is webhooks, path


def test_user_has_rights_knows_no_scope_or_grant(sandbox):
    client = Client(sandbox, "sem").connect([FIRST])
    sandbox.control("POST", "scopes", {"Sales invoices": None})
    try:
        assert has_right(client, INVOICES, "POST") is True
        assert client.get(INVOICES, **EVERYTHING).status_code == 403
    finally:
        sandbox.control("POST", "scopes", {"Sales invoices": "manage"})


def test_user_roles_are_of_those_who_may_open_the_books(sandbox, anna):
    rows = anna.rows("users/UserRoles")
    me = anna.call("GET", "/api/v1/current/Me").json()["d"]["results"][0]["UserID"]
    mine = [row for row in rows if row["UserID"] == me]
    assert [row["Description"] for row in mine] == ["All rights"]
    others = [row["Description"] for row in rows if row["UserID"] != me]
    assert sorted(others) == sorted(RIGHTS.values())
    assert {row["RoleLevel"] for row in rows} == {3}
    sandbox.control("POST", "users", {"login": "sem", "rights": ["items.view"]})
    rows = anna.rows("users/UserRoles")
    left = [row for row in rows if row["UserID"] != me]
    assert [row["Description"] for row in left] == [RIGHTS["items.view"]]
    again = anna.get(f"users/UserRoles(guid'{left[0]['ID']}')").json()["d"]
    assert (again["Role"], again["UserID"]) == (left[0]["Role"], left[0]["UserID"])


# What chapter 5.3 leaves open: settings of ours


SET_UP = (
    "financial/Journals", "financial/GLAccounts", "financial/FinancialPeriods", "vat/VATCodes",
    "read/financial/JournalStatusList", "cashflow/PaymentConditions", "logistics/ItemGroups",
)  # fmt: skip


@pytest.mark.parametrize("path", SET_UP)
def test_set_up_is_read_by_anyone_or_with_all_rights_only(sandbox, path):
    sem, anna = Client(sandbox, "sem").connect(), Client(sandbox).connect()
    for setting, seen in (("anyone", True), ("full", False)):
        sandbox.settings(set_up_reading=setting)
        answer = sem.get(path, select="*")
        assert (answer.status_code, bool(answer.json()["d"]["results"])) == (200, seen)
        assert has_right(sem, path, "GET") is seen
        assert anna.rows(path, select="*") and has_right(anna, path, "GET") is True
    sandbox.settings(set_up_reading="anyone")


@pytest.mark.parametrize("view, path", [("items", "logistics/Items"), ("accounts", "crm/Accounts")])
def test_viewing_is_part_of_managing_or_a_right_of_its_own(sandbox, sem, view, path):
    rest = [name for name in RIGHTS if name != f"{view}.view"]
    sandbox.control("POST", "users", {"login": "sem", "rights": rest})
    for setting, seen in (("implied", True), ("own", False)):
        sandbox.settings(view_right=setting)
        answer = sem.get(path, **EVERYTHING)
        assert (answer.status_code, bool(answer.json()["d"]["results"])) == (200, seen)
        assert has_right(sem, path, "GET") is seen
    sandbox.settings(view_right="implied")
