"""The hours specification in a real browser: the setting, the document in Exact, the download."""

import time
from datetime import date, timedelta

import pytest
from person import log_in, see, tick
from playwright.sync_api import expect

from devtools import walk

pytestmark = pytest.mark.e2e

CUSTOMER = "Architectenbureau Lijn 7"
VIEWER = "/web/static/lib/pdfjs/web/viewer.html?file=%2Fkeeping_exact%2Fspecification%2F"
WORK = (
    ("Sketches of the entrance and the stairs", 3.5),
    ("Call with Zoë about the façade; notes for the municipality", 0.75),
    ("Working drawings of the first floor, among them the details of window frames", 6.25),
    ("Site visit", 2),
    ("Corrections after the site visit", 1.5),
)


def _add_project(admin):
    """Hours of tasks in a second project, so that there is something to add up."""
    partner = admin.find("res.partner", [("name", "=", CUSTOMER)], "id", order="id desc")[0]["id"]
    admin.call(
        "res.partner",
        "write",
        [partner],
        {
            "street": "Kade 7",
            "zip": "3011 AA",
            "city": "Rotterdam",
            "country_id": admin.find("res.country", [("code", "=", "NL")], "id")[0]["id"],
        },
    )
    project = {"name": "Renovation", "partner_id": partner, "allow_timesheets": True}
    project = admin.call("project.project", "create", [project])[0]
    tasks = admin.call(
        "project.task",
        "create",
        [{"name": name, "project_id": project} for name in ("Design", "Drawings")],
    )
    employee = admin.find("hr.employee", [("user_id", "=", admin.uid)], "id")[0]["id"]
    first = (date.today().replace(day=1) - timedelta(days=1)).replace(day=2)
    lines = [
        {
            "name": name,
            "project_id": project,
            "task_id": tasks[position % 2],
            "employee_id": employee,
            "unit_amount": hours,
            "date": str(first + timedelta(days=2 * position)),
        }
        for position, (name, hours) in enumerate(WORK)
    ]
    admin.call("account.analytic.line", "create", lines)
    return partner


def _make_draft(admin, administration, partner):
    wizard = {
        "administration_id": administration,
        "date_from": False,
        "date_to": False,
        "partner_ids": [(6, 0, [partner])],
        "rate": 95,
        "group_by": "project",
        "rounding": "15",
        "your_ref": "PO 2026-118",
    }
    wizard = admin.call("keeping.exact.invoice.create", "create", [wizard])[0]
    return admin.call("keeping.exact.invoice.create", "action_preview", [wizard])["res_id"]


def _download(page):
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download hours specification").click()
    download = waiting.value
    assert download.suggested_filename.endswith(".pdf")
    with open(download.path(), "rb") as file:
        return file.read()


def test_hours_specification(page, odoo, sandbox, admin, hours, picture):
    """Switch it on, download it from the draft, and find the same file in Exact."""
    administration = walk.link(admin, walk.connect(admin, sandbox))
    walk.choose_journal(admin, administration)
    partner = _add_project(admin)
    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/exact-administrations/{administration}")
    tick(page.get_by_label("With each invoice"))
    page.get_by_label("Amount", exact=True).scroll_into_view_if_needed()
    picture(page, "hours-specification-setting")
    page.locator(".o_form_button_save").click()
    expect(page.locator(".o_form_saved, .o_form_button_save:visible")).to_have_count(1)

    invoice = _make_draft(admin, administration, partner)
    page.goto(f"{odoo.url}/odoo/exact-invoices/{invoice}")
    draft = _download(page)
    assert draft.startswith(b"%PDF")
    page.get_by_role("button", name="Create in Exact").click()
    badge = page.locator("div[name=specification_state]")
    expect(badge).to_have_text("In Exact", timeout=60_000)
    picture(page, "hours-specification-invoice", docs=True)
    assert _download(page) == draft

    values = admin.read("keeping.exact.invoice", invoice, "guid", "name")
    code = admin.read("keeping.exact.administration", administration, "code")["code"]
    [row] = [
        row
        for row in sandbox.rows(code, "salesinvoice/SalesInvoices")
        if row["InvoiceID"] == values["guid"]
    ]
    files = sandbox.rows(code, "documents/DocumentAttachments")
    [file] = [file for file in files if file["Document"] == row["Document"]]
    assert file["FileSize"] == len(draft)
    assert values["name"] in file["FileName"]

    page.set_viewport_size({"width": 893, "height": 760})
    page.goto(f"{odoo.url}{VIEWER}{invoice}#zoom=110")
    page.add_style_tag(content=".toolbar {display: none} #viewerContainer {inset: 0 !important}")
    see(page.locator(".page[data-loaded=true]").get_by_text("Renovation", exact=True))
    time.sleep(1)  # the letters are there before they are drawn
    picture(page, "hours-specification", docs=True)
