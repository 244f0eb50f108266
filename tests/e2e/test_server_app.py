"""The landing page where the server has an app for everybody."""

import pytest
from person import answer, log_in, log_in_at_exact, see
from playwright.sync_api import expect

from devtools import services

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def servers(shop):
    """A hosting partner's Odoo: with an app of the server's own, for all who are on it."""
    with services.sandbox() as sandbox:
        environment = {
            services.SITE_VARIABLE: sandbox.url,
            "KEEPING_EXACT_CLIENT_ID_NL": sandbox.client_id,
            "KEEPING_EXACT_CLIENT_SECRET_NL": sandbox.client_secret,
        }
        template = shop.browser_template().name
        with services.fresh_odoo(shop, template=template, environment=environment) as odoo:
            sandbox.add_redirect_uri(odoo.url + services.CALLBACK)
            yield odoo, sandbox


def test_with_an_app_of_the_server_there_is_nothing_to_register(page, odoo, sandbox, picture):
    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/exact-online")
    see(page.get_by_text("Nothing to register: this Odoo has an app at Exact Online."))
    expect(page.locator("div[name=client_id]:visible")).to_have_count(0)
    expect(page.locator("div[name=client_secret]:visible")).to_have_count(0)
    expect(page.get_by_text("Register an app of your own")).not_to_be_visible()
    picture(page, "landing-server-app", docs=True)
    page.get_by_role("button", name="Start connecting").click()
    log_in_at_exact(page, sandbox)
    answer(page, "Allow")
    page.wait_for_url(f"{odoo.url}/odoo/exact-connections/**")
    see(page.get_by_text("It worked: you are connected"))
    picture(page, "connected-server-app")
