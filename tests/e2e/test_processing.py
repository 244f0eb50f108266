"""Processing in a real browser: what is shown before, and what stays with the invoice after."""

import time

import pytest
from person import log_in, tick
from playwright.sync_api import expect

from devtools import walk

pytestmark = pytest.mark.e2e

CUSTOMER = "Bakkerij De Korenaar"
EMAIL = "boekhouding@korenaar.example"


def _make_open_invoice(admin, administration):
    """Bill the customer's hours by RPC; return the id of the link once it is open in Exact."""
    partner = admin.find("res.partner", [("name", "=", CUSTOMER)], "id", order="id desc")[0]["id"]
    wizard = admin.call(
        "keeping.exact.invoice.create",
        "create",
        [
            {
                "administration_id": administration,
                "date_from": False,
                "date_to": False,
                "partner_ids": [(6, 0, [partner])],
                "rate": 95,
                "group_by": "project",
            }
        ],
    )[0]
    invoice = admin.call("keeping.exact.invoice.create", "action_create", [wizard])["res_id"]
    end = time.monotonic() + 90
    while admin.read("keeping.exact.invoice", invoice, "state")["state"] != "open":
        assert time.monotonic() < end
        time.sleep(0.3)
    return invoice


def test_process_by_mail(page, odoo, sandbox, admin, hours, picture):
    """Press Process, see who gets what, confirm, and watch it become processed."""
    administration = walk.link(admin, walk.connect(admin, sandbox))
    walk.choose_journal(admin, administration)
    invoice = _make_open_invoice(admin, administration)
    values = admin.read("keeping.exact.invoice", invoice, "customer_id")
    guid = admin.read("keeping.exact.customer", values["customer_id"][0], "guid")["guid"]
    code = admin.read("keeping.exact.administration", administration, "code")["code"]
    card = {"where": {"ID": guid}, "values": {"Email": EMAIL, "InvoicingMethod": 2}}
    sandbox.control("POST", f"rows/{code}/crm/Accounts", card)

    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/exact-invoices/{invoice}")
    expect(page.get_by_role("button", name="Process", exact=True)).to_be_visible()
    picture(page, "process-1-open")
    page.get_by_role("button", name="Process", exact=True).click()
    dialog = page.locator(".modal")
    expect(dialog.get_by_text("It cannot be undone")).to_be_visible()
    expect(dialog.get_by_text("Booked; nothing is sent")).to_be_visible()
    tick(dialog.get_by_label("Send by Peppol"))
    expect(dialog.get_by_text("there is no Peppol identifier")).to_be_visible()
    tick(dialog.get_by_label("Send by e-mail"))
    expect(dialog.get_by_text(f"E-mail to {EMAIL}")).to_be_visible()
    picture(page, "process-2-question")
    dialog.get_by_role("button", name="Process in Exact Online").click()
    # Nobody reloads.
    status = page.locator(".o_statusbar_status .o_arrow_button_current")
    expect(status).to_have_text("Processed", timeout=60_000)
    page.get_by_role("tab", name="Processing").click()
    expect(page.locator("[name=processing_ids]").get_by_text(EMAIL).first).to_be_visible()
    picture(page, "process-3-done")
    mails = sandbox.control("GET", "mails")["mails"]
    assert [mail["address"] for mail in mails] == [EMAIL]

    page.goto(f"{odoo.url}/odoo/exact-administrations/{administration}")
    tick(page.get_by_label("Process at once"))
    expect(page.get_by_text("That cannot be undone; to correct one")).to_be_visible()
    picture(page, "process-4-setting")
    page.locator(".o_form_button_cancel").click()
