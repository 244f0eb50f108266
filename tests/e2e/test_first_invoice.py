"""The whole way of a new user, in a real browser: from connecting to the invoice in Exact."""

import re

import pytest
from person import answer, log_in, log_in_at_exact, tick
from playwright.sync_api import expect

from devtools import walk
from exact_sandbox.settings import PROFILES

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("servers", PROFILES, indirect=True)]

RATE = 95
DEMO_PROJECT = "Office Design"


def _open_menu(page, odoo, *names):
    page.goto(f"{odoo.url}/odoo/timesheets")
    bar = page.locator(".o_main_navbar")
    bar.get_by_role("button", name=names[0], exact=True).click()
    page.get_by_role("menuitem", name=names[1], exact=True).click()


def _fill(page, field, value):
    page.locator(f"div[name={field}] input, input#{field}_0").first.fill(value)


def _connect(page, odoo, sandbox, picture):
    _open_menu(page, odoo, "Integrations", "Exact Online")
    expect(page.get_by_role("heading", name="Invoice your hours in Exact Online")).to_be_visible()
    picture(page, "01-landing")
    _fill(page, "client_id", sandbox.client_id)
    _fill(page, "client_secret", sandbox.client_secret)
    picture(page, "02-connection-new", docs=True)
    page.get_by_role("button", name="Start connecting").click()

    page.wait_for_url(f"{sandbox.url}/**")
    picture(page, "03-exact-login")
    log_in_at_exact(page, sandbox)
    picture(page, "04-exact-consent")
    answer(page, "Allow")

    page.wait_for_url(f"{odoo.url}/odoo/exact-connections/**")
    expect(page.get_by_text("It worked: you are connected")).to_be_visible()
    picture(page, "05-connected")


def _link(page, admin, picture):
    row = page.locator(".o_data_row").first
    row.get_by_role("button", name="Link").click()
    expect(row.get_by_role("button", name="Unlink")).to_be_visible()
    picture(page, "06-linked")
    linked = [("state", "=", "linked"), ("synced_at", "!=", False)]
    for _second in range(60):
        found = admin.find("keeping.exact.administration", linked, "name")
        if found:
            # There are two, and Exact may not fill in its own.
            walk.choose_journal(admin, found[0]["id"])
            return
        page.wait_for_timeout(500)
    pytest.fail("customers and items were not read from Exact")


def _choose_hours(page, odoo, picture):
    """Select the demo hours in the timesheet list and open the wizard from its menu."""
    page.goto(f"{odoo.url}/odoo/action-hr_timesheet.timesheet_action_all")
    page.locator(".o_searchview_input").press_sequentially(DEMO_PROJECT)
    page.locator(".o_searchview_autocomplete").get_by_text("Project", exact=True).first.click()
    expect(page.locator(".o_searchview_facet", has_text=DEMO_PROJECT)).to_be_visible()
    expect(page.locator(".o_data_row").first).to_be_visible()
    tick(page.locator(".o_list_view thead input[type=checkbox]").first)
    select_all = page.locator(".o_selection_box button", has_text="Select all")
    if select_all.count():
        select_all.first.click()
    picture(page, "07-hours-chosen")
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Create Exact invoice").click()
    expect(page.locator(".modal")).to_be_visible(timeout=30_000)


def _preview(page, picture, name, docs=False):
    modal = page.locator(".modal")
    modal.locator("div[name=rate] input").fill(str(RATE))
    modal.locator("div[name=your_ref] input").click()
    expect(modal.locator("div[name=found_amount]")).not_to_have_text("0.00")
    picture(page, name, docs)
    modal.get_by_role("button", name="Preview").click()
    expect(modal).not_to_be_visible()


def _settle_customer(page):
    yes = page.get_by_role("button", name="Yes, use this customer")
    if yes.count():
        yes.click()
        expect(yes).not_to_be_visible()


def test_from_connecting_to_the_invoice_in_exact(page, odoo, sandbox, admin, hours, picture):
    log_in(page, odoo)
    _connect(page, odoo, sandbox, picture)
    _link(page, admin, picture)

    _choose_hours(page, odoo, picture)
    _preview(page, picture, "08-wizard", docs=True)
    expect(page.locator(".o_form_view h1")).to_contain_text("KE-")
    picture(page, "09-draft", docs=True)
    _settle_customer(page)
    reference = page.locator(".o_form_view h1").inner_text().strip()
    page.get_by_role("button", name="Create in Exact").click()
    # The form follows along: nobody presses reload.
    expect(page.get_by_role("button", name="Open in Exact")).to_be_visible(timeout=45_000)
    picture(page, "10-open")

    [link] = admin.find(
        "keeping.exact.invoice",
        [("name", "=", reference)],
        "hours",
        "amount_untaxed",
        "guid",
        "state",
        "administration_id",
    )
    assert link["state"] == "open"
    assert link["amount_untaxed"] == pytest.approx(link["hours"] * RATE)
    code = admin.read("keeping.exact.administration", link["administration_id"][0], "code")["code"]
    [row] = [
        row
        for row in sandbox.rows(code, "salesinvoice/SalesInvoices")
        if row["Description"].endswith(reference)
    ]
    assert row["InvoiceID"] == link["guid"]
    assert float(row["AmountFCExclVat"]) == pytest.approx(link["amount_untaxed"])

    _several_at_once(page, odoo, hours, picture)
    _see_it_in_exact(page, odoo, reference, link, picture)


def _several_at_once(page, odoo, hours, picture):
    """New invoice for everybody, the drafts sent together from the overview."""
    _open_menu(page, odoo, "Exact Online", "New invoice")
    _preview(page, picture, "11-wizard-all")
    rows = page.locator(".o_data_row")
    expect(rows).to_have_count(len(hours))
    for name in hours:
        expect(page.locator(".o_data_row", has_text=name)).to_have_count(1)
    tick(page.locator(".o_list_view thead input[type=checkbox]").first)
    page.get_by_role("button", name="Create in Exact").click()
    for _try in range(30):
        page.goto(f"{odoo.url}/odoo/exact-invoices")
        rows.first.wait_for()
        if rows.filter(has_text="Open in Exact").count() == len(hours) + 1:
            break
        page.wait_for_timeout(1000)
    expect(rows.filter(has_text="Open in Exact")).to_have_count(len(hours) + 1)
    page.wait_for_timeout(500)
    picture(page, "invoice-overview", docs=True)


def _see_it_in_exact(page, odoo, reference, link, picture):
    page.locator(".o_data_row", has_text=reference).locator("td[name=name]").click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Open in Exact").click()
    exact = opened.value
    exact.get_by_role("link", name=re.compile(reference)).or_(
        exact.locator("tr", has_text=reference).get_by_role("link")
    ).first.click()
    expect(exact.locator("body")).to_contain_text(reference)
    whole, cents = f"{link['amount_untaxed']:.2f}".split(".")
    digits = r"[.,\s]?".join(re.findall(r"\d{1,3}(?=(?:\d{3})*$)", whole))
    expect(exact.locator("body")).to_contain_text(re.compile(rf"{digits}[.,]{cents}"))
    picture(exact, "12-in-exact")
