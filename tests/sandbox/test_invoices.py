"""Sales invoices and their lines: chapters 4.3, 4.4 and 5.4."""

from decimal import Decimal

import pytest
from client import message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

INVOICES, LINES = "salesinvoice/SalesInvoices", "salesinvoice/SalesInvoiceLines"
NOBODY = "00000000-0000-0000-0000-000000000000"


def address(row, path=INVOICES, key="InvoiceID"):
    return f"{path}(guid'{row[key]}')"


def money(row, *names):
    return [Decimal(str(row[name])) for name in names]


def test_invoice_with_its_defaults(anna):
    account = anna.account(PaymentConditionSales="14")
    invoice = anna.invoice(account, OrderDate="2026-03-02", YourRef="PO 7", Description="Hours")
    assert invoice["Status"] == 20 and invoice["StatusDescription"] == "Open"
    assert (invoice["Type"], invoice["TypeDescription"]) == (8020, "Normal")
    assert invoice["InvoiceNumber"] is None and invoice["OrderNumber"] > 0
    assert (invoice["Journal"], invoice["JournalDescription"]) == ("70", "Verkoopboek")
    assert invoice["InvoiceTo"] == invoice["OrderedBy"] == invoice["DeliverTo"] == account["ID"]
    assert invoice["InvoiceToName"] == account["Name"] and invoice["Currency"] == "EUR"
    assert invoice["InvoiceDate"] == invoice["OrderDate"] == "/Date(1772409600000)/"
    assert invoice["DueDate"] == "/Date(1773619200000)/"
    assert invoice["PaymentConditionDescription"] == "Betaling binnen 14 dagen"
    assert (invoice["YourRef"], invoice["Description"]) == ("PO 7", "Hours")
    assert invoice["Salesperson"] == invoice["Creator"]
    assert money(invoice, "AmountFCExclVat", "VATAmountFC", "AmountFC", "AmountDC") == [
        200, 42, 242, 242,
    ]  # fmt: skip
    assert anna.invoice()["OrderNumber"] == invoice["OrderNumber"] + 1


def test_line_with_its_defaults(anna):
    item = anna.one("logistics/Items", "Code eq 'ADVIES'")
    invoice = anna.invoice(lines=[{"Item": item["ID"], "Quantity": 1.5, "Notes": "note"}])
    line = anna.lines(invoice)[0]
    assert (line["ItemCode"], line["Description"], line["UnitCode"]) == (
        "ADVIES", "Advies per uur", "hour",
    )  # fmt: skip
    assert (line["UnitPrice"], line["NetPrice"], line["AmountFC"]) == (125, 125, 187.5)
    assert (line["VATCode"], line["VATPercentage"], line["VATAmountFC"]) == ("4  ", 0.21, 39.38)
    assert line["GLAccountDescription"] == "Omzet advies"
    assert (line["LineNumber"], line["Notes"], line["Discount"]) == (1, "note", 0)


def test_post_without_prefer_has_no_totals(anna):
    answer = anna.try_invoice(represent=False)
    row = answer.json()["d"]
    assert (answer.status_code, row["AmountFC"], row["VATAmountFC"]) == (201, 0, None)
    assert answer.headers["Location"].endswith(f"(guid'{row['InvoiceID']}')")
    read = anna.get(address(row)).json()["d"]
    assert read["AmountFC"] == 242


def test_status_of_new_invoices_can_be_ten(anna):
    anna.sandbox.settings(invoice_status=10)
    assert anna.invoice()["Status"] == 10
    anna.sandbox.settings(invoice_status=20)


