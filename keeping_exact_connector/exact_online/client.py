"""The client: calls to the REST API of one site with one user's tokens (API reference ch. 3)."""

import random
import re
import time
from datetime import datetime, timezone
from urllib.parse import urlsplit

from . import values
from .addresses import (
    checked_division,
    checked_endpoint,
    checked_site,
    is_followed,
    key_segment,
    with_query,
)
from .answers import read_answer, written_answer
from .budget import Budget
from .calls import Call
from .errors import ExactError, LimitReached, NotConnected, UnexpectedAnswer, Unreachable
from .odata import Condition, Int64, field_name, gt, literal
from .wire import Wire

#: Largest answer to accept, bytes after unpacking. 1,000 rows of sync/* are 1 to 2 MB; an
#: attachment is at most 10 MB, 14 in base64 (ch. 2).
MAX_BYTES = 32 * 1024 * 1024

#: Seconds to pause before a reading call is tried again, each shortened at random by up to half
#: so that many processes do not come back at once.
RETRY_PAUSES = (0.5, 2.0)

# Seconds. A server may close an idle connection at any moment, and a write that meets the
# closing door has an unknown outcome: rather open a new one.
_STALE = 5.0

# A page can be empty when the one before was exactly full (ch. 3.4); no honest list goes on so.
_EMPTY_PAGES = 10

_TOKEN = re.compile(r"[!-~]+")

_ME = ("UserID", "FullName", "Email", "UserName", "LanguageCode", "CurrentDivision")
_DIVISION = (
    "Code",
    "Hid",
    "Description",
    "CustomerCode",
    "CustomerName",
    "Country",
    "Currency",
    "Status",
    "BlockingStatus",
    "Current",
    "IsMainDivision",
    "VATNumber",
    "ChamberOfCommerceNumber",
    "DivisionMoveDate",
    "DivisionHRLinkUnlinkDate",
)


