"""The hours specification as a file: read back, page by page."""

import io
import time

import pytest
from specification import Entry, Group, Specification, draw
from specification.fonts import printable, use_fonts

try:
    from pypdf import PdfReader
except ImportError:  # Odoo's requirements name one or the other, by the version of Python
    from PyPDF2 import PdfReader

LABELS = {
    "date": "Datum",
    "person": "Medewerker",
    "task": "Taak",
    "text": "Omschrijving",
    "worked": "Gewerkt",
    "hours": "Gefactureerd",
    "amount": "Bedrag (EUR)",
}


def group(name, count, text="Startpagina", person="Anna de Vries"):
    """A project with some entries."""
    entries = [
        Entry("01-10-2026", person, "Ontwerp", f"{text} {number}", "1:20", "1:30", "142,50")
        for number in range(count)
    ]
    return Group(name, entries, Entry(text=f"Subtotaal {name}", hours="9:00", amount="900,00"))


def make(*groups, labels=LABELS, **values):
    """A specification of these projects."""
    given = {
        "title": "Urenspecificatie",
        "organisation": "Bureau Zuid",
        "language": "nl-NL",
        "recipient": ["Klant & Zoon", "Dorpsstraat 1"],
        "facts": [("Periode", "01-10-2026 - 31-10-2026"), ("Onze referentie", "KE-7Q2M9D4TX")],
        "total": Entry(text="Totaal", worked="8:00", hours="9:00", amount="1.234,50"),
        "footer": "Bureau Zuid · KE-7Q2M9D4TX",
        **values,
    }
    return Specification(labels=labels, groups=list(groups), **given)


