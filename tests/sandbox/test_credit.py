"""Credit notes and the rounding of VAT: chapters 4.3, 4.7 and 11."""

from decimal import Decimal

import pytest
from bookkeeping import (
    INVOICES,
    LINES,
    address,
    entry_lines,
    entry_of,
    money,
    open_item_of,
    process,
    read,
    receivable_of,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@pytest.fixture
def choose(sandbox):
    """Choose settings for one test."""
    before = sandbox.settings()
    yield sandbox.settings
    names = ("credit_sign", "vat_rounding", "receivable_sign")
    sandbox.settings(**{name: before[name] for name in names})


@pytest.mark.parametrize("name, sign", [("negative", -1), ("positive", 1)])
def test_credit_note_with_positive_quantities(anna, choose, name, sign):
    choose(credit_sign=name, receivable_sign="positive")
    credit = anna.invoice(Type=8021)
    assert (credit["Type"], credit["TypeDescription"]) == (8021, "Creditnota")
    assert money(credit, "AmountFCExclVat", "VATAmountFC", "AmountFC", "AmountDC") == [
        200 * sign, 42 * sign, 242 * sign, 242 * sign,
    ]  # fmt: skip
    line = anna.lines(credit)[0]
    assert (line["Quantity"], line["UnitPrice"], line["AmountFC"]) == (2, 100, 200 * sign)
    credit = process(anna, credit)
    entry = entry_of(anna, credit)
    assert (entry["Type"], entry["TypeDescription"]) == (21, "Creditnota")
    assert money(entry, "AmountFC", "VATAmountFC") == [242 * sign, 42 * sign]
    # Whatever the sign of the note is: what is open is owed to the customer.
    assert receivable_of(anna, credit)["AmountFC"] == -242
    assert open_item_of(anna, credit)["Amount"] == -242


def test_credit_note_names_no_invoice(anna):
    invoice = process(anna, anna.invoice(YourRef="ORIGINAL"))
    credit = process(anna, anna.invoice(Type=8021))
    entry = entry_of(anna, credit)
    for row in (credit, entry, receivable_of(anna, credit), *entry_lines(anna, entry)):
        for value in (invoice["InvoiceID"], invoice["InvoiceNumber"], "ORIGINAL"):
            assert value not in row.values()
    # Nor does the invoice change.
    assert read(anna, invoice) == invoice
    assert receivable_of(anna, invoice)["IsFullyPaid"] is False


def test_kind_changes_while_it_is_open(anna, choose):
    choose(credit_sign="negative")
    invoice = anna.invoice()
    assert anna.put(address(invoice), Type=8021).status_code == 204
    assert read(anna, invoice)["AmountFC"] == -242
    assert anna.lines(invoice)[0]["AmountFC"] == -200
    line = address(anna.lines(invoice)[0], LINES, "ID")
    assert anna.put(line, Quantity=3).status_code == 204
    assert read(anna, invoice)["AmountFC"] == -363
    assert anna.put(line, AmountFC=-100).status_code == 204
    assert money(anna.get(line).json()["d"], "AmountFC", "Quantity") == [-100, 3]
    assert anna.put(address(invoice), Type=8020).status_code == 204
    assert read(anna, invoice)["AmountFC"] == 121


def test_negative_lines_on_an_invoice(anna):
    item = anna.item()["ID"]
    lines = [
        {"Item": item, "Quantity": 3, "UnitPrice": 100},
        {"Item": item, "Quantity": -1, "UnitPrice": 100},
    ]
    invoice = process(anna, anna.invoice(lines=lines))
    assert money(invoice, "AmountFC", "VATAmountFC") == [242, 42]
    assert entry_of(anna, invoice)["Type"] == 20
    all_back = process(anna, anna.invoice(lines=lines[1:]))
    entry = entry_of(anna, all_back)
    # The kind follows the document, not the sign of its total.
    assert (entry["Type"], entry["AmountFC"]) == (20, -121)
    assert open_item_of(anna, all_back)["Amount"] == -121


@pytest.mark.parametrize(
    "code, price, line, whole",
    [
        # Three lines of 0.0777 VAT each: 0.24 rounded one by one, 0.23 together.
        ("4", "0.37", ("1.11", "0.24"), ("1.11", "0.23")),
        # Including: 0.36 + 0.08 three times, or 1.32 divided once.
        ("1", "0.44", ("1.08", "0.24"), ("1.09", "0.23")),
        ("6", "0.37", ("1.11", "0"), ("1.11", "0")),
    ],
)
def test_vat_rounded_per_line_or_per_code(anna, choose, code, price, line, whole):
    item = anna.item()["ID"]
    body = [{"Item": item, "Quantity": 1, "UnitPrice": price, "VATCode": code}] * 3
    for way, expected in (("line", line), ("code", whole)):
        choose(vat_rounding=way)
        invoice = anna.invoice(lines=body)
        assert money(invoice, "AmountFCExclVat", "VATAmountFC") == [*map(Decimal, expected)]
        invoice = process(anna, invoice)
        entry = entry_of(anna, invoice)
        assert money(entry, "AmountFC", "VATAmountFC") == money(invoice, "AmountFC", "VATAmountFC")
        rows = entry_lines(anna, entry)
        assert sum(money(row, "VATAmountFC")[0] for row in rows) == Decimal(expected[1])
        assert sum(money(row, "AmountFC")[0] for row in rows) == Decimal(expected[0])


def test_vat_amount_that_was_sent_stays_when_rounding_per_code(anna, choose):
    choose(vat_rounding="code")
    item = anna.item()["ID"]
    lines = [
        {"Item": item, "Quantity": 1, "UnitPrice": "0.37"},
        {"Item": item, "Quantity": 1, "UnitPrice": "100", "VATAmountFC": "20.99"},
    ]
    assert money(anna.invoice(lines=lines), "VATAmountFC") == [Decimal("21.07")]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(["line", "code"]),
    st.sampled_from(["0", "0.05", "0.333"]),
    st.lists(
        st.tuples(
            st.decimals("-9", "99", places=2), st.decimals("0", "999", places=3),
            st.sampled_from(["0", "1", "2", "3", "4", "5"]),
        ),
        min_size=1, max_size=5,
    ),
)  # fmt: skip
def test_entries_balance_with_their_invoices(anna, choose, way, discount, lines):
    choose(vat_rounding=way)
    item = anna.one("logistics/Items", "Code eq 'UREN'")["ID"]
    customer = anna.one("crm/Accounts", "Name eq 'YourCompany'")
    body = [
        {"Item": item, "Quantity": str(quantity), "UnitPrice": str(price), "VATCode": code}
        for quantity, price, code in lines
    ]
    invoice = process(anna, anna.invoice(customer, body, Discount=discount))
    excluding, vat, total = money(invoice, "AmountFCExclVat", "VATAmountFC", "AmountFC")
    assert excluding + vat == total
    entry = entry_of(anna, invoice)
    rows = entry_lines(anna, entry)
    assert money(entry, "AmountFC", "VATAmountFC") == [total, vat]
    assert sum(money(row, "AmountFC")[0] for row in rows) == excluding
    assert sum(money(row, "VATAmountFC")[0] for row in rows) == vat
    exact = sum(money(row, "VATAmountFC")[0] for row in anna.lines(invoice))
    less = exact * Decimal(discount)
    assert abs(vat - (exact - less)) <= Decimal("0.01") * (2 * len(lines) + 1)


def test_demo_has_a_credit_note(anna):
    rows = anna.rows(INVOICES, select="*", filter="Type eq 8021 and Description eq 'Creditnota'")
    assert rows[0]["Status"] == 50 and rows[0]["AmountFC"] < 0
