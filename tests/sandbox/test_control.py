"""The control listener and the log of calls."""

import json
import socket
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests
from client import Client, token_call

from exact_sandbox.process import SandboxError


def test_call_log_has_everything_but_secrets(anew):
    sandbox = anew()
    client = Client(sandbox).connect()
    sandbox.clear_calls()
    client.get("financial/Journals", filter="Code eq '70'")
    client.account()
    client.refresh()
    got, posted, token = sandbox.calls()
    assert got["method"] == "GET" and got["status"] == 200
    assert got["path"].endswith("/financial/Journals") and got["query"] == "$filter=Code eq '70'"
    assert (got["division"], got["user"]) == (client.division, "anna")
    assert got["duration"] > 0 and got["time"].endswith("+00:00") and got["fault"] is None
    assert posted["status"] == 201 and posted["request_bytes"] > 20
    assert token["path"] == "/api/oauth2/token" and token["status"] == 400
    text = json.dumps(sandbox.calls())
    for secret in (client.access, client.refresh_token, sandbox.client_secret):
        assert secret not in text


def test_state_holds_no_tokens(fresh):
    sandbox = fresh()
    client = Client(sandbox).connect()
    sandbox.stop()
    data = sandbox.state.read_bytes()
    for secret in (client.access, client.refresh_token, sandbox.password):
        assert secret.encode() not in data


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://127.0.0.1"}, {"Host": "evil.example"}, {"Host": "localhost"}]
)
def test_control_refuses_web_pages(sandbox, headers):
    answer = requests.get(f"{sandbox.control_url}/calls", headers=headers, timeout=9)
    assert answer.status_code == 403 and "calls" not in answer.json()


def test_control_is_on_loopback_even_when_the_rest_is_not(fresh):
    sandbox = fresh(host="0.0.0.0")
    assert sandbox.control_url.startswith("http://127.0.0.1:")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        port = int(sandbox.control_url.rsplit(":", 1)[1])
        assert probe.connect_ex(("127.0.0.2", port)) != 0
        public = int(sandbox.url.rsplit(":", 1)[1])
        assert probe.connect_ex(("127.0.0.2", public)) == 0


def test_control_says_what_is_wrong(sandbox):
    for method, path, body in (
        ("GET", "nothing", None), ("POST", "clock", {"advance": -1}), ("POST", "clock", {}),
        ("POST", "settings", {"nothing": 1}), ("POST", "settings", {"minute_limit": 0}),
        ("POST", "settings", {"top_envelope": "x"}), ("GET", "rows/1/no/Entity", None),
        ("POST", "apps", {"redirect_uri": "http://odoo.example"}),
        ("POST", "users", {"login": "nobody"}),
        ("POST", "users", {"login": "sem", "rights": ["x"]}),
        ("POST", "scopes", {"Sales invoices": "some"}), ("POST", "clock", {"advance": "nan"}),
        ("POST", "clock", {"advance": "inf"}), ("POST", "clock", {"advance": 1e18}),
        ("POST", "users", {"login": "sem", "divisions": [10**30]}),
        ("POST", "users", {"login": "sem", "divisions": "x"}),
        ("POST", "users", {"login": "sem", "language": 5}),
        ("POST", "users", {"login": "sem", "password": 5}),
        ("POST", "apps", {"name": "x", "redirect_uris": ["https://a.example"], "scopes": 5}),
        ("GET", "rows/99999999999999999999/crm/Accounts", None),
        ("POST", "rows/241806/crm/Accounts", {"where": 5, "values": {"Name": "x"}}),
        ("POST", "periods", {"division": 241806, "year": 10**30, "closed": True}),
        ("POST", "payments", {"division": 10**30, "invoice": "9" * 30}),
    ):  # fmt: skip
        with pytest.raises(SandboxError):
            sandbox.control(method, path, body)
    for body in ("[1]", "[" * 100_000, '{"advance":' + "9" * 5000 + "}"):
        answer = requests.post(f"{sandbox.control_url}/clock", data=body, timeout=9)
        assert answer.status_code == 400 and answer.json()["error"]
    assert sandbox.clock()["offset"] < 1e9


