"""Demo data of a new state file: users, an app, two administrations with their books."""

from ..users import ALL_RIGHTS, RIGHTS, User
from .books import seed_books
from .invoices import seed_invoices

LOGIN = "anna"
PASSWORD = "sandbox"
APP_NAME = "Keeping Exact Connector"
APP_TEXT = "Invoices timesheet hours and reads customers, items and invoices."
ADMINISTRATIONS = ((241806, "Keeping Demo B.V."), (1204377, "Keeping Advies B.V."))
REDIRECT_URIS = (
    "http://localhost:8069/keeping_exact/oauth/callback",
    "http://127.0.0.1:8069/keeping_exact/oauth/callback",
)
SCOPES = {
    name: "manage"
    for name in (
        "Organization administration",
        "Organization documents",
        "Sales invoices",
        "Crm accounts",
        "Logistics items",
        "Financial generalledgers",
        "Financial accounting",
        "Financial cashflow",
        "Financial receivables",
        "Financial currencies",
    )
}


def seed(sandbox):
    """Fill a new state file; runs inside the transaction that makes its tables.

    Anna has all rights and reads Dutch; Sem has exactly the six rights an invoicing integration
    needs and reads English. Both may open both administrations, and have the same password.
    """
    codes = [code for code, _ in ADMINISTRATIONS]
    anna = User(
        sandbox.new_id(), LOGIN, "Anna", "de Vries", "anna@keeping.example", "nl-NL", codes[0],
        ALL_RIGHTS,
    )  # fmt: skip
    sem = User(
        sandbox.new_id(), "sem", "Sem", "Jansen", "sem@keeping.example", "en-GB", codes[0],
        frozenset(RIGHTS),
    )  # fmt: skip
    for user in (anna, sem):
        sandbox.users.add(user, PASSWORD, codes)
    sandbox.apps.register(
        APP_NAME, APP_TEXT, "partner", SCOPES, REDIRECT_URIS, sandbox.clock.timestamp()
    )
    for index, (code, name) in enumerate(ADMINISTRATIONS):
        context = sandbox.context(code, anna)
        seed_books(context, name, main=index == 0)
        if index == 0:
            seed_invoices(context)


def demo_app(sandbox):
    """Return the app of the demo data."""
    return sandbox.apps.all()[0]