def texts(content):
    """Return what stands on each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def flat(content):
    """Return all that is written, without line breaks."""
    return " ".join(" ".join(texts(content)).split())


def test_all_that_is_told_is_written():
    [page] = texts(draw(make(group("Website", 2))))
    for text in (
        "Urenspecificatie", "Bureau Zuid", "Klant & Zoon", "Dorpsstraat 1", "KE-7Q2M9D4TX",
        "01-10-2026 - 31-10-2026", "Medewerker", "Ontwerp", "Startpagina 0", "Startpagina 1",
        "1:20", "1:30", "142,50", "Totaal", "1.234,50", "1 / 1",
    ):  # fmt: skip
        assert text in page, text


def test_it_is_an_a4_with_a_title_and_a_language():
    content = draw(make(group("Website", 1)))
    reader = PdfReader(io.BytesIO(content))
    assert [round(float(side)) for side in reader.pages[0].mediabox.upper_right] == [595, 842]
    assert reader.metadata.title == "Urenspecificatie"
    assert reader.metadata.author == "Bureau Zuid"
    assert reader.trailer["/Root"]["/Lang"] == "nl-NL"


def test_drawn_again_it_has_the_same_bytes():
    first = draw(make(group("Website", 90), group("Campagne", 3)))
    time.sleep(1.1)
    assert draw(make(group("Website", 90), group("Campagne", 3))) == first
    assert draw(make(group("Website", 90), group("Campagne", 4))) != first


def test_each_page_has_its_number_and_the_headings():
    pages = texts(draw(make(group("Website", 120))))
    assert len(pages) == 4
    for number, page in enumerate(pages, start=1):
        assert f"{number} / 4" in page
        assert page.count("Medewerker") == 1
        assert "Bureau Zuid · KE-7Q2M9D4TX" in page
    assert "Urenspecificatie" not in pages[1]


def test_several_projects_have_a_name_and_a_subtotal_each_and_one_has_not():
    two = flat(draw(make(group("Website", 2), group("Campagne", 2))))
    assert two.index("Website") < two.index("Subtotaal Website") < two.index("Subtotaal Campagne")
    assert two.count("Totaal") == 1
    one = flat(draw(make(group("Website", 2))))
    assert "Website" not in one and "Subtotaal" not in one


def test_the_name_of_a_project_does_not_stand_alone_at_the_foot_of_a_page():
    for count in range(24, 34):
        pages = texts(draw(make(group("Website", count), group("Campagne", 3))))
        lines = [[line.strip() for line in page.splitlines()] for page in pages]
        [page] = [page for page in lines if "Campagne" in page]
        assert "Startpagina 0" in page[page.index("Campagne") :], count


@pytest.mark.parametrize(
    "shown",
    [
        ("date", "hours"),
        ("date", "person", "hours"),
        ("date", "task", "hours", "amount"),
        ("date", "text", "worked", "hours"),
    ],
)
def test_only_the_columns_that_were_chosen(shown):
    labels = {name: LABELS[name] for name in shown}
    written = flat(draw(make(group("Website", 3), labels=labels)))
    cells = {
        "person": "Anna de Vries",
        "task": "Ontwerp",
        "text": "Startpagina",
        "amount": "142,50",
    }
    for name, text in cells.items():
        assert (text in written) is (name in shown), name
        assert (LABELS[name] in written) is (name in shown), name


def test_long_texts_go_on_in_the_next_line_whole():
    words = " ".join(f"woord{number}" for number in range(90))
    address = "https://example.com/" + "x" * 150
    written = flat(draw(make(group("Website", 1, text=words), group("Twee", 1, text=address))))
    assert all(f"woord{number} " in written for number in range(90))
    assert address in written.replace(" ", "")


def test_a_text_longer_than_a_page_is_cut_and_stops_nothing():
    words = " ".join(f"woord{number}" for number in range(3000))
    long = [group(words, 3, text=words), group("Campagne", 2, text="x" * 9000, person="y" * 9000)]
    written = flat(draw(make(*long)))
    assert "…" in written and "woord20 " in written and "woord2999" not in written


def test_what_people_type_is_text_and_no_markup():
    written = flat(
        draw(make(group("<b>A & B</b>", 1, text='<font size="80">x</font> &amp; <'), group("C", 1)))
    )
    assert "<b>A & B</b>" in written
    assert '<font size="80">x</font> &amp; <' in written


def test_letters_that_the_typeface_lacks_are_replaced_and_nothing_is_lost():
    use_fonts()
    assert printable("Overleg → klant") == "Overleg -> klant"
    assert printable("Zoe\u0308") == "Zoë"
    assert printable("a\tb\n c") == "a b c"
    assert printable("klaar 🎉\ufe0f!") == "klaar ?!"
    assert printable("ｅｘａｃｔ") == "exact"
    assert printable("Fekő") == "Feko"
    assert printable(None) == ""


@pytest.mark.parametrize("regular", ["/nowhere/x.ttf", __file__])
def test_without_that_typeface_reportlabs_own_is_taken(regular):
    content = draw(make(group("Website", 1, person="Zoë € é")), regular, regular)
    assert "Zoë € é" in flat(content)
    assert b"Vera" in content


def test_a_logo_is_drawn_and_one_that_is_none_is_left_out():
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGBA", (300, 900), (200, 30, 30, 128)).save(picture, "PNG")
    with_logo = draw(make(group("Website", 1), logo=picture.getvalue()))
    assert PdfReader(io.BytesIO(with_logo)).pages[0]["/Resources"]["/XObject"]
    without = draw(make(group("Website", 1), logo=b"<svg/>"))
    assert "/XObject" not in PdfReader(io.BytesIO(without)).pages[0]["/Resources"]
    assert "Bureau Zuid" in flat(without)


def test_thousands_of_entries_take_time_in_proportion():
    def seconds(count):
        start = time.perf_counter()
        draw(make(group("Website", count)))
        return time.perf_counter() - start

    seconds(100)
    assert seconds(4000) < 9 * seconds(1000)


def test_nothing_at_all_is_drawn_all_the_same():
    written = flat(draw(make(recipient=[], facts=[], footer="")))
    assert "Totaal" in written
