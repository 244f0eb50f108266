"""Administrations: several of one organisation, and of several organisations and Exact users."""

import re

import pytest
from person import (
    ADMINISTRATION,
    CONNECTION,
    LOADING,
    answer,
    connect,
    fill_in_app,
    link,
    log_in,
    log_in_at_exact,
    press_link,
    register_app,
    see,
    tick,
    wait_until_read,
)
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

DEMO, ADVICE, BELGIAN = "Keeping Demo B.V.", "Keeping Advies B.V.", "Keeping België"
ADVICE_CODE, BELGIAN_CODE = 1204377, 3150442


def _allow_in_exact(page, sandbox, names):
    """Choose at Exact what the app may open: My Exact Online > Permissions for my apps."""
    page.goto(f"{sandbox.url}/docs/MyExactOnline.aspx")
    for label in page.locator("label.tick").all():
        label.locator("input").set_checked(any(name in label.inner_text() for name in names))
    page.get_by_role("button", name="Save administrations").click()
    see(page.get_by_text("The administrations are saved."))


def _read_administrations(page, odoo, connection):
    page.goto(f"{odoo.url}/odoo/exact-connections/{connection}")
    page.get_by_role("button", name="Read administrations").click()


def _company(admin, name):
    """Make an organisation that the administrator works in too."""
    [company] = admin.call("res.company", "create", [{"name": name}])
    return company


def _work_in(page, odoo, company):
    page.context.add_cookies([{"name": "cids", "value": str(company), "url": odoo.url}])


def test_two_administrations_of_which_one_is_allowed_later(page, odoo, sandbox, admin, picture):
    log_in(page, odoo)
    page.goto(f"{odoo.url}/odoo/exact-online")
    fill_in_app(page, register_app(odoo, sandbox))
    log_in_at_exact(page, sandbox, "anna")
    tick(page.locator("label.tick", has_text=ADVICE).locator("input"), on=False)
    answer(page, "Allow")
    page.wait_for_url(f"{odoo.url}/odoo/exact-connections/**")
    connection = int(page.url.rpartition("/")[2])
    rows = page.locator("div[name=administration_ids] .o_data_row")
    expect(rows).to_have_count(1, timeout=LOADING)
    see(page.get_by_text("One is missing?"))
    picture(page, "one-missing", docs=True)

    _allow_in_exact(page, sandbox, (DEMO, ADVICE))
    picture(page, "exact-permissions", docs=True)
    _read_administrations(page, odoo, connection)
    expect(rows).to_have_count(2, timeout=LOADING)
    press_link(page, DEMO)
    press_link(page, ADVICE)
    wait_until_read(admin)
    page.goto(f"{odoo.url}/odoo/exact-online")
    cards = page.locator(".o_kanban_record:not(.o_kanban_ghost)", has_text="Linked")
    expect(cards).to_have_count(2, timeout=LOADING)
    picture(page, "administrations", docs=True)

    # Not granted any more: it stays linked, and comes back.
    _allow_in_exact(page, sandbox, (DEMO,))
    _read_administrations(page, odoo, connection)
    warning = page.locator(".alert", has_text="the Exact user can no longer open")
    expect(warning).to_contain_text(ADVICE, timeout=LOADING)
    picture(page, "not-allowed", docs=True)
    page.goto(f"{odoo.url}/odoo/exact-administrations")
    page.locator(".o_kanban_record", has_text=ADVICE).get_by_text(str(ADVICE_CODE)).click()
    see(page.locator(".alert", has_text="can no longer open this administration"))
    picture(page, "administration-not-allowed")
    _allow_in_exact(page, sandbox, (DEMO, ADVICE))
    _read_administrations(page, odoo, connection)
    expect(warning).to_have_count(0)

    # And given up on purpose: the question says what that means.
    row = rows.filter(has_text=ADVICE)
    row.get_by_role("button", name="Unlink").click()
    dialog = page.locator(".modal")
    see(dialog.get_by_text("Odoo stops using this administration."))
    picture(page, "unlink", docs=True)
    dialog.get_by_role("button", name="Unlink").click()
    see(row.get_by_role("button", name="Link", exact=True))


