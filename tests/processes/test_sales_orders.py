"""Odoo bills an order, and Exact the same hours: one of them does, and the other is told."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting

import psycopg2
import pytest

from devtools import databases
from devtools.rpc import OdooRefused

# What happens between two transactions of Odoo has nothing to do with what Exact answers.
pytestmark = pytest.mark.parametrize("profile", ["strict"], indirect=True)
ROUNDS = 3


@pytest.fixture(scope="module")
def office(open_office):
    """An office of its own, where sales orders are installed."""
    with open_office(databases.BESIDE_SALES) as opened:
        yield opened


@pytest.fixture(scope="module")
def product(office):
    """Return a product that is sold by the hour."""
    hour = office.admin.find(
        "ir.model.data", [("module", "=", "uom"), ("name", "=", "product_uom_hour")], "res_id"
    )[0]["res_id"]
    return office.admin.call(
        "product.product",
        "create",
        [
            {
                "name": "Consultancy by the hour",
                "type": "service",
                "service_policy": "delivered_timesheet",
                "service_tracking": "no",
                "uom_id": hour,
            }
        ],
    )[0]


class Sold:
    """Hours on a confirmed sales order, and the two ways to bill them."""

    def __init__(self, office, product, name):
        self.office = office
        self.client = office.admin
        self.partner, self.hours = office.make_hours(name, 1, 2)
        project = self.client.read("account.analytic.line", self.hours[0], "project_id")
        self.order = self.client.call(
            "sale.order",
            "create",
            [
                {
                    "partner_id": self.partner,
                    "order_line": [
                        (0, 0, {"product_id": product, "product_uom_qty": 10, "price_unit": 90})
                    ],
                }
            ],
        )[0]
        self.client.call("sale.order", "action_confirm", [self.order])
        self.line = self.client.read("sale.order", self.order, "order_line")["order_line"][0]
        self.client.call(
            "project.project",
            "write",
            [project["project_id"][0]],
            {"allow_billable": True, "partner_id": self.partner, "sale_line_id": self.line},
        )
        assert self.quantity() == 3

    def quantity(self):
        """Return what the order has delivered."""
        return self.client.read("sale.order.line", self.line, "qty_delivered")["qty_delivered"]

    def press_in_exact(self, client):
        """Return what presses Preview; its wizard is open."""
        wizard = self.office.make_wizard(client, self.partner, rate_mode="invoice_rate")
        return lambda: client.call("keeping.exact.invoice.create", "action_preview", [wizard])

    def press_in_odoo(self, client):
        """Return what presses Create Invoice; its wizard is open."""
        context = {"active_model": "sale.order", "active_ids": [self.order]}
        wizard = client.call(
            "sale.advance.payment.inv",
            "create",
            [{"advance_payment_method": "delivered"}],
            context=context,
        )[0]
        return lambda: client.call(
            "sale.advance.payment.inv", "create_invoices", [wizard], context=context
        )

    def invoices(self):
        return self.client.read("sale.order", self.order, "invoice_ids")["invoice_ids"]

    def billed(self, connection):
        """Return how many of the hours Exact bills, and how many Odoo."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT count(*) FILTER (WHERE h.id IS NOT NULL),
                       count(*) FILTER (WHERE move.state != 'cancel')
                  FROM account_analytic_line ts
                  LEFT JOIN keeping_exact_hour h ON h.timesheet_id = ts.id AND h.live
                  LEFT JOIN account_move move ON move.id = ts.timesheet_invoice_id
                 WHERE ts.id = ANY(%s)
                """,
                (self.hours,),
            )
            return cursor.fetchone()


def _press_together(*presses):
    """Press both at the same moment; return what came of each: None, or what was said."""

    def press(button):
        try:
            button()
        except OdooRefused as error:
            return str(error)
        return None

    with ThreadPoolExecutor(len(presses)) as pool:
        return list(pool.map(press, presses))


def test_odoo_and_exact_on_the_same_hours(office, product, database):
    """Both buttons at the same moment, several times over."""
    other = office.log_in("admin")
    for round_ in range(ROUNDS):
        sold = Sold(office, product, f"Both {round_}")
        by_exact, by_odoo = _press_together(
            sold.press_in_exact(office.admin), sold.press_in_odoo(other)
        )
        assert (by_exact is None) != (by_odoo is None), (by_exact, by_odoo)
        if by_exact is None:
            assert "invoice" in by_odoo
            assert sold.billed(database()) == (2, 0)
            assert (sold.quantity(), sold.invoices()) == (0, [])
        else:
            assert "on an invoice in Odoo" in by_exact
            assert sold.billed(database()) == (0, 2)
            assert sold.quantity() == 3


def test_an_invoice_in_odoo_that_began_before_the_billing_fails(office, product, database):
    """Odoo has found free hours to invoice; Exact reserves them; then Odoo links them."""
    sold = Sold(office, product, "Odoo first")
    invoicing = database()
    with invoicing.cursor() as cursor:
        cursor.execute(
            "SELECT FROM account_analytic_line WHERE id = ANY(%s) AND timesheet_invoice_id IS NULL",
            (sold.hours,),
        )
        assert cursor.rowcount == 2
        sold.press_in_exact(office.admin)()
        with pytest.raises(psycopg2.errors.SerializationFailure):
            cursor.execute(
                "UPDATE account_analytic_line SET timesheet_invoice_id = NULL WHERE id = ANY(%s)",
                (sold.hours,),
            )
    invoicing.rollback()
    with pytest.raises(OdooRefused, match="invoice"):
        sold.press_in_odoo(office.admin)()
    assert sold.billed(database()) == (2, 0)


def test_billing_waits_for_an_invoice_in_odoo_and_leaves_its_hours_alone(office, product, database):
    sold, example = (Sold(office, product, name) for name in ("Odoo open", "Example"))
    example.press_in_odoo(office.admin)()
    press = sold.press_in_exact(office.admin)
    invoicing = database()
    with ThreadPoolExecutor(1) as pool, invoicing.cursor() as cursor:
        cursor.execute(
            "UPDATE account_analytic_line SET timesheet_invoice_id = %s WHERE id = %s",
            (example.invoices()[0], sold.hours[0]),
        )
        future = pool.submit(press)
        with pytest.raises(StillWaiting):
            future.result(timeout=1)
        invoicing.commit()
        link = future.result(timeout=60)["res_id"]
    hours = office.admin.read("keeping.exact.invoice", link, "hours")["hours"]
    assert hours == 2
    assert sold.billed(database()) == (1, 1)


def test_a_cancelled_invoice_comes_back_or_exact_bills_its_hours(office, product, database):
    other = office.log_in("admin")
    for round_ in range(ROUNDS):
        sold = Sold(office, product, f"Come back {round_}")
        sold.press_in_odoo(office.admin)()
        [invoice] = sold.invoices()
        office.admin.call("account.move", "button_cancel", [invoice])
        by_exact, by_odoo = _press_together(
            sold.press_in_exact(office.admin),
            lambda move=invoice: other.call("account.move", "button_draft", [move]),
        )
        assert (by_exact is None) != (by_odoo is None), (by_exact, by_odoo)
        assert sold.billed(database()) == ((2, 0) if by_exact is None else (0, 2))
        assert "Exact invoice" in by_odoo if by_odoo else "invoice in Odoo" in by_exact
