"""Random faults in every entry point of the client: a result or an error, nothing done twice.

``./dev soak`` chooses the long form, 2,000 faults over 300 invoices under each profile.
"""

import os
from collections import Counter

import pytest
from faulty_day import FAMILY, FaultyDay
from organisation import DIVISION, INVOICES, NO_LIMITS

from exact_sandbox.process import SandboxProcess

SOAK = os.environ.get("KEEPING_SOAK") == "1"
INVOICES_MADE, FAULTS = (300, 2000) if SOAK else (15, 100)


@pytest.mark.soak
@pytest.mark.parametrize("profile", ["strict", "lenient"])
def test_random_faults(profile):
    with SandboxProcess(profile=profile, **NO_LIMITS) as sandbox:
        day = FaultyDay(sandbox, seed=20261123)
        before = len(sandbox.rows(DIVISION, INVOICES))
        for number in range(INVOICES_MADE):
            day.make_invoice(f"KX-{number}")
        ways = [day.read] * 6 + [day.change_invoice, day.delete_invoice, day.refresh, day.consent]
        while day.faults < FAULTS:
            day.random.choice(ways)()
        sandbox.advance(3600)
        rows = sandbox.rows(DIVISION, INVOICES)
    names = Counter(row.get("Description") for row in rows)
    assert {names[name] for name in day.expected} == {1}, "each invoice exists exactly once"
    assert not [name for name in day.gone if names[name]]
    assert len(rows) == before + INVOICES_MADE
    # It was a bad day indeed: nothing of this proves anything if all calls succeed.
    assert {error.__name__ for error in FAMILY} - set(day.outcomes) <= {"Refused"}
    assert day.outcomes["result"] > FAULTS // 4
