"""Two users, two transactions: one wins, and the other is told who (promises 1 and 2)."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting

import psycopg2
import pytest

from devtools.rpc import OdooRefused

# What happens between two transactions of Odoo has nothing to do with what Exact answers.
pytestmark = pytest.mark.parametrize("profile", ["strict"], indirect=True)


def _live(connection, timesheets):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM keeping_exact_hour WHERE live AND timesheet_id = ANY(%s)",
            (timesheets,),
        )
        return cursor.fetchone()[0]


def test_two_users_on_the_same_hours(office, database):
    """Both press Preview at the same moment, several times over."""
    other = office.admin.call(
        "res.users",
        "create",
        [
            {
                "name": "Second Biller",
                "login": "second",
                "password": "second",
            }
        ],
    )[0]
    group = office.admin.find(
        "ir.model.data",
        [("module", "=", "keeping_exact_connector"), ("name", "=", "group_invoicing")],
        "res_id",
    )[0]["res_id"]
    office.admin.call("res.users", "write", [other], {"group_ids": [(4, group)]})
    clients = [office.admin, office.log_in("second")]
    for round_ in range(3):
        partner, timesheets = office.make_hours(f"Two at once {round_}", *[0.25] * 40)
        wizards = [office.make_wizard(client, partner) for client in clients]

        def press(pair):
            client, wizard = pair
            try:
                return client.call("keeping.exact.invoice.create", "action_preview", [wizard])
            except OdooRefused as error:
                return str(error)

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(press, zip(clients, wizards, strict=True)))
        refused = [answer for answer in answers if isinstance(answer, str)]
        assert len(refused) == 1, answers
        assert "already" in refused[0]
        assert _live(database(), timesheets) == 40


def test_an_edit_that_began_before_the_billing_is_refused(office, database):
    """An edit has passed its checks, then the hours are reserved, then it writes."""
    partner, [timesheet] = office.make_hours("Edit first", 2)
    edit = database()
    with edit.cursor() as cursor:
        cursor.execute("SELECT unit_amount FROM account_analytic_line WHERE id = %s", (timesheet,))
        office.preview(office.admin, partner)
        with pytest.raises(psycopg2.errors.SerializationFailure):
            cursor.execute(
                "UPDATE account_analytic_line SET unit_amount = 9 WHERE id = %s", (timesheet,)
            )
    edit.rollback()
    with pytest.raises(OdooRefused, match="cannot be changed"):
        office.admin.call("account.analytic.line", "write", [timesheet], {"unit_amount": 9})


def test_billing_waits_for_an_edit_and_bills_what_it_left(office, database):
    partner, [timesheet] = office.make_hours("Edit open", 2)
    edit = database()
    with ThreadPoolExecutor(1) as pool, edit.cursor() as cursor:
        cursor.execute(
            "UPDATE account_analytic_line SET unit_amount = 3 WHERE id = %s", (timesheet,)
        )
        future = pool.submit(office.preview, office.admin, partner)
        with pytest.raises(StillWaiting):
            future.result(timeout=1)
        edit.commit()
        invoice = future.result(timeout=60)
    hours = office.admin.read("keeping.exact.invoice", invoice, "hours")["hours"]
    assert hours == 3


def test_a_deletion_that_began_before_the_billing_is_refused(office, database):
    partner, [timesheet] = office.make_hours("Delete first", 2)
    delete = database()
    with delete.cursor() as cursor:
        cursor.execute("SELECT 1 FROM account_analytic_line WHERE id = %s", (timesheet,))
        office.preview(office.admin, partner)
        with pytest.raises(psycopg2.Error):
            cursor.execute("DELETE FROM account_analytic_line WHERE id = %s", (timesheet,))
    delete.rollback()
    assert _live(database(), [timesheet]) == 1


def test_a_double_click_makes_one_invoice(office):
    partner, _timesheets = office.make_hours("Double click", 2)
    invoice = office.preview(office.admin, partner)
    clients = [office.admin, office.log_in("admin")]

    def press(client):
        try:
            return client.call("keeping.exact.invoice", "action_send", [invoice])
        except OdooRefused as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, clients))
    assert sorted(map(type, answers), key=str) == [bool, str], answers
    values = office.wait_for(invoice, "open")
    assert len(office.in_exact(values["name"])) == 1


def test_two_invoices_at_once_make_the_hours_item_once(office):
    """Neither user has an hours item yet, and both send at the same moment."""
    [administration] = office.admin.find(
        "keeping.exact.administration", [("state", "=", "linked")], "item_id"
    )
    office.admin.call(
        "keeping.exact.administration", "write", [administration["id"]], {"item_id": False}
    )
    before = len(office.admin.find("keeping.exact.operation", [("kind", "=", "item")], "id"))
    invoices = [
        office.preview(office.admin, office.make_hours(f"Item at once {number}", 1)[0])
        for number in range(2)
    ]
    clients = [office.admin, office.log_in("admin")]

    def press(pair):
        client, invoice = pair
        return client.call("keeping.exact.invoice", "action_send", [invoice])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, zip(clients, invoices, strict=True)))
    for invoice in invoices:
        office.wait_for(invoice, "open")
    operations = office.admin.find("keeping.exact.operation", [("kind", "=", "item")], "id")
    assert len(operations) == before + 1
    lines = office.admin.find(
        "keeping.exact.invoice.line", [("invoice_id", "in", invoices)], "item_id"
    )
    assert len({line["item_id"][0] for line in lines}) == 1
