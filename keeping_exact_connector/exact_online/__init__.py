"""A client for Exact Online in plain Python, with requests as its only need.

Imported inside Odoo as part of the add-on, or alone with ``keeping_exact_connector/`` on the
path, never both ways in one process. It knows nothing of Odoo and stores nothing.

"API reference ch. 3.3", or "ch. 3.3" alone, points at a chapter of docs/exact-online-api.md.
"""

from .budget import Budget
from .calls import Call
from .client import GUIDS_AT_ONCE, MAX_BYTES, RETRY_PAUSES, Client
from .errors import (
    ExactError,
    LimitReached,
    NoRight,
    NotConnected,
    Refused,
    UnexpectedAnswer,
    UnknownOutcome,
    Unreachable,
)
from .ledger import Ledger, State
from .oauth import TOKEN_TIMEOUT, Tokens, authorization_url, exchange_code, refresh
from .odata import (
    Condition,
    Int64,
    all_of,
    any_of,
    eq,
    ge,
    gt,
    le,
    literal,
    lt,
    ne,
    negate,
    startswith,
    substringof,
    trimmed_eq,
)
from .redact import redact
from .sites import SITES, Site, UnsupportedSite, recognise_site
from .values import fraction
