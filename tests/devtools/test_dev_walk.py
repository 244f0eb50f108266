from devtools import demo_report, walk
from devtools.walk import Made

VALUES = {
    "name": "KX-TEST",
    "state": "open",
    "guid": "0-1",
    "hours": 3.5,
    "amount_untaxed": 332.5,
    "amount_total": 402.33,
    "description": "Hours",
    "partner_id": [7, "Deco Addict"],
    "currency_id": [1, "EUR"],
}
LINES = [
    {"name": "Design", "quantity": 2.0, "unit_price": 95, "amount": 190.0, "hours": 2.0},
    {"name": "A task " * 12, "quantity": 1.5, "unit_price": 95, "amount": 142.5, "hours": 1.5},
]
ROWS = [{"Quantity": 1.5, "AmountFC": 142.5}, {"Quantity": 2.0, "AmountFC": 190.0}]


def differences(rows):
    return walk.differences(Made(1, VALUES, LINES), rows)


def test_rows_that_agree_in_any_order():
    assert differences(ROWS) == []


def test_a_line_less_or_more_is_found():
    assert any("2 lines and Exact 1" in text for text in differences(ROWS[:1]))
    assert any("2 lines and Exact 3" in text for text in differences([*ROWS, ROWS[0]]))


def test_other_hours_and_amounts_are_found():
    changed = [ROWS[0], {"Quantity": 2.25, "AmountFC": 213.75}]
    text = " ".join(differences(changed))
    assert "the hours differ: 3.5 in Odoo, 3.75 in Exact" in text
    assert "the amounts differ: 332.5 in Odoo, 356.25 in Exact" in text


def test_the_same_sums_on_other_lines_are_found():
    moved = [{"Quantity": 1.0, "AmountFC": 95.0}, {"Quantity": 2.5, "AmountFC": 237.5}]
    assert any("the lines differ" in text for text in differences(moved))


def test_the_table_fits_and_the_figures_have_their_names():
    books = {"name": "Demo B.V.", "code": 100}
    result = demo_report.Result(Made(1, VALUES, LINES), books, {}, [], "http://o", "http://s")
    text = demo_report.table(result)
    assert max(map(len, text.splitlines())) <= demo_report.WIDTH
    assert "142.50" in text and "332.50" in text and "Deco Addict" in text
    assert result.summary == {
        "reference": "KX-TEST",
        "customer": "Deco Addict",
        "hours": 3.5,
        "amount_untaxed": 332.5,
        "state": "open",
        "guid": "0-1",
        "odoo_url": "http://o",
        "sandbox_url": "http://s",
    }
