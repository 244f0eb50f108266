"""Links leave in a file and come back, in a real browser; uninstalling asks for that file first."""

import csv
import hashlib
import io
import json
import zipfile

import pytest
from person import log_in, tick
from playwright.sync_api import expect
from test_processing import _make_open_invoice

from devtools import walk

pytestmark = pytest.mark.e2e

INVOICE = "keeping.exact.invoice"


def _open_page(page, odoo):
    page.goto(f"{odoo.url}/odoo/timesheets")
    page.get_by_role("button", name="Integrations").click()
    page.get_by_role("menuitem", name="Move or keep links").click()
    dialog = page.locator(".modal")
    expect(dialog.get_by_role("button", name="Export links")).to_be_visible()
    return dialog


def _open_uninstall_dialog(page, odoo, admin):
    module = admin.find("ir.module.module", [("name", "=", "keeping_exact_connector")], "id")[0]
    page.goto(f"{odoo.url}/odoo/apps")
    page.get_by_placeholder("Search...").fill("keeping_exact_connector")
    page.keyboard.press("Enter")
    card = page.locator(".o_kanban_record", has_text="Keeping Exact Connector").first
    expect(card).to_be_visible()
    card.hover()
    card.locator(
        ".o_dropdown_kanban button, .o_kanban_manage_toggle_button, button.dropdown"
    ).click()
    page.get_by_role("menuitem", name="Uninstall").click()
    dialog = page.locator(".modal")
    expect(dialog.get_by_text("Links with Exact Online")).to_be_visible()
    assert module
    return dialog


def test_links_are_exported_and_imported(page, odoo, sandbox, admin, hours, picture, tmp_path):
    """Export, preview of the same file, and what uninstalling asks before and after it."""
    administration = walk.link(admin, walk.connect(admin, sandbox))
    walk.choose_journal(admin, administration)
    invoice = _make_open_invoice(admin, administration)
    name = admin.read(INVOICE, invoice, "name")["name"]
    _correct_an_hour(admin, invoice)
    log_in(page, odoo)

    dialog = _open_uninstall_dialog(page, odoo, admin)
    expect(dialog.get_by_text("were not exported")).to_be_visible()
    dialog.get_by_text("Links with Exact Online").scroll_into_view_if_needed()
    picture(page, "move-1-uninstall-refused", docs=True)
    dialog.get_by_role("button", name="Export links").click()
    page_dialog = page.locator(".modal").last
    expect(page_dialog.get_by_text("Nothing changes here or in Exact Online")).to_be_visible()
    picture(page, "move-2-page", docs=True)
    with page.expect_download() as waiting:
        page_dialog.get_by_role("button", name="Export links").click()
    file = tmp_path / "links.zip"
    waiting.value.save_as(file)
    assert file.stat().st_size > 1_000

    dialog = _open_uninstall_dialog(page, odoo, admin)
    expect(dialog.get_by_label("I keep the exported file, and go on")).to_be_visible()
    dialog.get_by_text("Links with Exact Online").scroll_into_view_if_needed()
    picture(page, "move-3-uninstall-confirm")
    dialog.get_by_role("button", name="Discard").click()

    dialog = _open_page(page, odoo)
    expect(dialog.get_by_text("Nothing in that file has changed since")).to_be_visible()
    dialog.get_by_role("button", name="Import links").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    row = page.locator(".o_data_row", has_text=name)
    expect(row.get_by_text("Here already")).to_be_visible()
    picture(page, "move-4-here-already")

    # As in another database: a link that is not here, one of whose hours was changed since.
    admin.call(INVOICE, "action_release", [invoice])
    entries = admin.find("keeping.exact.hour", [("invoice_id", "=", invoice)], "timesheet_id")
    first = entries[0]["timesheet_id"][0]
    hours_before = admin.read("account.analytic.line", first, "unit_amount")["unit_amount"]
    admin.call("account.analytic.line", "write", [first], {"unit_amount": 1})
    other = tmp_path / "other.zip"
    other.write_bytes(_rename(file.read_bytes(), name, "KE-ELSEWHERE"))
    page.get_by_role("button", name="Another file").click()
    page.locator("input[type=file]").set_input_files(other)
    page.get_by_role("button", name="Check the file").click()
    row = page.locator(".o_data_row", has_text="KE-ELSEWHERE")
    expect(row.get_by_text("New, not all hours")).to_be_visible()
    expect(page.locator("[name=correction_count]", has_text="1")).to_be_visible()
    picture(page, "move-5-preview", docs=True)
    page.get_by_role("tab", name="Hours not found").click()
    expect(page.get_by_text("Not found here").first).to_be_visible()
    picture(page, "move-6-hours")
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_hidden()
    tick(page.get_by_label("Also import links of which not all hours were found"))
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("Imported links, with the hours that they bill")).to_be_visible()
    picture(page, "move-7-done")
    page.get_by_role("button", name="Show the links").click()
    expect(page.locator(".o_data_row", has_text="KE-ELSEWHERE")).to_be_visible()

    # The hour that was not found is there now: the same file completes the link.
    admin.call("account.analytic.line", "write", [first], {"unit_amount": hours_before})
    dialog = _open_page(page, odoo)
    dialog.get_by_role("button", name="Import links").click()
    page.locator("input[type=file]").set_input_files(other)
    page.get_by_role("button", name="Check the file").click()
    row = page.locator(".o_data_row", has_text="KE-ELSEWHERE")
    expect(row.get_by_text("Here, hours to add")).to_be_visible()
    expect(row.get_by_text("Not found before, and found now: 1")).to_be_visible()
    picture(page, "move-8-rest")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("now bill the hours that were not found before")).to_be_visible()
    picture(page, "move-9-completed")


def _correct_an_hour(admin, invoice):
    entries = admin.find("keeping.exact.hour", [("invoice_id", "=", invoice)], "timesheet_id")
    last = entries[-1]["timesheet_id"][0]
    action = admin.call("account.analytic.line", "action_keeping_exact_correct", [last])
    typed = {"unit_amount": 0.75, "reason": "A break was counted"}
    admin.call("keeping.exact.correct", "write", [action["res_id"]], typed)
    admin.call("keeping.exact.correct", "action_confirm", [action["res_id"]])


def _rename(content, name, other):
    """Return a file of another link: its reference and its number at Exact are other ones."""
    parts, told = {}, {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.namelist():
            parts[member] = archive.read(member)
    told = json.loads(parts["manifest.json"])
    for table in ("invoices", "lines", "hours", "corrections"):
        text = parts[f"{table}.csv"].decode().replace(name, other)
        if table == "invoices":
            [row] = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))
            text = text.replace(row["guid"], "00000000-0000-4000-8000-00000000e15e")
        parts[f"{table}.csv"] = text.encode()
        told["sha256"][table] = hashlib.sha256(parts[f"{table}.csv"]).hexdigest()
    parts["manifest.json"] = json.dumps(told)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for member, data in parts.items():
            archive.writestr(member, data)
    return file.getvalue()
