"""Accounts, items, rights and sync: chapters 4.8, 4.10, 4.18, 4.19 and 5."""

import pytest
from client import Client, message


def test_account_needs_a_name_only(anna, sem):
    assert message(anna.post("crm/Accounts", City="x")) == "Verplicht: Naam"
    assert message(sem.post("crm/Accounts", Name=" ")) == "Mandatory: Name"
    row = anna.make("crm/Accounts", Name="Only a name")
    assert (row["Status"], row["IsSales"]) == ("A", False)


def test_account_code_is_the_next_number(anna):
    first, second = anna.account(), anna.account()
    assert int(second["Code"]) == int(first["Code"]) + 1
    assert anna.account(Code="900000")["Code"].strip() == "900000"
    assert anna.account()["Code"].strip() == "900001"


def test_existing_account_code_is_refused_even_unchanged(anna):
    row = anna.account()
    path = f"crm/Accounts(guid'{row['ID']}')"
    for answer in (
        anna.post("crm/Accounts", Name="x", Code=row["Code"].strip()),
        anna.put(path, Code=row["Code"]),
    ):
        assert (answer.status_code, message(answer)) == (500, "Gegeven bestaat reeds.")
    assert anna.put(path, Code="777123").status_code == 204


def test_account_changes_and_goes(anna):
    row = anna.account(Status="P")
    path = f"crm/Accounts(guid'{row['ID']}')"
    answer = anna.put(path, Status="C", City="Gouda")
    assert (answer.status_code, answer.content) == (204, b"")
    changed = anna.get(path).json()["d"]
    assert changed["IsSales"] and changed["City"] == "Gouda"
    assert anna.delete(path).status_code == 204
    assert anna.get(path).status_code == 404
    assert anna.put(path, City="x").status_code == 404


@pytest.mark.parametrize(
    "values, text",
    [
        ({"Status": "X"}, "Invalid: Status"),
        ({"Email": "no address"}, "Invalid: Email []"),
        ({"Country": "XX"}, "Invalid reference: Country"),
        ({"PaymentConditionSales": "99"}, "Invalid reference: Payment condition"),
        ({"SalesVATCode": "99"}, "Invalid reference: VAT code"),
        ({"InvoiceAccount": "00000000-0000-0000-0000-000000000000"},
         "Invalid reference: Invoice to"),
    ],
)  # fmt: skip
def test_account_rules(sem, values, text):
    answer = sem.post("crm/Accounts", **{"Name": "x", **values})
    assert (answer.status_code, message(answer)) == (500, text)


def test_used_account_stays(anna, sem):
    account = anna.account()
    anna.invoice(account)
    path = f"crm/Accounts(guid'{account['ID']}')"
    text = "Kan niet verwijderen: Relatie - Gebruikt in: Verkoopfacturen"
    assert message(anna.delete(path)) == text
    assert message(sem.delete(path)) == "Cannot delete: Account - Used in: Sales invoices"


def test_post_without_prefer_fills_the_key_only(anna):
    row = anna.post("crm/Accounts", represent=False, Name="Bare").json()["d"]
    assert row["ID"] and row["Name"] is None and row["Created"] is None
    assert anna.get(f"crm/Accounts(guid'{row['ID']}')").json()["d"]["Name"] == "Bare"


def test_item_defaults_and_rules(anna, sem):
    row = anna.make("logistics/Items", Code="NEW-1", Description="New")
    assert (row["ItemGroupCode"], row["Unit"], row["IsSalesItem"]) == ("DIENST", "pc", False)
    text = "Mandatory: Code\r\nMandatory: Description"
    assert message(sem.post("logistics/Items", Notes="x")) == text
    values = {"Code": "NEW-2", "Description": "x"}
    assert message(sem.post("logistics/Items", **{**values, "Unit": "ell"})) == (
        "Invalid reference: Unit"
    )
    assert message(sem.post("logistics/Items", **{**values, "Code": "NEW-1"})) == (
        "Data already exists"
    )
    assert sem.post("logistics/Items", **{**values, "Description": "x" * 61}).status_code == 500
    path = f"logistics/Items(guid'{row['ID']}')"
    assert anna.put(path, Description="Newer", Code="NEW-1").status_code == 204
    assert anna.one("logistics/Items", "Code eq 'NEW-1'")["Description"] == "Newer"
    assert anna.delete(path).status_code == 204


def test_used_item_stays(sem):
    item = sem.item()
    sem.invoice(lines=[{"Item": item["ID"]}])
    answer = sem.delete(f"logistics/Items(guid'{item['ID']}')")
    assert message(answer) == "Cannot delete: Item - Used in: Sales invoices"


def test_rights_of_the_six(sem, anna):
    def asked(client, endpoint, action):
        answer = client.call(
            "GET", "users/UserHasRights",
            params={"endpoint": f"'{endpoint}'", "action": f"'{action}'"},
        )  # fmt: skip
        return answer.json()["d"]["UserHasRights"]

    for endpoint in ("salesinvoice/SalesInvoices", "crm/Accounts", "logistics/Items"):
        for action in ("GET", "POST", "PUT", "DELETE"):
            assert asked(sem, endpoint, action) is True
    assert asked(sem, "salesinvoice/PrintedSalesInvoices", "POST") is True
    assert asked(sem, "vat/VATCodes", "GET") is True
    assert asked(sem, "vat/VATCodes", "POST") is False
    assert asked(anna, "vat/VATCodes", "POST") is True
    assert asked(sem, "nothing/AtAll", "GET") is False
    assert message(sem.post("vat/VATCodes", Code="x", Description="x")) == "Forbidden"


