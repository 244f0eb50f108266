"""What control does to whole administrations: seeds customers, moves, changes licences."""

import pytest
from client import Client

from exact_sandbox.process import SandboxError


def test_seeded_customers_are_whole(anew):
    client = Client(anew()).connect()
    first = client.sandbox.seed_customers(client.division, 3)
    for number in range(first, first + 3):
        row = client.one("crm/Accounts", f"trim(Code) eq '{number}'")
        assert row["IsSales"] is True and len(row["Code"]) == 18 and row["Country"] == "NL "
        assert client.put(f"crm/Accounts(guid'{row['ID']}')", City="Assen").status_code == 204
    account = client.account()
    assert account["Code"].strip() == str(first + 3)
    invoice = client.invoice(row)
    assert invoice["OrderedByName"] == row["Name"]
    assert client.sandbox.seed_customers(client.division, 1) == first + 4


@pytest.mark.parametrize(
    "route, body",
    [
        ("seed", {}), ("seed", {"division": 1, "customers": 1}),
        ("seed", {"division": 241806, "customers": 0}),
        ("seed", {"division": 241806, "customers": "5"}),
        ("seed", {"division": 241806, "customers": 10**9}),
        ("move", {}), ("move", {"division": 1}), ("move", {"division": 241806, "other": 1}),
        ("contract", {"division": 1}), ("contract", {"division": 241806, "customer": "x" * 30}),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(sandbox, route, body):
    with pytest.raises(SandboxError):
        sandbox.control("POST", route, body)
