"""A day on which everything goes wrong, and a driver that keeps its books right all the same.

The driver is the least that a user of the client has to do: look up after an unknown outcome,
wait after a limit, connect again when the tokens are dead. It stands in for the add-on.
"""

import random
import time
import uuid
from collections import Counter

from organisation import INVOICES, Books, Organisation

from exact_online import (
    ExactError,
    Ledger,
    LimitReached,
    NoRight,
    NotConnected,
    Refused,
    UnexpectedAnswer,
    UnknownOutcome,
    Unreachable,
    all_of,
    eq,
    ge,
)

FAMILY = {
    Refused,
    NoRight,
    NotConnected,
    LimitReached,
    Unreachable,
    UnknownOutcome,
    UnexpectedAnswer,
}
READ_SECONDS = 0.6
# The longest that one call of the client may take here: three tries, and their pauses.
LONGEST = 3 * (2 + READ_SECONDS) * 4
LATE = 30.0

JSON = "application/json; charset=utf-8"
ERROR = '{"error":{"code":"","message":{"lang":"","value":"%s"}}}'
# Kinds of faults with their options; how often is by their number in the list.
FAULTS = [
    ("lose_request", {}),
    ("lose_request", {}),
    ("lose_answer", {}),
    ("lose_answer", {}),
    ("lose_answer", {}),
    ("cut_answer", {}),
    ("cut_answer", {}),
    ("late", {"seconds": LATE}),
    ("late", {"seconds": LATE}),
    ("delay", {"seconds": 0.02}),
    ("wrong_type", {}),
    ("after", {"status": 500, "body": "", "content_type": JSON}),
    ("empty", {}),
    ("empty_after", {}),
    ("html", {}),
    ("html_after", {}),
    ("bad_gateway", {}),
    ("maintenance", {}),
    ("gateway_extract", {}),
    ("gateway_proxy", {}),
    ("too_many", {}),
    *(("status", {"status": status}) for status in (500, 502, 503, 504)),
    *(
        ("status", {"status": status, "body": ERROR % text, "content_type": JSON})
        for status, text in (
            (500, "A problem has occurred."),
            (503, "Service Unavailable"),
            (504, "Gateway Timeout"),
            (401, "Access token expired"),
            (403, "Forbidden"),
        )
    ),
]
# Longer than the client waits; seldom, for it costs time.
SLOW = ("delay", {"seconds": READ_SECONDS + 0.3})


