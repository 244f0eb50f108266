"""Links move to a real second database, and back after the module was uninstalled there."""

import base64
import time

import pytest

from devtools import databases, services, walk
from devtools.rpc import OdooClient, OdooRefused
from devtools.services import SITE_VARIABLE, OdooServer

pytestmark = pytest.mark.parametrize("profile", ["strict"], indirect=True)

INVOICE, HOUR, IMPORT = "keeping.exact.invoice", "keeping.exact.hour", "keeping.exact.import"
ADMINISTRATION = "keeping.exact.administration"
CORRECT, OPEN_CORRECTION = "keeping.exact.correct", "keeping.exact.correction.open"
BILLED = ("reference", "hours", "billed_hours", "rate", "amount", "name", "date", "live")


def _export(client):
    """Fetch the file as a browser does."""
    page = client.call("keeping.exact.move", "action_open")["res_id"]
    url = client.call("keeping.exact.move", "action_export", [page])["url"]
    answer = client.browser.session.get(f"{client.url}{url}", timeout=60)
    answer.raise_for_status()
    return answer.content


def _preview(client, content):
    page = client.call("keeping.exact.move", "action_open")["res_id"]
    wizard = client.call("keeping.exact.move", "action_import", [page])["res_id"]
    encoded = base64.b64encode(content).decode()
    client.call(IMPORT, "write", [wizard], {"file": encoded})
    client.call(IMPORT, "action_preview", [wizard])
    values = client.read(
        IMPORT, wizard, "new_count", "part_count", "here_count", "not_count", "unmatched_count"
    )
    return wizard, {name: value for name, value in values.items() if name != "id"}


def _billed(client):
    """Return what is billed, without the numbers that a database has of its own."""
    names = [name for name in BILLED if name != "reference"]
    hours = client.find(HOUR, [], "invoice_id", *names)
    return sorted((hour["invoice_id"][1], *(str(hour[name]) for name in names)) for hour in hours)


def _link_same_administration(client, code):
    """Link in a second database the administration that the first one has."""
    [found] = client.find(ADMINISTRATION, [("code", "=", code)], "id", "state")
    if found["state"] != "linked":
        client.call(ADMINISTRATION, "action_link", [found["id"]])
    # Its jobs run when told; Exact's minute may be full at first.
    job = ("keeping_exact_connector", "ir_cron_sync")
    cron = client.call("ir.model.data", "check_object_reference", *job)[1]
    for _time in range(30):
        client.call(ADMINISTRATION, "action_sync", [found["id"]])
        client.call("ir.cron", "method_direct_trigger", [cron])
        if client.read(ADMINISTRATION, found["id"], "synced_at")["synced_at"]:
            break
        time.sleep(2)


def _make_the_same_hours(office, client, timesheets):
    """Enter hours anew in another database, as an administrator moves them; numbers differ."""
    names = ("name", "date", "unit_amount", "project_id", "partner_id", "employee_id")
    lines = office.admin.find("account.analytic.line", [("id", "in", timesheets)], *names)
    # Something else was there first.
    employee = client.find("hr.employee", [("user_id", "=", client.uid)], "id")[0]["id"]
    client.call("hr.employee", "write", [employee], {"name": lines[0]["employee_id"][1]})
    [partner] = client.call("res.partner", "create", [{"name": lines[0]["partner_id"][1]}])
    project = {"partner_id": partner, "allow_timesheets": True}
    [other] = client.call("project.project", "create", [{**project, "name": "Other"}])
    [project] = client.call(
        "project.project", "create", [{**project, "name": lines[0]["project_id"][1]}]
    )
    entry = {"project_id": other, "employee_id": employee, "name": "Before", "unit_amount": 1}
    client.call("account.analytic.line", "create", [entry])
    return client.call(
        "account.analytic.line",
        "create",
        [
            {
                **{name: line[name] for name in ("name", "date", "unit_amount")},
                "project_id": project,
                "employee_id": employee,
            }
            for line in lines
        ],
    )


@pytest.fixture
def elsewhere(office, many_calls):
    """An Odoo with a database of its own, connected with the same Exact."""
    shop = office.shop
    with databases.fresh(shop.server, shop.addon_template().name, "elsewhere") as name:
        environment = {SITE_VARIABLE: office.sandbox.url}
        with OdooServer(shop, name, environment=environment, cron_threads=0) as odoo:
            client = OdooClient(odoo.url)
            client.log_in("admin", "admin")
            office.sandbox.add_redirect_uri(odoo.url + services.CALLBACK)
            yield client
    office.connect_again()


