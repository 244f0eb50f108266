"""A copy of a database does not reach Exact (promise 5): a real copy, a real Odoo on it."""

import pytest

from devtools import databases, services, walk
from devtools.rpc import OdooClient, OdooRefused
from devtools.services import SITE_VARIABLE, OdooServer

MODEL = "keeping.exact.connection"


@pytest.fixture(scope="module")
def profile():
    """Nothing of what the sources leave open matters here: once is enough."""


@pytest.fixture
def copied(office):
    """The office's connection, and an Odoo on a copy of its database."""
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


def test_a_copy_is_stopped_and_the_original_lives_on(office, copied):
    connection, copy, _odoo = copied
    office.sandbox.clear_calls()
    for method in ("action_check", "action_refresh_administrations", "action_connect"):
        with pytest.raises(OdooRefused):
            copy.call(MODEL, method, [connection])
    assert office.sandbox.calls() == [], "the copy called Exact"
    assert _state(copy, connection)["health_code"] == "copied_database"
    office.admin.call(MODEL, "action_check", [connection])
    assert _state(office.admin, connection)["state"] == "connected"

    # Somebody says which is the real one; nothing is asked twice.
    copy.call(MODEL, "action_confirm_database", [connection])
    copy.call(MODEL, "action_check", [connection])
    values = _state(copy, connection)
    assert values["state"] == "connected", values
    assert values["other_databases"] == office.name, "the original is warned of"


def test_a_neutralised_copy_warns_before_it_ends_the_connection_of_the_original(office, copied):
    connection, copy, _odoo = copied
    copy.call(MODEL, "action_disconnect", [connection])
    copy.call(MODEL, "write", [connection], {"client_secret": office.sandbox.client_secret})
    assert _state(copy, connection)["other_databases"] == office.name
    # The person goes on knowingly.
    walk._consent(copy, copy.call(MODEL, "action_connect", [connection])["url"], office.sandbox)
    values = _state(copy, connection)
    assert (values["state"], values["other_databases"]) == ("connected", office.name)
    assert _state(office.admin, connection)["other_databases"] == copied[2].database
    # The original is healed by a consent of its own, which ends the copy's connection.
    url = office.admin.call(MODEL, "action_connect", [connection])["url"]
    walk._consent(office.admin, url, office.sandbox)
    office.admin.call(MODEL, "action_check", [connection])
    assert _state(office.admin, connection)["state"] == "connected"
