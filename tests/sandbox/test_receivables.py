"""Receivables, open items and payments: chapter 4.15."""

from datetime import datetime

import pytest
from bookkeeping import (
    OPEN_ITEMS,
    RECEIVABLES,
    address,
    open_item_of,
    pay,
    process,
    receivable_of,
    undo,
)
from client import message

from exact_sandbox.process import SandboxError

TERMS = "sync/Cashflow/PaymentTerms"


@pytest.fixture
def sign(sandbox):
    """Choose the sign of receivables for one test."""
    before = sandbox.settings()["receivable_sign"]
    yield lambda name: sandbox.settings(receivable_sign=name)
    sandbox.settings(receivable_sign=before)


def test_open_invoice_has_no_receivable(anna):
    invoice = anna.invoice()
    rows = anna.rows(RECEIVABLES, select="ID", filter=f"OrderNumber eq {invoice['OrderNumber']}")
    assert rows == []
    with pytest.raises(SandboxError, match="no processed invoice"):
        pay(anna, invoice, 1)


def test_receivable_of_a_processed_invoice(anna, sign):
    sign("negative")
    account = anna.account()
    invoice = process(anna, anna.invoice(account, YourRef="PO 5"), InvoiceDate="2026-04-01")
    row = receivable_of(anna, invoice)
    assert (row["Status"], row["IsFullyPaid"], row["LastPaymentDate"]) == (20, False, None)
    assert (row["AmountDC"], row["TransactionAmountDC"]) == (-242, -242)
    assert (row["AmountFC"], row["TransactionAmountFC"]) == (-242, -242)
    assert row["InvoiceNumber"] == row["EntryNumber"] == invoice["InvoiceNumber"]
    assert (row["Account"], row["AccountName"]) == (account["ID"], account["Name"])
    assert (row["YourRef"], row["Journal"], row["Currency"]) == ("PO 5", "70", "EUR")
    assert row["InvoiceDate"] == invoice["InvoiceDate"] and row["DueDate"] == invoice["DueDate"]
    assert (row["TransactionType"], row["TransactionStatus"]) == (20, 50)
    assert row["GLAccountDescription"] == "Debiteuren"
    assert row["DocumentSubject"] == invoice["DocumentSubject"]


@pytest.mark.parametrize("name, factor", [("negative", -1), ("positive", 1)])
def test_paid_in_parts(anna, sign, name, factor):
    sign(name)
    invoice = process(anna)
    facts = pay(anna, invoice, 100, "2026-10-05")
    assert (facts["amount"], facts["open"], facts["paid"]) == (242, 142, False)
    row = receivable_of(anna, invoice)
    assert (row["AmountDC"], row["TransactionAmountDC"]) == (142 * factor, 242 * factor)
    assert (row["Status"], row["IsFullyPaid"]) == (20, False)
    moment = int((datetime(2026, 10, 5) - datetime(1970, 1, 1)).total_seconds() * 1000)
    assert row["LastPaymentDate"] == f"/Date({moment})/"
    assert open_item_of(anna, invoice)["Amount"] == 142
    assert pay(anna, invoice)["paid"] is True
    row = receivable_of(anna, invoice)
    assert (row["AmountDC"], row["Status"], row["IsFullyPaid"]) == (0, 50, True)
    assert open_item_of(anna, invoice) is None


def test_payment_undone_makes_it_open_again(anna):
    invoice = process(anna)
    pay(anna, invoice, 42)
    pay(anna, invoice)
    before = receivable_of(anna, invoice)
    assert undo(anna, invoice)["open"] == 200
    row = receivable_of(anna, invoice)
    assert (row["Status"], row["IsFullyPaid"]) == (20, False)
    assert row["Modified"] >= before["Modified"]
    assert open_item_of(anna, invoice)["Amount"] == 200
    undo(anna, invoice)
    assert receivable_of(anna, invoice)["LastPaymentDate"] is None
    with pytest.raises(SandboxError, match="no such payment"):
        undo(anna, invoice)


def test_payments_that_make_no_sense(anna):
    invoice = process(anna)
    for amount in (0, -1, 242.01, "0.001", "NaN", "x", "Infinity"):
        with pytest.raises(SandboxError):
            pay(anna, invoice, amount)
    with pytest.raises(SandboxError):
        pay(anna, invoice, 1, "yesterday")
    assert receivable_of(anna, invoice)["LastPaymentDate"] is None
    pay(anna, invoice)
    with pytest.raises(SandboxError):
        pay(anna, invoice)


def test_by_number(anna):
    invoice = process(anna)
    body = {"division": anna.division, "invoice": invoice["InvoiceNumber"], "amount": 2}
    assert anna.sandbox.control("POST", "payments", body)["open"] == 240


