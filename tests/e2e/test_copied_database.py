"""A copy of a database, which leaves Exact alone until a person says that it is the real one."""

import re

import pytest
from person import CONNECTION, LOADING, connect, link, log_in, register_app, see
from playwright.sync_api import expect

from devtools import databases, services
from devtools.rpc import OdooClient

pytestmark = pytest.mark.e2e

CODE = 241806


@pytest.fixture
def copied(shop, odoo, sandbox, admin):
    """An Odoo on a copy of a database that is connected; and the connection."""
    connection = connect(admin, sandbox, register_app(odoo, sandbox), "anna")
    link(admin, connection, CODE)
    name = shop.server.name(f"{odoo.database}-copy")
    # PostgreSQL copies a database that nobody has open.
    odoo.stop()
    databases.copy(shop.server, odoo.database, name)
    environment = {services.SITE_VARIABLE: sandbox.url}
    try:
        with services.OdooServer(shop, name, environment=environment) as copy:
            yield copy, connection
    finally:
        databases.drop(shop.server, name)


def test_a_copy_asks_which_one_is_real(page, copied, sandbox, picture):
    odoo, connection = copied
    sandbox.clear_calls()
    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/exact-invoices")
    banner = page.locator(".o_exact_banner .alert")
    expect(banner).to_contain_text("This database is a copy, or was moved", timeout=LOADING)
    picture(page, "copy-banner", docs=True)
    banner.get_by_role("button", name="Open the connection").click()
    see(page.get_by_role("button", name="This is the real database"))
    picture(page, "copy-connection", docs=True)
    assert not sandbox.calls(), "Exact was called from a copy"

    page.get_by_role("button", name="This is the real database").click()
    dialog = page.locator(".modal")
    see(dialog.get_by_text("From here on this database uses the connections"))
    picture(page, "copy-question")
    dialog.get_by_role("button", name=re.compile("ok", re.I)).click()
    see(page.get_by_role("button", name="Read administrations"))
    expect(page.get_by_role("button", name="This is the real database")).to_have_count(0)
    client = OdooClient(odoo.url)
    client.log_in("admin", "admin")
    client.call(CONNECTION, "action_check", [connection])
    assert client.read(CONNECTION, connection, "state")["state"] == "connected"
    assert sandbox.calls()