@pytest.mark.parametrize(
    "params", [{}, {"endpoint": "'crm/Accounts'"}, {"endpoint": "crm/Accounts", "action": "'GET'"},
               {"endpoint": "'crm/Accounts'", "action": "'HEAD'"}],
)  # fmt: skip
def test_user_has_rights_needs_quoted_parameters(sem, params):
    assert sem.call("GET", "users/UserHasRights", params=params).status_code == 400


def test_missing_right_reads_empty_and_writes_forbidden(anew):
    sandbox = anew()
    sandbox.control("POST", "users", {"login": "sem", "rights": ["accounts.view", "items.manage"]})
    client = Client(sandbox, "sem").connect()
    everything = {"select": "*", "filter": "Created ge datetime'2000-01-01'"}
    answer = client.get("salesinvoice/SalesInvoices", **everything)
    assert (answer.status_code, answer.json()) == (200, {"d": {"results": []}})
    assert len(client.rows("crm/Accounts", **everything)) > 70
    answer = client.post("crm/Accounts", Name="x")
    assert (answer.status_code, message(answer)) == (403, "Forbidden")
    assert client.item()["ID"]
    assert client.get("sync/SalesInvoice/SalesInvoices", select="ID").json()["d"]["results"] == []


def test_app_scope_is_needed(anew):
    sandbox = anew()
    scopes = {"Sales invoices": "read", "Organization administration": None}
    sandbox.control("POST", "scopes", scopes)
    client = Client(sandbox).connect()
    assert message(client.get("system/Divisions")) == (
        "Forbidden - Application Scope Violated. Cannot read 'organization.administration' scope."
    )
    query = {"select": "ID", "filter": "Status eq 20"}
    assert client.get("hrm/Divisions").status_code == 200
    assert client.get("salesinvoice/SalesInvoices", select="InvoiceID", filter=query["filter"]).ok
    assert client.post("salesinvoice/SalesInvoices").status_code == 403


def high_water(client, path):
    rows = client.rows(path, select="Timestamp")
    return max((int(row["Timestamp"]) for row in rows), default=0)


def test_sync_accounts_tells_what_changed(anna):
    mark = high_water(anna, "sync/CRM/Accounts")
    row = anna.account(City="Goes")
    assert anna.put(f"crm/Accounts(guid'{row['ID']}')", City="Sluis").status_code == 204
    found = anna.rows(
        "sync/CRM/Accounts", select="Timestamp,ID,City", filter=f"Timestamp gt {mark}L"
    )  # fmt: skip
    assert [(item["ID"], item["City"]) for item in found] == [(row["ID"], "Sluis")]
    assert isinstance(found[0]["Timestamp"], str)


def test_sync_filters_by_timestamp_only(anna):
    answer = anna.get("sync/CRM/Accounts", select="ID", filter="Name eq 'x'")
    assert message(answer) == "Filtering on these fields is not supported: Name"
    assert anna.get("sync/CRM/Accounts", select="ID", orderby="Name").status_code == 400


def test_sync_invoices_has_headers_and_lines(anna):
    mark = high_water(anna, "sync/SalesInvoice/SalesInvoices")
    item = anna.item()
    lines = [{"Item": item["ID"], "Quantity": 1, "UnitPrice": price} for price in (10, 20)]
    invoice = anna.invoice(lines=lines, YourRef="SYNC")
    query = {
        "select": "Timestamp,InvoiceID,LineNumber,AmountFC,YourRef,ItemCode",
        "filter": f"Timestamp gt {mark}L",
    }
    rows = anna.rows("sync/SalesInvoice/SalesInvoices", **query)
    assert [row["LineNumber"] for row in rows] == [0, 1, 2]
    assert [row["AmountFC"] for row in rows] == [36.3, 10, 20]
    assert {row["InvoiceID"] for row in rows} == {invoice["InvoiceID"]}
    assert {row["YourRef"] for row in rows} == {"SYNC"}
    assert [row["ItemCode"] for row in rows] == [None, item["Code"], item["Code"]]
    stamps = [int(row["Timestamp"]) for row in rows]
    assert stamps == sorted(set(stamps))
    line = anna.lines(invoice)[0]
    anna.put(f"salesinvoice/SalesInvoiceLines(guid'{line['ID']}')", Quantity=3)
    again = anna.rows("sync/SalesInvoice/SalesInvoices", **query)
    assert min(int(row["Timestamp"]) for row in again) > stamps[-1]


def test_sync_deleted(anna):
    mark = high_water(anna, "sync/Deleted")
    account, item, invoice = anna.account(), anna.item(), anna.invoice()
    for path, row, key in (
        ("salesinvoice/SalesInvoices", invoice, "InvoiceID"),
        ("crm/Accounts", account, "ID"),
        ("logistics/Items", item, "ID"),
    ):
        assert anna.delete(f"{path}(guid'{row[key]}')").status_code == 204
    traces = anna.rows(
        "sync/Deleted", select="EntityKey,EntityType,Timestamp", filter=f"Timestamp gt {mark}L"
    )  # fmt: skip
    assert [(row["EntityKey"], row["EntityType"]) for row in traces] == [
        (invoice["InvoiceID"], 13), (account["ID"], 2), (item["ID"], 9),
    ]  # fmt: skip
    only = anna.rows(
        "sync/Deleted", select="EntityKey", filter=f"Timestamp gt {mark}L and EntityType eq 2"
    )  # fmt: skip
    assert len(only) == 1
