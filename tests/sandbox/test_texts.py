"""Texts in the three languages Exact was seen to answer in (chapters 3.5 and 5.4)."""

import re
import string
from pathlib import Path

import pytest

from exact_sandbox import texts
from exact_sandbox.entities.lengths import LENGTHS

SOURCES = sorted(Path(texts.__file__).parent.rglob("*.py"))
KINDS = ("mandatory", "required", "invalid", "reference", "not_allowed", "in_use")


@pytest.mark.parametrize(
    "kind, label, dutch, english, french",
    [
        ("mandatory", "Journal", "Verplicht: Dagboek", "Mandatory: Journal",
         "Obligatoire: Journal"),
        ("mandatory", "Financial year", "Verplicht: Boekjaar", "Mandatory: Financial year",
         "Obligatoire: Exercice"),
        ("required", "Journal", "Verplicht: Dagboek", "Required: Journal",
         "Obligatoire: Journal"),
        ("required", "Item", "Verplicht: Artikel", "Required: Article", "Obligatoire: Article"),
        ("reference", "Journals", "Ongeldige referentie: Journals", "Invalid reference: Journals",
         "Référence invalide: Journals"),
        ("invalid", "Customer (Type)", "Ongeldig: Klant (Type)", "Invalid: Customer (Type)",
         "Invalide: Client (Type)"),
        ("not_allowed", "VAT code", "Niet toegestaan: Btw-code", "Not allowed: VAT code",
         "Non autorisé: Code TVA"),
        ("in_use", "EntryNumber", "In gebruik: Boekstuknummer", "In use: Document number",
         "Utilisé: Numéro de document"),
    ],
)  # fmt: skip
def test_refusals(kind, label, dutch, english, french):
    said = [texts.refusal(kind, label, language) for language in texts.LANGUAGES]
    assert said == [dutch, english, french]


def test_other_languages_read_english():
    assert texts.refusal("mandatory", "Item", "de") == "Mandatory: Item"
    assert texts.sentence("exists", "") == "Data already exists"


def test_texts_with_values():
    values = {"name": "Hours", "accounts": "Stock / Costs"}
    assert texts.sentence("group accounts", "en", **values) == (
        "Mandatory: Item group (Hours) - G/L Account: Stock / Costs"
    )
    assert texts.sentence("period closed", "nl", year=2026, month=3) == (
        "Periode is afgesloten: 2026 - 3"
    )
    assert texts.sentence("year", "en") == "The financial year cannot be changed."


def test_every_sentence_has_the_same_places_in_every_language():
    for name, said in texts._SENTENCES.items():
        assert len(said) == 3 and all(said), name
        places = [{item[1] for item in string.Formatter().parse(text) if item[1]} for text in said]
        assert places[0] == places[1] == places[2], name


def test_every_label_the_code_uses_is_there():
    pattern = re.compile(rf'\("({"|".join(KINDS)})",\s*"([^"]+)"\)')
    used = {pair for path in SOURCES for pair in pattern.findall(path.read_text(encoding="utf-8"))}
    used |= {("invalid", name) for names in LENGTHS.values() for name in names}
    assert len(used) > 40
    for kind, label in used:
        for language in texts.LANGUAGES:
            assert texts.refusal(kind, label, language)


def test_every_sentence_the_code_uses_is_there():
    pattern = re.compile(r'sentence\(\s*"([^"]+)"')
    used = {name for path in SOURCES for name in pattern.findall(path.read_text(encoding="utf-8"))}
    assert len(used) > 5 and used <= set(texts._SENTENCES)
