"""Waiting, errors, redaction and addresses on their own."""

import copy
import pickle
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import exact_online
from exact_online import (
    ExactError,
    LimitReached,
    NoRight,
    NotConnected,
    Refused,
    UnexpectedAnswer,
    UnknownOutcome,
    Unreachable,
    redact,
)
from exact_online.addresses import is_followed, with_query
from exact_online.answers import retry_at

NOW = datetime(2023, 5, 12, 8, 58, 30, tzinfo=timezone.utc)
# A real dump (ch. 2).
DUMP = {
    "X-RateLimit-Minutely-Limit": "60",
    "X-RateLimit-Minutely-Remaining": "58",
    "X-RateLimit-Minutely-Reset": "1683881940000",
    "X-RateLimit-Limit": "5000",
    "X-RateLimit-Remaining": "4766",
    "X-RateLimit-Reset": "1683936000000",
}
MINUTE = datetime(2023, 5, 12, 8, 59, tzinfo=timezone.utc)
DAY = datetime(2023, 5, 13, tzinfo=timezone.utc)


# When to come back


@pytest.mark.parametrize(
    ("headers", "moment"),
    [
        ({}, MINUTE),
        ({"X-RateLimit-Minutely-Remaining": "0", "X-RateLimit-Minutely-Reset": "x"}, MINUTE),
        (
            {"X-RateLimit-Minutely-Remaining": "0", "X-RateLimit-Minutely-Reset": "1683881940000"},
            MINUTE,
        ),
        # Overtaken by another process, or a reset in our past.
        ({"X-RateLimit-Remaining": "49", "X-RateLimit-Reset": "1683936000000"}, DAY),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1683000000000"}, MINUTE),
        ({"Retry-After": "90"}, NOW + timedelta(seconds=90)),
        ({"Retry-After": "Fri, 12 May 2023 09:10:00 GMT"}, MINUTE + timedelta(minutes=11)),
        ({"Retry-After": "Fri, 12 May 2020 09:10:00 GMT"}, MINUTE),
        ({"Retry-After": "0"}, MINUTE),
        ({"Retry-After": "soon"}, MINUTE),
        ({"Retry-After": "9" * 40}, MINUTE),
        ({"Retry-After": "-5"}, MINUTE),
        # Exact's clock is an hour ahead: its minute still lasts no longer than a minute.
        (
            {
                "X-RateLimit-Minutely-Reset": "1683885540000",
                "Date": "Fri, 12 May 2023 09:58:40 GMT",
            },
            NOW + timedelta(seconds=20),
        ),
    ],
)
def test_after_a_429(headers, moment):
    assert retry_at(headers, NOW) == moment


@given(st.dictionaries(st.sampled_from([*DUMP, "Retry-After"]), st.text(max_size=20)))
def test_any_headers(headers):
    assert retry_at(headers, NOW) > NOW
    assert retry_at(headers, NOW).tzinfo is not None


# Errors


FAMILY = {
    Refused: False,
    NoRight: False,
    NotConnected: False,
    LimitReached: False,
    Unreachable: False,
    UnknownOutcome: None,
    UnexpectedAnswer: False,
}


def make(kind, *arguments, **options):
    return kind(NOW, *arguments, **options) if kind is LimitReached else kind(*arguments, **options)


@pytest.mark.parametrize(("kind", "took_effect"), FAMILY.items())
def test_the_family(kind, took_effect):
    assert kind.__bases__ == (ExactError,)
    error = make(kind)
    assert error.took_effect is took_effect
    assert (error.status, error.messages, error.reason) == (None, [], "")
    assert str(error).endswith((".", "again."))
    assert "400" in str(make(kind, status=400)) or kind is LimitReached
    assert str(make(kind, "Text.")) == "Text."


@pytest.mark.parametrize("kind", FAMILY)
def test_errors_cross_processes(kind):
    error = make(kind, status=400, messages=["a", "b"], reason="c")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (type(twin), str(twin), vars(twin)) == (kind, str(error), vars(error))


@pytest.mark.parametrize("kind", FAMILY)
def test_errors_hide_tokens(kind):
    leak = 'Bearer AAEAxyz refresh_token=4dCx!IAAAA "client_secret": "hush-hush"'
    error = make(kind, leak, messages=[leak], reason=leak)
    for secret in ("AAEAxyz", "IAAAA", "hush"):
        assert secret not in f"{error!r}{error}{vars(error)}"


