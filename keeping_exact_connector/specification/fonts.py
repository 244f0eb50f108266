"""A typeface that is embedded, and has the letters of names of people all over Europe."""

import unicodedata
from functools import lru_cache
from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

REGULAR, BOLD = "KeepingExact", "KeepingExact-Bold"
# Reportlab's own, which is there wherever reportlab is. It lacks letters such as ő and ș.
_LAST_RESORT = (
    Path(reportlab.__file__).parent / "fonts" / "Vera.ttf",
    Path(reportlab.__file__).parent / "fonts" / "VeraBd.ttf",
)
# What hardly any typeface has, and people type all the same.
_ALIKE = {
    "→": "->",
    "←": "<-",
    "⇒": "=>",
    "✓": "v",
    "✔": "v",
    "☐": "[ ]",
    "☑": "[x]",
    "\u2011": "-",
}
_UNKNOWN = "?"


@lru_cache(maxsize=4)
def use_fonts(regular=None, bold=None):
    """Have reportlab know the typeface by the names REGULAR and BOLD.

    :param str regular: path of a TrueType file; without it, or when it cannot be read, the one
        that reportlab has itself is taken
    :param str bold: path of its bold sister
    """
    if not (regular and bold and _register(regular, bold)):
        _register(*map(str, _LAST_RESORT))


def _register(regular, bold):
    try:
        fonts = [TTFont(REGULAR, regular), TTFont(BOLD, bold)]
    except (OSError, TTFError):
        return False
    for font in fonts:
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR)
    return True


def printable(text):
    """Return *text* in one paragraph, with letters that the typeface has.

    :param str text: what somebody typed
    """
    known = pdfmetrics.getFont(REGULAR).face.charToGlyph
    text = " ".join((text or "").split())
    if all(ord(letter) in known for letter in text):
        return text
    # One letter with its accent first: e and ¨ apart are two, and the accent would stand beside.
    text = unicodedata.normalize("NFC", text)
    return "".join(_replace(letter, known) for letter in text)


def _replace(letter, known):
    if ord(letter) in known:
        return letter
    if letter in _ALIKE:
        return _ALIKE[letter]
    if unicodedata.category(letter) in ("Cc", "Cf", "Mn", "Sk"):
        # Invisible by itself: joiners, directions, colours of emoji.
        return ""
    bare = unicodedata.normalize("NFKD", letter)
    bare = "".join(part for part in bare if ord(part) in known)
    return bare or _UNKNOWN