@pytest.mark.parametrize(
    "values, dutch, english",
    [
        ({"OrderedBy": None}, "Verplicht: Factuur voor\r\nVerplicht: Besteld door",
         "Mandatory: Invoice to\r\nMandatory: Ordered by"),
        ({"OrderedBy": NOBODY}, "Ongeldige referentie: Besteld door",
         "Invalid reference: Ordered by"),
        ({"InvoiceTo": NOBODY}, "Ongeldige referentie: Factuur voor",
         "Invalid reference: Invoice to"),
        ({"DeliverTo": NOBODY}, "Ongeldige referentie: Leveren aan",
         "Invalid reference: Deliver to"),
        ({"SalesInvoiceLines": []}, "Verplicht: Factuurregels", "Mandatory: Invoice lines"),
        ({"Journal": "99"}, "Ongeldige referentie: Journals", "Invalid reference: Journals"),
        ({"Journal": NOBODY}, "Ongeldige referentie: Journals", "Invalid reference: Journals"),
        ({"Journal": "60"}, "Ongeldig: Dagboek (type)", "Invalid: Journal (type)"),
        ({"Journal": "75"}, "Niet toegestaan: Dagboek (geblokkeerd)",
         "Not allowed: Journal (blocked)"),
        ({"PaymentCondition": "99"}, "Ongeldige referentie: Betalingsconditie",
         "Invalid reference: Payment condition"),
        ({"Currency": "XYZ"}, "Ongeldige referentie: Valuta", "Invalid reference: Currency"),
        ({"OrderDate": "1999-01-01"}, "Verplicht: Boekjaar", "Mandatory: Financial year"),
        ({"Type": 8023}, "Ongeldig: Type", "Invalid: Type"),
        ({"Salesperson": NOBODY}, "Ongeldige referentie: Verkoper",
         "Invalid reference: Sales person"),
    ],
)  # fmt: skip
def test_header_rules_in_the_user_s_language(anna, sem, values, dutch, english):
    for client, text in ((anna, dutch), (sem, english)):
        answer = client.try_invoice(**values)
        assert (answer.status_code, message(answer)) == (500, text)


def test_customer_must_be_one_and_not_blocked(anna):
    assert message(anna.try_invoice(anna.account(Status="P"))) == "Ongeldig: Klant (Type)"
    blocked = message(anna.try_invoice(anna.account(Blocked=True)))
    assert blocked == "Niet toegestaan: Klant (Geblokkeerd)"
    other = anna.account(Status="S")
    answer = anna.try_invoice(InvoiceTo=other["ID"])
    assert message(answer) == "Ongeldig: Klant (Type)"


def test_card_names_whom_to_invoice(anna):
    head = anna.account()
    invoice = anna.invoice(anna.account(InvoiceAccount=head["ID"]))
    assert invoice["InvoiceTo"] == head["ID"] != invoice["OrderedBy"]


@pytest.mark.parametrize(
    "values, text",
    [
        ({"Item": None}, "Mandatory: Item\r\nMandatory: Unit"),
        ({"Item": None, "UnitCode": "hour"}, "Mandatory: Item"),
        ({"Item": NOBODY}, "Invalid reference: Item"),
        ({"UnitCode": "ell"}, "Invalid reference: Unit"),
        ({"GLAccount": NOBODY}, "Invalid reference: G/L Account"),
        ({"VATCode": "99"}, "Invalid reference: VAT code"),
        ({"VATCode": "19"}, "Not allowed: VAT code"),
        ({"VATCode": "V4"}, "Not allowed: VAT code"),
        ({"VATPercentage": 0.19}, "Invalid: VAT percentage []"),
    ],
)
def test_line_rules(sem, values, text):
    answer = sem.try_invoice(lines=[{"Item": sem.item()["ID"], **values}])
    assert (answer.status_code, message(answer)) == (500, text)


def test_item_must_be_sold_and_whole_units_stay_whole(sem):
    item = sem.item(IsSalesItem=False)
    answer = sem.try_invoice(lines=[{"Item": item["ID"]}])
    assert message(answer) == "Not allowed: Item (Sales)"
    item = sem.item(IsFractionAllowedItem=False)
    answer = sem.try_invoice(lines=[{"Item": item["ID"], "Quantity": 0.5}])
    assert message(answer) == "Invalid: Quantity"
    assert sem.try_invoice(lines=[{"Item": item["ID"], "Quantity": 2.0}]).status_code == 201


def test_nothing_is_left_of_a_refused_invoice(anna):
    account = anna.account()
    lines = [{"Item": anna.item()["ID"]}, {"Item": NOBODY}]
    assert anna.try_invoice(account, lines).status_code == 500
    filter = f"OrderedBy eq guid'{account['ID']}'"
    assert anna.rows(INVOICES, select="InvoiceID", filter=filter) == []


@pytest.mark.parametrize(
    "code, price, excluding, vat, percentage",
    [
        ("4", "99.99", "299.97", "62.99", "0.21"),
        ("1", "121", "300", "63", "0.21"),
        ("1", "33.33", "82.64", "17.35", "0.21"),
        ("2", "10.05", "30.15", "2.71", "0.09"),
        ("0", "10", "30", "0", "0"),
        ("5", "10", "30", "0", "0"),
        ("6", "10", "30", "0", "0"),
    ],
)
def test_vat_by_type_of_code(anna, code, price, excluding, vat, percentage):
    line = {"Item": anna.item()["ID"], "Quantity": 3, "UnitPrice": price, "VATCode": code}
    invoice = anna.invoice(lines=[line])
    row = anna.lines(invoice)[0]
    expected = [Decimal(excluding), Decimal(vat), Decimal(percentage)]
    assert money(row, "AmountFC", "VATAmountFC", "VATPercentage") == expected
    assert money(invoice, "AmountFC")[0] == expected[0] + expected[1]


