"""The client ``python-exact-online`` against the sandbox, at the host it has built in."""

from urllib.parse import urlsplit

CLIENT = "python-exact-online"
SITE = "be"
TOKEN = ("POST", "oauth2/token", 200)
HOST = "start.exactonline.be"


def test_authorise_refresh_and_start_again_from_its_file(client, tmp_path):
    """The code goes with a Basic header, the refresh token with credentials in the body."""
    seen = client.run("authorise", tmp_path)
    assert seen == {"journals": [["70"]] * 3, "tokens": 3, "division": client.division}
    journal = ("GET", "financial/Journals", 200)
    me = ("GET", "current/Me", 200)
    assert client.calls() == [TOKEN, journal, TOKEN, journal, TOKEN, me, journal]


def test_it_pages_through_customers(client, tmp_path):
    """It cuts its own host off the next address, so that must be written as it was called."""
    seen = client.run("customers", tmp_path)
    held = {
        row["ID"]: row["Name"]
        for row in client.rows("crm/Accounts")
        if row["Name"].startswith("Third party ") and row["AccountManager"]
    }
    assert len(held) == 70
    assert {row["ID"]: row["Name"] for row in seen} == held and len(seen) == 70
    assert client.calls() == [
        TOKEN,
        ("GET", "crm/Accounts", 200),
        *[("POST", "crm/Accounts", 201)] * 70,
        *[("GET", "crm/Accounts", 200)] * 2,
    ]


def test_what_its_readme_lists_accounts_by(client, tmp_path):
    """Accounts want a select; a state does not satisfy the strict profile's short list."""
    seen = client.run("not_blocked", tmp_path)
    assert "Please add a $select" in seen["bare_error"]
    if client.profile == "strict":
        assert "mandatory filtering applied" in seen["error"] and seen["count"] == 0
        assert client.calls()[1:] == [("GET", "crm/Accounts", 400)] * 2
    else:
        free = [row for row in client.rows("crm/Accounts") if not row["Blocked"]]
        assert seen["error"] is None and seen["count"] == len(free) > 60


def test_it_changes_and_deletes_a_customer(client, tmp_path):
    seen = client.run("change", tmp_path)
    guid = seen.pop("made")
    assert seen == {"updated": True, "name": "Daffy Duck & zonen", "deleted": True}
    assert all(row["ID"] != guid for row in client.rows("crm/Accounts"))
    assert client.calls() == [
        TOKEN,
        ("POST", "crm/Accounts", 201),
        ("GET", "crm/Accounts", 200),
        ("PUT", f"crm/Accounts(guid'{guid}')", 204),
        ("GET", "crm/Accounts", 200),
        ("DELETE", f"crm/Accounts(guid'{guid}')", 204),
    ]


def test_it_understands_a_refusal(client, tmp_path):
    """A broken rule is 500 or 400 by the profile (chapter 3.5); the text is the user's Dutch."""
    status = {"strict": 500, "lenient": 400}[client.profile]
    assert client.run("refusal", tmp_path) == {
        "error": True, "status": status, "message": "Verplicht: Naam",
    }  # fmt: skip
    assert client.calls() == [TOKEN, ("POST", "crm/Accounts", status)]


def test_it_makes_and_reads_an_invoice(client, tmp_path):
    seen = client.run("invoice", tmp_path)
    guid = seen["made"]["InvoiceID"]
    (held,) = [row for row in client.rows("salesinvoice/SalesInvoices") if row["InvoiceID"] == guid]
    assert seen["status"] == 201
    assert held["YourRef"] == seen["read"]["YourRef"] == "F0005555"
    assert seen["read"]["AmountFC"] == held["AmountFC"] == 242
    assert [(line["Quantity"], line["AmountFC"]) for line in seen["lines"]] == [(2.5, 200)]
    assert urlsplit(seen["read"]["__metadata"]["uri"]).netloc == HOST
    # It reads the headers of chapter 2, and stops by them.
    assert 0 < seen["limits"]["minutely_remaining"] < 10_000
    assert seen["limits"]["reset_at"] % 86_400_000 == 0
    assert {status for _method, _path, status in client.calls()} == {200, 201}


def test_it_reads_the_entry_of_a_processed_invoice(client, tmp_path):
    seen = client.run("processed", tmp_path)
    entry = seen["entry"]
    (held,) = [
        row for row in client.rows("salesentry/SalesEntries") if row["EntryID"] == entry["EntryID"]
    ]
    assert held["EntryNumber"] == entry["EntryNumber"]
    assert (entry["AmountDC"], entry["YourRef"], seen["lines"]) == (242, "F0005555", [200])
    assert {status for _method, _path, status in client.calls()} == {200, 201}


def test_it_makes_an_entry_as_its_readme_does(client, tmp_path):
    seen = client.run("entry", tmp_path)
    (held,) = [
        row for row in client.rows("salesentry/SalesEntries") if row["EntryID"] == seen["made"]
    ]
    assert seen["read"] == [held["EntryID"], held["AmountDC"], "MyREF"]
    assert held["AmountDC"] == 250 and sorted(seen["lines"]) == [100, 150]
    assert ("POST", "salesentry/SalesEntries", 201) in client.calls()
