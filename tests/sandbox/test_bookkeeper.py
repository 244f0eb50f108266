"""What a bookkeeper does on the pages, and what the API sees of it."""

import re

import pytest
from bookkeeping import (
    LINES,
    PRINTED,
    address,
    entry_of,
    mails,
    open_item_of,
    pay,
    process,
    read,
    receivable_of,
)
from client import Client


class Bookkeeper:
    """Someone at the pages of one administration."""

    def __init__(self, client):
        self.client = client
        self.person = client.person
        self.division = client.division

    def place(self, invoice, page="SalesInvoice"):
        """Return the address of an invoice's page."""
        key = f"%7b{invoice['InvoiceID']}%7d"
        return f"/docs/{page}.aspx?_Division_={self.division}&InvoiceID={key}"

    def look(self, invoice, page="SalesInvoice"):
        """Return the text of an invoice's page."""
        status, text, _ = self.person.visit(self.place(invoice, page))
        assert status == 200, text
        return text

    def csrf(self, page):
        return re.search(r'name="csrf" value="([^"]+)"', page).group(1)

    def press(self, invoice, action, **fields):
        """Press a button of an invoice; return (status, text)."""
        page = self.look(invoice)
        sent = {"csrf": self.csrf(page), "action": action, **fields}
        return self.person.open(self.place(invoice), sent)[:2]

    def list(self, **query):
        """Return the list of invoices."""
        values = "".join(f"&{name}={value}" for name, value in query.items())
        return self.person.visit(f"/docs/MenuPortal.aspx?_Division_={self.division}{values}")[1]


@pytest.fixture(scope="module")
def desk(anna):
    """A bookkeeper with all rights."""
    return Bookkeeper(anna)


def test_process_without_and_with_mail(anna, desk):
    invoice = anna.invoice(anna.account(Email="to@customer.example"))
    page = desk.look(invoice)
    assert "Process and e-mail" in page and "to@customer.example" in page
    status, page = desk.press(invoice, "process", mail="no", date="2026-07-06")
    processed = read(anna, invoice)
    assert status == 200 and processed["Status"] == 50
    assert f"Invoice {processed['InvoiceNumber']}" in page and "Verwerkt" in page
    assert f"{processed['InvoiceNumber']}.pdf" in page and "06-07-2026" in page
    assert entry_of(anna, processed)["AmountFC"] == 242 and mails(anna, invoice) == []
    other = anna.invoice(anna.account(Email="to@customer.example"))
    page = desk.press(other, "process", mail="yes")[1]
    assert len(mails(anna, other)) == 1 and "by e-mail" in page
    silent = anna.invoice()
    page = desk.press(silent, "process", mail="yes")[1]
    assert "the e-mail was not sent" in page and read(anna, silent)["Status"] == 50


def test_process_twice_is_told(anna, desk):
    invoice = anna.invoice()
    csrf = desk.csrf(desk.look(invoice))
    anna.make(PRINTED, InvoiceID=invoice["InvoiceID"])
    sent = {"csrf": csrf, "action": "process", "mail": "yes"}
    status, page, _ = desk.person.open(desk.place(invoice), sent)
    assert status == 422 and "You cannot do this" in page and mails(anna, invoice) == []


def test_what_the_rules_refuse_is_undone_and_told(anna, desk):
    account = anna.account()
    invoice = anna.invoice(account)
    anna.put(address(account, "crm/Accounts", "ID"), Blocked=True)
    status, page = desk.press(invoice, "process", mail="no")
    assert status == 422 and "Niet toegestaan: Klant (Geblokkeerd)" in page
    other = anna.invoice()
    status, page = desk.press(other, "process", mail="no", date="1999-01-01")
    assert status == 422 and "Verplicht: Boekjaar" in page
    assert desk.press(other, "process", date="soon")[0] == 422
    for item in (invoice, other):
        now = read(anna, item)
        assert (now["Status"], now["InvoiceNumber"], now["Document"]) == (20, None, None)
    assert desk.press(other, "burn")[0] == 404


