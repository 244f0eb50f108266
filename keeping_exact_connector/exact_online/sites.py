"""The country sites of Exact Online on which an organisation can have its books."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Site:
    """One country site.

    An app registered on one site is unknown on every other, so the site must be chosen before
    the consent starts (API reference ch. 1.1).

    :param code: our short name for it: ``nl``, ``be``, ``uk`` or ``us``.
    :param name: its name for a person, in English.
    :param url: its base address, without a slash at the end.
    """

    code: str
    name: str
    url: str


# Hosts: API reference ch. 1.1. The American site is .com: start.exactonline.us stands in one
# list only and is not confirmed.
SITES = {
    site.code: site
    for site in (
        Site("nl", "Netherlands", "https://start.exactonline.nl"),
        Site("be", "Belgium", "https://start.exactonline.be"),
        Site("uk", "United Kingdom", "https://start.exactonline.co.uk"),
        Site("us", "United States", "https://start.exactonline.com"),
    )
}

#: Hosts of Exact Online that are not supported, with their ISO country (ch. 1.1).
UNSUPPORTED = {
    "start.exactonline.de": "DE",
    "start.exactonline.es": "ES",
    "start.exactonline.fr": "FR",
}

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?=//)", re.IGNORECASE)
# What a person or a mail program puts around an address.
_AROUND = "<>()[]{}\"'`,;."
_PORTS = {"http": 80, "https": 443}


class UnsupportedSite(ValueError):
    """An address that is not of a supported site.

    :param str country: ISO code of the country whose Exact Online it is, ``None`` when it is no
        address of Exact Online that we know.
    """

    def __init__(self, country=None):
        self.country = country
        super().__init__(f"Exact Online of {country}" if country else "not of Exact Online")


def recognise_site(text, addresses=None):
    """Tell which site an address is of, as a person copied it from the browser.

    Any page will do, also the login page, with or without scheme; words around it are left out.
    Only the host counts, and it must be whole: ``start.exactonline.nl.example.com`` is no site.

    :param str text: what was pasted.
    :param dict addresses: further base addresses by code of the site.
    :return: ``nl``, ``be``, ``uk`` or ``us``.
    :raises UnsupportedSite: another country's, or no address of Exact Online.
    """
    host = _host_of(next((word for word in (text or "").split() if "." in word), ""))
    if host in UNSUPPORTED:
        raise UnsupportedSite(UNSUPPORTED[host])
    for code, address in [(site.code, site.url) for site in SITES.values()] + list(
        (addresses or {}).items()
    ):
        if host and host == _host_of(address):
            return code
    raise UnsupportedSite


def _host_of(address):
    """Host, and port unless it is the scheme's own; ``None`` for what is no plain address."""
    address = address.strip(_AROUND)
    scheme = _SCHEME.match(address)
    if not scheme:
        address = f"https://{address.lstrip('/')}"
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError):
        return None
    host = (parts.hostname or "").removesuffix(".")
    # A name before the host is a trick to be taken for it; none of Exact's addresses has one.
    if not host or not host.isascii() or "@" in parts.netloc:
        return None
    return host if port == _PORTS[parts.scheme] else f"{host}:{port}"
