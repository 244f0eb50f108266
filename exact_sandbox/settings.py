"""What can be chosen where the sources contradict or depend on a licence (chapters 2 and 10)."""

import json

_STORED = "settings"

DEFAULTS = {
    # Calls per app and division in a clock minute and in a UTC day (chapter 2).
    "minute_limit": 60,
    "day_limit": 5000,
    # {"d": [...]} or {"d": {"results": [...]}} when $top fits in a page, and exceptions by address.
    "top_envelope": "array",
    "top_envelopes": {},
    # 400 as seen live in 2026, or 401 as the knowledge base says (chapter 1.5).
    "early_refresh_status": 400,
    # The status of an invoice made by the API: 20 in the official samples, 10 in one report.
    "invoice_status": 20,
    # A read-only property in a body: skipped, or refused with 400 (chapter 11 does not know).
    "read_only_properties": "ignore",
}

_ALLOWED = {
    "top_envelope": ("array", "results"),
    "early_refresh_status": (400, 401),
    "invoice_status": (10, 20),
    "read_only_properties": ("ignore", "refuse"),
}


def _check(name, value):
    """Raise ValueError with a sentence when a setting is unknown or its value is not possible."""
    if name not in DEFAULTS:
        raise ValueError(f"There is no setting {name!r}.")
    allowed = _ALLOWED.get(name)
    if allowed and value not in allowed:
        raise ValueError(f"The setting {name!r} is one of {', '.join(map(str, allowed))}.")
    if name.endswith("_limit") and not (type(value) is int and value > 0):
        raise ValueError(f"The setting {name!r} is a whole number above 0.")
    is_map = isinstance(value, dict) and set(value.values()) <= set(_ALLOWED["top_envelope"])
    if name == "top_envelopes" and not is_map:
        raise ValueError("The setting 'top_envelopes' maps addresses to 'array' or 'results'.")


class Settings:
    """The settings of one sandbox, kept in its state file."""

    def __init__(self, store):
        self._store = store
        self._values = {**DEFAULTS, **json.loads(store.get_meta(_STORED, "{}"))}

    def __getitem__(self, name):
        return self._values[name]

    def all(self):
        """Return every setting with its value."""
        return dict(self._values)

    def update(self, values):
        """Change settings; ValueError with a sentence when one of them is not possible."""
        for name, value in values.items():
            _check(name, value)
        self._values = {**self._values, **values}
        self._store.set_meta(_STORED, json.dumps(self._values))