def test_pay_in_parts_and_undo(anna, desk):
    invoice = process(anna)
    assert 'value="242,00"' in desk.look(invoice)
    page = desk.press(invoice, "pay", amount="100,50", date="2026-11-02")[1]
    assert "141,50" in page and "02-11-2026" in page
    assert open_item_of(anna, invoice)["Amount"] == 141.5
    status, page = desk.press(invoice, "pay", amount="1.000,00")
    assert status == 422 and "That is more than is open." in page
    assert desk.press(invoice, "pay", amount="all")[0] == 422
    page = desk.press(invoice, "pay", amount="141.50")[1]
    assert "Nothing is open." in page and open_item_of(anna, invoice) is None
    assert receivable_of(anna, invoice)["IsFullyPaid"] is True
    payment = re.search(r'name="payment" value="([^"]+)"', page).group(1)
    page = desk.press(invoice, "undo", payment=payment)[1]
    assert open_item_of(anna, invoice)["Amount"] == 100.5
    assert desk.press(invoice, "undo", payment=payment)[0] == 422
    for day in ("2026-11-02T00:00+02:00", "x"):
        status, page = desk.press(invoice, "pay", amount="1", date=day)
        assert status == 422 and f"{day} is no date." in page


def test_credit_makes_a_draft_copy(anna, desk):
    line = {
        "Item": anna.item()["ID"],
        "Quantity": 2,
        "UnitPrice": 100,
        "Notes": "n",
        "Discount": 0.1,
    }
    invoice = anna.invoice(lines=[line], YourRef="PO 12", PaymentCondition="14")
    assert 'value="credit"' not in desk.look(invoice)
    invoice = process(anna, invoice)
    anna.sandbox.settings(credit_sign="negative")
    page = desk.press(invoice, "credit")[1]
    number = int(re.search(r"Credit note, order (\d+)", page).group(1))
    credit = anna.one("salesinvoice/SalesInvoices", f"OrderNumber eq {number}")
    assert (credit["Type"], credit["Status"], credit["AmountFC"]) == (8021, 20, -217.8)
    assert (credit["YourRef"], credit["PaymentCondition"]) == ("PO 12", "14")
    copied = anna.lines(credit)[0]
    assert (copied["Quantity"], copied["UnitPrice"], copied["Notes"]) == (2, 100, "n")
    for value in (invoice["InvoiceID"], invoice["InvoiceNumber"], invoice["Document"]):
        assert value not in credit.values() and value not in copied.values()
    assert read(anna, invoice) == invoice
    assert 'value="credit"' not in desk.look(process(anna, credit))


def test_edit_changes_what_differs_only(anna, desk):
    item = anna.item()["ID"]
    lines = [{"Item": item, "UnitPrice": 10, "Description": name} for name in ("one", "two")]
    invoice = anna.invoice(lines=lines, YourRef="old")
    first, second = anna.lines(invoice)
    page = desk.look(invoice, "SalesInvoiceEdit")
    changes = {
        "YourRef": "new", f"Quantity-{first['ID']}": "2,5", f"UnitPrice-{first['ID']}": "1.200",
        f"Description-{second['ID']}": "three",
    }  # fmt: skip
    changes[f"UnitPrice-{first['ID']}"] = "12,345"
    status, text, _ = desk.person.submit(page, "seen", **changes)
    assert status == 200 and "new" in text
    row = read(anna, invoice)
    assert (row["YourRef"], row["AmountFCExclVat"]) == ("new", 40.86)
    changed, other = anna.lines(invoice)
    assert (changed["Quantity"], changed["UnitPrice"], changed["Description"]) == (
        2.5, 12.345, "one",
    )  # fmt: skip
    assert (other["Description"], other["Quantity"]) == ("three", second["Quantity"])
    assert row["Modified"] > invoice["Modified"]


