"""10,000 mutated bodies: results, or errors of the family, from every reader of answers."""

import json
import os
import random
from collections import Counter

import pytest
from scripted_server import reply

from exact_online import (
    Client,
    ExactError,
    Tokens,
    UnexpectedAnswer,
    UnknownOutcome,
    refresh,
)
from exact_online.answers import read_answer, written_answer
from exact_online.oauth import read_tokens
from exact_online.values import decode
from exact_online.wire import Answer

# 10,000 in process, and in the long form as many through the whole client.
OVER_A_SOCKET = 10_000 if os.environ.get("KEEPING_SOAK") == "1" else 400
READING = 4
SECRET, TOKEN = "IAAAAsecret-of-the-app", "4dCx!IAAAAtoken-to-renew"
SEEDS = [
    b'{"d":{"results":[{"__metadata":{"uri":"https://x/crm/Accounts(guid\'71b9\')"},"ID":"71b9",'
    b'"Code":"                25","Created":"\\/Date(1731320070997)\\/","AmountFC":1.10,'
    b'"BankAccounts":{"__deferred":{"uri":"x"}}}],"__next":"https://x/api/v1/7/crm/Accounts"}}',
    b'{"d":[{"ID":"0f8f0a3c","Timestamp":"5","IsSales":true,"Discount":0.05}]}',
    b'{"d":{"InvoiceID":"0f8f","SalesInvoiceLines":{"results":[{"Quantity":2.25}]}}}',
    b'{"d":{"UserHasRights":true}}',
    b'{"d":true}',
    b'{\r\n"error": {\r\n"code": "", "message": {\r\n"lang": "", '
    b'"value": "Verplicht: A\\r\\nVerplicht: B"\r\n}\r\n}\r\n}',
    b'{"access_token":"AAEAnew","token_type":"bearer","expires_in":"600",'
    b'"refresh_token":"4dCx!IAAAAnew"}',
    b'{"error":"unauthorized_client","error_description":"Old refresh token used."}',
    b'{"fault":{"faultstring":"x","detail":{"errorcode":"steps.ExecutionFailed"}}}',
    b"<html><body>Server maintenance</body></html>",
]
PIECES = [
    b"",
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b",",
    b":",
    b"null",
    b"true",
    b"NaN",
    b"1e999999999",
    b"-0",
    b"9" * 400,
    b"\\u0000",
    b"\\ud800",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x00",
    b'{"d":' * 50,
    b"[" * 3000,
    b'"/Date(99999999999999999)/"',
    b'"__next":5,',
    b'"results":{},',
    b'"error":[],',
    b'"message":7,',
]
STATUSES = [200] * 5 + [201] * 3 + [204, 302, 400, 400, 401, 403, 404, 408, 429, 500, 500, 503, 504]
KINDS = ["application/json; charset=utf-8"] * 4 + ["text/html", "", "application/json;;é"]


def mutated(chance, seeds=SEEDS):
    """A body of Exact with up to five changes; some have none."""
    body = bytearray(chance.choice(seeds))
    for _change in range(chance.choice((0, 1, 1, 2, 5))):
        place, length = chance.randrange(len(body) + 1), chance.choice((0, 0, 1, 2, 7, 40))
        piece = chance.choice(PIECES)
        if chance.random() < 0.3:
            piece = bytes(chance.randrange(256) for _byte in range(chance.randrange(1, 5)))
        elif chance.random() < 0.2:
            start = chance.randrange(len(body) + 1)
            piece = bytes(body[start : start + 30])
        body[place : place + length] = piece
    return bytes(body)


def answers(number, seed, seeds=SEEDS):
    chance = random.Random(seed)
    for _answer in range(number):
        headers = {"Content-Type": chance.choice(KINDS)}
        if chance.random() < 0.2:
            name = chance.choice(("Reason", "Retry-After", "X-RateLimit-Minutely-Reset", "Date"))
            headers[name] = mutated(chance).decode("latin-1")[:60]
        yield Answer(chance.choice(STATUSES), headers, mutated(chance, seeds))


