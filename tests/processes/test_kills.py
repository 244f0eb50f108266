"""The sender is killed at every single point, and one invoice comes of it (promise 3)."""

import os
from collections import Counter
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("killed_senders.py")
# ``./dev soak`` chooses the long form: every point; the short one takes every seventh.
SOAK = os.environ.get("KEEPING_SOAK") == "1"
STRIDE = 1 if SOAK else 7
FEWEST_POINTS = 20
INVOICES = "salesinvoice/SalesInvoices"
PROCESSED = 50

pytestmark = [
    pytest.mark.soak,
    pytest.mark.parametrize("profile", ["strict"], indirect=True),
]


@pytest.fixture(scope="module")
def office(open_office):
    """An office of its own: its jobs stand still, and invoices are processed at once."""
    with open_office() as opened:
        # Its first invoice, item and tokens; a control record for what is looked up afterwards.
        partner, _timesheets = opened.make_hours("Before the kills", 1)
        invoice = opened.preview(opened.admin, partner)
        opened.admin.call("keeping.exact.invoice", "action_send", [invoice])
        opened.wait_for(invoice, "open")
        opened.admin.call(
            "ir.config_parameter", "set_param", "keeping_exact_connector.look_up_minutes", "0"
        )
        yield opened


@pytest.fixture
def walk(office):
    def walked(way):
        values = {"processing": "at_once", "processing_way": way}
        office.admin.call("keeping.exact.administration", "write", [office.administration], values)
        office.sandbox.settings(minute_limit=1_000_000, day_limit=1_000_000)
        office.odoo.stop()
        try:
            told = office.run_users(SCRIPT, office.administration, STRIDE, way, seconds=550)
        finally:
            office.odoo.start()
            office.admin = office.log_in("admin")
        # The last one lived; a point may come and go with the token, which some renew and some not.
        assert len(told["outcomes"]) * STRIDE >= told["points"] >= FEWEST_POINTS
        return told["outcomes"]

    return walked


def _count(office, endpoint, key):
    rows = office.sandbox.rows(office.code, endpoint)
    return rows, Counter(str(row[key] or "").strip() for row in rows)


def _check_each_once(office, outcomes):
    """Each customer and each invoice is in Exact once, whatever died when; return the rows."""
    _rows, accounts = _count(office, "crm/Accounts", "Name")
    rows, _descriptions = _count(office, INVOICES, "Description")
    found = {}
    for outcome in outcomes:
        ours = [r for r in rows if (r["Description"] or "").endswith(outcome["reference"])]
        assert (len(ours), accounts[outcome["customer"]]) == (1, 1), outcome
        assert not outcome["left"], outcome
        found[outcome["point"]] = (outcome, ours[0])
    return found.values()


def test_whatever_point_it_dies_at_there_is_one_invoice_and_it_is_booked(office, walk):
    outcomes = walk("book")
    print(*(outcome["point"] for outcome in outcomes), sep="\n")
    for outcome, row in _check_each_once(office, outcomes):
        assert outcome["state"] == "processed", outcome
        assert row["Status"] == PROCESSED, outcome


def test_whatever_point_it_dies_at_nobody_gets_two_mails(office, walk):
    outcomes = walk("email")
    mails = Counter(mail["invoice"] for mail in office.sandbox.control("GET", "mails")["mails"])
    for outcome, row in _check_each_once(office, outcomes):
        assert mails[row["InvoiceID"]] <= 1, outcome
        if row["Status"] == PROCESSED:
            assert outcome["state"] == "processed", outcome
        else:
            # Whether a mail went out is not known: a person decides, and is told.
            assert outcome["error"] == "message_unknown", outcome
