"""Mandatory filtering, on lists and on bulk: chapters 3.4 and 11 (point 10)."""

import pytest
from client import message

ACCOUNTS, ITEMS, INVOICES = "crm/Accounts", "logistics/Items", "salesinvoice/SalesInvoices"
LISTS = (ACCOUNTS, ITEMS, INVOICES)
SENTENCE = (
    "This endpoint has mandatory filtering applied. A GET request for this endpoint must have a "
    "$filter parameter with one of the following fields"
)


@pytest.mark.parametrize("path", [ACCOUNTS, "logistics/Items", "salesinvoice/SalesInvoices"])
def test_mandatory_filter(anna, path):
    for query in ({"select": "*"}, {"select": "*", "top": "1"}):
        answer = anna.get(path, **query)
        assert answer.status_code == 400
        assert message(answer).startswith(
            "This endpoint has mandatory filtering applied. A GET request for this endpoint must "
            "have a $filter parameter with one of the following fields"
        )
    assert anna.get(path, select="*", filter="Created ge datetime'2020-01-01'").status_code == 200


@pytest.mark.parametrize(
    "path, filter",
    [
        (ACCOUNTS, "VATNumber eq 'NL801000000B01'"),
        (ACCOUNTS, "ChamberOfCommerce eq '30000000'"),
        (ACCOUNTS, "trim(Code) eq '1'"),
        (ACCOUNTS, "substringof('Azure',Name)"),
        (ACCOUNTS, "Modified ge datetime'2020-01-01T00:00:00'"),
        ("logistics/Items", "Code eq 'UREN'"),
        ("salesinvoice/SalesInvoices", "InvoiceID eq guid'00000000-0000-0000-0000-000000000000'"),
        (
            "salesinvoice/SalesInvoices",
            "OrderedBy eq guid'00000000-0000-0000-0000-000000000000' and "
            "Created ge datetime'2026-01-01T00:00:00'",
        ),
    ],
)
def test_lookups_satisfy_the_mandatory_filter(anna, path, filter):
    assert anna.get(path, select="*", filter=filter).status_code == 200


@pytest.mark.parametrize(
    "path, filter",
    [
        (ACCOUNTS, "Name eq 'x'"),
        (ACCOUNTS, "Status eq 'C'"),
        (ITEMS, "Description eq 'x'"),
        (INVOICES, "YourRef eq 'x'"),
        (INVOICES, "Description eq 'x'"),
        (INVOICES, "Status eq 20"),
    ],
)
def test_narrow_wants_keys_numbers_parties_or_dates(anna, choose, path, filter):
    assert anna.get(path, select="*", filter=filter).status_code == 200
    choose(filter_fields="narrow")
    answer = anna.get(path, select="*", filter=filter)
    assert answer.status_code == 400 and message(answer).startswith(SENTENCE)
    both = f"{filter} and Modified ge datetime'2020-01-01T00:00:00'"
    assert anna.get(path, select="*", filter=both).status_code == 200


@pytest.mark.parametrize(
    "path, filter",
    [
        (ACCOUNTS, "trim(Code) eq '1'"),
        (ACCOUNTS, "VATNumber eq 'x'"),
        (ITEMS, "Code eq 'x'"),
        (INVOICES, "OrderNumber eq 1"),
        (INVOICES, "InvoiceDate ge datetime'2026-01-01T00:00:00'"),
    ],
)
def test_narrow_is_satisfied_by(anna, choose, path, filter):
    choose(filter_fields="narrow")
    assert anna.get(path, select="*", filter=filter).status_code == 200


def test_the_text_names_the_fields(anna, choose):
    text = message(anna.get(ACCOUNTS, select="ID"))
    assert ",Name," in text and text.endswith(".")
    choose(filter_fields="narrow")
    assert ",Name," not in message(anna.get(ACCOUNTS, select="ID"))


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_bulk_wants_select_and_the_same_filter(anna, choose, path, width):
    choose(filter_fields=width)
    service, _, name = path.partition("/")
    path = f"bulk/{ {'crm': 'CRM', 'logistics': 'Logistics'}.get(service, 'SalesInvoice') }/{name}"
    filter = "Modified ge datetime'2020-01-01T00:00:00'"
    answer = anna.get(path, filter=filter, top="1")
    assert message(answer) == "Please add a $select or a $top=1 statement to the query string."
    assert message(anna.get(path, select="*")).startswith(SENTENCE)
    assert anna.rows(path, select="*", filter=filter)


def test_other_lists_want_none(anna):
    assert anna.rows("salesinvoice/SalesInvoiceLines", select="ID")
    assert anna.rows("bulk/SalesInvoice/SalesInvoiceLines", select="ID")
    assert anna.rows("financial/Journals")
