"""What a person does in the browser again and again: log in, allow, look."""

import re
import time
from types import SimpleNamespace

from playwright.sync_api import expect

from devtools import walk

CONNECTION = "keeping.exact.connection"
ADMINISTRATION = "keeping.exact.administration"

# Milliseconds: a page of Odoo's has to be loaded first, on a machine that may be busy.
LOADING = 30_000


def see(locator):
    """Wait until something is on the page."""
    expect(locator).to_be_visible(timeout=LOADING)


def tick(box, on=True):
    """Click a checkbox, and wait until the page shows that it is ticked, or is not.

    Playwright's own check() looks at once, and Odoo draws the new state a moment later.
    """
    expect(box).to_be_checked(checked=not on)
    box.click()
    expect(box).to_be_checked(checked=on)


def log_in(page, odoo, login="admin"):
    """Log in at Odoo, as its administrator or as another of the demo's users."""
    page.goto(f"{odoo.url}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click("button[type=submit]")
    see(page.locator(".o_main_navbar"))


def log_in_at_exact(page, sandbox, login=None):
    """Log in on Exact's page, where Odoo sent the browser."""
    page.wait_for_url(f"{sandbox.url}/**")
    page.locator("input[name=Password]").fill(sandbox.password)
    page.locator("input[name=UserName]").fill(login or sandbox.login)
    page.get_by_role("button", name="Log in", exact=True).click()
    see(page.get_by_role("button", name=re.compile("^Allow$")))


def answer(page, word):
    """Press Allow or Deny on Exact's page of consent."""
    page.get_by_role("button", name=word, exact=True).click()


def register_app(odoo, sandbox):
    """Register an app of one's own at Exact, as each organisation does; return its values."""
    app = sandbox.register_app("Odoo", f"{odoo.url}/keeping_exact/oauth/callback", kind="partner")
    return {name: app[name] for name in ("client_id", "client_secret")}


def connect(admin, sandbox, app, login, company=None):
    """Connect over RPC, where connecting is not what is tested; return the connection."""
    company = company or admin.read("res.users", admin.uid, "company_id")["company_id"][0]
    values = {"company_id": company, "site": "nl", **app}
    context = {"allowed_company_ids": [company]}
    [connection] = admin.call(CONNECTION, "create", [values], context=context)
    action = admin.call(CONNECTION, "action_connect", [connection], context=context)
    walk._consent(admin, action["url"], SimpleNamespace(login=login, password=sandbox.password))
    return connection


def link(admin, connection, code):
    """Link an administration over RPC; return it."""
    domain = [("connection_id", "=", connection), ("code", "=", code)]
    [found] = admin.find(ADMINISTRATION, domain, "id", "company_id")
    context = {"allowed_company_ids": [found["company_id"][0]]}
    admin.call(ADMINISTRATION, "action_link", [found["id"]], context=context)
    wait_until_read(admin)
    return found["id"]


def wait_until_read(admin):
    """Wait for the job that reads a new administration: it writes to what a person would click."""
    unread = ["|", ("synced_at", "=", False), ("check_at", "=", False)]
    end = time.monotonic() + 60
    while admin.find(ADMINISTRATION, [("state", "=", "linked"), *unread], "name"):
        assert time.monotonic() < end, "the lists were not read from Exact"
        time.sleep(0.25)


def fill_in_app(page, app):
    """Type client id and secret on the landing page, and go to Exact."""
    for field, value in app.items():
        page.locator(f"div[name={field}] input").first.fill(value)
    page.get_by_role("button", name="Start connecting").click()


def press_link(page, name):
    """Press Link at an administration, on the page of its connection."""
    row = page.locator(".o_data_row", has_text=name)
    row.get_by_role("button", name="Link", exact=True).click()
    see(row.get_by_role("button", name="Unlink"))
