"""Pages for a person."""

from urllib.parse import quote

import pytest
import requests
from client import REDIRECT, Client

from exact_sandbox.person import Person


def test_login_is_needed_and_a_wrong_password_is_told(sandbox):
    person = Person(sandbox.url, sandbox.login, "wrong")
    status, page, _ = person.visit("/docs/MenuPortal.aspx")
    assert status == 200 and "the password is not right" in page
    assert "Keeping Demo" not in page


def test_login_cookie_and_headers(sandbox):
    answer = requests.get(f"{sandbox.url}/docs/Login.aspx", timeout=9)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_login_leads_back_to_this_site_only(sandbox):
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        person = Person(sandbox.url, sandbox.login, sandbox.password)
        page = person.open("/docs/Login.aspx")[1]
        fields = {"UserName": "anna", "Password": sandbox.password, "ReturnUrl": target}
        status, text, redirect = person.submit(page, "ReturnUrl", **fields)
        assert (status, redirect) == (200, None) and "Administrations" in text


def test_forms_of_other_sites_are_refused(sandbox):
    person = Person(sandbox.url, sandbox.login, sandbox.password)
    fields = {"UserName": "anna", "Password": sandbox.password}
    assert person.open("/docs/Login.aspx", fields)[0] == 403
    person.visit("/docs/MenuPortal.aspx")
    forged = {
        "client_id": sandbox.client_id, "redirect_uri": REDIRECT, "response_type": "code",
        "answer": "allow", "divisions": "241806",
    }  # fmt: skip
    assert person.open("/api/oauth2/auth", forged)[0] == 403
    assert person.open("/docs/MyExactOnline.aspx", {"answer": "revoke"})[0] == 403


def test_pages_show_the_books(anna):
    invoice = anna.invoice(anna.account(Name="Shown B.V."), YourRef="PO-SHOWN")
    division = anna.division
    assert "Keeping Advies B.V." in anna.person.visit("/")[1]
    page = anna.person.visit(f"/docs/MenuPortal.aspx?_Division_={division}")[1]
    assert "Shown B.V." in page and "PO-SHOWN" in page and "242,00" in page
    key = f"%7b{invoice['OrderedBy']}%7d"
    card = f"/docs/CRMAccountCard.aspx?_Division_={division}&AccountID={key}"
    page = anna.person.visit(card)[1]
    assert "Shown B.V." in page and "PO-SHOWN" in page
    key = f"%7b{invoice['InvoiceID']}%7d"
    page = anna.person.visit(f"/docs/SalesInvoice.aspx?_Division_={division}&InvoiceID={key}")[1]
    assert "21%" in page and "200,00" in page and "242,00" in page
    for path in (
        f"/docs/MenuPortal.aspx?_Division_={division + 1}",
        f"/docs/SalesInvoice.aspx?_Division_={division}&InvoiceID=x",
        f"/docs/CRMAccountCard.aspx?_Division_={division}",
        "/docs/Nothing.aspx",
    ):
        assert anna.person.visit(path)[0] == 404


def test_pages_escape_what_people_write(anna):
    bad = "<script>alert('x')</script>"
    account = anna.account(Name=bad)
    line = {"Item": anna.item(Description=bad)["ID"], "Notes": bad, "Description": bad}
    invoice = anna.invoice(account, [line], YourRef=bad, Description=bad, Remarks=bad)
    division = anna.division
    for path in (
        f"/docs/MenuPortal.aspx?_Division_={division}",
        f"/docs/CRMAccountCard.aspx?_Division_={division}&AccountID={account['ID']}",
        f"/docs/SalesInvoice.aspx?_Division_={division}&InvoiceID={invoice['InvoiceID']}",
    ):
        status, page, _ = anna.person.visit(path)
        assert status == 200 and "<script" not in page and "&lt;script&gt;" in page


def test_log_out(sandbox):
    person = Person(sandbox.url, sandbox.login, sandbox.password)
    page = person.visit("/docs/MenuPortal.aspx")[1]
    assert "Log in" in person.submit(page, "csrf")[1]
    assert 'name="Password"' in person.open("/docs/MenuPortal.aspx")[1]


def test_changed_password_and_lost_administration(anew):
    sandbox = anew()
    client = Client(sandbox, "sem").connect()
    first, second = (item["code"] for item in sandbox.administrations)
    sandbox.change_user("sem", divisions=[first])
    answer = client.get("financial/Journals", division=second)
    assert (answer.status_code, answer.headers["reason"]) == (403, "NoDivisionAccess")
    sandbox.change_user("sem", password="new")
    assert "not right" in Person(sandbox.url, "sem", sandbox.password).visit("/")[1]
    assert "Keeping Demo" in Person(sandbox.url, "sem", "new").visit("/")[1]


@pytest.mark.parametrize("number", ["9" * 5000, "\u0663", "\u00b3", "-1", ""])
def test_numbers_that_are_none(anna, number):
    person, text = anna.person, quote(number)
    for page in ("MenuPortal", "FinPeriods", "OpenItems", "SalesInvoice", "SysAttachment"):
        assert person.visit(f"/docs/{page}.aspx?_Division_={text}")[0] == 404
    for name, page in (("page", "MenuPortal"), ("year", "FinPeriods")):
        assert person.visit(f"/docs/{page}.aspx?_Division_={anna.division}&{name}={text}")[0] == 200


def test_apps_are_for_who_manages_the_subscription(sandbox):
    person = Person(sandbox.url, "sem", sandbox.password)
    status, page, _ = person.visit("/docs/ManageApps.aspx")
    assert status == 403 and sandbox.client_secret not in page
    assert "ManageApps" not in person.visit("/docs/MenuPortal.aspx")[1]
