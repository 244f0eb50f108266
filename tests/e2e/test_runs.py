"""A month's run over many customers, watched in a browser by whoever started it."""

import re
from datetime import date, timedelta

import pytest
from person import log_in, see
from playwright.sync_api import expect

from devtools import walk

pytestmark = pytest.mark.e2e

CUSTOMERS = 30
INVOICES = "salesinvoice/SalesInvoices"
# Milliseconds for 30 customers and 30 invoices, each held up a little, on a busy machine.
RUN = 120_000
REFUSAL = '{"error":{"code":"","message":{"lang":"","value":"Verplicht: Dagboek"}}}'


def _make_month(admin):
    """Make customers with a project and hours of last month each."""
    day = date.today().replace(day=1) - timedelta(days=10)
    employee = admin.find("hr.employee", [("user_id", "=", admin.uid)], "id")[0]["id"]
    names = [f"Klant {number:02} B.V." for number in range(1, CUSTOMERS + 1)]
    partners = admin.call(
        "res.partner", "create", [{"name": name, "is_company": True} for name in names]
    )
    projects = admin.call(
        "project.project",
        "create",
        [
            {"name": f"Advies {name}", "partner_id": partner, "allow_timesheets": True}
            for name, partner in zip(names, partners, strict=True)
        ],
    )
    lines = [
        {
            "name": "Overleg en uitwerking",
            "project_id": project,
            "employee_id": employee,
            "unit_amount": 1 + position % 7,
            "date": str(day),
        }
        for position, project in enumerate(projects)
    ]
    admin.call("account.analytic.line", "create", lines)


def _slow_down_and_refuse_one(sandbox):
    sandbox.add_fault(
        "status",
        "POST",
        INVOICES,
        status=500,
        content_type="application/json",
        body=REFUSAL,
        skip=8,
    )
    for _invoice in range(2 * CUSTOMERS):
        sandbox.add_fault("delay", "POST", INVOICES, seconds=0.4)


def _figure(page, name):
    return page.locator(f".oe_stat_button [name={name}] .o_stat_value")


def test_a_run_of_thirty_is_watched_paused_resumed_and_mended(page, odoo, sandbox, admin, picture):
    administration = walk.link(admin, walk.connect(admin, sandbox))
    walk.choose_journal(admin, administration)
    sandbox.settings(minute_limit=100_000)
    _make_month(admin)
    code = admin.read("keeping.exact.administration", administration, "code")["code"]
    before = len(sandbox.rows(code, INVOICES))
    _slow_down_and_refuse_one(sandbox)
    log_in(page, odoo)

    page.goto(f"{odoo.url}/odoo/exact-administrations")
    page.locator("button[name=action_create_invoice]").click()
    dialog = page.locator(".modal")
    dialog.get_by_label("Hourly rate").fill("95")
    # Odoo's own demo data may have hours of that month too.
    found = dialog.locator("[name=customer_count]")
    expect(found).to_have_text(re.compile("[1-9]"))
    count = int(found.inner_text())
    assert count >= CUSTOMERS
    dialog.get_by_role("button", name="Create in Exact").click()
    # The list and its banner follow; nobody reloads.
    banner = page.locator(".o_exact_banner")
    see(banner.get_by_text(f"of {count} invoices are done"))
    see(page.locator(".o_data_row").get_by_text("Open in Exact").first)
    picture(page, "run-1-list")

    banner.get_by_role("button", name="Open the run").click()
    see(page.get_by_role("button", name="Pause", exact=True))
    picture(page, "run-2-running", docs=True)
    page.get_by_role("button", name="Pause", exact=True).click()
    see(page.get_by_text("nothing more of this run is sent"))
    # What was under way at that moment is finished.
    page.wait_for_timeout(3_000)
    made = _figure(page, "made_count").inner_text()
    picture(page, "run-3-paused")
    page.wait_for_timeout(3_000)
    expect(_figure(page, "made_count")).to_have_text(made)
    assert int(made) < count

    page.get_by_role("button", name="Resume", exact=True).click()
    expect(page.get_by_text("The run has ended.")).to_be_visible(timeout=RUN)
    expect(_figure(page, "failed_count")).to_have_text("1")
    see(page.locator("[name=invoice_ids] .o_data_row").get_by_text("Refused"))
    picture(page, "run-4-ended", docs=True)

    page.get_by_role("button", name="Try the refused ones again").click()
    expect(page.get_by_text("All of it is in Exact Online.")).to_be_visible(timeout=RUN)
    expect(_figure(page, "made_count")).to_have_text(str(count))
    picture(page, "run-5-done")
    assert len(sandbox.rows(code, INVOICES)) == before + count

    page.goto(f"{odoo.url}/odoo/exact-runs")
    see(page.locator(".o_data_row").get_by_text("Ended"))
    picture(page, "run-6-history")
