"""What a person does in the browser again and again: log in, allow, look."""

import re

from playwright.sync_api import expect

# Milliseconds: a page of Odoo's has to be loaded first, on a machine that may be busy.
LOADING = 30_000


def see(locator):
    """Wait until something is on the page."""
    expect(locator).to_be_visible(timeout=LOADING)


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
