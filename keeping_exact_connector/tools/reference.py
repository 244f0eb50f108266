"""Our reference on an invoice in Exact: short, random, easy to read aloud."""

import re
import secrets

# Crockford's base 32: without the letters that look like a digit or like one another.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "KE-"
LENGTH = 12


def make_reference():
    """Return a new reference of 12 characters, e.g. ``KE-7Q2M9D4TX``.

    45 random bits make it unique across databases that share an administration.
    """
    return PREFIX + "".join(secrets.choice(ALPHABET) for _i in range(LENGTH - len(PREFIX)))


def append_reference(text, reference, limit):
    """Return *text* with *reference* at its end, in at most *limit* characters.

    The text is cut rather than the reference: without it an invoice cannot be found again.
    """
    room = limit - len(reference) - 1
    text = " ".join((text or "").split())
    if len(text) > room:
        text = text[: room - 1].rstrip() + "…"
    return f"{text} {reference}".strip()


def find_references(text):
    """Return the references in *text* that look like ours, as :func:`make_reference` writes them.

    :param text: as read from Exact, or nothing
    """
    pattern = rf"{PREFIX}[{ALPHABET}]{{{LENGTH - len(PREFIX)}}}"
    return re.findall(pattern, (text or "").upper())


def carries_reference(text, reference):
    """Tell whether *text*, as read from Exact, carries *reference*.

    It is sent at the end, but a bookkeeper may have added a word since.
    """
    return reference.upper() in (text or "").upper()