def test_a_second_organisation_of_the_same_exact_user(page, odoo, sandbox, admin, picture):
    first, second = _company(admin, "Noord B.V."), _company(admin, "Zuid B.V.")
    app = register_app(odoo, sandbox)
    connections = {first: connect(admin, sandbox, app, "lea", company=first)}

    log_in(page, odoo)
    _work_in(page, odoo, second)
    page.goto(f"{odoo.url}/odoo/exact-online")
    see(page.get_by_role("heading", name="Invoice your hours in Exact Online"))
    fill_in_app(page, app)
    log_in_at_exact(page, sandbox, "lea")
    answer(page, "Allow")
    page.wait_for_url(f"{odoo.url}/odoo/exact-connections/**")
    connections[second] = int(page.url.rpartition("/")[2])
    press_link(page, BELGIAN)
    picture(page, "second-organisation", docs=True)
    wait_until_read(admin)

    # One permission serves both: neither has ended the other's.
    for company, connection in connections.items():
        context = {"allowed_company_ids": [company]}
        admin.call(CONNECTION, "action_check", [connection], context=context)
    found = admin.find(CONNECTION, [("id", "in", [*connections.values()])], "state", "company_id")
    assert [row["state"] for row in found] == ["connected", "connected"]
    assert {row["company_id"][0] for row in found} == {first, second}
    # The first one is told where its administration is in use.
    _work_in(page, odoo, first)
    page.goto(f"{odoo.url}/odoo/exact-connections/{connections[first]}")
    row = page.locator(".o_data_row", has_text=BELGIAN)
    row.get_by_role("button", name="Link", exact=True).click()
    see(page.locator(".modal", has_text=BELGIAN))
    picture(page, "linked-elsewhere")


def test_another_connection_takes_over_and_one_that_cannot_is_refused(
    page, odoo, sandbox, admin, picture
):
    company = _company(admin, "West B.V.")
    app = register_app(odoo, sandbox)
    sandbox.change_user("lea", divisions=[BELGIAN_CODE])
    old = connect(admin, sandbox, app, "anna", company=company)
    administration = link(admin, old, ADVICE_CODE)

    log_in(page, odoo)
    _work_in(page, odoo, company)
    page.goto(f"{odoo.url}/odoo/exact-administrations/{administration}")
    page.get_by_role("button", name="Use another connection").click()
    dialog = page.locator(".modal")
    see(dialog.get_by_text("Add a connection for another Exact user first"))
    dialog.get_by_role("button").last.click()

    page.goto(f"{odoo.url}/odoo/exact-online")
    page.get_by_role("button", name="Connect an Exact user").click()
    fill_in_app(page, app)
    log_in_at_exact(page, sandbox, "sem")
    answer(page, "Allow")
    page.wait_for_url(f"{odoo.url}/odoo/exact-connections/**")
    new = int(page.url.rpartition("/")[2])
    page.goto(f"{odoo.url}/odoo/exact-administrations/{administration}")
    page.get_by_role("button", name="Use another connection").click()
    see(dialog.get_by_label(re.compile("Sem Jansen")))
    picture(page, "use-another-connection", docs=True)
    dialog.get_by_role("button", name="Use this connection").click()
    expect(dialog).to_have_count(0, timeout=LOADING)
    expect(page.locator("div[name=connection_id]")).to_contain_text("Sem Jansen", timeout=LOADING)
    found = admin.read(ADMINISTRATION, administration, "connection_id", "state")
    assert (found["connection_id"][0], found["state"]) == (new, "linked")

    # Handing over to somebody who cannot open it would leave it behind.
    page.goto(f"{odoo.url}/odoo/exact-connections/{new}")
    page.get_by_role("button", name="Hand over").click()
    dialog.get_by_role("button", name=re.compile("ok", re.I)).click()
    log_in_at_exact(page, sandbox, "lea")
    answer(page, "Allow")
    see(page.get_by_text("cannot open these administrations"))
    picture(page, "cannot-open", docs=True)
    page.get_by_role("link", name="Back to the connection").click()
    expect(page.locator("div[name=exact_user_name]").first).to_contain_text(
        "Sem Jansen", timeout=LOADING
    )
