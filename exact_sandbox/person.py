"""A person in a browser, for tests and tools: logs in and answers the consent page.

Standard library only. It follows the real pages and forms, cookies and hidden fields included.
"""

import http.cookiejar
import ssl
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser

_SECONDS = 30


class _Forms(HTMLParser):
    """Collects the forms of a page: where they go and what they hold."""

    def __init__(self):
        super().__init__()
        self.forms = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "form":
            self.forms.append({"action": values.get("action", ""), "fields": []})
        elif tag == "input" and self.forms and values.get("name"):
            ticked = values.get("type") != "checkbox" or "checked" in values
            if ticked:
                self.forms[-1]["fields"].append((values["name"], values.get("value") or ""))


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows redirects within the sandbox only; one to the app is the result."""

    def __init__(self, base):
        self._base = base

    def redirect_request(self, request, answer, code, message, headers, address):
        if not address.startswith(f"{self._base}/"):
            return None
        return super().redirect_request(request, answer, code, message, headers, address)


class Person:
    """Someone with a browser of their own.

    :param url: the sandbox's address
    :param login: user name
    :param password: password
    :param ca_file: whom to trust when the sandbox serves https; this machine's own when None
    """

    def __init__(self, url, login, password, ca_file=None):
        self.url = url
        self._login, self._password = login, password
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca_file)),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
            _Stay(url),
        )

    def open(self, address, fields=None):
        """Get an address, or post a form; return (status, text, address of a redirect or None)."""
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        address = urllib.parse.urljoin(f"{self.url}/", address)
        try:
            answer = self._opener.open(address, data, timeout=_SECONDS)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read().decode("utf-8", "replace")
            return answer.status, text, answer.headers.get("Location")

    def submit(self, page, marker, **changes):
        """Send the form of a page that holds a field; changed fields replace its own.

        :param marker: the name of a field that tells the form
        """
        reader = _Forms()
        reader.feed(page)
        form = next(item for item in reader.forms if marker in dict(item["fields"]))
        kept = [pair for pair in form["fields"] if pair[0] not in changes]
        for name, value in changes.items():
            values = value if isinstance(value, (list, tuple)) else [value]
            kept += [(name, item) for item in values]
        return self.open(form["action"], kept)

    def visit(self, address):
        """Open a page, logging in on the way when asked; return (status, text, redirect)."""
        answer = self.open(address)
        if 'name="Password"' in answer[1]:
            answer = self.submit(
                answer[1], "ReturnUrl", UserName=self._login, Password=self._password
            )
        return answer

    def consent(self, address, allow=True, divisions=None):
        """Answer the consent page of an authorize address; return the address it leads to.

        :param divisions: numbers of the administrations to tick; all when None
        :raises ValueError: when the page led nowhere; the text is the page's
        """
        _status, page, redirect = self.visit(address)
        if redirect is None:
            changes = {"answer": "allow" if allow else "deny"}
            if divisions is not None:
                changes["divisions"] = [str(item) for item in divisions]
            if "client_id" not in page:
                raise ValueError(page)
            _status, page, redirect = self.submit(page, "client_id", **changes)
        if redirect is None:
            raise ValueError(page)
        return redirect