def as_read(answer):
    """What the client makes of a list, without following it."""
    listing = read_answer(answer)
    listing = listing.get("d") if isinstance(listing, dict) else listing
    listing = listing.get("results") if isinstance(listing, dict) else listing
    return [decode(row) for row in listing] if isinstance(listing, list) else listing


READERS = {
    "reading call": as_read,
    "POST": lambda answer: written_answer(answer, expects_entity=True),
    "PUT": lambda answer: written_answer(answer, expects_entity=False),
    "token call": lambda answer: read_tokens(answer, (SECRET, TOKEN)),
}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_readers(reader):
    ends = Counter()
    seeds = SEEDS[6:] if reader is READERS["token call"] else SEEDS
    for answer in answers(2500, 7, seeds):
        try:
            result = reader(answer)
        except ExactError as error:
            str(error), repr(error)
            assert error.took_effect is (None if type(error) is UnknownOutcome else False)
            if reader is not READERS["reading call"]:
                assert type(error) is not UnexpectedAnswer, "who wrote must look it up"
            ends[type(error).__name__] += 1
        else:
            assert 200 <= answer.status < 300
            if reader is READERS["token call"]:
                assert isinstance(result, Tokens) and result.access_token.strip()
            ends["result"] += 1
    # Some of everything, or the mutations are too mild or too wild to tell anything.
    assert len(ends) >= 5 and ends["result"] >= 25, ends


def calls_of(server):
    """The entry points, each with a client, and a ledger, of its own."""

    def with_client(work):
        def call():
            with Client(
                server.url, lambda rejected=None: "AAEA", 7, retry_pauses=(), timeout=(5, 5)
            ) as client:
                return work(client)

        return call

    select = {"select": ["ID"]}
    # The first READING ones change nothing.
    return [
        with_client(lambda client: client.me()),
        with_client(lambda client: next(client.pages("crm/Accounts", **select))),
        with_client(lambda client: next(client.sync("sync/CRM/Accounts", 1, **select))),
        with_client(lambda client: client.has_right("crm/Accounts", "GET")),
        with_client(lambda client: client.post("crm/Accounts", {"Name": "x"})),
        with_client(lambda client: client.put("crm/Accounts", 1, {"Name": "x"})),
        with_client(lambda client: client.delete("crm/Accounts", 1)),
        lambda: refresh(server.url, "client", SECRET, TOKEN),
    ]


@pytest.mark.soak
def test_over_a_socket(server):
    ends = Counter()
    calls = calls_of(server)
    for number, answer in enumerate(answers(OVER_A_SOCKET, seed=9)):
        headers = {name: as_header(text) for name, text in answer.headers.items()}
        kind = headers.pop("Content-Type")
        server.script(reply(answer.status, answer.body, kind, headers))
        place = number % len(calls)
        try:
            calls[place]()
            ends["result"] += 1
        except ExactError as error:
            str(error), repr(error)
            assert error.took_effect is (None if type(error) is UnknownOutcome else False)
            # Who wrote has to look it up; a reading call has no effect that could be unknown.
            assert type(error) is not (UnknownOutcome if place < READING else UnexpectedAnswer)
            ends[type(error).__name__] += 1
    assert len(server.requests) == OVER_A_SOCKET, "each call is made once"
    assert sum(ends.values()) == OVER_A_SOCKET and len(ends) >= 6, ends


def as_header(text):
    """What of a text can stand in a header."""
    return "".join(character for character in text if " " <= character <= "~").strip()


def test_the_seeds_are_answers():
    """Unmutated, they mean what they look like."""
    kinds = {"Content-Type": "application/json"}
    assert as_read(Answer(200, kinds, SEEDS[0]))[0]["Code"] == "25"
    assert read_tokens(Answer(200, kinds, SEEDS[6])).expires_in == 600
    for seed in SEEDS[:9]:
        json.loads(seed)
