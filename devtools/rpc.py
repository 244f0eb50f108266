"""Odoo as its own web client sees it: a session cookie and calls of methods."""

from __future__ import annotations

from typing import Any

import requests

from devtools.web import TIMEOUT, Browser, forms


class OdooRefused(Exception):
    """Odoo answered a call with an error; its text is what a person would read."""


class OdooClient:
    """A person who is logged in to Odoo."""

    def __init__(self, url: str, browser: Browser | None = None):
        self.url = url
        self.browser = browser or Browser()
        self.uid: int | None = None

    def log_in(self, login: str, password: str) -> None:
        """Log in on Odoo's own login page."""
        page = self.browser.open(f"{self.url}/web/login")
        form = next((form for form in forms(page.text) if form.has("password")), None)
        if form is None:
            raise OdooRefused(f"Odoo shows no login page: {page.status_code}.")
        page = self.browser.submit(page, form, form.filled(text=login, password=password))
        info = self._post("/web/session/get_session_info", {})
        self.uid = info.get("uid")
        if not self.uid:
            raise OdooRefused(f"Odoo does not let {login} in.")

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a model's method as the web client does."""
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
        )

    def read(self, model: str, record: int, *names: str) -> dict[str, Any]:
        """Read fields of one record."""
        return self.call(model, "read", [record], list(names))[0]

    def find(self, model: str, domain: list, *names: str, **options: Any) -> list[dict[str, Any]]:
        """Search records and read their fields."""
        return self.call(model, "search_read", domain, list(names), **options)

    def _post(self, path: str, params: dict) -> Any:
        answer = self.browser.session.post(
            f"{self.url}{path}",
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=TIMEOUT,
        )
        answer.raise_for_status()
        try:
            body = answer.json()
        except requests.JSONDecodeError as error:
            raise OdooRefused(f"Odoo did not answer {path} with JSON.") from error
        if "error" in body:
            data = body["error"].get("data") or {}
            raise OdooRefused(data.get("message") or body["error"].get("message", "unknown error"))
        return body.get("result")
