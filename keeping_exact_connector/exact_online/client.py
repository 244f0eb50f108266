"""The client: calls to the REST API of one site with one user's tokens (API reference ch. 3)."""

import uuid
from datetime import date

from . import values
from .addresses import (
    checked_division,
    checked_endpoint,
    checked_site,
    is_followed,
    key_segment,
    with_query,
)
from .delivery import Delivery
from .errors import UnexpectedAnswer
from .ledger import Ledger
from .odata import Condition, Int64, any_of, eq, field_name, ge, gt, literal, ne
from .siblings import bulk_filter, bulk_sibling, sync_sibling
from .wire import Wire

#: Largest answer to accept, bytes after unpacking. 1,000 rows of sync/* are 1 to 2 MB; an
#: attachment is at most 10 MB, 14 in base64 (ch. 2).
MAX_BYTES = 32 * 1024 * 1024

#: Seconds to pause before a reading call is tried again, each shortened at random by up to half
#: so that many processes do not come back at once.
RETRY_PAUSES = (0.5, 2.0)

#: Rows that one call asks for by their GUID: an address holds 6,000 characters (ch. 1.2), of which
#: each takes some 70, and a page holds 60 rows (ch. 3.4).
GUIDS_AT_ONCE = 40

# Nothing in a SQL Server is older; which properties mandatory filtering accepts is known for two
# endpoints only, and a date of creation is among both (ch. 3.4, 11).
_EARLIEST = date(1753, 1, 1)

# A page can be empty when the one before was exactly full (ch. 3.4); no honest list goes on so.
_EMPTY_PAGES = 10

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
    :param ledger: what is known of Exact's limits, a :class:`~.ledger.Ledger`; share it between
        all clients of the same app and user. By default one of its own.
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
        ledger=None,
    ):
        self._site_url = checked_site(site_url)
        self._division = None if division is None else checked_division(division)
        self._ledger = Ledger() if ledger is None else ledger
        self._wire = Wire(user_agent, max_bytes=max_bytes, longest=sum(timeout) * 4)
        self._delivery = Delivery(
            self._wire, access_token, self._ledger, timeout, retry_pauses, observer
        )

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
        return self._ledger.budget(self._division)

    # Reading

    def me(self):
        """The connected user; not a call on any administration, nor on its budget (ch. 2, 4.1).

        ``CurrentDivision`` is where the user works in the browser at the moment; it may be
        outside of what the app may use.
        """
        address = f"{self._site_url}/api/v1/current/Me"
        url = with_query(address, {"$select": ",".join(_ME)})
        rows, _next = self._page(url, None, "current/Me")
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
        url = with_query(self._address(endpoint, division), options)
        return self._follow(url, division, endpoint)

    def rows(self, endpoint, **options):
        """The rows of :meth:`pages`, one by one."""
        for page in self.pages(endpoint, **options):
            yield from page
            del page  # or it would be held while the next one is read

    def page(self, endpoint, *, select, where, order_by=None, following=None, division=None):
        """One page of :meth:`pages`, for whoever goes on at another time or in another process.

        :param following: where to go on, as an earlier call has answered
        :return: list of dicts, and what to give as *following* for the next page, or ``None``
        :raises ValueError: *following* leads elsewhere than to this list
        """
        address = self._address(endpoint, division)
        url = following or with_query(address, self._options(select, where, None, order_by))
        if not url.lower().startswith(f"{address}?".lower()):
            raise ValueError("This is not the address of a next page of this list.")
        return self._page(url, self._number(division), endpoint)

    def rows_of(self, endpoint, key, guids, *, select):
        """The rows with these GUIDs, in few calls and in any order; what is not shown is left out.

        :param endpoint: as of :meth:`pages`.
        :param key: property that holds the GUID, for example ``InvoiceID``.
        :param guids: texts or ``UUID``; without any no call is made.
        :param select: names of properties.
        """
        wanted = [uuid.UUID(str(guid)) for guid in guids]
        for start in range(0, len(wanted), GUIDS_AT_ONCE):
            where = any_of(*(eq(key, guid) for guid in wanted[start : start + GUIDS_AT_ONCE]))
            yield from self.rows(endpoint, select=select, where=where)

    def first(self, endpoint, *, select, where, expand=None, order_by=None, division=None):
        """The first row that meets the condition, or ``None``; options as of :meth:`pages`."""
        options = {**self._options(select, where, expand, order_by), "$top": "1"}
        url = with_query(self._address(endpoint, division), options)
        rows, _next = self._page(url, self._number(division), endpoint)
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
            # Or it would be held while the next one is read.
            del page

    def everything(self, endpoint, *, select, where=None, division=None):
        """Read a whole list in the way that costs the fewest calls (ch. 3.4).

        Without a condition its sync sibling is read, with one its bulk sibling: both have 1,000
        rows a page, most others 60. Where the sync sibling is missing, or lacks a property, it is
        the bulk sibling with a condition that all rows meet: some endpoints demand one. Where
        there is no sibling it is the list itself. Rows may come in another order, and those of a
        sync sibling have a ``Timestamp`` besides.

        :param endpoint: the list itself, for example ``crm/Accounts``.
        :param select: names of properties.
        :param where: a :class:`~.odata.Condition`, or ``None`` for all rows.
        :return: an iterator of lists of dicts, as of :meth:`pages`.
        """
        names = _names(select)
        sync, bulk = sync_sibling(checked_endpoint(endpoint), names), bulk_sibling(endpoint)
        if where is None and sync:
            return self.sync(sync, 1, select=names, division=division)
        if where is None and bulk:
            where = _all_rows(bulk_filter(endpoint))
        return self.pages(bulk or endpoint, select=names, where=where, division=division)

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
        answer = self._read(url, self._number(division), "users/UserHasRights")
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

    def _follow(self, url, division, endpoint):
        division = self._number(division)
        seen, empty = set(), 0
        while url:
            seen.add(hash(url))
            rows, url = self._page(url, division, endpoint)
            empty = 0 if rows else empty + 1
            if url and (hash(url) in seen or empty > _EMPTY_PAGES):
                raise UnexpectedAnswer("The pages of the list go round in circles.")
            yield rows
            # Or it would be held while the next one is read.
            del rows

    def _page(self, url, division, endpoint):
        """One page: its rows, decoded, and the address of the next one, checked."""
        listing = self._read(url, division, endpoint)
        following = None
        if isinstance(listing, dict):
            following, listing = listing.get("__next"), listing.get("results")
        if not isinstance(listing, list) or not all(isinstance(row, dict) for row in listing):
            raise UnexpectedAnswer("Exact Online did not answer with a list.")
        if following and not is_followed(following, self._site_url):
            raise UnexpectedAnswer("The next page of the list is outside of Exact Online's site.")
        return [values.decode(row) for row in listing], following

    def _read(self, url, division, endpoint):
        """What is in the envelope ``{"d": …}`` of a GET."""
        document = self._delivery.call("GET", url, division, endpoint)
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
        return self._delivery.call(
            method,
            url,
            self._number(division),
            endpoint,
            headers=headers,
            data=body,
            reference=reference,
        )


def _all_rows(field):
    """A condition that every row meets, on a property that mandatory filtering accepts."""
    return ne(field, uuid.UUID(int=0)) if field == "ID" else ge(field, _EARLIEST)


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
