"""What can be chosen where sources contradict, are silent or depend on a licence.

Chapters 2, 10 and 11 of the API reference. Each choice has two answers; the profiles ``strict``
and ``lenient`` take the opposite one of each, so that a client is tried against both. Without a
profile the better attested answer is taken.
"""

import json
from dataclasses import dataclass

_STORED = "settings"


@dataclass(frozen=True)
class Choice:
    """A question with two answers: what is taken by default, and what each profile takes."""

    default: object
    strict: object
    lenient: object

    @property
    def answers(self):
        """Both answers."""
        return (self.strict, self.lenient)


LIMITS = {
    # Calls per app and division in a clock minute and in a UTC day (chapter 2).
    "minute_limit": 60,
    "day_limit": 5000,
    # Calls of all apps in all administrations of the contract in a UTC day: fair use; 30,000 with
    # a Premium licence, where an app has no limit of its own (chapter 2). Not below day_limit.
    "contract_limit": 20_000,
    # Seconds a "clock minute" lasts; tests make it 2 instead of waiting.
    "minute_seconds": 60,
    # Errors per app, user, division, endpoint and hour before a block (chapter 2).
    "error_limit": 10,
}

CHOICES = {
    # OAuth (chapter 1). 400 was seen live in 2026, 401 is the knowledge base's (1.5).
    "early_refresh_status": Choice(400, 401, 400),
    # 401 "Old refresh token used." (live), or 400 for a chain that has moved on (1.5, Inv 1838).
    "old_refresh_status": Choice(401, 400, 401),
    # A refresh after the user revoked the app: as any dead chain, or the 403 of help pages
    # (1.6; 11, point 1).
    "revoked_refresh_status": Choice(400, 403, 400),
    # What a running access token does when the user revokes the app (11, point 1).
    "revoked_access_token": Choice("dies", "dies", "lives"),
    # Back with error=access_denied as in RFC 6749, or with the state alone (11, point 2).
    "refused_consent": Choice("error", "bare", "error"),
    # The sample has a text where others read a number, and both spellings were seen (1.3).
    "expires_in": Choice("text", "text", "number"),
    "token_type": Choice("bearer", "bearer", "Bearer"),
    # Limits (chapter 2; 11, point 3): a 429 without body, or with a text and Retry-After.
    "limit_answer": Choice("bare", "bare", "explained"),
    "blocked_status": Choice(429, 403, 429),
    # Too many errors block "the key" (2): the app as a whole, or for what the errors were counted.
    "blocked_part": Choice("app", "app", "endpoint"),
    # OData (chapter 3). {"d": [...]} or {"d": {"results": [...]}} when $top fits in a page.
    "top_envelope": Choice("array", "array", "results"),
    # {"d": {"UserHasRights": true}} or {"d": true} (3.2).
    "function_answer": Choice("object", "bare", "object"),
    # Totals in the answer to a POST with Prefer: filled, or 0 and null as in the sample (10).
    "post_totals": Choice("filled", "empty", "filled"),
    # 0.21 or 21 (3.3, 10).
    "percentage_form": Choice("fraction", "fraction", "whole"),
    # Status of a broken business rule (3.5, 10).
    "refusal_status": Choice(500, 500, 400),
    # English has "Mandatory: Journal" and "Required: Journal" (5.4); which one when is not told.
    "mandatory_text": Choice("mandatory", "required", "mandatory"),
    # A verb the endpoint does not have (3.5).
    "wrong_verb_status": Choice(403, 405, 403),
    # Which fields satisfy mandatory filtering: few, or all that one would look up by (11, 10).
    "filter_fields": Choice("wide", "narrow", "wide"),
    # A read-only property in a body, InvoiceDate among them (11, point 5).
    "read_only_properties": Choice("ignore", "refuse", "ignore"),
    # Texts that are too long (11, point 4).
    "long_texts": Choice("refuse", "refuse", "cut"),
    # Rights (chapter 5). Reading without the right gives nothing, which is known of items, or 403
    # everywhere else (5.2; 11, point 7).
    "unreadable": Choice("empty", "forbidden", "empty"),
    # Whether a user without all rights reads journals, VAT codes, payment conditions, periods and
    # item groups; whether managing items or accounts includes viewing them (5.3).
    "set_up_reading": Choice("anyone", "full", "anyone"),
    "view_right": Choice("implied", "own", "implied"),
    # An administration the user may not open: the header NoDivisionAccess, or "Wrong Division".
    "lost_division": Choice("reason", "reason", "text"),
    # Webhooks (4.17): the callback is tried inside the call that subscribes, or after it.
    "webhook_validation": Choice("inside", "inside", "after"),
    # Invoices (4.3, 4.4, 10): 20 in official samples, 10 in one report.
    "invoice_status": Choice(20, 10, 20),
    # Whether the administration's default sales journal stands in for a missing one.
    "journal": Choice("optional", "mandatory", "optional"),
    # Whether InvoiceTo follows OrderedBy (picqer #10).
    "invoice_to": Choice("optional", "mandatory", "optional"),
    # Whether a line may do without an item.
    "line_item": Choice("mandatory", "mandatory", "optional"),
    # Whether the last line of an invoice may be removed: lines are mandatory on POST, and no source
    # tells what may become of them afterwards (4.3, 4.4).
    "last_line": Choice("removable", "kept", "removable"),
    # When the invoice gets its number: a setting of the administration in Exact.
    "invoice_number": Choice("printing", "printing", "entry"),
    # When a closed period is noticed.
    "closed_period": Choice("entry", "entry", "processing"),
    # VAT rounded for each line, or for all lines of a code together.
    "vat_rounding": Choice("line", "code", "line"),
    # Amounts of a credit note (8021) with positive quantities.
    "credit_sign": Choice("negative", "positive", "negative"),
    # The open part of a receivable in cashflow/Receivables (4.15).
    "receivable_sign": Choice("negative", "negative", "positive"),
}

