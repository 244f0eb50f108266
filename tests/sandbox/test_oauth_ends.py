"""How a connection dies (chapter 1.6), and what the API says to a user who is blocked (5.1)."""

import pytest
from client import Client, authorize_url, message, query_of, token_call

from exact_sandbox.person import Person
from exact_sandbox.process import SandboxError

CHAIN = "Token is not allowed, because of invalid or empty chainId"
ME = "/api/v1/current/Me"


def is_dead(client):
    client.sandbox.advance(580)
    answer = client.refresh()
    return (answer.status_code, answer.json()["error_description"]) == (400, CHAIN)


def revoke(client):
    page = client.person.visit("/docs/MyExactOnline.aspx")[1]
    client.person.submit(page, "client_id", answer="revoke")


@pytest.fixture
def sem(anew):
    return Client(anew(), "sem").connect()


@pytest.mark.parametrize(("answer", "status"), [("dies", 401), ("lives", 200)])
def test_access_token_after_the_user_revoked(sem, answer, status):
    sem.sandbox.settings(revoked_access_token=answer)
    revoke(sem)
    assert sem.get("financial/Journals", select="Code").status_code == status
    assert "not allowed any app" in sem.person.visit("/docs/MyExactOnline.aspx")[1]
    sem.sandbox.advance(601)
    assert sem.call("GET", ME).status_code == 401, "no longer than its 600 seconds"
    assert is_dead(sem)
    assert sem.connect().call("GET", ME).status_code == 200


@pytest.mark.parametrize("status", [400, 403])
def test_row_refresh_after_the_user_revoked(sem, status):
    """Help pages of vendors tell of both (chapters 1.6 and 11, point 1)."""
    sem.sandbox.settings(revoked_refresh_status=status)
    revoke(sem)
    sem.sandbox.advance(580)
    answer = sem.refresh()
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["error_description"] == CHAIN
    else:
        assert answer.text == "Forbidden" and "Reason" not in answer.headers
    sem.connect()
    sem.sandbox.advance(580)
    assert sem.refresh().status_code == 200


def test_a_code_does_not_outlive_the_revocation(sem):
    code = sem.code()
    revoke(sem)
    Client(sem.sandbox, "sem").connect()
    answer = token_call(
        sem.sandbox, grant_type="authorization_code", code=code,
        redirect_uri="http://localhost:8069/keeping_exact/oauth/callback",
    )  # fmt: skip
    assert answer.json()["error_description"] == CHAIN


def test_revoking_one_app_leaves_another(sem):
    own = next(app for app in sem.sandbox.apps if app["kind"] == "own")
    address = authorize_url(sem.sandbox, client_id=own["client_id"])
    code = query_of(sem.person.consent(address))["code"]
    page = sem.person.visit("/docs/MyExactOnline.aspx")[1]
    sem.person.submit(page, "client_id", client_id=own["client_id"], answer="revoke")
    assert sem.call("GET", ME).status_code == 200
    answer = token_call(
        sem.sandbox, grant_type="authorization_code", code=code,
        redirect_uri="http://localhost:8069/keeping_exact/oauth/callback",
        client_id=own["client_id"], client_secret=own["client_secret"],
    )  # fmt: skip
    assert answer.json()["error_description"] == CHAIN


@pytest.mark.parametrize(
    ("status", "reason"), [("blocked", "BlockedUser"), ("inactive", "InactiveUser")]
)
def test_row_blocked_or_inactive_user(sem, status, reason):
    sem.sandbox.change_user("sem", status=status)
    answer = sem.call("GET", ME)
    assert (answer.status_code, message(answer)) == (403, "Forbidden")
    assert answer.headers["reason"] == reason
    other = Person(sem.sandbox.url, "sem", sem.sandbox.password)
    assert "not right" in other.visit("/docs/MenuPortal.aspx")[1]
    assert 'name="Password"' in sem.person.open("/docs/MenuPortal.aspx")[1], "logged out"
    assert is_dead(sem)
    sem.sandbox.change_user("sem", status="active")
    assert is_dead(sem), "tokens do not come back"
    assert sem.connect().call("GET", ME).status_code == 200


@pytest.mark.parametrize(("answer", "status"), [("dies", 401), ("lives", 200)])
def test_changed_password(sem, answer, status):
    sem.sandbox.settings(revoked_access_token=answer)
    sem.sandbox.change_user("sem", password="another")
    assert sem.call("GET", ME).status_code == status
    assert is_dead(sem)


def test_deleted_user(sem):
    anna = Client(sem.sandbox).connect()
    users = sem.sandbox.delete_user("sem")
    assert "sem" not in {user["login"] for user in users}
    assert sem.call("GET", ME).status_code == 401
    assert anna.call("GET", ME).status_code == 200
    assert is_dead(sem)
    with pytest.raises(SandboxError, match="There is no user 'sem'"):
        sem.sandbox.delete_user("sem")


def test_administration_that_becomes_inactive(anew):
    """A connection for it alone dies with it; one that has another lives on (chapter 1.6)."""
    sandbox = anew()
    first, second = (item["code"] for item in sandbox.administrations[:2])
    alone, both = Client(sandbox, "sem").connect([first]), Client(sandbox).connect([first, second])
    sandbox.control("POST", "administrations", {"code": first, "status": 0})
    answer = both.get("financial/Journals", first, select="Code")
    assert (answer.status_code, message(answer)) == (403, "Forbidden")
    assert answer.headers["reason"] == "DivisionBlocked"
    statuses = {row["Code"]: row["Status"] for row in both.rows("system/Divisions", second)}
    assert statuses == {first: 0, second: 1}
    sandbox.advance(580)
    assert both.take(both.refresh()).get("financial/Journals", second).status_code == 200
    assert alone.refresh().json()["error_description"] == CHAIN
    sandbox.control("POST", "administrations", {"code": first, "status": 1})
    assert both.get("financial/Journals", first).status_code == 200
    assert alone.refresh().status_code == 400, "tokens do not come back"
    assert alone.connect([first]).get("financial/Journals").status_code == 200


@pytest.mark.parametrize("status", [3, "0", None, True])
def test_an_administration_has_one_of_three_states(sandbox, status):
    body = {"code": sandbox.administrations[0]["code"], "status": status}
    with pytest.raises(SandboxError, match="inactive, 1 active or 2 archived"):
        sandbox.control("POST", "administrations", body)


def test_a_user_has_one_of_three_states(sandbox):
    with pytest.raises(SandboxError, match="active, blocked, inactive"):
        sandbox.change_user("sem", status="tired")
    users = {user["login"]: user for user in sandbox.control("GET", "users")["users"]}
    assert users["sem"]["status"] == "active"


def test_managing_administrations_keeps_the_consent(sem):
    first, second = (item["code"] for item in sem.sandbox.administrations[:2])
    sem.sandbox.advance(120)
    before = sem.person.visit("/docs/MyExactOnline.aspx")[1].partition("Allowed on")[2][:17]
    page = sem.person.visit("/docs/MyExactOnline.aspx")[1]
    sem.person.submit(page, "client_id", divisions=[str(second)], answer="save")
    after = sem.person.visit("/docs/MyExactOnline.aspx")[1].partition("Allowed on")[2][:17]
    assert after == before
    answer = sem.get("financial/Journals", division=first)
    assert message(answer) == "Forbidden - User division is not within division scope."
    assert sem.get("financial/Journals", division=second).status_code == 200
