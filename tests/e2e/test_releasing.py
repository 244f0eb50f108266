"""Releasing hours in a real browser: what stays in Exact is said, or is deleted along."""

import pytest
from person import log_in, tick
from playwright.sync_api import expect
from test_processing import _make_open_invoice

from devtools import walk

pytestmark = pytest.mark.e2e

INVOICES = "salesinvoice/SalesInvoices"


def _expect_state(page, label):
    status = page.locator(".o_statusbar_status .o_arrow_button_current")
    expect(status).to_have_text(label, timeout=60_000)


def _guids(sandbox, code):
    return [row["InvoiceID"] for row in sandbox.rows(code, INVOICES)]


def test_delete_along_and_confirm_what_is_gone(page, odoo, sandbox, admin, hours, picture):
    """Delete an open invoice with its release, then say of another that it was deleted there."""
    administration = walk.link(admin, walk.connect(admin, sandbox))
    walk.choose_journal(admin, administration)
    code = admin.read("keeping.exact.administration", administration, "code")["code"]
    invoice = _make_open_invoice(admin, administration)
    guid = admin.read("keeping.exact.invoice", invoice, "guid")["guid"]
    assert guid in _guids(sandbox, code)

    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/exact-invoices/{invoice}")
    page.get_by_role("button", name="Release hours", exact=True).click()
    dialog = page.locator(".modal")
    expect(dialog.get_by_text("What is in Exact Online stays there")).to_be_visible()
    picture(page, "release-1-keep")
    tick(dialog.get_by_label("Delete the open ones in Exact Online too"))
    expect(dialog.get_by_text("Deleting cannot be undone")).to_be_visible()
    expect(dialog.get_by_text("Deleted in Exact Online; then its hours")).to_be_visible()
    picture(page, "release-2-delete", docs=True)
    dialog.get_by_role("button", name="Delete and release").click()
    # Nobody reloads.
    _expect_state(page, "Removed in Exact")
    expect(page.get_by_text("as was asked from here").first).to_be_visible()
    picture(page, "release-3-removed")
    assert guid not in _guids(sandbox, code)

    # Its hours are free: they are billed anew. A second one shows that Exact may be read.
    kept = _make_open_invoice(admin, administration)
    guid = admin.read("keeping.exact.invoice", kept, "guid")["guid"]
    sandbox.control("DELETE", f"rows/{code}/{INVOICES}", {"where": {"InvoiceID": guid}})
    page.goto(f"{odoo.url}/odoo/exact-invoices/{kept}")
    page.get_by_role("button", name="Read from Exact", exact=True).click()
    expect(page.get_by_text("Exact no longer shows this invoice.")).to_be_visible()
    picture(page, "release-4-unseen", docs=True)
    page.get_by_role("button", name="It was deleted: free the hours").click()
    page.locator(".modal").get_by_role("button", name="Ok").click()
    _expect_state(page, "Removed in Exact")
    page.goto(f"{odoo.url}/odoo/exact-administrations")
    expect(page.get_by_text("gone in Exact")).to_be_visible()
    picture(page, "release-5-overview")
