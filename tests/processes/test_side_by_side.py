"""Administrations are served side by side, and a minute that is over is not lost (design §6)."""

import time

import pytest

from devtools import walk

INVOICES = "salesinvoice/SalesInvoices"
SECONDS = 20
# What the profiles leave open changes nothing in who waits for whom.
pytestmark = pytest.mark.parametrize("profile", ["strict"], indirect=True)


@pytest.fixture(scope="module")
def office(open_office):
    """An office of its own: others count on one linked administration."""
    with open_office() as opened:
        yield opened


@pytest.fixture(scope="module")
def second(office):
    """A second administration of the same connection, linked."""
    connection = office.admin.read(
        "keeping.exact.administration", office.administration, "connection_id"
    )["connection_id"][0]
    free = office.admin.find(
        "keeping.exact.administration",
        [("connection_id", "=", connection), ("state", "=", "available")],
        "id",
        "code",
    )[0]
    office.admin.call("keeping.exact.administration", "action_link", [free["id"]])
    end = time.monotonic() + 60
    while not office.admin.read("keeping.exact.administration", free["id"], "synced_at")[
        "synced_at"
    ]:
        assert time.monotonic() < end
        time.sleep(0.3)
    walk.choose_journal(office.admin, free["id"])
    return free


def _send(office, customer, administration=None, hours=(1.5, 2)):
    partner, _timesheets = office.make_hours(customer, *hours)
    vals = {"administration_id": administration} if administration else {}
    wizard = office.make_wizard(office.admin, partner, **vals)
    return office.admin.call("keeping.exact.invoice.create", "action_create", [wizard])["res_id"]


def test_a_slow_administration_holds_up_no_other(office, second):
    """The other one's invoice is made while the first one still waits for its answer."""
    for administration in (None, second["id"]):
        office.wait_for(_send(office, "Known before", administration), "open")
    office.sandbox.add_fault("delay", "POST", f"{office.code}/{INVOICES}", seconds=15, times=1)
    slow = _send(office, "Slow")
    office.wait_for(slow, "sending")
    started = time.monotonic()
    # Comes in while the run of the first one is under way.
    quick = _send(office, "Quick", second["id"])
    office.wait_for(quick, "open", seconds=12)
    assert time.monotonic() - started < 12
    assert office.state(slow)["state"] == "sending"
    office.wait_for(slow, "open")


def test_it_goes_on_in_the_second_in_which_the_limit_ends(office, database):
    """Not when Odoo happens to look for jobs the next time, which is a minute later."""
    office.wait_for(_send(office, "Before the limit"), "open")
    partners = [office.make_hours(f"Limited {number}", 1)[0] for number in range(3)]
    wizard = office.make_wizard(office.admin, partners[0], partner_ids=[(6, 0, partners)])
    before = {name: office.sandbox.settings()[name] for name in ("minute_limit", "minute_seconds")}
    try:
        # "Minutes" of 20 s, so that Odoo's own look each 60 s cannot be what is in time.
        office.sandbox.settings(minute_limit=2, minute_seconds=SECONDS)
        time.sleep(SECONDS - time.time() % SECONDS + 1.5)
        domain = office.admin.call("keeping.exact.invoice.create", "action_create", [wizard])[
            "domain"
        ]
        ids = [row["id"] for row in office.admin.find("keeping.exact.invoice", domain, "id")]
        last = office.wait_for(max(ids), "queued", remark=True)
        assert "limit of calls per minute" in last["error_message"]
        office.sandbox.settings(minute_limit=1000)
        office.sandbox.clear_calls()
        end = time.monotonic() + 70
        while not office.sandbox.calls():
            assert time.monotonic() < end
            time.sleep(0.05)
        late = time.time() % SECONDS
        print(f"went on {late:.1f} s after the limit ended")
        # Odoo's own look comes each 60 s; a busy machine takes some seconds.
        assert late < 12
        for invoice in ids:
            office.wait_for(invoice, "open", seconds=70)
    finally:
        office.sandbox.settings(**before)
        with database() as connection, connection.cursor() as cursor:
            cursor.execute("DELETE FROM keeping_exact_limit")
