"""A person at a browser, as far as a demo needs one: pages, forms, cookies, redirects."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

TIMEOUT = 60
CHOICES = ("checkbox", "radio")
BUTTONS = ("submit", "image")
TYPED = ("text", "email", "search")


@dataclass
class Field:
    """A field or button of a form."""

    name: str
    kind: str
    value: str = ""
    checked: bool = False
    text: str = ""


@dataclass
class Form:
    """A form as the page has it."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def has(self, kind: str) -> bool:
        """Tell whether the form has a field of this kind."""
        return any(entry.kind == kind for entry in self.fields)

    def button(self, *labels: str) -> Field | None:
        """Return the button that carries one of these words, in small letters."""
        for entry in self.fields:
            if entry.kind in BUTTONS and (entry.text or entry.value).strip().lower() in labels:
                return entry
        return None

    def filled(self, pressed: Field | None = None, **typed: str) -> list[tuple[str, str]]:
        """Return what a browser would send.

        :param pressed: the button that is clicked.
        :param typed: what is typed in, by kind of field: text, password. "all" as the value of
            checkbox checks each of them.
        """
        sent = []
        for entry in self.fields:
            if not entry.name or entry.kind in (*BUTTONS, "button"):
                continue
            if entry.kind in CHOICES:
                if entry.checked or typed.get(entry.kind) == "all":
                    sent.append((entry.name, entry.value or "on"))
                continue
            kind = "text" if entry.kind in TYPED else entry.kind
            sent.append((entry.name, typed.get(kind, entry.value)))
        if pressed is not None and pressed.name:
            sent.append((pressed.name, pressed.value))
        return sent


class _FormReader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._button: Field | None = None

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(values.get("action", ""), values.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None and tag in ("input", "button"):
            default = "text" if tag == "input" else "submit"
            entry = Field(
                values.get("name", ""),
                values.get("type", default).lower(),
                values.get("value", ""),
                "checked" in values,
            )
            self._form.fields.append(entry)
            self._button = entry if tag == "button" else None

    def handle_data(self, data):
        if self._button is not None:
            self._button.text += data

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "button":
            self._button = None


def forms(html: str) -> list[Form]:
    """Return the forms of a page."""
    reader = _FormReader()
    reader.feed(html)
    return reader.forms


class Browser:
    """Goes from page to page and keeps cookies, per host as a real one does."""

    def __init__(self):
        self.session = requests.Session()
        # A proxy of the caller's has no business with servers on this machine.
        self.session.trust_env = False

    def open(self, url: str) -> requests.Response:
        """Go to an address, follow redirects, and return the page."""
        return self.session.get(url, timeout=TIMEOUT)

    def submit(self, page: requests.Response, form: Form, sent: list[tuple[str, str]]):
        """Send a form of a page, follow redirects, and return the next page."""
        target = urljoin(page.url, form.action) if form.action else page.url
        where = {"params": sent} if form.method == "get" else {"data": sent}
        return self.session.request(form.method, target, timeout=TIMEOUT, **where)
