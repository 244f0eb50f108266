"""Three users in the books of the same administration, each with a language of its own."""

import contextlib

from client import Client, message

LANGUAGES = {"nl": "anna", "en": "sem", "fr": "lea"}
FIRST = 241806
NOBODY = "00000000-0000-0000-0000-000000000000"


class Three:
    """A sandbox with a Dutch, an English and a French reader; ``anna`` makes what they need."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        sandbox.control("POST", "users", {"login": "lea", "divisions": [FIRST]})
        self.clients = {
            name: Client(sandbox, login).connect() for name, login in LANGUAGES.items()
        }  # fmt: skip
        self.anna = self.clients["nl"]

    def refused(self, call, dutch, english, french, status=500):
        """Check that a call is refused, to each reader in their language."""
        for name, text in (("nl", dutch), ("en", english), ("fr", french)):
            answer = call(self.clients[name])
            assert (answer.status_code, message(answer)) == (status, text), (name, answer.text)

    @contextlib.contextmanager
    def rows(self, path, where, values, back):
        """Have rows with other values, past every rule, and bring them back."""
        place = f"rows/{FIRST}/{path}"
        self.sandbox.control("POST", place, {"where": where, "values": values})
        try:
            yield
        finally:
            self.sandbox.control("POST", place, {"where": where, "values": back})

    @contextlib.contextmanager
    def administration(self, back, **changes):
        """Have an administration without some default, and bring it back."""
        self.sandbox.control("POST", "administrations", {"code": FIRST, **changes})
        try:
            yield
        finally:
            self.sandbox.control("POST", "administrations", {"code": FIRST, **back})

    @contextlib.contextmanager
    def settings(self, **values):
        """Have other settings, and bring them back."""
        before = self.sandbox.control("GET", "settings")["settings"]
        self.sandbox.settings(**values)
        try:
            yield
        finally:
            self.sandbox.settings(**{name: before[name] for name in values})
