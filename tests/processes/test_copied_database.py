"""A copy of a database does not reach Exact (promise 5): a real copy, a real Odoo on it."""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from devtools import databases, services, walk
from devtools.rpc import OdooClient, OdooRefused
from devtools.services import SITE_VARIABLE, OdooServer

MODEL = "keeping.exact.connection"
ACTIVITY = "keeping_exact_connector.mail_activity_type_connection"
CROWD = 8


@pytest.fixture(scope="module")
def profile():
    """Nothing of what the sources leave open matters here: once is enough."""


@pytest.fixture(scope="module")
def copied(office):
    """The office's connection, and an Odoo on a copy of its database; its jobs run when told.

    One for all tests, since copying takes long. The first ones leave it a copy that nobody has
    said anything about; each also works alone.
    """
    shop = office.shop
    connection = office.admin.find(MODEL, [("state", "=", "connected")], "id")[0]["id"]
    name = shop.server.name(f"{office.name}-copy")
    # PostgreSQL copies a database that nobody has open.
    office.odoo.stop()
    try:
        databases.copy(shop.server, office.name, name)
    finally:
        office.odoo.start()
        office.admin = office.log_in("admin")
    environment = {SITE_VARIABLE: office.sandbox.url}
    try:
        with OdooServer(shop, name, environment=environment, cron_threads=0) as odoo:
            client = OdooClient(odoo.url)
            client.log_in("admin", "admin")
            office.sandbox.add_redirect_uri(odoo.url + services.CALLBACK)
            yield connection, client, odoo
    finally:
        databases.drop(shop.server, name)


def _state(client, connection):
    return client.read(MODEL, connection, "state", "health_code", "other_databases")


def _check_until_connected(client, connection):
    """Check the connection until Exact had calls left for it: its minute is short here."""
    for _time in range(20):
        with contextlib.suppress(OdooRefused):
            client.call(MODEL, "action_check", [connection])
        values = _state(client, connection)
        if values["state"] == "connected":
            return values
        assert values["health_code"] == "no_administrations", values
        time.sleep(1)
    raise AssertionError(values)


def _activities(client, connection):
    kind = client.call("ir.model.data", "check_object_reference", *ACTIVITY.split("."))[1]
    domain = [("activity_type_id", "=", kind), ("res_id", "=", connection)]
    return client.find("mail.activity", domain, "user_id")


def _run_jobs(client):
    for job in ("send", "sync", "keep_alive"):
        found = ("keeping_exact_connector", f"ir_cron_{job}")
        cron = client.call("ir.model.data", "check_object_reference", *found)[1]
        client.call("ir.cron", "method_direct_trigger", [cron])


def test_a_crowd_that_finds_out_at_once_asks_for_attention_once(office, copied):
    connection, copy, odoo = copied
    clients = []
    for _number in range(CROWD):
        client = OdooClient(odoo.url)
        client.log_in("admin", "admin")
        clients.append(client)
    mails = copy.find("mail.mail", [], "id")
    office.sandbox.clear_calls()

    def check(client):
        with pytest.raises(OdooRefused):
            client.call(MODEL, "action_check", [connection])

    with ThreadPoolExecutor(CROWD) as pool:
        for _time in range(3):
            list(pool.map(check, clients))
    assert office.sandbox.calls() == [], "the copy called Exact"
    assert _state(copy, connection)["health_code"] == "copied_database"
    assert len(_activities(copy, connection)) == 1
    assert copy.find("mail.mail", [], "id") == mails


