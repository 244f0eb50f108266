"""Walks the sandbox's login and consent pages as a person with a browser does."""

from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests

_NO = ("refuse", "cancel", "deny", "weiger", "annul", "logout", "no")


class _Forms(HTMLParser):
    """The forms of a page: action, method, fields, buttons."""

    def __init__(self, page):
        super().__init__()
        self.forms = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.forms.append({"attributes": attributes, "fields": [], "buttons": []})
        elif self.forms and tag in ("input", "button"):
            kind = attributes.get("type", "submit" if tag == "button" else "text")
            place = "buttons" if kind == "submit" else "fields"
            self.forms[-1][place].append({**attributes, "type": kind})


def _filled_in(form, login, password):
    values = []
    for field in form["fields"]:
        value = field.get("value", "on" if field["type"] == "checkbox" else "")
        if field["type"] == "password":
            value = password
        elif field["type"] in ("text", "email") and not value:
            value = login
        # A person ticks every administration there is.
        if field.get("name"):
            values.append((field["name"], value))
    agreed = [
        button
        for button in form["buttons"]
        if not any(word in str(button.get("value") or button.get("name")).lower() for word in _NO)
    ]
    if agreed and agreed[0].get("name"):
        values.append((agreed[0]["name"], agreed[0].get("value", "")))
    return values


def give_consent(url, login, password, redirect_uri):
    """Follow an authorization address up to the redirect; return its query as a dict."""
    with requests.Session() as browser:
        answer = browser.get(url, allow_redirects=False, timeout=10)
        for _step in range(10):
            target = answer.headers.get("Location")
            if target and urljoin(answer.url, target).startswith(redirect_uri):
                return dict(parse_qsl(urlsplit(target).query))
            if target:
                answer = browser.get(urljoin(answer.url, target), allow_redirects=False, timeout=10)
                continue
            form = _Forms(answer.text).forms[-1]  # the one before is in the page's head
            address = urljoin(answer.url, form["attributes"].get("action") or "")
            values = _filled_in(form, login, password)
            method = form["attributes"].get("method", "get").upper()
            place = {"data": values} if method == "POST" else {"params": values}
            answer = browser.request(method, address, allow_redirects=False, timeout=10, **place)
    raise AssertionError(f"No way through the pages: {answer.status_code} {answer.text[:500]}")