def test_credit_is_paid_back(anna, sign):
    sign("positive")
    invoice = process(anna, anna.invoice(Type=8021))
    assert pay(anna, invoice, 42)["open"] == -200
    assert receivable_of(anna, invoice)["AmountDC"] == -200
    assert pay(anna, invoice)["paid"] is True


def test_foreign_currency(anna, sign):
    sign("positive")
    invoice = process(anna, anna.invoice(anna.account(SalesCurrency="USD")))
    pay(anna, invoice, 121)
    row = receivable_of(anna, invoice)
    assert (row["TransactionAmountFC"], row["TransactionAmountDC"]) == (242, 222.64)
    assert (row["AmountFC"], row["AmountDC"], row["Currency"]) == (121, 111.32, "USD")
    assert open_item_of(anna, invoice)["CurrencyCode"] == "USD"


def test_nothing_to_pay_is_paid(anna):
    invoice = process(anna, anna.invoice(lines=[{"Item": anna.item()["ID"], "UnitPrice": 0}]))
    assert receivable_of(anna, invoice)["IsFullyPaid"] is True
    assert open_item_of(anna, invoice) is None


def test_list_of_open_items(anna):
    account = anna.account()
    invoice = process(anna, anna.invoice(account, YourRef="PO 9"))
    (item,) = anna.rows(OPEN_ITEMS, filter=f"AccountId eq guid'{account['ID']}'")
    assert isinstance(item["HID"], str) and item["HID"].isdecimal()
    assert (item["AccountName"], item["YourRef"], item["Amount"]) == (account["Name"], "PO 9", 242)
    assert item["AccountCode"] == account["Code"] and item["AmountInTransit"] == 0
    assert item["Id"] == receivable_of(anna, invoice)["ID"]
    assert (item["JournalCode"], item["JournalDescription"]) == ("70", "Verkoopboek")
    one = anna.get(f"{OPEN_ITEMS}({item['HID']}L)").json()["d"]
    assert one["InvoiceNumber"] == invoice["InvoiceNumber"]
    assert anna.get(f"{OPEN_ITEMS}(1L)").status_code == 404
    for part in ("Amount gt 0", "YourRef eq 'PO 9'", "DueDate gt datetime'2026-01-01'"):
        assert anna.get(OPEN_ITEMS, filter=part).status_code == 400


def test_more_open_items_than_a_page(anew):
    from client import Client

    sandbox = anew()
    client = Client(sandbox).connect()
    customer, item = client.account(), client.item()
    for _ in range(61):
        process(client, client.invoice(customer, [{"Item": item["ID"], "UnitPrice": 1}]))
    rows = client.rows(OPEN_ITEMS, filter=f"AccountId eq guid'{customer['ID']}'")
    assert len({row["HID"] for row in rows}) == len(rows) == 61


def test_select_is_mandatory_and_put_is_small(anna):
    assert anna.get(RECEIVABLES).status_code == 400
    assert anna.get(RECEIVABLES, top=1).status_code == 200
    row = receivable_of(anna, process(anna))
    path = address(row, RECEIVABLES, "ID")
    assert anna.put(path, PaymentReference="RF18", Description="x").status_code == 204
    assert anna.get(path).json()["d"]["PaymentReference"] == "RF18"
    assert anna.call("POST", RECEIVABLES, json={}).status_code == 403
    assert anna.delete(path).status_code == 403


def test_needs_the_right_scope(anew):
    from client import Client

    sandbox = anew()
    client = Client(sandbox).connect()
    sandbox.control("POST", "scopes", {"Financial receivables": None})
    answer = client.get(RECEIVABLES, select="ID")
    assert answer.status_code == 403 and "financial.receivables" in message(answer)


def test_payment_terms_by_timestamp(anna):
    invoice = process(anna)
    select = "Timestamp,ID,LineType,Status,IsFullyPaid,InvoiceNumber,AmountDC"
    rows = anna.rows(TERMS, select=select, filter="Timestamp gt 1L")
    row = next(item for item in rows if item["InvoiceNumber"] == invoice["InvoiceNumber"])
    assert (row["LineType"], row["Status"], row["IsFullyPaid"]) == (20, 20, False)
    highest = max(int(item["Timestamp"]) for item in rows)
    assert anna.rows(TERMS, select=select, filter=f"Timestamp gt {highest}L") == []
    pay(anna, invoice)
    (row,) = anna.rows(TERMS, select=select, filter=f"Timestamp gt {highest}L")
    assert (row["ID"], row["Status"]) == (receivable_of(anna, invoice)["ID"], 50)
    undo(anna, invoice)
    (row,) = anna.rows(TERMS, select=select, filter=f"Timestamp gt {highest}L")
    assert (row["Status"], row["IsFullyPaid"]) == (20, False)
    assert anna.get(TERMS, select="ID", filter="Status eq 20").status_code == 400
