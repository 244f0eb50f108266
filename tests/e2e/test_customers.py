"""Who is who in Exact: the screen that links customers, and what a draft says of its customer."""

import time

import pytest
from person import LOADING, log_in
from playwright.sync_api import expect

from devtools import walk

pytestmark = pytest.mark.e2e

RATE = 95
DRAFTED = "Architectenbureau Lijn 7"


def _partner(admin, name):
    return admin.find("res.partner", [("name", "=", name)], "id", order="id desc")[0]["id"]


def _account_like(sandbox, code, **wanted):
    """Return the first account of the sandbox with these values."""
    return next(
        row
        for row in sandbox.rows(code, "crm/Accounts")
        if all(str(row.get(name)).strip() == value for name, value in wanted.items())
    )


def _prepare(admin, sandbox, administration):
    """Have one customer that Exact knows too, one known as supplier, one that is new."""
    code = admin.read("keeping.exact.administration", administration, "code")["code"]
    account = _account_like(sandbox, code, Status="C", Blocked="False")
    sandbox.control(
        "POST",
        f"rows/{code}/crm/Accounts",
        {
            "where": {"ID": account["ID"]},
            "values": {"Name": DRAFTED + " B.V.", "DiscountSales": 0.05, "Country": "DE "},
        },
    )
    other = next(
        row for row in sandbox.rows(code, "crm/Accounts")
        if row["ID"] != account["ID"] and not row.get("Blocked")
    )  # fmt: skip
    sandbox.control(
        "POST",
        f"rows/{code}/crm/Accounts",
        {
            "where": {"ID": other["ID"]},
            "values": {"Name": "Bakkerij De Korenaar", "Status": "A", "IsSupplier": True},
        },
    )
    employee = admin.find("hr.employee", [("user_id", "=", admin.uid)], "id")[0]["id"]
    project = admin.call(
        "project.project", "create", [{"name": "Open dag", "allow_timesheets": True}]
    )[0]
    line = {"name": "Plan", "project_id": project, "employee_id": employee, "unit_amount": 3}
    admin.call("account.analytic.line", "create", [line])
    admin.call("keeping.exact.administration", "action_sync", [administration])
    for _half_second in range(60):
        if admin.find("keeping.exact.customer", [("name", "=", DRAFTED + " B.V.")], "id"):
            return
        time.sleep(0.5)
    pytest.fail("the changed customers were not read")


def _row(page, name):
    return page.locator(".o_data_row", has_text=name)


def _look_at_project(page, odoo, admin, picture):
    """Fill in what a project says of its invoices, and keep a picture of it."""
    domain = [("partner_id", "=", _partner(admin, DRAFTED))]
    [project] = admin.find("project.project", domain, "id")
    page.goto(f"{odoo.url}/odoo/project.project/{project['id']}")
    page.get_by_role("tab", name="Settings").click()
    reference = page.locator("div[name=keeping_exact_your_ref] input")
    reference.fill("PO 2026-11")
    page.locator("div[name=keeping_exact_cost_centre] input").fill("ADV")
    page.locator(".o_form_button_save").click()
    expect(page.locator(".o_form_button_save")).not_to_be_visible()
    last = page.locator("div[name=keeping_exact_cost_unit]")
    last.evaluate("field => field.scrollIntoView({block: 'end'})")
    expect(page.locator("div[name=keeping_exact_hours]")).to_be_in_viewport()
    picture(page, "project-settings", docs=True)
    # The draft that follows is to tell that there is none.
    none = {"keeping_exact_your_ref": False, "keeping_exact_cost_centre": False}
    admin.call("project.project", "write", [project["id"]], none)


def test_customers_are_linked_and_a_draft_tells_what_to_look_at(
    page, odoo, sandbox, admin, hours, picture
):
    administration = walk.link(admin, walk.connect(admin, sandbox))
    walk.choose_journal(admin, administration)
    _prepare(admin, sandbox, administration)
    log_in(page, odoo)

    page.goto(f"{odoo.url}/odoo/exact-link-customers")
    known = _row(page, DRAFTED)
    expect(known).to_contain_text("the name is the same", timeout=LOADING)
    expect(_row(page, "Bakkerij")).to_contain_text("only a supplier")
    expect(_row(page, "Open dag")).to_contain_text("No customer")
    picture(page, "link-customers", docs=True)
    known.get_by_role("button", name="Use").click()
    expect(known).to_have_count(0)
    fresh = _row(page, "Stichting Waterland")
    fresh.get_by_role("button", name="New").click()
    page.locator(".modal").get_by_role("button", name="Ok").click()
    expect(fresh).to_contain_text("Being made")
    picture(page, "link-customers-after")
    _row(page, "Open dag").get_by_role("button", name="Fill in").click()
    page.get_by_role("tab", name="Settings").click()
    expect(page.locator("div[name=keeping_exact_your_ref]")).to_be_visible()
    _look_at_project(page, odoo, admin, picture)

    admin.call(
        "res.partner",
        "write",
        [_partner(admin, DRAFTED)],
        {"keeping_exact_your_ref_required": True, "is_company": True},
    )
    page.goto(f"{odoo.url}/odoo/res.partner/{_partner(admin, DRAFTED)}")
    page.get_by_role("tab", name="Exact Online").click()
    picture(page, "contact-exact")
    page.goto(f"{odoo.url}/odoo/exact-administrations/{administration}")
    page.locator("div[name=line_template] input").fill("{project}: {description}")
    page.locator("div[name=header_template] input").click()
    expect(page.locator("div[name=line_preview]")).to_be_visible()
    page.locator("div[name=line_template]").scroll_into_view_if_needed()
    picture(page, "administration-texts")
    page.locator(".o_form_button_save").click()
    # The draft that follows is made over RPC, with the templates that were saved.
    expect(page.locator(".o_form_button_save")).not_to_be_visible()

    choice = {
        "administration_id": administration,
        "date_from": False,
        "date_to": False,
        "partner_ids": [(6, 0, [_partner(admin, DRAFTED)])],
        "rate": RATE,
        "group_by": "project",
    }
    wizard = admin.call("keeping.exact.invoice.create", "create", [choice])[0]
    draft = admin.call("keeping.exact.invoice.create", "action_preview", [wizard])["res_id"]
    page.goto(f"{odoo.url}/odoo/exact-invoices/{draft}")
    warnings = page.locator("div[name=warnings]")
    expect(warnings).to_contain_text("fill in Your reference", timeout=LOADING)
    expect(warnings).to_contain_text("a discount of 5.0 %")
    expect(warnings).to_contain_text("a business in Germany")
    expect(page.locator(".o_data_row").first).to_contain_text("Website: ")
    picture(page, "draft-warnings", docs=True)
    page.locator("div[name=your_ref] input").fill("PO 2026-17")
    page.locator(".o_form_button_save").click()
    expect(warnings).not_to_contain_text("Your reference")
    page.get_by_role("button", name="Create in Exact").click()
    expect(page.get_by_role("button", name="Open in Exact")).to_be_visible(timeout=LOADING)
    picture(page, "sent-with-reference")
