"""Beside sales orders: Exact bills some of an order's hours, Odoo the others, nobody any twice."""

from datetime import date, timedelta

import pytest
from person import LOADING, log_in, see, tick
from playwright.sync_api import expect

from devtools import databases, walk
from devtools.rpc import OdooClient

pytestmark = pytest.mark.e2e

CUSTOMER = "Drukkerij Het Hert"
ORDERED, BY_ODOO, BY_EXACT = 20, (3, 2.5), (4, 2, 1.5)
PRICE = 90


@pytest.fixture(scope="module")
def beside():
    return databases.BESIDE_SALES


@pytest.fixture(scope="module")
def client(odoo):
    client = OdooClient(odoo.url)
    client.log_in("admin", "admin")
    return client


@pytest.fixture(scope="module")
def administration(client, sandbox):
    found = walk.link(client, walk.connect(client, sandbox))
    walk.choose_journal(client, found)
    return found


def _make(client, model, **vals):
    return client.call(model, "create", [vals])[0]


@pytest.fixture(scope="module")
def order(client):
    """A confirmed order by the hour, whose first hours Odoo has invoiced."""
    [hour] = client.find("ir.model.data", [("name", "=", "product_uom_hour")], "res_id")
    product = _make(
        client,
        "product.product",
        name="Design by the hour",
        type="service",
        service_policy="delivered_timesheet",
        service_tracking="no",
        uom_id=hour["res_id"],
    )
    partner = _make(client, "res.partner", name=CUSTOMER, is_company=True)
    # Odoo's demo company is American.
    domain = [("name", "=", "EUR"), ("active", "in", (True, False))]
    [euro] = client.find("res.currency", domain, "id")
    client.call("res.currency", "write", [euro["id"]], {"active": True})
    prices = _make(client, "product.pricelist", name="In euros", currency_id=euro["id"])
    line = {"product_id": product, "product_uom_qty": ORDERED, "price_unit": PRICE}
    made = _make(
        client, "sale.order", partner_id=partner, pricelist_id=prices, order_line=[(0, 0, line)]
    )
    client.call("sale.order", "action_confirm", [made])
    project = _make(
        client,
        "project.project",
        name="Jubilee book",
        partner_id=partner,
        allow_timesheets=True,
        allow_billable=True,
        sale_line_id=client.read("sale.order", made, "order_line")["order_line"][0],
    )
    _make_hours(client, project, "Sketches", BY_ODOO)
    context = {"active_model": "sale.order", "active_ids": [made]}
    wizard = client.call(
        "sale.advance.payment.inv",
        "create",
        [{"advance_payment_method": "delivered"}],
        context=context,
    )[0]
    client.call("sale.advance.payment.inv", "create_invoices", [wizard], context=context)
    _make_hours(client, project, "Pages", BY_EXACT)
    return made


def _make_hours(client, project, text, amounts):
    first = (date.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    employee = client.find("hr.employee", [("user_id", "=", client.uid)], "id")[0]["id"]
    lines = [
        {
            "name": f"{text} {position + 1}",
            "project_id": project,
            "employee_id": employee,
            "unit_amount": amount,
            "date": str(first + timedelta(days=position)),
        }
        for position, amount in enumerate(amounts)
    ]
    client.call("account.analytic.line", "create", lines)


def _delivered(client, order):
    [line] = client.find("sale.order.line", [("order_id", "=", order)], "qty_delivered")
    return line["qty_delivered"]


def test_exact_bills_what_odoo_has_not_and_the_order_shows_both(
    page, odoo, sandbox, client, administration, order, picture
):
    assert _delivered(client, order) == sum(BY_ODOO + BY_EXACT)
    log_in(page, odoo)

    # Ticked on the list of timesheets, those of Odoo's invoice too.
    page.goto(f"{odoo.url}/odoo/action-hr_timesheet.timesheet_action_all")
    page.locator(".o_searchview_input").press_sequentially("Jubilee book")
    page.locator(".o_searchview_autocomplete").get_by_text("Project", exact=True).first.click()
    see(page.locator(".o_searchview_facet", has_text="Jubilee book"))
    expect(page.locator(".o_data_row")).to_have_count(len(BY_ODOO + BY_EXACT))
    tick(page.locator(".o_list_view thead input[type=checkbox]").first)
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Create Exact invoice").click()
    dialog = page.locator(".modal")
    see(dialog)
    expect(dialog.locator("div[name=found_count]")).to_have_text(str(len(BY_EXACT)))
    expect(dialog).to_contain_text(f"{len(BY_ODOO)} on an invoice in Odoo")
    picture(page, "sales-order-wizard", docs=True)
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog).not_to_be_visible(timeout=LOADING)

    line = page.locator("div[name=line_ids] .o_data_row")
    expect(line).to_have_count(1, timeout=LOADING)
    expect(line).to_contain_text("Sales order line")
    expect(line).to_contain_text(f"{sum(BY_EXACT) * PRICE:.2f}")
    reference = page.locator(".o_form_view h1").inner_text().strip()
    assert _delivered(client, order) == sum(BY_ODOO)
    page.get_by_role("button", name="Create in Exact").click()
    see(page.get_by_role("button", name="Open in Exact"))

    page.goto(f"{odoo.url}/odoo/sales/{order}")
    expect(page.locator("button[name=action_open_keeping_exact_hours]")).to_contain_text("7.5")
    row = page.locator("div[name=order_line] .o_data_row")
    expect(row.locator("td[name=qty_delivered]")).to_have_text("5.50")
    expect(row.locator("td[name=keeping_exact_qty]")).to_have_text("7.50")
    picture(page, "sales-order", docs=True)
    page.locator("button[name=action_open_keeping_exact_hours]").click()
    expect(page.locator(".o_data_row")).to_have_count(len(BY_EXACT))
    expect(page.locator(".o_data_row").first).to_contain_text("Pages")

    code = client.read("keeping.exact.administration", administration, "code")["code"]
    [header] = [
        row
        for row in sandbox.rows(code, "salesinvoice/SalesInvoices")
        if row["Description"].endswith(reference)
    ]
    assert float(header["AmountFCExclVat"]) == pytest.approx(sum(BY_EXACT) * PRICE)
