"""Whatever began before the billing and is written after it changes no billed hour (promise 2)."""

from pathlib import Path

import pytest

# What happens between two transactions of Odoo has nothing to do with what Exact answers.
pytestmark = pytest.mark.parametrize("profile", ["strict"], indirect=True)

SCRIPT = Path(__file__).with_name("overlapping_changes.py")
# These may be done, and leave the billed hours where they were.
ALLOWED = {"move the task", "change the project's customer", "change the task's customer"}


def test_what_began_before_the_billing_changes_no_billed_hour(office):
    found = office.run_users(SCRIPT, office.administration)
    assert len(found) == 12
    for label, outcome in found.items():
        assert outcome["after"] == outcome["before"], label
        assert outcome["live"] == [2.0], label
        # Either it was told at once, or it met the conflict and was told, or did what it may.
        last = outcome["met"][-1]
        assert (last is None) == (label in ALLOWED), (label, outcome["met"])
    # These write the hours too, and are done anew without the billed ones.
    for label in ("move the task", "change the task's customer"):
        assert found[label]["met"] == ["conflict", None], label
