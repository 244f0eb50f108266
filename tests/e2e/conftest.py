"""A browser, an Odoo with our add-on, and a sandbox, as ./dev test starts them."""

import shutil
from datetime import date, timedelta

import pytest
from person import LOADING
from playwright.sync_api import expect

from devtools import browser, databases, paths, services
from devtools.rpc import OdooClient

DOCS = paths.ROOT / "docs" / "images"
SIZE = {"width": 1360, "height": 820}
# What is looked for is often on a page that is being loaded.
expect.set_options(timeout=LOADING)


def pytest_addoption(parser):
    parser.addoption(
        "--docs-pictures",
        action="store_true",
        help="put the screenshots that the documentation shows into docs/images",
    )


@pytest.fixture(scope="module")
def shop():
    """What Odoo and its databases are made with."""
    with services.workshop() as shop:
        yield shop


@pytest.fixture(scope="module")
def beside():
    """What our add-on is installed beside; a file that looks at more of it has its own."""
    return databases.ALONE


@pytest.fixture(scope="module")
def servers(request, shop, beside):
    """Odoo and the sandbox for one file, on a fresh database with Odoo's demo data.

    The sandbox is strict. A file in which Exact's open questions could matter parametrizes this
    with both profiles, indirectly, and has each of them on servers of its own.
    """
    with services.pair(shop, template=shop.browser_template(beside).name) as (odoo, sandbox):
        sandbox.settings(profile=getattr(request, "param", "strict"))
        yield odoo, sandbox


@pytest.fixture(scope="module")
def odoo(servers):
    return servers[0]


@pytest.fixture(scope="module")
def sandbox(servers):
    return servers[1]


@pytest.fixture
def admin(odoo):
    """Odoo's administrator, over RPC: to prepare what is not under test."""
    client = OdooClient(odoo.url)
    client.log_in("admin", "admin")
    return client


@pytest.fixture
def page():
    with browser.chromium(viewport=SIZE, locale="en-US") as context:
        context.set_default_timeout(30_000)
        page = context.pages[0] if context.pages else context.new_page()
        errors = []
        context.on("weberror", lambda error: errors.append(str(error.error)))
        yield page
        assert not errors, errors


@pytest.fixture
def picture(request):
    """Keep a screenshot under .dev/screenshots; *docs* names the one the documentation shows."""
    folder = paths.SCREENSHOTS
    folder.mkdir(parents=True, exist_ok=True)

    def keep(page, name, docs=False):
        path = folder / f"{name}.png"
        page.screenshot(path=path)
        assert path.stat().st_size > 5_000, "an empty picture"
        if docs and request.config.getoption("--docs-pictures"):
            DOCS.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, DOCS / path.name)

    return keep


@pytest.fixture
def hours(admin):
    """Hours of last month for three customers more than Odoo's demo data has."""
    first = date.today().replace(day=1) - timedelta(days=1)
    first = first.replace(day=1)
    employee = admin.find("hr.employee", [("user_id", "=", admin.uid)], "id")[0]["id"]
    made = {}
    for name, task, amounts in (
        ("Architectenbureau Lijn 7", "Website", (6.5, 7, 3.25)),
        ("Bakkerij De Korenaar", "Webshop", (4, 1.75)),
        ("Stichting Waterland", "Campaign", (8, 8, 2.5, 5)),
    ):
        partner = admin.call("res.partner", "create", [{"name": name, "is_company": True}])[0]
        project = admin.call(
            "project.project",
            "create",
            [{"name": task, "partner_id": partner, "allow_timesheets": True}],
        )[0]
        lines = [
            {
                "name": f"{task}: step {position + 1}",
                "project_id": project,
                "employee_id": employee,
                "unit_amount": amount,
                "date": str(first + timedelta(days=3 * position)),
            }
            for position, amount in enumerate(amounts)
        ]
        admin.call("account.analytic.line", "create", lines)
        made[name] = sum(amounts)
    return made
