"""Makes the client importable alone, as it is used without Odoo."""

import sys
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT, ROOT / "keeping_exact_connector"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

# Everything that tests make is under .dev/.
set_hypothesis_home_dir(ROOT / ".dev" / "cache" / "hypothesis")
# Nothing is remembered between runs, and a busy machine is no failure.
settings.register_profile("exact_online", database=None, deadline=None)
settings.load_profile("exact_online")


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch):
    """The client honours proxies of the environment; the tests' servers are on loopback."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server():
    from scripted_server import ScriptedServer

    with ScriptedServer() as server:
        yield server


@pytest.fixture(scope="module", params=["strict", "lenient"])
def organisation(request, renew):
    """Someone who is connected and has books to invoice in, for each profile of the sandbox."""
    from organisation import NO_LIMITS, Books, Organisation

    sandbox = renew(profile=request.param, **NO_LIMITS)
    sandbox.profile = request.param
    organisation = Organisation(sandbox).connect()
    with organisation.client() as client:
        organisation.books = Books(client)
    return organisation


@pytest.fixture
def books(organisation):
    return organisation.books


class TokenSource:
    """Hands out tokens as the add-on does, and remembers what it was asked."""

    def __init__(self, *tokens):
        self.tokens = list(tokens)
        self.rejected = []

    def __call__(self, rejected=None):
        if rejected is not None:
            self.rejected.append(rejected)
            self.tokens.pop(0)
        return self.tokens[0]


@pytest.fixture
def tokens():
    return TokenSource("AAEAfirst", "AAEAsecond", "AAEAthird")


@pytest.fixture
def calls():
    """The records that the client's observer got."""
    return []


@pytest.fixture
def client(server, tokens, calls):
    """A client of the scripted server, with pauses too short to wait for."""
    from exact_online import Client

    with Client(
        server.url, tokens, 7, observer=calls.append, timeout=(2, 2), retry_pauses=(0.01, 0.01)
    ) as client:
        yield client
