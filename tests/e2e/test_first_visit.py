"""A new administrator, from the list of apps to the first linked administration."""

import re

import pytest
from person import log_in
from playwright.sync_api import expect

from devtools import services
from devtools.rpc import OdooClient

pytestmark = pytest.mark.e2e

MOST_CLICKS = 8
# In each document: tell the test of what a person does with mouse and keyboard.
LISTEN = """
for (const [event, tell] of [
    ["click", (target) => window.tellClick(target.textContent.trim())],
    ["input", (target) => window.tellTyped(target.name || target.id)],
]) {
    window.addEventListener(event, (ev) => ev.isTrusted && tell(ev.target), true);
}
"""


@pytest.fixture(scope="module")
def bare(shop):
    """Odoo with timesheets, in which our add-on is in the list of apps, and a sandbox."""
    template = shop.base_template().name
    # No jobs: Odoo refuses to install while one runs.
    with services.pair(shop, template=template, cron_threads=0) as (odoo, sandbox):
        odoo.warm_up()
        admin = OdooClient(odoo.url)
        admin.log_in("admin", "admin")
        admin.call("ir.module.module", "update_list")
        yield odoo, sandbox, admin


class Person:
    """Counts what a person does: clicks, and the fields that were typed in."""

    def __init__(self, page):
        self.clicks, self.typed = [], set()
        page.context.expose_function("tellClick", lambda text: self.clicks.append(text))
        page.context.expose_function("tellTyped", lambda name: self.typed.add(name))
        page.context.add_init_script(LISTEN)


def test_from_the_list_of_apps_to_a_linked_administration(bare, page, picture):
    odoo, sandbox, admin = bare
    log_in(page, odoo)

    person = Person(page)
    page.goto(f"{odoo.url}/odoo/apps")
    card = page.locator(".o_kanban_record", has_text="Keeping Exact Connector")
    card.scroll_into_view_if_needed()
    picture(page, "apps")
    card.get_by_role("button", name="Activate").click()

    # Installing, and making scripts and styles anew, takes Odoo a while.
    client_id = page.locator("div[name=client_id] input")
    expect(client_id).to_be_focused(timeout=180_000)
    expect(page.get_by_role("heading", name="Invoice your hours in Exact Online")).to_be_visible()
    picture(page, "landing", docs=True)
    page.keyboard.type(sandbox.client_id)
    page.keyboard.press("Tab")
    page.keyboard.type(sandbox.client_secret)
    page.get_by_role("button", name="Start connecting").click()

    page.wait_for_url(f"{sandbox.url}/**")
    expect(page.locator("input[name=UserName]")).to_be_focused()
    page.keyboard.type(sandbox.login)
    page.keyboard.press("Tab")
    page.keyboard.type(sandbox.password)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name=re.compile("allow", re.I)).click()

    page.wait_for_url(f"{odoo.url}/odoo/exact-connections/**")
    expect(page.get_by_text("It worked")).to_be_visible()
    picture(page, "it-worked", docs=True)
    row = page.locator(".o_data_row").first
    row.get_by_role("button", name="Link").click()
    expect(row.get_by_role("button", name="Unlink")).to_be_visible()
    expect(page.locator("[data-step=link] .fa-check")).to_be_visible()
    picture(page, "linked", docs=True)

    assert admin.find("keeping.exact.administration", [("state", "=", "linked")], "name")
    assert len(person.clicks) <= MOST_CLICKS, person.clicks
    assert len(person.clicks) >= 5, f"not all clicks were counted: {person.clicks}"
    secret = {name for name in person.typed if re.match(r"client_(id|secret)_\d+$", name)}
    assert person.typed - secret == {"UserName", "Password"}, person.typed

    # The page opened by itself this once; from now on it is behind the menu.
    todo = admin.find("ir.actions.todo", [("name", "=", "Connect with Exact Online")], "state")
    assert [entry["state"] for entry in todo] == ["done"]
