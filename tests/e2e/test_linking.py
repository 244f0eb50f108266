"""Linking invoices that were made in Exact with the hours they bill."""

import re
from datetime import date, timedelta

import pytest
from person import LOADING, log_in, see, tick
from playwright.sync_api import expect

from devtools import walk
from devtools.rpc import OdooClient

pytestmark = pytest.mark.e2e

INVOICES, LINES = "salesinvoice/SalesInvoices", "salesinvoice/SalesInvoiceLines"


@pytest.fixture(scope="module")
def administration(odoo, sandbox):
    """A linked administration, and the day's price of advice for everybody."""
    client = OdooClient(odoo.url)
    client.log_in("admin", "admin")
    found = walk.link(client, walk.connect(client, sandbox))
    walk.choose_journal(client, found)
    return found


@pytest.fixture
def bookkeeper(admin, sandbox, administration):
    """What the bookkeeper has made: the newest invoice of a customer, with its first line."""
    code = admin.read("keeping.exact.administration", administration, "code")["code"]

    def newest(customer):
        [account] = [row for row in sandbox.rows(code, "crm/Accounts") if row["Name"] == customer]
        mine = [
            row
            for row in sandbox.rows(code, INVOICES)
            if row["OrderedBy"] == account["ID"] and row["Type"] == 8020
        ]
        invoice = max(mine, key=lambda row: row["OrderDate"])
        [line] = [
            row for row in sandbox.rows(code, LINES) if row["InvoiceID"] == invoice["InvoiceID"]
        ]
        return invoice, line

    return newest


def _day(text):
    """Return the day of a moment as the sandbox's own side shows it."""
    return date.fromisoformat(text[:10])


def _record_hours(admin, customer, project, amounts, before, rate):
    """Make a customer with a project, and hours in the month before a day."""
    known = admin.find("res.partner", [("name", "=", customer)], "id", limit=1)
    partner = (
        known[0]["id"]
        if known
        else admin.call("res.partner", "create", [{"name": customer, "is_company": True}])[0]
    )
    values = {"name": project, "partner_id": partner, "allow_timesheets": True}
    made = admin.call("project.project", "create", [values])[0]
    first = (before.replace(day=1) - timedelta(days=1)).replace(day=1)
    employee = admin.find("hr.employee", [("user_id", "=", admin.uid)], "id")[0]["id"]
    company = admin.read("res.users", admin.uid, "company_id")["company_id"][0]
    admin.call(
        "account.analytic.line",
        "create",
        [
            {
                "name": f"{project}: day {position + 1}",
                "project_id": made,
                "employee_id": employee,
                "unit_amount": amount,
                "date": str(first + timedelta(days=position)),
            }
            for position, amount in enumerate(amounts)
        ],
    )
    rate = {"company_id": company, "project_id": made, "hourly_rate": rate}
    admin.call("keeping.exact.rate", "create", [rate])


def _find(page, customer):
    """Search among the invoices of Exact; return the dialog and the newest one's row."""
    dialog = page.locator(".modal")
    see(dialog.get_by_role("button", name="Search in Exact"))
    dialog.get_by_role("button", name="Search in Exact").click()
    row = dialog.locator("div[name=row_ids] .o_data_row", has_text=customer).first
    see(row)
    return dialog, row


def test_an_existing_invoice_is_linked_with_the_hours_that_are_proposed(
    page, odoo, admin, bookkeeper, picture
):
    invoice, line = bookkeeper("Azure Interior")
    day = _day(invoice["InvoiceDate"])
    _record_hours(admin, "Azure Interior", "Rollout", (8, 8, 8), day, float(line["UnitPrice"]))
    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/exact-invoices")
    page.get_by_role("button", name="Link existing invoice").click()
    dialog, row = _find(page, "Azure Interior")
    expect(
        dialog.locator(".o_data_row").filter(has_text="Open, may still change")
    ).not_to_have_count(0)
    picture(page, "link-search", docs=True)
    row.get_by_role("button", name="Choose").click()

    proposal = dialog.locator("div[name=proposal]")
    expect(proposal).to_contain_text("exactly the amount of the invoice", timeout=LOADING)
    expect(dialog.locator("div[name=found_hours]")).to_have_text("24.00")
    picture(page, "link-proposal", docs=True)
    dialog.get_by_role("button", name="Compare with the lines").click()
    see(dialog.get_by_text("Lines and hours are the same."))
    picture(page, "link-compare", docs=True)
    dialog.get_by_role("button", name="Save link").click()
    expect(dialog).not_to_be_visible(timeout=LOADING)
    see(page.locator("div[name=origin]"))
    picture(page, "link-made")
    [made] = admin.find(
        "keeping.exact.invoice", [("guid", "=", invoice["InvoiceID"])], "hours", "origin", "state"
    )
    assert (made["hours"], made["origin"], made["state"]) == (24, "linked", "processed")