def test_vat_code_of_line_then_customer_then_item(anna):
    item = anna.item(SalesVatCode="2")
    eu = anna.account(SalesVATCode="7")
    assert anna.lines(anna.invoice(lines=[{"Item": item["ID"]}]))[0]["VATCode"] == "2  "
    assert anna.lines(anna.invoice(eu, [{"Item": item["ID"]}]))[0]["VATCode"] == "7  "
    line = {"Item": item["ID"], "VATCode": "4  "}
    assert anna.lines(anna.invoice(eu, [line]))[0]["VATCode"] == "4  "
    bare = anna.item(SalesVatCode=None)
    row = anna.lines(anna.invoice(lines=[{"Item": bare["ID"], "UnitPrice": 5}]))[0]
    assert (row["VATCode"], row["VATAmountFC"], row["AmountFC"]) == (None, 0, 5)


def test_discounts(anna):
    line = {"Item": anna.item()["ID"], "Quantity": 4, "UnitPrice": 25, "Discount": 0.1}
    invoice = anna.invoice(lines=[line])
    row = anna.lines(invoice)[0]
    assert money(row, "NetPrice", "AmountFC") == [Decimal("22.5"), 90]
    card = anna.account(DiscountSales=0.05)
    invoice = anna.invoice(card, [line])
    assert money(invoice, "Discount", "AmountDiscountExclVat", "AmountFCExclVat") == [
        Decimal("0.05"), Decimal("4.5"), Decimal("85.5"),
    ]  # fmt: skip
    assert money(invoice, "AmountFC")[0] == Decimal("103.45")
    assert anna.invoice(card, [line], Discount=0)["AmountFCExclVat"] == 90


def test_amount_gives_the_price_and_net_price_rules(anna):
    item = anna.item()["ID"]
    lines = [
        {"Item": item, "Quantity": 4, "AmountFC": 100},
        {"Item": item, "Quantity": 2, "UnitPrice": 10, "NetPrice": 8},
    ]
    rows = anna.lines(anna.invoice(lines=lines))
    assert [(row["UnitPrice"], row["AmountFC"]) for row in rows] == [(25, 100), (10, 16)]


def test_foreign_currency(anna):
    account = anna.account(SalesCurrency="USD")
    invoice = anna.invoice(account)
    assert (invoice["Currency"], invoice["AmountFC"], invoice["AmountDC"]) == ("USD", 242, 222.64)


def test_order_number_may_be_sent_once(sem):
    number = sem.invoice()["OrderNumber"] + 5000
    assert sem.invoice(OrderNumber=number)["OrderNumber"] == number
    assert message(sem.try_invoice(OrderNumber=number)) == "In use: Order number"
    assert sem.invoice()["OrderNumber"] == number + 1


def test_end_of_month_condition(anna):
    invoice = anna.invoice(PaymentCondition="EM", OrderDate="2026-02-03")
    assert invoice["DueDate"] == "/Date(1772236800000)/"  # 2026-02-28
    assert anna.invoice(DueDate="2026-12-24")["DueDate"] == "/Date(1798070400000)/"


def test_open_header_changes(anna):
    invoice = anna.invoice(OrderDate="2026-03-02")
    answer = anna.put(address(invoice), YourRef="new", PaymentCondition="14", Journal="71")
    assert (answer.status_code, answer.content) == (204, b"")
    row = anna.get(address(invoice)).json()["d"]
    assert (row["YourRef"], row["Journal"]) == ("new", "71")
    assert row["DueDate"] == "/Date(1773619200000)/" and row["AmountFC"] == 242
    assert row["Modified"] > invoice["Modified"]
    assert message(anna.put(address(invoice), Journal="60")) == "Ongeldig: Dagboek (type)"
    assert anna.put(address(invoice), SalesInvoiceLines=[]).status_code == 400


def test_null_takes_the_default_again(anna):
    invoice = anna.invoice(OrderDate="2026-03-02T15:30:00", Journal="71", Salesperson=None)
    assert invoice["OrderDate"] == "/Date(1772409600000)/"
    changes = dict.fromkeys(("OrderDate", "Journal", "Type", "DueDate", "Salesperson", "Currency"))
    assert anna.put(address(invoice), **changes).status_code == 204
    row = anna.get(address(invoice)).json()["d"]
    assert (row["Journal"], row["Type"], row["Currency"]) == ("70", 8020, "EUR")
    assert row["OrderDate"] != invoice["OrderDate"] and row["Salesperson"]