class Client:
    """Calls to one site of Exact Online; use it as a context manager, in one thread.

    All methods raise errors of the family of :class:`~.errors.ExactError`, and ``ValueError`` or
    ``TypeError`` for arguments that cannot be sent, a filter that makes the address longer than
    6,000 characters among them (ch. 1.2).

    :param site_url: base address of the site, see :data:`~.sites.SITES`.
    :param access_token: ``access_token(rejected=None) -> str``, called before each call; after a
        401 called once more with the rejected token, to get a renewed one. A 401 had no effect,
        so the call is then repeated, once.
    :param division: number of the administration for calls that do not name one.
    :param timeout: (connect, read) in seconds.
    :param observer: called with a :class:`~.calls.Call` after each HTTP call. What it raises is
        not swallowed: it goes to the caller in place of the result, also after a write that took
        effect. Treat it as a crash at that point.
    :param max_bytes: largest answer to accept, after unpacking.
    :param retry_pauses: seconds to pause before each repeat of a reading call that failed on the
        way; empty for no repeats. Writes are never repeated.
    :param budget: what is left for ``division`` as far as the caller knows.
    """

    def __init__(
        self,
        site_url,
        access_token,
        division=None,
        *,
        user_agent="keeping-exact-connector",
        timeout=(10, 60),
        observer=None,
        max_bytes=MAX_BYTES,
        retry_pauses=RETRY_PAUSES,
        budget=None,
    ):
        self._site_url = checked_site(site_url)
        self._access_token = access_token
        self._division = None if division is None else checked_division(division)
        self._timeout = timeout
        self._observer = observer
        self._pauses = tuple(retry_pauses)
        self._budgets = {} if budget is None else {self._division: budget}
        self._wire = Wire(user_agent, max_bytes=max_bytes, longest=sum(timeout) * 4)
        self._last_call = time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    def close(self):
        """Close the connections to the site."""
        self._wire.close()

    @property
    def budget(self):
        """The last known :class:`~.budget.Budget` of the client's administration, or ``None``."""
        return self._budgets.get(self._division)

    # Reading

    def me(self):
        """The connected user; not a call on any administration, nor on its budget (ch. 2, 4.1).

        ``CurrentDivision`` is where the user works in the browser at the moment; it may be
        outside of what the app may use.
        """
        address = f"{self._site_url}/api/v1/current/Me"
        rows, _next = self._page(with_query(address, {"$select": ",".join(_ME)}), None)
        if len(rows) != 1:
            raise UnexpectedAnswer(f"Exact Online told of {len(rows)} connected users.")
        return rows[0]

    def pages(self, endpoint, *, select, where=None, expand=None, order_by=None, division=None):
        """Read a list page by page; one page is held at a time.

        An empty list is not proof that there is nothing: a lacking right looks the same (ch. 5.2).

        :param endpoint: ``service/Entity``, for example ``salesinvoice/SalesInvoices``.
        :param select: names of properties; most endpoints demand them (ch. 3.4).
        :param where: a :class:`~.odata.Condition`; endpoints with a sync sibling demand one.
        :param expand: name or names of collections to read along; name their properties in
            ``select`` as ``Lines/ID``.
        :param order_by: name or names, each with or without `` desc`` (slow in Exact).
        :param division: number of the administration; by default the client's.
        :return: an iterator of lists of dicts, see :func:`~.values.decode`.
        """
        options = self._options(select, where, expand, order_by)
        return self._follow(with_query(self._address(endpoint, division), options), division)

    def rows(self, endpoint, **options):
        """The rows of :meth:`pages`, one by one."""
        for page in self.pages(endpoint, **options):
            yield from page

    def first(self, endpoint, *, select, where, expand=None, division=None):
        """The first row that meets the condition, or ``None``."""
        options = {**self._options(select, where, expand, None), "$top": "1"}
        url = with_query(self._address(endpoint, division), options)
        rows, _next = self._page(url, self._number(division))
        return rows[0] if rows else None

    def sync(self, endpoint, since, *, select, division=None):
        """Read what changed after a timestamp, in order, up to 1,000 rows a page (ch. 4.19).

        :param endpoint: for example ``sync/CRM/Accounts``.
        :param since: highest Timestamp that is known already; 1 for everything.
        :param select: names of properties; ``Timestamp`` is added.
        :return: an iterator of lists of dicts, with ``Timestamp`` as ``int``.
        """
        names = list(dict.fromkeys(["Timestamp", *_names(select)]))
        where = gt("Timestamp", Int64(since))
        for page in self.pages(endpoint, select=names, where=where, division=division):
            for row in page:
                try:
                    row["Timestamp"] = int(row["Timestamp"])
                except (LookupError, TypeError, ValueError):
                    raise UnexpectedAnswer("A row to synchronise has no timestamp.") from None
            yield page

    def divisions(self, current):
        """The administrations that the user may open and the app was granted (ch. 4.2).

        :param current: any number goes into the address; use ``CurrentDivision`` of :meth:`me`.
        """
        return list(self.rows("system/Divisions", select=_DIVISION, division=current))

    def has_right(self, endpoint, method, division=None):
        """Whether the user has the right to call an endpoint (ch. 4.18).

        Tells nothing of licence, division grant and app scope (ch. 5.1).

        :param method: ``GET``, ``POST``, ``PUT`` or ``DELETE``.
        """
        if method not in ("GET", "POST", "PUT", "DELETE"):
            raise ValueError(f"not a method of the API: {method!r}")
        options = {"endpoint": literal(checked_endpoint(endpoint)), "action": literal(method)}
        url = with_query(self._address("users/UserHasRights", division), options)
        answer = self._read(url, self._number(division))
        if isinstance(answer, dict):
            # Both forms were seen (ch. 3.2).
            answer = answer.get("UserHasRights")
        if not isinstance(answer, bool):
            raise UnexpectedAnswer("Exact Online did not tell whether the right is there.")
        return answer

    # Writing

    def post(self, endpoint, payload, *, reference=None, division=None):
        """Make a record.

        :param payload: dict of properties, see :func:`~.values.encode`.
        :param reference: the caller's own reference, for the observer.
        :return: the record as Exact answered it. Totals may be 0 or empty: read again (ch. 4.3).
        :raises UnknownOutcome: look it up before making it again.
        """
        # Without Prefer many properties come back empty (ch. 3.1).
        headers = {"Prefer": "return=representation"}
        return self._write("POST", endpoint, "", payload, reference, division, headers)

    def put(self, endpoint, key, payload, *, reference=None, division=None):
        """Change properties of a record; those not in the payload stay as they are."""
        self._write("PUT", endpoint, key_segment(key), payload, reference, division)

    def delete(self, endpoint, key, *, reference=None, division=None):
        """Delete a record."""
        self._write("DELETE", endpoint, key_segment(key), None, reference, division)

    # Addresses

    def _number(self, division):
        number = self._division if division is None else division
        if number is None:
            raise ValueError("name the administration (division)")
        return checked_division(number)

    def _address(self, endpoint, division):
        path = f"/api/v1/{self._number(division)}/{checked_endpoint(endpoint)}"
        return self._site_url + path

    @staticmethod
    def _options(select, where, expand, order_by):
        if where is not None and not isinstance(where, Condition):
            raise TypeError("where is a condition, made with eq(), all_of() and the like")
        return {
            "$select": ",".join(field_name(name) for name in _names(select)),
            "$filter": "" if where is None else str(where),
            "$expand": ",".join(field_name(name) for name in _names(expand)),
            "$orderby": ",".join(_order(name) for name in _names(order_by)),
        }

    # Calls

    def _follow(self, url, division):
        division = self._number(division)
        seen, empty = set(), 0
        while url:
            seen.add(hash(url))
            rows, url = self._page(url, division)
            empty = 0 if rows else empty + 1
            if url and (hash(url) in seen or empty > _EMPTY_PAGES):
                raise UnexpectedAnswer("The pages of the list go round in circles.")
            yield rows

    def _page(self, url, division):
        """One page: its rows, decoded, and the address of the next one, checked."""
        listing = self._read(url, division)
        following = None
        if isinstance(listing, dict):
            following, listing = listing.get("__next"), listing.get("results")
        if not isinstance(listing, list) or not all(isinstance(row, dict) for row in listing):
            raise UnexpectedAnswer("Exact Online did not answer with a list.")
        if following and not is_followed(following, self._site_url):
            raise UnexpectedAnswer("The next page of the list is outside of Exact Online's site.")
        return [values.decode(row) for row in listing], following

    def _read(self, url, division):
        """What is in the envelope ``{"d": …}`` of a GET."""
        document = self._call("GET", url, division)
        if not isinstance(document, dict) or "d" not in document:
            raise UnexpectedAnswer("The answer has not the form of Exact Online's answers.")
        return document["d"]

    def _write(self, method, endpoint, key, payload, reference, division, headers=None):
        body = None
        headers = dict(headers or {})
        if payload is not None:
            body = values.encode(payload).encode()
            headers["Content-Type"] = "application/json"
        url = self._address(endpoint, division) + key
        number = self._number(division)
        if time.monotonic() - self._last_call > _STALE:
            self._wire.close()
        return self._call(method, url, number, headers=headers, data=body, reference=reference)

    def _call(self, method, url, division, **request):
        self._check_budget(division)
        token = _sendable(self._access_token())
        try:
            return self._deliver(method, url, division, token, request)
        except NotConnected as error:
            renewed = _sendable(self._access_token(rejected=token))
            if renewed == token:
                # Each 401 counts as an error, and ten of them block the app (ch. 2).
                raise error from None
        return self._deliver(method, url, division, renewed, request)

    def _deliver(self, method, url, division, token, request):
        pauses = iter(self._pauses if method == "GET" else ())
        while True:
            try:
                return self._attempt(method, url, division, token, **request)
            except Unreachable as error:
                pause = next(pauses, None)
                if pause is None or error.timed_out:
                    raise
            time.sleep(pause * random.uniform(0.5, 1.0))

    def _attempt(self, method, url, division, token, *, headers=None, data=None, reference=None):
        self._check_budget(division)
        started = time.monotonic()
        status, outcome = None, "interrupted"
        try:
            answer = self._wire.send(
                method, url, timeout=self._timeout, token=token, headers=headers, data=data
            )
            status = answer.status
            self._budgets[division] = Budget.from_headers(
                answer.headers, self._budgets.get(division)
            )
            if method == "GET":
                result = read_answer(answer)
            else:
                result = written_answer(answer, expects_entity=method == "POST")
            outcome = "ok"
            return result
        except ExactError as error:
            outcome = type(error).__name__
            raise
        finally:
            self._last_call = time.monotonic()
            if self._observer is not None:
                duration = self._last_call - started
                path, budget = urlsplit(url).path, self._budgets.get(division)
                self._observer(Call(method, path, status, duration, budget, outcome, reference))

    def _check_budget(self, division):
        budget = self._budgets.get(division)
        moment = budget and budget.wait_until(datetime.now(timezone.utc))
        if moment:
            raise LimitReached(moment)


def _sendable(token):
    """The token, if it can stand in a header; requests would show it in its complaint."""
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise NotConnected("The access token is damaged; connect again.")
    return token


def _names(names):
    """A list of names from one name, several, or ``None``."""
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(names)


def _order(name):
    field, _blank, direction = name.partition(" ")
    if direction not in ("", "asc", "desc"):
        raise ValueError(f"not an order: {name!r}")
    return f"{field_name(field)} {direction}".strip()