def test_a_difference_is_linked_after_saying_that_one_knows(page, odoo, admin, bookkeeper, picture):
    invoice, line = bookkeeper("Gemeente Zeist")
    day = _day(invoice["InvoiceDate"])
    _record_hours(admin, "Gemeente Zeist", "Tender", (8, 8), day, float(line["UnitPrice"]))
    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/exact-invoices")
    page.get_by_role("button", name="Link existing invoice").click()
    dialog, row = _find(page, "Gemeente Zeist")
    expect(row).to_contain_text("Open, may still change")
    row.get_by_role("button", name="Choose").click()
    expect(dialog.locator("div[name=proposal]")).to_contain_text("Nothing adds up", timeout=LOADING)
    dialog.get_by_role("button", name="Compare with the lines").click()
    message = dialog.locator("div[name=difference_message]")
    expect(message).to_contain_text("a difference of", timeout=LOADING)
    picture(page, "link-difference", docs=True)
    dialog.get_by_role("button", name="Save link").click()
    see(page.get_by_text("Tick that you know"))
    page.locator(".modal").last.get_by_role("button", name="Close").first.click()
    tick(dialog.locator("div[name=confirm_difference] input"))
    dialog.get_by_role("button", name="Save link").click()
    expect(page.locator(".modal")).to_have_count(0, timeout=LOADING)
    see(page.locator("div[name=accepted_difference]"))
    picture(page, "link-difference-made")
    [made] = admin.find(
        "keeping.exact.invoice",
        [("guid", "=", invoice["InvoiceID"])],
        "state",
        "accepted_difference",
        "difference_state",
    )
    assert made["state"] == "open"
    assert made["accepted_difference"] == pytest.approx(0.5 * float(line["UnitPrice"]))
    assert made["difference_state"] == "same"


def test_a_line_that_changed_in_exact_is_compared_and_taken_over(
    page, odoo, sandbox, admin, administration, bookkeeper, picture
):
    invoice, line = bookkeeper("Gemeente Zeist")
    code = admin.read("keeping.exact.administration", administration, "code")["code"]
    price = float(line["UnitPrice"]) + 5
    amount = price * float(line["Quantity"])
    for path, where, values in (
        (LINES, {"ID": line["ID"]}, {"UnitPrice": price, "NetPrice": price, "AmountFC": amount}),
        (INVOICES, {"InvoiceID": invoice["InvoiceID"]}, {"AmountFCExclVat": amount}),
    ):
        sandbox.control("POST", f"rows/{code}/{path}", {"where": where, "values": values})
    [link] = admin.find("keeping.exact.invoice", [("guid", "=", invoice["InvoiceID"])], "name")
    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/exact-invoices/{link['id']}")
    page.get_by_role("button", name="Compare with Exact").click()
    dialog = page.locator(".modal")
    expect(dialog.locator(".o_data_row")).to_contain_text("Changed in Exact", timeout=LOADING)
    picture(page, "link-adjust", docs=True)
    dialog.get_by_role("button", name="Take over from Exact").click()
    expect(dialog).not_to_be_visible(timeout=LOADING)
    expect(page.locator("div[name=line_ids] .o_data_row")).to_contain_text(f"{amount:,.2f}")


def test_a_line_that_is_gone_is_made_again_and_one_that_was_added_is_removed(
    page, odoo, sandbox, admin, administration, bookkeeper, picture
):
    invoice, line = bookkeeper("Gemeente Zeist")
    guid = invoice["InvoiceID"]
    code = admin.read("keeping.exact.administration", administration, "code")["code"]
    # Past every rule, a line of another invoice is put in the place of this one's.
    added = next(row for row in sandbox.rows(code, LINES) if row["InvoiceID"] != guid)
    where = f"rows/{code}/{LINES}"
    sandbox.control("DELETE", where, {"where": {"ID": line["ID"]}})
    sandbox.control(
        "POST",
        where,
        {
            "where": {"ID": added["ID"]},
            "values": {"InvoiceID": guid, "Description": "Parkeren", "Notes": None},
        },
    )
    values = {"AmountFCExclVat": float(added["AmountFC"]), "AmountFC": float(added["AmountFC"])}
    sandbox.control(
        "POST", f"rows/{code}/{INVOICES}", {"where": {"InvoiceID": guid}, "values": values}
    )
    [link] = admin.find("keeping.exact.invoice", [("guid", "=", guid)], "name")
    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/exact-invoices/{link['id']}")
    page.get_by_role("button", name="Compare with Exact").click()
    dialog = page.locator(".modal")
    see(dialog.get_by_text("Somebody added these lines"))
    expect(dialog.locator(".o_data_row", has_text="New in Exact")).to_contain_text("Removed")
    expect(dialog.locator(".o_data_row", has_text="Gone in Exact")).to_contain_text("Made again")
    picture(page, "link-adjust-send", docs=True)
    # What is not to be removed is said so, and it is seen at once.
    theirs = dialog.locator(".o_data_row", has_text="Parkeren")
    box = theirs.locator("td[name=send] input")
    theirs.locator("td[name=exact_name]").click()
    expect(theirs).to_have_class(re.compile("o_selected_row"))
    tick(box, on=False)
    expect(theirs).to_contain_text("Stays as it is")
    expect(dialog.get_by_text("Somebody added these lines")).not_to_be_visible()
    tick(box)
    dialog.get_by_role("button", name="Send ours and remove theirs").click()
    asked = page.locator(".modal", has_text="are deleted. Go on?")
    see(asked)
    asked.get_by_role("button", name="Ok").click()
    expect(page.locator(".modal")).to_have_count(0, timeout=LOADING)
    see(page.locator(".o-mail-Message", has_text="Parkeren").first)

    [made] = [row for row in sandbox.rows(code, LINES) if row["InvoiceID"] == guid]
    assert made["Description"] == line["Description"]
    assert made["ID"] != line["ID"]
    stored = admin.find("keeping.exact.invoice.line", [("invoice_id.guid", "=", guid)], "guid")
    assert [row["guid"] for row in stored] == [made["ID"]]
