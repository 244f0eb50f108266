"""The checks of an administration in a browser, as a user with exactly the six rights."""

import pytest
from person import LOADING, connect, link, log_in, register_app
from playwright.sync_api import expect

from devtools.rpc import OdooClient
from exact_sandbox.settings import PROFILES
from exact_sandbox.users import RIGHTS

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("servers", PROFILES, indirect=True)]

CODE = 1204377


@pytest.fixture(scope="module")
def administration(odoo, sandbox):
    """An administration that is linked by a user with exactly the six rights."""
    # More checks in a minute than a person clicks, at fourteen calls each.
    sandbox.settings(minute_limit=1000)
    admin = OdooClient(odoo.url)
    admin.log_in("admin", "admin")
    return link(admin, connect(admin, sandbox, register_app(odoo, sandbox), "sem"), CODE)


@pytest.fixture(autouse=True)
def six_rights(sandbox):
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
    picture(page, f"checks-{name}")

    sandbox.change_user("sem", rights=[right for right in RIGHTS if right != "sales.enter"])
    page.get_by_role("button", name="Check", exact=True).click()
    row = _row(page, "Right: Sales / Enter invoices")
    expect(row).to_contain_text("Blocked")
    expect(row).to_contain_text("Master data > Users > Overview")
    expect(page.locator(".alert-danger")).to_contain_text("may not enter invoices")
    link = row.get_by_role("link").get_attribute("href")
    assert link == f"{sandbox.url}/docs/MenuPortal.aspx?_Division_={CODE}"
    row.scroll_into_view_if_needed()
    picture(page, f"checks-blocked-{name}", docs=strict)
    page.goto(f"{odoo.url}/odoo/exact-administrations")
    card = page.locator(".o_kanban_record", has_text=str(CODE))
    expect(card).to_contain_text("Blocked")
    picture(page, f"administrations-{name}")

    sandbox.change_user("sem", rights=list(RIGHTS))
    card.get_by_text(str(CODE)).click()
    # The form is there: a click that comes while it is being made gets lost.
    expect(row).to_contain_text("Blocked")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(_row(page, "Right: Sales / Enter invoices")).to_contain_text("In order")
    expect(page.locator(".alert-danger")).to_have_count(0)


def test_each_of_the_six_rights_is_missed_by_its_name(page, odoo, sandbox, administration, picture):
    # Managing includes viewing, or it does not: nobody has told (API reference, chapter 5.3).
    implied = sandbox.settings()["view_right"] == "implied"
    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/exact-administrations/{administration}")
    check = page.get_by_role("button", name="Check", exact=True)
    for right, name in RIGHTS.items():
        sandbox.change_user("sem", rights=[other for other in RIGHTS if other != right])
        check.click()
        row = _row(page, f"Right: {name}")
        if implied and right.endswith(".view"):
            expect(row).to_contain_text("In order")
            continue
        expect(row).to_contain_text("Blocked", timeout=LOADING)
        expect(row).to_contain_text(f"tick {name} and click Save")
        for other in set(RIGHTS) - {right}:
            expect(_row(page, f"Right: {RIGHTS[other]}")).not_to_contain_text("Blocked")
    # At once: the page may be drawn anew while Playwright waits for the row to stand still.
    row.evaluate("row => row.scrollIntoView({block: 'nearest'})")
    picture(page, f"right-missing-{'lenient' if implied else 'strict'}", docs=not implied)

    sandbox.change_user("sem", rights=list(RIGHTS))
    check.click()
    for name in RIGHTS.values():
        expect(_row(page, f"Right: {name}")).to_contain_text("In order", timeout=LOADING)