def test_token_endpoint_is_logged_when_it_is_cut(sandbox):
    sandbox.add_fault("status", "POST", "oauth2/token", status=500, body="")
    assert token_call(sandbox, grant_type="refresh_token").status_code == 500
    assert sandbox.calls()[-1]["fault"] == "status"


def test_answers_are_dated_by_the_sandboxs_clock(anew):
    sandbox = anew()
    sandbox.advance(3 * 86400)
    answer = requests.get(f"{sandbox.url}/api/v1/current/Me", timeout=10)
    dated = parsedate_to_datetime(answer.headers["Date"])
    assert abs(dated - datetime.fromisoformat(sandbox.clock()["now"])) < timedelta(seconds=5)


def test_rows_are_deleted_as_in_the_browser(anew):
    sandbox = anew()
    path = "rows/241806/cashflow/PaymentConditions"
    assert sandbox.control("DELETE", path, {"where": {"Code": "14"}}) == {"deleted": 1}
    assert "14" not in [row["Code"] for row in sandbox.rows(241806, "cashflow/PaymentConditions")]
    for where in ({"Code": "14"}, {}, 5):
        with pytest.raises(SandboxError):
            sandbox.control("DELETE", path, {"where": where})


def test_only_what_has_changed_is_read(anew):
    sandbox = anew()
    path = "cashflow/PaymentConditions"
    rows, keys = sandbox.changed_rows(241806, path, 0)
    assert [row["ID"] for row in rows] and sorted(row["ID"] for row in rows) == sorted(keys)
    newest = max(row["Timestamp"] for row in rows)
    assert sandbox.changed_rows(241806, path, newest) == ([], keys)
    change = {"where": {"Code": "14"}, "values": {"Description": "Two weeks"}}
    sandbox.control("POST", f"rows/241806/{path}", change)
    [row], _keys = sandbox.changed_rows(241806, path, newest)
    assert row["Description"] == "Two weeks"
    sandbox.control("DELETE", f"rows/241806/{path}", {"where": {"Code": "14"}})
    assert set(keys) - set(sandbox.changed_rows(241806, path, newest)[1]) == {row["ID"]}


def test_the_state_goes_back_to_what_was_kept(fresh):
    sandbox = fresh()
    with pytest.raises(SandboxError, match="Nothing was kept"):
        sandbox.go_back()
    client = Client(sandbox, "sem").connect()
    sandbox.keep()
    before = sandbox.rows(client.division, "crm/Accounts")
    client.account()
    sandbox.advance(3600)
    sandbox.settings(error_limit=1, function_answer="bare")
    sandbox.change_user("sem", language="fr", password="another", rights=[])
    sandbox.delete_user("lea")
    sandbox.add_fault("late", "POST", "crm/Accounts", seconds=60)
    sandbox.add_fault("status", times=None)
    sandbox.go_back()
    assert sandbox.rows(client.division, "crm/Accounts") == before
    assert sandbox.clock()["offset"] == 0
    assert (sandbox.settings()["error_limit"], sandbox.settings()["function_answer"]) == (
        100_000, "object",
    )  # fmt: skip
    assert sandbox.control("GET", "faults") == {"faults": []}
    assert {user["login"] for user in sandbox.control("GET", "users")["users"]} >= {"lea"}
    assert client.account()["Name"], "the tokens of that time are good"
    sandbox.go_back()
    assert sandbox.rows(client.division, "crm/Accounts") == before, "as often as one likes"
    sandbox.stop()
    sandbox.start()
    assert sandbox.rows(client.division, "crm/Accounts") == before
    assert client.account()["Name"]
    sandbox.go_back()
    assert sandbox.rows(client.division, "crm/Accounts") == before, "also after a restart"


def test_late_work_dies_with_its_state(anew):
    client = Client(anew()).connect()
    client.sandbox.add_fault("late", "POST", "crm/Accounts", seconds=60)
    assert client.post("crm/Accounts", Name="Late").status_code == 504
    sandbox = anew()
    sandbox.advance(61)
    rows = sandbox.rows(client.division, "crm/Accounts")
    assert "Late" not in {row["Name"] for row in rows}
