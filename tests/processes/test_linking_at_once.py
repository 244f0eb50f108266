"""Two users link the same invoice of Exact: one wins, and the other is told (promise 1)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from devtools.rpc import OdooRefused

pytestmark = [
    pytest.mark.parametrize("profile", ["strict"], indirect=True),
    pytest.mark.usefixtures("many_calls"),
]

LINK, INVOICE = "keeping.exact.invoice.link", "keeping.exact.invoice"


def _unlinked(office):
    """Return the invoices in Exact that no link has: other tests have made some in these books."""
    linked = {link["guid"] for link in office.admin.find(INVOICE, [("guid", "!=", False)], "guid")}
    rows = office.sandbox.rows(office.code, "salesinvoice/SalesInvoices")
    return [row for row in rows if row["Type"] == 8020 and row["InvoiceID"] not in linked]


def _compare(office, client, number, partner, timesheets):
    """Go as far as Save, with these hours and agreed to whatever difference."""
    link = client.call(LINK, "action_open")["res_id"]
    values = {"administration_id": office.administration, "partner_id": partner}
    client.call(LINK, "write", [link], {**values, "timesheet_ids": [(6, 0, timesheets)]})
    office.call_patiently(client, LINK, "action_search", [link])
    domain = [("link_id", "=", link), ("number", "=", number)]
    [row] = client.find(f"{LINK}.row", domain, "id")
    client.call(f"{LINK}.row", "action_choose", [row["id"]])
    client.call(LINK, "write", [link], {"partner_id": partner, "worth_by": "line_rate"})
    client.call(LINK, "action_compare", [link])
    groups = client.find(f"{LINK}.group", [("link_id", "=", link)], "id")
    line = client.find(f"{LINK}.line", [("link_id", "=", link)], "id")[0]["id"]
    for group in groups:
        client.call(f"{LINK}.group", "write", [group["id"]], {"line_id": line})
    client.call(LINK, "write", [link], {"confirm_difference": True})
    return link


def _save_together(clients, links):
    def press(pair):
        client, link = pair
        try:
            return client.call(LINK, "action_save", [link])
        except OdooRefused as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(press, zip(clients, links, strict=True)))


def test_two_users_on_one_invoice_with_hours_of_their_own(office):
    clients = [office.admin, office.make_biller("linker")]
    booked = [row for row in _unlinked(office) if row.get("InvoiceNumber")]
    for row in booked[-2:]:
        partner, timesheets = office.make_hours("Linked at once", 1, 2)
        number = str(row["InvoiceNumber"])
        links = [
            _compare(office, client, number, partner, [timesheet])
            for client, timesheet in zip(clients, timesheets, strict=True)
        ]
        answers = _save_together(clients, links)
        refused = [answer for answer in answers if isinstance(answer, str)]
        assert len(refused) == 1, answers
        assert "already" in refused[0]
        [made] = office.admin.find(INVOICE, [("guid", "=", row["InvoiceID"])], "hour_ids")
        assert len(made["hour_ids"]) == 1


def test_two_users_on_the_same_hours_with_an_invoice_each(office):
    clients = [office.admin, office.log_in("admin")]
    customers = {}
    for row in _unlinked(office):
        number = row.get("InvoiceNumber") or f"order {row['OrderNumber']}"
        customers.setdefault(row["OrderedBy"], []).append(str(number))
    numbers = next(found for found in customers.values() if len(found) > 1)[:2]
    partner, timesheets = office.make_hours("Same hours", 1, 2)
    links = [
        _compare(office, client, number, partner, timesheets)
        for client, number in zip(clients, numbers, strict=True)
    ]
    answers = _save_together(clients, links)
    # The other is refused, or is shown that these hours were billed meanwhile.
    made = [
        answer
        for answer in answers
        if not isinstance(answer, str) and answer["res_model"] == INVOICE
    ]
    assert len(made) == 1, answers
    domain = [("timesheet_id", "in", timesheets), ("live", "=", True)]
    assert office.admin.call("keeping.exact.hour", "search_count", domain) == 2
