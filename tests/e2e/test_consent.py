"""Which Exact, a consent that is refused, and a hand-over, in a real browser."""

import re

import pytest
from person import answer, log_in, log_in_at_exact, see
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

ADDRESS = "https://start.exactonline.de/docs/MenuPortal.aspx?_Division_=12"
MODEL = "keeping.exact.connection"
PHONE = {"width": 390, "height": 844}


def test_on_a_telephone_what_to_fill_in_is_on_the_first_screen(page, odoo, picture):
    log_in(page, odoo)
    page.set_viewport_size(PHONE)
    page.goto(f"{odoo.url}/odoo/exact-online")
    see(page.get_by_role("heading", name="Invoice your hours in Exact Online"))
    client_id = page.locator("div[name=client_id] input").first
    see(client_id)
    # The box that is copied from is drawn after its field.
    see(page.locator("div[name=redirect_uri]").first)
    picture(page, "landing-telephone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    box = client_id.bounding_box()
    assert box["y"] + box["height"] <= PHONE["height"]


def test_a_german_address_a_refusal_and_a_hand_over(page, odoo, sandbox, admin, picture):
    log_in(page, odoo)
    vals = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
    connection = admin.call(MODEL, "create", [vals])[0]
    form = f"{odoo.url}/odoo/exact-connections/{connection}"

    # Which Exact?
    page.goto(form)
    address = page.locator("div[name=exact_address] input")
    address.fill(ADDRESS)
    address.press("Tab")
    see(page.get_by_text("Exact Online of Germany is not supported yet."))
    picture(page, "german-address", docs=True)
    page.locator(".modal").get_by_role("button").last.click()

    # Refused at Exact
    page.goto(form)
    page.get_by_role("button", name="Start connecting").click()
    log_in_at_exact(page, sandbox, "anna")
    answer(page, "Deny")
    see(page.get_by_text("You did not allow access"))
    picture(page, "consent-refused", docs=True)
    page.get_by_role("link", name="Back to the connection").click()
    expect(page).to_have_url(re.compile(f"/odoo/exact-connections/{connection}"))

    # Allowed: Anna is still logged in at Exact
    page.get_by_role("button", name="Start connecting").click()
    page.wait_for_url(f"{sandbox.url}/**")
    answer(page, "Allow")
    see(page.get_by_role("button", name="Hand over"))
    page.get_by_text("All of this depends on this one Exact user").scroll_into_view_if_needed()
    picture(page, "depends-on-one-user", docs=True)

    # Handed over, first by mistake to the same user
    for login, words in (("anna", "Not handed over"), ("sem", "Sem Jansen")):
        page.goto(form)
        page.get_by_role("button", name="Hand over").click()
        page.locator(".modal").get_by_role("button", name=re.compile("ok", re.I)).click()
        log_in_at_exact(page, sandbox, login)
        answer(page, "Allow")
        see(page.get_by_text(words).first)
        picture(page, f"hand-over-{login}", docs=login == "sem")
    found = admin.read(MODEL, connection, "exact_user_name", "state")
    assert (found["exact_user_name"], found["state"]) == ("Sem Jansen", "connected")

    # Somebody who is not logged in at Odoo is asked to, and may still be told.
    page.context.clear_cookies()
    page.goto(f"{odoo.url}/keeping_exact/oauth/callback?state=x&code=y")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", "admin")
    page.click("button[type=submit]")
    see(page.get_by_text("not opened from a question of yours"))
    picture(page, "no-question")
