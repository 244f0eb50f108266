"""Keeps secrets out of everything that a person, a log or an error may show."""

import json
import re
from urllib.parse import quote, quote_plus

MASK = "***"

# A shorter "secret" is none, and hiding it would eat every text it happens to occur in.
_SHORTEST = 4

_NAMES = r"(?:[Aa]ccess_[Tt]oken|[Rr]efresh_[Tt]oken|[Ii]d_[Tt]oken|[Cc]lient_[Ss]ecret|code)"

# Each pattern keeps what tells a reader where the secret stood, and replaces the secret itself.
# "code" only in lower case: Code is a property of customers and items, and no secret.
_PATTERNS = (
    # Authorization: Bearer AAEA…   'Authorization': 'Basic …'
    (re.compile(r"(?i)(\bauthorization\b[\"']?\s*[:=]\s*[\"']?)[^\r\n\"',}]+"), rf"\1{MASK}"),
    (re.compile(r"(?i)\b(bearer\s+)[A-Za-z0-9!._~+/=%-]+"), rf"\1{MASK}"),
    # "refresh_token": "4dCx!IAAAA…"   also cut off in the middle, and Python's repr of a dict
    (re.compile(rf"([\"']{_NAMES}[\"']\s*:\s*\")(?:[^\"\\]|\\.)+"), rf"\1{MASK}"),
    (re.compile(rf"([\"']{_NAMES}[\"']\s*:\s*')(?:[^'\\]|\\.)+"), rf"\1{MASK}"),
    # …?code=stampNL001%21xxx&state=…   client_secret=…&grant_type=…
    (re.compile(rf"\b({_NAMES}=)[^&\s\"'<>]+"), rf"\1{MASK}"),
    # http://user:password@proxy:3128
    (re.compile(r"(//)[^/@\s\"'<>]+@"), rf"\1{MASK}@"),
)


def redact(text, *secrets):
    """Hide tokens, client secrets and authorization codes in a text.

    :param text: anything with a ``str()``: an error text, a URL, a body, a header.
    :param secrets: values known to be secret; each is hidden wherever it occurs, also
        percent-encoded or escaped for JSON. Empty values and ``None`` are ignored.
    :return: the text with every secret replaced by ``***``.
    """
    text = str(text)
    for secret in sorted(_spellings(secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def _spellings(secrets):
    """All the ways in which the known secrets can be written down."""
    spellings = set()
    for secret in secrets:
        if not secret or len(str(secret)) < _SHORTEST:
            continue
        secret = str(secret)
        in_json = json.dumps(secret)[1:-1]
        spellings |= {secret, repr(secret)[1:-1], in_json, in_json.replace("/", "\\/")}
        for encode in (quote, quote_plus):
            # Exact's tokens contain "!", which some encoders leave as it is (ch. 1.2).
            for safe in ("", "/", "!", "!/"):
                spellings.add(encode(secret, safe=safe, errors="replace"))
    return spellings
