"""Random steps of people, bookkeepers and accidents: the promises hold after each of them."""

import json
import os
import random
from pathlib import Path
from types import SimpleNamespace

import pytest

from devtools import walk

SCRIPT = Path(__file__).with_name("walker.py")
SOAK = os.environ.get("KEEPING_SOAK") == "1"
# Set it to take the same steps again.
SEED = int(os.environ.get("KEEPING_SEED") or (random.randrange(2**32) if SOAK else 20261127))
STEPS = int(os.environ.get("KEEPING_STEPS") or (5000 if SOAK else 200))
# Setting up, and a second a step: more than a loaded machine takes.
SECONDS = 120 + STEPS
CONNECTION = "keeping.exact.connection"
ADMINISTRATION = "keeping.exact.administration"

pytestmark = [
    pytest.mark.soak,
    pytest.mark.parametrize("profile", ["strict"], indirect=True),
]


@pytest.fixture(scope="module")
def office(open_office):
    """An office of its own: its jobs stand still, the walk does what they do."""
    with open_office() as opened:
        yield opened


def _add_organisation(office):
    """Have a second organisation in the same database, with another user and other books."""
    admin, sandbox = office.admin, office.sandbox
    [company] = admin.call("res.company", "create", [{"name": "Zuid"}])
    context = {"allowed_company_ids": [company]}
    values = {
        "company_id": company,
        "site": "nl",
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
    }
    [connection] = admin.call(CONNECTION, "create", [values], context=context)
    action = admin.call(CONNECTION, "action_connect", [connection], context=context)
    person = SimpleNamespace(login="sem", password=sandbox.password)
    walk._consent(admin, action["url"], person)
    domain = [("connection_id", "=", connection), ("code", "!=", office.code)]
    [found] = admin.find(ADMINISTRATION, domain, "id", limit=1)
    admin.call(ADMINISTRATION, "action_link", [found["id"]], context=context)
    return {
        "name": "zuid",
        "company": company,
        "administration": found["id"],
        "login": person.login,
    }


def test_the_promises_hold_after_each_of_many_steps(office):
    admin = office.admin
    company = admin.read("res.users", admin.uid, "company_id")["company_id"][0]
    first = {
        "name": "noord",
        "company": company,
        "administration": office.administration,
        "login": office.sandbox.login,
    }
    organisations = [first, _add_organisation(office)]
    # How many calls Exact allows is for other tests.
    office.sandbox.settings(minute_limit=10**6, day_limit=10**6, contract_limit=10**7)
    office.sandbox.settings(error_limit=10**6)
    office.odoo.stop()
    facts = {
        "seed": SEED,
        "steps": STEPS,
        "control": office.sandbox.control_url,
        "password": office.sandbox.password,
        "organisations": organisations,
    }
    try:
        told = office.run_users(SCRIPT, json.dumps(facts), seconds=SECONDS)
    finally:
        office.odoo.start()
    broken, last = told.pop("broken"), told.pop("last")
    print(f"seed {SEED}", *(f"{name}: {value}" for name, value in told.items()), sep="\n")
    print(*last, sep="\n")
    assert not broken, f"KEEPING_SEED={SEED} KEEPING_STEPS={STEPS}\n{broken}"
    assert told["steps"] == STEPS
