"""Odoo killed while an hours specification is on its way: it is in Exact once all the same."""

import time

import pytest

pytestmark = pytest.mark.usefixtures("frequent_looks")

DOCUMENTS, FILES = "documents/Documents", "documents/DocumentAttachments"


@pytest.fixture(autouse=True)
def setting(office):
    """Each invoice gets one, and is processed at once."""
    parameter = ("keeping_exact_connector.look_up_minutes", "0.02,0.2")
    office.admin.call("ir.config_parameter", "set_param", *parameter)
    _set(office, hours_specification="on", processing="at_once", processing_way="book")
    yield
    _set(office, hours_specification="off", processing="open")


def _set(office, **vals):
    office.admin.call("keeping.exact.administration", "write", [office.administration], vals)


def _wait_for_call(office, model, state):
    end = time.monotonic() + 60
    while not office.admin.find(model, [("state", "=", state)], "id"):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_odoo_is_killed_between_document_and_file(office):
    """kill -9 while Exact takes the file; the other calls are in the soak test of kills."""
    office.sandbox.add_fault("delay", "POST", FILES, seconds=3, times=1)
    partner, _timesheets = office.make_hours("Killed at", 1.5, 2)
    invoice = office.preview(office.admin, partner)
    office.admin.call("keeping.exact.invoice", "action_send", [invoice])
    _wait_for_call(office, "keeping.exact.document.attachment", "sending")
    office.odoo.kill()
    office.odoo.start()
    office.admin = office.log_in("admin")
    values = office.wait_for(invoice, "processed", seconds=200)
    fields = ("specification_state", "specification_message", "guid")
    found = office.admin.read("keeping.exact.invoice", invoice, *fields)
    assert found["specification_state"] == "done", found
    [row] = office.in_exact(values["name"])
    own = [
        document
        for document in office.sandbox.rows(office.code, DOCUMENTS)
        if values["name"] in document["Subject"] and document["Type"] == 55
    ]
    assert [document["ID"] for document in own] == [row["Document"]]
    files = office.sandbox.rows(office.code, FILES)
    assert len([file for file in files if file["Document"] == row["Document"]]) == 1
