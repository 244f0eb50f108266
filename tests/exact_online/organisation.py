"""People and books in a sandbox, for tests that go through the client."""

import contextlib
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

from consent import give_consent

from exact_online import Client, authorization_url, eq, exchange_code, refresh

REDIRECT = "http://localhost:8069/keeping_exact/oauth/callback"
INVOICES = "salesinvoice/SalesInvoices"
ACCOUNTS = "crm/Accounts"
ITEMS = "logistics/Items"
DIVISION = 241806  # the first administration of the demo data
NOBODY = uuid.UUID(int=0)
# Of the many refusals that tests ask for, none is to be the one too many.
NO_LIMITS = {"minute_limit": 100_000, "day_limit": 1_000_000, "error_limit": 100_000}


class Organisation:
    """A sandbox with someone who is connected to it.

    :param login: the user; by default the one with all rights, who reads Dutch
    """

    def __init__(self, sandbox, login=None):
        self.sandbox = sandbox
        self.login = login or sandbox.login
        self.tokens = None

    def consent(self):
        """Give consent as a person does; return the query of the way back."""
        sandbox = self.sandbox
        url = authorization_url(sandbox.url, sandbox.client_id, REDIRECT, "state-1")
        return give_consent(url, self.login, sandbox.password, REDIRECT)

    def exchange(self, code):
        """Trade a code for tokens."""
        sandbox = self.sandbox
        return exchange_code(sandbox.url, sandbox.client_id, sandbox.client_secret, code, REDIRECT)

    def connect(self):
        """Give consent and keep the tokens; return self."""
        back = self.consent()
        assert back["state"] == "state-1"
        self.tokens = self.exchange(back["code"])
        return self

    def refresh(self, token=None):
        """Trade a refresh token, by default the newest, and keep what comes."""
        sandbox = self.sandbox
        token = token or self.tokens.refresh_token
        self.tokens = refresh(sandbox.url, sandbox.client_id, sandbox.client_secret, token)
        return self.tokens

    def access_token(self, rejected=None):
        """What a client asks for tokens."""
        if rejected is not None:
            self.refresh()
        return self.tokens.access_token

    def client(self, division=DIVISION, **options):
        """A client without long pauses."""
        options = {"retry_pauses": (0.01, 0.01), **options}
        return Client(self.sandbox.url, self.access_token, division, **options)

    @contextlib.contextmanager
    def having(self, path, body, back):
        """Have something else set up by the control address, and bring it back."""
        self.sandbox.control("POST", path, body)
        try:
            yield
        finally:
            self.sandbox.control("POST", path, back)

    def rows(self, path, where, values, back):
        """Have rows with other values, past every rule."""
        place = f"rows/{DIVISION}/{path}"
        return self.having(
            place, {"where": where, "values": values}, {"where": where, "values": back}
        )

    def administration(self, back, **changes):
        """Have an administration without some default."""
        return self.having(
            "administrations", {"code": DIVISION, **changes}, {"code": DIVISION, **back}
        )


class Books:
    """What is needed to make invoices; looked up, or made, once per sandbox."""

    def __init__(self, client):
        self.since = datetime.now() - timedelta(days=1)
        self.customer = self.account(client)
        where = eq("Code", "UREN")
        self.item = uuid.UUID(client.first(ITEMS, select=["ID"], where=where)["ID"])

    @staticmethod
    def account(client, **values):
        """Make an account, a customer by default."""
        made = client.post(ACCOUNTS, {"Name": "Klant van een test", "Status": "C", **values})
        return uuid.UUID(made["ID"])

    def payload(self, line=None, **header):
        """An invoice that every profile accepts, with changes; ``None`` leaves one out."""
        values = {
            "OrderedBy": self.customer,
            "InvoiceTo": self.customer,
            "OrderDate": date.today(),
            "Journal": "70",
            "SalesInvoiceLines": [
                _without_none(
                    {
                        "Item": self.item,
                        "Quantity": Decimal("2.25"),
                        "UnitPrice": Decimal("87.10"),
                        **(line or {}),
                    }
                )
            ],
            **header,
        }
        return _without_none(values)


def _without_none(values):
    return {name: value for name, value in values.items() if value is not None}