def test_the_jobs_of_a_copy_call_nobody_and_keep_quiet(office, copied):
    """They find out by themselves, say so once, and do not fill the log."""
    connection, copy, odoo = copied
    office.sandbox.clear_calls()
    original, office.admin = office.admin, copy
    try:
        invoices = []
        for number in range(3):
            partner, _timesheets = office.make_hours(f"Copied {number}", 2)
            invoices.append(office.preview(copy, partner))
        copy.call("keeping.exact.invoice", "action_send", invoices)
        _run_jobs(copy)
        for invoice in invoices:
            office.wait_for(invoice, "queued", remark=True)
        for _time in range(5):
            copy.call("keeping.exact.invoice", "action_retry", invoices)
            _run_jobs(copy)
            office.wait_for(invoices[-1], "queued", remark=True)
    finally:
        office.admin = original
    assert office.sandbox.calls() == [], "a job of the copy called Exact"
    assert _state(copy, connection)["health_code"] == "copied_database"
    assert len(_activities(copy, connection)) == 1
    lines = [line for line in odoo.log.read_text().splitlines() if "keeping_exact" in line]
    ours = [line for line in lines if " odoo.addons.keeping_exact_connector" in line]
    assert not [line for line in ours if " INFO " not in line], ours
    assert len(ours) <= CROWD, ours


def test_a_copy_is_stopped_and_the_original_lives_on(office, copied):
    connection, copy, _odoo = copied
    office.sandbox.clear_calls()
    for method in ("action_check", "action_refresh_administrations", "action_connect"):
        with pytest.raises(OdooRefused):
            copy.call(MODEL, method, [connection])
    assert office.sandbox.calls() == [], "the copy called Exact"
    assert _state(copy, connection)["health_code"] == "copied_database"
    _check_until_connected(office.admin, connection)

    # Somebody says which is the real one; nothing is asked twice.
    assert len(_activities(copy, connection)) == 1
    copy.call(MODEL, "action_confirm_database", [connection])
    assert _activities(copy, connection) == []
    values = _check_until_connected(copy, connection)
    assert values["other_databases"] == office.name, "the original is warned of"


def test_restored_under_the_same_name_it_is_another_database(office, copied):
    connection, copy, odoo = copied
    server, name = office.shop.server, odoo.database
    copy.call(MODEL, "action_confirm_database", [connection])
    copy.call(MODEL, "action_check", [connection])
    odoo.stop()
    # What dropping it and restoring a dump of it comes to: the name stays, the number is new.
    spare = server.name(f"{office.name}-spare")
    databases.copy(server, name, spare)
    databases.drop(server, name)
    server.sql(f'ALTER DATABASE "{spare}" RENAME TO "{name}"')
    odoo.start()
    restored = OdooClient(odoo.url)
    restored.log_in("admin", "admin")
    office.sandbox.clear_calls()
    with pytest.raises(OdooRefused, match="no longer valid"):
        restored.call(MODEL, "action_check", [connection])
    assert office.sandbox.calls() == [], "it called Exact"
    assert _state(restored, connection)["health_code"] == "copied_database"
    restored.call(MODEL, "action_confirm_database", [connection])
    _check_until_connected(restored, connection)
    # The one it was copied from is the real one again.
    url = office.admin.call(MODEL, "action_connect", [connection])["url"]
    walk._consent(office.admin, url, office.sandbox)


def test_a_neutralised_copy_warns_before_it_ends_the_connection_of_the_original(office, copied):
    connection, copy, _odoo = copied
    copy.call(MODEL, "action_disconnect", [connection])
    copy.call(MODEL, "write", [connection], {"client_secret": office.sandbox.client_secret})
    assert _state(copy, connection)["other_databases"] == office.name
    # The person goes on knowingly.
    walk._consent(copy, copy.call(MODEL, "action_connect", [connection])["url"], office.sandbox)
    values = _check_until_connected(copy, connection)
    assert values["other_databases"] == office.name
    assert _state(office.admin, connection)["other_databases"] == copied[2].database
    # The original is healed by a consent of its own, which ends the copy's connection.
    url = office.admin.call(MODEL, "action_connect", [connection])["url"]
    walk._consent(office.admin, url, office.sandbox)
    _check_until_connected(office.admin, connection)
