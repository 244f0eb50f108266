"""What people see when the connection has ended, and how an administrator mends it."""

import time

import pytest
from person import (
    CONNECTION,
    LOADING,
    answer,
    connect,
    log_in,
    log_in_at_exact,
    register_app,
    see,
)
from playwright.sync_api import expect

from devtools import walk

pytestmark = pytest.mark.e2e

INVOICE = "keeping.exact.invoice"
BANNER = ".o_exact_banner .alert"


def _queue(admin, administration, customer):
    """Have the hours of one customer wait for the connection; return the link."""
    partner = admin.find("res.partner", [("name", "=", customer)], "id", order="id desc")[0]["id"]
    choice = {
        "administration_id": administration,
        "date_from": False,
        "date_to": False,
        "partner_ids": [(6, 0, [partner])],
        "rate": 90,
        "group_by": "project",
    }
    wizard = admin.call("keeping.exact.invoice.create", "create", [choice])[0]
    draft = admin.call("keeping.exact.invoice.create", "action_preview", [wizard])["res_id"]
    if admin.read(INVOICE, draft, "proposed_customer_id")["proposed_customer_id"]:
        admin.call(INVOICE, "action_use_proposal", [draft])
    admin.call(INVOICE, "action_send", [draft])
    return draft


def _wait(admin, invoice, state, field=None):
    for _half_second in range(120):
        values = admin.read(INVOICE, invoice, "state", "name", "error_message")
        if values["state"] == state and (not field or values[field]):
            return values
        time.sleep(0.5)
    pytest.fail(f"{values}")


def _reconnect(page, sandbox, odoo):
    page.get_by_role("button", name="Connect again").click()
    log_in_at_exact(page, sandbox)
    answer(page, "Allow")
    page.wait_for_url(f"{odoo.url}/odoo/exact-connections/**")


def test_a_banner_says_what_is_the_matter_until_it_is_mended(
    page, odoo, sandbox, admin, hours, picture
):
    administration = walk.link(admin, walk.connect(admin, sandbox))
    walk.choose_journal(admin, administration)
    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/exact-invoices")
    expect(page.locator(".o_exact_banner")).to_be_attached(timeout=LOADING)
    expect(page.locator(BANNER)).to_have_count(0)

    sandbox.change_user(sandbox.login, status="blocked")
    invoice = _queue(admin, administration, next(iter(hours)))
    reference = _wait(admin, invoice, "queued", "error_message")["name"]

    page.goto(f"{odoo.url}/odoo/exact-invoices")
    banner = page.locator(BANNER)
    expect(banner).to_contain_text("needs attention", timeout=LOADING)
    expect(banner).to_contain_text("since")
    expect(banner).to_contain_text("One invoice waits")
    picture(page, "banner-list", docs=True)
    page.locator(".o_data_row", has_text=reference).locator("td[name=name]").click()
    expect(page.locator(".o_form_view").locator(BANNER)).to_be_visible(timeout=LOADING)
    expect(page.locator(".o_form_view h1")).to_contain_text(reference)
    picture(page, "banner-form")
    page.goto(f"{odoo.url}/odoo/timesheets")
    page.locator(".o_main_navbar").get_by_role("button", name="Exact Online", exact=True).click()
    page.get_by_role("menuitem", name="New invoice", exact=True).click()
    dialog = page.locator(".modal")
    expect(dialog.locator(BANNER)).to_contain_text("needs attention")
    picture(page, "banner-wizard")

    dialog.get_by_role("button", name="Open the connection").click()
    expect(page.locator(".o_form_view .alert").first).to_contain_text("is blocked", timeout=LOADING)
    expect(page.locator(".o-mail-Activity")).to_have_count(1, timeout=LOADING)
    picture(page, "attention", docs=True)
    page.get_by_role("button", name="Disconnect", exact=True).click()
    expect(dialog).to_contain_text("1 invoice waits to be sent.")
    picture(page, "disconnect", docs=True)
    dialog.get_by_role("button", name="Keep it").click()

    sandbox.change_user(sandbox.login, status="active")
    _reconnect(page, sandbox, odoo)
    expect(page.get_by_role("button", name="Disconnect", exact=True)).to_be_visible(timeout=LOADING)
    expect(page.locator(".o-mail-Activity")).to_have_count(0)
    _wait(admin, invoice, "open")
    page.goto(f"{odoo.url}/odoo/exact-invoices")
    expect(page.locator(".o_data_row", has_text=reference)).to_contain_text(
        "Open in Exact", timeout=LOADING
    )
    expect(page.locator(BANNER)).to_have_count(0)
    picture(page, "mended")


def test_a_connection_that_was_not_used_for_30_days_says_so(
    page, shop, odoo, sandbox, admin, picture
):
    connection = connect(admin, sandbox, register_app(odoo, sandbox), "sem")
    # As when this Odoo was switched off meanwhile: it would have renewed it in time.
    sandbox.advance(31 * 86400)
    shop.server.sql(
        "UPDATE keeping_exact_grant SET refreshed_at = refreshed_at - interval '31 days'",
        odoo.database,
    )
    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/exact-connections/{connection}")
    page.get_by_role("button", name="Check", exact=True).click()
    see(page.locator(".modal"))
    page.goto(f"{odoo.url}/odoo/exact-connections/{connection}")
    alert = page.locator(".o_form_view .alert", has_text="was not used for 30 days")
    see(alert)
    picture(page, "expired", docs=True)
    page.get_by_role("button", name="Connect again").click()
    log_in_at_exact(page, sandbox, "sem")
    answer(page, "Allow")
    page.wait_for_url(f"{odoo.url}/odoo/exact-connections/**")
    see(page.get_by_role("button", name="Read administrations"))
    expect(alert).to_have_count(0)
    assert admin.read(CONNECTION, connection, "state")["state"] == "connected"
