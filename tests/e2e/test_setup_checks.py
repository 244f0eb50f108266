"""The checks of an administration in a browser, as a user with exactly the six rights."""

from types import SimpleNamespace

import pytest
from person import log_in
from playwright.sync_api import expect

from devtools import walk
from exact_sandbox.settings import PROFILES
from exact_sandbox.users import RIGHTS

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("servers", PROFILES, indirect=True)]

MODEL = "keeping.exact.administration"
CODE = 1204377


@pytest.fixture
def administration(admin, odoo, sandbox):
    """An administration that is linked by a connection of its own, with an app of its own."""
    app = sandbox.register_app(
        "Keeping, six rights", f"{odoo.url}/keeping_exact/oauth/callback", kind="partner"
    )
    sandbox.change_user("sem", rights=list(RIGHTS))
    # More checks in a minute than a person clicks, at fourteen calls each.
    sandbox.settings(minute_limit=1000)
    person = SimpleNamespace(login="sem", password=sandbox.password)
    company = admin.read("res.users", admin.uid, "company_id")["company_id"][0]
    values = {name: app[name] for name in ("client_id", "client_secret")}
    [connection] = admin.call(
        "keeping.exact.connection", "create", [{"company_id": company, "site": "nl", **values}]
    )
    action = admin.call("keeping.exact.connection", "action_connect", [connection])
    walk._consent(admin, action["url"], person)
    [found] = admin.find(MODEL, [("code", "=", CODE), ("state", "=", "available")], "id")
    admin.call(MODEL, "action_link", [found["id"]])
    yield found["id"]
    sandbox.change_user("sem", rights=list(RIGHTS))


def _row(page, name):
    return page.locator("div[name=check_ids] .o_data_row", has_text=name)


def _type_code(page, field, code):
    """Type a code that Exact does not show, and have it kept."""
    box = page.locator(f"div[name={field}] input")
    box.fill(code)
    page.locator(".o-autocomplete--dropdown-item", has_text=f'Create "{code}"').click()
    expect(box).to_have_value(f"{code} (typed, not checked)")


def test_a_missing_right_is_shown_and_mended(page, odoo, sandbox, administration, picture):
    strict = sandbox.settings()["set_up_reading"] == "full"
    name = "strict" if strict else "lenient"
    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/exact-administrations/{administration}")
    expect(_row(page, "Access to the administration")).to_contain_text("In order")
    if strict:
        _type_code(page, "journal_id", "70")
        _type_code(page, "vat_code_id", "4")
        page.locator(".o_form_button_save").click()
        page.get_by_role("button", name="Check", exact=True).click()
        expect(_row(page, "Sales journal")).to_contain_text("code 70 is used unchecked")
    else:
        expect(_row(page, "VAT code")).to_contain_text("In order")
    picture(page, f"20-checks-{name}")

    sandbox.change_user("sem", rights=[right for right in RIGHTS if right != "sales.enter"])
    page.get_by_role("button", name="Check", exact=True).click()
    row = _row(page, "Right: Sales / Enter invoices")
    expect(row).to_contain_text("Blocked")
    expect(row).to_contain_text("Master data > Users > Overview")
    expect(page.locator(".alert-danger")).to_contain_text("may not enter invoices")
    link = row.get_by_role("link").get_attribute("href")
    assert link == f"{sandbox.url}/docs/MenuPortal.aspx?_Division_={CODE}"
    row.scroll_into_view_if_needed()
    picture(page, f"21-checks-blocked-{name}", docs=strict)
    page.goto(f"{odoo.url}/odoo/exact-administrations")
    card = page.locator(".o_kanban_record", has_text=str(CODE))
    expect(card).to_contain_text("Blocked")
    picture(page, f"22-administrations-{name}")

    sandbox.change_user("sem", rights=list(RIGHTS))
    card.get_by_text(str(CODE)).click()
    page.get_by_role("button", name="Check", exact=True).click()
    expect(_row(page, "Right: Sales / Enter invoices")).to_contain_text("In order")
    expect(page.locator(".alert-danger")).to_have_count(0)
