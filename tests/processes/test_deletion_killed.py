"""Odoo killed while Exact deletes an invoice: never half, and hours are free once it is sure."""

import time

import pytest

# Of the looks nothing is tested here but what they find.
pytestmark = pytest.mark.usefixtures("frequent_looks")

LINK = "keeping.exact.invoice"
INVOICES = "salesinvoice/SalesInvoices"


def _live(office, invoice):
    domain = [("invoice_id", "=", invoice), ("live", "=", True)]
    return len(office.admin.find("keeping.exact.hour", domain, "id"))


def _wait_for_call(office, invoice):
    end = time.monotonic() + 60
    sending = [("invoice_id", "=", invoice), ("state", "=", "sending")]
    while not office.admin.find("keeping.exact.deletion", sending, "id"):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_odoo_is_killed_while_it_waits_for_the_deletion(office):
    """kill -9 before Exact answers: looked up, never half, and the hours are billed once."""
    parameter = ("keeping_exact_connector.look_up_minutes", "0.02,0.2")
    office.admin.call("ir.config_parameter", "set_param", *parameter)
    partner, _timesheets = office.make_hours("Deleted at", 1.5, 2)
    invoice = office.preview(office.admin, partner)
    office.admin.call(LINK, "action_send", [invoice])
    reference = office.wait_for(invoice, "open")["name"]
    release = office.admin.call(LINK, "action_ask_release", [invoice])["res_id"]
    office.admin.call("keeping.exact.release", "write", [release], {"what": "delete"})
    office.sandbox.add_fault("delay", "DELETE", INVOICES, seconds=3, times=1)
    office.admin.call("keeping.exact.release", "action_confirm", [release])
    _wait_for_call(office, invoice)
    assert _live(office, invoice) == 2, "not free before it is certain"
    office.odoo.kill()
    office.odoo.start()
    office.admin = office.log_in("admin")
    office.wait_for(invoice, "removed", seconds=200)
    assert _live(office, invoice) == 0
    assert not office.in_exact(reference)
    again = office.preview(office.admin, partner)
    assert _live(office, again) == 2
