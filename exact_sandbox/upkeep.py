"""What Exact itself does to administrations, and many customers at once: for tests and tools."""

import random

from .entities.accounts import padded_code
from .entities.terms import midnight
from .rows import Row

INACTIVE, ACTIVE, ARCHIVED = 0, 1, 2
DIVISIONS, ACCOUNTS = "System/Divisions", "CRM/Accounts"
_MOST = 1_000_000
CODE_WIDTH = 18
_CITIES = ("Alkmaar", "Assen", "Breda", "Deventer", "Houten", "Nijmegen", "Utrecht", "Zwolle")


def _division(sandbox, division):
    row = sandbox.rows.get(0, DIVISIONS, division)
    if row is None:
        raise ValueError(f"There is no administration {division}.")
    return row


def move_division(sandbox, division):
    """Move an administration to another database: all its timestamps are new (chapter 4.19).

    :return: its ``DivisionMoveDate``
    """
    with sandbox.store.transaction():
        row = _division(sandbox, division)
        row.data["DivisionMoveDate"] = sandbox.clock.wall()
        sandbox.rows.save(row)
        sandbox.rows.move(division)
    return {"DivisionMoveDate": row.data["DivisionMoveDate"]}


def set_status(sandbox, division, status):
    """Make an administration active or not: ``Divisions.Status`` (chapter 4.2).

    Connections that have no other active one end when it becomes inactive (chapter 1.6).

    :param status: 0 inactive, 1 active, 2 archived
    """
    if type(status) is not int or status not in (INACTIVE, ACTIVE, ARCHIVED):
        raise ValueError("An administration is 0 inactive, 1 active or 2 archived.")
    row = _division(sandbox, division)
    row.data["Status"] = status
    sandbox.rows.save(row)
    if status == INACTIVE:
        rows = sandbox.rows.find(0, DIVISIONS)
        sandbox.grants.end_without({row.get("Code") for row in rows if is_active(row)})


def is_active(row):
    """Whether an administration can be worked in; in an archived one there is nothing to stop."""
    return row.get("Status") != INACTIVE


def change_contract(sandbox, division, customer=None, hrm=None):
    """Put an administration under another licence, or take hrm/Divisions from it (chapter 4.2).

    :param customer: the customer code of the licence; administrations with the same one share it
    :param hrm: False makes hrm/Divisions answer 404
    """
    with sandbox.store.transaction():
        row = _division(sandbox, division)
        if customer is not None:
            if not 0 < len(str(customer).strip()) <= CODE_WIDTH:
                raise ValueError(f"A customer code has 1 to {CODE_WIDTH} characters.")
            row.data["CustomerCode"] = padded_code(str(customer))
        if hrm is not None:
            row.data["_WithoutHrm"] = not hrm
        sandbox.rows.save(row)
    return {"CustomerCode": row.get("CustomerCode"), "hrm": not row.get("_WithoutHrm", False)}


def seed_customers(sandbox, division, customers):
    """Add many customers at once; webhooks are not told. 50,000 take a few seconds.

    :param customers: how many
    """
    if type(customers) is not int or not 0 < customers <= _MOST:
        raise ValueError(f"Customers are a whole number from 1 to {_MOST}.")
    with sandbox.store.transaction():
        _division(sandbox, division)
        codes = (code.strip() for code in sandbox.rows.values(division, ACCOUNTS, "Code"))
        first = max((int(code) for code in codes if code.isdigit()), default=0) + 1
        now = sandbox.clock.wall()
        numbers = range(first, first + customers)
        rows = [_customer(sandbox, division, number, now) for number in numbers]
        # Keys of a real administration are not in the order of its numbers.
        random.Random(first).shuffle(rows)
        sandbox.rows.save_many(rows)
    return {"customers": customers, "first_code": first}


def _customer(sandbox, division, number, now):
    row = Row(division, ACCOUNTS, sandbox.new_id(), 0)
    row.data = {
        "ID": row.key, "Code": padded_code(str(number)), "Name": f"Klant {number:06}",
        "Status": "C", "Type": "A", "Country": "NL ", "City": _CITIES[number % len(_CITIES)],
        "Email": f"administratie@klant{number}.example", "Language": "NL        ",
        "SearchCode": f"K{number}"[:9].ljust(9), "SalesCurrency": "EUR", "PurchaseCurrency": "EUR",
        "VATNumber": f"NL{800000000 + number}B01", "ChamberOfCommerce": f"{10000000 + number}",
        "Blocked": False, "IsSupplier": False, "StartDate": midnight(now),
        "CustomerSince": midnight(now), "StatusSince": midnight(now), "Created": now,
        "Modified": now,
    }  # fmt: skip
    return row
