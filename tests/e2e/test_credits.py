"""Credit notes in a real browser: found, weighed by a person, and exactly the ticked hours free."""

import re
import time

import pytest
from person import log_in
from playwright.sync_api import expect

from devtools import walk
from exact_sandbox.person import Person

pytestmark = pytest.mark.e2e

CUSTOMER = "Vijf Bomen Advies"
HOURS = (1, 2, 3, 4, 5)
TICKED = ("Advice: step 2", "Advice: step 4")


def _wait(admin, invoice, state):
    end = time.monotonic() + 90
    while admin.read("keeping.exact.invoice", invoice, "state")["state"] != state:
        assert time.monotonic() < end
        time.sleep(0.3)


def _make_hours(admin):
    employee = admin.find("hr.employee", [("user_id", "=", admin.uid)], "id")[0]["id"]
    partner = admin.call("res.partner", "create", [{"name": CUSTOMER, "is_company": True}])[0]
    values = {"name": "Advice", "partner_id": partner, "allow_timesheets": True}
    project = admin.call("project.project", "create", [values])[0]
    lines = [
        {
            "name": f"Advice: step {position}",
            "project_id": project,
            "employee_id": employee,
            "unit_amount": amount,
            "date": "2026-10-05",
        }
        for position, amount in enumerate(HOURS, 1)
    ]
    admin.call("account.analytic.line", "create", lines)
    return partner


def _make_processed_invoice(admin, administration):
    """Bill five hours of one customer by RPC, and process them; return the id of the link."""
    values = {
        "administration_id": administration,
        "date_from": False,
        "date_to": False,
        "partner_ids": [(6, 0, [_make_hours(admin)])],
        "rate": 100,
        "group_by": "project",
    }
    wizard = admin.call("keeping.exact.invoice.create", "create", [values])[0]
    invoice = admin.call("keeping.exact.invoice.create", "action_create", [wizard])["res_id"]
    _wait(admin, invoice, "open")
    process = admin.call("keeping.exact.invoice", "action_process", [invoice])["res_id"]
    admin.call("keeping.exact.process", "action_confirm", [process])
    _wait(admin, invoice, "processed")
    return invoice


def _delete_in_exact(sandbox, code, guid):
    """Delete a credit note on the page of Exact, as a bookkeeper does."""
    bookkeeper = Person(sandbox.url, sandbox.login, sandbox.password)
    address = f"/docs/SalesInvoice.aspx?_Division_={code}&InvoiceID=%7b{guid}%7d"
    _status, text, _redirect = bookkeeper.visit(address)
    csrf = re.search(r'name="csrf" value="([^"]+)"', text).group(1)
    status, _text, _redirect = bookkeeper.open(address, {"csrf": csrf, "action": "delete"})
    assert status == 200


def test_part_credit_frees_two_of_five_hours(page, odoo, sandbox, admin, picture):
    """Make a credit note for two of five hours, and see them free once it is in Exact."""
    administration = walk.link(admin, walk.connect(admin, sandbox))
    walk.choose_journal(admin, administration)
    invoice = _make_processed_invoice(admin, administration)

    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/exact-invoices/{invoice}")
    page.get_by_role("button", name="Make a credit note").click()
    dialog = page.locator(".modal")
    for text in TICKED:
        row = dialog.locator("[name=hour_ids] .o_data_row", has_text=text)
        row.locator("[name=chosen] input").click()
    expect(dialog.locator("[name=amount]").first).to_contain_text("600.00")
    picture(page, "credit-1-make", docs=True)
    dialog.get_by_role("button", name="Make it in Exact").click()
    expect(page.get_by_text("Partly credited")).to_be_visible(timeout=60_000)
    expect(page.locator("[name=credited_amount]")).to_contain_text("600.00")
    picture(page, "credit-2-partly", docs=True)
    free = admin.find(
        "account.analytic.line",
        [("name", "like", "Advice: step"), ("keeping_exact_state", "=", "to_invoice")],
        "name",
    )
    assert sorted(line["name"] for line in free) == sorted(TICKED)

    page.get_by_role("button", name="Credits").click()
    page.get_by_role("cell", name="Made from here").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    picture(page, "credit-3-credit")
    page.get_by_role("button", name="Undo").click()
    page.locator(".modal").get_by_role("button", name="Ok").click()
    expect(page.locator(".o_arrow_button_current")).to_have_text("Undone")

    # Now as a person who confirms what a bookkeeper made in Exact: the same credit note.
    page.goto(f"{odoo.url}/odoo/exact-invoices/{invoice}")
    page.get_by_role("button", name="Find credit notes").click()
    dialog = page.locator(".modal")
    expect(dialog.get_by_role("cell", name="Same customer")).to_be_visible()
    picture(page, "credit-4-found", docs=True)
    dialog.get_by_role("button", name="This one").first.click()
    expect(dialog.get_by_text("The amounts differ")).to_be_visible()
    picture(page, "credit-5-differs")
    dialog = page.locator(".modal").last
    for text in TICKED:
        row = dialog.locator("[name=hour_ids] .o_data_row", has_text=text)
        row.locator("[name=chosen] input").click()
    expect(dialog.get_by_text("The amounts differ")).to_be_hidden()
    picture(page, "credit-6-confirm", docs=True)
    dialog.get_by_role("button", name="Confirm the credit").click()
    expect(page.get_by_text("Partly credited")).to_be_visible()
    picture(page, "credit-7-confirmed")
    left = admin.read("keeping.exact.invoice", invoice, "net_hours", "credited_hours", "state")
    assert (left["net_hours"], left["credited_hours"]) == (9, 6)
    assert left["state"] == "processed"

    # The bookkeeper thinks better of it: a person is told, and undoes the credit.
    [credit] = admin.find("keeping.exact.credit", [("state", "=", "done")], "id", "guid")
    code = admin.read("keeping.exact.administration", administration, "code")["code"]
    _delete_in_exact(sandbox, code, credit["guid"])
    admin.call("keeping.exact.administration", "action_sync", [administration])
    end = time.monotonic() + 90
    while not admin.read("keeping.exact.credit", credit["id"], "removed_at")["removed_at"]:
        assert time.monotonic() < end
        time.sleep(0.3)
    page.goto(f"{odoo.url}/odoo/exact-invoices/{invoice}")
    expect(page.get_by_text("was deleted in Exact Online, and its hours")).to_be_visible()
    picture(page, "credit-9-invoice")
    page.get_by_role("button", name="Credits").click()
    page.get_by_role("cell", name="Found in Exact").click()
    expect(page.get_by_role("button", name="Undo this credit")).to_be_visible()
    picture(page, "credit-8-deleted", docs=True)
    page.get_by_role("button", name="Undo this credit").click()
    page.locator(".modal").get_by_role("button", name="Ok").click()
    expect(page.locator(".o_arrow_button_current")).to_have_text("Undone")

    page.goto(f"{odoo.url}/odoo/exact-invoices")
    page.locator(".o_searchview_dropdown_toggler").click()
    expect(page.get_by_role("menuitemcheckbox", name="Partly credited")).to_be_visible()
    expect(page.get_by_role("menuitemcheckbox", name="Corrections to settle")).to_be_visible()
    picture(page, "credit-10-filters")
