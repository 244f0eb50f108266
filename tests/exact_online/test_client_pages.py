"""Reading lists page by page: the next page stays on the site, and they come to an end."""

from datetime import date

import pytest
from scripted_server import (
    listing,
)

from exact_online import (
    Client,
    UnexpectedAnswer,
    ge,
)

ACCOUNTS = "crm/Accounts"


def read(client):
    return list(client.rows(ACCOUNTS, select=["ID"]))


def test_pages_follow_next_word_for_word(server, client):
    following = f"{server.url}/api/v1/7/crm/Accounts?$select=ID&%24skiptoken=guid'71b9'&x=a%20b"
    server.script(listing({"ID": 1}, {"ID": 2}, following=following), listing({"ID": 3}))
    assert list(client.pages(ACCOUNTS, select=["ID"])) == [[{"ID": 1}, {"ID": 2}], [{"ID": 3}]]
    assert server.requests[1].target == following.removeprefix(server.url)
    assert {request.connection for request in server.requests} == {1}


def test_an_empty_page_after_an_exactly_full_one(server, client):
    server.script(listing({"ID": 1}, following=f"{server.url}/api/v1/7/x?2"), listing())
    assert read(client) == [{"ID": 1}]


def test_a_page_is_gone_on_with_later_and_by_another_client(server, client, tokens):
    following = f"{server.url}/api/v1/7/CRM/Accounts?$skiptoken=guid'71b9'"
    server.script(listing({"ID": 1}, following=following), listing({"ID": 2}))
    where = ge("Created", date(2026, 1, 1))
    rows, kept = client.page(ACCOUNTS, select=["ID"], where=where, order_by=["ID desc"])
    assert (rows, kept) == ([{"ID": 1}], following)
    assert server.requests[0].query["$orderby"] == "ID desc"
    with Client(server.url, tokens, division=7) as other:
        assert other.page(ACCOUNTS, select=["ID"], where=where, following=kept) == (
            [{"ID": 2}],
            None,
        )
    assert server.requests[1].target == following.removeprefix(server.url)


@pytest.mark.parametrize(
    "path",
    ["/api/v1/8/crm/Accounts?a", "/api/v1/7/crm/AccountsX?a", "/api/v1/7/crm/Accounts/../x?"],
)
def test_a_page_of_another_list_is_not_gone_on_with(server, client, path):
    with pytest.raises(ValueError, match="next page"):
        client.page(ACCOUNTS, select=["ID"], where=None, following=f"{server.url}{path}")
    with pytest.raises(ValueError, match="next page"):
        client.page(ACCOUNTS, select=["ID"], where=None, following=f"https://x.nl{path}")
    assert not server.requests


def test_one_page_is_asked_for_at_a_time(server, client):
    server.script(*[listing({"ID": n}, following=f"{server.url}/api/v1/7/x?{n}") for n in range(5)])
    pages = client.pages(ACCOUNTS, select=["ID"])
    next(pages)
    assert len(server.requests) == 1
    next(pages)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "following",
    [
        "http://start.exactonline.nl/api/v1/7/crm/Accounts",
        "https://127.0.0.1:{port}/api/v1/7/x",
        "http://127.0.0.1:1/api/v1/7/x",
        "http://127.0.0.1:{port}@evil.test/api/v1/7/x",
        "http://user@127.0.0.1:{port}/api/v1/7/x",
        "http://127.0.0.1:{port}.evil.test/api/",
        "http://127.0.0.1:{port}/docs/XMLDownload.aspx",
        "http://127.0.0.1:{port}/api/../docs/x",
        "http://127.0.0.1:{port}/api/%2e%2E/docs/x",
        "http://127.0.0.1:{port}/apis/x",
        "http://127.0.0.1:{port}\\@evil.test/api/x",
        "http://127.0.0.1:99999999/api/x",
        "//evil.test/api/v1/7/x",
        "/api/v1/7/x",
        "file:///api/",
        "http://[::1/api/",
        {"uri": "x"},
        ["x"],
        7,
    ],
)
def test_next_stays_on_the_site(server, client, following):
    if isinstance(following, str):
        following = following.replace("{port}", str(server.port))
    server.script(listing({"ID": 1}, following=following))
    with pytest.raises(UnexpectedAnswer):
        read(client)
    assert len(server.requests) == 1


def test_next_in_circles(server, client):
    one, two = (f"{server.url}/api/v1/7/x?{n}" for n in (1, 2))
    server.script(*[listing({"ID": 1}, following=url) for url in (one, two, one)])
    rows = client.rows(ACCOUNTS, select=["ID"])
    assert [next(rows), next(rows)] == [{"ID": 1}, {"ID": 1}]
    with pytest.raises(UnexpectedAnswer):
        list(rows)
    assert len(server.requests) == 3


def test_next_to_nothing_for_ever(server, client):
    server.script(
        *[listing(following=f"{server.url}/api/v1/7/x?{number}") for number in range(100)]
    )
    with pytest.raises(UnexpectedAnswer):
        read(client)
    assert len(server.requests) < 20