class FaultyDay:
    """Makes invoices and reads, with a fault in most calls, and checks each call afterwards.

    :param sandbox: a sandbox without limits of its own
    :param seed: makes the same faults in every run
    """

    def __init__(self, sandbox, seed):
        self.sandbox = sandbox
        self.random = random.Random(seed)
        self.organisation = Organisation(sandbox).connect()
        self.ahead = 0.0
        self.ledger = Ledger(clock=lambda: time.time() + self.ahead)
        self.records = []
        self.faults = 0
        self.outcomes = Counter()
        self.client = self.organisation.client(
            timeout=(2, READ_SECONDS), observer=self.records.append, ledger=self.ledger
        )
        with self.organisation.client() as quiet:
            self.books = Books(quiet)
        self.expected, self.gone = {}, set()

    # One call

    def call(self, function, *arguments, calm=False, **options):
        """Make one call of the client, perhaps with a fault, and check what it left behind.

        :return: (result, error), one of them ``None``
        """
        self._settle()
        if not calm:
            self._arm(function)
        started = time.monotonic()
        result = error = None
        try:
            result = function(*arguments, **options)
        except ExactError as caught:
            error = caught
            assert type(error) in FAMILY
            assert error.took_effect is (None if type(error) is UnknownOutcome else False)
        assert time.monotonic() - started < LONGEST, "it hangs"
        self.sandbox.clear_faults()
        self._check(function)
        self.outcomes[type(error).__name__ if error else "result"] += 1
        self._recover(error)
        return result, error

    def _arm(self, function):
        kind, options = SLOW if self.random.random() < 0.01 else self.random.choice(FAULTS)
        of_tokens = function in (self.organisation.refresh, self.exchange)
        path = "/api/oauth2/token" if of_tokens else "/api/v1/"
        times = self.random.choice((1, 1, 2, 3))
        skip = self.random.choice((0, 0, 0, 1))
        self.sandbox.add_fault(kind, path=path, times=times, skip=skip, **options)

    def _settle(self):
        """Have done what was put off, and forget what was logged."""
        self.sandbox.advance(LATE + 1)
        self.sandbox.clear_calls()
        self.records.clear()

    def _check(self, function):
        """The sandbox saw each call once that the client tells of, and a write once at all."""
        wanted = Counter((record.method, record.path) for record in self.records)
        end = time.monotonic() + 5
        while True:
            log = self.sandbox.calls()
            seen = Counter(
                (call["method"], call["path"])
                for call in log
                if call["path"].startswith("/api/v1/")
            )
            if seen == wanted or time.monotonic() > end:
                break
            time.sleep(0.005)
        assert seen == wanted
        self.faults += sum(bool(call["fault"]) for call in log)
        tokens = [call for call in log if call["path"].startswith("/api/oauth2/")]
        assert len(tokens) <= 1, "a token call is never repeated"
        writes = [record for record in self.records if record.method != "GET"]
        refused = [record for record in writes if record.status == 401]
        assert len(writes) - len(refused) <= 1 and len(refused) <= 2

    def _recover(self, error):
        if isinstance(error, LimitReached) and error.cause == "tokens":
            self.sandbox.advance(580)
        elif isinstance(error, LimitReached):
            wait = error.retry_at.timestamp() - self.ledger._clock()
            self.ahead += max(wait, 0) + 1
        elif isinstance(error, NotConnected) or (
            isinstance(error, UnknownOutcome) and error.status is None
        ):
            # Perhaps it was the token call inside of another one.
            self.sandbox.advance(580)
            self.organisation.connect()

    def until_done(self, function, *arguments, **options):
        """Repeat a call that may be repeated until it has a result."""
        for _attempt in range(40):
            result, error = self.call(function, *arguments, **options)
            if error is None:
                return result
        raise AssertionError("it never came to an end")

    # What is done all day

    def make_invoice(self, name):
        """Make one invoice, and never two."""
        payload = self.books.payload(Description=name)
        while True:
            row, error = self.call(self.client.post, INVOICES, payload, reference=name)
            if row is not None:
                key = row["InvoiceID"]
                break
            if error.took_effect is None and (found := self.find(name)):
                key = found[0]["InvoiceID"]
                assert len(found) == 1
                break
        self.expected[name] = uuid.UUID(key)

    def find(self, name):
        """All invoices of that name."""
        where = all_of(eq("OrderedBy", self.books.customer), eq("Description", name))
        return self.until_done(
            lambda: [
                row
                for page in self.client.pages(INVOICES, select=["InvoiceID"], where=where)
                for row in page
            ]
        )

    def change_invoice(self):
        """A change may be made twice: it says what is to be."""
        name = self.random.choice(list(self.expected))
        text = str(self.random.randrange(10**6))
        self.until_done(self.client.put, INVOICES, self.expected[name], {"YourRef": text})
        where = eq("InvoiceID", self.expected[name])
        row = self.until_done(self.client.first, INVOICES, select=["YourRef"], where=where)
        assert row == {"YourRef": text}

    def delete_invoice(self):
        """Made to be deleted: gone in the end, whatever the answers were."""
        name = f"gone {len(self.gone)}"
        self.make_invoice(name)
        key = self.expected.pop(name)
        self.gone.add(name)
        while True:
            _none, error = self.call(self.client.delete, INVOICES, key)
            # A gateway that cannot find Exact answers 404 too, but has no text of Exact's.
            gone = isinstance(error, Refused) and error.status == 404 and error.messages
            if error is None or gone:
                break
        assert self.find(name) == []

    def read(self):
        """One of the reading calls."""
        client = self.client
        since = ge("Created", self.books.since)
        self.call(
            *self.random.choice(
                (
                    (client.me,),
                    (client.divisions, client._division),
                    (client.has_right, INVOICES, "POST"),
                    (lambda: list(client.sync("sync/CRM/Accounts", 1, select=["ID"])),),
                    (lambda: list(client.pages(INVOICES, select=["InvoiceID"], where=since)),),
                    (lambda: list(client.everything("crm/Accounts", select=["ID", "Name"])),),
                    (lambda: list(client.rows("vat/VATCodes", select=["ID", "Code"])),),
                )
            )
        )

    def refresh(self):
        """Renew the tokens in the middle of everything."""
        self.sandbox.advance(580)
        self.call(self.organisation.refresh)

    def consent(self):
        """Give consent anew; if its code is lost, so are the tokens there were."""
        code = self.organisation.consent()["code"]
        tokens, error = self.call(self.exchange, code)
        if tokens is not None:
            self.organisation.tokens = tokens
        elif error.took_effect is None:
            self.organisation.connect()

    def exchange(self, code):
        """Trade a code for tokens."""
        return self.organisation.exchange(code)