def _correct(client, timesheet, hours):
    """Correct a billed hour as its form does."""
    action = client.call("account.analytic.line", "action_keeping_exact_correct", [timesheet])
    wizard = action["res_id"]
    client.call(CORRECT, "write", [wizard], {"unit_amount": hours, "reason": "A break"})
    client.call(CORRECT, "action_confirm", [wizard])


def _to_settle(client):
    rows = client.find(OPEN_CORRECTION, [], "amount", "billed_hours", "reason", "invoice_id")
    return sorted(
        (row["invoice_id"][1], row["amount"], row["billed_hours"], row["reason"]) for row in rows
    )


def test_links_move_to_another_database(office, elsewhere):
    partner, timesheets = office.make_hours("Moved", 2, 3.5, 0.25)
    invoice = office.preview(office.admin, partner)
    office.admin.call(INVOICE, "action_send", [invoice])
    name = office.wait_for(invoice, "open")["name"]
    _correct(office.admin, timesheets[1], 3)
    to_settle = [row for row in _to_settle(office.admin) if name in row[0]]
    assert [row[2:] for row in to_settle] == [(-0.5, "A break")]
    content = _export(office.admin)

    # The administration is not linked there yet: said, and nothing is written.
    wizard, counts = _preview(elsewhere, content)
    assert counts["not_count"] >= 1 and not counts["new_count"], counts
    assert not elsewhere.find(INVOICE, [], "id")

    walk.connect(elsewhere, office.sandbox)
    _link_same_administration(elsewhere, office.code)
    there = _make_the_same_hours(office, elsewhere, timesheets)
    assert sorted(there) != sorted(timesheets)
    wizard, counts = _preview(elsewhere, content)
    assert counts["new_count"] == 1, counts
    elsewhere.call(IMPORT, "action_import", [wizard])
    [link] = elsewhere.find(INVOICE, [], "name", "state", "guid", "number", "hours")
    values = office.admin.read(INVOICE, invoice, "name", "state", "guid", "number", "hours")
    assert {**link, "id": 0} == {**values, "id": 0}
    mine = [row for row in _billed(office.admin) if name in row[0]]
    assert [row[1:] for row in _billed(elsewhere)] == [row[1:] for row in mine]
    assert _to_settle(elsewhere) == to_settle
    with pytest.raises(OdooRefused):
        elsewhere.call("account.analytic.line", "write", there[:1], {"unit_amount": 9})

    # Once more: nothing is doubled.
    wizard, counts = _preview(elsewhere, content)
    assert counts["here_count"] == 1 and counts["new_count"] == 0, counts
    elsewhere.call(IMPORT, "action_import", [wizard])
    assert len(elsewhere.find(INVOICE, [], "id")) == 1
    _uninstall_and_come_back(office, elsewhere)


def _uninstall_and_come_back(office, client):
    """Uninstalling asks for a file; with it, installing anew brings everything back."""
    before = _billed(client), _to_settle(client)
    [module] = client.find("ir.module.module", [("name", "=", "keeping_exact_connector")], "id")
    dialog = client.call(
        "base.module.uninstall", "create", [{"module_ids": [(6, 0, [module["id"]])]}]
    )
    with pytest.raises(OdooRefused, match="were not exported"):
        client.call("base.module.uninstall", "action_uninstall", dialog)
    content = _export(client)
    with pytest.raises(OdooRefused, match="Confirm"):
        client.call("base.module.uninstall", "action_uninstall", dialog)
    client.call("base.module.uninstall", "write", dialog, {"keeping_exact_confirmed": True})
    client.call("base.module.uninstall", "action_uninstall", dialog)
    assert not client.find("ir.model", [("model", "=like", "keeping.exact.%")], "id")

    client.call("ir.module.module", "button_immediate_install", [module["id"]])
    walk.connect(client, office.sandbox)
    _link_same_administration(client, office.code)
    wizard, counts = _preview(client, content)
    assert counts["new_count"] == 1, counts
    client.call(IMPORT, "action_import", [wizard])
    assert (_billed(client), _to_settle(client)) == before
