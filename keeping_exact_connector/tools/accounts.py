"""A contact of Odoo as an account of Exact (API reference, chapter 4.8)."""

from odoo.tools import email_split

from .names import clean_number

# Languages that Exact itself speaks; its codes are those two letters in every source. Others are
# left to Exact, which knows the language of the country.
LANGUAGES = frozenset(("NL", "EN", "FR", "DE", "ES"))
# Where numbers of the Chamber of Commerce are digits only.
PLAIN_NUMBERS = frozenset(("NL", "BE"))
# InvoicingMethod of an account.
PAPER, EMAIL, MAILBOX, TRACKED = 1, 2, 4, 8
INVOICING_METHODS = [
    (str(PAPER), "On paper"),
    (str(EMAIL), "By e-mail"),
    (str(MAILBOX), "To a digital mailbox"),
    (str(TRACKED), "Send and track"),
]


def account_values(partner):
    """Return the properties of a new account, those that are empty left out.

    :param partner: a commercial res.partner
    """
    language = (partner.lang or "")[:2].upper()
    values = {
        "Name": partner.name,
        "VATNumber": clean_number(partner.vat),
        "ChamberOfCommerce": _chamber_number(partner),
        "Email": _first_email(partner.email),
        "Phone": partner.phone,
        "Website": partner.website,
        "AddressLine1": partner.street,
        "AddressLine2": partner.street2,
        "Postcode": partner.zip,
        "City": partner.city,
        "Country": partner.country_id.code,
        "Language": language if language in LANGUAGES else None,
        "InvoicingMethod": int(partner.keeping_exact_invoicing_method or 0),
    }
    return {name: value for name, value in values.items() if value}


def peppol_kind(eas, known):
    """Return Exact's number of a kind of Peppol identifier, or None when it cannot be told.

    :param str eas: the kind, as Peppol and Odoo have it, such as ``0208``
    :param known: of other contacts: kind and identifier in Odoo, identifier and Exact's number of
        the kind on the card there
    """
    numbers = {
        number
        for kind, ours, theirs, number in known
        if kind == eas and clean_number(ours) == clean_number(theirs)
    }
    return numbers.pop() if len(numbers) == 1 else None


def _chamber_number(partner):
    number = (partner.company_registry or "").strip()
    return clean_number(number) if partner.country_id.code in PLAIN_NUMBERS else number


def _first_email(text):
    """Return the first address; what is none stays as it is, so that Exact says so."""
    return (email_split(text or "") or [text])[0]
