"""Small parts whose edges are hard to reach over a socket."""

from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exact_sandbox import settings
from exact_sandbox.clock import amsterdam
from exact_sandbox.metadata import Metadata
from exact_sandbox.money import cents
from exact_sandbox.odata.lexer import literal_list
from exact_sandbox.odata.literals import parse_guid, write_literal
from exact_sandbox.odata.render import milliseconds, plain_number


@pytest.mark.parametrize(
    "moment, wall",
    [
        ("2026-03-29T00:59:59", "2026-03-29T01:59:59"),
        ("2026-03-29T01:00:00", "2026-03-29T03:00:00"),
        ("2026-10-25T00:59:59", "2026-10-25T02:59:59"),
        ("2026-10-25T01:00:00", "2026-10-25T02:00:00"),
        ("2026-12-31T23:30:00", "2027-01-01T00:30:00"),
    ],
)
def test_amsterdam(moment, wall):
    aware = datetime.fromisoformat(moment).replace(tzinfo=timezone.utc)
    assert amsterdam(aware) == datetime.fromisoformat(wall)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(timezone.utc)))
def test_amsterdam_agrees_with_the_zone_database(moment):
    try:
        zone = ZoneInfo("Europe/Amsterdam")
    except ZoneInfoNotFoundError:
        return
    assert amsterdam(moment) == moment.astimezone(zone).replace(tzinfo=None)


@pytest.mark.parametrize(
    "exact, rounded", [("0.005", "0.01"), ("1.004999", "1.00"), ("-0.005", "-0.01"), ("2", "2.00")]
)
def test_cents_round_half_away_from_zero(exact, rounded):
    assert cents(Decimal(exact)) == Decimal(rounded)


@pytest.mark.parametrize(
    "value, text",
    [("75.00", "75"), ("0.210", "0.21"), ("1E+2", "100"), ("0.00", "0"), ("-2.50", "-2.5")],
)
def test_numbers_look_like_doubles(value, text):
    assert plain_number(Decimal(value)) == text


@given(st.text())
def test_any_text_survives_as_a_literal(text):
    (token,) = literal_list(write_literal("String", text))
    assert token.value == text


@given(st.datetimes())
def test_dates_survive_as_literals(moment):
    (token,) = literal_list(write_literal("DateTime", moment))
    assert token.value == moment
    assert abs(milliseconds(moment) - (moment - datetime(1970, 1, 1)).total_seconds() * 1000) < 1.01


def test_guids():
    bare = "0f8f0000-0000-0000-0000-00000000abcd"
    assert parse_guid("{" + bare.upper() + "}") == bare
    for bad in ("", bare[:-1], f"{bare}0", f"{{{bare}", bare.replace("-", "")):
        with pytest.raises(ValueError):
            parse_guid(bad)


def test_every_entity_of_the_metadata_has_one_address():
    metadata = Metadata()
    for entity in metadata.entities.values():
        assert metadata.by_route(entity.path) is entity or entity.path.count("/") == 1
    invoices = metadata.by_route("SalesInvoice/SalesInvoices")
    assert invoices.type_name == "Exact.Web.Api.Models.SalesInvoice"
    assert metadata.by_route("salesinvoice/salesinvoices") is None
    assert metadata.entities["Sync/CRM/Accounts"].page_size == 1000


def test_profiles_are_opposites_in_every_choice():
    strict, lenient = settings.profile("strict"), settings.profile("lenient")
    assert strict.keys() == lenient.keys() == settings.CHOICES.keys()
    for name, choice in settings.CHOICES.items():
        assert strict[name] != lenient[name], name
        assert choice.default in choice.answers, name


def test_the_documentation_lists_every_choice():
    page = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    for name, choice in settings.CHOICES.items():
        assert f"| `{name}` | {choice.strict} | {choice.lenient} |" in page, name