PROFILES = ("strict", "lenient")

DEFAULTS = {
    **LIMITS,
    # Exceptions to top_envelope by address: which endpoints do which is not documented (3.2).
    "top_envelopes": {},
    **{name: choice.default for name, choice in CHOICES.items()},
}


def profile(name):
    """Return the settings of a profile; ValueError when there is none of that name."""
    if name not in PROFILES:
        raise ValueError(f"A profile is one of {', '.join(PROFILES)}.")
    return {key: getattr(choice, name) for key, choice in CHOICES.items()}


def _check(name, value):
    """Raise ValueError with a sentence when a setting is unknown or its value is not possible."""
    if name not in DEFAULTS:
        raise ValueError(f"There is no setting {name!r}.")
    if name in CHOICES and value not in CHOICES[name].answers:
        answers = " or ".join(map(str, CHOICES[name].answers))
        raise ValueError(f"The setting {name!r} is {answers}.")
    if name in LIMITS and not (type(value) is int and value > 0):
        raise ValueError(f"The setting {name!r} is a whole number above 0.")
    envelopes = CHOICES["top_envelope"].answers
    is_map = isinstance(value, dict) and set(value.values()) <= set(envelopes)
    if name == "top_envelopes" and not is_map:
        raise ValueError("The setting 'top_envelopes' maps addresses to 'array' or 'results'.")


class Settings:
    """The settings of one sandbox, kept in its state file."""

    def __init__(self, store):
        self._store = store
        self.reload()

    def reload(self):
        """Take what the state file says."""
        self._values = {**DEFAULTS, **json.loads(self._store.get_meta(_STORED, "{}"))}

    def __getitem__(self, name):
        return self._values[name]

    def all(self):
        """Return every setting with its value."""
        return dict(self._values)

    def update(self, values):
        """Change settings; ValueError with a sentence when one of them is not possible.

        :param values: settings by name; ``profile`` takes all choices of one, the others of the
            same call go before it
        """
        values = dict(values)
        chosen = values.pop("profile", None)
        if chosen is not None:
            values = {**profile(chosen), **values}
        for name, value in values.items():
            _check(name, value)
        self._values = {**self._values, **values}
        self._store.set_meta(_STORED, json.dumps(self._values))
