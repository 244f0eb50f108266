"""Comparing names and numbers of companies as two systems write them."""

import re
import unicodedata

# fmt: off
LEGAL_FORMS = frozenset((
    "bv", "nv", "vof", "cv", "bvba", "srl", "sprl", "sa", "sas", "sarl", "gmbh", "ag",
    "inc", "ltd", "limited", "llc", "llp", "plc", "corp", "co",
))
# fmt: on


def clean_name(name):
    """Return a name to compare: no case, accents, punctuation, spaces or legal form.

    "Café Zuid B.V." and "cafe zuid bv" give the same.
    """
    text = unicodedata.normalize("NFKD", name or "").casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    # "B.V." is one word: dots between single letters vanish before the rest is split.
    words = re.sub(r"[^\w\s]", " ", re.sub(r"\b(\w)\.(?=\w\b|\s|$)", r"\1", text)).split()
    return "".join([word for word in words if word not in LEGAL_FORMS] or words)


def clean_number(number):
    """Return a VAT or Chamber of Commerce number without case, blanks, dots and dashes."""
    return re.sub(r"[\W_]", "", number or "").upper()


def clean_email(email):
    """Return an e-mail address without case and blanks."""
    return (email or "").strip().lower()
