"""Exact down, answers lost, Odoo killed: one invoice, and nothing lost (promise 3)."""

import pytest

INVOICES = "salesinvoice/SalesInvoices"
# Of what is due nothing is tested here but that it is done.
pytestmark = pytest.mark.usefixtures("frequent_looks")


def _send(office, customer):
    """Make and queue an invoice; return its id and our reference."""
    partner, _timesheets = office.make_hours(customer, 1.5, 2)
    invoice = office.preview(office.admin, partner)
    office.admin.call("keeping.exact.invoice", "action_send", [invoice])
    return invoice, office.state(invoice)["name"]


def _hurry(office):
    """Look up at once what would be looked up after minutes.

    The last look is later than any delay here, as it is than Exact's in the half hour of real life.
    """
    office.admin.call(
        "ir.config_parameter", "set_param", "keeping_exact_connector.look_up_minutes", "0.02,0.2"
    )


def test_exact_is_down_when_the_wizard_is_confirmed(office):
    """The link says what happened, and is sent when Exact is back, once, by itself."""
    earlier, _name = _send(office, "Before the trouble")
    office.wait_for(earlier, "open")
    partner, _timesheets = office.make_hours("Exact is down", 4)
    wizard = office.make_wizard(office.admin, partner)
    office.sandbox.stop()
    try:
        action = office.admin.call("keeping.exact.invoice.create", "action_create", [wizard])
        invoice = action["res_id"]
        values = office.wait_for(invoice, "queued", remark=True)
        assert "cannot be reached" in values["error_message"]
        assert values["retry_at"]
    finally:
        office.sandbox.start()
    # The job comes back after a minute; the person who waits may press the button instead.
    values = office.wait_for(invoice, "open", seconds=200)
    assert not values["error_message"]
    assert len(office.in_exact(values["name"])) == 1


def test_odoo_is_killed_while_exact_is_at_work(office):
    """kill -9 between the POST and its answer: the next sender finds the invoice."""
    earlier, _name = _send(office, "Before the kill")
    office.wait_for(earlier, "open")
    _hurry(office)
    office.sandbox.add_fault("delay", "POST", INVOICES, seconds=4, times=1)
    invoice, name = _send(office, "Killed")
    office.wait_for(invoice, "sending")
    office.odoo.kill()
    office.odoo.start()
    office.admin = office.log_in("admin")
    office.wait_for(invoice, "open", seconds=200)
    assert len(office.in_exact(name)) == 1


def test_a_lost_answer_is_found_without_a_person(office):
    _hurry(office)
    earlier, _name = _send(office, "Before the lost answer")
    office.wait_for(earlier, "open")
    office.sandbox.add_fault("lose_answer", "POST", INVOICES, times=1)
    invoice, name = _send(office, "Lost answer")
    office.wait_for(invoice, "open", seconds=200)
    assert len(office.in_exact(name)) == 1