def test_the_whole_interface_is_exported():
    for name in ("Client", "Call", "Site", "SITES", "Tokens", "authorization_url", "refresh"):
        assert hasattr(exact_online, name)
    assert callable(exact_online.redact)


# Redaction


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Authorization: Bearer AAEA.x-y_z~+/=", "Authorization: ***"),
        ("got bearer AAEA!x.", "got bearer ***"),
        ("{'Authorization': 'Bearer AAEA'}", "{'Authorization': '***'}"),
        ("Authorization: Basic dTpw\r\nHost: x", "Authorization: ***\r\nHost: x"),
        ('{"access_token":"AAEA","expires_in":"600"}', '{"access_token":"***","expires_in":"600"}'),
        ('{"refresh_token" : "4d\\"x!"}', '{"refresh_token" : "***"}'),
        ('{"refresh_token":"4dCx!IA', '{"refresh_token":"***'),
        ("{'client_secret': 'hush'}", "{'client_secret': '***'}"),
        ("cb?code=stamp%21x&state=1", "cb?code=***&state=1"),
        ("client_secret=hush&grant_type=x", "client_secret=***&grant_type=x"),
        ("https://me:pw@proxy:1/x", "https://***@proxy:1/x"),
        ('{"Code": "25", "ErrorCode": "x"}', '{"Code": "25", "ErrorCode": "x"}'),
        ("Verplicht: Dagboek", "Verplicht: Dagboek"),
        ("Basic package: no access", "Basic package: no access"),
    ],
)
def test_redaction(text, hidden):
    assert redact(text) == hidden


def test_known_secrets_in_any_spelling():
    secret = "4d/Cx!I A\"A'€"
    from json import dumps
    from urllib.parse import quote, quote_plus

    for spelling in (secret, repr(secret), dumps(secret), quote(secret), quote_plus(secret, "!")):
        assert "Cx" not in redact(f"x{spelling}y", secret)
    assert redact("abc", None, "", "a") == "abc"
    assert redact(5) == "5"


@given(st.text(min_size=4), st.text(), st.text())
def test_no_known_secret_stays(secret, before, after):
    assume("*" not in secret)
    assert secret not in redact(before + secret + after, secret)


@given(st.text())
def test_redaction_is_stable(text):
    assert redact(redact(text)) == redact(text)


# Addresses


@pytest.mark.parametrize(
    ("url", "site", "followed"),
    [
        ("https://a.nl/api/v1/7/x?$skiptoken=guid'1'", "https://a.nl", True),
        ("https://A.nl:443/api/v1", "https://a.nl", True),
        ("https://a.nl/api/v1/x?a=/../b", "https://a.nl", True),
        ("https://a.nl/api/v1/x?f=a eq 1", "https://a.nl", True),
        ("https://a.nl/nl/api/v1", "https://a.nl/nl", True),
        ("https://a.nl/api/v1", "https://a.nl/nl", False),
        ("http://a.nl/api/v1", "https://a.nl", False),
        ("https://a.nl:444/api/v1", "https://a.nl", False),
        ("https://a.nl.evil.test/api/v1", "https://a.nl", False),
        ("https://a.nl/api/./v1", "https://a.nl", False),
        ("https://a.nl/api/v1\n", "https://a.nl", False),
        ("https://a.nl/api/é", "https://a.nl", False),
        ("", "https://a.nl", False),
        (None, "https://a.nl", False),
    ],
)
def test_what_is_followed(url, site, followed):
    assert is_followed(url, site) is followed


@given(st.text())
def test_no_text_leads_astray(text):
    if is_followed(text, "https://a.nl"):
        assert text.lower().startswith(("https://a.nl/api/", "https://a.nl:443/api/"))


@given(st.dictionaries(st.sampled_from(["$filter", "$select"]), st.text(min_size=1)))
def test_queries_cannot_be_broken_out_of(options):
    from urllib.parse import parse_qsl

    try:
        text = with_query("https://a.nl", options)
    except UnicodeEncodeError:
        return
    assert dict(parse_qsl(text[13:], keep_blank_values=True)) == options
