"""Kinds of apps (chapter 1.8), sites (1.1) and the authorize request (1.2)."""

from types import SimpleNamespace

import pytest
import requests
from client import REDIRECT, Client, authorize_url, query_of, token_call

from exact_sandbox.person import Person
from exact_sandbox.process import SandboxError

SITES = ("nl", "be", "uk", "us")


def on(sandbox, site, kind="partner"):
    """Return one site of a sandbox, as a sandbox of its own for the client."""
    app = next(app for app in sandbox.apps if (app["site"], app["kind"]) == (site, kind))
    return SimpleNamespace(
        url=sandbox.sites[site], client_id=app["client_id"], client_secret=app["client_secret"],
        login=sandbox.login, password=sandbox.password, administrations=sandbox.administrations,
    )  # fmt: skip


def anna_on(sandbox):
    return Person(sandbox.url, sandbox.login, sandbox.password)


@pytest.fixture(scope="module")
def sites():
    from exact_sandbox.process import SandboxProcess

    with SandboxProcess(sites=",".join(SITES)) as process:
        yield process


def test_partner_app_shows_purpose_third_parties_scopes_and_a_choice(sandbox):
    page = anna_on(sandbox).visit(authorize_url(sandbox))[1]
    for text in ("Purpose", "Invoices timesheet hours", "Third parties", "Sales invoices"):
        assert text in page
    assert page.count('name="divisions"') == len(sandbox.administrations)


def test_own_app_has_no_choice_and_no_data_scope(sandbox):
    own = on(sandbox, "nl", "own")
    page = anna_on(own).visit(authorize_url(own))[1]
    assert 'name="divisions"' not in page and "Third parties" not in page
    client = Client(own).connect()
    for item in own.administrations:
        assert client.get("financial/Journals", item["code"], select="Code").status_code == 200
    page = client.person.visit("/docs/MyExactOnline.aspx")[1]
    assert "Our own Odoo" in page
    status, text, _ = client.person.submit(
        page, "client_id", client_id=own.client_id, divisions=[], answer="save"
    )
    assert status == 400 and "no choice of administrations" in text


def test_apps_by_control(anew):
    sandbox = anew()
    app = sandbox.register_app("Third", REDIRECT, kind="partner", scopes={"Crm accounts": "read"})
    assert (app["name"], app["kind"], app["site"]) == ("Third", "partner", "nl")
    third = SimpleNamespace(**{**vars(sandbox), **app})
    client = Client(third).connect()
    assert client.get("crm/Accounts", select="ID", filter="Name eq 'x'").status_code == 200
    assert client.post("crm/Accounts", Name="x").status_code == 403
    kinds = [app["kind"] for app in sandbox.control("GET", "apps")["apps"]]
    assert kinds == ["partner", "own", "partner"]
    for values in ({"kind": "odd"}, {"site": "de"}):
        with pytest.raises(SandboxError, match="An app has a name"):
            sandbox.register_app("Fourth", REDIRECT, **values)


@pytest.mark.parametrize(
    ("answer", "query"),
    [("error", {"error": "access_denied", "state": "st/ate 1"}), ("bare", {"state": "st/ate 1"})],
)
def test_refused_consent(anew, answer, query):
    sandbox = anew(refused_consent=answer)
    address = anna_on(sandbox).consent(authorize_url(sandbox), allow=False)
    assert address.startswith(REDIRECT) and query_of(address) == query
    address = anna_on(sandbox).consent(authorize_url(sandbox, state=None), allow=False)
    assert address == (REDIRECT if answer == "bare" else f"{REDIRECT}?error=access_denied")


def test_state_is_optional(sandbox):
    address = anna_on(sandbox).consent(authorize_url(sandbox, state=None))
    assert set(query_of(address)) == {"code"}


@pytest.mark.parametrize(
    ("kind", "error"), [("token", "unsupported_response_type"), (None, "invalid_request")]
)
def test_response_type_is_code(sandbox, kind, error):
    redirect = anna_on(sandbox).open(authorize_url(sandbox, response_type=kind))[2]
    assert query_of(redirect) == {"error": error, "state": "st/ate 1"}


