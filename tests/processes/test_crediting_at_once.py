"""Two people at the same credited hours: one wins, and the other is told (promises 1 and 2)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from devtools.rpc import OdooRefused

pytestmark = pytest.mark.parametrize("profile", ["strict"], indirect=True)

INVOICE, CREDIT = "keeping.exact.invoice", "keeping.exact.credit"
CHOICE, CORRECT = f"{CREDIT}.choice", "keeping.exact.correct"
TIMESHEET, HOUR = "account.analytic.line", "keeping.exact.hour"


class Credited:
    """A processed invoice of one entry, and the credit note of it in Exact."""

    def __init__(self, office):
        self.office, self.admin = office, office.admin
        self.partner, [self.timesheet] = office.make_hours("Credited at once", 2)
        self.invoice = office.preview(self.admin, self.partner)
        self.admin.call(INVOICE, "action_send", [self.invoice])
        office.wait_for(self.invoice, "open")
        action = self.admin.call(INVOICE, "action_process", [self.invoice])
        self.admin.call(action["res_model"], "action_confirm", [action["res_id"]])
        office.wait_for(self.invoice, "processed")
        # One that is made from here and undone stays in Exact, for a person to find.
        choice = self.admin.call(INVOICE, "action_make_credit", [self.invoice])["res_id"]
        self.admin.call(CHOICE, "action_choose_all", [choice])
        self.admin.call(CHOICE, "action_make", [choice])
        office.wait_for(self.invoice, "credited")
        self.undo()

    def choose(self, client):
        """Go as far as Confirm."""
        found = self.office.call_patiently(client, INVOICE, "action_find_credits", [self.invoice])
        find = found["res_id"]
        [found] = client.find(f"{CREDIT}.candidate", [("find_id", "=", find)], "id")
        return client.call(f"{CREDIT}.candidate", "action_choose", [found["id"]])["res_id"]

    def in_force(self):
        domain = [("invoice_id", "=", self.invoice), ("state", "=", "done")]
        return [row["id"] for row in self.admin.find(CREDIT, domain, "id")]

    def undo(self):
        [credit] = self.in_force()
        self.admin.call(CREDIT, "action_undo", [credit])

    def live(self):
        domain = [("timesheet_id", "=", self.timesheet), ("live", "=", True)]
        return [row["invoice_id"][0] for row in self.admin.find(HOUR, domain, "invoice_id")]


@pytest.fixture(scope="module")
def credited(office, many_calls):
    return Credited(office)


@pytest.fixture(scope="module")
def colleague(office):
    return office.make_biller("crediter")


def _together(*calls):
    """Have each client call at the same moment; return what they are told."""

    def press(call):
        client, model, method, record = call
        try:
            return client.call(model, method, [record])
        except OdooRefused as error:
            return str(error)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(press, calls))


def test_two_users_confirm_one_credit_note_for_the_same_hours(credited, colleague):
    clients = [credited.admin, colleague]
    choices = [(client, CHOICE, "action_confirm", credited.choose(client)) for client in clients]
    answers = _together(*choices)
    refused = [answer for answer in answers if isinstance(answer, str)]
    assert len(refused) == 1, answers
    assert "meanwhile" in refused[0] or "Only a processed invoice" in refused[0]
    assert len(credited.in_force()) == 1
    assert not credited.live()
    credited.undo()


def test_a_correction_at_the_same_moment_leaves_nothing_to_settle(credited, colleague):
    choice = credited.choose(credited.admin)
    correct = colleague.call(TIMESHEET, "action_keeping_exact_correct", [credited.timesheet])
    correct = correct["res_id"]
    colleague.call(CORRECT, "write", [correct], {"unit_amount": 1.5, "reason": "Break"})
    confirmed, corrected = _together(
        (credited.admin, CHOICE, "action_confirm", choice),
        (colleague, CORRECT, "action_confirm", correct),
    )
    assert not isinstance(confirmed, str), confirmed
    assert not credited.live()
    now = credited.admin.read(TIMESHEET, credited.timesheet, "unit_amount")["unit_amount"]
    assert now == (2 if isinstance(corrected, str) else 1.5), corrected
    if isinstance(corrected, str):
        assert "on no invoice" in corrected
    mine = [("invoice_id", "=", credited.invoice)]
    assert not credited.admin.find("keeping.exact.correction.open", mine, "id")
    credited.undo()


def test_a_new_bill_at_the_same_moment_has_the_hours_once(credited, colleague):
    choice = credited.choose(credited.admin)
    wizard = credited.office.make_wizard(
        colleague, credited.partner, timesheet_ids=[(6, 0, [credited.timesheet])]
    )
    confirmed, billed = _together(
        (credited.admin, CHOICE, "action_confirm", choice),
        (colleague, "keeping.exact.invoice.create", "action_preview", wizard),
    )
    assert not isinstance(confirmed, str), confirmed
    live = credited.live()
    assert len(live) == (0 if isinstance(billed, str) else 1), billed
    assert credited.invoice not in live
    if live:
        colleague.call(INVOICE, "action_release", live)
    credited.undo()
    assert credited.live() == [credited.invoice]


def test_an_undo_and_a_new_bill_at_the_same_moment_have_one_winner(credited, colleague):
    credited.admin.call(CHOICE, "action_confirm", [credited.choose(credited.admin)])
    wizard = credited.office.make_wizard(colleague, credited.partner)
    undone, billed = _together(
        (credited.admin, CREDIT, "action_undo", credited.in_force()[0]),
        (colleague, "keeping.exact.invoice.create", "action_preview", wizard),
    )
    refused = [answer for answer in (undone, billed) if isinstance(answer, str)]
    assert len(refused) == 1, (undone, billed)
    assert "already" in refused[0] or "billed again" in refused[0]
    assert len(credited.live()) == 1