def test_edit_without_a_change_changes_nothing(anna, desk):
    line = {"Item": anna.item()["ID"], "Quantity": "1.333", "UnitPrice": "0.0049"}
    invoice = anna.invoice(lines=[line], YourRef="r", Description="d")
    desk.person.submit(desk.look(invoice, "SalesInvoiceEdit"), "seen")
    assert read(anna, invoice) == invoice


def test_refused_edit_keeps_what_was_filled_in(anna, desk):
    invoice = anna.invoice(YourRef="old")
    line = anna.lines(invoice)[0]
    page = desk.look(invoice, "SalesInvoiceEdit")
    status, text, _ = desk.person.submit(
        page, "seen", YourRef="mine", **{f"Quantity-{line['ID']}": "two"}
    )
    assert status == 422 and "two is no number." in text
    assert 'value="mine"' in text and 'value="two"' in text
    assert read(anna, invoice) == invoice
    whole = anna.item(IsFractionAllowedItem=False)["ID"]
    invoice = anna.invoice(lines=[{"Item": whole, "Quantity": 1, "UnitPrice": 1}])
    line = anna.lines(invoice)[0]
    page = desk.look(invoice, "SalesInvoiceEdit")
    fields = {"YourRef": "half", f"Quantity-{line['ID']}": "0,5"}
    status, text, _ = desk.person.submit(page, "seen", **fields)
    assert status == 422 and "Ongeldig: Aantal" in text
    # The reference was changed first, and is taken back with the rest.
    assert read(anna, invoice) == invoice


def test_edit_of_what_changed_meanwhile(anna, desk):
    invoice = anna.invoice(YourRef="old")
    page = desk.look(invoice, "SalesInvoiceEdit")
    anna.put(address(invoice), YourRef="api")
    status, text, _ = desk.person.submit(page, "seen", YourRef="mine")
    assert status == 422 and "changed meanwhile" in text
    assert read(anna, invoice)["YourRef"] == "api"
    anna.make(PRINTED, InvoiceID=invoice["InvoiceID"])
    assert desk.person.submit(page, "seen", YourRef="mine")[0] == 403


def test_delete_asks_first(anna, desk):
    invoice = anna.invoice()
    page = desk.person.visit(desk.place(invoice) + "&ask=delete")[1]
    assert "Delete this invoice for good?" in page
    assert read(anna, invoice)["Status"] == 20
    status, page = desk.press(invoice, "delete")
    assert status == 200 and "Sales invoices" in page
    assert anna.get(address(invoice)).status_code == 404
    traces = anna.rows("sync/Deleted", select="EntityKey", filter="Timestamp gt 1L")
    assert invoice["InvoiceID"] in {row["EntityKey"] for row in traces}
    processed = process(anna)
    assert "Delete" not in desk.look(processed)
    assert desk.press(processed, "delete")[0] == 422
    assert read(anna, processed)["Status"] == 50


def test_forms_of_other_sites_are_refused(anna, desk):
    invoice = anna.invoice()
    desk.look(invoice)
    for fields in ({"action": "delete"}, {"action": "process", "csrf": "guess"}):
        assert desk.person.open(desk.place(invoice), fields)[0] == 403
    edit = desk.place(invoice, "SalesInvoiceEdit")
    assert desk.person.open(edit, {"YourRef": "x"})[0] == 403
    assert read(anna, invoice) == invoice