def test_addresses_have_6000_characters_at_most(sandbox, anna):
    fits = authorize_url(sandbox, state="")
    fits += "s" * (6000 - len(fits))
    assert anna_on(sandbox).open(fits)[0] == 200
    assert anna_on(sandbox).open(f"{fits}s")[0] == 414
    long = f"{sandbox.url}/api/v1/current/Me?x="
    assert anna.call("GET", long + "x" * (6000 - len(long))).status_code == 200
    assert anna.call("GET", long + "x" * (6001 - len(long))).status_code == 414


def test_sites_have_addresses_and_apps_of_their_own(sites):
    assert tuple(sites.sites) == SITES and sites.url == sites.sites["nl"]
    assert len(set(sites.sites.values())) == len({app["client_id"] for app in sites.apps}) / 2 == 4
    assert sites.client_id == sites.apps[0]["client_id"]
    for site in SITES:
        client = Client(on(sites, site)).connect()
        assert client.call("GET", "/api/v1/current/Me").json()["d"]["results"][0]["UserName"]
        assert f"sandbox {site.upper()}" in client.person.visit("/docs/ManageApps.aspx")[1]


def test_an_app_is_unknown_on_another_site(sites):
    dutch = on(sites, "nl")
    for site in SITES[1:]:
        elsewhere = SimpleNamespace(**{**vars(dutch), "url": sites.sites[site]})
        status, page, redirect = anna_on(elsewhere).visit(authorize_url(elsewhere))
        assert (status, redirect) == (401, None)
        assert f"Client with identifier &#39;{dutch.client_id}&#39; not found." in page
        page = anna_on(elsewhere).visit("/docs/ManageApps.aspx")[1]
        assert dutch.client_id not in page


def test_codes_and_tokens_of_one_site_mean_nothing_on_another(sites):
    dutch, belgian = on(sites, "nl"), on(sites, "be")
    client = Client(dutch).connect()
    address = f"{belgian.url}/api/v1/current/Me"
    assert client.call("GET", address).status_code == 401
    code = {"grant_type": "authorization_code", "code": client.code(), "redirect_uri": REDIRECT}
    refresh = {"grant_type": "refresh_token", "refresh_token": client.refresh_token}
    credentials = {"client_id": dutch.client_id, "client_secret": dutch.client_secret}
    for form in (code, refresh):
        answer = token_call(belgian, **form, **credentials)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        answer = token_call(belgian, **form)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert token_call(dutch, **code).status_code == 200


def test_a_login_is_for_one_site(sites):
    person = anna_on(on(sites, "nl"))
    person.visit("/docs/MenuPortal.aspx")
    answer = person.open(f"{sites.sites['be']}/docs/MenuPortal.aspx")
    assert "Administrations</h1>" not in answer[1]


def test_permissions_are_those_of_the_site(sites):
    Client(on(sites, "uk")).connect()
    page = anna_on(on(sites, "us")).visit("/docs/MyExactOnline.aspx")[1]
    assert on(sites, "uk").client_id not in page
    assert (
        on(sites, "uk").client_id in anna_on(on(sites, "uk")).visit("/docs/MyExactOnline.aspx")[1]
    )


def test_sites_keep_their_ports_and_apps_over_a_restart(fresh):
    sandbox = fresh(sites="be,nl")
    before = (sandbox.sites, sandbox.apps)
    assert next(iter(sandbox.sites)) == "be" and sandbox.apps[0]["site"] == "be"
    sandbox.stop()
    sandbox.start()
    assert (sandbox.sites, sandbox.apps) == before


def test_another_site_of_the_same_state_has_other_apps(fresh):
    sandbox = fresh()
    dutch = sandbox.client_id
    sandbox.stop()
    sandbox.options["site"] = "be"
    sandbox.start()
    assert list(sandbox.sites) == ["be"] and sandbox.client_id != dutch
    answer = requests.get(authorize_url(sandbox, client_id=dutch), timeout=9)
    assert answer.status_code == 401