def test_lines_change_the_totals(anna):
    invoice = anna.invoice()
    first = anna.lines(invoice)[0]
    item = anna.item(SalesVatCode="2")
    line = anna.make(LINES, InvoiceID=invoice["InvoiceID"], Item=item["ID"], UnitPrice=50)
    assert (line["LineNumber"], line["AmountFC"]) == (2, 50)
    assert anna.get(address(invoice)).json()["d"]["AmountFC"] == 296.5
    path = address(first, LINES, "ID")
    assert anna.put(path, Quantity=1, UnitPrice=80).status_code == 204
    assert anna.get(address(invoice)).json()["d"]["AmountFC"] == 151.3
    assert anna.put(path, VATCode="0", Description="x").status_code == 204
    assert anna.get(address(invoice)).json()["d"]["AmountFC"] == 134.5
    assert anna.put(path, AmountFC=60).status_code == 204
    assert anna.get(path).json()["d"]["UnitPrice"] == 60
    assert anna.put(path, Item=item["ID"]).status_code == 204
    changed = anna.get(path).json()["d"]
    assert (changed["ItemCode"], changed["VATCode"], changed["AmountFC"]) == (
        item["Code"], "2  ", 0,
    )  # fmt: skip
    assert anna.delete(path).status_code == 204
    assert anna.get(address(invoice)).json()["d"]["AmountFC"] == 54.5
    answer = anna.post(LINES, Item=item["ID"])
    assert message(answer) == "Verplicht: Factuur"
    answer = anna.post(LINES, Item=item["ID"], InvoiceID=NOBODY)
    assert message(answer) == "Ongeldige referentie: Factuur"


def test_deleted_invoice_is_gone_with_its_lines(anna):
    invoice = anna.invoice()
    assert anna.delete(address(invoice)).status_code == 204
    assert anna.get(address(invoice)).status_code == 404
    assert anna.lines(invoice) == []


def test_processed_invoice_is_fixed(sem):
    rows = sem.rows(INVOICES, select="*", filter="Status eq 50")
    assert rows and all(row["InvoiceNumber"] for row in rows)
    invoice = rows[0]
    assert invoice["StatusDescription"] == "Processed"
    line = sem.lines(invoice)[0]
    for answer in (
        sem.put(address(invoice), YourRef="x"),
        sem.delete(address(invoice)),
        sem.put(address(line, LINES, "ID"), Quantity=9),
        sem.delete(address(line, LINES, "ID")),
        sem.post(LINES, InvoiceID=invoice["InvoiceID"], Item=line["Item"]),
    ):
        assert (answer.status_code, message(answer)) == (500, "Not allowed: Invoice (Status)")
    assert sem.get(address(invoice)).json()["d"]["YourRef"] == invoice["YourRef"]


def test_rows_of_other_administrations_do_not_exist(anna):
    other = anna.sandbox.administrations[1]["code"]
    invoice = anna.invoice()
    assert anna.get(address(invoice), division=other).status_code == 404
    account = anna.account()
    answer = anna.call(
        "POST", INVOICES, other, json={"OrderedBy": account["ID"], "SalesInvoiceLines": [{}]}
    )  # fmt: skip
    assert message(answer) == "Ongeldige referentie: Besteld door"


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.decimals("0", "999", places=2), st.decimals("0", "9999", places=2),
            st.sampled_from(["0", "1", "2", "3", "4", "5"]),
        ),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_totals_are_the_sum_of_lines(anna, lines):
    item = anna.one("logistics/Items", "Code eq 'UREN'")["ID"]
    customer = anna.one("crm/Accounts", "Name eq 'YourCompany'")
    body = [
        {"Item": item, "Quantity": str(quantity), "UnitPrice": str(price), "VATCode": code}
        for quantity, price, code in lines
    ]
    invoice = anna.invoice(customer, body)
    rows = anna.lines(invoice)
    excluding = sum(money(row, "AmountFC")[0] for row in rows)
    vat = sum(money(row, "VATAmountFC")[0] for row in rows)
    assert money(invoice, "AmountFCExclVat", "VATAmountFC", "AmountFC") == [
        excluding, vat, excluding + vat,
    ]  # fmt: skip
    for row, (quantity, price, code) in zip(rows, lines, strict=True):
        exact = quantity * price
        shown = sum(money(row, "AmountFC", "VATAmountFC")) if code in "13" else exact
        base = exact if code in "13" else money(row, "AmountFC")[0]
        assert abs(shown - base) <= Decimal("0.005")
