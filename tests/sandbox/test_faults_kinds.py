"""Each kind of fault, ready-made ones, and faults by chance."""

import json

import pytest
import requests
from client import Client

from exact_sandbox.fault_kinds import READY
from exact_sandbox.process import SandboxError

INVOICES = "salesinvoice/SalesInvoices"
JOURNALS = "financial/Journals"


class Order:
    """An invoice about to be posted, and whether it was made."""

    def __init__(self, client):
        self.client = client
        self.account, self.lines = client.account(), [{"Item": client.item()["ID"]}]

    def post(self):
        return self.client.try_invoice(self.account, self.lines)

    @property
    def made(self):
        rows = self.client.sandbox.rows(self.client.division, INVOICES)
        return sum(row["OrderedBy"] == self.account["ID"] for row in rows)


@pytest.fixture
def order(anna):
    return Order(anna)


def strike(order, kind, **values):
    order.client.sandbox.add_fault(kind, "POST", "SalesInvoices$", **values)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", ["", "<h1>Service Unavailable</h1>"])
@pytest.mark.parametrize(("kind", "made"), [("status", 0), ("after", 1)])
def test_gateway_status_before_and_after_the_work(order, kind, made, status, body):
    strike(order, kind, status=status, body=body)
    answer = order.post()
    assert (answer.status_code, answer.text) == (status, body)
    assert order.made == made
    call = order.client.sandbox.calls()[-1]
    assert (call["fault"], call["status"]) == (kind, status)


@pytest.mark.parametrize(
    ("name", "status", "made"),
    [
        ("empty", 200, 0),
        ("html", 200, 0),
        ("too_many", 429, 0),
        ("too_broad", 408, 0),
        ("maintenance", 503, 0),
        ("gateway_extract", 500, 0),
        ("gateway_proxy", 404, 0),
        ("bad_request", 400, 0),
        ("empty_after", 200, 1),
        ("html_after", 200, 1),
        ("bad_gateway", 502, 1),
    ],
)
def test_ready_made(order, name, status, made):
    strike(order, name)
    answer = order.post()
    assert answer.status_code == status and order.made == made
    assert answer.content == READY[name].get("body", "").encode()
    assert order.client.sandbox.calls()[-1]["fault"] == name


def test_every_ready_made_fault_is_tested():
    (mark,) = test_ready_made.pytestmark
    assert {name for name, *_ in mark.args[1]} == set(READY)


def test_values_go_before_ready_made_ones(order):
    strike(order, "maintenance", status=504, headers={"Retry-After": "1800"})
    answer = order.post()
    assert (answer.status_code, answer.headers["Retry-After"]) == (504, "1800")
    assert "Server maintenance" in answer.text


def test_wrong_type_is_a_good_answer_by_another_name(order):
    strike(order, "wrong_type")
    answer = order.post()
    assert answer.status_code == 201 and order.made == 1
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert json.loads(answer.text)["d"]["InvoiceID"]


def test_answer_without_a_body_is_cut_in_its_head(anna):
    account = anna.account()
    anna.sandbox.add_fault("cut_answer", "PUT", "Accounts")
    with pytest.raises(requests.ConnectionError):
        anna.put(f"crm/Accounts(guid'{account['ID']}')", Name="cut")
    rows = anna.sandbox.rows(anna.division, "crm/Accounts")
    assert next(row for row in rows if row["ID"] == account["ID"])["Name"] == "cut"


def test_late_work_is_checked_when_it_is_done(anew):
    """A gateway gives up; what the application then makes of the call nobody sees."""
    order = Order(Client(anew()).connect())
    order.account = {"ID": "00000000-0000-0000-0000-000000000000"}
    strike(order, "late", seconds=120)
    answer = order.post()
    assert answer.status_code == 504 and "504" in answer.text
    order.client.sandbox.advance(121)
    assert order.made == 0 and order.client.sandbox.errors() == ""


def struck(client, calls=60):
    """Return which of some calls were struck, as text."""
    answers = [client.get(JOURNALS, select="Code", top=1) for _ in range(calls)]
    return "".join("x" if answer.status_code == 503 else "." for answer in answers)


def test_chance_is_the_same_in_every_run_with_a_seed(anna):
    runs = []
    for seed in (7, 7, 8):
        anna.sandbox.add_fault("status", "GET", JOURNALS, times=None, chance=0.3, seed=seed)
        runs.append(struck(anna))
        anna.sandbox.clear_faults()
    assert runs[0] == runs[1] != runs[2]
    assert 5 < runs[0].count("x") < 35
    assert struck(anna, 5) == "....."


def test_chance_counts_what_it_struck(anna):
    anna.sandbox.add_fault("status", "GET", JOURNALS, times=4, chance=0.5, seed=1)
    assert struck(anna).count("x") == 4
    assert anna.sandbox.control("GET", "faults")["faults"] == []


def test_a_fault_that_lets_a_call_pass_leaves_it_to_the_next(anna):
    anna.sandbox.add_fault("status", "GET", JOURNALS, skip=2)
    anna.sandbox.add_fault("status", "GET", JOURNALS, times=1)
    assert struck(anna, 5) == "x.x.." or struck(anna, 1) == "."


def test_faults_without_end_go_on(anna):
    anna.sandbox.add_fault("status", "GET", JOURNALS, times=None)
    assert struck(anna, 5) == "xxxxx"
    (fault,) = anna.sandbox.control("GET", "faults")["faults"]
    assert (fault["times"], fault["name"]) == (None, "status")


@pytest.mark.parametrize(
    "values",
    [
        {"chance": 0},
        {"chance": 1.1},
        {"status": 99},
        {"status": "x"},
        {"seed": [1]},
        {"times": -1},
        {"skip": -1},
        {"seconds": -1},
        {"about": "x"},
    ],
    ids=str,
)
def test_impossible_values(sandbox, values):
    for kind in ("status", "maintenance"):
        with pytest.raises(SandboxError):
            sandbox.add_fault(kind, **values)
