"""A consent among others who are at the same rows: none loses the tokens that Exact gave."""

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin

import pytest

from devtools import services
from devtools.web import Browser, forms

MODEL = "keeping.exact.connection"
LATER = 575

# Nothing of what the sources leave open matters here: once is enough.
pytestmark = pytest.mark.parametrize("profile", ["strict"], indirect=True)


def _make_connection(office, app):
    company = office.admin.read("res.users", office.admin.uid, "company_id")["company_id"][0]
    values = {name: app[name] for name in ("client_id", "client_secret")}
    return office.admin.call(MODEL, "create", [{"company_id": company, "site": "nl", **values}])[0]


def _way_back(office, connection):
    """Allow access; return the address that Exact sends the browser back to."""
    browser = Browser()
    page = browser.open(office.admin.call(MODEL, "action_connect", [connection])["url"])
    login = next(form for form in forms(page.text) if form.has("password"))
    typed = {"text": office.sandbox.login, "password": office.sandbox.password}
    page = browser.submit(page, login, login.filled(**typed))
    consent = next(form for form in forms(page.text) if form.button("allow"))
    answer = browser.session.post(
        urljoin(page.url, consent.action),
        data=consent.filled(consent.button("allow"), checkbox="all"),
        allow_redirects=False,
    )
    return answer.headers["Location"]


@pytest.fixture(autouse=True)
def disconnected(office):
    """What the tests connected is not there for the next ones, and the office's tokens are new."""
    before = office.admin.find(MODEL, [("state", "=", "connected")], "id")
    yield
    kept = [connection["id"] for connection in before]
    made = office.admin.find(MODEL, [("id", "not in", kept)], "id")
    office.admin.call(MODEL, "action_disconnect", [connection["id"] for connection in made])
    for connection in kept:
        office.admin.call(MODEL, "action_check", [connection])


def _let_tokens_run_out(office, database):
    office.sandbox.advance(LATER)
    with database() as connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE keeping_exact_grant"
            " SET refreshed_at = refreshed_at - %(by)s * interval '1 second',"
            " access_expires_at = access_expires_at - %(by)s * interval '1 second'",
            {"by": LATER},
        )


def _come_back(client, url):
    return client.browser.session.get(url, allow_redirects=False, timeout=60)


def test_two_first_consents_at_once_share_a_grant(office, database):
    """Neither finds a grant when it begins; each is slow enough for the other to begin too."""
    app = office.sandbox.register_app("At once", office.odoo.url + services.CALLBACK)
    connections = [_make_connection(office, app) for _number in range(2)]
    ways_back = [_way_back(office, connection) for connection in connections]
    clients = [office.log_in("admin") for _way in ways_back]
    office.sandbox.add_fault("delay", "GET", "current/Me", seconds=1, times=2)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(_come_back, clients, ways_back))
    assert [answer.status_code for answer in answers] == [303, 303], answers[-1].text
    # The tokens that were kept are the ones that Exact gave last: they can be renewed.
    _let_tokens_run_out(office, database)
    for connection in connections:
        office.admin.call(MODEL, "action_check", [connection])
        assert office.admin.read(MODEL, connection, "state")["state"] == "connected"
    with database() as opened, opened.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM keeping_exact_grant WHERE client_id = %s", (app["client_id"],)
        )
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize("table", ["keeping_exact_connection", "keeping_exact_grant"])
def test_a_consent_waits_for_whoever_is_at_its_rows(office, database, table):
    """Such as a renewal of tokens; the code is not used before."""
    app = office.sandbox.register_app(table, office.odoo.url + services.CALLBACK)
    connection = _make_connection(office, app)
    assert _come_back(office.admin, _way_back(office, connection)).status_code == 303
    url = _way_back(office, connection)
    other = database()
    with ThreadPoolExecutor(1) as pool, other.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET client_id = client_id WHERE client_id = %s", (app["client_id"],)
        )
        future = pool.submit(_come_back, office.admin, url)
        time.sleep(1.5)
        assert not future.done()
        other.commit()
        assert future.result(timeout=60).status_code == 303
    office.admin.call(MODEL, "action_check", [connection])
