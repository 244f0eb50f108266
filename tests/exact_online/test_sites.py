"""Which site a pasted address is of (ch. 1.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exact_online import SITES, UnsupportedSite, recognise_site

HOSTS = {
    "start.exactonline.nl": "nl",
    "start.exactonline.be": "be",
    "start.exactonline.co.uk": "uk",
    "start.exactonline.com": "us",
}
UNSUPPORTED = {
    "start.exactonline.de": "DE",
    "start.exactonline.fr": "FR",
    "start.exactonline.es": "ES",
}

schemes = st.sampled_from(["", "https://", "http://", "HTTPS://", "Https://", "//"])
paths = st.sampled_from(
    [
        "",
        "/",
        "/docs/MenuPortal.aspx?_Division_=241806",
        "/docs/Login.aspx?ReturnUrl=%2fdocs%2fMenuPortal.aspx%3f_Division_%3d1&Language=NL",
        "/docs/SalesInvoice.aspx#top",
        "?_Division_=1",
        "/api/v1/241806/crm/Accounts",
        "/a@b.example",
        "/?next=https://start.exactonline.de/",
    ]
)
before = st.sampled_from(["", " ", "\n", "(", "<", "Exact Online: ", "\N{NO-BREAK SPACE}"])
after = st.sampled_from(["", " ", ")", ">", ".", ", that is ours", "\r\n", " evil.example"])
# What makes another host of it; each is put right after the host.
tails = st.sampled_from(
    [
        ".evil.com",
        ".evil.com/",
        "-evil.com",
        "evil",
        "@evil.com",
        ":pw@evil.com",
        ":8443",
        "%2eevil.com",
    ]
)


def _mixed(draw, host):
    return "".join(draw(st.sampled_from([letter, letter.upper()])) for letter in host)


@st.composite
def pasted(draw, hosts, tail=None):
    host = draw(st.sampled_from(sorted(hosts)))
    words = [draw(before), draw(schemes), _mixed(draw, host), "" if tail is None else draw(tail)]
    return host, "".join([*words, draw(paths), draw(after)])


@given(pasted(HOSTS))
def test_a_site_is_recognised_however_its_address_was_copied(address):
    host, text = address
    assert recognise_site(text) == HOSTS[host]


@given(pasted(UNSUPPORTED))
def test_a_site_that_is_not_supported_is_refused_by_its_country(address):
    host, text = address
    with pytest.raises(UnsupportedSite) as caught:
        recognise_site(text)
    assert caught.value.country == UNSUPPORTED[host]


@given(pasted({**HOSTS, **UNSUPPORTED}, tails))
def test_a_host_that_only_begins_like_one_is_none(address):
    with pytest.raises(UnsupportedSite) as caught:
        recognise_site(address[1])
    assert caught.value.country is None


@given(st.one_of(st.none(), st.text(), st.text(alphabet="star.exconlinemuk:/@\\[]%?# ")))
def test_any_other_text_is_refused_in_one_way(text):
    try:
        assert recognise_site(text) in SITES
    except UnsupportedSite as error:
        assert error.country in (None, *UNSUPPORTED.values())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "exact",
        "start.exactonline",
        "https://evil.com/start.exactonline.nl",
        "https://evil.com?start.exactonline.nl",
        "https://evil.com#start.exactonline.nl",
        "https://start.exactonline.nl@evil.com",
        "https://anna:secret@start.exactonline.nl",
        "https://start.exactonline.nl\\@evil.com",
        "https://evil.com\\.start.exactonline.nl",
        "https://xstart.exactonline.nl",
        "https://www.start.exactonline.nl",
        "https://apps.exactonline.com",
        "https://start.exactonline.us",
        "https://\N{FULLWIDTH LATIN SMALL LETTER S}tart.exactonline.nl",
        "https://ѕtart.exactonline.nl",
        "https://start.exactonline.nl:99999",
        "https://start.exactonline.nl:x",
        "https://[start.exactonline.nl",
        "ftp://start.exactonline.nl",
        "javascript://start.exactonline.nl/%0aalert(1)",
        "start.exactonline.nl\x00.evil.com",
        "evil.com start.exactonline.nl",
    ],
)
def test_what_looks_like_a_site_is_none(text):
    with pytest.raises(UnsupportedSite) as caught:
        recognise_site(text)
    assert caught.value.country is None


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("https://start.exactonline.nl:443/", "nl"),
        ("http://start.exactonline.be:80", "be"),
        ("start.exactonline.co.uk.", "uk"),
        ("START.EXACTONLINE.COM", "us"),
    ],
)
def test_ports_and_dots_of_the_same_host(text, site):
    assert recognise_site(text) == site


def test_another_base_address_of_a_site_is_recognised_too():
    addresses = {"nl": "http://127.0.0.1:4711", "be": "https://exact.example/"}
    assert recognise_site("http://127.0.0.1:4711/docs/MenuPortal.aspx", addresses) == "nl"
    assert recognise_site("exact.example", addresses) == "be"
    assert recognise_site("start.exactonline.nl", addresses) == "nl"
    with pytest.raises(UnsupportedSite):
        recognise_site("http://127.0.0.1:4712", addresses)
