"""Correcting hours that are billed, in a real browser, up to the next invoice."""

import pytest
from person import log_in, tick
from playwright.sync_api import expect
from test_processing import _make_open_invoice

from devtools import walk

pytestmark = pytest.mark.e2e


def test_correct_a_billed_hour_and_settle_it_on_a_draft(page, odoo, sandbox, admin, hours, picture):
    administration = walk.link(admin, walk.connect(admin, sandbox))
    walk.choose_journal(admin, administration)
    invoice = _make_open_invoice(admin, administration)
    hour = admin.find("keeping.exact.hour", [("invoice_id", "=", invoice)], "timesheet_id")[0]
    timesheet = hour["timesheet_id"][0]
    billed = admin.read("account.analytic.line", timesheet, "unit_amount", "name")

    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/action-hr_timesheet.timesheet_action_all")
    search = page.locator(".o_searchview_input")
    search.fill(billed["name"])
    search.press("Enter")
    row = page.locator(".o_data_row").first
    tick(row.locator("input[type=checkbox]"))
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Correct billed hours…").click()
    dialog = page.locator(".modal")
    expect(dialog.get_by_text("The invoice stays as it is.")).to_be_visible()
    dialog.get_by_label("Time now").fill("0:30")
    dialog.get_by_label("Reason").fill("Two meetings were one")
    dialog.get_by_label("Reason").press("Tab")
    expect(dialog.locator("[name=billed_difference]")).not_to_have_text("0:00")
    picture(page, "corrections-1-correct", docs=True)
    dialog.get_by_role("button", name="Correct", exact=True).click()
    expect(page.locator(".modal")).to_have_count(0)

    page.goto(f"{odoo.url}/odoo/exact-corrections")
    page.locator(".o_group_header").first.click()
    expect(page.get_by_text("Two meetings were one")).to_be_visible()
    picture(page, "corrections-2-to-settle")
    tick(page.locator(".o_data_row input[type=checkbox]").first)
    page.get_by_role("button", name="Settle on a draft").click()
    expect(page.locator(".o_form_view").get_by_text("Correction").first).to_be_visible()
    picture(page, "corrections-3-draft")
