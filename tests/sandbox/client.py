"""A small client of the API, for tests: it knows nothing of the sandbox's insides."""

import itertools
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from exact_sandbox.person import Person

REDIRECT = "http://localhost:8069/keeping_exact/oauth/callback"
_serial = itertools.count(1)


def authorize_url(sandbox, **changes):
    """Return an authorize address; a change to None leaves a parameter out."""
    values = {
        "client_id": sandbox.client_id,
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "state": "st/ate 1",
        **changes,
    }
    kept = {name: value for name, value in values.items() if value is not None}
    return f"{sandbox.url}/api/oauth2/auth?{urlencode(kept)}"


def query_of(address):
    """Return the query of an address as a dict of texts."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def token_call(sandbox, **form):
    """Post to the token endpoint with the demo app's credentials."""
    data = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret, **form}
    kept = {name: value for name, value in data.items() if value is not None}
    return requests.post(f"{sandbox.url}/api/oauth2/token", data=kept, timeout=10)


class Client:
    """Someone's connection: tokens and calls."""

    def __init__(self, sandbox, login=None):
        self.sandbox = sandbox
        self.login = login or sandbox.login
        self.person = Person(sandbox.url, self.login, sandbox.password)
        self.division = sandbox.administrations[0]["code"]
        self.access = self.refresh_token = None
        self.session = requests.Session()
        self.session.trust_env = False

    def code(self, divisions=None, **changes):
        """Walk the consent and return the code."""
        address = self.person.consent(
            authorize_url(self.sandbox, **changes), divisions=divisions
        )  # fmt: skip
        return query_of(address)["code"]

    def connect(self, divisions=None):
        """Consent and fetch tokens; return self."""
        answer = token_call(
            self.sandbox, grant_type="authorization_code", code=self.code(divisions),
            redirect_uri=REDIRECT,
        )  # fmt: skip
        return self.take(answer)

    def take(self, answer):
        """Keep the tokens of an answer."""
        assert answer.status_code == 200, answer.text
        self.access = answer.json()["access_token"]
        self.refresh_token = answer.json()["refresh_token"]
        return self

    def refresh(self):
        """Ask for new tokens with the refresh token at hand; return the answer."""
        return token_call(
            self.sandbox, grant_type="refresh_token", refresh_token=self.refresh_token
        )  # fmt: skip

    def call(self, method, path, division=None, headers=None, **options):
        """Call the API; ``path`` is below the administration or absolute."""
        if not path.startswith(("http", "/")):
            path = f"/api/v1/{division or self.division}/{path}"
        if path.startswith("/"):
            path = self.sandbox.url + path
        sent = {
            "Authorization": f"Bearer {self.access}",
            "Accept": "application/json",
            **(headers or {}),
        }
        options.setdefault("timeout", 20)
        return self.session.request(method, path, headers=sent, **options)

    def get(self, path, division=None, **query):
        """Return the answer of a GET with query options named without their dollar sign."""
        params = {f"${name}": value for name, value in query.items()}
        return self.call("GET", path, division, params=params)

    def rows(self, path, division=None, **query):
        """Return the rows of a list, all pages of it."""
        answer, rows = self.get(path, division, **query), []
        while True:
            assert answer.status_code == 200, answer.text
            body = answer.json()["d"]
            if isinstance(body, list):
                return rows + body
            rows += body["results"]
            if "__next" not in body:
                return rows
            answer = self.call("GET", body["__next"])

    def one(self, path, filter, **query):
        """Return the only row of a filter."""
        query.setdefault("select", "*")
        rows = self.rows(path, filter=filter, **query)
        assert len(rows) == 1, rows
        return rows[0]

    def post(self, path, represent=True, **values):
        """Post a body."""
        headers = {"Prefer": "return=representation"} if represent else {}
        return self.call("POST", path, json=values, headers=headers)

    def make(self, path, **values):
        """Post a body and return the row it made."""
        answer = self.post(path, **values)
        assert answer.status_code == 201, answer.text
        return answer.json()["d"]

    def put(self, path, **values):
        """Put a body."""
        return self.call("PUT", path, json=values)

    def delete(self, path):
        """Delete a row."""
        return self.call("DELETE", path)

    # What tests often need

    def account(self, **values):
        """Make a customer."""
        values = {"Name": f"Test customer {next(_serial)}", "Status": "C", **values}
        return self.make("crm/Accounts", **values)

    def item(self, **values):
        """Make an item that is sold by the hour, in fractions."""
        values = {
            "Code": f"T{next(_serial)}", "Description": "Test", "Unit": "hour",
            "IsSalesItem": True, "IsFractionAllowedItem": True, "SalesVatCode": "4", **values,
        }  # fmt: skip
        return self.make("logistics/Items", **values)

    def invoice(self, account=None, lines=None, **values):
        """Make an invoice of one line and return the row."""
        answer = self.try_invoice(account, lines, **values)
        assert answer.status_code == 201, answer.text
        return answer.json()["d"]

    def try_invoice(self, account=None, lines=None, represent=True, **values):
        """Post an invoice and return the answer."""
        account = account or self.account()
        if lines is None:
            lines = [{"Item": self.item()["ID"], "Quantity": 2, "UnitPrice": 100}]
        body = {"OrderedBy": account["ID"], "SalesInvoiceLines": lines, **values}
        return self.post("salesinvoice/SalesInvoices", represent, **body)

    def lines(self, invoice):
        """Return the lines of an invoice in their order."""
        rows = self.rows(
            "salesinvoice/SalesInvoiceLines", select="*",
            filter=f"InvoiceID eq guid'{invoice['InvoiceID']}'",
        )  # fmt: skip
        return sorted(rows, key=lambda row: row["LineNumber"])


def message(answer):
    """Return the text of a refusal, checking its shape (chapter 3.5)."""
    error = answer.json()["error"]
    assert error["code"] == "" and error["message"]["lang"] == ""
    return error["message"]["value"]