def test_pages_follow_the_rights(anew):
    sandbox = anew()
    client = Client(sandbox, "sem").connect()
    desk = Bookkeeper(client)
    invoice, processed = client.invoice(), process(client)
    six = ["accounts.manage", "accounts.view", "items.manage", "items.view"]
    page = desk.look(invoice)
    assert "Process and e-mail" in page and ">Edit<" in page
    # Bank entries are in none of the six rights.
    assert "Pay" not in re.sub(r"Payments|Payment|payment|Paid", "", desk.look(processed))
    assert desk.press(processed, "pay", amount="1")[0] == 422
    sandbox.control("POST", "users", {"login": "sem", "rights": [*six, "sales.process"]})
    page = desk.look(invoice)
    assert "Process and e-mail" in page and ">Edit<" not in page and ">Delete<" not in page
    assert desk.person.visit(desk.place(invoice, "SalesInvoiceEdit"))[0] == 403
    assert desk.press(invoice, "delete")[0] == 422
    sandbox.control("POST", "users", {"login": "sem", "rights": [*six, "sales.enter"]})
    page = desk.look(invoice)
    assert "Process and e-mail" not in page and ">Edit<" in page
    assert desk.press(invoice, "process")[0] == 422
    csrf = desk.csrf(page)
    card = f"/docs/CRMAccountCard.aspx?_Division_={desk.division}&AccountID={invoice['OrderedBy']}"
    assert desk.person.visit(card)[0] == 200
    sandbox.control("POST", "users", {"login": "sem", "rights": ["sales.enter"]})
    assert desk.person.visit(card)[0] == 403
    sandbox.control("POST", "users", {"login": "sem", "rights": six})
    assert desk.person.visit(desk.place(invoice))[0] == 403
    assert desk.person.open(desk.place(invoice), {"csrf": csrf, "action": "delete"})[0] == 403
    assert "no right to see" in desk.list()


def test_search_and_states(anna, desk):
    customer = anna.account(Name="Zoekbaar & Co")
    waiting = anna.invoice(customer, YourRef="FIND-ME")
    owed, paid = process(anna, anna.invoice(customer)), process(anna, anna.invoice(customer))
    pay(anna, paid)
    credit = anna.invoice(customer, Type=8021)

    def found(**query):
        page = desk.list(q="zoekbaar", **query)
        numbers = {row["OrderNumber"] for row in (waiting, owed, paid, credit)}
        links = {int(text) for text in re.findall(r'%7d">(\d+)</a>', page)}
        return numbers & links

    assert len(found()) == 4
    assert found(state="open") == {waiting["OrderNumber"], credit["OrderNumber"]}
    assert found(state="processed") == {owed["OrderNumber"], paid["OrderNumber"]}
    assert found(state="unpaid") == {owed["OrderNumber"]}
    assert found(state="paid") == {paid["OrderNumber"]}
    assert found(state="credit") == {credit["OrderNumber"]}
    assert "Zoekbaar &amp; Co" in desk.list(q="find-me")
    assert str(owed["InvoiceNumber"]) in desk.list(q=owed["InvoiceNumber"])
    assert "No sales invoices match." in desk.list(q="%3Cblink%3E")


def test_list_in_pages(anew):
    client = Client(anew()).connect()
    desk = Bookkeeper(client)
    customer, item = client.account(Name="Many"), client.item()["ID"]
    for _ in range(51):
        client.invoice(customer, [{"Item": item}])
    page = desk.list(q="Many")
    assert "Page 1 of 2" in page and "51 invoices" in page
    second = desk.list(q="Many", page=1)
    assert "Page 2 of 2" in second and "Newer" in second and "Older" not in second
    assert "Page 2 of 2" in desk.list(q="Many", page=99)


def test_open_items(anna, desk):
    customer = anna.account(Name="Open & Bloot")
    late = process(anna, anna.invoice(customer), InvoiceDate="2026-01-05")
    settled = process(anna, anna.invoice(customer))
    pay(anna, late, 2)
    pay(anna, settled)
    page = desk.person.visit(f"/docs/OpenItems.aspx?_Division_={anna.division}")[1]
    assert "Open &amp; Bloot" in page and "Overdue" in page and "240,00" in page
    assert str(late["InvoiceNumber"]) in page and str(settled["InvoiceNumber"]) not in page
    assert desk.person.visit("/docs/OpenItems.aspx?_Division_=1")[0] == 404


def test_line_without_lines_left(anna, desk):
    invoice = anna.invoice()
    anna.delete(address(anna.lines(invoice)[0], LINES, "ID"))
    assert "There are no lines." in desk.look(invoice)
    status, page = desk.press(invoice, "process", mail="no")
    assert status == 422 and "Verplicht: Factuurregels" in page
