"""Addresses of Exact Online: made from checked parts, and followed only on the same site."""

import ipaddress
import re
import uuid
from urllib.parse import quote, urlsplit

_ENDPOINT = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:/[A-Za-z][A-Za-z0-9]*){1,4}")
# No blank, control character or backslash: browsers and servers read those differently.
_PLAIN = re.compile(r"[!-\[\]-~]+")
_UPWARDS = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
#: Longest address that Exact takes, characters (ch. 1.2).
MAX_URL = 6000

_PORTS = {"http": 80, "https": 443}


def checked_site(site_url):
    """Return a site's base address without the slash at its end.

    :raises ValueError: when it is no address, carries a query or a password, or would send
        tokens unencrypted to another machine.
    """
    parts = urlsplit(site_url)
    host = parts.hostname
    if (
        parts.scheme not in _PORTS
        or not host
        or "@" in parts.netloc
        or parts.query
        or parts.fragment
    ):
        raise ValueError("not the base address of a site of Exact Online")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError(f"{host}: a site on another machine needs https")
    return site_url.rstrip("/")


def _is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def checked_endpoint(endpoint):
    """Return an endpoint, ``service/Entity`` (ch. 3.1).

    :raises ValueError: when it is anything else.
    """
    if not isinstance(endpoint, str) or not _ENDPOINT.fullmatch(endpoint):
        raise ValueError(f"not an endpoint: {endpoint!r}")
    return endpoint


def checked_division(division):
    """Return the number of an administration.

    :raises ValueError: when it is none.
    """
    if isinstance(division, bool) or not isinstance(division, int) or division < 0:
        raise ValueError(f"not the number of an administration: {division!r}")
    return int(division)


def key_segment(key):
    """``(guid'…')`` for a GUID given as ``UUID`` or text, ``(123)`` for a number.

    :raises ValueError: when it is neither.
    """
    if isinstance(key, int) and not isinstance(key, bool):
        return f"({int(key)})"
    if not isinstance(key, (str, uuid.UUID)):
        raise ValueError(f"not a key: {key!r}")
    return f"(guid'{uuid.UUID(str(key))}')"


def with_query(address, options):
    """``address?name=value&…`` with OData's characters left readable; empty options left out.

    :raises ValueError: when the whole is longer than Exact takes: ask for less at a time.
    """
    pairs = [f"{name}={quote(value, safe=_SAFE)}" for name, value in options.items() if value]
    url = f"{address}?{'&'.join(pairs)}" if pairs else address
    if len(url) > MAX_URL:
        raise ValueError(f"an address of {len(url)} characters; Exact takes {MAX_URL}")
    return url


_SAFE = "$,'()/:"


def is_followed(url, site_url):
    """Whether an address of the server's own making may be called with our token.

    Only below ``/api/`` on the same scheme, host and port; a token must not leave the site.
    """
    if not isinstance(url, str) or not _PLAIN.fullmatch(url.replace(" ", "+")):
        return False
    try:
        ours, theirs = urlsplit(site_url), urlsplit(url)
        same = _origin(ours) == _origin(theirs) and theirs.username is None
    except ValueError:
        return False
    return (
        same
        and theirs.path.startswith(f"{ours.path.rstrip('/')}/api/")
        and not _UPWARDS.search(theirs.path)
    )


def _origin(parts):
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
